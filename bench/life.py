"""`make bench`, second part: a project of 1,000 files, 100 templates of which change, with 10 files edited.

`scaffold update` against `copier update`, on copies of the project and with the same result; `scaffold
status` against `git status` and what `scaffold --version` may take together, which is four times an empty
Python: a `--version` that takes less must not make a slower `status` of it. Each pair runs one after the
other, so a slow minute meets both.
"""

from __future__ import annotations

import argparse
import filecmp
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

from scaffold.manifest.manifest import load
from scaffold.rendering.render import Templates
from scaffold.resources.fields import parse_fields
from scaffold.resources.names import singular
from scaffold.resources.resource import Resource
from scaffold.sources.address import fetch
from tools.source import GIT, commit, git, make_source

FILES = 1000
CHANGED = 100
EDITED = 10
FASTER = 20.0
STATUS = 2.0
VERSION = 4
FIELDS = ["title:string{1..200}", "score:decimal{0..100}?", "status:enum(draft,published)+=draft"]


def main() -> int:
    """Print what was measured, or JSON; 1 where a limit is passed or the results differ."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--pairs", type=int, default=11, help="pairs for `status` (default: 11)")
    parser.add_argument(
        "--updates", type=int, default=5, help="runs of `scaffold update` (default: 5)"
    )
    parser.add_argument("--json", action="store_true", help="one JSON object on standard output")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="scaffold-bench-") as scratch:
        result = measure(Path(scratch), options.pairs, options.updates)
    if options.json:
        print(json.dumps({"version": 1, **result}))
    else:
        print(
            f"a project of {result['files']} files, {CHANGED} templates changed, {EDITED} files edited"
        )
        print(
            f"scaffold update: {result['update']:.2f} s, copier update: {result['copier']:.1f} s: "
            f"{result['faster']:.0f} times as fast (at least {FASTER:.0f}); "
            f"{'the same result' if result['same'] else 'ANOTHER RESULT'}"
        )
        print(
            f"scaffold status: {result['status_ms']:.0f} ms, "
            f"{result['status']:.2f} times `git status` + {VERSION} times `python -c pass` (at most {STATUS})"
        )
    return 0 if result["ok"] else 1


def measure(scratch: Path, pairs: int, updates: int) -> dict[str, float | bool]:
    """Both comparisons; `faster` is the median of the runs of `scaffold update`."""
    os.environ.update(GIT)
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    os.environ["XDG_CACHE_HOME"] = str(scratch / "cache")
    source = make_source(scratch / "source", "v1.0.0")
    os.environ["SCAFFOLD_SOURCE"] = str(source)
    project = make_project(scratch / "project")
    names = git(project, "ls-files", "-z").split("\0")[:-1]
    scaffold = str(Path(sys.executable).with_name("scaffold"))

    ratios, times = [], []
    for number in range(pairs + 1):
        version = VERSION * seconds([sys.executable, "-c", "pass"], project)
        other = seconds(["git", "status"], project) + version
        taken = seconds([scaffold, "status"], project)
        if number:
            ratios.append(taken / other)
            times.append(taken * 1000)

    change_templates(source)
    by_copier = scratch / "copier"
    shutil.copytree(project, by_copier, symlinks=True)
    mine = []
    half = (updates + 1) // 2
    for number in range(half):
        mine.append(update(scratch, number))
    copier = seconds([sys.executable, "-m", "copier", "update"], by_copier)
    for number in range(half, updates):
        mine.append(update(scratch, number))
    same = all(tree_equal(scratch / f"scaffold{number}", by_copier) for number in range(updates))
    taken = statistics.median(mine)
    status = statistics.median(ratios)
    return {
        "ok": same and copier / taken >= FASTER and status <= STATUS,
        "files": len(names),
        "update": taken,
        "copier": copier,
        "faster": copier / taken,
        "same": same,
        "status": status,
        "status_ms": statistics.median(times),
    }


def update(scratch: Path, number: int) -> float:
    """Seconds of one `scaffold update` in a copy of the project, with a cache that does not know the new version."""
    project, cache = scratch / f"scaffold{number}", scratch / f"cache{number}"
    shutil.copytree(scratch / "project", project, symlinks=True)
    shutil.copytree(scratch / "cache", cache)
    os.environ["XDG_CACHE_HOME"] = str(cache)
    # What the copies left to be written would be waited for by who makes its own files durable.
    os.sync()
    return seconds([str(Path(sys.executable).with_name("scaffold")), "update"], project)


def make_project(folder: Path) -> Path:
    """A committed project of as many resources as it takes, with edits."""
    scaffold = str(Path(sys.executable).with_name("scaffold"))
    seconds([scaffold, "new", str(folder), "--style", "supabase"], folder.parent)
    manifest = load(folder)
    assert manifest is not None
    templates = Templates(fetch(manifest.version))
    number = 0
    while len(tree := templates.render(manifest)) < FILES:
        more = []
        for _ in range(max(1, (FILES - len(tree)) // 10)):
            name = f"things_{chr(97 + number // 26)}{chr(97 + number % 26)}"
            more.append(Resource(name, singular(name), parse_fields(FIELDS)))
            number += 1
        resources = sorted((*manifest.resources, *more), key=lambda item: item.name)
        manifest = replace(manifest, resources=tuple(resources))
    for path, text in tree.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)
    routes = sorted((folder / "src/app/api").rglob("route.ts"))
    for route in routes[:EDITED]:
        route.write_text(f"// A line of the user's.\n{route.read_text()}")
    commit(folder, "Many resources, some edits")
    return folder


def change_templates(source: Path) -> None:
    """A version in which so many templates end with one more line; those of resources come first."""
    every = sorted(
        (source / "templates/nextjs").rglob("*.ts.jinja"),
        key=lambda path: ("yield" not in str(path), str(path)),
    )
    assert len(every) >= CHANGED
    for path in every[:CHANGED]:
        path.write_text(path.read_text() + "// A line of the new version.\n")
    commit(source, "A new version", "v1.1.0")


def tree_equal(one: Path, other: Path) -> bool:
    """Whether git would see no difference between two work trees."""
    found = []
    for folder in (one, other):
        git(folder, "add", "--all")
        found.append(git(folder, "ls-files", "-z").split("\0")[:-1])
    if found[0] != found[1]:
        return False
    _, differing, errors = filecmp.cmpfiles(one, other, found[0], shallow=False)
    return not differing and not errors


def seconds(command: list[str], folder: Path) -> float:
    """What a command takes; ends the benchmark where it fails."""
    began = time.perf_counter()
    done = subprocess.run(
        command, cwd=folder, stdin=subprocess.DEVNULL, capture_output=True, text=True
    )
    taken = time.perf_counter() - began
    if done.returncode:
        sys.exit(f"{' '.join(command)} ended with {done.returncode}:\n{done.stdout}{done.stderr}")
    return taken


if __name__ == "__main__":
    sys.exit(main())
