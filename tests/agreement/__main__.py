"""`python -m tests.agreement [--write] [STYLE ...]`: what each style's document and service disagree on."""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from pathlib import Path

from tests.agreement import clients, linters, table
from tests.agreement.fuzz import fuzz
from tests.agreement.mutants import MUTANTS
from tests.agreement.service import STYLES, Live, live, make
from tests.contract.spec import Spec
from tests.support import packages
from tools.source import GIT, make_source

CLIENTS = {"TypeScript": clients.typescript, "Python": clients.python}


def main() -> int:
    """Exit code 1 where anything is found that should not be, or a mutant is not."""
    parser = argparse.ArgumentParser(prog="python -m tests.agreement")
    parser.add_argument("styles", nargs="*", metavar="STYLE", help="all of them by default")
    parser.add_argument("--write", action="store_true", help="note the figures in docs/openapi.md")
    parser.add_argument("--examples", type=int, default=30, help="for each operation and phase")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", type=Path, help="a folder where the services stay, to look at")
    given = parser.parse_args()
    if unknown := {*given.styles} - {*STYLES}:
        parser.error(f"no style is called {', '.join(sorted(unknown))}: {', '.join(STYLES)}")
    with tempfile.TemporaryDirectory(prefix="agreement-") as scratch:
        folder = Path(scratch)
        os.environ.update(GIT)
        os.environ.setdefault(packages.FOLDER, str(folder / "packages"))
        os.environ["SCAFFOLD_SOURCE"] = str(make_source(folder / "source"))
        os.environ["XDG_CACHE_HOME"] = str(folder / "cache")
        wrong = 0
        for style in given.styles or STYLES:
            made = (given.keep or folder / "made") / style
            row, said = agreement(style, made.resolve(), given.examples, given.seed)
            print(f"{style}: {' | '.join(row.cells)}", *said, sep="\n", flush=True)
            wrong += bool(said)
            if given.write:
                table.note(style, row)
        return 1 if wrong else 0


def agreement(style: str, folder: Path, examples: int, seed: int) -> tuple[table.Row, list[str]]:
    """The figures of a style, made in a new folder, and what has to be mended."""
    project = make(style, folder / "service")
    if (project.folder / "package.json").exists():
        project.command("build")
    with live(project) as service:
        found = fuzz(service, folder / "all", examples, seed)
        said = [found.text] if found.count else []
        assert found.selected == found.tested == len(service.operations), found
        lost = _lost(service, folder / "mutants")
        said += [f"not found: {name}" for name in lost]
        lint = linters.findings(service.document, folder / "lint")
        said += lint
        done = _clients(service, project.spec, folder / "clients", said)
    row = table.Row(
        operations=len(service.operations),
        requests=found.requests,
        findings=found.count,
        server_errors=found.server_errors,
        mutants=f"{len(MUTANTS) - len(lost)} of {len(MUTANTS)}",
        linters="clean" if not lint else f"{len(lint)} findings",
        clients=", ".join(done) or "none",
    )
    return row, said


def _lost(service: Live, folder: Path) -> list[str]:
    """Mutants of the document that nothing was said about."""
    lost = []
    for number, mutant in enumerate(MUTANTS):
        path = mutant.path(service.prefix, service.document)
        document = mutant.document(service.prefix, service.document)
        # The rest of the document would take its time, too.
        document["paths"] = {path: document["paths"][path]}
        only = ("--include-method", mutant.method.upper())
        if fuzz(service, folder / str(number), mutant.examples, 1, document, *only).count == 0:
            lost.append(mutant.name)
    return lost


def _clients(service: Live, spec: Spec, folder: Path, said: list[str]) -> list[str]:
    """Names of the clients that do the whole round; `said` gets why others do not."""
    done = []
    for name, do in CLIENTS.items():
        try:
            do(service, spec, folder / name.lower())
            done.append(name)
        except AssertionError as error:
            said.append(f"{name}: {error}")
    return done


if __name__ == "__main__":
    sys.exit(main())
