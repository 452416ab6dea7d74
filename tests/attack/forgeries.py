"""Tokens that nobody signed, that were signed for something else, and that come where no token belongs."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from typing import Any

from tests.attack.attacker import Attacker, attack
from tests.attack.signing import Issuer, decoded, encode, hs, issuer_of, part
from tests.contract.http import COOKIE

KIND = "tokens"
GUESSES = ("", "secret", "changeme", "jwt-secret", "your-256-bit-secret", "password")
EVIL = "https://evil.example/keys.json"
# Claims that an issuer signs for something else, by provider; None leaves one out.
WRONG: dict[str, list[dict[str, Any]]] = {
    "jwt": [
        {"iss": "another"},
        {"iss": None},
        {"aud": "another"},
        {"sub": None},
        {"sub": "admin"},
        {"sub": ["x"]},
        {"jti": None},
        {"iat": None},
    ],
    "clerk": [
        {"azp": "https://evil.example"},
        {"sid": None},
        {"sid": ""},
        {"sts": "pending"},
        {"sub": None},
        {"sub": "user_"},
        {"sub": "admin"},
        {"sub": ["user_x"]},
    ],
    "supabase": [
        {"iss": "https://evil.example/auth/v1"},
        {"iss": None},
        {"aud": "anon"},
        {"aud": None},
        {"sub": None},
        {"sub": "admin"},
        {"sub": ["x"]},
    ],
    "better-auth": [{"name": None}, {"name": ["x"]}],
}


def _unsigned(token: str) -> Iterator[tuple[str, str]]:
    """Tokens made of a real one by who knows no key."""
    # A token that is no JWT has a header and claims of ours.
    head, body, *rest = token.split(".") if "." in token else (token, token, token)
    signature = rest[-1] if rest else ""
    header = decoded(head) or {"alg": "HS256", "typ": "JWT"}
    claims = decoded(body) or {"sub": "user_1", "exp": int(time.time()) + 3600}
    for alg in ("none", "None", "NONE", "nOnE", ""):
        yield f"alg {alg!r}", f"{part({**header, 'alg': alg})}.{part(claims)}."
        yield f"alg {alg!r}, old signature", f"{part({**header, 'alg': alg})}.{body}.{signature}"
    for guess in GUESSES:
        yield f"the secret {guess!r}", hs({**header, "alg": "HS256"}, claims, guess.encode())
    for digest in ("384", "512"):
        made = hs({**header, "alg": f"HS{digest}"}, claims, b"secret", f"sha{digest}")
        yield f"HS{digest}", made
    yield "a key id that is a path", hs({**header, "alg": "HS256", "kid": "/dev/null"}, claims, b"")
    sql = {**header, "alg": "HS256", "kid": "x' UNION SELECT 'k' -- "}
    yield "a key id that is SQL", hs(sql, claims, b"k")
    own = {"kty": "oct", "k": encode(b"mine" * 8)}
    yield "a key in its header", hs({**header, "alg": "HS256", "jwk": own}, claims, b"mine" * 8)
    for name in ("jku", "x5u"):
        yield f"a key at {name}", hs({**header, "alg": "HS256", name: EVIL}, claims, b"mine" * 8)
    for name, value in {"sub": "somebody-else", "exp": 99999999999, "role": "admin"}.items():
        yield f"another {name}", f"{head}.{part({**claims, name: value})}.{signature}"
    yield "no signature", f"{head}.{body}."
    yield "two parts", f"{head}.{body}"
    yield "four parts", f"{token}.{signature}"
    yield "five parts", f"{part({'alg': 'dir', 'enc': 'A256GCM'})}..{encode(b'i' * 12)}.{body}.{head}"
    yield "a signature that is cut", token[:-6]
    yield "another signature", f"{token[:-10]}{'A' * 10}"
    zeros = encode(b"\0" * max(32, len(signature) * 3 // 4))
    yield "a signature of zeros", f"{head}.{body}.{zeros}"
    yield "claims before the header", f"{body}.{head}.{signature}"
    yield "the token twice", f"{token}{token}"
    yield "10 KB", "A" * 10_000
    yield "only dots", ".."
    yield "a JSON object", json.dumps({"payload": body, "protected": head, "signature": signature})


@attack(KIND, "nobody signed it")
def unsigned(attacker: Attacker) -> None:
    token = _token(attacker)
    issuer = issuer_of(attacker.spec.conventions["auth"]["provider"], attacker.target.secrets)
    for name, forged in _unsigned(token):
        _is_refused(attacker, name, f"Bearer {forged}")
    head, body, *_ = token.split(".") if token.count(".") == 2 else ("", "", "")
    if issuer and issuer.key:
        forged = hs({**decoded(head), "alg": "HS256"}, decoded(body), issuer.key.encode())
        _is_refused(attacker, "the public key as a secret", f"Bearer {forged}")


@attack(KIND, "where no token belongs")
def elsewhere(attacker: Attacker) -> None:
    token = _token(attacker)
    for name, header in {
        "Basic": f"Basic {token}",
        "Token": f"Token {token}",
        "no scheme": token,
        "two tokens": f"Bearer {token}, Bearer {token}",
        "quotes": f'Bearer "{token}"',
        "a space inside": f"Bearer {token[:20]} {token[20:]}",
        "letters that are no ASCII": "Bearer \u00e9\u00ff",
    }.items():
        _is_refused(attacker, name, header)
    headers = (
        "X-Access-Token",
        "X-Auth-Token",
        "Token",
        "X-Forwarded-User",
        "X-User-Id",
        "Remote-User",
    )
    for name in headers:
        attacker.refused(attacker.knock({name: token}), f"the token as {name}", "unauthorized")
    for name in ("access_token", "token", "jwt", "api_key", "apikey"):
        answer = attacker.knock({}, f"?{name}={token}")
        attacker.refused(answer, f"the token as ?{name}=", "unauthorized")
    for name in ("token", "jwt", "access_token", "session"):
        answer = attacker.knock({"Cookie": f"{name}={token}"})
        attacker.refused(answer, f"the token as the cookie {name}", "unauthorized")


@attack(KIND, "over, or of something else")
def wrong_claims(attacker: Attacker) -> None:
    provider = attacker.spec.conventions["auth"]["provider"]
    old = attacker.expired(None)
    if old:
        _is_refused(attacker, "a token that is over", f"Bearer {old}")
    issuer = issuer_of(provider, attacker.target.secrets)
    token = _token(attacker)
    if issuer is None or token.count(".") != 2:
        return
    header, claims = map(decoded, token.split(".")[:2])
    right = _knock(attacker, f"Bearer {issuer.token(header, claims)}")
    if right.status == 401:
        attacker.find("the tests sign tokens otherwise than the service", right)
    now = int(time.time())
    wrong: list[dict[str, Any]] = [{"exp": now - 1000}, {"exp": "never"}, {"nbf": now + 1000}]
    wrong += [] if provider == "better-auth" else [{"exp": None}]
    for change in wrong + WRONG[provider]:
        given = {name: v for name, v in {**claims, **change}.items() if v is not None}
        _is_refused(
            attacker, f"a token with {change}".replace(str(now), "now"), issuer, header, given
        )
    crit = {**header, "crit": ["exp2"], "exp2": 1}
    _is_refused(attacker, "a header that has to be understood", issuer, crit, claims)


@attack(KIND, "keys of services")
def api_keys(attacker: Attacker) -> None:
    key = attacker.target.api_key or "contract-suite-key"
    odd = ["", "wrong", key + "x", key[:-1], key.upper(), f'"{key}"', "*", "null", "' OR '1'='1"]
    if not attacker.spec.on("auth.api_keys"):
        odd.append(key)
    for word in odd:
        answer = attacker.knock({"X-API-Key": word})
        attacker.refused(answer, f"the key {word.replace(key, '<key>')!r}", "unauthorized")
    for name in ("X-Api-Token", "Api-Key", "Authorization"):
        value = f"ApiKey {key}" if name == "Authorization" else key
        attacker.refused(attacker.knock({name: value}), f"the key as {name}", "unauthorized")


def _token(attacker: Attacker) -> str:
    resource, operation = attacker.closed()
    user = attacker.fresh(resource)
    return attacker.token(user, resource.roles(operation)).removeprefix(COOKIE)


def _knock(attacker: Attacker, header: str) -> Any:
    return attacker.knock({"Authorization": header})


def _is_refused(
    attacker: Attacker,
    what: str,
    made: str | Issuer,
    header: dict[str, Any] | None = None,
    claims: dict[str, Any] | None = None,
) -> None:
    if isinstance(made, Issuer):
        made = f"Bearer {made.token(header or {}, claims or {})}"
    attacker.refused(_knock(attacker, made), what, "unauthorized")
