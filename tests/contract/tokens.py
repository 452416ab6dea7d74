"""Tokens of a project's own issuer, by the command that comes with the project."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Mapping
from pathlib import Path
from threading import Lock

from tests.contract.minting import Worker, path_of, python_of
from tests.contract.world import TokenFor

# Providers whose tokens are sessions in the database: there is no token that expired by itself.
SESSIONS = ("better-auth",)


def issuer(folder: Path, env: Mapping[str, str] | None = None, url: str | None = None) -> TokenFor:
    """Makes tokens as the project's README tells; raises AssertionError where it cannot."""
    command, more = _command(folder)
    environment = {**os.environ, **(env or {}), **more}
    if url:
        environment["SERVICE_URL"] = url

    workers: list[Worker] = []
    first = Lock()

    def by_command(name: str, role: str | None, expires: str | None) -> str | None:
        words = [*command, "--sub", name]
        words += ["--role", role] if role else []
        words += [f"--expires={expires}"] if expires else []
        done = subprocess.run(
            words, cwd=folder, env=environment, capture_output=True, text=True, timeout=120
        )
        if expires and done.returncode:
            return None
        assert done.returncode == 0, f"{' '.join(words)} in {folder}\n{done.stderr[-2000:]}"
        return done.stdout.strip().splitlines()[-1]

    def token_for(name: str, role: str | None = None, expires: str | None = None) -> str | None:
        if expires:
            return by_command(name, role, expires)
        with first:
            if not workers:
                # The command is proven by one token, and has brought a Python service's database up to date.
                token = by_command(name, role, expires)
                workers.append(Worker(folder, environment))
                return token
        return workers[0].token_for(name, role)

    return token_for


def _command(folder: Path) -> tuple[list[str], dict[str, str]]:
    if (folder / "package.json").exists():
        from tools.node import node_env

        # What `npm run -s token -- …` runs, without npm's half second.
        scripts = json.loads((folder / "package.json").read_text())["scripts"]
        script = next(script for script in scripts.values() if script.endswith("/token.ts"))
        env = node_env()
        # A workspace has its programs at the root.
        places = [str(place / "node_modules/.bin") for place in (folder, *folder.parents)]
        return [*script.split()], {**env, "PATH": os.pathsep.join([*places, env["PATH"]])}
    python, package = python_of(folder)
    return [str(python), "-m", f"{package}.token"], {"PYTHONPATH": path_of(folder)}
