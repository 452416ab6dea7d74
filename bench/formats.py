"""`make bench`: what a project's own formatter costs, in ms.

The same commands run in turns in two projects alike, one with a formatter and one without. The medians of the
differences count, so that a slow minute meets both.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from bench.bench import start
from bench.look import APP
from tools.node import node_env
from tools.source import GIT, make_source

PACKAGES = ("prettier@3.10.1", "@biomejs/biome@2.6.8")
FASTAPI = {
    "pyproject.toml": '[project]\nname = "shop"\nversion = "0.1.0"\ndependencies = ["fastapi>=0.115"]\n',
    "app/__init__.py": "",
    "app/main.py": "from fastapi import FastAPI\n\napp = FastAPI()\n",
}
NEXT = {
    "package.json": '{"name": "shop", "private": true, "dependencies": {"next": "16.4.5"}}\n',
    "tsconfig.json": APP["tsconfig.json"],
    "src/app/page.tsx": APP["src/app/page.tsx"],
}


@dataclass(frozen=True)
class Case:
    """A formatter: the files that make a project have it, and what it may cost at first and with each field."""

    name: str
    style: str
    files: Mapping[str, str]
    first: float
    field: float


# 2.5 s and 0.4 s for Prettier, 0.05 s for what is native; the first endpoint has no other limit.
CASES = (
    Case("prettier", "supabase", {".prettierrc": '{"semi": false, "useTabs": true}'}, 2500, 400),
    Case("biome", "supabase", {"biome.json": "{}"}, 2500, 50),
    Case("ruff", "fastapi", {"ruff.toml": "line-length = 100\n"}, 2500, 50),
)


def measure(case: Case, scratch: Path, packages: Path, rounds: int) -> tuple[float, float]:
    """What the first endpoint and the median field take beyond those without the formatter, in ms."""
    folders = {name: scratch / case.name / name for name in ("with", "without")}
    env = {**node_env(), **GIT, "SCAFFOLD_SOURCE": str(scratch / "source")}
    env["XDG_CACHE_HOME"] = str(scratch / "cache")
    env["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{env['PATH']}"
    # Where this is set, each run would compile all of scaffold again, which no installed copy does.
    env.pop("PYTHONDONTWRITEBYTECODE", None)
    scaffold = str(Path(sys.executable).with_name("scaffold"))
    texts = FASTAPI if case.style == "fastapi" else NEXT
    for name, folder in folders.items():
        for path, text in {**texts, **(case.files if name == "with" else {})}.items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_text(text)
        if case.style != "fastapi":
            shutil.copytree(packages / "node_modules", folder / "node_modules", symlinks=True)
    # What is compiled and rendered is known to both.
    for _ in range(2):
        for folder in folders.values():
            start(
                [scaffold, "endpoint", "posts", "title:string", "--style", case.style, "--dry-run"],
                folder,
                env,
            )
    first = {
        name: start(
            [scaffold, "endpoint", "posts", "title:string", "--style", case.style], folder, env
        )
        for name, folder in folders.items()
    }
    more = []
    for number in range(rounds + 1):
        taken = {}
        for name, folder in folders.items():
            # A tree that one of them rendered is kept for the other, if it is the same.
            words = [scaffold, "field", "add", "posts", f"{name}_{number}:int?"]
            taken[name] = start(words, folder, env)
        if number:
            more.append(taken["with"] - taken["without"])
    return (first["with"] - first["without"]) * 1000, statistics.median(more) * 1000


def main() -> int:
    """Print the table; 1 where a formatter costs too much."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rounds", type=int, default=11, help="fields in each (default: 11)")
    options = parser.parse_args()
    failed = False
    with tempfile.TemporaryDirectory(prefix="scaffold-bench-") as name:
        scratch = Path(name)
        make_source(scratch / "source")
        packages = scratch / "packages"
        packages.mkdir()
        (packages / "package.json").write_text(json.dumps({"private": True}))
        start(["npm", "install", "--silent", *PACKAGES], packages, node_env())
        for case in CASES:
            first, field = measure(case, scratch, packages, options.rounds)
            over = first > case.first or field > case.field
            failed |= over
            print(
                f"{case.name:<10} first endpoint {first:>6.0f} ms of {case.first:.0f}, "
                f"each field {field:>6.0f} ms of {case.field:.0f}{'  over the limit' if over else ''}"
            )
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
