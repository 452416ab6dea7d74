"""What an endpoint allows, as typed: from options and conventions to a resource."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from scaffold.resources.fields import Field
from scaffold.resources.json_files import parse_files
from scaffold.resources.kept_words import check_columns, check_table
from scaffold.resources.keys import parse_keys
from scaffold.resources.names import singular
from scaffold.resources.resource import (
    METHODS,
    RateLimit,
    Resource,
    parse_methods,
    parse_paginate,
    parse_rate_limit,
    parse_role,
)
from scaffold.support.errors import UserError
from scaffold.support.text import nearest, printable


class Options(NamedTuple):
    """What `endpoint` takes besides a name and fields, as typed; None and empty mean the conventions' value.

    A role is `ROLE` for every operation, or `create,update=ROLE` for some; a key is `book,author`.
    """

    methods: str | None = None
    roles: tuple[str, ...] = ()
    public: bool = False
    rate_limit: str | None = None
    paginate: str | None = None
    soft_delete: bool = False
    settings: tuple[str, ...] = ()
    files: str | None = None
    unique: tuple[str, ...] = ()
    indexed: tuple[str, ...] = ()

    def over(self, other: Options) -> Options:
        """These options, and those of `other` where these say nothing."""
        return Options(
            methods=self.methods if self.methods is not None else other.methods,
            roles=self.roles or other.roles,
            public=self.public or other.public,
            rate_limit=self.rate_limit if self.rate_limit is not None else other.rate_limit,
            paginate=self.paginate if self.paginate is not None else other.paginate,
            soft_delete=self.soft_delete or other.soft_delete,
            settings=self.settings,
            files=self.files if self.files is not None else other.files,
            unique=self.unique or other.unique,
            indexed=self.indexed or other.indexed,
        )


def build(
    name: str,
    fields: tuple[Field, ...],
    options: Options,
    values: Mapping[str, Mapping[str, Any]],
    known: Resource | None = None,
) -> Resource:
    """The resource; `values` are all conventions, `known` is what there is of it, whose names stay.

    Raises UserError if they do not cover it.
    """
    methods = methods_of(options, values)
    roles, roles_for = parse_roles(options.roles, methods, values["auth"].get("roles", ()))
    if options.public:
        reads = [method for method, _ in roles_for if method in ("list", "get")]
        if reads:
            raise UserError(
                f"`--public` opens reads to anybody, so `{reads[0]}` cannot require a role",
                "leave out `--public`, or give roles only to create, update, replace and delete",
            )
    _check_names(name, fields, values, known)
    return Resource(
        name=name,
        singular=singular(name),
        fields=fields,
        methods=methods,
        roles=roles,
        roles_for=roles_for,
        public=options.public,
        rate_limit=(
            unless_default(parse_rate_limit(options.rate_limit), values)
            if options.rate_limit is not None
            else None
        ),
        paginate=parse_paginate(options.paginate) if options.paginate is not None else None,
        soft_delete=options.soft_delete,
        files=_files(options.files, fields, values),
        keys=parse_keys(options.unique, options.indexed, fields, name),
    )


def methods_of(options: Options, values: Mapping[str, Mapping[str, Any]]) -> tuple[str, ...]:
    """The operations of an endpoint with these options. Raises UserError on one that there is not."""
    return parse_methods(
        ",".join(values["routing"]["methods"]) if options.methods is None else options.methods
    )


def build_model(
    name: str,
    fields: tuple[Field, ...],
    options: Options,
    values: Mapping[str, Mapping[str, Any]],
    known: Resource | None = None,
) -> Resource:
    """The resource without a route: only the options about its rows count."""
    _check_names(name, fields, values, known)
    return Resource(
        name,
        singular(name),
        fields,
        methods=(),
        soft_delete=options.soft_delete,
        files=_files(options.files, fields, values),
        keys=parse_keys(options.unique, options.indexed, fields, name),
    )


def parse_roles(
    texts: Sequence[str], methods: tuple[str, ...], allowed: Sequence[str]
) -> tuple[tuple[str, ...], tuple[tuple[str, tuple[str, ...]], ...]]:
    """Roles for every operation, and those of single operations. If `allowed` is empty, any word is.

    Raises UserError on a role or an operation that the endpoint cannot have.
    """
    every: set[str] = set()
    some: dict[str, set[str]] = {}
    for text in texts:
        operations, equals, role = text.partition("=")
        if not equals:
            every.add(_role(text, allowed))
            continue
        role = _role(role, allowed)
        given = [word.strip() for word in operations.split(",") if word.strip()]
        if not given:
            raise UserError(
                f"`--role {printable(text)}` names no operation",
                f"for example `--role create,update={role}`",
            )
        for method in parse_methods(",".join(given)):
            if method not in methods:
                raise UserError(
                    f"`--role {printable(text)}`: this endpoint has no `{method}`; "
                    f"it has {','.join(methods)}",
                    f"leave out `{method}`, or add it to `--methods`",
                )
            some.setdefault(method, set()).add(role)
    ordered = [
        (method, tuple(sorted(some[method])))
        for method in METHODS
        if method in some and some[method] != every
    ]
    return tuple(sorted(every)), tuple(ordered)


def _role(text: str, allowed: Sequence[str]) -> str:
    role = parse_role(text)
    if allowed and role not in allowed:
        guess = nearest(role, allowed)
        raise UserError(
            f"`{role}` is not a role of this project (auth.roles); allowed: {', '.join(allowed)}",
            (
                f"did you mean `{guess}`?"
                if guess
                else f"`scaffold set 'auth.roles=[{', '.join([*allowed, role])}]'` adds it"
            ),
        )
    return role


def _files(
    text: str | None, fields: tuple[Field, ...], values: Mapping[str, Mapping[str, Any]]
) -> str:
    if text is None:
        return ""
    if not values["data"].get("dual_storage"):
        raise UserError(
            "`--files` keeps rows as JSON files too, which this project does not do "
            "(data.dual_storage is false)",
            "leave out `--files`, or, with `stack.orm` libsql: `scaffold set data.dual_storage=true`",
        )
    return parse_files(text, fields)


def _check_names(
    name: str,
    fields: tuple[Field, ...],
    values: Mapping[str, Mapping[str, Any]],
    known: Resource | None,
) -> None:
    check_version(fields, values)
    if known is None:
        check_table(name, values)
    columns = {field.stored_in for field in known.fields} if known else set()
    check_columns([field for field in fields if field.stored_in not in columns], values)


def check_version(fields: tuple[Field, ...], values: Mapping[str, Mapping[str, Any]]) -> None:
    """Raises UserError if a field has the name or the column of the version that every row gets."""
    taken = any("version" in (field.name, field.stored_in) for field in fields)
    if values["data"].get("optimistic_version") and taken:
        raise UserError(
            "scaffold adds the field `version` to every resource (data.optimistic_version is true)",
            "leave it out, or give it another name",
        )


def unless_default(rate: RateLimit, values: Mapping[str, Any]) -> RateLimit | None:
    """The rate, or None if the conventions say the same."""
    return None if rate == default_rate(values) else rate


def default_rate(values: Mapping[str, Any]) -> RateLimit:
    """The rate limit that the conventions give every endpoint."""
    return RateLimit(values["rate_limit"]["max"], values["rate_limit"]["window"])


def as_settings(options: Options) -> list[str]:
    """Resource options of `new`, which has no resource yet, as conventions of the project."""
    settings = []
    if options.rate_limit is not None:
        rate = parse_rate_limit(options.rate_limit)
        settings += [f"rate_limit.max={rate.max}", f"rate_limit.window={rate.window}"]
    if options.paginate is not None:
        settings.append(f"pagination.style={parse_paginate(options.paginate)}")
    if options.soft_delete:
        settings.append("data.soft_delete=true")
    if options.methods is not None:
        settings.append(f"routing.methods=[{','.join(parse_methods(options.methods))}]")
    return settings
