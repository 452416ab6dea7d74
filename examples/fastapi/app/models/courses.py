"""The table `courses`."""

import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.core.records import Record, SoftDeleted


class CourseRow(SoftDeleted, Record):
    """A row of `courses`."""

    __tablename__ = "courses"
    __table_args__ = (
        sa.Index("courses_owner_created_idx", "owner_id", "created_at", "id"),
        sa.Index(
            "courses_code_key",
            "code",
            unique=True,
            sqlite_where=sa.text("deleted_at IS NULL"),
            postgresql_where=sa.text("deleted_at IS NULL"),
        ),
        sa.Index("courses_status_idx", "status"),
    )

    title: Mapped[str] = mapped_column(sa.String(200))
    code: Mapped[str] = mapped_column(sa.String(12))
    status: Mapped[str] = mapped_column(
        sa.Enum(
            "draft",
            "published",
            name="courses_status_check",
            native_enum=False,
            create_constraint=True,
            length=40,
        ),
    )
    starts_on: Mapped[datetime.date | None] = mapped_column(sa.Date())
