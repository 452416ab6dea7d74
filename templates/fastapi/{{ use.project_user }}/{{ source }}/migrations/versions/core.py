"""Where all of our migrations begin: the project's own users need no table of ours."""

revision = "core"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing to make."""


def downgrade() -> None:
    """Nothing to take away."""
