"""Types of jobs for tests of what runs them, and what the table has of their jobs."""

import asyncio
import datetime
from collections.abc import Awaitable, Callable
from uuid import UUID

import sqlalchemy as sa
from pydantic import JsonValue

from app.core import identity
from app.core.bodies import Body
from app.core.jobs.attempt import Pace
from app.core.jobs.definition import Due, Job, JobDefinition
from app.core.jobs.runner import Runner
from app.core.jobs.store import enqueue
from app.core.records import now
from app.models.background_jobs import BackgroundJobRow as Row

from .world import World

Work = Callable[[Body, Job], Awaitable[JsonValue]]
# As a worker does it, some hundred times faster.
PACE = Pace(poll=0.01, beat=0.01, lease=30, sweep=0.01, grace=5, patience=0.2)


class Note(Body):
    """A payload."""

    text: str = "hello"


async def echo(payload: Body, _job: Job) -> JsonValue:
    """Work that gives its payload back."""
    return payload.model_dump(mode="json")


def job_of(
    work: Work = echo,
    *,
    retries: int = 3,
    timeout: float = 5,
    concurrency: int | None = None,
    unique: tuple[str, ...] = (),
    schedule: str | None = None,
    due: Due[Body] | None = None,
) -> JobDefinition[Body]:
    """A type of job."""
    return JobDefinition(
        name="note",
        kind="note",
        payload=Note,
        shape="text:string",
        work=work,
        retries=retries,
        timeout=timeout,
        concurrency=concurrency,
        unique=unique,
        schedule=schedule,
        due=due,
    )


async def queued(
    world: World,
    job: JobDefinition[Body],
    text: str = "hello",
    owner_id: UUID | None = None,
) -> identity.Id:
    """The id of a new job."""
    async with world.database.session() as session:
        row = await enqueue(session, job, owner_id, Note(text=text))
        await session.commit()
    return row.id


async def stored(world: World, row_id: identity.Id) -> Row:
    """What the table has of a job."""
    async with world.database.session(writes=False) as session:
        row = await session.get(Row, row_id)
    assert row is not None
    return row


async def rows_of(world: World) -> list[Row]:
    """All jobs of the table."""
    async with world.database.session(writes=False) as session:
        return [*await session.scalars(sa.select(Row).order_by(Row.unique_key))]


async def until(world: World, status: str, count: int = 1) -> None:
    """Waits until so many jobs of the table are so."""
    for _ in range(500):
        if [row.status for row in await rows_of(world)].count(status) >= count:
            return
        await asyncio.sleep(0.01)
    raise AssertionError(f"{count} jobs are not {status}, but {await rows_of(world)}")


async def changed(world: World, row_id: identity.Id, **values: object) -> None:
    """Puts something into the table behind everybody's back."""
    async with world.database.session() as session:
        await session.execute(sa.update(Row).where(Row.id == row_id).values(**values))
        await session.commit()


async def silent(world: World, row_id: identity.Id) -> None:
    """The worker of a job has not been heard of for a minute."""
    minute = datetime.timedelta(minutes=1)
    await changed(world, row_id, heartbeat_at=now() - minute)


async def once(world: World, job: JobDefinition[Body]) -> Runner:
    """A worker that ran what was due, and nothing else."""
    runner = Runner(world.database, [job], pace=PACE)
    await runner.tick()
    await runner.idle()
    return runner
