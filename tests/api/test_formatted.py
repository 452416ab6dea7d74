"""Projects with a formatter: what it does counts as nobody's edit, and what comes has its form."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest

from scaffold.api.adopt import adopt
from scaffold.api.endpoint import endpoint
from scaffold.api.fields import add_fields, rename
from scaffold.api.remove import remove
from scaffold.api.resolve import resolve
from scaffold.api.run import Outcome
from scaffold.api.set_ import set_values
from scaffold.api.status import status
from scaffold.api.undo import EditedSince, undo
from scaffold.planning.plan import Action
from scaffold.sources.address import Version
from scaffold.support.errors import UserError
from scaffold.support.project_files import MANIFEST
from tests.support import tiny
from tests.support.cases import Case, prepare
from tests.support.days import of_day
from tests.support.folders import tree
from tests.support.formatters import conflicts_of_edits, fake_prettier
from tests.support.plain_copier import update as copier_update
from tools.source import commit, git

TABS = re.compile(r"^\t", re.MULTILINE)
SPACES = re.compile(r"^  ", re.MULTILINE)
SCHEMA = "src/resources/grades/schema.ts"
HOSTILE = """import { writeFileSync } from 'node:fs';
writeFileSync(new URL('./owned', import.meta.url), 'it ran');
export default { semi: false };
"""


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A cache of its own, and Node.js and Ruff on PATH."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    own = Path(sys.executable).parent
    monkeypatch.setenv("PATH", f"{own}{os.pathsep}{os.environ['PATH']}")


@pytest.fixture
def app(tmp_path: Path) -> Path:
    """A Next.js app whose Prettier writes tabs and no semicolons."""
    root = prepare(Case("next", {}), tmp_path, tmp_path)
    (root / ".prettierrc").write_text('{"semi": false}\n')
    (root / ".gitignore").write_text("node_modules\n.scaffold\n")
    fake_prettier(root)
    git(root, "init", "--quiet", "--initial-branch=main")
    commit(root, "app")
    return root


def start(root: Path, *fields: str) -> Outcome:
    """The first endpoint."""
    return endpoint("grades", ["title:string", *fields], project=str(root), style="supabase")


def ours(root: Path) -> list[str]:
    """The TypeScript files that the command brought."""
    return [path for path in tree(root) if path.endswith(".ts") and path != "src/app/route.ts"]


def unformatted(root: Path) -> list[str]:
    """Files of ours that the formatter would change."""
    return [
        path
        for path in ours(root)
        if SPACES.search((root / path).read_text()) or ";\n" in (root / path).read_text()
    ]


def edited(root: Path) -> dict[str, str]:
    """Adds a line to each of six files, and returns path → line."""
    paths = [path for path in ours(root) if "grades" in path or "lib/api" in path][:6]
    lines = {}
    for path in paths:
        lines[path] = f"// mine: {path}"
        with (root / path).open("a") as file:
            file.write(f"\n{lines[path]}\n")
    return lines


@pytest.mark.slow
def test_a_life_in_their_format(app: Path) -> None:
    start(app, "score:int?")
    assert unformatted(app) == []
    assert status(str(app)).counts["edited"] == 0
    commit(app, "endpoint")
    lines = edited(app)
    commit(app, "edits")
    for done in (
        add_fields("grades", ["rank:int=1"], project=str(app)),
        set_values(["pagination.max_limit=50"], project=str(app)),
        rename("grades", "marks", project=str(app)),
    ):
        assert done.plan.changes and done.plan.conflicts == ()
        assert unformatted(app) == []
    texts = "\n".join((app / path).read_text() for path in ours(app))
    assert [line for line in lines.values() if line not in texts] == []
    for _ in range(3):
        undo(project=str(app))
    assert git(app, "status", "--porcelain") == ""
    before = {path: (app / path).read_text() for path in ours(app)}
    endpoint("tags", ["name:string"], project=str(app))
    remove("tags", project=str(app))
    assert {path: (app / path).read_text() for path in ours(app)} == before


@pytest.mark.slow
def test_a_hook_that_formats_what_was_raw(app: Path) -> None:
    shutil.move(app / "node_modules", app.parent / "elsewhere")
    done = start(app)
    assert [
        note for note in done.plan.notes if "is configured (.prettierrc) and not installed" in note
    ]
    assert len(unformatted(app)) > 20
    shutil.move(app.parent / "elsewhere", app / "node_modules")
    format_all(app)
    assert unformatted(app) == []
    undo(project=str(app))
    assert ours(app) == []


def format_all(root: Path) -> None:
    """What a hook of theirs does: their formatter over all that is ours."""
    for path in ours(root):
        text = (root / path).read_text()
        tabs = re.sub(r"^(?:  )+", lambda match: "\t" * (len(match[0]) // 2), text, flags=re.M)
        (root / path).write_text(re.sub(r";$", "", tabs, flags=re.M))


@pytest.mark.slow
def test_what_cannot_be_formatted_again_is_refused(app: Path) -> None:
    """A colleague's clone has the files, and neither the packages nor the word of its user."""
    start(app)
    commit(app, "endpoint")
    before = tree(app)
    shutil.move(app / "node_modules", app.parent / "elsewhere")
    shutil.rmtree(app.parent / "cache")
    with pytest.raises(UserError) as error:
        add_fields("grades", ["rank:int=1"], project=str(app))
    assert "not installed, and it formatted `" in error.value.message
    assert error.value.hint == "`npm install -D prettier`"
    with pytest.raises(UserError):
        remove("grades", project=str(app))
    shutil.move(app.parent / "elsewhere", app / "node_modules")
    assert tree(app) == before
    assert add_fields("grades", ["rank:int=1"], project=str(app)).plan.conflicts == ()


