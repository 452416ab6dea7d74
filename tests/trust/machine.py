"""One input: the command line run in this process on a project that has it, and what came of it."""

from __future__ import annotations

import os
import shutil
import signal
import sys
import tempfile
import time
import traceback
from collections.abc import Mapping, Sequence
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from io import StringIO
from pathlib import Path
from types import FrameType
from typing import Any, NamedTuple

from pytest import MonkeyPatch

from scaffold.cli import main, output
from scaffold.planning.plan import FileChange
from scaffold.rendering.render import Templates
from scaffold.support import yaml
from tests.support.cases import snapshot
from tests.trust.shapes import Broken, Shapes, kind_of
from tests.trust.watch import Watch
from tools.source import ROOT

LONGEST = 2.0
"""Seconds of processor time that no input may take."""

_HANGS = 30


class Hangs(BaseException):
    """A command has no end; it is no error that anybody handles."""


class Link(NamedTuple):
    """A symbolic link in place of a file."""

    target: str


class Input(NamedTuple):
    """What a stranger hands to a command: its words, and files of the project (None: not there).

    `tame` is the same with harmless words.
    """

    args: tuple[str, ...]
    files: Mapping[str, str | bytes | Link | None]
    tame: Input | None = None


@dataclass
class Ran:
    """What came of an input: exit code, what it would write, and what is wrong, with where that comes from."""

    code: int | None
    seconds: float
    tree: dict[str, str] = field(default_factory=dict)
    stated: Any = None
    errors: str = ""
    compared: bool = False
    wrong: list[tuple[str, str]] = field(default_factory=list)

    @property
    def accepted(self) -> bool:
        """The input was taken, and files were made of it."""
        return self.code in (0, 1) and bool(self.tree)


