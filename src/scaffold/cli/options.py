"""Options that several verbs share."""

from __future__ import annotations

from typing import Annotated

from scaffold.cli.declared import Argument, Option

Project = Annotated[
    str | None,
    Option(
        "--project",
        metavar="DIR",
        help="The project's folder (default: the nearest one above with a manifest).",
    ),
]
Style = Annotated[
    list[str] | None,
    Option(
        "--style",
        metavar="STYLE",
        help="The agent whose conventions to follow, or the path of a document (several: once each); needed once.",
    ),
]
Accept = Annotated[
    bool,
    Option(
        "--accept-unsupported",
        help="Go on although the document states what scaffold does not generate.",
    ),
]
Restore = Annotated[
    bool,
    Option("--restore", help="Bring back files of this resource that you deleted."),
]
Db = Annotated[
    str | None,
    Option(
        "--db",
        metavar="MODULE#NAME",
        help="The database client of an existing app, where several could be meant: '@/lib/db#db'.",
    ),
]
Source = Annotated[
    str | None,
    Option(
        "--source",
        metavar="URL",
        help="A template repository for a new project: a git URL, gh:owner/name or a path (default: scaffold's own).",
    ),
]
DryRun = Annotated[bool, Option("--dry-run", help="Show what would happen and write nothing.")]
Diff = Annotated[bool, Option("--diff", help="Show each change as a unified diff.")]
Json = Annotated[bool, Option("--json", help="Print one JSON object on standard output.")]
Fields = Annotated[
    list[str] | None,
    Argument(metavar="[FIELD]...", help="name:type[modifiers], as in 'score:decimal{0..100}?'"),
]
Methods = Annotated[
    str | None,
    Option(
        "--methods",
        metavar="LIST",
        help="Some of list,get,create,update,replace,delete (default: all).",
    ),
]
RateLimit = Annotated[
    str | None,
    Option("--rate-limit", metavar="60/1m", help="Requests in a window, per user and route."),
]
Paginate = Annotated[
    str | None, Option("--paginate", metavar="page|cursor|none", help="How to page the list.")
]
SoftDelete = Annotated[bool, Option("--soft-delete", help="DELETE keeps the row and hides it.")]
Unique = Annotated[
    list[str] | None,
    Option(
        "--unique",
        metavar="FIELD,FIELD",
        help="No two rows have the same values in all of these fields; `owner` is one, too (several: once each).",
    ),
]
Index = Annotated[
    list[str] | None,
    Option(
        "--index", metavar="FIELD,FIELD", help="An index over these fields (several: once each)."
    ),
]
Settings = Annotated[
    list[str] | None,
    Option("--set", metavar="KEY=VALUE", help="Also change a convention of the project."),
]

Auth = Annotated[
    str | None,
    Option(
        "--auth",
        metavar="MODULE#NAME",
        help="In your Next.js project: what says who calls, as '@/auth#auth' or a function that returns a user or "
        "null; `own` for the sign-in of the style.",
    ),
]
CurrentUser = Annotated[
    str | None,
    Option(
        "--current-user",
        metavar="MODULE:NAME",
        help="In your FastAPI project: the dependency that gives the current user, as app.deps:get_current_user, with "
        "#ID after it if it is not certain what stands for the user; "
        "`own` for accounts of scaffold's.",
    ),
]
Session = Annotated[
    str | None,
    Option(
        "--session",
        metavar="MODULE:NAME",
        help="In your FastAPI project: the dependency that gives the database session, as app.db:get_session; "
        "`own` for one by DATABASE_URL.",
    ),
]

Formatter = Annotated[
    str | None,
    Option(
        "--formatter",
        metavar="NAME",
        help="What formats this project (biome, prettier, oxfmt, dprint, eslint, ruff, black), if several could be "
        "meant, or if its configuration is code, which you trust by saying so; `none` for nothing.",
    ),
]


LocalStack = Annotated[
    bool | None,
    Option(
        "--local-stack/--no-local-stack",
        help="In your project: whether stand-ins for what it lacks come too, which are an embedded database, tokens "
        "and secrets of this machine, and accounts (default: no, settings name a database and who signs tokens).",
    ),
]


def said_of_host(*, local_stack: bool | None = None, **said: str | None) -> dict[str, str]:
    """What the user says of a project that scaffold did not make, by the keys of the manifest's `host`."""
    stack = None if local_stack is None else "yes" if local_stack else "no"
    every = {**said, "local_stack": stack}
    return {key: value for key, value in every.items() if value is not None}


def joined(style: list[str] | None) -> str | None:
    """What `--style` names: one agent, or documents in their order."""
    return ",".join(style) if style else None
