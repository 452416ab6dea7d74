"""A FastAPI service's tokens from one process: to start Python for each of a thousand users takes minutes."""

from __future__ import annotations

import json
import subprocess
import weakref
from collections.abc import Mapping
from pathlib import Path
from threading import Lock

# What `python -m <package>.token` does, for each line of input. Nobody signs in with these accounts: one hash will do.
WORKER = """
import asyncio, json, sys
from app import token
from app.auth import passwords
from app.core.settings import get_settings

async def work():
    settings = get_settings()
    shared = await passwords.hash_of("nobody signs in with this")
    async def hash_of(word):
        return shared
    async def upgraded(settings):
        return None
    passwords.hash_of, token.upgrade_in_thread = hash_of, upgraded
    for line in sys.stdin:
        name, roles = json.loads(line)
        print(await token.token_for(settings, name, roles), flush=True)

asyncio.run(work())
"""


class Worker:
    """Makes tokens as long as it is referred to; for a service whose database is migrated."""

    def __init__(self, folder: Path, env: Mapping[str, str]) -> None:
        self._lock = Lock()
        self._process = subprocess.Popen(
            [str(folder / ".venv/bin/python"), "-c", WORKER],
            cwd=folder,
            env=dict(env),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

        weakref.finalize(self, self._process.kill)

    def token_for(self, name: str, role: str | None) -> str:
        """A token of the user; raises AssertionError where the service makes none."""
        assert self._process.stdin and self._process.stdout
        with self._lock:
            self._process.stdin.write(json.dumps([name, [role] if role else []]) + "\n")
            self._process.stdin.flush()
            token = self._process.stdout.readline().strip()
        assert token, f"no token for {name}: {self._process.poll()}"
        return token