class Machine:
    """Runs inputs on copies of `start`; one in a process, as it changes the process for good."""

    def __init__(self, scratch: Path, start: Path, watch: Watch, shapes: Shapes) -> None:
        self.project = scratch / "clinic"
        self._temporary = scratch / "temporary"
        self._temporary.mkdir(parents=True)
        self._cache = Path(os.environ["XDG_CACHE_HOME"])
        self._start, self._watch, self._shapes = start, watch, shapes
        self._tree: dict[str, str] = {}
        self._result: Any = None
        self._runs = 0
        shutil.copytree(start, self.project, symlinks=True)
        self._kept = snapshot(self.project)

    def saw(self, tree: Mapping[str, str]) -> None:
        """Notes a rendered tree."""
        self._tree = dict(tree)

    def told(self, result: Any) -> None:
        """Notes what a command shows."""
        self._result = result

    def run(self, given: Input, *, compare: bool = True) -> Ran:
        """Runs an input, twice where it seems slow; what it writes is parsed, and compared with its tame twin's."""
        ran = self._run(given)
        if ran.seconds > LONGEST:
            again = self._run(given)
            ran.seconds = min(ran.seconds, again.seconds)
            if ran.seconds > LONGEST:
                ran.wrong.append(("slow", f"{ran.seconds:.1f} s"))
        if ran.accepted:
            self._compare(given, ran, compare)
        return ran

    def write_and_undo(self, given: Input) -> list[tuple[str, str]]:
        """Runs the input without --dry-run, and takes it back: what is wrong afterwards."""
        args = tuple(word for word in given.args if word != "--dry-run")
        self._lay(given)
        before = snapshot(self.project)
        ran = self._call(args, self.project)
        wrong = ran.wrong
        if ran.code in (0, 1) and (self.project / ".scaffold").exists():
            back = self._call(("undo",), self.project)
            wrong += back.wrong
            if back.code != 0 or snapshot(self.project) != before:
                wrong.append(("undo", f"exit {back.code}: the project is not as before"))
        elif snapshot(self.project) != before:
            wrong.append(("refused", "the project changed"))
        shutil.rmtree(self.project)
        shutil.copytree(self._start, self.project, symlinks=True)
        self._kept = snapshot(self.project)
        return wrong

    def _compare(self, given: Input, ran: Ran, compare: bool) -> None:
        try:
            shapes = self._shapes.of_tree(ran.tree)
        except Broken as error:
            ran.wrong.append(("syntax", str(error)))
            return
        if given.tame is None or not compare:
            return
        twin = self._run(given.tame)
        if not twin.accepted or twin.stated != ran.stated:
            return
        ran.compared = True
        try:
            tame = self._shapes.of_tree(twin.tree)
        except Broken as error:
            ran.wrong.append(("syntax of the tame twin", str(error)))
            return
        if shapes != tame:
            ran.wrong.append(("code", self._differs(ran.tree, twin.tree, shapes - tame)))

    def _differs(self, tree: Mapping[str, str], tame: Mapping[str, str], odd: Any) -> str:
        for path, text in tree.items():
            if self._shapes.of(kind_of(path), text) in odd:
                return f"{path}\n{text[:6000]}"
        return f"files: {sorted({*tree} ^ {*tame})}"

    def _run(self, given: Input) -> Ran:
        self._lay(given)
        try:
            ran = self._call(given.args, None)
        finally:
            self._lift(given)
        if self._runs % 50 == 0 and snapshot(self.project) != self._kept:
            # The watch has said so already, unless this machine is wrong.
            raise RuntimeError(f"the project changed with or before {given}")
        return ran

    def _call(self, args: tuple[str, ...], may: Path | None) -> Ran:
        os.chdir(self.project)
        _listen(self)
        self._tree, self._result, wrong = {}, None, []
        self._runs += 1
        if self._runs % 500 == 0:
            yaml.load.cache_clear()
        said, complained = StringIO(), StringIO()
        sys.argv = ["scaffold", *args]
        code: int | None = 0
        folders = [self._cache, self._temporary, *([may] if may else [])]
        tempfile.tempdir = str(self._temporary)
        began = time.process_time()
        signal.signal(signal.SIGALRM, _stop)
        signal.alarm(_HANGS)
        try:
            with self._watch.only(folders), redirect_stdout(said), redirect_stderr(complained):
                main()
        except SystemExit as ended:
            code = ended.code if isinstance(ended.code, int) else 3
        except BaseException as error:
            code = None
            wrong.append((_place(error), "".join(traceback.format_exception(error))[-3000:]))
        finally:
            signal.alarm(0)
        seconds = time.process_time() - began
        wrong += [("outside", seen) for seen in self._watch.seen]
        errors = complained.getvalue()
        if code == 2 and "rror: " not in errors:
            wrong.append(("refusal", f"exit 2 without a message: {errors[:500]}"))
        if code is not None and code not in (0, 1, 2):
            wrong.append(("exit", f"exit {code}: {errors[:500]}"))
        ran = Ran(code, seconds, wrong=wrong, errors=errors)
        if code in (0, 1):
            ran.tree = dict(self._tree)
            plan = getattr(self._result, "plan", None)
            manifest: Any = getattr(self._result, "manifest", None)
            if plan is not None:
                ran.tree |= self._written(plan.changes)
                # Whether the tame twin is a twin: it states the same, and its files have the same fate.
                ran.stated = (
                    manifest.stated,
                    manifest.overrides,
                    sorted(manifest.host),
                    _fates(plan),
                )
        return ran

    def _written(self, changes: Sequence[FileChange]) -> dict[str, str]:
        """The texts of a plan; not of a file that was broken before."""
        found = {}
        for change in changes:
            # Conflict markers are no code.
            if change.after is None or change.conflict:
                continue
            try:
                if change.before is not None:
                    self._shapes.of(kind_of(change.path), change.before.decode("utf-8", "replace"))
            except Broken:
                continue
            found[change.path] = change.after.decode("utf-8", "replace")
        return found

    def _lay(self, given: Input) -> None:
        for path, data in given.files.items():
            place = self.project / path
            if data is None:
                place.unlink(missing_ok=True)
                continue
            place.parent.mkdir(parents=True, exist_ok=True)
            if isinstance(data, Link):
                place.unlink(missing_ok=True)
                place.symlink_to(data.target)
                continue
            place.write_bytes(
                data.encode("utf-8", "surrogatepass") if isinstance(data, str) else data
            )

    def _lift(self, given: Input) -> None:
        for path in given.files:
            kept = self._kept.get(path)
            place = self.project / path
            if kept is not None and isinstance(kept[1], bytes):
                place.write_bytes(kept[1])
                continue
            place.unlink(missing_ok=True)
            for folder in place.parents:
                if folder == self.project or any(folder.iterdir()):
                    break
                folder.rmdir()


def _fates(plan: Any) -> tuple[int, int, int]:
    return len(plan.changes), len(plan.kept), len(plan.notes)


def _stop(_number: int, _frame: FrameType | None) -> None:
    raise Hangs(f"no end within {_HANGS} s")


def _place(error: BaseException) -> str:
    """Where in scaffold an exception comes from: a kind of bug."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if "/scaffold/" in frame.filename] or [*frames]
    frame = ours[-1]
    name = Path(frame.filename)
    where = name.relative_to(ROOT) if name.is_relative_to(ROOT) else name
    return f"{type(error).__name__} at {where}:{frame.lineno}"


_machine: list[Machine] = []


def _listen(machine: Machine) -> None:
    """Has every later rendering and result told to this machine."""
    if not _machine:
        render, outcome = Templates.render, output.outcome

        def rendered(self: Templates, manifest: Any) -> dict[str, str]:
            tree = render(self, manifest)
            _machine[0].saw(tree)
            return tree

        def shown(result: Any, *, diff: bool, as_json: bool) -> int:
            _machine[0].told(result)
            return outcome(result, diff=diff, as_json=as_json)

        patch = MonkeyPatch()
        patch.setattr(Templates, "render", rendered)
        patch.setattr(output, "outcome", shown)
    _machine[:] = [machine]
