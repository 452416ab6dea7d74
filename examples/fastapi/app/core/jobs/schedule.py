"""Queues jobs at the times that their schedules name."""

import datetime
import hashlib
from collections.abc import Sequence

import sqlalchemy as sa
from cronsim import CronSim
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.bodies import Body
from app.core.database import Database
from app.core.errors import ApiError
from app.core.jobs.definition import JobDefinition, Planned
from app.core.jobs.store import enqueue
from app.core.log import log
from app.core.records import now
from app.models.background_jobs import BackgroundJobRow as Row

FORM = "%Y-%m-%dT%H:%MZ"


def latest(cron: str, at: datetime.datetime) -> datetime.datetime:
    """The last time that the line names, up to this moment."""
    after = at.replace(microsecond=0) + datetime.timedelta(seconds=1)
    return next(CronSim(cron, after, reverse=True))


class Schedule:
    """Which times of a job were queued: a worker remembers, and asks the table once."""

    def __init__(self, job: JobDefinition[Body], cron: str) -> None:
        self.job = job
        self.cron = cron
        self._begin = now()
        self._since: datetime.datetime | None = None

    async def enqueue(self, database: Database, at: datetime.datetime) -> None:
        """Queues the latest time that is due, unless a worker has done so before."""
        time = latest(self.cron, at)
        if self._since is None:
            async with database.session(writes=False) as session:
                self._since = await self._newest(session) or self._begin
        if time <= self._since:
            return
        async with database.session(writes=False) as session:
            due = await self._due(session, time)
        # All of a time, or none: the newest row tells which times were queued.
        async with database.session() as session:
            for planned in due:
                await self._plan(session, time, planned)
            await session.commit()
        self._since = time

    async def _newest(self, session: AsyncSession) -> datetime.datetime | None:
        runs = Row.unique_key.startswith(f"{self.job.kind}@", autoescape=True)
        # When it was queued, which no retry changes: times since then are not.
        newest: datetime.datetime | None = await session.scalar(
            sa.select(sa.func.max(Row.created_at)).where(
                Row.type == self.job.kind, runs
            )
        )
        return newest

    async def _due(
        self, session: AsyncSession, time: datetime.datetime
    ) -> Sequence[Planned[Body]]:
        if self.job.due is None:
            return [Planned(self.job.payload(), "")]
        return await self.job.due(time, session)

    async def _plan(
        self, session: AsyncSession, time: datetime.datetime, planned: Planned[Body]
    ) -> None:
        # As long as a key may be, the column holds its digest.
        digest = hashlib.sha256(planned.key.encode()).hexdigest()
        run = f"{self.job.kind}@{digest if planned.key else time.strftime(FORM)}"
        try:
            await enqueue(session, self.job, planned.owner_id, planned.payload, run=run)
        except ApiError as error:
            # Mostly another worker was faster.
            log.info("job %s was not queued: %s", run, error)
