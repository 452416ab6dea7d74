"""`python -m tests.hosts [--write] [--keep FOLDER] [NAME ...]`: walks through hosts, one at a time."""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from pathlib import Path

from tests.hosts import table
from tests.hosts.host import expect, expected, hosts
from tests.hosts.walk import Walk
from tests.support import packages
from tools.source import GIT, make_source

MOST = 180


def main() -> int:
    """Exit code 1 where an outcome is not the expected one."""
    parser = argparse.ArgumentParser(prog="python -m tests.hosts")
    known = hosts()
    parser.add_argument("names", nargs="*", metavar="NAME", help="hosts; all of them by default")
    parser.add_argument(
        "--write", action="store_true", help="note the outcomes in expected.yml and docs/hosts.md"
    )
    parser.add_argument(
        "--keep", type=Path, help="an empty folder where the hosts stay, to look at"
    )
    parser.add_argument("--list", action="store_true", help="only list them")
    given = parser.parse_args()
    if unknown := {*given.names} - {*known}:
        parser.error(f"no host is called {', '.join(sorted(unknown))}; try --list")
    if given.list:
        print("\n".join(f"{name}: {host.about}" for name, host in known.items()))
        return 0
    with tempfile.TemporaryDirectory(prefix="hosts-") as scratch:
        _prepare(Path(scratch))
        return walk_all(given.names or [*known], given.keep or Path(scratch) / "hosts", given.write)


def walk_all(names: list[str], folder: Path, write: bool) -> int:
    """Walks through the hosts, says what became of each, and writes it down where it should."""
    known, wanted, wrong = hosts(), expected(), 0
    for name in names:
        began = time.monotonic()
        walk = Walk(known[name], folder.resolve() / name / "repository", _say)
        outcome = walk.run()
        seconds = time.monotonic() - began
        slow = f", more than {MOST} s" if seconds > MOST else ""
        _say(f"{name}: {outcome} ({seconds:.0f} s{slow})")
        for step, reason in walk.failures.items():
            _say(f"--- {name}: {step}\n{reason}")
        if write:
            expect({name: outcome})
            table.write(known, expected())
        elif not same(outcome, was := wanted.get(name, "nothing")):
            wrong += 1
            _say(f"{name}: expected was: {was}\n  python -m tests.hosts --write {name}")
    return 1 if wrong else 0


def same(outcome: str, wanted: str) -> bool:
    """Whether the outcomes are alike: of a failure its steps count, as the words of tools change."""
    failure = "fails: "
    if outcome.startswith(failure) and wanted.startswith(failure):
        return outcome.split(": ")[1] == wanted.split(": ")[1]
    return outcome == wanted


def _prepare(scratch: Path) -> None:
    """What the fixtures of conftest.py do for tests."""
    os.environ.update(GIT)
    os.environ.setdefault(packages.FOLDER, str(scratch / "packages"))
    os.environ["SCAFFOLD_SOURCE"] = str(make_source(scratch / "source"))
    os.environ["XDG_CACHE_HOME"] = str(scratch / "cache")


def _say(text: str) -> None:
    print(text, flush=True)


if __name__ == "__main__":
    sys.exit(main())
