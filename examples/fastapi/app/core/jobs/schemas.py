"""Bodies of jobs."""

from typing import Literal

from pydantic import Field, JsonValue

from app.core import fields, identity
from app.core.bodies import Answer, unset
from app.core.jobs.definition import JobDefinition, P
from app.core.query import DEFAULT_LIMIT, MAX_LIMIT, Query
from app.models.background_jobs import BackgroundJobRow

Status = Literal["pending", "processing", "completed", "failed"]


class JobRead(Answer):
    """What the API answers with."""

    id: identity.Id
    type: str
    status: Status
    progress: int
    attempts: int
    payload: dict[str, JsonValue]
    result: JsonValue
    error: str | None
    created_at: fields.Moment
    started_at: fields.Moment | None
    finished_at: fields.Moment | None


class JobQuery(Query):
    """What a list may be narrowed down by."""

    page: int = Field(default=1, ge=1, le=1_000_000_000, description="The page, from 1")
    limit: int = Field(
        default=DEFAULT_LIMIT, ge=1, le=MAX_LIMIT, description="The most rows of a page"
    )
    status: Status = unset(description="Only rows with this `status`")


def show(job: JobDefinition[P], row: BackgroundJobRow) -> JobRead:
    """The job as an answer shows it."""
    return JobRead.model_validate(row).model_copy(update={"type": job.name})
