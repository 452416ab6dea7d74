"""Two branches that each used scaffold, merged: what the commands in a row would have made, and no line lost."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

from scaffold.api.resolve import Resolution, resolve
from scaffold.branches.merge_tree import MARKERS
from scaffold.cli import main
from scaffold.manifest.manifest import load
from scaffold.support.errors import UserError
from scaffold.support.project_files import MANIFEST
from tests.support.folders import foreign_app, tree
from tools.source import commit, git, make_source

# A branch: commands of scaffold, and lines that people write behind a line of a file (none: at its start).
Branch = Sequence[str | tuple[str, str, str]]

COURSES = "endpoint courses name:string!"
ONE: Branch = ["endpoint lessons title:string course:ref(courses)"]
TWO: Branch = ["endpoint notes body:text course:ref(courses)?", "model rubrics weight:int"]
THREE: Branch = ["field add courses seats:int=10", "set rate_limit.max=33"]
EDITS: dict[str, tuple[Branch, Branch, Branch]] = {
    "nextjs": (
        [
            ("tests/resources/courses.test.ts", "", "// one\n"),
            ("src/resources/lessons/schema.ts", "", "// one\n"),
        ],
        [
            ("tests/resources/courses.test.ts", "  public: false,\n", "  // two\n"),
            ("src/app/api/**/courses/route.ts", "", "// two\n"),
        ],
        [("src/resources/index.ts", "", "// three\n")],
    ),
    "fastapi": (
        [
            ("tests/endpoints/resources/test_courses.py", "", "# one\n"),
            ("app/models/lessons.py", "", "# one\n"),
        ],
        [
            (
                "tests/endpoints/resources/test_courses.py",
                '        paginate="page",\n',
                "        # two\n",
            ),
            ("app/routes/courses.py", "", "# two\n"),
        ],
        [("app/api.py", "", "# three\n")],
    ),
}


class Project:
    """A project in a git repository of its own, and the commands of people who work on it."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def work(self, branch: Branch) -> None:
        """What is done on a branch, without a commit."""
        for step in branch:
            if isinstance(step, str):
                assert _call(step.split(), self.root) == 0, step
            else:
                path, line, new = step
                (file,) = self.root.glob(path)
                before, found, after = file.read_text().partition(line or "\0")
                assert found or not line, path
                file.write_text(before + found + new + after if line else new + before)

    def branch(self, name: str, work: Branch, start: str = "main") -> None:
        """A branch with that work, committed."""
        git(self.root, "switch", "--quiet", "--create", name, start)
        self.work(work)
        commit(self.root, name)

    def merge(self, name: str, command: str = "merge") -> bool:
        """Whether git merged it without a conflict."""
        words = [*command.split(), *["--no-edit"] * (command == "merge"), name]
        done = subprocess.run(["git", *words], cwd=self.root, capture_output=True, text=True)
        return done.returncode == 0

    def resolve(self, **more: Any) -> Resolution:
        return resolve(project=str(self.root), **more)

    def settled(self) -> None:
        """Resolves and commits; nothing may be left to do."""
        done = self.resolve()
        assert done.is_settled, (done.clashes, done.left, done.outcome.plan.conflicts)
        git(self.root, "commit", "--quiet", "--all", "--allow-empty", "--message=merge")
        again = self.resolve()
        assert again.is_settled and not again.outcome.plan.changes

    def copy(self, to: Path) -> Project:
        shutil.copytree(self.root, to, symlinks=True)
        return Project(to)


def _call(args: list[str], cwd: Path) -> int:
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(StringIO()):
        patch.chdir(cwd)
        patch.setattr(sys, "argv", ["scaffold", *args])
        try:
            main()
        except SystemExit as ended:
            return ended.code if isinstance(ended.code, int) else 1
    return 0


@pytest.fixture(scope="module")
def begun(source: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Project]:
    """A new project of a style with the resource `courses`, to copy."""
    made: dict[str, Project] = {}

    def begin(style: str) -> Project:
        if style not in made:
            root = tmp_path_factory.mktemp(style) / "school"
            assert _call(["new", str(root), "--style", style], root.parent) == 0
            made[style] = Project(root)
            made[style].work([COURSES])
            commit(root, "courses")
        return made[style]

    return begin


