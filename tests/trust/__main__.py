"""`python -m tests.trust [ROW ...]`: kills, full disks, read-only folders and hostile input, into docs/security.md."""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from tests.e2e.shell import npm
from tests.support import packages
from tests.support.projects import CHECKOUT, CLERK, manifest_of
from tests.trust import disk, kills, table
from tests.trust.areas import AREAS
from tests.trust.figures import Figures
from tests.trust.fuzz import Batch, batches, fuzz
from tests.trust.services import rows as services
from tests.trust.units import Units
from tools.source import GIT, make_source

INPUTS = sum(area.inputs for area in AREAS.values())
SEED = 20_261_129
ROWS = (*kills.COMMANDS, *disk.ROWS, *services.ROWS, *AREAS)


def main() -> int:
    """Exit code 1 where something does not hold."""
    parser = argparse.ArgumentParser(prog="python -m tests.trust")
    parser.add_argument("rows", nargs="*", metavar="ROW", help=f"all by default: {' '.join(ROWS)}")
    parser.add_argument("--inputs", type=int, default=INPUTS, help="of all areas together")
    parser.add_argument("--kills", type=int, default=kills.KILLS, help="of all commands together")
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--minutes", type=float, default=10_000, help="then stop; --resume goes on")
    parser.add_argument("--resume", action="store_true", help="leave out what has held already")
    parser.add_argument(
        "--no-scripts", action="store_true", help="TypeScript is not parsed: no npm"
    )
    parser.add_argument("--no-table", action="store_true", help="leave docs/security.md alone")
    parser.add_argument(
        "--as-is", action="store_true", help="take SCAFFOLD_SOURCE and the cache as they are"
    )
    given = parser.parse_args()
    if unknown := {*given.rows} - {*ROWS}:
        parser.error(f"no row is called {', '.join(sorted(unknown))}")
    rows = given.rows or [*ROWS]
    until = time.monotonic() + given.minutes * 60
    _say(f"seed {given.seed}; a row again: python -m tests.trust ROW --seed {given.seed}")
    units = Units(given.seed, keep=not given.no_table)
    if not given.resume:
        units.forget(rows)
    with tempfile.TemporaryDirectory(prefix="trust-") as name:
        scratch = Path(os.path.realpath(name))
        if not given.as_is:
            _prepare(scratch)
        for row, number, figures in _faults(rows, given.kills, given.seed, scratch, units):
            units.note(row, number, figures)
            if time.monotonic() > until:
                break
        todo = [
            batch
            for batch in batches([row for row in rows if row in AREAS], given.inputs)
            if not units.has(batch.area, batch.number, batch.inputs)
        ]
        if todo and time.monotonic() < until:
            _hostile(todo, given, scratch, units, until)
    found = {row: figures for row, figures in units.rows(ROWS).items() if row in rows}
    for row, figures in found.items():
        _say(f"{row}: {figures}")
    if not given.no_table:
        table.write(units.rows(ROWS))
    return 1 if any(figures.wrong for figures in found.values()) else 0


def _faults(
    rows: list[str], count: int, seed: int, scratch: Path, units: Units
) -> Iterator[tuple[str, int, Figures]]:
    each = max(1, count // len(kills.COMMANDS) // kills.PARTS)
    for row in rows:
        if row in kills.COMMANDS:
            for number in range(kills.PARTS):
                if not units.has(row, number, each):
                    yield row, number, kills.kill(row, each, seed + number, scratch / row, _say)
        elif row in disk.ROWS and not units.has(row, 0, 1):
            yield row, 0, disk.run(row, scratch / row, _say)
        for number, style in enumerate(services.ROWS.get(row, ())):
            if not units.has(row, number, 1):
                yield row, number, services.run(row, style, scratch, _say)


def _hostile(
    todo: list[Batch], given: argparse.Namespace, scratch: Path, units: Units, until: float
) -> None:
    typescript = None if given.no_scripts else _typescript()
    began = time.monotonic()
    wrong: dict[str, tuple[str, str]] = {}
    run = fuzz(todo, given.seed, scratch, typescript, given.workers, until)
    for done, (batch, tally) in enumerate(run, 1):
        units.note(batch.area, batch.number, tally.figures)
        for kind, (text, what) in tally.wrong.items():
            known = wrong.get(f"{batch.area}: {kind}")
            if known is None or len(text) < len(known[0]):
                wrong[f"{batch.area}: {kind}"] = (text, what)
        if done % 20 == 0 or done == len(todo):
            _say(f"{done} of {len(todo)} batches, {time.monotonic() - began:.0f} s")
    for kind, (text, what) in wrong.items():
        _say(f"--- {kind}\n{text[:3000]}\n{what}")


def _typescript() -> Path:
    """A folder with the package `typescript`, in the version of the generated services."""
    own = json.loads(CHECKOUT.render(manifest_of(CLERK, CHECKOUT))["package.json"])
    version = own["devDependencies"]["typescript"]
    with packages.once(f"typescript-{version}") as (folder, ready):
        if not ready:
            (folder / "package.json").write_text('{"private": true}')
            npm(folder, "install", f"typescript@{version}")
    return folder


def _prepare(scratch: Path) -> None:
    """What the fixtures of conftest.py do for tests."""
    os.environ.update(GIT)
    os.environ.setdefault(packages.FOLDER, str(scratch / "packages"))
    os.environ["SCAFFOLD_SOURCE"] = str(make_source(scratch / "source"))
    os.environ["XDG_CACHE_HOME"] = str(scratch / "cache")
    os.environ["GIT_TEMPLATE_DIR"] = ""


def _say(text: str) -> None:
    print(text, flush=True)


if __name__ == "__main__":
    sys.exit(main())
