"""Makes the table `courses`."""

import sqlalchemy as sa
from alembic import op

from app.core import columns
from app.core.records import standard_columns

revision = "courses_create"
down_revision = "core"
branch_labels = ("courses",)
depends_on = None


def upgrade() -> None:
    """Makes the table and its indexes."""
    op.create_table(
        "courses",
        *standard_columns(),
        sa.Column(
            "title",
            sa.String(200),
            nullable=False,
        ),
        sa.Column(
            "code",
            sa.String(12),
            nullable=False,
        ),
        sa.Column(
            "status",
            sa.Enum(
                "draft",
                "published",
                name="courses_status_check",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "starts_on",
            sa.Date(),
            nullable=True,
        ),
        sa.Column(
            "deleted_at",
            columns.Moment(),
            nullable=True,
        ),
    )
    op.create_index(
        "courses_owner_created_idx",
        "courses",
        [
            "owner_id",
            "created_at",
            "id",
        ],
    )
    op.create_index(
        "courses_code_key",
        "courses",
        [
            "code",
        ],
        unique=True,
        sqlite_where=sa.text("deleted_at IS NULL"),
        postgresql_where=sa.text("deleted_at IS NULL"),
    )
    op.create_index(
        "courses_status_idx",
        "courses",
        [
            "status",
        ],
    )


def downgrade() -> None:
    """Takes the table away, with everything in it."""
    op.drop_table("courses")
