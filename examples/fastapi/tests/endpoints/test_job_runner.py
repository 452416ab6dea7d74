"""Jobs run at least once, and only one attempt at a time counts."""

import asyncio
import datetime
from collections import Counter
from dataclasses import replace

import pytest
from pydantic import JsonValue

from app.core.bodies import Body
from app.core.errors import ApiError
from app.core.jobs.attempt import spoken
from app.core.jobs.definition import Job
from app.core.jobs.queue import Queue
from app.core.jobs.runner import Runner
from app.core.jobs.store import cancel, enqueue
from app.core.records import now

from .job_bench import (
    PACE,
    Note,
    changed,
    echo,
    job_of,
    once,
    queued,
    rows_of,
    silent,
    stored,
    until,
)
from .world import World

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def refuse(_payload: Body, _job: Job) -> JsonValue:
    """Work that fails with a message for its owner."""
    raise ApiError("conflict", "The printer is out of paper")


async def wait(_payload: Body, _job: Job) -> JsonValue:
    """Work that does not end."""
    await asyncio.Event().wait()
    return None


# Work that ends


async def test_a_job_runs_and_keeps_its_result(world: World) -> None:
    seen: list[Job] = []

    async def work(payload: Body, job: Job) -> JsonValue:
        seen.append(job)
        await job.progress(140)
        await job.progress(140)
        return await echo(payload, job)

    caller = world.caller()
    row_id = await queued(world, job_of(), "a", caller.id)
    await once(world, job_of(work))
    row = await stored(world, row_id)
    assert (row.status, row.result, row.error) == ("completed", {"text": "a"}, None)
    # Begun, reported once, ended.
    assert (row.progress, row.attempts, row.changes) == (100, 1, 3)
    assert row.finished_at is not None
    assert (row.token, row.heartbeat_at) == (None, None)
    [job] = seen
    assert (job.id, job.attempt, job.owner_id) == (row_id, 1, caller.id)
    assert job.key == f"note-{row_id}"


async def test_what_is_not_committed_is_not_queued(world: World) -> None:
    async with world.database.session() as session:
        await enqueue(session, job_of(), None, Note())
        await session.rollback()
    assert await rows_of(world) == []


# Work that fails


async def test_a_failure_is_tried_again_after_a_pause(world: World) -> None:
    row_id = await queued(world, job_of())
    await once(world, job_of(refuse))
    row = await stored(world, row_id)
    assert (row.status, row.error) == ("pending", "The printer is out of paper")
    pause = (row.run_at - now()).total_seconds()
    assert 1 < pause <= 2
    other = await queued(world, job_of())
    await once(world, job_of())
    assert (await stored(world, other)).attempts == 1
    assert (await stored(world, row_id)).attempts == 1
    await changed(world, row_id, run_at=now())
    await once(world, job_of(refuse))
    row = await stored(world, row_id)
    assert 3 < (row.run_at - now()).total_seconds() <= 4
    await changed(world, row_id, run_at=now())
    await once(world, job_of())
    row = await stored(world, row_id)
    assert (row.status, row.error, row.attempts) == ("completed", None, 3)


async def test_no_pause_is_longer_than_ten_minutes(world: World) -> None:
    row_id = await queued(world, job_of())
    await changed(world, row_id, attempts=20)
    await once(world, job_of(refuse, retries=100))
    pause = (await stored(world, row_id)).run_at - now()
    assert 590 < pause.total_seconds() <= 600


async def test_the_last_failure_ends_it(world: World) -> None:
    row_id = await queued(world, job_of())
    await once(world, job_of(refuse, retries=1))
    assert (await stored(world, row_id)).status == "pending"
    await changed(world, row_id, run_at=now())
    await once(world, job_of(refuse, retries=1))
    row = await stored(world, row_id)
    assert (row.status, row.error) == ("failed", "The printer is out of paper")
    assert row.attempts == 2


async def fail(_payload: Body, _job: Job) -> JsonValue:
    """Work with a bug."""
    raise RuntimeError("postgres://secret@host")


async def give_nonsense(_payload: Body, _job: Job) -> JsonValue:
    """Work whose result is no JSON."""
    return float("nan")


async def cancel_itself(_payload: Body, _job: Job) -> JsonValue:
    """Work that ends as if somebody had cancelled it."""
    raise asyncio.CancelledError


@pytest.mark.parametrize("work", [fail, give_nonsense, cancel_itself])
async def test_what_nobody_expected_tells_nothing(world: World, work: object) -> None:
    assert callable(work)
    row_id = await queued(world, job_of())
    await once(world, job_of(work, retries=0))
    row = await stored(world, row_id)
    assert (row.status, row.error) == ("failed", f"Internal error (job {row_id})")


