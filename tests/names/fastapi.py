"""What Python, SQLAlchemy, pydantic, Alembic, the databases and pytest say of a service."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from scaffold.rendering.render import Tree
from tests.e2e.shell import Postgres
from tests.support import packages

# A warning is an error: pydantic warns of a field that hides an attribute of its own.
BUILD = """
import importlib, pkgutil, warnings
warnings.simplefilter("error")
from sqlalchemy.orm import configure_mappers
from app.core.records import Base
for room in ("models", "schemas", "repositories", "services", "controllers", "routes"):
    for module in pkgutil.iter_modules(importlib.import_module(f"app.{room}").__path__):
        importlib.import_module(f"app.{room}.{module.name}")
configure_mappers()
"""


def problems(tree: Tree, folder: Path, postgres: Postgres, *, whole: bool) -> list[str]:
    """What fails, each with the end of what was said; `whole` includes databases and the collection of tests."""
    python = str(packages.python(packages.named(tree["pyproject.toml"])))
    commands: dict[str, tuple[list[str], dict[str, str]]] = {"import": (["-c", BUILD], {})}
    if whole:
        database = postgres.database(f"names_{os.urandom(4).hex()}")
        migrate = ["-m", "app.migrate"]
        commands |= {
            "migrations on SQLite": (migrate, {"DATABASE_URL": f"sqlite:///{folder}/names.db"}),
            "migrations on PostgreSQL": (migrate, {"DATABASE_URL": database}),
            "collection of tests": (["-m", "pytest", "--collect-only", "-q", "--no-cov"], {}),
        }
    found = []
    for what, (words, settings) in commands.items():
        env = {**os.environ, "JWT_SECRET": "x" * 40, **settings}
        done = subprocess.run(
            [python, *words], cwd=folder, env=env, capture_output=True, text=True, timeout=300
        )
        if done.returncode:
            found.append(f"{what}: {(done.stdout + done.stderr)[-2000:]}")
    return found
