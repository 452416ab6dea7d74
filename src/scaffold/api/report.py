"""The agent's report on an endpoint, generated from the conventions: what it is, what it handles, what comes next."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from scaffold.manifest.host import AUTH_KINDS
from scaffold.resources.keys import typed
from scaffold.resources.resource import HTTP, Resource


def describe(
    resource: Resource,
    conventions: Mapping[str, Mapping[str, Any]],
    host: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """The report as data: endpoints, authentication, rate_limit, validation, errors, security.

    `conventions` is group → key → value, all keys filled; `host` is what the code uses of somebody else's project.
    """
    path = f"{conventions['routing']['prefix']}/{resource.name}"
    return {
        "endpoints": [
            {
                "operation": method,
                "method": HTTP[method],
                "path": path if method in ("list", "create") else f"{path}/{{id}}",
            }
            for method in resource.methods
        ],
        "authentication": _authentication(resource, conventions, host or {}),
        "rate_limit": (
            str(resource.rate_limit)
            if resource.rate_limit
            else f"{conventions['rate_limit']['max']}/{conventions['rate_limit']['window']}"
        ),
        "validation": [
            *(field.spec() for field in resource.fields),
            *(f"unique {typed(key, resource.fields)}" for key in resource.keys if key.unique),
        ],
        "errors": _errors(resource, conventions),
        "security": _security(resource, conventions),
    }


def unfiltered(resource: Resource | None) -> tuple[str, ...]:
    """A sentence about fields that a list cannot filter by, as their names are its own parameters'."""
    if resource is None or "list" not in resource.methods:
        return ()
    names = [
        f"`{field.name}`"
        for field in resource.fields
        if field.name in _LIST_PARAMETERS and field.type not in _NEVER_FILTERED
    ]
    if not names:
        return ()
    return (f"lists do not filter by {' and '.join(names)}: a list's own parameter has that name",)


_LIST_PARAMETERS = ("page", "limit", "cursor", "sort")
_NEVER_FILTERED = ("text", "json")
_PROVIDERS = {
    "supabase": "Supabase session, by Bearer token or cookie",
    "nextauth": "NextAuth session, by Bearer token or cookie",
    "clerk": "Clerk session, by Bearer token or cookie",
    "better-auth": "Better Auth session, by Bearer token or cookie",
    "issuer": "token of the issuer in AUTH_ISSUER, by Bearer",
    "jwt": "access token of this service, by Bearer",
}


def _authentication(
    resource: Resource, conventions: Mapping[str, Mapping[str, Any]], host: Mapping[str, str]
) -> str:
    provider = conventions["auth"]["provider"]
    keys = ", or an API key" if conventions["auth"].get("api_keys") else ""
    text = f"required ({_PROVIDERS.get(provider, provider)}{keys})"
    if "auth" in host:
        how = AUTH_KINDS[host.get("auth_kind", "function")]
        text = f"required ({how}, as `{host['auth']}` tells{keys})"
    if "current_user" in host:
        text = f"required (the project's own `{host['current_user']}`)"
    if resource.roles:
        text += f", role {' or '.join(resource.roles)}"
    if resource.roles_for:
        some = [f"{method}: {' or '.join(roles) or 'any'}" for method, roles in resource.roles_for]
        text += f"; {'; '.join(some)}"
    if resource.public:
        text += "; reads are public"
    return text


def _errors(
    resource: Resource, conventions: Mapping[str, Mapping[str, Any]]
) -> list[dict[str, Any]]:
    writes = {"create", "update", "replace"} & set(resource.methods)
    items = {"get", "update", "replace", "delete"} & set(resource.methods)
    cases = [
        ("unauthorized", True, "no token, or one that is not valid"),
        ("forbidden", bool(resource.roles or resource.roles_for), "the caller lacks the role"),
        ("not_found", bool(items), "no such row, or somebody else's"),
        (
            "validation",
            bool(writes) or "list" in resource.methods,
            "a field or query parameter breaks a rule",
        ),
        ("malformed", bool(writes), "the body is not JSON"),
        ("media_type", bool(writes), "the body is not sent as JSON"),
        ("too_large", bool(writes), "the body is over the limit"),
        (
            "conflict",
            bool(writes) or "delete" in resource.methods,
            (
                "a duplicate, a missing parent, an old version, or still used"
                if conventions["data"].get("optimistic_version")
                else "a duplicate, a missing parent, or still used"
            ),
        ),
        ("rate_limited", True, "over the limit; Retry-After says when"),
        ("unavailable", True, "database or key set out of reach"),
        ("internal", True, "a bug; nothing internal is shown"),
    ]
    errors = conventions["errors"]
    return [
        {"status": errors[kind]["status"], "code": errors[kind]["code"], "when": when}
        for kind, applies, when in cases
        if applies
    ]


def _security(resource: Resource, conventions: Mapping[str, Mapping[str, Any]]) -> list[str]:
    writes = {"create", "update", "replace", "delete"} & set(resource.methods)
    measures = ["the owner comes from the verified token; every query names the owner"]
    if conventions["data"]["rls"]:
        measures.append("row level security with policies for each operation")
    measures.append("unknown properties and query parameters are refused")
    measures.append("parameterised queries only")
    if conventions["data"].get("optimistic_version") and writes:
        measures.append("a write that names an old version is refused")
    if conventions["operations"].get("csrf") == "csrf_token" and writes:
        measures.append("a write by cookie needs a CSRF token")
    if resource.files:
        measures.append(f"each row is a JSON file in data/{resource.files}, too: both or neither")
    keyed = [
        verb
        for verb in conventions["operations"]["idempotency"]
        if verb in {HTTP[method] for method in resource.methods}
    ]
    if keyed:
        measures.append(f"Idempotency-Key on {' and '.join(keyed)}")
    measures.append("request id in every answer; stack traces only in the log")
    return measures
