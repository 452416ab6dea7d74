"""`python -m tests.attack [STYLE …]`: attacks the built service of each style; see `--help`."""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from tests.attack import KINDS, run
from tests.attack.planting import Fault, faults, planted
from tests.attack.projects import DOCUMENTS, build, forget_build, prepare, project
from tests.attack.services import target
from tests.attack.table import Result, is_known, no_longer, write
from tests.e2e.stacks import Stack

REQUESTS = 20_000
# A planted fault of fuzzing is found long before.
FEW = 2_000
SHOWN = 20
LONGEST = 900


def main() -> int:
    """Exit code 1 where something was found that nobody knows of, or a planted fault was not found."""
    parser = argparse.ArgumentParser(prog="python -m tests.attack")
    parser.add_argument("styles", nargs="*", metavar="STYLE", help="all by default")
    parser.add_argument("--seed", type=int, default=1, help="another seed makes other requests")
    parser.add_argument("--kind", action="append", choices=KINDS, help="only this kind of attack")
    parser.add_argument("--requests", type=int, default=REQUESTS, help="how many fuzzing sends")
    parser.add_argument("--no-faults", action="store_true", help="plant none")
    parser.add_argument("--fault", metavar="WORDS", help="only faults whose names have the words")
    parser.add_argument("--write", action="store_true", help="write the table of docs/security.md")
    parser.add_argument("--keep", type=Path, help="a folder where the projects stay, and are found")
    given = parser.parse_args()
    styles = given.styles or [*DOCUMENTS]
    if unknown := {*styles} - {*DOCUMENTS}:
        parser.error(f"no style is called {', '.join(sorted(unknown))}: {', '.join(DOCUMENTS)}")
    wrong = 0
    with tempfile.TemporaryDirectory(prefix="attack-") as scratch:
        prepare(Path(scratch))
        for style in styles:
            folder = (given.keep or Path(scratch) / "projects").resolve() / style / "clinic"
            made = project(style, folder)
            result = Result()
            kinds = given.kind or KINDS
            if given.fault is None:
                wrong += _attack(style, made, kinds, result, given)
            if not given.no_faults:
                word = given.fault or ""
                chosen = [it for it in faults([style]) if word in it.name and it.kind in kinds]
                wrong += _plant(style, made, chosen, result, given.seed)
            if given.write:
                write({style: result})
    return 1 if wrong else 0


def _attack(
    style: str, made: Stack, kinds: Sequence[str], result: Result, given: argparse.Namespace
) -> int:
    """How many findings nobody knew of."""
    wrong = 0
    with target(made, given.requests) as service:
        began = time.monotonic()
        for outcome in run(service, kinds, given.seed):
            seconds, began = time.monotonic() - began, time.monotonic()
            new = [it for it in outcome.found if not is_known(style, outcome.kind, it)]
            wrong += len(new)
            told = f"{outcome.tries:6} tries, {len(outcome.found)} found"
            _say(f"{style}: {outcome.kind:18} {told} ({seconds:.0f} s)")
            for text in new[:SHOWN]:
                _say(f"  {text}{outcome.found[text]}"[:LONGEST])
            for text in no_longer(style, outcome.kind, outcome.found):
                wrong += 1
                _say(f"  is no longer found, so take it out of known.yml: {text}")
            if new:
                again = f"--seed {given.seed} --kind '{outcome.kind}' --no-faults {style}"
                _say(f"  again: python -m tests.attack {again}")
            result.tries[outcome.kind] = outcome.tries
            result.found[outcome.kind] = len(outcome.found)
    return wrong


def _plant(style: str, made: Stack, chosen: list[Fault], result: Result, seed: int) -> int:
    """How many planted faults no attack found."""
    for fault in chosen:
        result.planted += 1
        try:
            with planted(fault, made.folder):
                build(made)
                with target(made, FEW) as service:
                    [outcome] = run(service, [fault.kind], seed)
        except AssertionError as error:
            _say(f"{style}: NOT PLANTED: {fault.name}: {error}"[:LONGEST])
            continue
        # What was there before tells nothing, nor does an attack that could not be tried.
        new = [
            text
            for text in outcome.found
            if not is_known(style, fault.kind, text) and "broke:" not in text
        ]
        result.caught += bool(new)
        _say(f"{style}: planted: {fault.name}: {new[0] if new else 'NOT FOUND'}")
    if chosen:
        # What is built has the fault.
        forget_build(made)
    return result.planted - result.caught


def _say(text: str) -> None:
    print(text, flush=True)


if __name__ == "__main__":
    sys.exit(main())
