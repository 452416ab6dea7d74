"""Function level authorization: operations of other roles, methods that a route has not, and forgotten doors."""

from __future__ import annotations

from tests.attack.attacker import Attacker, attack
from tests.contract.http import Client
from tests.contract.spec import HTTP, WRITES

KIND = "operations"
OVERRIDES = ("X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override", "X-Original-Method")
URLS = ("X-Original-URL", "X-Rewrite-URL", "X-Forwarded-Path", "X-Middleware-Rewrite")
# Of Next.js: what once let a request around its middleware, and what asks for parts of a page.
INNER = {
    "X-Middleware-Subrequest": ":".join(["middleware"] * 5),
    "X-Middleware-Next": "1",
    "Next-Action": "x",
    "RSC": "1",
    "X-Invoke-Path": "/",
    "X-Nextjs-Data": "1",
    "X-Matched-Path": "/api/health",
}
VERBS = ("TRACE", "TRACK", "PROPFIND", "LINK", "DEBUG", "PURGE", "COPY", "FOO", "get")
PATHS = [
    "/.env",
    "/.git/config",
    "/.data/service.db",
    "/package.json",
    "/server.log",
    "/admin",
    "/debug",
    "/metrics",
    "/actuator/env",
    "/internal",
    "/api/internal",
    "/graphql",
    "/console",
    "/phpinfo.php",
    "/server-status",
    "/.well-known/openid-configuration",
    "/_next/../.env",
    "/..%2f.env",
    "/static/..%2f..%2f.env",
    "/%2e%2e/%2e%2e/etc/passwd",
    "/_next/image?url=http://127.0.0.1",
]


@attack(KIND, "another role")
def roles(attacker: Attacker) -> None:
    for resource in attacker.spec.resources:
        for operation in resource.methods:
            body: object = {} if operation in WRITES else None
            row = attacker.nobody()
            what = f"{operation} of {resource.name}"
            if not resource.is_open(operation):
                answer = attacker.send(None, operation, resource, row, body=body)
                attacker.refused(answer, f"{what} by nobody", "unauthorized")
            needed = resource.roles(operation)
            for role in [None, *attacker.spec.provider_roles] if needed else []:
                if role in needed:
                    continue
                client = attacker.client(attacker.fresh_as(resource, role))
                path = attacker.path(resource, operation, row)
                answer = client(HTTP[operation], path, body)
                attacker.common(answer)
                attacker.refused(answer, f"{what} by the role {role}", "forbidden")
            key = attacker.target.api_key
            if needed and key and attacker.spec.on("auth.api_keys"):
                client = Client(attacker.url, None, attacker.client().address, {"X-API-Key": key})
                answer = client(HTTP[operation], attacker.path(resource, operation, row), body)
                attacker.common(answer)
                attacker.refused(answer, f"{what} by a key without a role", "forbidden")


@attack(KIND, "another method by a header")
def overrides(attacker: Attacker) -> None:
    for resource in attacker.creatable():
        if not {"get", "delete"} <= set(resource.methods):
            continue
        alice = attacker.someone(resource, "create", 2)
        row = attacker.create(alice, resource)
        path = attacker.path(resource, "get", row)
        for name in OVERRIDES:
            for verb in ("GET", "POST", "OPTIONS"):
                client = attacker.client(attacker.fresh(resource), **{name: "DELETE"})
                attacker.try_(client, verb, path)
        for query in ("_method=DELETE", "method=DELETE", "X-HTTP-Method-Override=DELETE"):
            attacker.try_(attacker.client(alice), "GET", f"{path}?{query}")
        attacker.try_(attacker.client(alice), "POST", path, raw=b"_method=DELETE")
        attacker.unchanged(alice, resource, row, "a method in a header")


@attack(KIND, "a way around")
def around(attacker: Attacker) -> None:
    for resource in attacker.creatable():
        operation = "list" if "list" in resource.methods else "create"
        if resource.is_open(operation):
            operation = "create"
        path = resource.path
        body: object = {} if operation in WRITES else None
        headers = {**INNER, **dict.fromkeys(URLS, path)}
        for name, value in headers.items():
            client = Client(attacker.url, None, attacker.client().address, {name: value})
            for place in (path, f"{path}/", f"/{path}", f"{path}?x=1", path.upper()):
                answer = attacker.try_(client, HTTP[operation], place, body)
                if 200 <= answer.status < 300:
                    attacker.find(f"{name} opens {operation} of {resource.name}", answer)
    health = f"{attacker.spec.prefix}/health"
    resource, operation = attacker.closed()
    for name in URLS:
        client = Client(attacker.url, None, attacker.client().address, {name: resource.path})
        answer = attacker.try_(client, "GET", health)
        if b'"status"' not in answer.body:
            attacker.find(f"{name} leads from the health check elsewhere", answer)


@attack(KIND, "methods that nobody has")
def verbs(attacker: Attacker) -> None:
    if not attacker.target.has_socket:
        return
    resource, _ = attacker.closed()
    user = attacker.fresh(resource)
    for verb in VERBS:
        for path in (resource.path, f"{resource.path}/{attacker.nobody()}", "/"):
            answer = attacker.try_(attacker.client(user, X_Canary="mirrored"), verb, path)
            if 200 <= answer.status < 300 or b"mirrored" in answer.body:
                attacker.find(f"{verb} is answered", answer)


@attack(KIND, "doors that nobody closed")
def doors(attacker: Attacker) -> None:
    for path in PATHS:
        answer = attacker.try_(attacker.client(), "GET", path)
        if 200 <= answer.status < 300:
            attacker.find(f"{path} is there", answer)
