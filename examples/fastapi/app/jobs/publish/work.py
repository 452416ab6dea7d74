"""The work of `publish`. This file is yours: scaffold leaves it alone."""

from pydantic import JsonValue

from app.core.jobs.definition import Job
from app.jobs.publish.payload import Payload


async def work(payload: Payload, job: Job) -> JsonValue:
    """Does it; what comes back is the job's `result`.

    It may begin more than once, so what has an effect elsewhere goes there with `job.key`.
    Sessions come from `job.database`; what blocks belongs into `asyncio.to_thread`.
    """
    await job.progress(100)
    return None
