"""The table `lessons`."""

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.core import identity
from app.core.records import Record, SoftDeleted


class LessonRow(SoftDeleted, Record):
    """A row of `lessons`."""

    __tablename__ = "lessons"
    __table_args__ = (
        sa.Index("lessons_owner_created_idx", "owner_id", "created_at", "id"),
        sa.Index("lessons_course_id_idx", "course_id"),
    )

    course_id: Mapped[identity.Id] = mapped_column(
        identity.type_(),
        sa.ForeignKey(
            "courses.id",
            name="lessons_course_id_fkey",
            ondelete="RESTRICT",
        ),
    )
    title: Mapped[str] = mapped_column(sa.String(200))
    position: Mapped[int] = mapped_column(sa.Integer())
    body: Mapped[str | None] = mapped_column(sa.Text())
