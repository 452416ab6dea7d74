"""Routes of the job `publish`."""

from typing import Annotated

from fastapi import Depends, Response

from app.core.answers import SIGNED_IN, WRITING, documented
from app.core.callers import guard
from app.core.database import Session
from app.core.envelope import Success, success
from app.core.jobs.routes import RATE, routes_of
from app.core.jobs.schemas import JobRead, show
from app.core.jobs.store import enqueue
from app.core.paths import locate
from app.core.users import User
from app.jobs.publish.job import JOB
from app.jobs.publish.payload import Payload

router = routes_of(JOB)


@router.post("", status_code=202, responses=documented(*SIGNED_IN, *WRITING))
async def start_publish(
    caller: Annotated[User, Depends(guard(*JOB.roles, rate=RATE))],
    session: Session,
    body: Payload,
    response: Response,
) -> Success[JobRead]:
    """Queues a job of the caller."""
    row = await enqueue(session, JOB, caller.id, body)
    locate(response, "jobs/publish", row.id)
    return success(show(JOB, row))
