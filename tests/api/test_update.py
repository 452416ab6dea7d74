"""`scaffold update` and `scaffold status`, on templates of a few files."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from scaffold import cli
from scaffold.api import status
from scaffold.api.run import Outcome
from scaffold.api.undo import undo
from scaffold.api.update import update
from scaffold.manifest.manifest import load
from scaffold.planning.plan import Action, Keep
from scaffold.sources.address import Version
from scaffold.support.errors import UserError
from scaffold.support.project_files import MANIFEST
from tests.support import tiny
from tests.support.cases import call, snapshot
from tests.support.folders import tree
from tools.source import commit, git

TEN = "".join(f"{name}: a line of this file\n" for name in "abcdefghij")


def changed(name: str, text: str = TEN) -> str:
    return text.replace(f"{name}: a line", f"{name}: a new line")


OLD = {
    "same.txt": TEN,
    "one.txt": TEN,
    "two.txt": TEN + "two\n",
    "gone.txt": "gone\n" * 20,
    "deep/er/gone.txt": "deep\n",
    "package.json": '{\n  "name": "tiny",\n  "version": "1.0.0",\n  "scripts": {"a": "1"}\n}\n',
}
NEW = {
    "same.txt": TEN,
    "one.txt": changed("b"),
    "two.txt": changed("b") + "two\n",
    "fresh.txt": "fresh\n",
    "package.json": '{\n  "name": "tiny",\n  "version": "1.1.0",\n  "scripts": {"a": "1"}\n}\n',
}


@pytest.fixture
def source(tmp_path: Path) -> Path:
    folder = tiny.release(tmp_path / "source", OLD, "v1.0.0")
    return folder


@pytest.fixture
def project(tmp_path: Path, source: Path) -> Path:
    """A project at v1.0.0, where v1.1.0 is the newest."""
    root = tmp_path / "project"
    tiny.make(root, source, Version(str(source), "v1.0.0"))
    git(root, "init", "--quiet", "--initial-branch=main")
    commit(root, "Begin")
    tiny.release(source, NEW, "v1.1.0")
    return root


def states(root: Path) -> dict[str, str]:
    found = status.status(str(root)).files
    return {
        item.path: item.state + (" behind" if item.behind and item.state != "behind" else "")
        for item in found
        if item.state != "unchanged"
    }


def kept(outcome: Outcome) -> dict[str, str]:
    return {item.path: item.why.value for item in outcome.plan.kept}


def test_what_was_not_edited_is_as_the_new_version_writes_it(project: Path, source: Path) -> None:
    outcome = update(project=str(project))
    fresh = project.with_name("fresh")
    tiny.make(fresh, source, Version(str(source), "v1.1.0"))
    assert tree(project) == tree(fresh)
    assert not (project / "deep").exists()
    assert {change.path: change.action for change in outcome.plan.changes} == {
        MANIFEST: Action.UPDATE,
        "deep/er/gone.txt": Action.DELETE,
        "fresh.txt": Action.CREATE,
        "gone.txt": Action.DELETE,
        "one.txt": Action.UPDATE,
        "package.json": Action.UPDATE,
        "two.txt": Action.UPDATE,
    }
    assert "from v1.0.0 to v1.1.0" in outcome.messages[0]
    again = update(project=str(project))
    assert again.plan.changes == ()
    assert "the newest version" in again.messages[0]


def test_edits_stay(project: Path) -> None:
    (project / "one.txt").write_text(changed("i"))
    (project / "two.txt").unlink()
    (project / "gone.txt").write_text("mine\n")
    (project / "fresh.txt").write_text("mine, too\n")
    (project / "same.txt").write_text("all mine\n")
    package = (project / "package.json").read_text()
    (project / "package.json").write_text(package.replace('"a": "1"', '"a": "2", "b": "3"'))
    (project / "notes.txt").write_text("not committed\n")
    outcome = update(project=str(project))
    assert (project / "one.txt").read_text() == changed("b", changed("i"))
    assert not (project / "two.txt").exists()
    assert (project / "gone.txt").read_text() == "mine\n"
    assert (project / "fresh.txt").read_text() == "mine, too\n"
    assert (project / "same.txt").read_text() == "all mine\n"
    assert json.loads((project / "package.json").read_text()) == {
        "name": "tiny",
        "version": "1.1.0",
        "scripts": {"a": "2", "b": "3"},
    }
    assert kept(outcome) == {"two.txt": "deleted", "gone.txt": "edited", "fresh.txt": "foreign"}
    manifest = load(project)
    assert manifest is not None
    assert manifest.foreign == ("fresh.txt",)
    assert manifest.version.commit == "v1.1.0"
    assert states(project) == {
        "fresh.txt": "foreign",
        "one.txt": "edited",
        "package.json": "edited",
        "same.txt": "edited",
        "two.txt": "deleted",
    }


def test_a_conflict_keeps_both_sides_and_holds_the_next_update_up(
    project: Path, source: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (project / "one.txt").write_text(TEN.replace("b: a line", "b: my line"))
    monkeypatch.setattr(sys, "argv", ["scaffold", "update", "--project", str(project)])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    assert ended.value.code == 1
    assert "one.txt" in capsys.readouterr().out.split("Conflicts:")[1]
    text = (project / "one.txt").read_text()
    assert "b: my line" in text and "b: a new line" in text and "<<<<<<< yours\n" in text
    assert states(project) == {"one.txt": "conflict"}
    for number in range(2):
        before = snapshot(project)
        with pytest.raises(UserError, match=r"`one\.txt`"):
            update(project=str(project))
        assert snapshot(project) == before
        # Not even where the newer version leaves that file as it is.
        tiny.release(source, {**NEW, "same.txt": f"{number}\n"}, f"v1.{number + 2}.0")
    (project / "one.txt").write_text(changed("b").replace("b: a new", "b: my new"))
    assert update(project=str(project)).plan.conflicts == ()


@pytest.mark.parametrize("in_git", [True, False])
@pytest.mark.parametrize("edit", [False, True])
def test_a_renamed_file_gets_its_changes_where_it_is(
    project: Path, edit: bool, in_git: bool
) -> None:
    (project / "lib").mkdir()
    (project / "one.txt").rename(project / "lib/uno.txt")
    (project / "gone.txt").rename(project / "kept.txt")
    (project / "same.txt").rename(project / "lib/same.txt")
    (project / "node_modules").mkdir()
    (project / "node_modules/one.txt").write_text(TEN)
    (project / ".gitignore").write_text("node_modules\n")
    if not in_git:
        (project / ".git").rename(project.with_name("git"))
    if edit:
        (project / "lib/uno.txt").write_text(changed("i"))
    assert states(project) == {
        MANIFEST: "behind",
        "deep/er/gone.txt": "behind",
        "fresh.txt": "behind",
        "gone.txt": "renamed behind",
        "one.txt": "renamed behind",
        "package.json": "behind",
        "same.txt": "renamed",
        "two.txt": "behind",
    }
    before = snapshot(project)
    outcome = update(project=str(project))
    moved = {item.moved_from: item for item in outcome.plan.changes if item.moved_from}
    assert {path: (item.path, item.action) for path, item in moved.items()} == {
        "one.txt": ("lib/uno.txt", Action.MERGE if edit else Action.UPDATE)
    }
    [left] = outcome.plan.kept
    assert (left.path, left.why, left.to, left.after) == (
        *("gone.txt", Keep.RENAMED, "kept.txt"),
        None,
    )
    wanted = changed("b", changed("i")) if edit else changed("b")
    assert (project / "lib/uno.txt").read_text() == wanted
    assert (project / "lib/same.txt").read_text() == TEN
    assert (project / "kept.txt").read_text() == "gone\n" * 20
    assert not (project / "one.txt").exists()
    assert states(project) == {"one.txt": "renamed", "same.txt": "renamed"}
    assert update(project=str(project)).plan.changes == ()
    undo(project=str(project))
    now = snapshot(project)
    assert {path: now[path] for path in before} == before


def test_a_conflict_in_a_renamed_file(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "one.txt").unlink()
    (project / "uno.txt").write_text(TEN.replace("b: a line", "b: my line"))
    assert call(["update", "--project", str(project)]) == 1
    out = capsys.readouterr().out
    assert "uno.txt" in out.split("Conflicts:")[1] and "CONFLICT where you moved one.txt" in out
    text = (project / "uno.txt").read_text()
    assert "b: my line" in text and "b: a new line" in text and "<<<<<<< yours\n" in text


def test_which_of_two_copies_was_moved_only_the_user_knows(project: Path) -> None:
    (project / "one.txt").rename(project / "uno.txt")
    (project / "eins.txt").write_text(TEN)
    before = snapshot(project)
    [entry] = update(project=str(project)).plan.kept
    assert (entry.path, entry.why) == ("one.txt", Keep.RENAMED)
    assert entry.after == changed("b").encode()
    now = snapshot(project)
    assert all(now[path] == before[path] for path in ("uno.txt", "eins.txt"))


def test_a_renamed_file_is_shown(
    project: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (project / "one.txt").rename(project / "uno.txt")
    for words in (["--diff"], ["--json", "--diff"]):
        args = ["scaffold", "update", "--dry-run", "--project", str(project), *words]
        monkeypatch.setattr(sys, "argv", args)
        with pytest.raises(SystemExit) as ended:
            cli.main()
        assert not ended.value.code
        out = capsys.readouterr().out
        assert "+b: a new line" in out
        if words[0] == "--json":
            data = json.loads(out)
            [entry] = [item for item in data["changes"] if "moved_from" in item]
            assert (entry["path"], entry["moved_from"]) == ("uno.txt", "one.txt")
            assert (entry["action"], data["kept"]) == ("update", [])
        else:
            assert "update where you moved one.txt" in out


def test_a_renamed_file_that_is_not_certain_is_shown(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (project / "one.txt").rename(project / "uno.txt")
    (project / "eins.txt").write_text(TEN)
    for words in (["--diff"], ["--json", "--diff"]):
        assert call(["update", "--dry-run", "--project", str(project), *words]) == 0
        out = capsys.readouterr().out
        assert "+b: a new line" in out
        if words[0] == "--json":
            [entry] = json.loads(out)["kept"]
            assert (entry["path"], entry["why"], entry["to"]) == ("one.txt", "renamed", "eins.txt")
        else:
            assert "one.txt → eins.txt" in out


def test_a_version_by_its_name(project: Path, source: Path) -> None:
    tiny.release(source, {**NEW, "same.txt": "third\n"}, "v1.2.0")
    assert update(project=str(project), to="v1.1.0", dry_run=True).plan.changes
    assert git(project, "status", "--porcelain") == ""
    update(project=str(project), to="v1.1.0")
    assert (project / "same.txt").read_text() == TEN
    assert status.status(str(project)).behind
    update(project=str(project))
    assert (project / "same.txt").read_text() == "third\n"
    before = snapshot(project)
    with pytest.raises(UserError, match="older") as caught:
        update(project=str(project), to="v1.0.0")
    assert "`scaffold undo`" in (caught.value.hint or "")
    assert snapshot(project) == before


def test_a_source_that_went_back(project: Path, source: Path) -> None:
    update(project=str(project))
    git(source, "reset", "--quiet", "--hard", "v1.0.0")
    assert not status.status(str(project)).behind
    outcome = update(project=str(project))
    assert outcome.plan.changes == ()
    assert "the older v1.0.0" in outcome.messages[0]


def test_conventions_that_the_new_version_does_not_take(project: Path, source: Path) -> None:
    manifest = (project / MANIFEST).read_text()
    (project / MANIFEST).write_text(
        manifest.replace("overrides: {}", 'overrides: {"rate_limit": {"max": 900}}')
    )
    schema = source / "templates/conventions.yml"
    schema.write_text(schema.read_text().replace("max: 1000", "max: 500"))
    commit(source, "Fewer", "v1.2.0")
    before = snapshot(project)
    with pytest.raises(UserError, match=r"do not fit the templates v1\.2\.0: .*rate_limit\.max"):
        update(project=str(project))
    assert snapshot(project) == before


def test_templates_that_want_a_newer_scaffold(project: Path, source: Path) -> None:
    config = source / "copier.yml"
    plugins = {"plugins": {"type": "yaml", "ask": False, "default": []}}
    config.write_text(json.dumps({**json.loads(config.read_text()), **plugins}))
    commit(source, "Plugins", "v1.2.0")
    with pytest.raises(UserError, match="for a newer scaffold: they ask for `plugins`"):
        update(project=str(project))


def test_a_style_that_the_new_version_dropped(project: Path, source: Path) -> None:
    (source / "agents/plain.md").rename(source / "agents/fancy.md")
    commit(source, "Fancy", "v1.2.0")
    with pytest.raises(UserError, match="no longer have the style `plain`"):
        update(project=str(project))


def test_a_changed_convention_is_told(project: Path, source: Path) -> None:
    schema = source / "templates/conventions.yml"
    schema.write_text(schema.read_text().replace("default: 60", "default: 30"))
    commit(source, "Fewer", "v1.2.0")
    assert "rate_limit.max: 60 → 30" in update(project=str(project)).messages


def test_status_before_and_after(project: Path) -> None:
    found = status.status(str(project))
    assert found.behind and found.newest is not None
    assert (found.version.commit, found.newest.commit) == ("v1.0.0", "v1.1.0")
    assert states(project) == {
        MANIFEST: "behind",
        "deep/er/gone.txt": "behind",
        "fresh.txt": "behind",
        "gone.txt": "behind",
        "one.txt": "behind",
        "package.json": "behind",
        "two.txt": "behind",
    }
    (project / "one.txt").write_text(changed("i"))
    (project / "same.txt").write_text(changed("i"))
    (project / "two.txt").unlink()
    found = status.status(str(project), diff=True)
    by_path = {item.path: item for item in found.files}
    assert by_path["one.txt"].state == "edited" and by_path["one.txt"].behind
    assert by_path["same.txt"].state == "edited" and not by_path["same.txt"].behind
    assert by_path["two.txt"].state == "deleted" and not by_path["two.txt"].behind
    assert "+i: a new line" in by_path["same.txt"].diff
    update(project=str(project))
    assert not status.status(str(project)).behind


@pytest.mark.parametrize(
    ("words", "code"), [([], 0), (["--check"], 1), (["--json", "--check"], 1), (["--json"], 0)]
)
def test_status_tells_by_its_exit_code(
    words: list[str],
    code: int,
    project: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sys, "argv", ["scaffold", "status", "--project", str(project), *words])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    assert (ended.value.code or 0) == code
    out = capsys.readouterr().out
    if "--json" in words:
        data = json.loads(out)
        assert (data["templates"], data["newest"], data["behind"]) == ("v1.0.0", "v1.1.0", True)
    else:
        assert out.splitlines()[-1].endswith(
            "at v1.0.0, behind v1.1.0: `scaffold update` brings it in"
        )


def test_line_endings_and_links_stay(project: Path) -> None:
    (project / "one.txt").write_bytes(changed("i").replace("\n", "\r\n").encode())
    (project / "lib").mkdir()
    (project / "two.txt").rename(project / "lib/two.txt")
    (project / "two.txt").symlink_to("lib/two.txt")
    update(project=str(project))
    assert (project / "one.txt").read_bytes() == (
        changed("b", changed("i")).replace("\n", "\r\n").encode()
    )
    assert (project / "two.txt").is_symlink()
    assert (project / "lib/two.txt").read_text() == NEW["two.txt"]


def test_a_version_beside_the_newest_is_not_left_for_it(project: Path, source: Path) -> None:
    git(source, "checkout", "--quiet", "-b", "side", "v1.0.0")
    tiny.release(source, OLD | {"side.txt": "side\n"}, "v9.0.0")
    git(source, "checkout", "--quiet", "main")
    update(project=str(project), to="v9.0.0")
    outcome = update(project=str(project))
    assert outcome.plan.changes == ()
    assert "v1.1.0, which does not come after it" in outcome.messages[0]
    assert (project / "side.txt").exists()
    assert states(project) == {}


def test_a_link_to_another_file_of_ours_is_named(project: Path) -> None:
    (project / "one.txt").unlink()
    (project / "one.txt").symlink_to("same.txt")
    assert kept(update(project=str(project))) == {"one.txt": "linked"}
    assert (project / "same.txt").read_text() == TEN
    assert (project / "one.txt").is_symlink()


def test_status_is_known_where_the_newest_templates_do_not_fit(project: Path, source: Path) -> None:
    (project / "same.txt").write_text("mine\n")
    (source / "agents/plain.md").rename(source / "agents/fancy.md")
    commit(source, "Another name")
    git(source, "tag", "v2.0.0")
    found = status.status(str(project))
    assert found.newest is None
    assert "v2.0.0 does not fit" in found.why and "plain" in found.why
    assert {item.path for item in found.files if item.state == "edited"} == {"same.txt"}


def test_status_goes_on_where_something_is_no_file(project: Path) -> None:
    (project / "same.txt").unlink()
    (project / "same.txt").symlink_to("/nowhere/at/all")
    (project / "two.txt").unlink()
    (project / "two.txt").mkdir()
    found = states(project)
    assert found["same.txt"] == "edited"
    assert found["two.txt"].startswith("edited")
    assert status.status(str(project), diff=True).counts["edited"] == 2
