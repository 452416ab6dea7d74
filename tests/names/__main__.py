"""`python -m tests.names [--nouns N] [STYLE ...]`: tries what is emitted for every name; exit code 1 where it fails."""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from scaffold.rendering.render import Tree
from tests.e2e.shell import Postgres
from tests.names import fastapi, nextjs, sources
from tests.names.projects import SIZE, of_fields, of_resources
from tests.support import packages, words
from tests.support.days import of_day
from tests.support.projects import AGENTS, NEXTJS

STYLES = [path.stem for path in AGENTS]


def main() -> int:
    """The exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.names")
    parser.add_argument("styles", nargs="*", metavar="STYLE", help=f"by default {' '.join(STYLES)}")
    parser.add_argument(
        "--nouns",
        type=int,
        default=2,
        metavar="N",
        help=f"of the nouns in TypeScript, N projects of {SIZE} a style, others each day (0: none, 99: all)",
    )
    given = parser.parse_args()
    if unknown := {*given.styles} - {*STYLES}:
        parser.error(f"no style is called {', '.join(sorted(unknown))}")
    wrong = 0
    with tempfile.TemporaryDirectory(prefix="names-") as scratch:
        os.environ.setdefault(packages.FOLDER, f"{scratch}/packages")
        postgres = Postgres(Path(scratch) / "postgres")
        postgres.start()
        try:
            wrong += report("words", 0, sources.missing(postgres))
            for style in given.styles or STYLES:
                for name, tree, whole in projects(style, given.nouns):
                    wrong += tried(Path(scratch) / "project", name, tree, postgres, whole)
        finally:
            postgres.stop()
    return int(wrong > 0)


def projects(style: str, nouns: int) -> Iterator[tuple[str, Tree, bool]]:
    """Projects of a style, each with its name and whether all is tried that can be."""
    for name, tree in (
        *of_fields(style, words.spellings()),
        *of_resources(style, words.spellings()),
    ):
        yield name, tree, True
    if style in NEXTJS:
        lists = of_day(list(of_resources(style, words.nouns())), nouns, soak=nouns > SIZE // 4)
    else:
        lists = list(of_resources(style, words.nouns()))
    for name, tree in lists:
        yield name, tree, False


def tried(folder: Path, name: str, tree: Tree, postgres: Postgres, whole: bool) -> int:
    """How much of a project fails."""
    began = time.monotonic()
    for path, text in tree.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        assert not target.exists(), f"{name}: two files are {path}"
        target.write_text(text)
    if "package.json" in tree:
        found = nextjs.problems(tree, folder, postgres)
    else:
        found = fastapi.problems(tree, folder, postgres, whole=whole)
    shutil.rmtree(folder)
    return report(name, time.monotonic() - began, found)


def report(name: str, seconds: float, found: list[str]) -> int:
    """Says what was found, and how much."""
    print(
        f"{name}: {'fails' if found else 'works'} ({seconds:.0f} s)", *found, sep="\n", flush=True
    )
    return len(found)


if __name__ == "__main__":
    sys.exit(main())