@pytest.mark.slow
def test_what_is_raw_stays_raw_until_somebody_formats_it(app: Path) -> None:
    (app / ".prettierrc").rename(app / "kept")
    (app / "package.json").write_text((app / "package.json").read_text().replace("prettier", "x"))
    start(app)
    (app / "kept").rename(app / ".prettierrc")
    add_fields("grades", ["rank:int=1"], project=str(app))
    assert SPACES.search((app / SCHEMA).read_text())
    format_all(app)
    done = add_fields("grades", ["score:int=1"], project=str(app))
    assert {change.action for change in done.plan.changes} <= {Action.UPDATE, Action.CREATE}
    assert not SPACES.search((app / SCHEMA).read_text())


@pytest.mark.slow
def test_two_branches(app: Path) -> None:
    start(app)
    commit(app, "endpoint")
    git(app, "checkout", "--quiet", "-b", "other")
    add_fields("grades", ["rank:int=1"], project=str(app))
    commit(app, "rank")
    git(app, "checkout", "--quiet", "main")
    add_fields("grades", ["due:date?"], project=str(app))
    commit(app, "due")
    with pytest.raises(subprocess.CalledProcessError):
        git(app, "merge", "--quiet", "other")
    done = resolve(project=str(app))
    assert done.is_settled and not done.outcome.plan.notes
    assert unformatted(app) == []
    text = (app / SCHEMA).read_text()
    assert "rank" in text and "due" in text
    assert status(str(app)).counts["edited"] == 0


@pytest.mark.slow
def test_deleted_files_come_back_in_their_form(app: Path) -> None:
    start(app)
    was = (app / SCHEMA).read_text()
    (app / SCHEMA).unlink()
    endpoint("grades", ["title:string"], project=str(app), style="supabase", restore=True)
    assert (app / SCHEMA).read_text() == was


@pytest.mark.slow
def test_a_moved_file_is_found_in_their_form(app: Path) -> None:
    start(app)
    place = app / "src/api/grades-schema.ts"
    place.parent.mkdir()
    (app / SCHEMA).rename(place)
    add_fields("grades", ["rank:int=1"], project=str(app))
    assert "rank" in place.read_text() and not (app / SCHEMA).exists()


@pytest.mark.slow
def test_a_dry_run_starts_nothing(app: Path) -> None:
    ran = app / "node_modules/prettier/ran"
    endpoint("grades", ["title:string"], project=str(app), style="supabase", dry_run=True)
    assert not ran.exists()
    start(app)
    count = ran.read_text().count("\n")
    shutil.rmtree(app.parent / "cache")
    shown = add_fields("grades", ["rank:int=1"], project=str(app), dry_run=True)
    merged = [change.path for change in shown.plan.changes if change.action is Action.MERGE]
    assert merged == []
    found = status(str(app))
    assert found.counts["formatted"] > 20 and found.counts["edited"] == 0
    assert ran.read_text().count("\n") == count


