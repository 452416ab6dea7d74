"""A job over HTTP: started, followed by its events until it has ended; and the process that runs jobs."""

from __future__ import annotations

import http.client
import json
import subprocess
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

from tests.contract.http import Client
from tests.e2e.stacks import Stack


def follow(url: str, path: str, token: str) -> None:
    """Starts the job at `path`, follows it to its end, and sees nothing where all was seen. Raises AssertionError."""
    made = Client(url, token)("POST", path, {})
    assert made.status == 202, made
    place = str(made.headers["Location"])
    assert place.startswith(f"{path}/"), place
    events = [*_followed(url, f"{place}/events", token)]
    assert json.loads(events[-1]["data"])["status"] == "completed", events
    ids = [int(event["id"]) for event in events]
    assert ids == sorted({*ids})
    assert [*_followed(url, f"{place}/events", token, str(ids[-1]))] == []
    assert Client(url, token)("POST", f"{place}/cancel").status == 409


def worker(project: Stack, env: Mapping[str, str]) -> subprocess.Popen[str]:
    """The process that runs jobs, started."""
    words, environment = project.worker(**env)
    return subprocess.Popen(
        words, cwd=project.folder, env=environment, stderr=subprocess.PIPE, text=True
    )


def _followed(url: str, path: str, token: str, last: str | None = None) -> Iterator[dict[str, Any]]:
    """The events of a stream, as they come."""
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=60)
    headers = {**Client(url).credentials("GET", token), "Accept-Encoding": "gzip"}
    connection.request("GET", path, headers=headers | ({"Last-Event-ID": last} if last else {}))
    answer = connection.getresponse()
    assert answer.status == 200, answer.status
    assert answer.headers["Content-Type"].startswith("text/event-stream")
    event: dict[str, Any] = {}
    for line in answer:
        name, _, value = line.decode().rstrip("\n").partition(": ")
        if name:
            event[name] = value
        elif event:
            yield event
            event = {}
    connection.close()
