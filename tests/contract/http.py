"""HTTP as one caller, with nothing but the standard library."""

from __future__ import annotations

import http.client
import json
import urllib.parse
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.message import Message
from functools import cached_property
from typing import Any

NO_JSON = object()
SHOWN = 600
# What a token begins with that a browser sends as its cookies.
COOKIE = "Cookie "
SAFE = ("GET", "HEAD", "OPTIONS")


@dataclass(frozen=True)
class Answer:
    """An HTTP answer, and in `request` what was asked, for messages."""

    status: int
    headers: Message
    body: bytes = b""
    request: str = ""

    @cached_property
    def json(self) -> Any:
        """The body parsed: None where it is empty, NO_JSON where it is something else."""
        if not self.body:
            return None
        try:
            return json.loads(self.body)
        except ValueError:
            return NO_JSON

    def __str__(self) -> str:
        headers = ", ".join(f"{name}: {value}" for name, value in self.headers.items())
        return f"{self.status} {self.body[:SHOWN].decode(errors='replace')} [{headers}]"


@dataclass(frozen=True)
class Client:
    """Speaks to a server as one user, from one address."""

    url: str
    token: str | None = None
    address: str | None = None
    extra: Mapping[str, str] = field(default_factory=dict)

    def __call__(
        self,
        method: str,
        path: str,
        body: object = None,
        raw: bytes | None = None,
        chunked: bool = False,
        **headers: str | None,
    ) -> Answer:
        """The answer to one request; `body` goes as JSON, `raw` as it is.

        Headers are named with `_` for `-`; None leaves out one that would be sent by itself.
        """
        data = raw if raw is not None else None if body is None else json.dumps(body).encode()
        sent: dict[str, str | None] = {}
        if data is not None:
            sent["Content-Type"] = "application/json"
        if self.token:
            sent |= self.credentials(method, self.token)
        if self.address:
            sent["X-Forwarded-For"] = self.address
        sent.update(self.extra)
        sent.update({name.replace("_", "-"): value for name, value in headers.items()})
        given = {name: value for name, value in sent.items() if value is not None}
        return self._exchange(method, path, data, chunked, given)

    def credentials(self, method: str, token: str) -> dict[str, str]:
        """What a caller sends of itself: a program its token, a browser its cookies and where it comes from."""
        if not token.startswith(COOKIE):
            return {"Authorization": f"Bearer {token}"}
        origin = {} if method in SAFE else {"Origin": self.url}
        return {"Cookie": token.removeprefix(COOKIE), **origin}

    def _exchange(
        self, method: str, path: str, data: bytes | None, chunked: bool, headers: dict[str, str]
    ) -> Answer:
        parts = urllib.parse.urlsplit(self.url)
        connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=30)
        try:
            try:
                if chunked and data is not None:
                    pieces = (data[at : at + 65536] for at in range(0, len(data), 65536))
                    headers = {**headers, "Transfer-Encoding": "chunked"}
                    connection.request(method, path, pieces, headers, encode_chunked=True)
                else:
                    connection.request(method, path, data, headers)
            except (BrokenPipeError, ConnectionResetError):
                # A server may refuse a large body before it has all of it; its answer is there.
                pass
            response = connection.getresponse()
            text, shown = response.read(), _shown(method, path, data)
            return Answer(response.status, response.headers, text, shown)
        finally:
            connection.close()


def _shown(method: str, path: str, data: bytes | None) -> str:
    body = "" if data is None else " " + data[:SHOWN].decode(errors="replace")
    return f"{method} {path}{body}"
