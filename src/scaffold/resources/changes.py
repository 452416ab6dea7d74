"""Changes to what an endpoint allows, as typed: only what is named changes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, Final, NamedTuple

from scaffold.resources.keys import typed
from scaffold.resources.options import Options, build, build_model, default_rate, methods_of
from scaffold.resources.resource import Resource
from scaffold.support.errors import UserError

Values = Mapping[str, Mapping[str, Any]]

NONE: Final = "none"
DEFAULT: Final = "default"


class Change(NamedTuple):
    """What `change` takes, as typed; None stays as it is.

    `methods` may be `none`, which makes a model; `roles`, `files`, `unique` and `indexed` may be `none`; `methods`,
    `rate_limit` and `paginate` may be `default`, which is what the conventions say.
    """

    methods: str | None = None
    roles: tuple[str, ...] | None = None
    public: bool | None = None
    rate_limit: str | None = None
    paginate: str | None = None
    soft_delete: bool | None = None
    files: str | None = None
    unique: tuple[str, ...] | None = None
    indexed: tuple[str, ...] | None = None


# How a value that follows the conventions is told from the same one that stays.
_CONVENTION: Final = "the convention"
# Options about routes, and words that mean that nothing was said.
_OF_ROUTES: Final = ("roles", "public", "rate_limit", "paginate")
_OPTIONS: Final = {"roles": "role", "rate_limit": "rate-limit", "indexed": "index"}
_UNSAID: Final = {
    ("methods", NONE),
    ("methods", DEFAULT),
    ("rate_limit", DEFAULT),
    ("paginate", DEFAULT),
    ("files", NONE),
}


def everything(options: Options, *, model: bool) -> Change:
    """All that the options say, and what they leave out, as a change; a `model` has no route."""
    rows = Change(
        soft_delete=options.soft_delete,
        files=options.files or NONE,
        unique=options.unique or (NONE,),
        indexed=options.indexed or (NONE,),
    )
    if model:
        return rows._replace(methods=NONE)
    return rows._replace(
        methods=options.methods or DEFAULT,
        roles=options.roles or (NONE,),
        public=options.public,
        rate_limit=options.rate_limit or DEFAULT,
        paginate=options.paginate or DEFAULT,
    )


def changed(resource: Resource, change: Change, values: Values) -> Resource:
    """The resource with those changes; `values` are all conventions.

    Raises UserError if they do not fit it, or each other.
    """
    _require_route(resource, change)
    if change.soft_delete is False and values["data"]["soft_delete"]:
        raise UserError(
            f"`{resource.name}` hides deleted rows because every resource does (data.soft_delete is true)",
            "`scaffold set data.soft_delete=false` changes all of them",
        )
    options = as_typed(resource)._replace(**dict(_named(change)))
    if _is_model(resource, change):
        made = build_model(resource.name, resource.fields, options, values, resource)
    else:
        if change.roles is None:
            # The role of an operation goes with it.
            left = methods_of(options, values)
            kept = [(method, words) for method, words in resource.roles_for if method in left]
            options = options._replace(roles=as_typed(replace(resource, roles_for=(*kept,))).roles)
        made = build(resource.name, resource.fields, options, values, resource)
    return replace(made, singular=resource.singular, table=resource.table, history=resource.history)


def as_typed(resource: Resource) -> Options:
    """What the resource allows, as one would type it."""
    roles = [*resource.roles]
    for method, words in resource.roles_for:
        roles += [f"{method}={word}" for word in words]
    return Options(
        methods=",".join(resource.methods) or None,
        roles=tuple(roles),
        public=resource.public,
        rate_limit=str(resource.rate_limit) if resource.rate_limit else None,
        paginate=resource.paginate,
        soft_delete=resource.soft_delete,
        files=resource.files or None,
        unique=tuple(typed(key, resource.fields) for key in resource.keys if key.unique),
        indexed=tuple(typed(key, resource.fields) for key in resource.keys if not key.unique),
    )


def differences(before: Resource, after: Resource, values: Values) -> list[str]:
    """Each of those options that differs, as `roles: editor → none`."""
    routes = bool(before.methods or after.methods)
    old, new = (_shown(resource, values, routes) for resource in (before, after))
    return [f"{title}: {old[title]} → {text}" for title, text in new.items() if old[title] != text]


def _named(change: Change) -> Iterator[tuple[str, Any]]:
    """The options that change, by name, as `Options` has them."""
    for name, given in change._asdict().items():
        if isinstance(given, tuple):
            if NONE in given and len(given) > 1:
                option = _OPTIONS.get(name, name)
                raise UserError(
                    f"`--{option} none` takes all of them away, and another `--{option}` gives one",
                    "leave one of them out",
                )
            yield name, () if given == (NONE,) else given
        elif given is not None:
            yield name, None if (name, given) in _UNSAID else given


def _is_model(resource: Resource, change: Change) -> bool:
    return change.methods == NONE if change.methods else not resource.methods


def _require_route(resource: Resource, change: Change) -> None:
    given = next((name for name in _OF_ROUTES if getattr(change, name) is not None), None)
    if given is None or not _is_model(resource, change):
        return
    option = _OPTIONS.get(given, given)
    raise UserError(
        f"`--{option}` is about a route, and `{resource.name}` {'would have' if resource.methods else 'has'} none",
        f"`scaffold change {resource.name} --methods list,get` gives it one",
    )


def _shown(resource: Resource, values: Values, routes: bool) -> dict[str, str]:
    said = as_typed(resource)
    shown = {"methods": said.methods or NONE}
    if routes:
        shown |= {
            "roles": " ".join(said.roles) or NONE,
            "public reads": _yes(resource.public),
            "rate limit": str(resource.rate_limit or default_rate(values)),
            "pagination": resource.paginate or f"{values['pagination']['style']} ({_CONVENTION})",
        }
    hides = resource.soft_delete or values["data"]["soft_delete"]
    files = f"data/{resource.files}" if resource.files else NONE
    return {
        **shown,
        "soft delete": _yes(hides),
        "files": files,
        "unique": "; ".join(said.unique) or NONE,
        "index": "; ".join(said.indexed) or NONE,
    }


def _yes(value: bool) -> str:
    return "yes" if value else "no"
