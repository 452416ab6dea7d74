"""`scaffold apply`: the resources of one file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from scaffold.cli import options, output
from scaffold.cli.declared import Argument, Exit, Option
from scaffold.cli.verbs import Tail, writes

if TYPE_CHECKING:
    from scaffold.api.run import Outcome


def _print_schema(wanted: bool) -> None:
    if not wanted:
        return
    import json

    from scaffold.agents.resources_schema import resources_file

    output.say(json.dumps(resources_file(), ensure_ascii=False, indent=2))
    raise Exit


@writes
def apply_file(
    tail: Tail,
    file: Annotated[str, Argument(metavar="FILE", help="A YAML file of resources.")],
    style: options.Style = None,
    settings: options.Settings = None,
    accept: options.Accept = False,
    db: options.Db = None,
    source: options.Source = None,
    auth: options.Auth = None,
    current_user: options.CurrentUser = None,
    session: options.Session = None,
    drop: Annotated[
        bool,
        Option(
            "--drop",
            help="Fields that the file does not name may go, and rows that were soft-deleted where it ends that.",
        ),
    ] = False,
    schema: Annotated[
        bool,
        Option(
            "--schema",
            callback=_print_schema,
            is_eager=True,
            help="Print the JSON Schema of FILE for editors, and do nothing else.",
        ),
    ] = False,
) -> Outcome:
    """Make the resources of a file what it says, in one plan: add what is missing, change what differs.

    What the file leaves out of a resource is what the conventions say. Resources that it does not name stay.

    \b
    resources:
      courses: {fields: ['name:string!'], roles_for: {create: [instructor]}, rate_limit: 100/1h}
      lessons: {fields: ['title:string', 'course:ref(courses)'], unique: [[course, title]]}
    models:
      audit_entries: {fields: ['action:string']}

    \b
    scaffold apply resources.yml --style supabase --dry-run
    scaffold list --yaml > resources.yml
    scaffold apply --schema > resources.schema.json

    The last two write such a file for a project that exists, and the JSON Schema with which editors complete it.
    """
    from scaffold.api import apply_ as api

    return api.apply_file(
        file,
        style=options.joined(style),
        settings=settings or (),
        source=source,
        accept=accept,
        drop=drop,
        host=options.said_of_host(auth=auth, db=db, current_user=current_user, session=session),
        **tail,
    )
