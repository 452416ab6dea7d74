"""`scaffold new`: a whole service."""

from __future__ import annotations

from typing import Annotated

from scaffold.cli import options, output
from scaffold.cli.declared import Argument, Option


@output.command
def new(
    path: Annotated[
        str, Argument(metavar="PATH", help="A folder that does not exist yet, or is empty.")
    ],
    style: options.Style = None,
    name: Annotated[
        str | None, Option("--name", help="The project's name (default: the folder's).")
    ] = None,
    methods: options.Methods = None,
    rate_limit: options.RateLimit = None,
    paginate: options.Paginate = None,
    soft_delete: options.SoftDelete = False,
    settings: options.Settings = None,
    accept: options.Accept = False,
    source: options.Source = None,
    dry_run: options.DryRun = False,
    diff: options.Diff = False,
    as_json: options.Json = False,
) -> int:
    """Make a new service with a git repository and a first commit. The resource options become its conventions.

    \b
    scaffold new clinic --style supabase
    scaffold new services/clinic --style supabase --name clinic-api --rate-limit 100/1m
    scaffold new clinic --style supabase --source https://github.com/acme/templates.git
    """
    from scaffold.api import new as api
    from scaffold.resources.options import Options

    chosen = Options(
        methods=methods,
        rate_limit=rate_limit,
        paginate=paginate,
        soft_delete=soft_delete,
        settings=tuple(settings or ()),
    )
    result = api.new(
        path,
        style=options.joined(style),
        name=name,
        options=chosen,
        source=source,
        dry_run=dry_run,
        accept=accept,
    )
    return output.outcome(result, diff=diff, as_json=as_json)
