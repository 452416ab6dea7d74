"""Tokens as a service's local issuer signs them, with any claims: of another service, of a session that is over."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from tools.node import node_env

Json = Mapping[str, Any]
# Node signs with the keys that no library of Python's own can read.
SIGN = """
const { createPrivateKey, createPublicKey, sign } = require('node:crypto');
const [jwk, text] = JSON.parse(require('node:fs').readFileSync(0, 'utf8'));
const key = createPrivateKey({ key: jwk, format: 'jwk' });
const made = sign('sha256', Buffer.from(text), { key, dsaEncoding: 'ieee-p1363' });
const pem = createPublicKey(key).export({ type: 'spki', format: 'pem' });
console.log(JSON.stringify([made.toString('base64url'), pem]));
"""


# Where a project keeps the key of its local issuer.
FILES = {
    "jwt": "jwt-secret",
    "better-auth": "better-auth-secret",
    "clerk": "clerk-issuer.json",
    "supabase": "local-issuer.json",
}


def encode(data: bytes) -> str:
    """Base64 as tokens have it."""
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def part(value: Json) -> str:
    """A header or claims as they stand in a token."""
    return encode(json.dumps(value, separators=(",", ":")).encode())


def decoded(text: str) -> dict[str, Any]:
    """What a part of a token says; empty where it is no JSON."""
    try:
        found = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def hs(header: Json, claims: Json, secret: bytes, digest: str = "sha256") -> str:
    """A token signed with a secret."""
    text = f"{part(header)}.{part(claims)}"
    return f"{text}.{encode(hmac.new(secret, text.encode(), digest).digest())}"


class Issuer:
    """Signs as the issuer of a project does; `key` is the PEM that verifies it, where it has one."""

    def __init__(self, sign: Callable[[str], str], key: str = "") -> None:
        self._sign = sign
        self.key = key

    def token(self, header: Json, claims: Json) -> str:
        """A token with a signature that is right."""
        text = f"{part(header)}.{part(claims)}"
        return f"{text}.{self._sign(text)}"


def issuer_of(provider: str, secrets: Path | None) -> Issuer | None:
    """The issuer whose keys are in a folder; None where its tokens are encrypted, or it has no key there."""
    file = secrets / FILES[provider] if secrets and provider in FILES else None
    if file is None or not file.exists():
        return None
    if provider == "jwt":
        return _by_secret(file.read_bytes())
    if provider == "better-auth":
        secret = file.read_bytes()
        derived = hmac.new(secret, b"local-issuer", hashlib.sha256).hexdigest()
        return _by_secret(derived.encode())
    jwk = json.loads(file.read_text())
    return Issuer(lambda text: _node(jwk, text)[0], _node(jwk, "")[1])


def _by_secret(secret: bytes) -> Issuer:
    return Issuer(lambda text: encode(hmac.new(secret, text.encode(), "sha256").digest()))


def _node(jwk: Json, text: str) -> list[str]:
    done = subprocess.run(
        ["node", "-e", SIGN],
        input=json.dumps([jwk, text]),
        env=node_env(),
        capture_output=True,
        text=True,
        check=True,
    )
    found: list[str] = json.loads(done.stdout)
    return found
