"""What a worker does with jobs: each step is a short transaction of its own."""

import datetime
from collections.abc import Iterable, Sequence
from uuid import uuid4

import sqlalchemy as sa
from pydantic import JsonValue
from sqlalchemy.orm import aliased

from app.core.database import Database
from app.core.jobs.definition import JobDefinition, P
from app.core.jobs.store import ended
from app.core.records import now
from app.models.background_jobs import BackgroundJobRow as Row

# Keeps these locks apart from others in the same database.
LOCKS = 0x6A6F6273
LONGEST_PAUSE = 600


class Queue:
    """Jobs of all workers. An attempt has a token, without which it changes nothing."""

    def __init__(self, database: Database) -> None:
        self.database = database

    async def due(self, kinds: Iterable[str]) -> set[str]:
        """The types of which a job could begin."""
        async with self.database.session(writes=False) as session:
            found = await session.scalars(
                sa.select(Row.type)
                .distinct()
                .where(
                    Row.type.in_(kinds), Row.status == "pending", Row.run_at <= now()
                )
            )
            return {*found}

    async def claim(self, job: JobDefinition[P]) -> Row | None:
        """Begins an attempt at the job that waits longest, where one may begin."""
        waiting, running = aliased(Row), aliased(Row)
        oldest = (
            sa.select(waiting.id)
            .where(
                waiting.type == job.kind,
                waiting.status == "pending",
                waiting.run_at <= now(),
            )
            .order_by(waiting.run_at, waiting.id)
            .limit(1)
            .with_for_update(skip_locked=True)
        )
        async with self.database.session() as session:
            if job.concurrency is not None:
                if session.get_bind().dialect.name == "postgresql":
                    # Nobody else counts until this is committed. SQLite has one writer.
                    name = sa.func.hashtext(job.kind)
                    await session.execute(
                        sa.select(sa.func.pg_advisory_xact_lock(LOCKS, name))
                    )
                count = sa.select(sa.func.count()).where(
                    running.type == job.kind, running.status == "processing"
                )
                oldest = oldest.where(count.scalar_subquery() < job.concurrency)
            row = await session.scalar(
                sa.update(Row)
                .where(Row.id == oldest.scalar_subquery())
                .values(
                    status="processing",
                    attempts=Row.attempts + 1,
                    progress=0,
                    changes=Row.changes + 1,
                    started_at=now(),
                    heartbeat_at=now(),
                    token=uuid4(),
                )
                .returning(Row)
                .execution_options(synchronize_session=False)
            )
            await session.commit()
        return row

    async def beat(self, row: Row) -> bool:
        """Says that the attempt goes on; False where it is not this one's any more."""
        return await self._change(row, heartbeat_at=now())

    async def report(self, row: Row, percent: int) -> None:
        """Shows how far the attempt is."""
        await self._change(
            row,
            Row.progress != percent,
            progress=percent,
            changes=Row.changes + 1,
        )

    async def complete(self, row: Row, result: JsonValue) -> bool:
        """Keeps what came out."""
        values = ended("completed") | {"progress": 100, "result": result, "error": None}
        return await self._change(row, **values)

    async def fail(
        self,
        job: JobDefinition[P],
        row: Row,
        error: str,
        *where: sa.ColumnElement[bool],
        retries: bool = True,
        pause: float | None = None,
    ) -> bool:
        """Tries again after a pause that grows, or gives up."""
        if retries and row.attempts <= job.retries:
            if pause is None:
                pause = min(2**row.attempts, LONGEST_PAUSE)
            return await self._change(row, *where, **_again(pause), error=error)
        return await self._change(row, *where, **ended("failed"), error=error)

    async def release(self, row: Row) -> bool:
        """Gives the job back: another worker begins at once."""
        return await self._change(row, **_again(0))

    async def sweep(self, jobs: Sequence[JobDefinition[P]], lease: float) -> None:
        """Ends attempts of workers that have not been heard of for `lease` seconds."""
        lost = Row.heartbeat_at < now() - datetime.timedelta(seconds=lease)
        kinds = {job.kind: job for job in jobs}
        async with self.database.session(writes=False) as session:
            found = await session.scalars(
                sa.select(Row).where(
                    Row.type.in_(kinds), Row.status == "processing", lost
                )
            )
            rows = found.all()
        for row in rows:
            job = kinds[row.type]
            await self.fail(job, row, "The worker stopped", lost, pause=0)

    async def _change(
        self, row: Row, *where: sa.ColumnElement[bool], **values: object
    ) -> bool:
        """Whether the attempt still had the job, and changed it."""
        async with self.database.session() as session:
            changed = await session.scalar(
                sa.update(Row)
                .where(Row.id == row.id, Row.token == row.token, *where)
                .values(**values)
                .returning(Row.id)
                .execution_options(synchronize_session=False)
            )
            await session.commit()
        return changed is not None


def _again(pause: float) -> dict[str, object]:
    return {
        "status": "pending",
        "changes": Row.changes + 1,
        "run_at": now() + datetime.timedelta(seconds=pause),
        "heartbeat_at": None,
        "token": None,
    }
