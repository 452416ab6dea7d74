"""`scaffold update`: newer templates, with the user's edits merged in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from scaffold.cli.declared import Option
from scaffold.cli.verbs import Tail, writes

if TYPE_CHECKING:
    from scaffold.api.run import Outcome


@writes
def update(
    tail: Tail,
    to: Annotated[
        str | None,
        Option(
            "--to",
            metavar="VERSION",
            help="A tag or commit of the templates (default: the newest).",
        ),
    ] = None,
) -> Outcome:
    """Bring in newer templates and conventions. Your edits are merged, and what you deleted stays deleted.

    Exit code 1 if your lines and new ones clash: then both are between markers.

    \b
    scaffold update --dry-run --diff
    scaffold update
    scaffold update --to v1.2.0
    """
    from scaffold.api import update as api

    return api.update(to=to, **tail)
