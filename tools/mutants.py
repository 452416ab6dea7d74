"""`make mutants`: plants the faults of tests/mutants.yml, one at a time, and runs the one test that must find each.

A fault is one text of one file in place of another. The test runs in a copy of the checkout, so several
run at a time; generated projects share the packages that the first of them installed. A fault in a
template changes examples/ as well, as in any commit that changes a template, so that folder tells nothing here.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from tools.source import ROOT, git

LIST = ROOT / "tests/mutants.yml"
AT_ONCE = 2
# A line of pytest's summary: what a test did, and its node id.
_TOLD = re.compile(r"^([A-Z]+) (tests/.*?)(?= - |$)", re.MULTILINE)


@dataclass(frozen=True)
class Mutant:
    """A planted fault: `old` stands once in `file`, and `test` (a node id of pytest) fails where `new` does.

    `covers` are rooms of src/scaffold and styles. `after` is a test that has to pass first, such as the one
    that installs the project. `origin` says where the fault was real, `quick` that `make check` finds it.
    """

    name: str
    covers: tuple[str, ...]
    file: str
    old: str
    new: str
    test: str
    after: str = ""
    origin: str = ""
    quick: bool = False

    def plant(self, root: Path) -> None:
        """Changes the file below `root`. Raises ValueError where the text is not there exactly once."""
        path = root / self.file
        text = path.read_text("utf-8")
        if text.count(self.old) != 1:
            raise ValueError(f"{self.name}: {self.file} has its text {text.count(self.old)} times")
        path.write_text(text.replace(self.old, self.new), "utf-8")


@dataclass(frozen=True)
class Found:
    """What a mutant's test did: whether it failed, how long it took (s), and the end of its output."""

    mutant: Mutant
    ok: bool
    seconds: float
    output: str


def read(path: Path = LIST) -> list[Mutant]:
    """The mutants of the list, in its order."""
    entries: list[Mapping[str, Any]] = yaml.safe_load(path.read_text("utf-8"))
    return [
        Mutant(
            name=entry["name"],
            covers=tuple(entry["covers"]),
            file=entry["file"],
            old=entry["old"],
            new=entry["new"],
            test=entry["test"],
            after=entry.get("after", ""),
            origin=entry.get("origin", ""),
            quick=entry.get("quick", False),
        )
        for entry in entries
    ]


def run(mutant: Mutant, packages: Path, *, clean: bool = False) -> Found:
    """Runs the mutant's test in a copy with the fault, or without it where `clean`: then it must pass."""
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="scaffold-mutant-") as scratch:
        root = Path(scratch) / "checkout"
        _copy(root)
        if not clean:
            mutant.plant(root)
        # Tests that make a repository of templates read this one: it must have no uncommitted changes.
        git(root, "add", "--all")
        git(root, "commit", "--quiet", "--allow-empty", "--message=Planted")
        env = {**os.environ, "PYTHONPATH": str(root / "src"), "SCAFFOLD_PACKAGES": str(packages)}
        base = f"--basetemp={scratch}/pytest"
        command = [sys.executable, "-m", "pytest", "-q", "-rfEp", "-p", "no:cacheprovider", base]
        command += [*[mutant.after] * bool(mutant.after), mutant.test]
        done = subprocess.run(command, cwd=root, env=env, capture_output=True, text=True)
    # Not the exit code: a fixture that breaks, or a project that cannot be installed, is no find.
    told = set(_TOLD.findall(done.stdout))
    wanted = {("PASSED" if clean else "FAILED", mutant.test)}
    wanted |= {("PASSED", mutant.after)} if mutant.after else set()
    seconds = time.monotonic() - began
    return Found(mutant, told == wanted, seconds, (done.stdout + done.stderr)[-2000:])


def _copy(root: Path) -> None:
    """The checkout as a repository with its history, and with what is not committed yet."""
    git(ROOT, "clone", "--quiet", "--shared", "--template=", str(ROOT), str(root))
    for name in git(ROOT, "ls-files", "-z", "-mo", "--exclude-standard").split("\0"):
        if name and (ROOT / name).is_file():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, root / name)


def table(results: Iterable[Found]) -> str:
    """The results for people, a line each."""
    lines = [
        f"{'found' if one.ok else 'MISSED':<7}{one.seconds:>5.0f} s  {one.mutant.name:<52}"
        f"{', '.join(one.mutant.covers):<24}{re.sub(r'^tests/', '', one.mutant.test)}"
        for one in results
    ]
    return "\n".join(lines)


def main() -> int:
    """Prints the table and the count; 1 where a fault was not found."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--only", nargs="+", metavar="NAME", help="these mutants, by their names")
    parser.add_argument(
        "--clean", action="store_true", help="run the tests without the faults: all must pass"
    )
    options = parser.parse_args()
    mutants = [one for one in read() if not options.only or one.name in options.only]
    with tempfile.TemporaryDirectory(prefix="scaffold-packages-") as packages:
        shared = Path(os.environ.get("SCAFFOLD_PACKAGES") or packages)
        with ThreadPoolExecutor(AT_ONCE) as pool:
            results = []
            for one in pool.map(lambda mutant: run(mutant, shared, clean=options.clean), mutants):
                results.append(one)
                print(table([one]), flush=True)
                if not one.ok:
                    print(one.output, flush=True)
    good = sum(one.ok for one in results)
    print(f"\n{good} of {len(results)} {'pass' if options.clean else 'found'}")
    return 0 if good == len(results) else 1


if __name__ == "__main__":
    sys.exit(main())
