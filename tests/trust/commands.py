"""The commands whose faults are tried: a project before each, its words, and the project afterwards."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from io import StringIO
from pathlib import Path

from tests.support.cases import Snapshot, call, snapshot
from tools.source import commit, git

WORDS = {
    "endpoint": ("endpoint", "grades", "title:string{1..200}", "score:int{0..10}?"),
    "update": ("update",),
    "undo": ("undo",),
    "resolve": ("resolve",),
}
_BRANCHES = {"one": ("lessons", "title:string"), "two": ("notes", "body:text")}


@dataclass(frozen=True)
class Case:
    """A command in the project `start`, and the files before and after it."""

    words: tuple[str, ...]
    start: Path
    before: Snapshot
    after: Snapshot

    def copy(self, to: Path) -> Path:
        """A copy of the project, as git takes it for the same."""
        shutil.copytree(self.start, to, symlinks=True)
        return to


def case_of(name: str, folder: Path) -> Case:
    """The case of a command, made in an empty folder; SCAFFOLD_SOURCE names a source that may get a version."""
    start = folder / "start"
    _quiet("new", str(start), "--style", "supabase")
    _quiet("endpoint", "assessments", "title:string{1..200}", "--project", str(start))
    # What is the user's: an edited file, a new one, one that git does not know.
    route = start / "src/app/api/assessments/route.ts"
    route.write_text(f"// mine\n{route.read_text('utf-8')}", "utf-8")
    (start / "src/mine.ts").write_text("export const mine = 1;\n")
    (start / "script.sh").write_text("#!/bin/sh\n")
    (start / "script.sh").chmod(0o755)
    commit(start, "Mine")
    (start / "notes.txt").write_text("not committed\n")
    if name == "undo":
        _quiet(*WORDS["endpoint"], "--project", str(start))
    elif name == "update":
        _release(Path(os.environ["SCAFFOLD_SOURCE"]))
    elif name == "resolve":
        _merge(start)
    done = folder / "done"
    shutil.copytree(start, done, symlinks=True)
    _quiet(*WORDS[name], "--project", str(done))
    case = Case(WORDS[name], start, files(start), files(done))
    if case.before == case.after:
        raise RuntimeError(f"`scaffold {name}` changes nothing")
    return case


def files(project: Path) -> Snapshot:
    """Every path of a project but git's and scaffold's own folders."""
    own = (".git", ".scaffold")
    return {path: one for path, one in snapshot(project).items() if path.split("/")[0] not in own}


def recover(project: Path) -> None:
    """The next command: it finishes what was cut off, and has nothing to do of its own."""
    quietly("endpoint", "assessments", "--project", str(project))


def quietly(*words: str) -> tuple[int, str]:
    """The exit code of a command in this process, and what it complains of."""
    complained = StringIO()
    with redirect_stdout(StringIO()), redirect_stderr(complained):
        code = call([*words])
    return code, complained.getvalue()


def program(words: tuple[str, ...]) -> list[str]:
    """The command as a process of its own."""
    return [sys.executable, "-m", "scaffold", *words]


def _quiet(*words: str) -> None:
    code, errors = quietly(*words)
    if code:
        raise RuntimeError(f"scaffold {' '.join(words)}: exit {code}\n{errors}")


def _release(source: Path) -> None:
    """One more version, in which every script has another end, and one is new."""
    number = len(git(source, "tag").split()) + 1
    for path in (source / "templates/nextjs").rglob("*.ts.jinja"):
        path.write_text(f"{path.read_text('utf-8')}// version {number}\n", "utf-8")
    (source / f"templates/nextjs/version{number}.ts").write_text(f"export const n = {number};\n")
    commit(source, f"Version {number}", f"v0.{number}.0")


def _merge(start: Path) -> None:
    """Two branches with a resource each, in a merge that git cannot finish."""
    (start / "notes.txt").rename(start.parent / "notes.txt")
    for branch, words in _BRANCHES.items():
        git(start, "switch", "--quiet", "--create", branch, "main")
        _quiet("endpoint", *words, "--project", str(start))
        commit(start, branch)
    subprocess.run(["git", "merge", "--no-edit", "one"], cwd=start, capture_output=True)
    (start.parent / "notes.txt").rename(start / "notes.txt")
