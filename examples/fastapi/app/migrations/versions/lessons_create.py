"""Makes the table `lessons`."""

import sqlalchemy as sa
from alembic import op

from app.core import columns, identity
from app.core.records import standard_columns

revision = "lessons_create"
down_revision = "core"
branch_labels = ("lessons",)
depends_on = [
    "courses_create",
]


def upgrade() -> None:
    """Makes the table and its indexes."""
    op.create_table(
        "lessons",
        *standard_columns(),
        sa.Column(
            "course_id",
            identity.type_(),
            nullable=False,
        ),
        sa.Column(
            "title",
            sa.String(200),
            nullable=False,
        ),
        sa.Column(
            "position",
            sa.Integer(),
            nullable=False,
        ),
        sa.Column(
            "body",
            sa.Text(),
            nullable=True,
        ),
        sa.Column(
            "deleted_at",
            columns.Moment(),
            nullable=True,
        ),
        sa.ForeignKeyConstraint(
            columns=["course_id"],
            refcolumns=["courses.id"],
            name="lessons_course_id_fkey",
            ondelete="RESTRICT",
        ),
    )
    op.create_index(
        "lessons_owner_created_idx",
        "lessons",
        [
            "owner_id",
            "created_at",
            "id",
        ],
    )
    op.create_index(
        "lessons_course_id_idx",
        "lessons",
        [
            "course_id",
        ],
    )


def downgrade() -> None:
    """Takes the table away, with everything in it."""
    op.drop_table("lessons")
