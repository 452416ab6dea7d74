"""Writers, many at a time, who pause only when they are refused, and remember what was acknowledged."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from threading import Event, Thread
from typing import Any
from urllib.parse import urlsplit

from tests.contract.envelope import Mismatch, slots
from tests.contract.http import Client
from tests.contract.spec import Spec

PATIENCE = 30
# A writer that is refused, or whose service is away, asks again after this.
PAUSE = 0.2


@dataclass
class Told:
    """What the writers were told: `kept` are texts by the Location of their rows, and whose they are.

    `refused` counts errors in the envelope, `cut` connections without an answer, by how they ended; `odd` is what no
    writer should see.
    """

    kept: dict[str, tuple[str, Client]] = field(default_factory=dict)
    refused: int = 0
    cut: Counter[str] = field(default_factory=Counter)
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
        wire = _Wire(client)
        count = 0
        while not self._over.is_set():
            count += 1
            text = f"{number} for the {count}. time {'x' * (count * 97 % 150)}"
            try:
                body = {"writer": number, "text": text}
                answer = await asyncio.wait_for(wire.post(self._path, body), PATIENCE)
            except TimeoutError:
                # An OSError, too.
                self.told.odd.append(f"no answer in {PATIENCE} s")
                continue
            except (OSError, EOFError, ValueError) as error:
                self.told.cut[repr(error)[:100]] += 1
                await asyncio.sleep(PAUSE)
                continue
            self._note(answer, text, client)
            if answer[0] != 201:
                await asyncio.sleep(PAUSE)
        wire.close()

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


class _Wire:
    """The connection of one writer, kept as long as the service keeps it: a thousand new ones at once are no fault."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def post(self, path: str, body: object) -> tuple[int, dict[str, str], bytes]:
        """Status, headers and body of the answer. Raises OSError or EOFError where none comes."""
        try:
            status, headers, content = await self._ask(path, json.dumps(body).encode())
        except BaseException:
            self.close()
            raise
        if headers.get("connection") == "close":
            self.close()
        return status, headers, content

    def close(self) -> None:
        """The next request opens another one."""
        if self._streams is not None:
            self._streams[1].close()
        self._streams = None

    async def _ask(self, path: str, data: bytes) -> tuple[int, dict[str, str], bytes]:
        client, url = self._client, urlsplit(self._client.url)
        sent = {"Host": url.netloc, "Content-Type": "application/json"}
        sent |= {"Content-Length": str(len(data)), **client.credentials("POST", client.token or "")}
        lines = [f"POST {path} HTTP/1.1", *(f"{name}: {value}" for name, value in sent.items())]
        if self._streams is None:
            self._streams = await asyncio.open_connection(url.hostname, url.port)
        reader, writer = self._streams
        writer.write("\r\n".join([*lines, "", ""]).encode() + data)
        await writer.drain()
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        first, *rest = head.strip().split("\r\n")
        headers = {
            name.lower(): value.strip() for name, _, value in (line.partition(":") for line in rest)
        }
        return int(first.split()[1]), headers, await _body(reader, headers)


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
