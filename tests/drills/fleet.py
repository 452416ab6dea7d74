"""Servers and workers of one service, which can be killed and come back."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.contract.http import Client
from tests.e2e.shell import free_port
from tests.support.waiting import until


class Process:
    """One process of a service, started again as often as it is killed; `{port}` in its words is its own."""

    def __init__(
        self, words: Sequence[str], folder: Path, env: Mapping[str, str], log: Path
    ) -> None:
        self.port = free_port()
        self._words = [word.replace("{port}", str(self.port)) for word in words]
        self._folder, self._env, self._log = folder, dict(env), log
        self._process: subprocess.Popen[bytes] | None = None
        self.kills = 0

    @property
    def url(self) -> str:
        """Where it takes requests, if it is a server."""
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Starts it, in a group of its own."""
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                self._words,
                cwd=self._folder,
                env=self._env,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def kill(self) -> None:
        """Ends it and its children at once, as a machine that goes off would."""
        assert self._process is not None and self._process.poll() is None, self._words
        os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        self.kills += 1

    def stop(self) -> None:
        """Ends it as a user would, or at once where that takes long."""
        if self._process is None or self._process.poll() is not None:
            return
        self._process.terminate()
        try:
            self._process.wait(40)
        except subprocess.TimeoutExpired:
            self.kill()

    def answers(self, path: str) -> None:
        """Waits until it takes requests there. Raises AssertionError with its log after a minute."""
        try:
            until(lambda: _is_up(self.url, path), 60)
        except AssertionError as error:
            raise AssertionError(f"{error}: {self._log.read_text()[-2000:]}") from None


def _is_up(url: str, path: str) -> bool:
    try:
        return Client(url)("GET", path).status == 200
    except OSError:
        return False