def test_code_of_a_clone_does_not_run(app: Path) -> None:
    (app / ".prettierrc").unlink()
    (app / "prettier.config.mjs").write_text(HOSTILE)
    done = start(app)
    status(str(app))
    undo(project=str(app))
    assert not (app / "owned").exists()
    assert [note for note in done.plan.notes if "would run code of this repository" in note]
    endpoint("grades", [], project=str(app), style="supabase", host={"formatter": "prettier"})
    assert (app / "owned").exists()
    assert "formatter: prettier" in (app / MANIFEST).read_text().replace('"', "")
    assert not re.search(r";$", (app / SCHEMA).read_text(), re.MULTILINE)


def test_code_in_a_folder_below_does_not_run(app: Path) -> None:
    place = app / "src/app/api/prettier.config.mjs"
    place.parent.mkdir(parents=True)
    place.write_text(HOSTILE)
    done = start(app)
    assert not (place.parent / "owned").exists()
    assert [
        note
        for note in done.plan.notes
        if "src/app/api/prettier.config.mjs: Prettier would" in note
    ]


@pytest.mark.slow
def test_a_formatter_of_the_repository_does_not_run(app: Path) -> None:
    (app / ".gitignore").write_text("")
    commit(app, "theirs")
    done = start(app)
    assert [note for note in done.plan.notes if "git tracks the Prettier" in note]
    assert not (app / "node_modules/prettier/ran").exists()


@pytest.mark.slow
def test_what_it_ignores_stays_raw(app: Path) -> None:
    (app / ".prettierignore").write_text("src/resources\n")
    told = [note for note in start(app).plan.notes if "Prettier ignores" in note]
    assert len(told) == 1 and "`src/resources/grades/model.ts`" in told[0]
    raw = unformatted(app)
    assert SCHEMA in raw and {path.split("/")[1] for path in raw} == {"resources"}
    done = add_fields("grades", ["rank:int=1"], project=str(app))
    assert done.plan.conflicts == ()


@pytest.mark.slow
def test_the_user_decides(app: Path) -> None:
    with pytest.raises(UserError) as error:
        endpoint("grades", [], project=str(app), style="supabase", host={"formatter": "gofmt"})
    assert "allowed: biome, prettier, oxfmt, dprint, eslint, none" in error.value.message
    with pytest.raises(UserError) as error:
        endpoint("grades", [], project=str(app), style="supabase", host={"formatter": "biome"})
    assert error.value.hint == "`npm install -D @biomejs/biome`"
    assert tree(app).keys() == tree(app).keys() - {MANIFEST}
    endpoint("grades", [], project=str(app), style="supabase", host={"formatter": "none"})
    assert len(unformatted(app)) > 20


@pytest.mark.slow
def test_undo_still_sees_what_a_person_did(app: Path) -> None:
    start(app)
    with (app / SCHEMA).open("a") as file:
        file.write("// mine\n")
    with pytest.raises(EditedSince):
        undo(project=str(app))


@pytest.mark.slow
def test_adopt_knows_what_was_formatted(app: Path) -> None:
    start(app)
    (app / MANIFEST).unlink()
    found = adopt(style="supabase", project=str(app))
    assert found.resources[0].name == "grades"
    assert SCHEMA not in found.paths("foreign")
    assert len(found.paths("ours")) > 20


@pytest.mark.slow
def test_our_own_service_pays_nothing(service: Path, tmp_path: Path) -> None:
    root = tmp_path / "clinic"
    shutil.copytree(service, root, symlinks=True)
    ran = fake_prettier(root)
    add_fields("assessments", ["rank:int=1"], project=str(root))
    assert not ran.exists()


@pytest.mark.slow
def test_plain_copier_update(tmp_path: Path) -> None:
    """It takes a layout for an edit, and loses no line; `resolve` brings the files in order."""
    names = [f"src/{name}.ts" for name in "abcde"]
    lines = "".join(f"  one{number}();\n" for number in range(9))
    old = {name: f"function {name[4]}() {{\n{lines}}}\n" for name in names}
    new = {name: text.replace("one4()", "two(4)") for name, text in old.items()}
    source = tiny.release(tmp_path / "source", old, "v1.0.0")
    root = tmp_path / "project"
    tiny.make(root, source, Version(str(source), "v1.0.0"))
    (root / ".prettierrc").write_text('{"semi": false}\n')
    (root / ".gitignore").write_text("node_modules\n")
    fake_prettier(root)
    for name in names:
        text = TABS.sub("  ", (root / name).read_text()).replace(";\n", "\n").replace("  ", "\t")
        (root / name).write_text(text + "// mine\n")
    git(root, "init", "--quiet", "--initial-branch=main")
    commit(root, "mine")
    tiny.release(source, new, "v1.1.0")
    copier_update(root)
    texts = [(root / name).read_text() for name in names]
    assert all("<<<<<<< before updating" in text and "// mine\n" in text for text in texts)
    shown = resolve(project=str(root), dry_run=True)
    assert len(shown.outcome.plan.changes) == 5
    done = resolve(project=str(root))
    assert done.is_settled and "left conflict markers in 5 files" in done.outcome.messages[0]
    for name in names:
        text = (root / name).read_text()
        assert "\ttwo(4)\n" in text and text.endswith("}\n// mine\n") and "<<<<" not in text
    assert done.staged == (*names,)
    assert not resolve(project=str(root)).outcome.plan.changes


