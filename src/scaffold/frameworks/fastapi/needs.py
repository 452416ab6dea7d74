"""What the generated code needs of somebody else's FastAPI project, and what that project has."""

from __future__ import annotations

import os
import shlex
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from scaffold.dependencies.version_ranges import numbers, pep440_bounds
from scaffold.frameworks import installed
from scaffold.frameworks.base import Finding, Values
from scaffold.frameworks.fastapi.locks import LOCKS, lock_of, locked
from scaffold.frameworks.installed import Need, Seen, Wrong
from scaffold.support.text import printable

if TYPE_CHECKING:
    from packaging.requirements import Requirement

_REDIS: Final = ("rate_limit.store", "redis")
_VERSION: Final = ("data.optimistic_version", True)

# Each lowest version is one that the generated tests pass with.
NEEDS: Final = (
    Need("fastapi", "0.115", "the parameters of a list are a model"),
    Need("pydantic", "2.7", "a number is shown by `PlainSerializer(float)`"),
    # Nobody names them, but other packages hold them back, and code of theirs uses the old interface.
    Need("pydantic", "2", "models use its second interface", unnamed=True),
    Need("sqlalchemy", "2", "models are typed by `Mapped`", unnamed=True),
    Need("sqlalchemy", "2.0.4", "a change counts its rows on SQLite, too", when=(_VERSION,)),
    Need("pydantic-settings", "2", "it belongs to pydantic 2"),
    Need("alembic", "1.12", "migrations are several branches with settings of their own"),
    Need("redis", "5.0.1", "limits are counted with its asyncio client", when=(_REDIS,)),
)

_MYSQL: Final = (
    *("pymysql", "aiomysql", "asyncmy", "mysqlclient", "mysql-connector-python"),
    *("mysql-connector", "mariadb"),
)
_OTHERS: Final = (
    *("asyncpg", "psycopg", "psycopg2", "psycopg2-binary", "psycopg-binary", "pg8000"),
    *("aiosqlite", "libsql"),
)


def require(root: Path, values: Values | None) -> None:
    """Raises UserError if the project in `root` cannot run what its conventions make us emit."""
    folders, seen, named = _look(root)
    installed.refuse_mysql(root, _mysql(named), "fastapi")
    wrong = installed.unfit(NEEDS, seen, values)
    installed.refuse(root, wrong, _upgrade(root, folders, wrong))


def findings(root: Path, values: Values | None) -> list[Finding]:
    """What `doctor` says about the versions in a project; without conventions, what any style needs."""
    folders, seen, named = _look(root)
    wrong = installed.unfit(NEEDS, seen, values)
    found = installed.findings(seen, wrong, lambda bad: _upgrade(root, folders, bad))
    return found + installed.mysql_finding(_mysql(named), "fastapi")


def _look(root: Path) -> tuple[list[str], list[Seen], dict[str, str]]:
    """The folders above, what the project says about packages in `NEEDS`, and which file names a package."""
    folders = installed.folders_up(root)
    packages = [*dict.fromkeys(need.package for need in NEEDS)]
    there = installed.python_versions(folders)
    if not there.keys() >= {*packages}:
        # What is not installed comes as the lock file has it.
        there = {**locked(folders), **there}
    asked = list(_asked(root))
    named: dict[str, str] = {}
    for file, requirement in asked:
        named.setdefault(_canonical(requirement.name), file)
    seen = []
    for package in packages:
        if package in there:
            said, where = there[package]
            version = numbers(said)
            bounds = installed.exactly(version) if version else None
            seen.append(Seen(package, said, bounds, where, True, named=package in named))
        for file, requirement in asked:
            # A marker makes it the version of another Python; the first file is the one that we add to.
            if (
                _canonical(requirement.name) != package
                or file != named[package]
                or requirement.marker
                or requirement.url
            ):
                continue
            said = printable(str(requirement.specifier)[:60])
            seen.append(Seen(package, said, pep440_bounds(requirement.specifier), file))
    return folders, seen, named


def _asked(root: Path) -> Iterator[tuple[str, Requirement]]:
    """What the project's files name, each with its file, in the order in which they decide."""
    from scaffold.dependencies import pyproject
    from scaffold.dependencies.requirements_txt import named
    from scaffold.frameworks.fastapi.application import requirement_files, text_of

    for path in ("pyproject.toml", "Pipfile"):
        if (root / path).is_file():
            data = pyproject.read(text_of(root, path), path)
            yield from ((path, requirement) for requirement in pyproject.requirements(data))
    for path in requirement_files(root):
        yield from ((path, requirement) for requirement in named(text_of(root, path)))


def _canonical(name: str) -> str:
    from packaging.utils import canonicalize_name

    return canonicalize_name(name)


def _upgrade(root: Path, folders: Sequence[str], wrong: Sequence[Wrong]) -> str:
    """The command that brings what the generated code needs, with the project's own tool."""
    if not wrong:
        return ""
    command = _command(root, folders, wrong)
    if all(_REDIS in one.need.when for one in wrong):
        return f"{command}; or count in memory: `--set rate_limit.store=memory`"
    return command


def _command(root: Path, folders: Sequence[str], wrong: Sequence[Wrong]) -> str:
    words = " ".join(shlex.quote(f"{one.need.package}>={one.need.lowest}") for one in wrong)
    lock = lock_of(folders)
    if lock:
        return installed.from_here(root, f"{LOCKS[os.path.basename(lock)]} {words}")
    pinned = next((one.seen.where for one in wrong if not one.seen.installed), None)
    if pinned is None:
        venv, lib, _ = wrong[0].seen.where.partition("/lib/")
        python = f"{shlex.quote(venv)}/bin/python" if lib else "python"
        return installed.from_here(root, f"{python} -m pip install --upgrade {words}")
    from scaffold.frameworks.fastapi.install_steps import python_tool

    listed = ", ".join(f"`{one.need.package}>={one.need.lowest}`" for one in wrong)
    steps = installed.from_here(root, " && ".join(python_tool(root).install))
    return f"write {listed} into {pinned}, then `{steps}`"


def _mysql(named: dict[str, str]) -> str | None:
    """What shows that the project's database is MySQL; None if nothing does, or another one is there too."""
    driver = next((name for name in _MYSQL if name in named), None)
    if driver is None or {*_OTHERS} & {*named}:
        return None
    return f"{named[driver]} names `{driver}`"
