"""Limits: what counts, whom, and whether anybody gets around it; guessing of passwords and tokens."""

from __future__ import annotations

import time
import uuid
from typing import Any

from tests.attack.attacker import Attacker, attack
from tests.attack.doors import PASSWORD, door, enter, new_email
from tests.contract.http import Client
from tests.contract.spec import HTTP, READS, Resource

KIND = "limits"
REFUSALS = 300
ATTEMPTS = 10
# Headers in which a caller may claim to be somebody else.
CLAIMS = [
    "X-Real-IP",
    "X-Client-IP",
    "CF-Connecting-IP",
    "True-Client-IP",
    "Forwarded",
    "X-Originating-IP",
    "X-Remote-IP",
    "X-Cluster-Client-IP",
    "Fastly-Client-IP",
    "X-Client-Address",
]


def _smallest(attacker: Attacker) -> tuple[Resource, str]:
    resource = min(attacker.spec.resources, key=lambda it: it.limit)
    names = ("list", "get", "create")
    return resource, next(name for name in names if name in resource.methods)


def _claims(attacker: Attacker, address: str) -> dict[str, str]:
    """Headers of one caller who would be somebody else in each request."""
    number = attacker.rng.randrange(2**24)
    other = f"11.{number >> 16}.{number >> 8 & 255}.{number & 255}"
    claims = {name: f"for={other}" if name == "Forwarded" else other for name in CLAIMS}
    return {**claims, "X-Forwarded-For": f"{other}, {address}"}


@attack(KIND, "one request too many")
def counted(attacker: Attacker) -> None:
    resource, operation = _smallest(attacker)
    user = attacker.fresh(resource)
    path = attacker.path(resource, operation, attacker.nobody())
    body: object = {} if operation == "create" else None
    odd = ("", "?", "?limit=1", "?x=1", "?limit=1", "")
    for turn in range(resource.limit + 3):
        client = attacker.client(user, **_claims(attacker, user.address))
        answer = attacker.try_(client, HTTP[operation], path + odd[turn % len(odd)], body)
    attacker.refused(answer, f"request {resource.limit + 3} of {resource.limit}", "rate_limited")
    for place in (f"{path}/", path.replace("/", "//", 1), f"{path}?a", path.upper(), f"{path}%20"):
        answer = attacker.try_(attacker.client(user), HTTP[operation], place, body)
        if 200 <= answer.status < 300:
            attacker.find(f"the path {place.removeprefix(path)!r} is counted apart", answer)
    claimed = attacker.client(user, **{"X-Forwarded-For": "1.2.3.4"})
    by_address = attacker.spec.conventions["rate_limit"]["key"] == "ip"
    answer = attacker.try_(claimed, HTTP[operation], path, body)
    if (answer.status == attacker.spec.status("rate_limited")) == by_address:
        attacker.find("who is counted is not who asks", answer)


@attack(KIND, "a burst")
def burst(attacker: Attacker) -> None:
    """Requests at one moment are counted one by one."""
    resource, operation = _smallest(attacker)
    if not attacker.target.has_socket:
        return
    user = attacker.fresh(resource)
    path = attacker.path(resource, operation, attacker.nobody())
    body: object = {} if operation == "create" else None
    client = attacker.client(user)
    answers = attacker.at_once(resource.limit + 40, client, HTTP[operation], path, body)
    served = [it for it in answers if it.status != attacker.spec.status("rate_limited")]
    # A bucket has filled a little meanwhile.
    if len(served) > resource.limit + 1:
        attacker.find(f"{len(served)} of {len(answers)} at once are served", served[-1])


@attack(KIND, "an address that is claimed")
def claimed(attacker: Attacker) -> None:
    """Of who has no token, the address counts that the proxy saw, and no other."""
    for resource in attacker.spec.resources:
        operation = next((it for it in READS if it in resource.methods), None)
        if not resource.public or operation is None or resource.limit > 150:
            continue
        path = attacker.path(resource, operation, attacker.nobody())
        address = attacker.client().address or ""
        statuses = [
            attacker.try_(
                Client(attacker.url, None, None, _claims(attacker, address)), "GET", path
            ).status
            for _ in range(resource.limit + 12)
        ]
        if attacker.spec.status("rate_limited") not in statuses:
            attacker.find(f"a new address in each of {len(statuses)} requests is never too many")


