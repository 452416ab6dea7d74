"""One attempt at a job: its work, its heartbeat, and how it ends."""

import asyncio
import json
from dataclasses import dataclass

from pydantic import JsonValue, ValidationError

from app.core.bodies import Body
from app.core.errors import ApiError
from app.core.jobs.definition import Job, JobDefinition
from app.core.jobs.queue import Queue
from app.core.log import log
from app.core.reading import MAX_ISSUES
from app.models.background_jobs import BackgroundJobRow as Row


@dataclass(frozen=True)
class Pace:
    """How often a worker does what, in seconds."""

    poll: float = 1
    beat: float = 10
    # Without a heartbeat for so long, a worker is dead.
    lease: float = 30
    sweep: float = 10
    # What runs has so long to end by itself when the worker stops,
    grace: float = 25
    # and so long to clean up once it is cancelled.
    patience: float = 5


class Attempt:
    """One attempt. `aborting` is done where the worker cannot wait for it."""

    def __init__(
        self,
        queue: Queue,
        job: JobDefinition[Body],
        row: Row,
        pace: Pace,
        aborting: asyncio.Future[None],
    ) -> None:
        self.queue = queue
        self.job = job
        self.row = row
        self.pace = pace
        self.aborting = aborting
        self.result: JsonValue = None

    async def run(self) -> None:
        """Does the work, and stores what came of it."""
        try:
            payload = self.job.payload.model_validate(self.row.payload)
        except ValidationError as error:
            await self._fail(self._unfit(error), retries=False)
            return
        work = asyncio.create_task(self._work(payload))
        beats = asyncio.create_task(self._beat(work))
        done, _ = await asyncio.wait(
            {work, beats, self.aborting},
            timeout=self.job.timeout,
            return_when=asyncio.FIRST_COMPLETED,
        )
        if work in done:
            await self._end(work)
        else:
            await self._halt(work)
            if self.aborting in done:
                await self.queue.release(self.row)
            elif not done:
                await self._fail(f"Took longer than {spoken(self.job.timeout)}")
        await asyncio.wait({beats})

    async def _work(self, payload: Body) -> None:
        self.result = await self.job.work(
            payload,
            Job(
                id=self.row.id,
                key=f"{self.row.type}-{self.row.id}",
                attempt=self.row.attempts,
                owner_id=self.row.owner_id,
                database=self.queue.database,
                report=self._report,
            ),
        )

    async def _report(self, percent: int) -> None:
        await self.queue.report(self.row, percent)

    async def _beat(self, work: asyncio.Task[None]) -> None:
        """Returns once the work is done, or the attempt is not this worker's any more."""
        loop = asyncio.get_running_loop()
        heard = loop.time()
        while True:
            await asyncio.wait({work}, timeout=self.pace.beat)
            if work.done():
                return
            try:
                if not await self.queue.beat(self.row):
                    return
                heard = loop.time()
            except Exception as error:
                log.error("a heartbeat failed", exc_info=error)
                if loop.time() - heard >= self.pace.lease:
                    return

    async def _halt(self, work: asyncio.Task[None]) -> None:
        work.cancel()
        await asyncio.wait({work}, timeout=self.pace.patience)
        if not work.done():
            log.error("job %s does not stop", self.row.id)
        elif not work.cancelled() and (error := work.exception()):
            log.error("job %s failed as it stopped", self.row.id, exc_info=error)

    async def _end(self, work: asyncio.Task[None]) -> None:
        try:
            if work.cancelled():
                raise RuntimeError("The work cancelled itself")
            work.result()
            json.dumps(self.result, allow_nan=False)
            await self.queue.complete(self.row, self.result)
        except ApiError as error:
            await self._fail(error.message)
        except Exception as error:
            log.error("job %s failed", self.row.id, exc_info=error)
            await self._fail(f"Internal error (job {self.row.id})")

    async def _fail(self, error: str, *, retries: bool = True) -> None:
        await self.queue.fail(self.job, self.row, error, retries=retries)

    def _unfit(self, error: ValidationError) -> str:
        problems = "; ".join(
            f"{'.'.join(map(str, it['loc']))}: {it['msg'].removeprefix('Value error, ')}"
            for it in error.errors()[:MAX_ISSUES]
        )
        was, now = self.row.shape, self.job.shape
        return f"The payload was queued as {was} and does not fit {now}: {problems}"


def spoken(seconds: float) -> str:
    """A length of time as people write it: `10m`."""
    for unit, size in (("d", 86400), ("h", 3600), ("m", 60)):
        if seconds % size == 0:
            return f"{seconds / size:g}{unit}"
    return f"{seconds:g}s"
