"""A service's process, which can be ended without a chance to tidy up."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from pathlib import Path

from tests.contract.http import Client
from tests.e2e.shell import free_port
from tests.e2e.stacks import Stack

PATIENCE = 60


class Server:
    """A started service of a project; `env` are its settings."""

    def __init__(self, made: Stack, env: dict[str, str], port: int | None = None) -> None:
        self._made, self._env = made, env
        self.port = port or free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.log: Path = made.folder / "server.log"
        words, environment = made.server(**env)
        self._process = subprocess.Popen(
            [word.replace("{port}", str(self.port)) for word in words],
            cwd=made.folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=self.log.open("ab"),
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        self.seconds_until(200)

    def seconds_until(self, status: int) -> float:
        """How long it is until the health check answers that. Raises AssertionError after a minute."""
        began = time.monotonic()
        while time.monotonic() < began + PATIENCE:
            try:
                answer = Client(self.url)("GET", f"{self._made.spec.prefix}/health")
                if answer.status == status:
                    return time.monotonic() - began
            except OSError:
                pass
            time.sleep(0.1)
        raise AssertionError(f"no {status} in {PATIENCE} s:\n{self.log.read_text()[-3000:]}")

    def kill(self) -> None:
        """Ends it and all that it started, at once."""
        if self._process.poll() is None:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()

    def again(self) -> Server:
        """The same service, started anew."""
        return Server(self._made, self._env, self.port)