@attack(KIND, "the id of somebody as an address")
def namespaces(attacker: Attacker) -> None:
    for resource in attacker.spec.resources:
        if not resource.public or "list" not in resource.methods or resource.limit > 150:
            continue
        alice = attacker.fresh(resource)
        identity = attacker.id_of(alice, resource)
        for name in (str(identity), f"user {identity}", f"user:{identity}"):
            for _ in range(resource.limit + 3):
                client = Client(attacker.url, None, name)
                attacker.try_(client, "GET", resource.path)
        answer = attacker.try_(attacker.client(alice), "GET", resource.path)
        if answer.status == attacker.spec.status("rate_limited"):
            attacker.find("who takes a user's id for an address spends what the user may", answer)


@attack(KIND, "guessing tokens")
def guesses(attacker: Attacker) -> None:
    resource, operation = attacker.closed()
    body: object = {} if operation == "create" else None
    for name in ("Authorization", "X-API-Key", "nothing"):
        if name == "X-API-Key" and not attacker.spec.on("auth.api_keys"):
            continue
        address = attacker.client().address or ""
        answer: Any = None
        sent, began = 0, time.monotonic()
        # A bucket fills meanwhile.
        while sent < REFUSALS * (1.05 + (time.monotonic() - began) / 60):
            sent += 1
            guess = uuid.uuid4().hex
            headers = {**_claims(attacker, address)}
            if name != "nothing":
                headers[name] = f"Bearer {guess}" if name == "Authorization" else guess
            client = Client(attacker.url, None, None, headers)
            answer = attacker.try_(client, HTTP[operation], resource.path, body)
            if answer.status == attacker.spec.status("rate_limited"):
                break
        attacker.refused(answer, f"the last of {sent} guesses by {name}", "rate_limited")


@attack(KIND, "guessing a password")
def passwords(attacker: Attacker) -> None:
    found = door(attacker)
    if found is None:
        return
    email = new_email()
    made = enter(attacker, found, found.register, email, PASSWORD)
    if made.status not in (200, 201):
        attacker.find("nobody can register", made)
        return
    spellings = (email, email.upper(), email.title())
    statuses = [
        enter(attacker, found, found.log_in, spellings[turn % 3], f"wrong password {turn}").status
        for turn in range(ATTEMPTS + 2)
    ]
    if statuses[-1] != attacker.spec.status("rate_limited"):
        attacker.find(f"{len(statuses)} guesses of a password are {statuses[-1]}")
    if any(status < 400 for status in statuses):
        attacker.find("a wrong password signs in")
    unknown = enter(attacker, found, found.log_in, new_email(), "wrong password 1")
    other = new_email()
    enter(attacker, found, found.register, other, PASSWORD)
    known = enter(attacker, found, found.log_in, other, "wrong password 1")
    if (unknown.status, _told(attacker, unknown)) != (known.status, _told(attacker, known)):
        attacker.find("an address that nobody has is refused otherwise", unknown)


def _told(attacker: Attacker, answer: Any) -> str:
    text: str = answer.body.decode(errors="replace")
    return text.replace(answer.headers.get("X-Request-Id") or "-", "")


@attack(KIND, "fewer addresses than proxies")
def proxies(attacker: Attacker) -> None:
    """Where a request came by fewer proxies than there are, its address is a claim, and nobody's."""
    other = attacker.target.other
    resource = next((it for it in attacker.spec.resources if it.public), None)
    if other is None or resource is None or resource.limit > 150:
        return
    operation = next(it for it in READS if it in resource.methods)
    path = attacker.path(resource, operation, attacker.nobody())
    with other(TRUSTED_PROXIES="3") as url:
        statuses = []
        for _ in range(resource.limit + 12):
            number = attacker.rng.randrange(2**16)
            client = Client(url, None, f"12.0.{number >> 8}.{number & 255}")
            statuses.append(attacker.try_(client, "GET", path).status)
    if attacker.spec.status("rate_limited") not in statuses:
        attacker.find(f"a claim in each of {len(statuses)} requests is never too many")
