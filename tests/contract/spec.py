"""What a project promises: its conventions and its resources, as the templates see them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from scaffold.manifest.manifest import Manifest, load
from scaffold.rendering.render import Templates
from scaffold.sources.address import fetch

HTTP = {
    "list": "GET",
    "create": "POST",
    "get": "GET",
    "update": "PATCH",
    "replace": "PUT",
    "delete": "DELETE",
}
COLLECTION = ("list", "create")
READS = ("list", "get")
WRITES = ("create", "update", "replace")
UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}


@dataclass(frozen=True)
class Field:
    """A field of a resource; `prop` is its name in JSON."""

    name: str
    prop: str
    type: str
    min: int | float | None = None
    max: int | float | None = None
    optional: bool = False
    unique: bool = False
    # It is unique, or part of a key over several fields.
    differs: bool = False
    indexed: bool = False
    default: Any = None
    values: tuple[str, ...] = ()
    ref: str | None = None
    on_delete: str | None = None
    external: bool = False

    @property
    def required(self) -> bool:
        """A body of POST has to name it."""
        return not self.optional and self.default is None

    @property
    def filterable(self) -> bool:
        """A list can be filtered and sorted by it."""
        taken = ("page", "limit", "cursor", "sort")
        return self.type not in ("text", "json") and self.prop not in taken


@dataclass(frozen=True)
class Resource:
    """A resource with routes."""

    name: str
    path: str
    fields: tuple[Field, ...]
    methods: tuple[str, ...]
    roles_of: Mapping[str, list[str]]
    public: bool
    paginate: str
    limit: int
    window: int
    soft_delete: bool

    @property
    def parents(self) -> list[Field]:
        """Fields that point at rows of this service."""
        return [item for item in self.fields if item.ref and not item.external]

    @property
    def has_item(self) -> bool:
        """There is a route of one row."""
        return any(method not in COLLECTION for method in self.methods)

    def is_open(self, operation: str) -> bool:
        """Anybody may do it, without a token."""
        return self.public and operation in READS

    def roles(self, operation: str) -> list[str]:
        """Roles of which a caller needs one; empty: none is asked for."""
        return [] if self.is_open(operation) else list(self.roles_of.get(operation, []))

    def role(self) -> str | None:
        """The role that may do most."""
        every = [role for method in self.methods for role in self.roles(method)]
        return max(dict.fromkeys(every), key=every.count) if every else None


@dataclass(frozen=True)
class Spec:
    """A project's conventions and resources; `models` are the tables that have no routes, too."""

    conventions: Mapping[str, Any]
    keys: Mapping[str, str]
    resources: tuple[Resource, ...]
    models: tuple[str, ...] = ()
    name: str = "service"
    # False where the endpoints are in an application of somebody else's, whose other paths are theirs.
    service: bool = True
    document: str = ""
    """The path of the document, if an application of somebody else's has ours in its own."""
    provider_roles: tuple[str, ...] = field(default=())
    # Where a dependency of theirs says who calls, and refuses who does not say it.
    their_users: bool = False

    @cached_property
    def prefix(self) -> str:
        """Path before every resource."""
        return str(self.conventions["routing"]["prefix"])

    @property
    def envelope(self) -> Mapping[str, Any]:
        """Examples of bodies."""
        found: Mapping[str, Any] = self.conventions["envelope"]
        return found

    def status(self, kind: str) -> int:
        """HTTP status of an error."""
        return int(self.conventions["errors"][kind]["status"])

    def on(self, dotted: str) -> bool:
        """A convention is set to something."""
        group, _, key = dotted.partition(".")
        return bool(self.conventions[group].get(key))

    def find(self, name: str) -> Resource:
        """The resource of that name."""
        for resource in self.resources:
            if resource.name == name:
                return resource
        raise LookupError(f"`{name}` has no routes, so the suite can make no row of it")

    def children(self, parent: Resource) -> list[tuple[Resource, Field]]:
        """Resources that point at a parent, each with the field that does."""
        return [
            (resource, item)
            for resource in self.resources
            for item in resource.parents
            if item.ref == parent.name
        ]


def of_context(context: Mapping[str, Any]) -> Spec:
    """The spec of what the templates are rendered with."""
    conventions = context["conventions"]
    # Where the users are not ours, neither are keys.
    api_keys = bool(context["use"]["api_keys"])
    conventions = {**conventions, "auth": {**conventions["auth"], "api_keys": api_keys}}
    prefix = conventions["routing"]["prefix"]
    return Spec(
        conventions=conventions,
        keys=context["keys"],
        resources=tuple(
            Resource(
                name=model["name"],
                path=f"{prefix}/{model['name']}",
                fields=tuple(
                    Field(**{key: _frozen(item[key]) for key in item if key in _FIELD})
                    for item in model["fields"]
                ),
                methods=tuple(model["methods"]),
                roles_of=model["roles_of"],
                public=model["public"],
                paginate=model["paginate"],
                limit=model["rate_limit"]["max"],
                window=_seconds(model["rate_limit"]["window"]),
                soft_delete=model["soft_delete"],
            )
            for model in context["endpoints"]
        ),
        models=tuple(model["name"] for model in context["models"]),
        name=context["name"],
        service=context["service"],
        # Next.js has none of its own.
        document=(
            ""
            if context["service"] or conventions["stack"]["framework"] != "fastapi"
            else "/openapi.json"
        ),
        provider_roles=tuple(conventions["auth"].get("roles") or ()),
        their_users="current_user" in context["host"],
    )


def of_manifest(manifest: Manifest, templates: Templates) -> Spec:
    """The spec of a manifest."""
    return of_context(templates.context(manifest))


def of_project(folder: Path) -> Spec:
    """The spec of the project in a folder, by its manifest."""
    manifest = load(folder)
    if manifest is None:
        raise LookupError(f"`{folder}` has no manifest of scaffold")
    return of_manifest(manifest, Templates(fetch(manifest.version)))


_FIELD = set(Field.__dataclass_fields__)


def _frozen(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def _seconds(window: str) -> int:
    return int(window[:-1]) * UNITS[window[-1]]
