"""`scaffold rename`: gives a resource another name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from scaffold.cli.declared import Argument
from scaffold.cli.verbs import Tail, writes

if TYPE_CHECKING:
    from scaffold.api.run import Outcome


@writes
def rename(
    tail: Tail,
    resource: Annotated[
        str,
        Argument(
            metavar="RESOURCE", help="The resource or KIND/NAME, as `scaffold list` shows it."
        ),
    ],
    new: Annotated[str, Argument(metavar="NEW", help="Its new name; of a resource in the plural")],
) -> Outcome:
    """Rename a resource: its path, files and types, with your edits in them. Its table stays: no row changes.

    \b
    scaffold rename assessments exams
    """
    from scaffold.manifest.things import address

    if found := address(resource):
        from scaffold.api import things

        return things.rename(*found, new, **tail)
    from scaffold.api import fields as api

    return api.rename(resource, new, **tail)
