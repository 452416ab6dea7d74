"""What the generated code uses of a project that scaffold did not make, under the names that it has there."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

# Folders of routes have brackets and parentheses in their names. A name fits the lines that templates write it into.
_MODULE: Final = r"[@~#\w./()\[\]-]{1,200}#[A-Za-z_$][\w$]{0,49}"
_FOLDER: Final = r"[\w@()\[\]-][\w.@()\[\]-]*"
_DOTTED: Final = r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*:[A-Za-z_]\w*"
_KEY: Final = r"[A-Za-z_]\w{0,99}|\[[A-Za-z_]\w{0,99}\]"
AUTH_KINDS: Final[Mapping[str, str]] = {
    "next-auth": "a NextAuth session, by cookie",
    "next-auth-4": "a NextAuth session, by cookie",
    "better-auth": "a Better Auth session, by cookie",
    "clerk": "a Clerk session, by cookie or Bearer token",
    "supabase": "a Supabase session, by cookie or Bearer token",
    "supabase-store": "a Supabase session, by cookie or Bearer token",
    "supabase-cookies": "a Supabase session, by cookie or Bearer token",
    "function": "the sign-in of the project",
}
"""What `auth` may be, and by what its users sign in.

A client of Supabase takes nothing, Next's cookies (`supabase-store`) or their promise (`supabase-cookies`).
"""

PATTERNS: Final[Mapping[str, str]] = {
    "zod": r"zod/v4",
    "db": rf"{_MODULE}(?:\(\))?",
    "prisma": r"6",
    "prisma_schema": r"(?=.{1,100}\Z)(?:[\w-][\w.-]*/)*[\w-][\w.-]*",
    "prisma_client": rf"@prisma/client|(?=.{{1,200}}\Z)(?:\.\./)+{_FOLDER}(?:/{_FOLDER})*",
    "database_url": r"[A-Z][A-Z0-9_]{0,59}",
    "migrations": r"supabase/migrations",
    "table_prefix": r"[A-Za-z_][\w-]{0,29}",
    "auth": _MODULE,
    "auth_kind": "|".join(AUTH_KINDS),
    "supabase_url": r"NEXT_PUBLIC_SUPABASE_URL",
    "current_user": _DOTTED,
    "user_id": rf"(?:{_KEY})?:(?:uuid|int|str)|[A-Za-z_]\w{{0,99}}:text",
    "user_role": rf"(?:{_KEY}):(?:flag|one|enum|many)",
    "user_optional": r"yes",
    "session": _DOTTED,
    "session_kind": r"async|sync",
    "formatter": r"biome|prettier|oxfmt|dprint|eslint|ruff|black|none",
    "local_stack": r"yes|no",
}
"""Each key with the form of its value. Templates write the values into code.

`user_id` is the attribute of the current user that stands for them, or `[key]` of a mapping, or nothing if the value
is the id itself, with its type (`text`: whatever it is, as text); `user_role` is what says their roles;
`user_optional` says that nobody may be None. `local_stack` says whether what stands in on a developer's machine comes
too: an embedded database, tokens, secrets, and accounts. Older manifests lack it, and their projects keep it all.
"""

FORMS: Final[Mapping[str, str]] = {
    "auth": "MODULE#NAME",
    "db": "MODULE#NAME",
    "current_user": "MODULE:NAME` or `MODULE:NAME#ID",
    "session": "MODULE:NAME",
    "formatter": "NAME",
    "local_stack": "yes|no",
}
"""What a user can say with an option, and its form."""

OWN: Final = "own"
"""In place of a name: what scaffold brings, although the project has one."""

_FOLLOWS: Final = {
    "auth": ("auth_kind", "supabase_url"),
    "current_user": ("user_id", "user_role", "user_optional"),
    "session": ("session_kind",),
}


def has_local_stack(host: Mapping[str, str]) -> bool:
    """Whether stand-ins for a database and a sign-in come with our code."""
    return host.get("local_stack") != "no"


def named(alias: str) -> dict[str, str]:
    """What stands for the user and the session of a FastAPI project that has neither: modules of ours, by settings."""
    user = {"current_user": f"{alias}.core.users:current_user", "user_id": "id:uuid"}
    session = {"session": f"{alias}.core.database:get_session", "session_kind": "async"}
    return {**user, "user_role": "roles:many", **session}


def without_named(host: Mapping[str, str], alias: str) -> dict[str, str]:
    """`host` without those."""
    ours = named(alias)
    gone = {key for key in ("current_user", "session") if host.get(key) == ours[key]}
    gone |= {other for key in gone for other in _FOLLOWS[key]}
    return {key: value for key, value in host.items() if key not in gone}


def has_own_tool(host: Mapping[str, str]) -> bool:
    """Whether a tool of theirs or of the ORM makes the migrations, and no script of ours; if the ORM has one."""
    return "db" in host or not has_local_stack(host)


def option_of(key: str) -> str:
    """The option with which a user says the value of a key."""
    return f"--{key.replace('_', '-')}"


def changed(
    host: Mapping[str, str], said: Mapping[str, str], found: Mapping[str, str]
) -> dict[str, str]:
    """`host` with what was found; what was said takes its place with all that follows from it."""
    gone = {key for name in said for key in (name, *_FOLLOWS.get(name, ()))}
    return {**{key: value for key, value in host.items() if key not in gone}, **found}


def id_said(value: str) -> tuple[str, str]:
    """What `app.deps:get_user#uid` says: the dependency, and what stands for the user; empty if it does not say."""
    name, _, key = value.partition("#")
    return name, key


def fits(key: str, value: str) -> bool:
    """Whether what a user said with an option has its form."""
    name, ident = id_said(value) if key == "current_user" else (value, "")
    keyed = not value.endswith("#") and (not ident or re.fullmatch(_KEY, ident, re.ASCII))
    return bool(keyed) and not problems({key: name})


def owner_type(host: Mapping[str, str], provider: str) -> str:
    """The type of the column that says whose a row is; `provider` is that of the conventions."""
    if "user_id" in host:
        kind = host["user_id"].partition(":")[2]
        return "str" if kind == "text" else kind
    kind = host.get("auth_kind", "function") if "auth" in host else provider
    return "uuid" if kind.startswith(("supabase", "jwt")) else "text"


def problems(host: Mapping[Any, Any]) -> list[str]:
    """What is wrong with the answer `host` of a manifest, in sentences."""
    return [
        f"`host.{key}` has the invalid value `{str(value)[:60]}`"
        for key, value in host.items()
        if key in PATTERNS
        and not (isinstance(value, str) and re.fullmatch(PATTERNS[key], value, re.ASCII))
    ]


def unknown(host: Mapping[Any, Any]) -> list[str]:
    """Keys that only a newer scaffold knows."""
    return [f"host.{key}" for key in host if key not in PATTERNS]
