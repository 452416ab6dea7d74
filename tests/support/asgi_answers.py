"""A program: what an ASGI application answers, to the byte. It runs in the application's own Python.

`python asgi_answers.py MODULE` reads a list of `[method, path, headers, body]` and writes what was sent for each.
"""

from __future__ import annotations

import asyncio
import importlib
import json
import os
import sys
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

Message = MutableMapping[str, Any]
App = Callable[
    [Message, Callable[[], Awaitable[Message]], Callable[[Message], Awaitable[None]]],
    Awaitable[None],
]


async def one(app: App, method: str, path: str, headers: dict[str, str], body: str) -> list[Any]:
    """Everything that is sent for a request; a root path stands before `|` in its path."""
    root, _, rest = path.rpartition("|")
    place, _, query = rest.partition("?")
    scope = {
        "type": "websocket" if method == "WS" else "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": root + place,
        "raw_path": (root + place).encode(),
        "query_string": query.encode(),
        "root_path": root,
        "headers": [
            (b"host", b"shop.test"),
            *((name.lower().encode(), value.encode()) for name, value in headers.items()),
        ],
        "client": ("192.0.2.1", 5000),
        "server": ("shop.test", 80),
        "subprotocols": [],
        "state": {},
    }
    if method == "WS":
        del scope["method"]
    received: list[Message] = [{"type": "http.request", "body": body.encode()}]
    if method == "WS":
        received = [
            {"type": "websocket.connect"},
            {"type": "websocket.receive", "text": body},
            {"type": "websocket.disconnect", "code": 1000},
        ]
    sent: list[Message] = []
    done = asyncio.Event()

    async def receive() -> Message:
        if received:
            return received.pop(0)
        await done.wait()
        return {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        sent.append(message)
        if message["type"] == "http.response.body" and not message.get("more_body"):
            done.set()

    try:
        await asyncio.wait_for(app(scope, receive, send), 20)
    except Exception as error:
        sent.append({"type": "raised", "error": type(error).__name__})
    return [_shown(message) for message in sent]


def _shown(message: Message) -> dict[str, Any]:
    """JSON of a message; bytes are texts that differ where they do."""

    def text(value: Any) -> Any:
        if isinstance(value, bytes):
            return value.decode("latin-1")
        return [text(item) for item in value] if isinstance(value, (list, tuple)) else value

    return {key: text(value) for key, value in message.items() if value is not None}


async def work(app: App, asked: list[Any]) -> list[Any]:
    """The answers of an application that has started, and stops afterwards."""
    inbox: asyncio.Queue[Message] = asyncio.Queue()
    outbox: asyncio.Queue[Message] = asyncio.Queue()
    scope = {"type": "lifespan", "asgi": {"version": "3.0"}, "state": {}}
    life = asyncio.create_task(_run(app(scope, inbox.get, outbox.put)))
    answers = []
    for word in ("startup", "shutdown"):
        await inbox.put({"type": f"lifespan.{word}"})
        message = await asyncio.wait_for(outbox.get(), 60)
        assert message["type"] == f"lifespan.{word}.complete", message
        if word == "startup":
            answers = [await one(app, *request) for request in asked]
    await life
    return answers


async def _run(awaited: Awaitable[None]) -> None:
    await awaited


if __name__ == "__main__":
    sys.path.insert(0, os.getcwd())
    found: App = importlib.import_module(sys.argv[1]).app
    json.dump(asyncio.run(work(found, json.load(sys.stdin))), sys.stdout)
