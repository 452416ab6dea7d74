"""`scaffold remove`: removes a resource."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from scaffold.cli.declared import Argument, Option
from scaffold.cli.verbs import Tail, writes
from scaffold.support.errors import UserError

if TYPE_CHECKING:
    from scaffold.api.run import Outcome


@writes
def remove(
    tail: Tail,
    name: Annotated[
        str,
        Argument(metavar="NAME", help="The resource or KIND/NAME, as `scaffold list` shows it."),
    ],
    drop_table: Annotated[
        bool,
        Option(
            "--drop-table",
            help="Also remove the table's definition; the next migration drops the table.",
        ),
    ] = False,
) -> Outcome:
    """Remove a resource, or what `scaffold add` added. scaffold keeps the files that you edited, and names them.

    \b
    scaffold remove comments
    scaffold remove comments --dry-run --diff
    """
    from scaffold.manifest.things import address

    if found := address(name):
        from scaffold.api import things

        if drop_table:
            raise UserError(
                f"`{name}` has no table of its own",
                f"leave `--drop-table` out: `scaffold remove {name}`",
            )
        return things.remove(*found, **tail)
    from scaffold.api import remove as api

    return api.remove(name, drop_table=drop_table, **tail)