@pytest.mark.slow
@pytest.mark.parametrize(
    ("style", "edited"),
    [
        (style, edited)
        for style in ("supabase", "libsql", "clerk", "prisma", "fastapi")
        for edited in (False, True)
    ],
)
def test_three_branches_are_the_commands_in_a_row(
    style: str, edited: bool, begun: Callable[[str], Project], tmp_path: Path
) -> None:
    project = begun(style).copy(tmp_path / "school")
    row = project.copy(tmp_path / "row")
    edits = EDITS["fastapi" if style == "fastapi" else "nextjs"] if edited else ([], [], [])
    branches: dict[str, Branch] = {
        name: [*work, *more]
        for name, work, more in zip(("one", "two", "three"), (ONE, TWO, THREE), edits, strict=True)
    }
    for name, work in branches.items():
        project.branch(name, work)
        row.work(work)
    git(project.root, "switch", "--quiet", "one")
    for name in ("two", "three"):
        project.merge(name)
        project.settled()
    assert tree(project.root) == tree(row.root)
    assert git(project.root, "status", "--porcelain") == ""


def test_what_a_host_needs_more_comes_from_both_branches(source: Path, tmp_path: Path) -> None:
    """Its library has what its resources use: each branch brings other types, another kind of pages, parents."""
    project = Project(foreign_app(tmp_path / "one", "shop"))
    project.work(["endpoint courses name:string --style supabase"])
    commit(project.root, "courses")
    shutil.copytree(tmp_path / "one", tmp_path / "row")
    one: Branch = ["endpoint days on:date at:time? --paginate cursor --public"]
    two: Branch = ["endpoint mails to:email! size:bigint course:ref(courses)"]
    _apart(project, one, two)
    assert not project.merge("two")
    project.settled()
    row = Project(tmp_path / "row/shop")
    row.work([*one, *two])
    assert tree(project.root) == tree(row.root)


@pytest.fixture
def project(begun: Callable[[str], Project], tmp_path: Path) -> Project:
    """A project with `courses`, to change."""
    return begun("supabase").copy(tmp_path / "school")


@pytest.fixture
def row(project: Project, tmp_path: Path) -> Project:
    """The same, to do in a row what `project` does on branches."""
    return project.copy(tmp_path / "row")


ROUTE = "src/app/api/lessons/route.ts"
INDEX = "src/resources/index.ts"


def _apart(project: Project, one: Branch, two: Branch) -> None:
    """Two branches; the first one is checked out."""
    project.branch("two", two)
    project.branch("one", one)


@pytest.mark.slow
def test_what_git_merged_wrongly_is_put_right(project: Project, row: Project) -> None:
    """A convention here, a resource there: git sees no conflict, and the new routes have the old convention."""
    one, two = [*ONE, (ROUTE, "", "// one\n")], ["set rate_limit.max=33"]
    _apart(project, one, two)
    assert project.merge("two")
    assert "max: 60" in (project.root / ROUTE).read_text()
    done = project.resolve()
    assert done.is_settled and ROUTE in [item.path for item in done.outcome.plan.changes]
    row.work([*one, *two])
    assert tree(project.root) == tree(row.root)


@pytest.mark.slow
@pytest.mark.parametrize("style", ["libsql", "fastapi"])
def test_an_order_of_migrations_that_git_merged_wrongly(
    style: str, begun: Callable[[str], Project], tmp_path: Path
) -> None:
    """A table goes here; there is a new one that referred to it for a while, and has to let go of it first."""
    project = begun(style).copy(tmp_path / "school")
    project.work(
        [
            "endpoint grades course:ref(courses) n:int",
            "endpoint lessons n:int",
            "endpoint rooms n:int",
        ]
    )
    commit(project.root, "more")
    row = project.copy(tmp_path / "row")
    gone = ["field remove grades course", "remove courses --drop-table"]
    new = ["endpoint tags name:string course:ref(courses)", "field remove tags course"]
    _apart(project, gone, new)
    project.merge("two")
    assert MANIFEST not in git(project.root, "ls-files", "--unmerged")
    merged = tree(project.root)
    for command in (["status"], ["endpoint", "marks"], ["update"]):
        assert _call(command, project.root) == 2
    assert tree(project.root) == merged
    done = project.resolve()
    assert done.is_settled and MANIFEST in [item.path for item in done.outcome.plan.changes]
    row.work([*new, *gone])
    assert tree(project.root) == tree(row.root)
    assert '["tags", "0002_drop_course_id"]' in (project.root / MANIFEST).read_text()
    # What a command wrote is taken back as it was; that does not fit, and the next command says so again.
    assert _call(["undo"], project.root) == 0
    assert tree(project.root) == merged
    assert _call(["status"], project.root) == 2
    # Nobody looked for a while: no merge is the last step any more.
    for number in range(2):
        (project.root / "notes.md").write_text(f"{number}\n")
        commit(project.root, "Later")
    assert [item.path for item in project.resolve().outcome.plan.changes] == [MANIFEST]
    assert _call(["list"], project.root) == 0


