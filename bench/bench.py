"""`make bench`: what a command costs, as a ratio to an empty Python.

Wall times differ from machine to machine and from minute to minute; the ratio of two processes that
ran one after the other hardly does. Each pair runs `python -c pass`, then the command; the median
of the pairs' ratios is what counts.

Nobody adds the same endpoint twice, and scaffold keeps the trees that it rendered: so each run of
`endpoint` gets a name that no run had before, in a project whose own tree is kept, as after the
user's last command. The row `endpoint, again` is what a tree that is kept saves.
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from tools.source import GIT, make_source

FIELDS = ["title:string{1..200}", "score:decimal{0..100}?", "status:enum(draft,published)+=draft"]
# Where this stands in a command, each run has another name.
NEW_NAME = "NEW_NAME"
WORDS = ("lessons", "grades", "teachers", "rooms", "exams", "courses")


@dataclass(frozen=True)
class Case:
    """A command; `limit` is the highest ratio, or that of the case named `no_more_than`."""

    name: str
    args: list[str]
    limit: float | None = None
    no_more_than: str | None = None


CASES = (
    # Before src/scaffold had rooms, runs of this benchmark came to 13.8 to 14.6.
    Case("endpoint", ["endpoint", NEW_NAME, *FIELDS], limit=15.5),
    Case(
        "endpoint --dry-run",
        ["endpoint", NEW_NAME, *FIELDS, "--dry-run"],
        no_more_than="endpoint",
    ),
    Case("endpoint, again", ["endpoint", "lessons", *FIELDS], no_more_than="endpoint"),
    Case("--version", ["--version"]),
    Case("status", ["status"]),
)
# Two runs of the same command differ by this much.
NOISE = 1.05


@dataclass(frozen=True)
class Result:
    """Median ratio and median wall time (ms) of a case, and whether it is within its limit."""

    name: str
    ratio: float
    milliseconds: float
    limit: float | None
    ok: bool


def main() -> int:
    """Print the table, or JSON; 1 where a limit is passed."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument(
        "--pairs", type=int, default=21, help="pairs for each command (default: 21)"
    )
    parser.add_argument("--json", action="store_true", help="one JSON object on standard output")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="scaffold-bench-") as scratch:
        results = measure(Path(scratch), options.pairs)
    failed = [result.name for result in results if not result.ok]
    if options.json:
        print(json.dumps({"version": 1, "ok": not failed, "results": [asdict(r) for r in results]}))
    else:
        print(f"{'scaffold …':<22}{'ratio':>7}{'limit':>7}{'ms':>7}")
        for result in results:
            limit = f"{result.limit:.1f}" if result.limit else "-"
            mark = "" if result.ok else "  over the limit"
            print(
                f"{result.name:<22}{result.ratio:>7.1f}{limit:>7}{result.milliseconds:>7.0f}{mark}"
            )
        print(f"ratio: to `python -c pass`, the median of {options.pairs} pairs")
    return 1 if failed else 0


def measure(scratch: Path, pairs: int) -> list[Result]:
    """All cases, in a project with one resource; each run gets a fresh copy of it."""
    source = make_source(scratch / "source")
    env = {
        **os.environ,
        **GIT,
        "SCAFFOLD_SOURCE": str(source),
        "XDG_CACHE_HOME": str(scratch / "cache"),
    }
    # Where this is set, each run would compile all of scaffold again, which no installed copy does.
    env.pop("PYTHONDONTWRITEBYTECODE", None)
    scaffold = str(Path(sys.executable).with_name("scaffold"))
    small = scratch / "small"
    start([scaffold, "new", str(small), "--style", "supabase"], scratch, env)
    start([scaffold, "endpoint", "courses", "title:string{1..200}"], small, env)
    runs: dict[str, list[float]] = {case.name: [] for case in CASES}
    ratios: dict[str, list[float]] = {case.name: [] for case in CASES}
    names = new_names()

    def timed(command: list[str]) -> float:
        return fresh(small, lambda folder: start(command, folder, env))

    # One warm-up, then every case in each round, so that a slow minute meets all of them.
    for number in range(pairs + 1):
        for case in CASES:
            empty = timed([sys.executable, "-c", "pass"])
            name = next(names)
            taken = timed([scaffold, *(name if arg == NEW_NAME else arg for arg in case.args)])
            if number:
                runs[case.name].append(taken * 1000)
                ratios[case.name].append(taken / empty)
    medians = {name: statistics.median(values) for name, values in ratios.items()}
    results = []
    for case in CASES:
        limit = medians[case.no_more_than] * NOISE if case.no_more_than else case.limit
        ratio = medians[case.name]
        milliseconds = statistics.median(runs[case.name])
        results.append(Result(case.name, ratio, milliseconds, limit, not limit or ratio <= limit))
    return results


def new_names() -> Iterator[str]:
    """`term1_lessons`, `term1_grades`, … `term2_lessons`: no name twice, the same ones in each benchmark."""
    for number in itertools.count(1):
        yield from (f"term{number}_{word}" for word in WORDS)


def fresh(project: Path, action: Callable[[Path], float]) -> float:
    """What `action` gives, in a copy of the project that is removed again."""
    copy = project.with_name("copy")
    shutil.copytree(project, copy, symlinks=True)
    # The command syncs what it writes, and would wait for the copy, too.
    os.sync()
    try:
        return action(copy)
    finally:
        shutil.rmtree(copy)


def start(command: list[str], folder: Path, env: dict[str, str]) -> float:
    """Seconds that the command takes; ends the benchmark where it fails."""
    began = time.perf_counter()
    done = subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True)
    taken = time.perf_counter() - began
    if done.returncode:
        sys.exit(f"{' '.join(command)} ended with {done.returncode}:\n{done.stdout}{done.stderr}")
    return taken


if __name__ == "__main__":
    sys.exit(main())
