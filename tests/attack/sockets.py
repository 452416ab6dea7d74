"""HTTP by the byte: requests that no library would send."""

from __future__ import annotations

import socket
import time
import urllib.parse
from collections.abc import Sequence
from contextlib import closing


def connect(url: str, seconds: float = 10) -> socket.socket:
    """A connection to a service."""
    parts = urllib.parse.urlsplit(url)
    return socket.create_connection((parts.hostname or "", parts.port or 80), timeout=seconds)


def request(method: str, path: str, headers: Sequence[tuple[str, str]], body: bytes = b"") -> bytes:
    """A request as it goes over the line; nothing is added to it but the host."""
    lines = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1", *(f"{a}: {b}" for a, b in headers)]
    return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + body


def exchange(url: str, sent: bytes, seconds: float = 5) -> tuple[list[int], bytes]:
    """The statuses of all answers to some bytes, and their text; none where the service says nothing in time."""
    found = b""
    end = time.monotonic() + seconds
    with closing(connect(url, seconds)) as line:
        try:
            line.sendall(sent)
            while time.monotonic() < end:
                line.settimeout(max(0.05, end - time.monotonic()))
                part = line.recv(65536)
                if not part:
                    break
                found += part
                if _is_whole(found):
                    # Another answer would come at once.
                    end = min(end, time.monotonic() + 0.3)
        except OSError:
            pass
    return statuses(found), found


def statuses(text: bytes) -> list[int]:
    """Of all answers in a text."""
    pieces = text.split(b"HTTP/1.1 ")[1:]
    return [int(piece[:3]) for piece in pieces if piece[:3].isdigit()]


def _is_whole(text: bytes) -> bool:
    return b"\r\n\r\n" in text