@pytest.mark.slow
@pytest.mark.parametrize("command", ["rebase", "cherry-pick", "merge --squash"])
@pytest.mark.parametrize("second", [TWO, ["set rate_limit.max=33"]], ids=["conflict", "clean"])
def test_other_ways_to_merge(command: str, second: Branch, project: Project, row: Project) -> None:
    _apart(project, ONE, second)
    git(project.root, "switch", "--quiet", "one" if command == "rebase" else "two")
    done = project.merge("two" if command == "rebase" else "one", command)
    assert done == (second != TWO)
    if done and command != "rebase":
        return  # git keeps no word of it
    assert project.resolve().is_settled
    row.work([*ONE, *second])
    assert tree(project.root) == tree(row.root)


def _merged_in_a_folder(project: Project, top: Path) -> Project:
    """The project in a folder of the repository `top`, where git has just stopped at a conflict."""
    web = Project(top / "apps/web")
    shutil.copytree(project.root, web.root, ignore=shutil.ignore_patterns(".git"))
    git(top, "init", "--quiet", "--initial-branch=main")
    commit(top, "begin")
    _apart(web, ONE, TWO)
    assert not web.merge("two")
    return web


@pytest.mark.slow
def test_a_project_in_a_folder_of_a_repository(
    project: Project, row: Project, tmp_path: Path
) -> None:
    web = _merged_in_a_folder(project, tmp_path / "mono")
    assert MANIFEST in web.resolve().staged
    assert git(tmp_path / "mono", "diff", "--name-only") == ""
    row.work([*ONE, *TWO])
    assert tree(web.root) == tree(row.root)


@pytest.mark.slow
def test_a_hook_runs_it(project: Project) -> None:
    """Git gives a hook variables that name the repository, and a merge commit is there already."""
    _apart(project, [*ONE, (ROUTE, "", "// one\n")], ["set rate_limit.max=33"])
    hook = project.root / ".git/hooks/post-merge"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m scaffold resolve\n')
    hook.chmod(0o755)
    assert project.merge("two")
    assert "max: 33" in (project.root / ROUTE).read_text()


