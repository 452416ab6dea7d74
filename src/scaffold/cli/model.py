"""`scaffold model`: a table with its validation, and no route."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from scaffold.cli import options
from scaffold.cli.declared import Argument
from scaffold.cli.verbs import Tail, writes

if TYPE_CHECKING:
    from scaffold.api.run import Outcome


@writes
def model(
    tail: Tail,
    name: Annotated[
        str, Argument(metavar="NAME", help="The resource, usually a plural: assessments")
    ],
    fields: options.Fields = None,
    style: options.Style = None,
    unique: options.Unique = None,
    index: options.Index = None,
    settings: options.Settings = None,
    accept: options.Accept = False,
    restore: options.Restore = False,
    db: options.Db = None,
    source: options.Source = None,
    auth: options.Auth = None,
    current_user: options.CurrentUser = None,
    session: options.Session = None,
) -> Outcome:
    """Add only a model: table, validation and queries, but no route.

    \b
    scaffold model rubrics 'title:string{1..200}' 'weight:int{1..10}=1'
    """
    from scaffold.api import endpoint as api
    from scaffold.resources.options import Options

    return api.model(
        *(name, fields or []),
        style=options.joined(style),
        options=Options(
            settings=tuple(settings or ()),
            unique=tuple(unique or ()),
            indexed=tuple(index or ()),
        ),
        source=source,
        accept=accept,
        restore=restore,
        host=options.said_of_host(auth=auth, db=db, current_user=current_user, session=session),
        **tail,
    )
