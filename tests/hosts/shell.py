"""Commands as the owner of a host types them: with the package managers on PATH, and nothing of this run's own.

Nothing lies in a host's node_modules or .venv that its own installation did not put there: what is there decides
what npm resolves, and hides what a step forgets. Installations share the managers' caches and stores instead.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from tests.support import packages
from tools.node import node_env

# Package managers: those of npm by name, pinned, and those of Python.
NODE_TOOLS = ("pnpm@12.4.2", "yarn@1.22.22", "bun@1.4.4")
PYTHON_TOOLS = ("uv==0.13.8", "poetry==2.5.1")
# What a command of this run sees and the owner of a host does not.
OURS = ("PYTHONPATH", "VIRTUAL_ENV", "DATABASE_URL", "SCAFFOLD_SOURCE", "PYTEST_CURRENT_TEST")
MOST = 600


class Failed(Exception):
    """A command that ended otherwise than it should; its text is the reason."""


def environment(more: Mapping[str, str] | None = None) -> dict[str, str]:
    """What a shell of the owner's has; package managers share what they download."""
    base = Path(os.environ[packages.FOLDER])
    env = {key: value for key, value in node_env().items() if key not in OURS}
    env |= {
        "PATH": os.pathsep.join([str(_node_tools()), str(_python_tools()), env["PATH"]]),
        "PYTHONDONTWRITEBYTECODE": "1",
        "npm_config_prefer_offline": "true",
        # A generator asks no questions where CI is set, and no manager freezes its lock file for it.
        "npm_config_yes": "true",
        "pnpm_config_store_dir": str(base / "pnpm"),
        "YARN_CACHE_FOLDER": str(base / "yarn"),
        "BUN_INSTALL_CACHE_DIR": str(base / "bun"),
        "UV_CACHE_DIR": str(base / "uv"),
        "UV_PYTHON": sys.executable,
        "UV_PYTHON_DOWNLOADS": "never",
        "POETRY_VIRTUALENVS_IN_PROJECT": "true",
        "POETRY_CACHE_DIR": str(base / "poetry"),
    }
    return {**env, **(more or {})}


def paste(text: str, folder: Path, env: Mapping[str, str], most: float = MOST) -> str:
    """What lines print that are pasted into a shell in a folder; raises Failed at the first that fails."""
    try:
        done = subprocess.run(
            ["bash", "-e", "-o", "pipefail", "-c", text],
            cwd=folder,
            env=dict(env),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            timeout=most,
        )
    except subprocess.TimeoutExpired as error:
        raise Failed(f"`{text}` takes more than {most:.0f} s") from error
    if done.returncode:
        raise Failed(f"`{text}` ends with {done.returncode}\n{done.stdout[-6000:]}")
    return done.stdout


def scaffold(words: list[str], folder: Path) -> subprocess.CompletedProcess[str]:
    """The command line of this checkout, in a folder."""
    return subprocess.run(
        [sys.executable, "-m", "scaffold", *words],
        cwd=folder,
        env={**os.environ, "PATH": environment()["PATH"]},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=MOST,
    )


def _node_tools() -> Path:
    with packages.once("host-tools-node") as (folder, ready):
        if not ready:
            env = {**node_env(), "npm_config_prefer_offline": "true"}
            paste(f"npm install --no-save {' '.join(NODE_TOOLS)}", folder, env)
    return folder / "node_modules/.bin"


def _python_tools() -> Path:
    return packages.python(PYTHON_TOOLS).parent