@pytest.mark.slow
def test_variables_of_git_name_no_other_repository(
    project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _merged_in_a_folder(project, tmp_path / "mono")
    monkeypatch.chdir(tmp_path / "mono")
    monkeypatch.setenv("GIT_DIR", ".git")
    assert MANIFEST in resolve(project="apps/web").staged


@pytest.mark.slow
def test_a_resource_that_has_another_name_by_now(project: Project, row: Project) -> None:
    """Lines written into files that move, and a child of the resource by its old name."""
    schema = "src/resources/courses/schema.ts"
    one, two = ["rename courses classes"], [
        *ONE,
        "field add courses seats:int=10",
        (schema, "", "// two\n"),
    ]
    _apart(project, one, two)
    project.merge("two")
    project.settled()
    assert not (project.root / "src/resources/courses").exists()
    assert (project.root / "src/resources/classes/schema.ts").read_text().startswith("// two\n")
    row.work([*two, *one])
    assert tree(project.root) == tree(row.root)


@pytest.mark.slow
def test_a_convention_here_changes_a_table_made_there(
    begun: Callable[[str], Project], tmp_path: Path
) -> None:
    """The table may be in a database by now: what the convention does to it is a step of its own."""
    project = begun("libsql").copy(tmp_path / "school")
    row = project.copy(tmp_path / "row")
    one, two = ONE, ["set data.soft_delete=true"]
    _apart(project, one, two)
    # Both changed the order of migrations at one place, which git cannot settle.
    assert not project.merge("two")
    project.settled()
    row.work([*one, *two])
    assert tree(project.root) == tree(row.root)
    made = load(project.root)
    lessons = made and made.find("lessons")
    assert lessons and [step.kind for step in lessons.history] == ["create", "soft_delete"]


@pytest.mark.slow
def test_newer_templates_here_a_resource_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = make_source(tmp_path / "source")
    monkeypatch.setenv("SCAFFOLD_SOURCE", str(source))
    assert _call(["new", str(tmp_path / "school"), "--style", "supabase"], tmp_path) == 0
    project = Project(tmp_path / "school")
    project.branch("two", ["endpoint notes body:text"])
    git(project.root, "switch", "--quiet", "main")
    row = project.copy(tmp_path / "row")
    agent = source / "agents/supabase.md"
    agent.write_text(agent.read_text().replace("max: 60", "max: 30"))
    commit(source, "Fewer requests", "v0.2.0")
    project.branch("one", ["update"])
    project.merge("two")
    project.settled()
    row.work(["update", "endpoint notes body:text"])
    assert tree(project.root) == tree(row.root)


@pytest.mark.slow
def test_edits_of_the_same_lines_stand_between_markers(project: Project) -> None:
    one: Branch = [*ONE, (INDEX, "", "// one\n")]
    two: Branch = [*TWO, (INDEX, "", "// two\n")]
    _apart(project, one, two)
    project.merge("two")
    done = project.resolve()
    assert not done.is_settled
    assert [item.path for item in done.outcome.plan.conflicts] == [INDEX]
    assert INDEX not in done.staged and MANIFEST in done.staged
    text = (project.root / INDEX).read_text()
    assert text.startswith("<<<<<<< ours\n// one\n=======\n// two\n>>>>>>> theirs\n")
    assert text.count("<<<<<<<") == 1 and "lessonsDescription, notesDescription]" in text
    again = project.resolve()
    assert [tuple(item) for item in again.left] == [(INDEX, MARKERS)] and not again.staged
    # Once a person settled it, nobody touches it again.
    (project.root / INDEX).write_text("// both\n" + text.partition(">>>>>>> theirs\n")[2])
    again = project.resolve()
    assert [item.path for item in again.left] == [INDEX] and not again.outcome.plan.changes
    git(project.root, "add", INDEX)
    assert project.resolve().is_settled
    assert (project.root / INDEX).read_text().startswith("// both\n")


@pytest.mark.slow
def test_what_was_edited_since_git_merged_it_stays(project: Project) -> None:
    _apart(project, ONE, [*TWO, "set rate_limit.max=33"])
    project.merge("two")
    index = project.root / INDEX
    index.write_text(index.read_text() + "// typed\n")
    route = project.root / ROUTE
    route.write_text("// typed\n" + route.read_text())
    done = project.resolve()
    assert [item.path for item in done.left] == [INDEX]
    assert index.read_text().endswith("// typed\n")
    text = route.read_text()
    assert text.startswith("// typed\n") and "max: 33" in text and "max: 60" not in text
    # Who edited it stages it.
    assert ROUTE not in done.staged and ROUTE in git(project.root, "diff", "--name-only")


@pytest.mark.slow
def test_a_file_deleted_here_and_edited_there_is_named(project: Project) -> None:
    git(project.root, "switch", "--quiet", "--create", "two")
    project.work([*TWO, (INDEX, "", "// two\n")])
    commit(project.root, "two")
    git(project.root, "switch", "--quiet", "--create", "one", "main")
    project.work(ONE)
    (project.root / INDEX).unlink()
    commit(project.root, "one")
    project.merge("two")
    done = project.resolve()
    assert [(item.path, item.why) for item in done.left] == [
        (INDEX, "deleted on one side, edited on the other")
    ]


@pytest.mark.slow
def test_a_file_that_one_side_deleted_stays_deleted(project: Project) -> None:
    git(project.root, "switch", "--quiet", "--create", "one")
    (project.root / INDEX).unlink()
    project.work(ONE)
    commit(project.root, "one")
    project.branch("two", TWO)
    git(project.root, "switch", "--quiet", "one")
    assert not project.merge("two")
    done = project.resolve()
    assert done.is_settled and INDEX in [item.path for item in done.outcome.plan.kept]
    assert not (project.root / INDEX).exists()
    assert git(project.root, "ls-files", INDEX) == ""


@pytest.mark.slow
def test_without_a_commit_to_ask(project: Project, row: Project) -> None:
    """`git stash pop`: all that git keeps are the stages of what it could not merge."""
    project.work(TWO)
    git(project.root, "stash", "--include-untracked")
    project.branch("one", ONE)
    assert not project.merge("pop", "stash")
    assert project.resolve().is_settled
    row.work([*ONE, *TWO])
    assert tree(project.root) == tree(row.root)


@pytest.mark.slow
@pytest.mark.parametrize("prefer", ["ours", "theirs"])
def test_clashes_are_named_and_settled_by_choice(
    prefer: Any, project: Project, row: Project
) -> None:
    one: Branch = ["endpoint lessons title:string", "set rate_limit.max=33"]
    two: Branch = ["endpoint lessons body:text", "set rate_limit.max=44"]
    _apart(project, one, two)
    project.merge("two")
    before = tree(project.root)
    done = project.resolve()
    assert [item.key for item in done.clashes] == ["overrides.rate_limit.max", "resources.lessons"]
    assert "title:string" in str(done.clashes[1].ours) and "body:text" in str(
        done.clashes[1].theirs
    )
    assert not done.is_settled and tree(project.root) == before
    assert _call(["resolve"], project.root) == 1
    assert project.resolve(prefer=prefer).is_settled
    row.work(one if prefer == "ours" else two)
    assert tree(project.root) == tree(row.root)


@pytest.mark.slow
def test_drizzles_journal_is_left_to_its_tool(project: Project) -> None:
    journal = project.root / "drizzle/meta/_journal.json"
    for name, work in (("two", TWO), ("one", ONE)):
        git(project.root, "switch", "--quiet", "--create", name, "main")
        project.work(work)
        journal.parent.mkdir(parents=True, exist_ok=True)
        journal.write_text(f'{{"entries": [{{"tag": "0000_{name}"}}]}}\n')
        (journal.parent / "0000_snapshot.json").write_text(f'{{"id": "{name}"}}\n')
        (project.root / f"drizzle/0000_{name}.sql").write_text("SELECT 1;\n")
        commit(project.root, name)
    project.merge("two")
    done = project.resolve()
    assert {item.path for item in done.left} == {
        "drizzle/meta/_journal.json",
        "drizzle/meta/0000_snapshot.json",
    }
    assert done.outcome.next_steps[1:-1] == (
        "git checkout --ours -- drizzle/meta/0000_snapshot.json drizzle/meta/_journal.json",
        "git rm -q -f -- drizzle/0000_two.sql",
        "npm run db:generate",
        "git add drizzle",
    )
    for step in done.outcome.next_steps[1:3]:
        git(project.root, *step.split()[1:])
    assert '"0000_one"' in journal.read_text()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("resources:\n", "resources: 7\nrest:\n", "`resources` must be a list"),
        ("overrides: {}", "overrides: {}\nplugins: [a]", "a newer one wrote it"),
        ("overrides: {}", "overrides: [", "not valid YAML"),
    ],
)
def test_a_manifest_that_is_none(old: str, new: str, words: str, project: Project) -> None:
    project.branch("two", TWO)
    manifest = project.root / MANIFEST
    text = manifest.read_text()
    assert old in text
    manifest.write_text(text.replace(old, new))
    git(project.root, "commit", "--quiet", "--all", "--message=nonsense")
    project.branch("one", ONE)
    assert not project.merge("two")
    before = tree(project.root)
    with pytest.raises(UserError) as caught:
        project.resolve()
    assert words in caught.value.message and "of theirs" in caught.value.message
    assert tree(project.root) == before
    assert _call(["endpoint", "tags"], project.root) == 2


@pytest.mark.slow
def test_it_can_be_taken_back(project: Project) -> None:
    _apart(project, ONE, TWO)
    project.merge("two")
    before = tree(project.root)
    dry = project.resolve(dry_run=True)
    assert tree(project.root) == before and git(project.root, "ls-files", "--unmerged")
    assert dry.outcome.plan == project.resolve().outcome.plan
    assert _call(["undo"], project.root) == 0
    assert tree(project.root) == before
    git(project.root, "update-index", "--unresolve", MANIFEST, INDEX)
    assert MANIFEST in project.resolve().staged
    assert project.resolve().is_settled


@pytest.mark.slow
def test_another_git_is_at_work(project: Project) -> None:
    _apart(project, ONE, TWO)
    project.merge("two")
    before = tree(project.root)
    (project.root / ".git/index.lock").touch()
    with pytest.raises(UserError, match="another git is at work"):
        project.resolve()
    assert tree(project.root) == before
