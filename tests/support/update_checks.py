"""What has to hold of an update, whatever it was: for the property test of `update`."""

from __future__ import annotations

import io
import json
from collections import Counter
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from scaffold.api import status
from scaffold.manifest.manifest import Manifest, load
from scaffold.rendering.render import Templates, Tree
from scaffold.sources.address import Version, fetch
from scaffold.support.project_files import MANIFEST, STAGE
from tests.support.cases import call, snapshot
from tests.support.update_edits import User
from tests.support.update_oracle import (
    PACKAGE,
    Expected,
    as_data,
    files_of,
    likeness,
    lost,
    merge_file,
)

seen: Counter[str] = Counter()
"""How often each case came up."""


@dataclass
class World:
    """A project, the repository of its templates, and a folder for git."""

    root: Path
    repository: Path
    scratch: Path
    moved: dict[str, str] = field(default_factory=dict)  # generated path → where the user moved it

    def tree(self, manifest: Manifest, tag: str) -> Tree:
        """What the templates of that version make of the manifest."""
        version = Version(str(self.repository), tag)
        return Templates(fetch(version)).render(replace(manifest, version=version))

    def manifest(self) -> Manifest:
        """As it stands."""
        found = load(self.root)
        assert found is not None
        return found


def run(args: list[str]) -> tuple[int, Any, str]:
    """Exit code, the answer as data, and standard error, of the command line in this process."""
    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        code = call(args)
    return code, json.loads(out.getvalue()) if "--json" in args else None, err.getvalue()


def refused(world: World) -> None:
    """Exit code 2, one message, and nothing is written."""
    was = snapshot(world.root)
    code, answer, err = run(["update", "--project", str(world.root), "--json"])
    assert code == 2
    assert err.startswith("error: ") and err.count("error:") == 1, err
    assert answer["error"]["message"]
    assert snapshot(world.root) == was


def without_stage(found: dict[str, Any]) -> dict[str, Any]:
    """A snapshot without the folder that holds what can be taken back."""
    return {path: value for path, value in found.items() if path.split("/")[0] != STAGE}


def check_files(
    world: World, manifest: Manifest, tag: str, disk: dict[str, bytes], expected: Expected
) -> None:
    """Every file is what is expected, and the manifest what the templates make of it."""
    now = files_of(world.root)
    text = now.pop(MANIFEST).decode().replace("\r\n", "\n")
    wanted = dict(expected.files)
    if PACKAGE in now and wanted.get(PACKAGE) != disk.get(PACKAGE):
        for side in (now, wanted):
            side[PACKAGE] = as_data(json.loads(side[PACKAGE]))
    assert sorted(now) == sorted(wanted)
    for path, raw in wanted.items():
        assert now[path] == raw, path
    foreign = tuple(sorted({*manifest.foreign, *expected.foreign}))
    version = Version(str(world.repository), tag)
    assert world.manifest() == replace(manifest, version=version, foreign=foreign)
    assert text == world.tree(replace(manifest, foreign=foreign), tag)[MANIFEST]


def check_answer(
    answer: Any, disk: dict[str, bytes], expected: Expected, user: User, world: World
) -> None:
    """What is said is what was done."""
    now = files_of(world.root)
    written = {path for path in {*disk, *now} if disk.get(path) != now.get(path)}
    assert {item["path"] for item in answer["changes"]} == written
    assert {item["path"] for item in answer["changes"] if item["conflict"]} == expected.conflicts
    for item in answer["changes"]:
        action, path = item["action"], item["path"]
        assert (action == "create") == (path not in disk), path
        assert (action == "delete") == (path not in now), path
    assert len(answer["notes"]) == expected.notes
    renamed = {item["path"]: item["to"] for item in answer["kept"] if item["why"] == "renamed"}
    renamed |= followed(answer)
    kept = {item["path"]: item["why"] for item in answer["kept"] if item["path"] not in renamed}
    gone = {path for path in user.before if path not in disk}
    check_renames(renamed, gone, disk, user, world)
    wanted = {path: why for path, why in expected.kept.items() if path not in renamed}
    for path, place in user.moved.items():
        # Moved, and the change was made there by hand: nothing to tell.
        if path not in kept and wanted.get(path) == "deleted" and place in disk:
            text, old = disk[place].decode().replace("\r\n", "\n"), user.before[path]
            assert merge_file(world.scratch, old, text, user.after[path])[0] == text
            del wanted[path]
    assert kept == wanted


