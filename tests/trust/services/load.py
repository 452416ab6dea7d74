"""Writers without a pause, many at a time, who remember what was acknowledged."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from threading import Event, Thread
from typing import Any
from urllib.parse import urlsplit

from tests.contract.envelope import Mismatch, slots
from tests.contract.http import Client
from tests.contract.spec import Spec

PATIENCE = 30
# A writer whose service is away asks again after this.
PAUSE = 0.2


@dataclass
class Told:
    """What the writers were told: `kept` are texts by the Location of their rows, and whose they are.

    `refused` counts errors in the envelope, `cut` connections without an answer, `odd` is what no writer should see.
    """

    kept: dict[str, tuple[str, Client]] = field(default_factory=dict)
    refused: int = 0
    cut: int = 0
    odd: list[str] = field(default_factory=list)


class Load:
    """`writers` of one resource at once, from entering to leaving; they share the clients."""

    def __init__(self, spec: Spec, path: str, clients: Sequence[Client], writers: int) -> None:
        self.told = Told()
        self._spec, self._path, self._clients, self._writers = spec, path, clients, writers
        self._over = Event()
        self._thread = Thread(target=lambda: asyncio.run(self._all()))

    def __enter__(self) -> Told:
        self._thread.start()
        return self.told

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    async def _all(self) -> None:
        await asyncio.gather(*(self._write(number) for number in range(self._writers)))

    async def _write(self, number: int) -> None:
        client = self._clients[number % len(self._clients)]
        count = 0
        while not self._over.is_set():
            count += 1
            text = f"{number} for the {count}. time {'x' * (count * 97 % 150)}"
            try:
                answer = await asyncio.wait_for(
                    _post(client, self._path, {"writer": number, "text": text}), PATIENCE
                )
            except (OSError, EOFError, ValueError):
                self.told.cut += 1
                await asyncio.sleep(PAUSE)
                continue
            except TimeoutError:
                self.told.odd.append(f"no answer in {PATIENCE} s")
                continue
            self._note(answer, text, client)

    def _note(self, answer: tuple[int, dict[str, str], bytes], text: str, client: Client) -> None:
        status, headers, body = answer
        if status == 201:
            self.told.kept[headers["location"]] = (text, client)
            return
        try:
            slots(self._spec.envelope["error"], json.loads(body))
        except (Mismatch, ValueError) as error:
            self.told.odd.append(f"{status}, not in the envelope: {error}: {body[:300]!r}")
            return
        if status == self._spec.status("unavailable") and "retry-after" in headers:
            self.told.refused += 1
        else:
            self.told.odd.append(f"{status}: {body[:300]!r}")


async def _post(client: Client, path: str, body: object) -> tuple[int, dict[str, str], bytes]:
    """Status, headers and body of the answer to a POST. Raises OSError or EOFError where none comes."""
    url = urlsplit(client.url)
    data = json.dumps(body).encode()
    sent = {"Host": url.netloc, "Content-Type": "application/json", "Connection": "close"}
    sent |= {"Content-Length": str(len(data)), **client.credentials("POST", client.token or "")}
    lines = [f"POST {path} HTTP/1.1", *(f"{name}: {value}" for name, value in sent.items())]
    reader, writer = await asyncio.open_connection(url.hostname, url.port)
    try:
        writer.write("\r\n".join([*lines, "", ""]).encode() + data)
        await writer.drain()
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        first, *rest = head.strip().split("\r\n")
        headers = {
            name.lower(): value.strip() for name, _, value in (line.partition(":") for line in rest)
        }
        return int(first.split()[1]), headers, await _body(reader, headers)
    finally:
        writer.close()


async def _body(reader: asyncio.StreamReader, headers: dict[str, str]) -> bytes:
    if headers.get("transfer-encoding") != "chunked":
        return await reader.readexactly(int(headers.get("content-length", 0)))
    parts = []
    while size := int(await reader.readuntil(b"\r\n"), 16):
        parts.append((await reader.readexactly(size + 2))[:-2])
    return b"".join(parts)


def row(client: Client, location: str) -> Any:
    """The text of a row, or what came instead of it."""
    answer = client("GET", urlsplit(location).path)
    return answer.json if answer.status == 200 else str(answer)
