"""Routes that all types of jobs have; the one that starts them is their own."""

import asyncio
import re
from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import APIRouter, Depends, Header, Query
from fastapi.sse import EventSourceResponse, ServerSentEvent

from app.core import identity
from app.core.algorithm import Limit
from app.core.answers import READING, SIGNED_IN, Kinds, documented
from app.core.callers import guard
from app.core.database import Database, Session, database_of
from app.core.envelope import Page, Success, page_of, success
from app.core.jobs import store
from app.core.jobs.definition import JobDefinition, P
from app.core.jobs.schemas import JobQuery, JobRead, show
from app.core.paths import RowId
from app.core.request import JsonRoute
from app.core.users import User

RATE = Limit(100, seconds=60)
# Seconds between two looks at a job that somebody follows.
PAUSE = 1.0
FINAL = ("completed", "failed")
COUNT = re.compile(r"[0-9]{1,9}")


def routes_of(job: JobDefinition[P]) -> APIRouter:
    """A router for one type of job, which lists, shows, cancels and follows its jobs."""
    path, name = job.name.replace("_", "-"), job.name
    router = APIRouter(prefix=f"/{path}", route_class=JsonRoute)
    allowed = guard(*job.roles, rate=RATE)
    refused: Kinds = (*SIGNED_IN, "forbidden") if job.roles else SIGNED_IN

    @router.get("", name=f"show_{name}_jobs", responses=documented(*refused, *READING))
    async def page(
        caller: Annotated[User, Depends(allowed)],
        session: Session,
        query: Annotated[JobQuery, Query()],
    ) -> Page[JobRead]:
        """Lists jobs of the caller, the newest first."""
        rows, total = await store.page(session, job, caller.id, query)
        shown = [show(job, row) for row in rows]
        return page_of(shown, page=query.page, limit=query.limit, total=total)

    @router.get(
        "/{id}", name=f"show_{name}_job", responses=documented(*refused, "not_found")
    )
    async def get(
        caller: Annotated[User, Depends(allowed)], session: Session, row_id: RowId
    ) -> Success[JobRead]:
        """Gives one job."""
        return success(show(job, await store.find(session, job, caller.id, row_id)))

    @router.post(
        "/{id}/cancel",
        name=f"cancel_{name}",
        responses=documented(*refused, "not_found", "conflict"),
    )
    async def cancel(
        caller: Annotated[User, Depends(allowed)], session: Session, row_id: RowId
    ) -> Success[JobRead]:
        """Ends a job that waits or runs."""
        row = await store.cancel(session, job, caller.id, row_id)
        return success(show(job, row))

    async def followed(
        caller: Annotated[User, Depends(allowed)],
        database: Annotated[Database, Depends(database_of)],
        row_id: RowId,
    ) -> identity.Id:
        """The id of the caller's job, before the answer begins."""
        async with database.session(writes=False) as session:
            return (await store.find(session, job, caller.id, row_id)).id

    @router.get(
        "/{id}/events",
        name=f"follow_{name}",
        response_class=EventSourceResponse,
        responses=documented(*refused, "not_found"),
    )
    async def follow(
        caller: Annotated[User, Depends(allowed)],
        row_id: Annotated[identity.Id, Depends(followed)],
        database: Annotated[Database, Depends(database_of)],
        last_event_id: Annotated[str, Header()] = "",
    ) -> AsyncIterator[ServerSentEvent]:
        """Sends the job each time that it changes, until it has ended."""
        seen = int(last_event_id) if COUNT.fullmatch(last_event_id) else -1
        while True:
            async with database.session(writes=False) as session:
                row = await store.find(session, job, caller.id, row_id)
            if row.changes > seen:
                seen = row.changes
                yield ServerSentEvent(
                    id=str(seen),
                    event="job",
                    raw_data=show(job, row).model_dump_json(by_alias=True),
                )
            if row.status in FINAL:
                return
            await asyncio.sleep(PAUSE)

    return router
