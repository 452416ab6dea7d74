"""Claims jobs and runs them, as many at a time as there are slots."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from app.core.bodies import Body
from app.core.database import Database
from app.core.jobs.attempt import Attempt, Pace
from app.core.jobs.definition import JobDefinition, definitions
from app.core.jobs.queue import Queue
from app.core.jobs.schedule import Schedule
from app.core.log import log
from app.core.records import now
from app.core.settings import Settings


class Runner:
    """A worker: it runs jobs of these types until it is stopped."""

    def __init__(
        self,
        database: Database,
        jobs: Sequence[JobDefinition[Body]],
        *,
        slots: int = 10,
        pace: Pace | None = None,
    ) -> None:
        loop = asyncio.get_running_loop()
        self.queue = Queue(database)
        self.jobs = {job.kind: job for job in jobs}
        self.slots = slots
        self.pace = pace or Pace()
        self.running: set[asyncio.Task[None]] = set()
        self._schedules = [Schedule(it, it.schedule) for it in jobs if it.schedule]
        self._sweep_at = loop.time()
        self._stopping: asyncio.Future[None] = loop.create_future()
        self._aborting: asyncio.Future[None] = loop.create_future()

    def stop(self) -> None:
        """Claims nothing more; `run` returns once nothing runs."""
        if not self._stopping.done():
            self._stopping.set_result(None)

    async def run(self) -> None:
        """Works until it is stopped; a database that is away for a while is no end."""
        while not self._stopping.done():
            try:
                await self.tick()
            except Exception as error:
                log.error("no job could be claimed", exc_info=error)
            # What ends makes room for the next one.
            await asyncio.wait(
                {self._stopping, *self.running},
                timeout=self.pace.poll,
                return_when=asyncio.FIRST_COMPLETED,
            )
        await self.idle(self.pace.grace)
        self._aborting.set_result(None)
        await self.idle()

    async def idle(self, seconds: float | None = None) -> None:
        """Waits until nothing runs, at most so long."""
        if self.running:
            await asyncio.wait(self.running, timeout=seconds)

    async def tick(self) -> None:
        """Looks after the table where it is time to, and begins what is due."""
        time = asyncio.get_running_loop().time()
        if time >= self._sweep_at:
            self._sweep_at = time + self.pace.sweep
            await self.queue.sweep([*self.jobs.values()], self.pace.lease)
            for schedule in self._schedules:
                await self._plan(schedule)
        due = sorted(await self.queue.due(self.jobs))
        # One of each type in turn: many of one do not keep the others waiting.
        while due and len(self.running) < self.slots:
            name = due.pop(0)
            if await self._begin(self.jobs[name]):
                due.append(name)

    async def _plan(self, schedule: Schedule) -> None:
        try:
            await schedule.enqueue(self.queue.database, now())
        except Exception as error:
            log.error("%s could not be planned", schedule.job.name, exc_info=error)

    async def _begin(self, job: JobDefinition[Body]) -> bool:
        row = await self.queue.claim(job)
        if row is None:
            return False
        attempt = Attempt(self.queue, job, row, self.pace, self._aborting)
        task = asyncio.create_task(attempt.run())
        self.running.add(task)
        task.add_done_callback(self._ended)
        return True

    def _ended(self, task: asyncio.Task[None]) -> None:
        self.running.discard(task)
        if not task.cancelled() and (error := task.exception()):
            # Without a heartbeat the sweep finds it.
            log.error("a job could not be ended", exc_info=error)


@asynccontextmanager
async def working(database: Database, settings: Settings) -> AsyncIterator[None]:
    """Meanwhile jobs run in this process, where its database is the embedded one."""
    if settings.database_url:
        yield
        return
    runner = Runner(database, definitions(), slots=settings.jobs_slots)
    task = asyncio.create_task(runner.run())
    try:
        yield
    finally:
        runner.stop()
        await task
