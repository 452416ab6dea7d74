"""What a host answers to its own routes, so that before and after can be compared."""

from __future__ import annotations

import http.client
import re
import urllib.parse
from collections.abc import Iterable
from typing import NamedTuple


class Answer(NamedTuple):
    """What a caller can tell apart: of a page its text, of anything else each byte."""

    status: int
    type: str
    location: str
    body: str


# What a build names anew each time.
_HIDDEN = re.compile(r"<(script|style|template)\b.*?</\1>|<!--.*?-->|<[^>]*>", re.DOTALL)


def answers(url: str, routes: Iterable[str]) -> dict[str, Answer]:
    """What the server at `url` answers to each route."""
    return {route: _ask(url, route) for route in routes}


def difference(before: dict[str, Answer], after: dict[str, Answer]) -> str:
    """The first route that answers otherwise, or nothing."""
    for route, was in before.items():
        if after[route] != was:
            return f"{route} answered {_short(was)} and answers {_short(after[route])}"
    return ""


def _ask(url: str, route: str) -> Answer:
    method, path, *body = route.split(" ", 2)
    parts = urllib.parse.urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=30)
    try:
        headers = {"Content-Type": "application/json"} if body else {}
        connection.request(method, path, body[0].encode() if body else None, headers)
        response = connection.getresponse()
        text = response.read().decode(errors="replace")
    finally:
        connection.close()
    kind = response.headers.get_content_type()
    # Next.js sends pages whose tags name the files of a build.
    if kind == "text/html":
        text = " ".join(_HIDDEN.sub(" ", text).split())
    location = response.headers.get("Location", "").replace(url, "")
    # A server adds its own port, which is another each time.
    port = f":{parts.port}"
    return Answer(response.status, kind, location.replace(port, ""), text.replace(port, ""))


def _short(answer: Answer) -> str:
    return f"{answer.status} {answer.location or answer.body[:120]!r}"
