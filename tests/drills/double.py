"""A service elsewhere that jobs call: it counts what it is asked for by key, and does each once."""

from __future__ import annotations

from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock, Thread


class Double:
    """Counts requests by their path, on a free port of this machine."""

    def __init__(self) -> None:
        self.calls: Counter[str] = Counter()
        lock, calls = Lock(), self.calls

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                with lock:
                    calls[self.path] += 1
                self.send_response(204)
                self.end_headers()

            def log_message(self, format: str, *args: object) -> None:
                """Nothing: there are thousands."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        Thread(target=self._server.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        """Where it is."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def close(self) -> None:
        """Takes no more requests."""
        self._server.shutdown()
