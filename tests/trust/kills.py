"""`kill -9` at random moments: the project is as before the command or as after it, once the next one has run."""

from __future__ import annotations

import random
import shutil
import subprocess
import time
from collections.abc import Callable
from functools import cache
from pathlib import Path

from scaffold.support.project_files import STAGE
from scaffold.writing.journal import NOW
from tests.trust.commands import WORDS, Case, case_of, files, program, quietly, recover
from tests.trust.figures import Figures

KILLS = 300
PARTS = 3
COMMANDS = tuple(f"kill-{name}" for name in WORDS)
# Every third kill comes at any moment of the process, the others while it writes.
_ANY = 3
_MOST = 4


def kill(row: str, count: int, seed: int, scratch: Path, say: Callable[[str], None]) -> Figures:
    """Kills the command so often, on a project each time; what became of the projects."""
    scratch.mkdir(parents=True, exist_ok=True)
    dice = random.Random(f"{seed} {row}")
    case, whole, writing = _prepared(row.removeprefix("kill-"), scratch)
    figures = Figures()
    # One that is done before it is killed counts for nothing.
    for number in range(count * _MOST):
        if figures.tries == count:
            break
        project = case.copy(scratch / "killed")
        at_any = number % _ANY == 0
        ended = _killed(case, project, dice.uniform(0, whole if at_any else writing * 1.2), at_any)
        if ended:
            between = (project / STAGE / NOW).exists()
            figures.tries += 1
            figures.between += between
            wrong = _wrong(case, project)
            figures.survived += not wrong
            figures.wrong += bool(wrong)
            if wrong:
                say(f"--- {row}, kill {number}{' between writes' * between}: {wrong}")
        shutil.rmtree(project)
    return figures


@cache
def _prepared(name: str, scratch: Path) -> tuple[Case, float, float]:
    """The case, how long its command takes, and how long it writes."""
    case = case_of(name, scratch)
    spans = [_spans(case, scratch / "timed") for _ in range(3)]
    whole, writing = (sum(span[part] for span in spans) / len(spans) for part in (0, 1))
    return case, whole, writing


def _spans(case: Case, project: Path) -> tuple[float, float]:
    """How long the command takes, and how long of that it writes."""
    case.copy(project)
    began = time.monotonic()
    process = _start(case, project)
    first = last = 0.0
    while process.poll() is None:
        if (project / STAGE / NOW).exists():
            last = time.monotonic()
            first = first or last
    whole = time.monotonic() - began
    shutil.rmtree(project)
    return whole, last - first


def _killed(case: Case, project: Path, delay: float, at_any: bool) -> bool:
    process = _start(case, project)
    if not at_any:
        stage = project / STAGE / NOW
        while not stage.exists() and process.poll() is None:
            pass
    # A sleep is longer than the write of a file.
    until = time.monotonic() + delay
    while time.monotonic() < until:
        if until - time.monotonic() > 0.005:
            time.sleep(0.002)
    process.kill()
    return process.wait() < 0


def _start(case: Case, project: Path) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        program(case.words),
        cwd=project,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def _wrong(case: Case, project: Path) -> str:
    """What is wrong with a project after a kill and the next command; empty if nothing."""
    recover(project)
    now = files(project)
    if now not in (case.before, case.after):
        nearer = min((case.before, case.after), key=lambda one: len(now.items() ^ one.items()))
        return f"between before and after: {sorted({path for path, _ in now.items() ^ nearer.items()})}"
    if (project / STAGE / NOW).exists():
        return "the next command has not cleared its stage away"
    words = (*case.words, "--project", str(project))
    if now == case.before:
        code, errors = quietly(*words)
        return "" if code == 0 and files(project) == case.after else f"not again: {code} {errors}"
    if case.words[0] in ("endpoint", "update"):
        code, errors = quietly("undo", "--project", str(project))
        return "" if code == 0 and files(project) == case.before else f"undo: {code} {errors}"
    if case.words[0] == "resolve":
        code, errors = quietly(*words)
        return "" if code == 0 and files(project) == case.after else f"not again: {code} {errors}"
    return ""
