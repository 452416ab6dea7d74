"""Browsers: writes by somebody else's page with a user's cookies, and pages that read what they should not."""

from __future__ import annotations

from typing import Any

from tests.attack.attacker import Attacker, attack
from tests.attack.doors import cookie_of
from tests.contract.http import COOKIE, Client
from tests.contract.spec import Resource

KIND = "browsers"
STRANGERS = (
    "https://evil.example",
    "null",
    "http://127.0.0.1.evil.example",
    "https://localhost",
    "http://localhost:3000",
    "file://",
    "chrome-extension://abcdef",
    "",
)


def _near(origin: str) -> list[str]:
    """Origins that look like one that may call."""
    scheme, _, host = origin.partition("://")
    other = "http" if scheme == "https" else "https"
    return [
        f"{origin}.evil.example",
        f"{scheme}://evil{host}",
        f"{scheme}://evil.{host}",
        f"{other}://{host}",
        f"{origin}:8443",
        f"{origin}/",
        f"{origin}@evil.example",
        f"{scheme}://{host.replace('.', 'x')}",
        f"https://evil.example,{origin}",
        f"{origin} https://evil.example",
        origin.upper(),
    ]


def _writable(attacker: Attacker) -> Resource:
    return max(
        (it for it in attacker.creatable() if not it.roles("create") and not it.parents),
        key=lambda it: it.limit,
        default=attacker.creatable()[0],
    )


@attack(KIND, "a write by cookie from another site")
def cross_site(attacker: Attacker) -> None:
    resource = _writable(attacker)
    user = attacker.fresh(resource)
    body = attacker.body(user, resource, full=False)
    token = attacker.token(user, [])
    cookie = token.removeprefix(COOKIE) if token.startswith(COOKIE) else cookie_of(attacker, token)
    if cookie is None:
        answer = attacker.knock({"Cookie": f"session={token}; access_token={token}"})
        attacker.refused(answer, "a token as a cookie", "unauthorized")
        return
    origins = [*STRANGERS[:-1], *_near(attacker.url)]
    origins += _near(attacker.target.origin) if attacker.target.origin else []
    for origin in dict.fromkeys(origins):
        for media in ("application/json", "text/plain"):
            answer = _by_cookie(attacker, cookie, resource, body, Origin=origin, Content_Type=media)
            if answer.status != attacker.spec.status("forbidden"):
                attacker.find(f"a write by cookie from {origin} is {answer.status}", answer)
    if attacker.spec.conventions["operations"]["csrf"] == "csrf_token":
        _without_token(attacker, cookie, resource, body)
    else:
        answer = _by_cookie(attacker, cookie, resource, body, Origin=attacker.url)
        if answer.status in (401, 403):
            attacker.find("the page of the service itself may not write", answer)


def _by_cookie(
    attacker: Attacker, cookie: str, resource: Resource, body: object, **headers: Any
) -> Any:
    client = Client(attacker.url, None, attacker.client().address, {"Cookie": cookie})
    return attacker.try_(client, "POST", resource.path, body, **headers)


def _without_token(attacker: Attacker, cookie: str, resource: Resource, body: object) -> None:
    """A page of the same site has to show a token, its own."""
    planted = f"{cookie}; csrf={'A' * 43}"
    client = Client(attacker.url, None, attacker.client().address, {"Cookie": cookie})
    given = attacker.try_(client, "GET", f"{attacker.spec.prefix}/csrf")
    for sent, word in (
        (cookie, None),
        (cookie, "x"),
        (planted, "A" * 43),
        (planted, ""),
        (f"{cookie}; csrf=x", "x"),
    ):
        answer = _by_cookie(attacker, sent, resource, body, Origin=attacker.url, X_CSRF_Token=word)
        if answer.status != attacker.spec.status("forbidden"):
            attacker.find(f"a write by cookie with the token {word!r} is {answer.status}", answer)
    if given.status >= 400:
        attacker.find("a page gets no token", given)


@attack(KIND, "a page of another origin reads")
def cors(attacker: Attacker) -> None:
    resource = _writable(attacker)
    user = attacker.fresh(resource)
    known = attacker.target.origin
    origins = [*STRANGERS, attacker.url, *(_near(known) if known else [])]
    paths = [
        resource.path,
        f"{resource.path}/{attacker.nobody()}",
        f"{attacker.spec.prefix}/health",
    ]
    for origin in origins:
        for path in paths:
            for verb in ("GET", "OPTIONS", "DELETE"):
                client = attacker.client(user if verb == "GET" else None)
                preflight = {"Access_Control_Request_Method": "DELETE"} if verb == "OPTIONS" else {}
                answer = attacker.try_(client, verb, path, Origin=origin, **preflight)
                allowed = answer.headers.get("Access-Control-Allow-Origin")
                if allowed:
                    attacker.find(f"{verb} lets pages of {origin or 'no origin'} read", answer)
                if allowed == "*" and answer.headers.get("Access-Control-Allow-Credentials"):
                    attacker.find("every page may read with cookies", answer)
