"""Background jobs."""

import sqlalchemy as sa
from alembic import op

from app.core import columns, identity

revision = "background_jobs_create"
down_revision = "core"
branch_labels = ("background_jobs",)
depends_on = None


def upgrade() -> None:
    """Makes the table and its indexes."""
    op.create_table(
        "background_jobs",
        sa.Column("id", identity.type_(), primary_key=True),
        sa.Column("owner_id", sa.Uuid(), nullable=True),
        sa.Column("type", sa.String(80), nullable=False),
        sa.Column("status", sa.String(20), nullable=False),
        sa.Column("payload", columns.json(), nullable=False),
        sa.Column("shape", sa.Text(), nullable=False),
        sa.Column("result", columns.json(), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("progress", sa.Integer(), nullable=False),
        sa.Column("changes", sa.Integer(), nullable=False),
        sa.Column("run_at", columns.Moment(), nullable=False),
        sa.Column("started_at", columns.Moment(), nullable=True),
        sa.Column("finished_at", columns.Moment(), nullable=True),
        sa.Column("heartbeat_at", columns.Moment(), nullable=True),
        sa.Column("token", sa.Uuid(), nullable=True),
        sa.Column("unique_key", sa.String(200), nullable=True),
        sa.Column("created_at", columns.Moment(), nullable=False),
        sa.Column("updated_at", columns.Moment(), nullable=False),
    )
    op.create_index(
        "background_jobs_due_idx",
        "background_jobs",
        ["type", "status", "run_at"],
    )
    op.create_index(
        "background_jobs_owner_created_idx",
        "background_jobs",
        ["owner_id", "created_at", "id"],
    )
    op.create_index(
        "background_jobs_unique_key",
        "background_jobs",
        ["unique_key"],
        unique=True,
    )


def downgrade() -> None:
    """Takes the table away, with everything in it."""
    op.drop_table("background_jobs")