CONFIGURATIONS = {
    "single": '[tool.ruff]\nformat.quote-style = "single"\nlint.extend-select = ["I"]\n',
    "narrow": "[tool.ruff]\nline-length = 60\n",
    "wide": '[tool.ruff]\nline-length = 160\nlint.select = ["ALL"]\nformat.skip-magic-trailing-comma = true\n',
    "tabs": '[tool.ruff]\nformat.indent-style = "tab"\n',
    "sections": '[tool.ruff]\nlint.select = ["I"]\nlint.isort.force-single-line = true\n',
    "black": "[tool.black]\nline-length = 70\nskip-string-normalization = true\n",
}


@pytest.mark.slow
@pytest.mark.parametrize("name", of_day([*CONFIGURATIONS], 2))
def test_edits_by_chance(name: str, tmp_path: Path) -> None:
    """No line of the user's is lost, and what is written passes the tool's check."""
    dice = Random(name)
    text = f'[project]\nname = "shop"\ndependencies = ["fastapi"]\n\n{CONFIGURATIONS[name]}'
    files = {"pyproject.toml": text, "requirements.txt": ""}
    root = prepare(Case("fastapi", {"files": files}), tmp_path, tmp_path)
    shop = str(root)
    endpoint("grades", ["title:string"], project=shop, style="fastapi")
    assert_clean(root, name)
    mine: list[str] = []
    changes: list[Callable[[], Outcome]] = [
        lambda: add_fields("grades", ["rank:int=1"], project=shop),
        lambda: set_values(["pagination.max_limit=50"], project=shop),
        lambda: endpoint("tags", ["name:string!"], project=shop),
        lambda: add_fields("grades", ["due:date?"], project=shop),
        lambda: set_values(["pagination.default_limit=10"], project=shop),
    ]
    for change in changes:
        for _ in range(3):
            mine.append(insert(root, dice, len(mine)))
        check(root, name, fix=True)
        done = change()
        if conflicts_of_edits(done.plan, "MINE"):
            return
        assert_clean(root, name)
        texts = "\n".join(path.read_text() for path in (root / "app/rest").rglob("*.py"))
        assert [line for line in mine if line not in texts] == []


def insert(root: Path, dice: Random, number: int) -> str:
    """A definition of the user's, between two of ours."""
    places = [
        path for path in sorted((root / "app/rest").rglob("*.py")) if "\n\n\n" in path.read_text()
    ]
    path = dice.choice([path for path in places if "migrations" not in path.parts])
    parts = path.read_text().split("\n\n\n")
    parts.insert(dice.randrange(1, len(parts) + 1), f"MINE_{number} = {number}")
    path.write_text("\n\n\n".join(parts).rstrip("\n") + "\n")
    return f"MINE_{number} = {number}"


def check(root: Path, name: str, *, fix: bool = False) -> list[str]:
    """What their tools say against our files; they mend it with `fix`."""
    paths = ["app/rest", "tests/endpoints"]
    tools = [["black", "--quiet", *([] if fix else ["--check"]), *paths]]
    if name != "black":
        mends = ["--fix"] if fix else []
        tools = [["ruff", "format", "--quiet", *([] if fix else ["--check"]), *paths]]
        if "select" in CONFIGURATIONS[name]:
            sort = ["ruff", "check", "--quiet", "--select=I", "--config", "lint.exclude=[]"]
            tools.append([*sort, *mends, *paths])
    said = []
    for words in tools:
        done = subprocess.run(words, cwd=root, capture_output=True, text=True)
        if done.returncode:
            said.append(f"{words}: {done.stdout}{done.stderr}")
    return said


def assert_clean(root: Path, name: str) -> None:
    """Their tools say nothing against our files."""
    assert check(root, name) == []