async def test_an_attempt_has_its_time(world: World) -> None:
    row_id = await queued(world, job_of())
    await once(world, job_of(wait, timeout=0.05, retries=0))
    row = await stored(world, row_id)
    assert (row.status, row.error) == ("failed", "Took longer than 0.05s")


async def test_time_is_shown_as_people_write_it() -> None:
    assert [spoken(it) for it in (90, 600, 7200, 86400)] == ["90s", "10m", "2h", "1d"]


async def test_work_that_does_not_stop_is_left_behind(world: World) -> None:
    free = asyncio.Event()

    async def stay(_payload: Body, _job: Job) -> JsonValue:
        try:
            await free.wait()
        except asyncio.CancelledError:
            await free.wait()
        return None

    row_id = await queued(world, job_of())
    await once(world, job_of(stay, timeout=0.02, retries=0))
    free.set()
    assert (await stored(world, row_id)).status == "failed"


async def test_work_may_fail_as_it_stops(world: World) -> None:
    async def break_down(_payload: Body, _job: Job) -> JsonValue:
        try:
            await asyncio.Event().wait()
        finally:
            raise RuntimeError("secret")

    row_id = await queued(world, job_of())
    await once(world, job_of(break_down, timeout=0.02, retries=0))
    assert (await stored(world, row_id)).error == "Took longer than 0.02s"


# Payloads from before


async def test_a_payload_from_before_gets_defaults(world: World) -> None:
    row_id = await queued(world, job_of())
    await changed(world, row_id, payload={})
    await once(world, job_of())
    assert (await stored(world, row_id)).result == {"text": "hello"}


async def test_a_payload_that_does_not_fit_fails_at_once(world: World) -> None:
    row_id = await queued(world, job_of())
    await changed(world, row_id, payload={"words": "x"}, shape="words:string")
    await once(world, job_of())
    row = await stored(world, row_id)
    assert (row.status, row.attempts) == ("failed", 1)
    assert row.error is not None
    assert row.error.startswith(
        "The payload was queued as words:string and does not fit text:string: words: "
    )


# Workers that are lost


async def test_a_lost_job_runs_again(world: World) -> None:
    row_id = await queued(world, job_of())
    assert await Queue(world.database).claim(job_of()) is not None
    await once(world, job_of())
    assert (await stored(world, row_id)).status == "processing"
    await silent(world, row_id)
    await once(world, job_of())
    row = await stored(world, row_id)
    assert (row.status, row.attempts, row.error) == ("completed", 2, None)


async def test_a_job_that_is_lost_for_the_last_time_has_failed(world: World) -> None:
    row_id = await queued(world, job_of())
    await Queue(world.database).claim(job_of())
    await silent(world, row_id)
    await once(world, job_of(retries=0))
    row = await stored(world, row_id)
    assert (row.status, row.error) == ("failed", "The worker stopped")


async def test_a_late_attempt_changes_nothing(world: World) -> None:
    row_id, queue = await queued(world, job_of()), Queue(world.database)
    late = await queue.claim(job_of())
    assert late is not None
    await silent(world, row_id)
    await queue.sweep([job_of()], 30)
    again = await queue.claim(job_of())
    assert again is not None
    before = await stored(world, row_id)
    await queue.report(late, 99)
    assert not await queue.beat(late)
    assert not await queue.complete(late, "late")
    assert not await queue.fail(job_of(), late, "late")
    assert not await queue.release(late)
    after = await stored(world, row_id)
    assert (after.progress, after.changes) == (0, before.changes)
    assert await queue.complete(again, "in time")
    assert (await stored(world, row_id)).result == "in time"


async def test_a_heartbeat_keeps_the_job(world: World) -> None:
    async def work(_payload: Body, job: Job) -> JsonValue:
        await silent(world, job.id)
        await asyncio.sleep(0.1)
        await Queue(world.database).sweep([job_of()], 30)
        return "mine"

    row_id = await queued(world, job_of())
    await once(world, job_of(work))
    row = await stored(world, row_id)
    assert (row.result, row.attempts) == ("mine", 1)


