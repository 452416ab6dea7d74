"""A full disk and read-only folders: the command refuses, and the project is as before; with room again it works."""

from __future__ import annotations

import ctypes
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

from scaffold.support.project_files import STAGE
from tests.trust.commands import Case, case_of, files, program, quietly, recover
from tests.trust.figures import Figures

ROWS = ("full-disk", "read-only")
_COMMANDS = ("endpoint", "update", "undo")
_PAGE = 4096
_PR_CAPBSET_DROP, _DAC_OVERRIDE, _DAC_READ_SEARCH = 24, 1, 2


def run(row: str, scratch: Path, say: Callable[[str], None]) -> Figures:
    """The figures of a row. A full disk needs a name space of mounts, which `unshare` makes without rights."""
    scratch.mkdir(parents=True)
    return _read_only(scratch, say) if row == "read-only" else unshared(__name__, scratch, say)


def unshared(module: str, folder: Path, say: Callable[[str], None]) -> Figures:
    """The figures that a module prints last, which may mount what it likes. Raises RuntimeError where it fails."""
    program = ["unshare", "--user", "--map-root-user", "--mount", sys.executable, "-m", module]
    done = subprocess.run([*program, str(folder)], stdout=subprocess.PIPE, text=True)
    if done.returncode:
        raise RuntimeError(f"{module} failed; it needs a file system of its own to be mounted")
    *lines, last = done.stdout.splitlines()
    for line in lines:
        say(line)
    return Figures(**json.loads(last))


def _full(scratch: Path, say: Callable[[str], None]) -> Figures:
    """Each command on a file system with room for one page more each time, until it succeeds."""
    figures = Figures()
    place = scratch / "mounted"
    place.mkdir()
    for name in _COMMANDS:
        case = case_of(name, scratch / name)
        for more in range(1000):
            mount("-t", "tmpfs", "-o", "size=100m", "tmpfs", str(place))
            try:
                project = case.copy(place / "project")
                used = os.statvfs(place)
                size = (used.f_blocks - used.f_bfree) * used.f_frsize
                mount("-o", f"remount,size={size + more * _PAGE}", str(place))
                code, errors = _run(case, project, limited=False)
                began = (project / STAGE).exists() or code == 0
                mount("-o", "remount,size=100m", str(place))
                _judge(
                    case,
                    project,
                    code,
                    errors,
                    began,
                    figures,
                    partial(_told, say, f"{name}, {more} pages"),
                )
            finally:
                subprocess.run(["umount", str(place)], check=True)
            if code == 0:
                break
    return figures


def _read_only(scratch: Path, say: Callable[[str], None]) -> Figures:
    """Each command with each folder read-only that it changes."""
    figures = Figures()
    for name in _COMMANDS:
        case = case_of(name, scratch / name)
        changed = {path for path, _ in case.before.items() ^ case.after.items()}
        there = {
            folder for folder, (mode, _) in case.before.items() if (mode & 0o170000) == 0o040000
        }
        folders = sorted({"", *({path.rpartition("/")[0] for path in changed} & there)})
        for folder in folders:
            project = case.copy(scratch / "project")
            place = project / folder
            place.chmod(0o555)
            code, errors = _run(case, project, limited=True)
            place.chmod(case.before[folder][0] & 0o7777 if folder else 0o755)
            if code == 0:
                figures.wrong += 1
                say(f"{name}: `{folder}` was read-only, and the command succeeded")
            _judge(
                case,
                project,
                code,
                errors,
                bool(folder),
                figures,
                partial(_told, say, f"{name}, {folder}"),
            )
            shutil.rmtree(project)
    return figures


def _run(case: Case, project: Path, *, limited: bool) -> tuple[int, str]:
    done = subprocess.run(
        program(case.words),
        cwd=project,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        preexec_fn=_without_rights if limited and os.geteuid() == 0 else None,
    )
    return done.returncode, done.stderr


def _judge(
    case: Case,
    project: Path,
    code: int,
    errors: str,
    began: bool,
    figures: Figures,
    say: Callable[[str], None],
) -> None:
    figures.tries += 1
    figures.between += began
    wrong = []
    if code not in (0, 2) or "Traceback" in errors:
        wrong.append(f"exit {code}: {errors[-2000:]}")
    if code and "cannot write" not in errors:
        wrong.append(f"the message does not say why: {errors}")
    if files(project) != (case.after if code == 0 else case.before):
        recover(project)
        if files(project) not in (case.before, case.after):
            wrong.append("between before and after")
    if code and files(project) == case.before:
        again, errors = quietly(*case.words, "--project", str(project))
        if again or files(project) != case.after:
            wrong.append(f"not again with room: exit {again}, {errors}")
    figures.survived += not wrong
    figures.wrong += bool(wrong)
    for text in wrong:
        say(text)


def _told(say: Callable[[str], None], where: str, text: str) -> None:
    say(f"--- {where}: {text}")


def _without_rights() -> None:
    """The administrator heeds the modes of folders after the next exec."""
    libc = ctypes.CDLL(None)
    for right in (_DAC_OVERRIDE, _DAC_READ_SEARCH):
        libc.prctl(_PR_CAPBSET_DROP, right, 0, 0, 0)


def mount(*words: str) -> None:
    """Runs `mount`."""
    subprocess.run(["mount", *words], check=True)


if __name__ == "__main__":
    print(json.dumps(vars(_full(Path(sys.argv[1]), print))))
