"""Fuzzing: thousands of requests of which any part is odd; the same for the same seed."""

from __future__ import annotations

import http.client
import json
import random
import time
import urllib.parse
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from tests.attack.attacker import Attacker, attack
from tests.attack.injection import OPERATORS, SORTS, WORDS
from tests.contract import values
from tests.contract.http import COOKIE, Answer, Client
from tests.contract.spec import COLLECTION, HTTP, Field, Resource

KIND = "fuzzing"
AT_ONCE = 4
SLOW = 8.0
VERBS = ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS")
ODD: tuple[Any, ...] = (
    None,
    True,
    0,
    -1,
    2**31,
    2**53 + 1,
    2**63,
    1e308,
    0.1,
    "",
    " ",
    "\0",
    "\ud800",
    "x" * 300,
    "x" * 5000,
    [],
    {},
    [[]],
    {"": None},
    "2024-02-30",
    "0001-01-01T00:00:00Z",
    "9999-12-31T23:59:59.999999999Z",
    "24:00:00",
    "NaN",
)
MEDIA = (
    "application/json",
    "text/plain",
    "application/json; charset=utf-16",
    "",
    "multipart/form-data",
)


class Fuzzer:
    """Makes requests; one for each thread, so that a seed makes the same ones."""

    def __init__(self, attacker: Attacker, number: int) -> None:
        self.rng = random.Random(f"{attacker.rng.random()} {number}")
        self.spec = attacker.spec
        self.ids: list[str] = [attacker.nobody(), "1", "x"]
        self.tokens: list[str] = []

    def request(self) -> tuple[str, str, bytes | None, dict[str, str]]:
        """The next one: method, path, body and headers."""
        rng = self.rng
        resource = rng.choice(self.spec.resources)
        operation = rng.choice(resource.methods)
        path = resource.path
        if operation not in COLLECTION:
            path += "/" + urllib.parse.quote(
                str(self._odd_or(rng.choice(self.ids))), safe="", errors="replace"
            )
        if operation == "list" or rng.random() < 0.2:
            path += "?" + self._query(resource)
        method = HTTP[operation] if rng.random() < 0.9 else rng.choice(VERBS)
        body = None
        if operation in ("create", "update", "replace") or rng.random() < 0.05:
            body = self._body(resource)
        return method, path[:7000], body, self._headers(body is not None)

    def _odd_or(self, value: Any, share: float = 0.3) -> Any:
        odd = (*ODD, *WORDS, *OPERATORS, self.rng.randbytes(6).decode("latin-1"))
        return self.rng.choice(odd) if self.rng.random() < share else value

    def _query(self, resource: Resource) -> str:
        names = [item.prop for item in resource.fields] + ["sort", "limit", "page", "cursor", "x"]
        pairs = []
        for _ in range(self.rng.randrange(4)):
            name = self.rng.choice(names)
            value = self.rng.choice(SORTS) if name == "sort" else str(self.rng.randrange(50))
            pairs.append((str(self._odd_or(name, 0.1)), str(self._odd_or(value))))
        return urllib.parse.urlencode(pairs, errors="replace")

    def _body(self, resource: Resource) -> bytes:
        body: Any = {
            str(self._odd_or(item.prop, 0.02)): self._odd_or(self._value(item), 0.1)
            for item in resource.fields
            if item.required or self.rng.random() < 0.5
        }
        text = json.dumps(self._odd_or(body, 0.02)).encode()
        if self.rng.random() < 0.1:
            place = self.rng.randrange(len(text) + 1)
            text = text[:place] + self.rng.randbytes(3) + text[place + self.rng.randrange(3) :]
        return text

    def _value(self, item: Field) -> Any:
        return self.rng.choice(self.ids) if item.ref else values.valid(item)

    def _headers(self, has_body: bool) -> dict[str, str]:
        rng = self.rng
        headers = {"X-Forwarded-For": f"13.{rng.randrange(250)}.{rng.randrange(250)}.1"}
        token = rng.choice(self.tokens)
        if rng.random() < 0.95:
            name = "Cookie" if token.startswith(COOKIE) else "Authorization"
            plain = token.removeprefix(COOKIE)
            headers[name] = plain if name == "Cookie" else f"Bearer {plain}"
        if has_body:
            headers["Content-Type"] = (
                "application/json" if rng.random() < 0.95 else rng.choice(MEDIA)
            )
        names = (
            "If-None-Match",
            "Idempotency-Key",
            "X-Request-Id",
            "Origin",
            "Accept",
            "X-API-Key",
        )
        if rng.random() < 0.2:
            word = str(self._odd_or("x", 0.9)).encode("ascii", "replace").decode()
            headers[rng.choice(names)] = "".join(it for it in word if it.isprintable())[:2000]
        return headers


