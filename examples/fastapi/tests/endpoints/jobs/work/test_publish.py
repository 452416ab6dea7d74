"""The work of `publish`. This file is yours: scaffold leaves it alone."""

import pytest

from app.jobs.publish.payload import Payload
from app.jobs.publish.work import work

from ...world import World
from ..contract import job_of
from ..test_publish import body


@pytest.mark.asyncio(loop_scope="session")
async def test_the_work(world: World) -> None:
    caller, seen = world.caller(), list[int]()
    payload = Payload.model_validate(await body(world, caller.id))
    result = await work(payload, job_of(world, caller, seen))
    assert result is None
    assert seen == [100]