def followed(answer: Any) -> dict[str, str]:
    """The files that got their changes where the user moved them."""
    return {item["moved_from"]: item["path"] for item in answer["changes"] if "moved_from" in item}


def check_renames(
    renamed: dict[str, str], gone: set[str], disk: dict[str, bytes], user: User, world: World
) -> None:
    """Files that were moved are named, where likeness leaves no doubt, and others are not."""
    own = {
        path: raw.decode("utf-8", "replace").replace("\r\n", "\n")
        for path, raw in disk.items()
        if path not in user.before and path not in user.after
    }
    for path, place in renamed.items():
        assert path in gone and place in own
        assert user.before[path] != user.after.get(path)
        assert likeness(user.before[path], own[place]) >= 0.5
    for path, place in user.moved.items():
        if path not in gone or place not in own or len(user.before[path]) < 40:
            continue
        text = user.before[path]
        mark = likeness(text, own[place])
        others = [likeness(text, own[other]) for other in own if other != place]
        others += [likeness(user.before[other], own[place]) for other in gone if other != path]
        if mark > 0.6 and max(others, default=0) < mark - 0.1 and text != user.after.get(path):
            seen["renamed"] += 1
            new = user.after.get(path)
            done = new and merge_file(world.scratch, text, own[place], new)[0] == own[place]
            assert done or renamed.get(path) == place, f"{path} → {place}"
    changing = {path for path in gone if user.before[path] != user.after.get(path)}
    left = [text for place, text in own.items() if place not in renamed.values()]
    for path in changing - renamed.keys() - user.moved.keys():
        assert all(likeness(user.before[path], text) < 1 for text in left if len(text) > 40)


def check_lines(
    world: World,
    before: Tree,
    after: Tree,
    disk: dict[str, bytes],
    expected: Expected,
    moved: dict[str, str],
) -> None:
    """Both sides' lines are there, markers only where a conflict is, and nothing of the user's was deleted."""
    now = files_of(world.root)
    before, after = ({**side, **{moved[p]: side[p] for p in moved}} for side in (before, after))
    for path, raw in disk.items():
        if path in (MANIFEST, PACKAGE):
            continue
        if path not in now:
            assert raw.replace(b"\r\n", b"\n") == before[path].encode(), path
        elif raw != now[path]:
            mine, result = (data.decode().replace("\r\n", "\n") for data in (raw, now[path]))
            # A last line that ends now, or no longer, is the same line.
            old, new = (f"{side[path]}\n" for side in (before, after))
            assert not +lost(old, f"{mine}\n", f"{result}\n"), path
            assert not +lost(old, new, f"{result}\n"), path
            markers = [line[:8] for line in result.split("\n")]
            assert ("<<<<<<< " in markers) == (path in expected.conflicts), path
            assert markers.count("<<<<<<< ") == markers.count(">>>>>>> ")


def check_status(world: World, expected: Expected) -> None:
    """Nothing is behind any more, and conflicts are seen."""
    found = status.status(str(world.root))
    assert not found.behind
    states = {item.path: item.state for item in found.files}
    conflicts = {path for path, state in states.items() if state == "conflict"}
    assert conflicts == expected.conflicts & states.keys()
    for path, why in expected.kept.items():
        if why == "deleted":
            assert states[path] in ("deleted", "renamed")
        elif why == "foreign":
            assert states[path] == "foreign"


def again(world: World, expected: Expected) -> None:
    """A second update has nothing to do, or refuses while markers are left."""
    if any(file.state == "conflict" for file in status.status(str(world.root)).files):
        return refused(world)
    was = snapshot(world.root)
    code, answer, _ = run(["update", "--project", str(world.root), "--json"])
    assert (code, answer["changes"]) == (0, [])
    assert snapshot(world.root) == was


def taken_back(world: World, was: dict[str, Any]) -> None:
    """`undo` gives the tree back, byte for byte, and the update again makes the same."""
    done = without_stage(snapshot(world.root))
    code, _, err = run(["undo", "--project", str(world.root), "--json"])
    assert code == 0, err
    assert without_stage(snapshot(world.root)) == without_stage(was)
    run(["update", "--project", str(world.root), "--json"])
    assert without_stage(snapshot(world.root)) == done
    seen["taken back"] += 1
