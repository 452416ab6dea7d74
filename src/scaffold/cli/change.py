"""`scaffold change`: what an endpoint that exists allows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from scaffold.cli.declared import Argument, Option
from scaffold.cli.verbs import Tail, writes

if TYPE_CHECKING:
    from scaffold.api.run import Outcome


@writes
def change(
    tail: Tail,
    name: Annotated[
        str, Argument(metavar="NAME", help="The resource, as `scaffold list` shows it.")
    ],
    methods: Annotated[
        str | None,
        Option(
            "--methods",
            metavar="LIST",
            help="Some of list,get,create,update,replace,delete; `none` makes it a model, `default` gives the "
            "conventions' methods.",
        ),
    ] = None,
    role: Annotated[
        list[str] | None,
        Option(
            "--role",
            metavar="ROLE",
            help="The roles from now on, in place of all that there were: ROLE, or create,update=ROLE for some "
            "operations; `none` asks for no role.",
        ),
    ] = None,
    public: Annotated[
        bool | None,
        Option("--public/--no-public", help="Whether anybody may read.", show_default=False),
    ] = None,
    rate_limit: Annotated[
        str | None,
        Option(
            "--rate-limit",
            metavar="60/1m",
            help="Requests in a window, per user and route, or `default`.",
        ),
    ] = None,
    paginate: Annotated[
        str | None,
        Option(
            "--paginate", metavar="page|cursor|none", help="How to page the list, or `default`."
        ),
    ] = None,
    soft_delete: Annotated[
        bool | None,
        Option(
            "--soft-delete/--no-soft-delete",
            help="Whether DELETE keeps the row and hides it. Off takes soft-deleted rows away: it needs --drop.",
            show_default=False,
        ),
    ] = None,
    files: Annotated[
        str | None,
        Option(
            "--files",
            metavar="PATTERN",
            help="Where each row is kept as a JSON file too, below data/: reports/{year}; or `none`.",
        ),
    ] = None,
    unique: Annotated[
        list[str] | None,
        Option(
            "--unique",
            metavar="FIELD,FIELD",
            help="The keys that no two rows share from now on, in place of all that there were; or `none`.",
        ),
    ] = None,
    index: Annotated[
        list[str] | None,
        Option(
            "--index",
            metavar="FIELD,FIELD",
            help="The indexes over several fields from now on, in place of all that there were; or `none`.",
        ),
    ] = None,
    drop: Annotated[
        bool, Option("--drop", help="Rows that were soft-deleted may go for good.")
    ] = False,
) -> Outcome:
    """Change what an endpoint allows. Only what you name changes; fields have `scaffold field`.

    \b
    scaffold change assessments --methods list,get --public
    scaffold change assessments --role instructor --role create,delete=admin
    scaffold change assessments --no-public --role none --rate-limit default
    scaffold change assessments --soft-delete
    scaffold change assessments --no-soft-delete --drop
    scaffold change assessments --unique course,title --index state,due
    scaffold change assessments --methods none

    The last one leaves a model: a table with its validation and no route. `--methods` of a model gives it a route.
    """
    from scaffold.api import change as api
    from scaffold.resources.changes import Change

    wanted = Change(
        methods=methods,
        roles=tuple(role) if role else None,
        public=public,
        rate_limit=rate_limit,
        paginate=paginate,
        soft_delete=soft_delete,
        files=files,
        unique=tuple(unique) if unique else None,
        indexed=tuple(index) if index else None,
    )
    return api.change(name, wanted, drop=drop, **tail)
