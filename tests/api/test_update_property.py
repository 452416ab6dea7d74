"""`scaffold update`, by chance: templates, projects, what a user does in them, and what comes next.

No line of the user's is lost, no conflict is hidden, the exit code tells the truth, and each file is what `git
merge-file` makes of three: as generated, as it is, as generated next. One seed again, with `SCAFFOLD_SOAK=1` where it
is beyond those of a day: `pytest 'tests/api/test_update_property.py::test_small[17]'`.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

import pytest

from scaffold.manifest.manifest import Manifest
from scaffold.sources.address import Version
from scaffold.support.project_files import MANIFEST
from tests.support import update_checks as checks
from tests.support import update_templates as templates
from tests.support.cases import snapshot
from tests.support.projects import resource
from tests.support.update_checks import World, run, seen
from tests.support.update_edits import User
from tests.support.update_oracle import PACKAGE, Refused, blocked, expect, files_of, follow
from tools.source import ROOT

SOAK = bool(os.environ.get("SCAFFOLD_SOAK"))
SMALL, REAL = (460, 40) if SOAK else (55, 5)
QUICK = 6
STYLES = ["supabase", "clerk", "prisma"]
FIELDS = ["title:string{1..200}", "rank:int=5", "active:bool=true", "body:text?", "due:date?"]
NAMES = ["notes", "grades", "invoices", "rooms", "log_entries"]


ran: set[int] = set()


@pytest.fixture
def world(tmp_path: Path) -> World:
    return world_in(tmp_path)


def world_in(folder: Path) -> World:
    made = World(folder / "project", folder / "templates.git", folder / "scratch")
    made.root.mkdir(parents=True)
    made.scratch.mkdir()
    return made


def _seeds() -> Iterator[Any]:
    for seed in range(SMALL):
        yield pytest.param(seed, marks=[pytest.mark.slow] if seed >= QUICK else [])


@pytest.mark.parametrize("seed", list(_seeds()))
def test_small(seed: int, world: World) -> None:
    scenario(seed, world)


def scenario(seed: int, world: World) -> None:
    dice = Random(f"small {seed}")
    files = templates.small(dice)
    templates.release(world.repository, files, "v1.0.0")
    manifest = Manifest(Version(str(world.repository), "v1.0.0"), dice.choice(STYLES), "toy")
    for name in dice.sample(NAMES, dice.randint(0, 3)):
        words = dice.sample(FIELDS, dice.randint(1, 3))
        manifest = manifest.with_resource(resource(name, *words))
    if dice.random() < 0.2:
        manifest = replace(manifest, overrides={"rate_limit": {"max": 77}})
    for path, text in world.tree(manifest, "v1.0.0").items():
        (world.root / path).parent.mkdir(parents=True, exist_ok=True)
        (world.root / path).write_bytes(text.encode())
    if dice.random() < 0.15:
        manifest = with_own_package(dice, world, manifest)
    if dice.random() < 0.3:
        templates.git("init", "--quiet", str(world.root))
    for minor in range(1, dice.choice([2, 2, 3])):
        new = templates.changed(dice, files)
        templates.release(world.repository, new, f"v1.{minor}.0")
        if not live(dice, world, f"v1.{minor}.0"):
            break
        files = new
    ran.add(seed)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(REAL))
def test_ours(seed: int, world: World) -> None:
    dice = Random(f"ours {seed}")
    files = templates.ours()
    templates.release(world.repository, files, "v1.0.0")
    style = sorted(path.stem for path in (ROOT / "agents").glob("*.md"))[seed % 5]
    source = ["--style", style, "--source", str(world.repository)]
    for name in dice.sample(NAMES, 2):
        words = dice.sample(FIELDS, dice.randint(1, 4))
        code, _, err = run(["endpoint", name, *words, *source, "--project", str(world.root)])
        assert code == 0, err
    templates.release(world.repository, templates.changed(dice, files, real=True), "v1.1.0")
    live(dice, world, "v1.1.0")


def with_own_package(dice: Random, world: World, manifest: Manifest) -> Manifest:
    """The project as one that had a package.json before scaffold came."""
    manifest = replace(manifest, foreign=(PACKAGE,))
    packages = {f"p{n}": "^0.5.0" for n in range(dice.randint(0, 2))}
    package = {"scripts": {"dev": "own"}, "dependencies": {"own": "1.0.0", **packages}}
    (world.root / PACKAGE).write_bytes(json.dumps(package, indent=2).encode())
    (world.root / MANIFEST).write_bytes(world.tree(manifest, "v1.0.0")[MANIFEST].encode())
    return manifest


def live(dice: Random, world: World, tag: str) -> bool:
    """Edits and an update to `tag`, the newest version, with everything that holds of it; False if it was refused."""
    manifest = world.manifest()
    before, after = (world.tree(manifest, one) for one in (manifest.version.commit, tag))
    user = User(dice, world.root, before, after, world.moved)
    user.edit(dice.randint(0, 12))
    if dice.random() < 0.12:
        user.spoil()
    package = None
    if PACKAGE in manifest.foreign:
        ours = replace(manifest, foreign=())
        old, new = (world.tree(ours, one)[PACKAGE] for one in (manifest.version.commit, tag))
        package = old, new
    try:
        expected = expect(world.root, before, after, world.scratch, package)
    except Refused as why:
        seen[f"refused: {why}"] += 1
        checks.refused(world)
        return False
    seen.update(expected.cases)
    was, disk = snapshot(world.root), files_of(world.root)
    update = ["update", "--project", str(world.root), "--json"]
    dry = run([*update, "--dry-run"]) if dice.random() < 0.3 else None
    assert snapshot(world.root) == was
    code, answer, err = run(update)
    assert not err
    moved = checks.followed(answer)
    follow(expected, moved, (before, after), world.scratch)
    assert code == (1 if expected.conflicts else 0)
    if dry:
        assert dry[0] == code and dry[1]["changes"] == answer["changes"]
    checks.check_files(world, manifest, tag, disk, expected)
    checks.check_answer(answer, disk, expected, user, world)
    checks.check_lines(world, before, after, disk, expected, moved)
    modes = {path: mode for path, (mode, _) in snapshot(world.root).items()}
    for path in files_of(world.root):
        assert path not in was or modes[path] == was[path][0], f"{path} has another mode"
    if not blocked(world.root, {*before, *after}):
        checks.check_status(world, expected)
    checks.again(world, expected)
    if dice.random() < 0.3:
        checks.taken_back(world, was)
    for path in sorted(expected.conflicts):
        user.settle(path)
    assert run(update)[0] == 0
    return True


@pytest.mark.slow
def test_every_case_came_up(tmp_path: Path) -> None:
    for seed in {*range(QUICK, SMALL)} - ran:  # where another worker has them, or nobody
        scenario(seed, world_in(tmp_path / str(seed)))
    cases = ["new", "replaced", "dropped", "edited", "deleted", "foreign", "merged", "conflict"]
    cases += ["done by hand", "package.json", "renamed", "taken back", "merged, CRLF"]
    cases += ["package.json of the user's"]
    assert {case: seen[case] for case in cases if not seen[case]} == {}
