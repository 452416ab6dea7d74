"""Where jobs run: in the server, or in workers beside it."""

import asyncio
import signal

import pytest

from app import worker
from app.core.bodies import Body
from app.core.jobs import runner
from app.core.jobs.definition import JobDefinition

from .job_bench import job_of, queued, stored, until
from .world import World, settings_for

pytestmark = pytest.mark.asyncio(loop_scope="session")


def only_notes() -> list[JobDefinition[Body]]:
    """In place of the service's own jobs."""
    return [job_of()]


async def test_a_worker_needs_a_database_server(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(SystemExit) as ended:
        worker.main(settings_for())
    assert ended.value.code == 2
    assert capsys.readouterr().err.startswith("DATABASE_URL is not set: ")


async def test_a_worker_works_until_it_is_told_to_stop(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker, "definitions", only_notes)
    await queued(world, job_of())
    before = {it: signal.getsignal(it) for it in (signal.SIGINT, signal.SIGTERM)}
    task = asyncio.create_task(worker.work(world.settings))
    await until(world, "completed")
    signal.raise_signal(signal.SIGTERM)
    async with asyncio.timeout(5):
        await task
    for number, handler in before.items():
        signal.signal(number, handler)


async def test_the_server_runs_jobs_of_its_own_database_only(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runner, "definitions", only_notes)
    row_id = await queued(world, job_of())
    async with runner.working(world.database, world.settings):
        await asyncio.sleep(0.05)
    assert (await stored(world, row_id)).status == "pending"
    async with runner.working(world.database, settings_for()):
        await until(world, "completed")
