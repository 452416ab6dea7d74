"""`scaffold endpoint`: a route with its table, validation, migration and tests."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from scaffold.cli import options
from scaffold.cli.declared import Argument, Option
from scaffold.cli.verbs import Tail, writes

if TYPE_CHECKING:
    from scaffold.api.run import Outcome


@writes
def endpoint(
    tail: Tail,
    name: Annotated[
        str, Argument(metavar="NAME", help="The resource, usually a plural: assessments")
    ],
    fields: options.Fields = None,
    style: options.Style = None,
    methods: options.Methods = None,
    role: Annotated[
        list[str] | None,
        Option(
            "--role",
            metavar="ROLE",
            help="The caller needs one of these roles; create,update=ROLE for some operations.",
        ),
    ] = None,
    public: Annotated[
        bool, Option("--public", help="Anybody may read; writes still need a token.")
    ] = False,
    rate_limit: options.RateLimit = None,
    paginate: options.Paginate = None,
    soft_delete: options.SoftDelete = False,
    files: Annotated[
        str | None,
        Option(
            "--files",
            metavar="PATTERN",
            help="Keep each row as a JSON file too, in this folder below data/: reports/{year}",
        ),
    ] = None,
    unique: options.Unique = None,
    index: options.Index = None,
    settings: options.Settings = None,
    accept: options.Accept = False,
    restore: options.Restore = False,
    with_parents: Annotated[
        bool,
        Option("--with-parents", help="Also add the agent's entities that it refers to."),
    ] = False,
    db: options.Db = None,
    source: options.Source = None,
    auth: options.Auth = None,
    current_user: options.CurrentUser = None,
    session: options.Session = None,
    formatter: options.Formatter = None,
    local_stack: options.LocalStack = None,
) -> Outcome:
    """Add an endpoint: route, table with policies, validation and tests.

    In an empty folder it makes the whole service; in a Next.js app or a FastAPI project it adds what is missing and
    changes nothing else.

    \b
    scaffold endpoint assessments --style supabase
    scaffold endpoint assessments 'title:string{1..200}' 'score:decimal{0..100}?' \\
        'status:enum(draft,published)+=draft' 'student:ref(users)'
    scaffold endpoint comments 'body:text{1..2000}' 'assessment:ref(assessments)' --paginate cursor
    scaffold endpoint lines 'sku:string' 'order:ref(orders)' --unique order,sku --unique owner,sku
    scaffold endpoint progress_reports --style libsql

    \b
    Without a FIELD, scaffold uses the agent's entity of that name, if it has one:
    scaffold endpoint appointments --with-parents

    \b
    FIELD is name:type[modifiers]
    types      string text int bigint float decimal bool date datetime time uuid
               json email url enum(a,b) ref(parent)
               ref(parent,cascade|restrict|null): its rows when a parent is deleted
    modifiers  {min..max} length or range, ? optional, ! unique, + indexed,
               and last =value as default
    """
    from scaffold.api import endpoint as api
    from scaffold.resources.options import Options

    chosen = Options(
        methods=methods,
        roles=tuple(role or ()),
        public=public,
        rate_limit=rate_limit,
        paginate=paginate,
        soft_delete=soft_delete,
        settings=tuple(settings or ()),
        files=files,
        unique=tuple(unique or ()),
        indexed=tuple(index or ()),
    )
    return api.endpoint(
        *(name, fields or []),
        style=options.joined(style),
        options=chosen,
        source=source,
        accept=accept,
        restore=restore,
        parents=with_parents,
        host=options.said_of_host(
            auth=auth,
            db=db,
            current_user=current_user,
            session=session,
            formatter=formatter,
            local_stack=local_stack,
        ),
        **tail,
    )
