"""A resource: its names, fields and what its endpoint allows."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any, NamedTuple

from scaffold.resources.field_changes import Alteration
from scaffold.resources.fields import COLUMN, Field
from scaffold.resources.keys import Keys
from scaffold.resources.keys import from_data as keys_from_data
from scaffold.resources.keys import to_data as keys_to_data
from scaffold.resources.names import parse_name, plural, singular
from scaffold.resources.table_steps import TableStep
from scaffold.support.errors import UserError
from scaffold.support.text import nearest, printable

METHODS = ("list", "get", "create", "update", "replace", "delete")
PAGINATION = ("page", "cursor", "none")
HTTP = {
    "list": "GET",
    "create": "POST",
    "get": "GET",
    "update": "PATCH",
    "replace": "PUT",
    "delete": "DELETE",
}
# Paths, tables and modules that every service has anyway.
RESERVED = {"health", "openapi", "openapi_json", "idempotency_keys", "index", "csrf"}
RESERVED |= {"auth", "auth_users", "auth_sessions", "auth_accounts", "auth_verifications"}
RESERVED |= {"auth_refresh_tokens", "api_alembic_version", "factory_of"}
# Windows has no files of these names: "Naming Files, Paths, and Namespaces" in its documentation.
DEVICES = {"con", "prn", "aux", "nul"} | {
    f"{port}{n}" for port in ("com", "lpt") for n in range(1, 10)
}
_RATE = re.compile(r"([1-9][0-9]{0,6})/([1-9][0-9]{0,3})?([smhd])")
# Parts of plain words and `{field}`s: what `json_files.parse_files` returns.
_FILES = re.compile(r"(?:(?:[A-Za-z0-9_-]|\{[a-z][a-z0-9_]*\})+(?:/(?!$)|$))*")
ROLE = r"[A-Za-z][A-Za-z0-9_-]{0,39}"


class RateLimit(NamedTuple):
    """At most `max` requests in a window such as `1m` (units: s, m, h, d)."""

    max: int
    window: str

    def __str__(self) -> str:
        return f"{self.max}/{self.window}"


@dataclass(frozen=True, slots=True)
class Resource:
    """What the manifest holds of a resource.

    `name` is snake_case and the path's last part; `singular` is stored because Jinja cannot
    compute it. `table` is its name in the database, if that differs; `history` is what happened
    to that table (only if scaffold writes the migrations, and after its first change), and a `dropped`
    resource has nothing else. `roles_for` are the roles of single operations, instead of `roles`;
    `files` is the folder pattern of its JSON files, below `data/`; `keys` are those over several columns.
    `alterations` are what a command says of fields that it changes, until they are steps; no manifest has them.
    """

    name: str
    singular: str
    fields: tuple[Field, ...]
    methods: tuple[str, ...] = METHODS
    roles: tuple[str, ...] = ()
    roles_for: tuple[tuple[str, tuple[str, ...]], ...] = ()
    public: bool = False
    rate_limit: RateLimit | None = None
    paginate: str | None = None
    soft_delete: bool = False
    files: str = ""
    keys: Keys = ()
    retired: bool = False
    dropped: bool = False
    table: str = ""
    history: tuple[TableStep, ...] = ()
    alterations: tuple[Alteration, ...] = field(default=(), compare=False)

    @property
    def stored_in(self) -> str:
        """The table of its rows."""
        return self.table or self.name

    def to_data(self) -> dict[str, Any]:
        """The manifest's entry: keys in a fixed order, only what differs from the default."""
        data: dict[str, Any] = {"name": self.name, "singular": self.singular}
        if self.table:
            data["table"] = self.table
        data["methods"] = list(self.methods)
        if self.roles:
            data["roles"] = list(self.roles)
        if self.roles_for:
            data["roles_for"] = {method: list(roles) for method, roles in self.roles_for}
        if self.rate_limit:
            data["rate_limit"] = {"max": self.rate_limit.max, "window": self.rate_limit.window}
        if self.paginate:
            data["paginate"] = self.paginate
        for key in ("public", "soft_delete", "retired", "dropped"):
            if getattr(self, key):
                data[key] = True
        if self.files:
            data["files"] = self.files
        data |= keys_to_data(self.keys)
        if self.history:
            data["history"] = [step.to_data() for step in self.history]
        data["fields"] = [field.to_data() for field in self.fields]
        return data

    @classmethod
    def from_data(cls, data: Any) -> Resource:
        """The resource of a manifest entry; raises UserError if `to_data` would not write it."""
        if not isinstance(data, Mapping) or not isinstance(data.get("name"), str):
            raise UserError(f"`{str(data)[:80]}` is not a resource")
        name = parse_resource_name(data["name"])
        fields, methods, roles = (
            data.get("fields", []),
            data.get("methods", []),
            data.get("roles", []),
        )
        if not all(isinstance(value, list) for value in (fields, methods, roles)):
            raise UserError(f"resource `{name}`: fields, methods and roles must be lists")
        roles_for = data.get("roles_for", {})
        if not isinstance(roles_for, Mapping) or not all(
            method in METHODS and isinstance(words, list) for method, words in roles_for.items()
        ):
            raise UserError(f"resource `{name}`: roles_for must map operations to lists of roles")
        files = data.get("files", "")
        known = {
            field["name"] for field in fields if isinstance(field, Mapping) and "name" in field
        }
        if (
            not isinstance(files, str)
            or not _FILES.fullmatch(files)
            or not set(re.findall(r"\{(\w+)\}", files)) <= known
        ):
            raise UserError(f"resource `{name}`: files must be a path such as `reports/{{year}}`")
        try:
            keys = keys_from_data(data)
        except UserError as error:
            raise UserError(f"resource `{name}`: {error.message}") from None
        table, history = data.get("table", ""), data.get("history", [])
        if not isinstance(table, str) or (table and not COLUMN.fullmatch(table)):
            raise UserError(f"resource `{name}`: table must be a word")
        if not isinstance(history, list):
            raise UserError(f"resource `{name}`: history must be a list")
        rate = data.get("rate_limit")
        if rate is not None and not isinstance(rate, Mapping):
            raise UserError(f"resource `{name}`: rate_limit must be a mapping")
        stored = data.get("singular")
        return cls(
            name=name,
            singular=(
                stored
                if isinstance(stored, str) and re.fullmatch(r"[a-z][a-z0-9_]{0,39}", stored)
                else singular(name)
            ),
            fields=tuple(Field.from_data(field) for field in fields),
            methods=parse_methods(",".join(map(str, methods))) if methods else (),
            roles=tuple(parse_role(str(role)) for role in roles),
            roles_for=tuple(
                (method, tuple(parse_role(str(role)) for role in roles_for[method]))
                for method in METHODS
                if method in roles_for
            ),
            public=data.get("public") is True,
            rate_limit=(
                parse_rate_limit(f"{rate.get('max')}/{rate.get('window')}") if rate else None
            ),
            paginate=parse_paginate(str(data["paginate"])) if data.get("paginate") else None,
            soft_delete=data.get("soft_delete") is True,
            files=files,
            keys=keys,
            retired=data.get("retired") is True,
            dropped=data.get("dropped") is True,
            table=table,
            history=tuple(TableStep.from_data(step) for step in history),
        )

    def roles_of(self, method: str) -> tuple[str, ...]:
        """The roles of which a caller needs one for that operation; empty: needs none."""
        return dict(self.roles_for).get(method, self.roles)

    def retire(self) -> Resource:
        """The same resource with its table only: no route, no validation, no tests."""
        return replace(self, methods=(), retired=True)


