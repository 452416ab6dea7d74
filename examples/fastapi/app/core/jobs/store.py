"""What a request does with jobs, in its own transaction."""

import hashlib
import json
from collections.abc import Sequence
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from app.core import identity
from app.core.errors import ApiError, not_found
from app.core.jobs.definition import JobDefinition, P
from app.core.jobs.schemas import JobQuery
from app.core.naming import property_name
from app.core.records import Record, now
from app.core.repository import Repository
from app.models.background_jobs import BackgroundJobRow as Row


async def enqueue(
    session: AsyncSession,
    job: JobDefinition[P],
    owner_id: UUID | None,
    payload: P,
    *,
    run: str | None = None,
) -> Row:
    """Queues a job: it begins soon after the session is committed.

    `run` names what is queued once and never again. Raises ApiError where a parent is
    not there for the owner, or where the same is queued already.
    """
    for parent in job.parents:
        await Repository[Record](session).require(
            parent.model,
            None if parent.is_public else owner_id,
            parent.field,
            getattr(payload, parent.field),
        )
    row = Row(
        type=job.kind,
        owner_id=owner_id,
        payload=payload.model_dump(mode="json", by_alias=True),
        shape=job.shape,
        unique_key=run or _unique_key(job, owner_id, payload),
    )
    try:
        async with session.begin_nested():
            session.add(row)
    except IntegrityError:
        same = ", ".join(property_name(name) for name in job.unique)
        message = f"A job with the same {same or 'key'} waits or runs already"
        raise ApiError("conflict", message) from None
    return row


async def find(
    session: AsyncSession,
    job: JobDefinition[P],
    owner_id: UUID,
    row_id: identity.Id,
) -> Row:
    """The job; raises ApiError where the caller has none such."""
    row = await session.scalar(
        sa.select(Row).where(
            Row.id == row_id,
            Row.owner_id == owner_id,
            Row.type == job.kind,
        )
    )
    if row is None:
        raise not_found()
    return row


async def page(
    session: AsyncSession, job: JobDefinition[P], owner_id: UUID, query: JobQuery
) -> tuple[Sequence[Row], int]:
    """The jobs of one page, the newest first, and how many there are on all pages."""
    where = _where(job, owner_id, query)
    found = await session.scalars(
        sa.select(Row)
        .where(*where)
        .order_by(Row.created_at.desc(), Row.id.desc())
        .limit(query.limit)
        .offset((query.page - 1) * query.limit)
    )
    count = sa.select(sa.func.count()).select_from(Row).where(*where)
    return found.all(), await session.scalar(count) or 0


async def cancel(
    session: AsyncSession,
    job: JobDefinition[P],
    owner_id: UUID,
    row_id: identity.Id,
) -> Row:
    """Ends a job, whose attempt stops with its next heartbeat."""
    row = await find(session, job, owner_id, row_id)
    cancelled = await session.scalar(
        sa.update(Row)
        .where(Row.id == row.id, Row.status.in_(("pending", "processing")))
        .values(**ended("failed"), error="Cancelled")
        .returning(Row)
        .execution_options(synchronize_session=False, populate_existing=True)
    )
    if cancelled is None:
        raise ApiError("conflict", "The job has ended already")
    return cancelled


def ended(status: str) -> dict[str, object]:
    """What is true of a job that has ended. A scheduled run is never queued again."""
    scheduled = Row.unique_key.contains("@")
    return {
        "status": status,
        "changes": Row.changes + 1,
        "finished_at": now(),
        "heartbeat_at": None,
        "token": None,
        "unique_key": sa.case((scheduled, Row.unique_key)),
    }


def _unique_key(job: JobDefinition[P], owner_id: UUID | None, payload: P) -> str | None:
    if not job.unique:
        return None
    values = payload.model_dump(mode="json", include={*job.unique})
    text = json.dumps([job.kind, str(owner_id), values], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def _where(
    job: JobDefinition[P], owner_id: UUID, query: JobQuery
) -> list[sa.ColumnElement[bool]]:
    where = [Row.type == job.kind, Row.owner_id == owner_id]
    if query.status is not None:
        where.append(Row.status == query.status)
    return where
