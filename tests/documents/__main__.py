"""`python -m tests.documents FOLDER`: what the importer makes of a folder of documents.

Prints how many documents `--style` takes, with the misses accepted, and why it refuses the others; how many statements
apply by themselves; and how they compare with what people found: tests/documents/judged.md, or a `judged.md` in FOLDER.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from pathlib import Path

from scaffold.agents.decisions import decide
from scaffold.agents.imports import import_documents
from scaffold.conventions.schema import Schema
from scaffold.documents import importer
from scaffold.documents.evidence import Confidence
from scaffold.documents.front_matter import decode
from scaffold.documents.importer import Reading
from scaffold.documents.markdown import read
from scaffold.support.errors import UserError
from scaffold.support.yaml import mapping_of
from tests.documents.judged import Score, compare, file_of, load
from tools.source import ROOT

SLOW = 0.3
JUDGED = ROOT / "tests/documents/judged.md"
# What has to be reached: lines found, of those sure; of all that is sure, not wrong.
GOALS = (0.90, 0.85, 0.97)
# Why a document is refused, by words of the message.
REFUSALS = {
    "names no framework": "refused: no framework",
    "is not certain": "refused: framework not certain",
    "the framework is": "refused: another framework",
    "leaves open": "refused: to decide",
    "states no conventions": "refused: nothing stated",
}
SCHEMA = "templates/conventions.yml"
KINDS = {
    Confidence.SURE: "applied",
    Confidence.LIKELY: "likely",
    Confidence.ASK: "to decide",
}


def main() -> int:
    """Prints the figures; 1 where a document is slow or a goal is not reached."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument(
        "--judged",
        type=Path,
        help="the values found by hand (default: judged.md in the folder, or ours)",
    )
    parser.add_argument(
        "--verbose", "-v", action="store_true", help="each line that is missed, wrong or not judged"
    )
    parser.add_argument("--only", default="", help="documents whose names have this in them")
    options = parser.parse_args()
    own = options.folder / "judged.md"
    judged = options.judged or (own if own.is_file() else JUDGED)
    lines = {file_of(name): found for name, found in load(judged).items()}
    schema = mapping_of(SCHEMA, (ROOT / SCHEMA).read_text("utf-8"))
    counts: Counter[str] = Counter()
    total = Score()
    slow = 0
    for path in sorted(options.folder.iterdir()):
        if not _is_document(path) or options.only not in path.name:
            continue
        began = time.monotonic()
        reading = _reading(path, schema)
        seconds = time.monotonic() - began
        if seconds > SLOW:
            slow = 1
            print(f"slow: {path.name} {seconds:.2f} s")
        if reading is None:
            counts["refused"] += 1
            continue
        counts["documents"] += 1
        counts[_outcome(path, schema)] += 1
        counts.update(KINDS[statement.confidence] for statement in reading.statements)
        counts["not emitted"] += len(reading.unsupported)
        if path.name in lines:
            total.add(compare(path.name[:40], lines[path.name], reading))
    for kind, count in sorted(counts.items()):
        print(f"{kind:<32} {count}")
    if not total.lines:
        return slow
    _print(total, options.verbose)
    reached = (
        total.found / total.lines,
        total.found_sure / max(1, total.found),
        1 - len(total.wrong) / max(1, total.sure),
    )
    return slow or int(any(share < goal for share, goal in zip(reached, GOALS, strict=True)))


def _is_document(path: Path) -> bool:
    return path.is_file() and path.suffix != ".tsv" and path.name != JUDGED.name


def _outcome(path: Path, schema: Schema) -> str:
    """What `--style` makes of a document in an empty folder."""
    try:
        imported = import_documents([str(path)], schema, path.parent)
        decide(imported, schema, path.name, facts={}, accept=True)
    except UserError as error:
        fitting = (kind for words, kind in REFUSALS.items() if words in error.message)
        return next(fitting, f"refused: {error.message[:60]}")
    return "a service is made"


def _reading(path: Path, schema: Schema) -> Reading | None:
    """What a document states; None where it is refused, and then says why."""
    try:
        return importer.read(read(decode(path.read_bytes(), path.name), path.name), schema)
    except UserError as error:
        print(f"refused: {error.message}")
        return None


def _print(score: Score, verbose: bool) -> None:
    lists = {"missed": score.missed, "wrong": score.wrong, "not judged": score.extra}
    for title, texts in lists.items() if verbose else ():
        print("\n".join(["", title, *(f"  {text}" for text in texts)]))
    if verbose:
        print()
    found, right = score.found, score.sure - len(score.wrong)
    print(
        f"stated lines {score.lines}: found {found} ({found / score.lines:.1%}),"
        f" of those sure {score.found_sure} ({score.found_sure / max(1, found):.1%})"
    )
    print(
        f"called sure {score.sure}: not wrong {right} ({right / max(1, score.sure):.1%}),"
        f" of them not judged {len(score.extra)}"
    )


if __name__ == "__main__":
    sys.exit(main())
