"""Fixtures for every test: a source of the templates as they stand, and the command line."""

from __future__ import annotations

import gc
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Protocol

import pytest
from hypothesis import settings

from scaffold.sources.repository import Repository
from tools.source import GIT, git, make_source

pytest.register_assert_rewrite("tests.support")

# A machine that is busy is slow, not wrong.
settings.register_profile("patient", deadline=None)
settings.load_profile("patient")


def pytest_configure(config: pytest.Config) -> None:
    """The time of the slow tests is watched, and the collector, a tenth of the quick ones' time, seldom runs."""
    gc.set_threshold(200_000, 50, 1000)
    # Not before the rewriting of assertions is registered.
    from tests.support.shares import Shares

    config.pluginmanager.register(Shares())


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leaves out what another day has."""
    from tests.support.days import has_its_turn, is_every_second

    if not os.environ.get("SCAFFOLD_TURNS"):
        return
    todays, others = list[pytest.Item](), list[pytest.Item]()
    for item in items:
        runs = has_its_turn if "slow" in item.keywords else is_every_second
        (todays if runs(item.nodeid) else others).append(item)
    config.hook.pytest_deselected(items=others)
    items[:] = todays


class Run(Protocol):
    """Runs `scaffold` with `args` in `cwd`, as a process of its own."""

    def __call__(
        self, args: Sequence[str], cwd: Path, env: Mapping[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]: ...


@pytest.fixture(scope="session", autouse=True)
def source(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The git repository that SCAFFOLD_SOURCE names in all tests; the cache is one for all workers."""
    scratch = tmp_path_factory.mktemp("scaffold")
    made = make_source(scratch / "source")
    with pytest.MonkeyPatch.context() as patch:
        for name, value in GIT.items():
            patch.setenv(name, value)
        patch.setenv("SCAFFOLD_SOURCE", str(made))
        patch.setenv("XDG_CACHE_HOME", str(_shared(tmp_path_factory) / "cache"))
        # Tests make and copy hundreds of repositories, and none needs git's samples of hooks.
        patch.setenv("GIT_TEMPLATE_DIR", "")
        # Each run of Copier clones it: one file instead of one for each object.
        git(made, "repack", "-a", "-d", "--quiet")
        patch.setattr(Repository, "run", _asked_once(made))
        yield made


def _asked_once(source: Path) -> Callable[..., subprocess.CompletedProcess[bytes]]:
    """`Repository.run`, for which the shared source says once what it says: no test changes it.

    A command asks git three times; commands that run in the process of the tests ask thousands of times.
    """
    ask, said = Repository.run, dict[tuple[str, ...], subprocess.CompletedProcess[bytes]]()

    def run(repository: Repository, *args: str) -> subprocess.CompletedProcess[bytes]:
        if repository.path != str(source):
            return ask(repository, *args)
        if args not in said:
            said[args] = ask(repository, *args)
        return said[args]

    return run


@pytest.fixture(scope="session", autouse=True)
def nothing_above(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Tools that look for their configuration in the folders above a project find none of the machine's."""
    (tmp_path_factory.getbasetemp() / "pytest.ini").write_text("[pytest]\n")


@pytest.fixture(scope="session", autouse=True)
def packages(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """The folder that SCAFFOLD_PACKAGES names (tests/support/packages.py): one for all workers of a run."""
    with pytest.MonkeyPatch.context() as patch:
        if "SCAFFOLD_PACKAGES" not in os.environ:
            patch.setenv("SCAFFOLD_PACKAGES", str(_shared(tmp_path_factory) / "packages"))
        yield


def _shared(factory: pytest.TempPathFactory) -> Path:
    """A folder that all workers of this run have."""
    base = factory.getbasetemp()
    return base.parent if "PYTEST_XDIST_WORKER" in os.environ else base


@pytest.fixture(scope="session")
def run(source: Path) -> Run:
    """See `Run`."""

    def scaffold(
        args: Sequence[str], cwd: Path, env: Mapping[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "scaffold", *args],
            cwd=cwd,
            env={**os.environ, **(env or {})},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
        )

    return scaffold


@pytest.fixture(scope="session")
def service(run: Run, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A new service with the resource `assessments`; to look at or to copy, not to change."""
    folder = tmp_path_factory.mktemp("service") / "clinic"
    for args, cwd in (
        (["new", str(folder), "--style", "supabase"], folder.parent),
        (["endpoint", "assessments", "title:string{1..200}"], folder),
    ):
        done = run(args, cwd)
        assert done.returncode == 0, done.stderr
    # One file instead of one for each object: most tests copy the folder.
    git(folder, "repack", "-a", "-d", "--quiet")
    return folder
