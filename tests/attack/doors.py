"""Where a service signs people in: its paths, its bodies, and the cookies that it takes."""

from __future__ import annotations

import json
import re
import uuid
from dataclasses import dataclass

from tests.attack.attacker import Attacker
from tests.attack.signing import encode
from tests.contract.http import Answer

PASSWORD = "correct horse battery staple 7"


@dataclass(frozen=True)
class Door:
    """Paths of a provider that keeps accounts itself."""

    register: str
    log_in: str
    more: tuple[tuple[str, str], ...] = ()

    def body(self, email: str, password: str) -> dict[str, str]:
        """What signs in or up."""
        return {"email": email, "password": password, **dict(self.more)}


def door(attacker: Attacker) -> Door | None:
    """The door of a service; None where somebody else signs people in, or a page with forms does."""
    provider = attacker.spec.conventions["auth"]["provider"]
    if attacker.target.secrets is None:
        return None
    if provider == "jwt":
        prefix = f"{attacker.spec.prefix}/auth"
        return Door(f"{prefix}/register", f"{prefix}/login")
    if provider == "better-auth":
        return Door("/api/auth/sign-up/email", "/api/auth/sign-in/email", (("name", "Eve"),))
    return None


def enter(attacker: Attacker, found: Door, path: str, email: str, password: str) -> Answer:
    """The answer to an attempt, from an address that nobody had."""
    body = found.body(email, password)
    if path == found.log_in:
        body = {name: body[name] for name in ("email", "password")}
    client = attacker.client()
    return attacker.try_(client, "POST", path, body, Origin=attacker.url)


def new_email() -> str:
    """An address that nobody registered."""
    return f"{uuid.uuid4().hex[:12]}@example.com"


def cookie_of(attacker: Attacker, token: str) -> str | None:
    """The cookie in which a browser would carry the token of a user; None where the service takes none."""
    provider = attacker.spec.conventions["auth"]["provider"]
    if attacker.target.secrets is None:
        return None
    if provider == "clerk":
        return f"__session={token}"
    if provider == "nextauth":
        return f"next-auth.session-token={token}"
    if provider == "supabase":
        text = json.dumps({"access_token": token}).encode()
        return f"sb-local-issuer-auth-token=base64-{encode(text)}"
    found = door(attacker)
    if provider == "better-auth" and found:
        answer = enter(attacker, found, found.register, new_email(), PASSWORD)
        cookie = re.match(r"[^;]+", answer.headers.get("Set-Cookie") or "")
        return cookie[0] if cookie else None
    return None