async def test_an_attempt_without_heartbeat_stops(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(*_: object) -> bool:
        raise ConnectionResetError

    monkeypatch.setattr(Queue, "beat", away)
    row_id = await queued(world, job_of())
    runner = Runner(world.database, [job_of(wait)], pace=replace(PACE, lease=0.05))
    await runner.tick()
    await runner.idle()
    # Another one takes it once the lease is over.
    assert (await stored(world, row_id)).status == "processing"


async def test_a_cancelled_job_stops(world: World) -> None:
    caller = world.caller()
    row_id = await queued(world, job_of(), "a", caller.id)
    runner = Runner(world.database, [job_of(wait)], pace=PACE)
    await runner.tick()
    async with world.database.session() as session:
        row = await cancel(session, job_of(), caller.id, row_id)
        await session.commit()
    assert (row.status, row.error) == ("failed", "Cancelled")
    async with asyncio.timeout(5):
        await runner.idle()
    assert (await stored(world, row_id)).error == "Cancelled"


# Several at once


async def test_two_workers_never_share_a_job(world: World) -> None:
    begun: Counter[str] = Counter()
    running: set[str] = set()
    full = asyncio.Event()
    most = 0

    async def work(payload: Body, job: Job) -> JsonValue:
        nonlocal most
        begun[job.key] += 1
        running.add(job.key)
        most = max(most, len(running))
        if most == 3:
            full.set()
        await full.wait()
        await asyncio.sleep(0.02)
        running.remove(job.key)
        return None

    job = job_of(work, concurrency=3)
    for number in range(8):
        await queued(world, job, str(number))
    workers = [Runner(world.database, [job], slots=2, pace=PACE) for _ in range(2)]
    tasks = [asyncio.create_task(worker.run()) for worker in workers]
    await until(world, "completed", 8)
    for worker in workers:
        worker.stop()
        worker.stop()
    await asyncio.gather(*tasks)
    assert len(begun) == 8
    assert {*begun.values()} == {1}
    assert most == 3


async def test_a_worker_has_so_many_slots(world: World) -> None:
    for number in range(3):
        await queued(world, job_of(), str(number))
    runner = Runner(world.database, [job_of(wait)], slots=2, pace=PACE)
    task = asyncio.create_task(runner.run())
    await until(world, "processing", 2)
    await asyncio.sleep(0.05)
    assert len(runner.running) == 2
    assert Counter(row.status for row in await rows_of(world))["processing"] == 2
    runner.pace = replace(PACE, grace=0.01)
    runner.stop()
    await task


async def test_the_same_values_wait_once_for_an_owner(world: World) -> None:
    job, owner = job_of(unique=("text",)), world.caller().id
    row_id = await queued(world, job, "a", owner)
    with pytest.raises(ApiError, match="same text waits or runs"):
        await queued(world, job, "a", owner)
    await queued(world, job, "b", owner)
    await queued(world, job, "a", world.caller().id)
    await once(world, job)
    assert (await stored(world, row_id)).status == "completed"
    await queued(world, job, "a", owner)


# The end of a worker


async def test_a_worker_waits_for_what_runs(world: World) -> None:
    end = asyncio.Event()

    async def work(_payload: Body, _job: Job) -> JsonValue:
        await end.wait()
        return "done"

    row_id = await queued(world, job_of())
    runner = Runner(world.database, [job_of(work)], pace=PACE)
    task = asyncio.create_task(runner.run())
    await until(world, "processing")
    runner.stop()
    other = await queued(world, job_of())
    await asyncio.sleep(0.05)
    end.set()
    await task
    assert (await stored(world, row_id)).result == "done"
    assert (await stored(world, other)).status == "pending"


async def test_a_worker_gives_back_what_does_not_end(world: World) -> None:
    row_id = await queued(world, job_of())
    pace = replace(PACE, grace=0.01)
    runner = Runner(world.database, [job_of(wait)], pace=pace)
    task = asyncio.create_task(runner.run())
    await until(world, "processing")
    runner.stop()
    await task
    row = await stored(world, row_id)
    assert (row.status, row.error) == ("pending", None)
    assert row.run_at <= now() + datetime.timedelta(seconds=1)
    await once(world, job_of())
    assert (await stored(world, row_id)).status == "completed"


async def test_a_database_that_is_away_ends_nothing(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(*_: object) -> bool:
        raise ConnectionResetError

    row_id = await queued(world, job_of())
    runner = Runner(world.database, [job_of()], pace=PACE)
    with monkeypatch.context() as patch:
        patch.setattr(Queue, "complete", away)
        patch.setattr(Queue, "fail", away)
        await runner.tick()
        await runner.idle()
        patch.setattr(Queue, "due", away)
        task = asyncio.create_task(runner.run())
        await asyncio.sleep(0.05)
    await silent(world, row_id)
    await until(world, "completed")
    runner.stop()
    await task
