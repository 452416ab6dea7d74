"""The service in memory behind a socket."""

from __future__ import annotations

from http.server import BaseHTTPRequestHandler
from typing import Any

from tests.contract.reference import Service


def handler(service: Service) -> type[BaseHTTPRequestHandler]:
    """The service behind a socket."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def answer(self) -> None:
            body = self._chunks() if self.headers.get("Transfer-Encoding") else self._sized()
            status, headers, text = service.handle(
                self.command, self.path, dict(self.headers.items()), body
            )
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            if status not in (204, 304):
                self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        def _sized(self) -> bytes:
            return self.rfile.read(int(self.headers.get("Content-Length") or 0))

        def _chunks(self) -> bytes:
            found = b""
            while size := int(self.rfile.readline(), 16):
                found += self.rfile.read(size)
                self.rfile.readline()
            self.rfile.readline()
            return found

        def log_message(self, *_: Any) -> None:
            pass

    for verb in ("GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"):
        setattr(Handler, f"do_{verb}", Handler.answer)
    return Handler
