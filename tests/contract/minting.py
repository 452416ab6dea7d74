"""A service's tokens from one process: to start Python or Node for each of a thousand users takes minutes."""

from __future__ import annotations

import json
import re
import subprocess
import weakref
from collections.abc import Mapping, Sequence
from pathlib import Path
from threading import Lock

from scaffold.manifest.manifest import load

# What `python -m <package>.token` does, for each line of input. Nobody signs in with these accounts: one hash will do.
PYTHON = """
import asyncio, json, sys
from PACKAGE import token
from PACKAGE.auth import passwords
from PACKAGE.core.settings import get_settings

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
# The same for `scripts/token.ts`.
NODE = """
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';
const { mint } = await import(pathToFileURL('{issuer}').href);
for await (const line of createInterface({ input: process.stdin })) {
  const [name, roles] = JSON.parse(line);
  console.log(await mint(name, roles[0]));
}
"""


def python_of(folder: Path) -> tuple[Path, str]:
    """The Python of a project or of its workspace, and the dotted name of our package there."""
    manifest = load(folder)
    assert manifest, folder
    python = next(
        found
        for place in (folder, *folder.parents)
        for name in (".venv", "venv")
        if (found := place / name / "bin/python").exists()
    )
    return python, manifest.alias


def path_of(folder: Path) -> str:
    """The folder from which Python finds our package, where the project is not installed."""
    manifest = load(folder)
    assert manifest, folder
    inside = manifest.alias.replace(".", "/")
    return str(folder / manifest.source.removesuffix(inside))


def program(folder: Path) -> list[str]:
    """The words that start a worker of a project's framework, in its folder."""
    script = folder / "scripts/token.ts"
    if not script.exists():
        python, package = python_of(folder)
        return [str(python), "-c", PYTHON.replace("PACKAGE", package)]
    found = re.search(r"""from ['\"]\.\./(.*local-issuer)['\"]""", script.read_text())
    assert found, script
    return ["tsx", "--input-type=module", "-e", NODE.replace("{issuer}", f"{found[1]}.ts")]


class Worker:
    """Makes tokens as long as it is referred to; for a service whose database is migrated.

    `words` start another program that reads `["alice", ["admin"]]` in a line and prints a token.
    """

    def __init__(
        self, folder: Path, env: Mapping[str, str], words: Sequence[str] | None = None
    ) -> None:
        self._lock = Lock()
        self._process = subprocess.Popen(
            words or program(folder),
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