@attack(KIND, "odd requests")
def fuzz(attacker: Attacker) -> None:
    count = attacker.target.requests
    # So many users that their allowance lasts for most of it.
    roles = dict.fromkeys([None, *attacker.spec.provider_roles])
    roles |= dict.fromkeys(role for it in attacker.spec.resources if (role := it.role()))
    each = max(2, count // 2500)
    users = [attacker._mint(role) for role in roles for _ in range((each + 3) // 4)]
    tokens = [user.tokens[user.role] for user in attacker.users]
    canary, owner, row = _canary(attacker)
    fuzzers = [Fuzzer(attacker, number) for number in range(AT_ONCE)]
    for one in fuzzers:
        one.tokens = tokens
    with ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(lambda one: _run(attacker, one, count // AT_ONCE, row), fuzzers))
    assert users
    attacker.unchanged(owner, canary, row, "fuzzing")
    health = attacker.try_(attacker.client(), "GET", f"{attacker.spec.prefix}/health")
    if health.status != 200:
        attacker.find("the service is not well after it", health)


def _canary(attacker: Attacker) -> tuple[Resource, Any, dict[str, Any]]:
    """A row that nobody else may see, of a user who does not fuzz."""
    resource = next(it for it in attacker.creatable() if "get" in it.methods and not it.public)
    attacker.users.clear()
    owner = attacker.fresh(resource)
    return resource, owner, attacker.create(owner, resource)


def _run(attacker: Attacker, fuzzer: Fuzzer, count: int, row: dict[str, Any]) -> None:
    secret = str(row["id"]) if isinstance(row["id"], str) else None
    parts = urllib.parse.urlsplit(attacker.url)
    line = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=30)
    for _ in range(count):
        method, path, body, headers = fuzzer.request()
        began = time.monotonic()
        shown = f"{method} {path} {body!r} {headers}"
        try:
            if not attacker.target.has_socket:
                given: dict[str, Any] = {
                    name.replace("-", "_"): value for name, value in headers.items()
                }
                answer = Client(attacker.url)(method, path, raw=body, **given)
            else:
                line.request(method, path, body, headers)
                response = line.getresponse()
                answer = Answer(response.status, response.headers, response.read(), shown)
        except (OSError, http.client.HTTPException, ValueError) as error:
            line.close()
            if isinstance(error, (ConnectionRefusedError, TimeoutError)):
                attacker.find(f"no answer: {type(error).__name__} {shown}")
                return
            attacker.counted()
            continue
        if time.monotonic() - began > SLOW:
            attacker.find("an answer that takes long", answer)
        attacker.judge(answer)
        _learn(fuzzer, answer)
        if secret and secret.encode() in answer.body:
            attacker.find("a row of somebody else is answered", answer)


def _learn(fuzzer: Fuzzer, answer: Answer) -> None:
    """Ids of rows, so that later requests reach them."""
    place = answer.headers.get("Location") or ""
    if answer.status == 201 and place:
        fuzzer.ids = [*fuzzer.ids[-40:], place.rpartition("/")[2]]
