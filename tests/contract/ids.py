"""Ids of rows, in the form that a project gave them, and of users."""

from __future__ import annotations

import base64
import json
import re
import uuid
from collections.abc import Callable
from typing import Any

from tests.contract.spec import Spec

# An id that no row has, and the form of those that are text.
NEW: dict[str, Callable[[], str]] = {
    "uuid": lambda: str(uuid.uuid4()),
    "cuid": lambda: "c" + uuid.uuid4().hex[:24],
    "ulid": lambda: "01" + uuid.uuid4().hex[:24].upper(),
    "int": lambda: "2000000000",
}
FORMS = {
    "uuid": r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}",
    "cuid": r"[a-z][a-z0-9]{20,31}",
    "ulid": r"[0-7][0-9A-HJKMNP-TV-Z]{25}",
}


class Ids:
    """What ids look like."""

    spec: Spec

    def nobody(self) -> str:
        """An id that no row has."""
        return NEW[self.spec.conventions["data"]["id"]]()

    def is_id(self, value: Any) -> bool:
        """The value has the form of an id."""
        kind = self.spec.conventions["data"]["id"]
        if kind == "int":
            return type(value) is int and value > 0
        return isinstance(value, str) and bool(re.fullmatch(FORMS[kind], value))


def subject(token: str) -> str | None:
    """Whom a token names, where it is one that can be read."""
    try:
        payload = token.split(".")[1]
        found = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))["sub"]
    except (ValueError, LookupError, TypeError):
        return None
    return str(found)
