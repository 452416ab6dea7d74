"""The table `background_jobs`."""

import datetime
from uuid import UUID

import sqlalchemy as sa
from pydantic import JsonValue
from sqlalchemy.orm import Mapped, mapped_column

from app.core import columns, identity
from app.core.records import Base, created, now


class BackgroundJobRow(Base):
    """A job that waits, runs, or has ended."""

    __tablename__ = "background_jobs"
    __table_args__ = (
        sa.Index("background_jobs_due_idx", "type", "status", "run_at"),
        sa.Index("background_jobs_owner_created_idx", "owner_id", "created_at", "id"),
        sa.Index("background_jobs_unique_key", "unique_key", unique=True),
    )

    id: Mapped[identity.Id] = identity.column()
    # None where the service queued it by itself.
    owner_id: Mapped[UUID | None] = mapped_column(sa.Uuid())
    type: Mapped[str] = mapped_column(sa.String(80))
    status: Mapped[str] = mapped_column(sa.String(20), default="pending")
    payload: Mapped[dict[str, JsonValue]] = mapped_column(columns.json())
    # The fields of the payload when it was queued.
    shape: Mapped[str] = mapped_column(sa.Text())
    result: Mapped[JsonValue] = mapped_column(columns.json(), nullable=True)
    error: Mapped[str | None] = mapped_column(sa.Text())
    attempts: Mapped[int] = mapped_column(sa.Integer(), default=0)
    progress: Mapped[int] = mapped_column(sa.Integer(), default=0)
    # Counts what its owner can see change.
    changes: Mapped[int] = mapped_column(sa.Integer(), default=0)
    run_at: Mapped[datetime.datetime] = mapped_column(columns.Moment(), default=now)
    started_at: Mapped[datetime.datetime | None] = mapped_column(columns.Moment())
    finished_at: Mapped[datetime.datetime | None] = mapped_column(columns.Moment())
    heartbeat_at: Mapped[datetime.datetime | None] = mapped_column(columns.Moment())
    # Of the attempt that has it now.
    token: Mapped[UUID | None] = mapped_column(sa.Uuid())
    unique_key: Mapped[str | None] = mapped_column(sa.String(200))
    created_at: Mapped[datetime.datetime] = mapped_column(columns.Moment(), default=now)
    updated_at: Mapped[datetime.datetime] = mapped_column(
        columns.Moment(), default=created, onupdate=now
    )
