"""Scheduled jobs run once for each time, whatever workers do."""

import datetime
from collections.abc import Sequence

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.bodies import Body
from app.core.jobs.definition import JobDefinition, Planned
from app.core.jobs.schedule import Schedule, latest
from app.core.records import now

from .job_bench import Note, job_of, once, rows_of
from .world import World

pytestmark = pytest.mark.asyncio(loop_scope="session")
CRON = "*/5 * * * *"
HOUR = datetime.timedelta(hours=1)


def worker_of(job: JobDefinition[Body]) -> Schedule:
    """What a worker that has just begun knows of the schedule."""
    assert job.schedule is not None
    return Schedule(job, job.schedule)


async def test_the_latest_time_is_found() -> None:
    at = datetime.datetime(2026, 3, 14, 9, 5, tzinfo=datetime.UTC)
    second = datetime.timedelta(seconds=1)
    assert latest(CRON, at) == at
    assert latest(CRON, at + 299.5 * second) == at
    assert latest(CRON, at - second / 1000) == at - 300 * second
    assert latest("0 3 * * 1", at) == at.replace(day=9, hour=3, minute=0)


async def test_nothing_is_due_as_a_worker_begins(world: World) -> None:
    await worker_of(job_of(schedule=CRON)).enqueue(world.database, now())
    assert await rows_of(world) == []


async def test_a_time_is_queued_once(world: World) -> None:
    job = job_of(schedule=CRON)
    first, second = worker_of(job), worker_of(job)
    for worker in (first, second, first, worker_of(job)):
        await worker.enqueue(world.database, now() + HOUR)
    [row] = await rows_of(world)
    assert row.unique_key == f"note@{latest(CRON, now() + HOUR):%Y-%m-%dT%H:%MZ}"
    assert (row.owner_id, row.payload) == (None, {"text": "hello"})
    await once(world, job)
    await worker_of(job).enqueue(world.database, now() + HOUR)
    [row] = await rows_of(world)
    assert row.status == "completed"


async def test_two_workers_may_be_equally_fast(world: World) -> None:
    job = job_of(schedule=CRON)
    first, second = worker_of(job), worker_of(job)
    for worker in (first, second):
        await worker.enqueue(world.database, now())
    for worker in (first, second):
        await worker.enqueue(world.database, now() + HOUR)
    assert len(await rows_of(world)) == 1


async def test_of_missed_times_the_latest_counts(world: World) -> None:
    job = job_of(schedule=CRON)
    await worker_of(job).enqueue(world.database, now() + HOUR)
    await worker_of(job).enqueue(world.database, now() + 24 * HOUR)
    times = [str(row.unique_key) for row in await rows_of(world)]
    assert len(times) == 2
    assert times[1] == f"note@{latest(CRON, now() + 24 * HOUR):%Y-%m-%dT%H:%MZ}"


async def test_it_may_say_what_to_run(world: World) -> None:
    asked: list[datetime.datetime] = []
    owner = world.caller().id

    async def due(
        at: datetime.datetime, _session: AsyncSession
    ) -> Sequence[Planned[Body]]:
        asked.append(at)
        return [Planned(Note(text=it), it, owner) for it in ("a", "b", "b")]

    job = job_of(schedule=CRON, due=due)
    worker = worker_of(job)
    for _ in range(2):
        await worker.enqueue(world.database, now() + HOUR)
    await worker_of(job).enqueue(world.database, now() + HOUR)
    rows = await rows_of(world)
    assert {str(row.payload) for row in rows} == {"{'text': 'a'}", "{'text': 'b'}"}
    assert {row.owner_id for row in rows} == {owner}
    assert {*asked} == {latest(CRON, now() + HOUR)}
    # The same is due at another time, too: it was queued.
    await worker.enqueue(world.database, now() + 2 * HOUR)
    assert len({*asked}) == 2
    assert len(await rows_of(world)) == 2


async def test_a_schedule_that_fails_is_asked_again(world: World) -> None:
    asked: list[datetime.datetime] = []

    async def due(
        at: datetime.datetime, _session: AsyncSession
    ) -> Sequence[Planned[Body]]:
        asked.append(at)
        raise RuntimeError("secret")

    worker = worker_of(job_of(schedule=CRON, due=due))
    for _ in range(2):
        with pytest.raises(RuntimeError):
            await worker.enqueue(world.database, now() + HOUR)
    assert len(asked) == 2
    assert await rows_of(world) == []


async def test_a_worker_goes_on_where_a_schedule_fails(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(*_: object) -> None:
        raise RuntimeError("secret")

    monkeypatch.setattr(Schedule, "enqueue", broken)
    await once(world, job_of(schedule=CRON))
