"""Words that a database keeps for itself: no new table or column can have them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from scaffold.resources.fields import Field
from scaffold.support.errors import UserError

# Tables of the databases themselves.
TABLES = ("pg_", "sqlite_")
# Columns that every table of PostgreSQL has.
COLUMNS = frozenset(("cmax", "cmin", "ctid", "tableoid", "xmax", "xmin"))
# Reserved in PostgreSQL or, the last two, in SQLite; SQLAlchemy writes these without the quotes that they need.
UNQUOTED = frozenset(
    ("collation", "concurrently", "lateral", "system_user", "tablesample", "nothing", "returning")
)


def check_table(name: str, values: Mapping[str, Mapping[str, Any]]) -> None:
    """Raises UserError if no table can have that name; `values` are all conventions."""
    prefix = next((prefix for prefix in TABLES if name.startswith(prefix)), None)
    if prefix is not None:
        raise UserError(
            f"resource `{name}` cannot be a table: databases keep names that begin with `{prefix}`",
            f"try `scaffold endpoint {name.removeprefix(prefix)}`",
        )
    if name in UNQUOTED and values["stack"]["orm"] == "sqlalchemy":
        raise UserError(
            f"resource `{name}` cannot be a table: SQL reserves the word, and SQLAlchemy does not quote it",
            f"try `scaffold endpoint {name}_entries`",
        )


def check_columns(fields: Iterable[Field], values: Mapping[str, Mapping[str, Any]]) -> None:
    """Raises UserError if no column can have the name of one of these fields; `values` are all conventions."""
    orm = values["stack"]["orm"]
    for field in fields:
        why = ""
        if field.stored_in in COLUMNS and orm != "libsql":
            why = "every table of PostgreSQL has a column of that name"
        elif field.stored_in in UNQUOTED and orm == "sqlalchemy":
            why = "SQL reserves the word, and SQLAlchemy does not quote it"
        if why:
            raise UserError(
                f"field `{field.name}` cannot be a column: {why}",
                f"try `{field.name}_value:{field.spec().partition(':')[2]}`",
            )