def parse_resource_name(text: str) -> str:
    """NAME of the command line in snake_case.

    Raises UserError if it cannot be a path, a table and a module.
    """
    if text.startswith(("/", ".", "~")) or "/" in text or "\\" in text:
        raise UserError(
            f"resource name `{printable(text)}` looks like a path; a resource is a plain word",
            "try `scaffold endpoint assessments`; `--project DIR` says where",
        )
    name = parse_name(text, "resource", "scaffold endpoint assessments")
    if name in RESERVED:
        raise UserError(
            f"resource `{name}` is part of every service "
            f"(reserved: {' '.join(sorted(RESERVED))})",
            f"try `scaffold endpoint {name}_entries`",
        )
    if name in DEVICES:
        raise UserError(
            f"resource `{name}` cannot be a file on Windows, which keeps the name for a device",
            f"try `scaffold endpoint {name}_entries`",
        )
    return name


def check_no_twin(name: str, others: list[str]) -> None:
    """Raises UserError if `name` is another form of a resource that exists.

    Another form is the singular, the plural, or another spelling.
    """
    key = _fold(name)
    for other in others:
        # All forms of a word begin with the same letter, and to fold a name takes longer than all else here.
        if other != name and other[0] == name[0] and _fold(other) == key:
            raise UserError(
                f"resource `{name}` is another form of `{other}`, which this project has",
                f"see `scaffold show {other}`, or choose another word",
            )


@cache
def _fold(name: str) -> str:
    return plural(singular(name)).replace("_", "")


def parse_methods(text: str) -> tuple[str, ...]:
    """`list,get,create` in the fixed order of METHODS.

    Raises UserError on an unknown one, or if there is none.
    """
    given = [part.strip().lower() for part in text.split(",") if part.strip()]
    for method in given:
        if method not in METHODS:
            guess = nearest(method, METHODS)
            raise UserError(
                f"unknown method `{printable(method)}`; allowed: {','.join(METHODS)}",
                f"did you mean `{guess}`?" if guess else "for example `--methods list,get`",
            )
    if not given:
        raise UserError("`--methods` names no method", "for example `--methods list,get`")
    return tuple(method for method in METHODS if method in given)


def parse_rate_limit(text: str) -> RateLimit:
    """`60/1m` or `60/m`; raises UserError on anything else."""
    match = _RATE.fullmatch(text.strip())
    if not match:
        raise UserError(
            f"rate limit `{printable(text)}` is malformed: write `requests/window`, "
            "with the window in s, m, h or d",
            "for example `--rate-limit 60/1m`",
        )
    return RateLimit(int(match[1]), f"{match[2] or 1}{match[3]}")


def parse_paginate(text: str) -> str:
    """One of PAGINATION; raises UserError on anything else."""
    if text not in PAGINATION:
        raise UserError(
            f"unknown pagination `{printable(text)}`; allowed: {', '.join(PAGINATION)}",
            "for example `--paginate cursor`",
        )
    return text


def parse_role(text: str) -> str:
    """A role's name; raises UserError if it is not a word."""
    if not re.fullmatch(ROLE, text):
        raise UserError(
            f"role `{printable(text)}` is not allowed: a letter, then letters, digits, `_` and `-`",
            "for example `--role instructor`, or `--role create,update=instructor`",
        )
    return text
