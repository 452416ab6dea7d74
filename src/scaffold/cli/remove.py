"""`scaffold remove`: takes a resource out again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from scaffold.cli.verbs import Tail, writes

if TYPE_CHECKING:
    from scaffold.api.run import Outcome


@writes
def remove(
    tail: Tail,
    name: Annotated[
        str, typer.Argument(metavar="NAME", help="The resource, as `scaffold list` shows it.")
    ],
    drop_table: Annotated[
        bool,
        typer.Option(
            "--drop-table",
            help="Also take out the table's definition; the next migration drops it.",
        ),
    ] = False,
) -> Outcome:
    """Take a resource out. Files that you edited are kept and named.

    \b
    scaffold remove comments
    scaffold remove comments --dry-run --diff
    """
    from scaffold.api import remove as api

    return api.remove(name, drop_table=drop_table, **tail)
