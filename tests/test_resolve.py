"""Two branches that each used scaffold, merged: what the commands in a row would have made, and no line lost."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from scaffold.api.resolve import Resolution, resolve
from scaffold.cli import main
from tests.test_parity import tree
from tools.source import commit, git

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
            ("tests/resources/courses.test.ts", "  paginate: 'page',\n", "  // two\n"),
            ("src/app/api/courses/route.ts", "", "// two\n"),
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
                before, found, after = (self.root / path).read_text().partition(line or "\0")
                assert found or not line, path
                text = before + found + new + after if line else new + before
                (self.root / path).write_text(text)

    def branch(self, name: str, work: Branch, start: str = "main") -> None:
        """A branch with that work, committed."""
        git(self.root, "switch", "--quiet", "--create", name, start)
        self.work(work)
        commit(self.root, name)

    def merge(self, name: str, command: str = "merge") -> bool:
        """Whether git merged it without a conflict."""
        words = [command, *["--no-edit"] * (command == "merge"), name]
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

    def copy(self, name: str) -> Project:
        shutil.copytree(self.root, self.root.parent / name, symlinks=True)
        return Project(self.root.parent / name)


def _call(args: list[str], cwd: Path) -> int:
    with pytest.MonkeyPatch.context() as patch:
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


@pytest.mark.parametrize("edited", [False, True], ids=["as generated", "edited"])
@pytest.mark.parametrize("style", ["supabase", "libsql", "clerk", "prisma", "fastapi"])
def test_three_branches_are_the_commands_in_a_row(
    style: str, edited: bool, begun: Callable[[str], Project], tmp_path: Path
) -> None:
    shutil.copytree(begun(style).root, tmp_path / "school")
    project = Project(tmp_path / "school")
    row = project.copy("row")
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
