"""A service that keeps the contract, in memory: the suite is tried on it, and on it with one bug."""

from __future__ import annotations

import hashlib
import json
import time
import urllib.parse
import uuid
from collections.abc import Mapping
from typing import Any

from tests.contract.answers import LISTS, REQUEST_ID, SECURITY
from tests.contract.http import COOKIE
from tests.contract.reference.bodies import Refused
from tests.contract.reference.lists import Lists
from tests.contract.spec import COLLECTION, HTTP, READS, WRITES, Resource, Spec

Reply = tuple[int, dict[str, str], bytes]
Caller = dict[str, Any]


class Service(Lists):
    """Answers requests; each method does one thing, so that a test can break it alone."""

    def __init__(self, spec: Spec, origin: str | None = None, cookies: bool = False) -> None:
        super().__init__(spec)
        self.origin = origin
        self.cookies = cookies
        self.tokens: dict[str, Caller] = {}
        self.counted: dict[tuple[str, ...], list[float]] = {}
        self.kept: dict[tuple[str, str], tuple[str, Reply]] = {}

    def token_for(self, name: str, role: str | None = None, expires: str | None = None) -> str:
        """A token, as the command of a project gives it."""
        token = uuid.uuid4().hex
        owner = str(uuid.uuid5(uuid.NAMESPACE_URL, name))
        self.tokens[token] = {"id": owner, "roles": [role], "expired": expires is not None}
        return f"{COOKIE}session={token}" if self.cookies else token

    # A request

    def handle(self, method: str, target: str, headers: Mapping[str, str], body: bytes) -> Reply:
        """The answer to a request."""
        # Clients spell names of headers as they like.
        headers = {name.title(): value for name, value in headers.items()}
        given = headers.get("X-Request-Id") or ""
        identity = given if REQUEST_ID.fullmatch(given) and given.isascii() else uuid.uuid4().hex
        try:
            status, more, text = self.route(method, target, headers, body)
        except Refused as refused:
            status, more, text = self.failure(refused, identity)
        more = {**self.cors(headers), **SECURITY, **more, "X-Request-Id": identity}
        return status, more, text

    def failure(self, refused: Refused, identity: str) -> Reply:
        """An error as its envelope shows it."""
        known = self.spec.conventions["errors"][refused.kind]
        slots = {
            "$code": known["code"],
            "$status": known["status"],
            "$message": refused.message,
            "$details": self.details(refused),
            "$request_id": identity,
        }
        headers = {
            "Content-Type": self.spec.envelope["error_type"],
            "X-Error-Code": known["code"],
            "Cache-Control": "no-store",
            **refused.headers,
        }
        return known["status"], headers, self.fill("error", slots)

    def details(self, refused: Refused) -> Any:
        """What `$details` holds."""
        if refused.kind != "validation":
            return None
        return {"field": refused.issues[0]["field"], "issues": refused.issues}

    def fill(self, kind: str, slots: Mapping[str, Any]) -> bytes:
        """A body by its example."""

        def walk(example: Any) -> Any:
            if isinstance(example, str) and example.startswith("$"):
                return slots.get(example.rstrip("?"))
            if isinstance(example, Mapping):
                made = {key: walk(inner) for key, inner in example.items()}
                return {
                    key: value
                    for key, value in made.items()
                    if value is not None or not str(example[key]).endswith("?")
                }
            return [walk(inner) for inner in example] if isinstance(example, list) else example

        return json.dumps(walk(self.spec.envelope[kind])).encode()

    def cors(self, headers: Mapping[str, str]) -> dict[str, str]:
        """Headers for browsers."""
        if self.origin is None or headers.get("Origin") != self.origin:
            return {"Vary": "Origin"}
        return {
            "Vary": "Origin",
            "Access-Control-Allow-Origin": self.origin,
            "Access-Control-Allow-Methods": "GET",
        }

    def route(self, method: str, target: str, headers: Mapping[str, str], body: bytes) -> Reply:
        """Finds the operation."""
        url = urllib.parse.urlsplit(target)
        json_type = {"Content-Type": "application/json"}
        if url.path == f"{self.spec.prefix}/health":
            return 200, json_type, self.fill("success", {"$data": self.health()})
        if url.path == f"{self.spec.prefix}/openapi.json":
            return 200, json_type, json.dumps(self.document()).encode()
        rest = url.path.removeprefix(self.spec.prefix + "/").split("/")
        resource = next((it for it in self.spec.resources if it.name == rest[0]), None)
        if resource is None or len(rest) > 2 or (len(rest) == 2 and not resource.has_item):
            raise Refused("not_found", "Not found")
        here = [name for name in resource.methods if (name in COLLECTION) == (len(rest) == 1)]
        allowed = ", ".join([*(HTTP[name] for name in here), "OPTIONS"])
        if method == "OPTIONS":
            return 204, {"Allow": allowed}, b""
        operation = next((name for name in here if HTTP[name] == method), None)
        if operation is None:
            raise Refused("method_not_allowed", f"Use {allowed}", headers={"Allow": allowed})
        caller = self.caller(headers, resource, operation)
        self.count(headers, resource, operation, caller)
        query = urllib.parse.parse_qsl(url.query, keep_blank_values=True)
        return self.once(
            method,
            target,
            headers,
            body,
            caller,
            lambda: self.operate(operation, resource, caller, rest[-1], query, headers, body),
        )

    def health(self) -> Any:
        """State of the service."""
        return {"status": "ok", "database": "up"}

    def caller(self, headers: Mapping[str, str], resource: Resource, operation: str) -> Caller:
        """Who asks; refuses strangers and wrong roles."""
        word, _, token = (headers.get("Authorization") or "").partition(" ")
        if self.cookies and not word and "Cookie" in headers:
            word, token = "Bearer", headers["Cookie"].removeprefix("session=")
            self.check_site(headers)
        nobody = word != "Bearer" or not token.strip()
        if nobody and resource.is_open(operation):
            return {"id": None, "roles": []}
        known = self.tokens.get(token)
        if nobody or known is None or self.is_expired(known):
            challenge = {"WWW-Authenticate": 'Bearer realm="api"'}
            raise Refused("unauthorized", "A token is required", headers=challenge)
        self.check_role(known, resource.roles(operation))
        return known

    def check_site(self, headers: Mapping[str, str]) -> None:
        """Refuses the pages of others; a server of tests speaks no TLS, so its own are on HTTP."""
        if headers.get("Origin", "").startswith("https:"):
            raise Refused("forbidden", "Another site may not do this")

    def is_expired(self, known: Caller) -> bool:
        """The token is no longer valid."""
        return bool(known["expired"])

    def check_role(self, known: Caller, roles: list[str]) -> None:
        """Refuses whoever has none of the roles."""
        if roles and not set(roles) & set(known["roles"]):
            raise Refused("forbidden", f"Needs the role {' or '.join(roles)}")

    def key(
        self, headers: Mapping[str, str], resource: Resource, operation: str, caller: Caller
    ) -> tuple[str, ...]:
        """Whose requests are counted together."""
        address = headers.get("X-Forwarded-For") or "unknown"
        by_user = self.spec.conventions["rate_limit"]["key"] == "user"
        return (operation, resource.name, caller["id"] if by_user and caller["id"] else address)

    def count(
        self, headers: Mapping[str, str], resource: Resource, operation: str, caller: Caller
    ) -> None:
        """Refuses whoever asked too often."""
        times = self.counted.setdefault(self.key(headers, resource, operation, caller), [])
        now = time.monotonic()
        times[:] = [moment for moment in times if moment > now - resource.window]
        if len(times) >= self.most(resource):
            after = {"Retry-After": str(max(1, int(times[0] + resource.window - now)))}
            raise Refused("rate_limited", "Too many requests", headers=after)
        times.append(now)

    def most(self, resource: Resource) -> int:
        """Requests in a window."""
        return resource.limit

    def once(
        self,
        method: str,
        target: str,
        headers: Mapping[str, str],
        body: bytes,
        caller: Caller,
        run: Any,
    ) -> Reply:
        """The first answer again where the key is known."""
        key = headers.get("Idempotency-Key")
        if not key or method not in self.spec.conventions["operations"]["idempotency"]:
            reply: Reply = run()
            return reply
        mark = hashlib.sha256(f"{method} {target} {body!r}".encode()).hexdigest()
        known = self.kept.get((caller["id"], key))
        if known and known[0] != mark:
            raise Refused("idempotency", "The key was used for another request")
        if known is None:
            known = self.kept[caller["id"], key] = (mark, run())
        return known[1]

    def operate(
        self,
        operation: str,
        resource: Resource,
        caller: Caller,
        identity: str,
        query: list[tuple[str, str]],
        headers: Mapping[str, str],
        body: bytes,
    ) -> Reply:
        """Does it."""
        json_type = {"Content-Type": "application/json"}
        if operation == "list":
            kind, slot = LISTS[resource.paginate]
            rows, slots = self.select(resource, caller["id"], query)
            return self.cached(headers, self.fill(kind, {**slots, slot: rows}))
        data = self.body(headers, body) if operation in WRITES else {}
        if operation == "create":
            row = self.create(resource, caller["id"], data)
            place = {**json_type, "Location": f"{resource.path}/{row['id']}"}
            return 201, place, self.fill("success", {"$data": self.shown(row)})
        row = self.find(resource, caller["id"], identity, operation in READS)
        if operation == "delete":
            self.remove(resource, row)
            return 204, {}, b""
        if operation == "get":
            return self.cached(headers, self.fill("success", {"$data": self.shown(row)}))
        self.change(resource, caller["id"], row, data, whole=operation == "replace")
        return 200, json_type, self.fill("success", {"$data": self.shown(row)})

    def cached(self, headers: Mapping[str, str], text: bytes) -> Reply:
        """A read; nothing where the client has it."""
        tag = f'"{hashlib.sha256(text).hexdigest()[:20]}"'
        made = {"ETag": tag, "Cache-Control": "private, no-cache"}
        if tag in (headers.get("If-None-Match") or ""):
            return 304, made, b""
        return 200, {**made, "Content-Type": "application/json"}, text
