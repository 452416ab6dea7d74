"""Whether rows fit a new definition of their column: asked before a migration changes anything."""

import sqlalchemy as sa
from alembic import op

# A whole number as it is written, of so many digits that every database counts it.
WHOLE = r"^(0|-?[1-9][0-9]{0,17})$"


def require_none(rows: sa.TableClause, condition: sa.ColumnElement[bool]) -> None:
    """Stops the migration where rows fulfil the condition; SQL for later asks nobody."""
    if op.get_context().as_sql:
        return
    found = sa.select(sa.func.count()).select_from(rows).where(condition)
    count = op.get_bind().scalar(found)
    if count:
        raise ValueError(f"{count} rows of {rows.name} do not fit, nothing was changed")
