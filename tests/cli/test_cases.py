"""The cases of `tests/cases/*.yml`: commands of the real command line and what they should answer.

A file holds `in`, the folder to start from (`prepare` of tests/support/cases.py), and `cases`, each with

    it        what is shown; with the file's name, the test's name
    run       the command's arguments, as typed in a shell (without `scaffold`)
    exit      exit code (default: 2)
    says      words that have to be on standard error (exit 2) or standard output (any other)
    writes    files that have to exist afterwards (with --dry-run: that have to be named)
    keeps     the folder must not change; always so where the exit code is 2, and for --dry-run
    in, files, links, edit, before, env
              set-up: another start, files to write, symbolic links, [old, new] texts in a file,
              commands to run first, environment
"""

from __future__ import annotations

import ctypes
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.conftest import Run
from tests.support.cases import Case, Snapshot, call, prepare, snapshot

FOLDER = Path(__file__).parents[1] / "cases"
SET_UP = {"files", "links", "edit", "before"}
KEYS = {"it", "run", "exit", "says", "writes", "keeps", "in", "env"} | SET_UP


def _cases() -> list[Any]:
    found = []
    for path in sorted(FOLDER.glob("*.yml")):
        document = yaml.safe_load(path.read_text("utf-8"))
        for data in document["cases"]:
            assert set(data) <= KEYS, f"{path.name}: unknown keys {set(data) - KEYS}"
            case = Case(data.get("in", document["in"]), data)
            found.append(pytest.param(case, id=f"{path.stem}: {data['it']}"))
    return found


class Starts:
    """Folders to start from, for cases that add nothing and must change nothing: one case leaves its own to the next.

    A case that fails keeps its folder, whatever it did to it.
    """

    def __init__(self, factory: pytest.TempPathFactory) -> None:
        self._factory = factory
        self._free: dict[str, tuple[Path, Snapshot]] = {}

    def take(self, start: str, service: Path) -> tuple[Path, Snapshot]:
        """A folder with `project` in it, and what it holds."""
        if start not in self._free:
            top = self._factory.mktemp(start)
            prepare(Case(start, {}), top, service)
            return top, snapshot(top)
        return self._free.pop(start)

    def give_back(self, start: str, top: Path, held: Snapshot) -> None:
        """Takes back a folder that still holds what it held."""
        self._free[start] = (top, held)


@pytest.fixture(scope="module")
def starts(tmp_path_factory: pytest.TempPathFactory) -> Starts:
    return Starts(tmp_path_factory)


@pytest.mark.parametrize("case", _cases())
def test_case(
    case: Case,
    tmp_path: Path,
    service: Path,
    starts: Starts,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    data = case.data
    args = shlex.split(data["run"])
    expected = data.get("exit", 2)
    keeps = expected == 2 or data.get("keeps") or "--dry-run" in args
    shared = keeps and not SET_UP & set(data)
    if shared:
        top, before = starts.take(case.start, service)
    else:
        top, before = tmp_path, {}
        prepare(case, top, service)
    project = top / "project"
    monkeypatch.chdir(project)
    for line in data.get("before", ()):
        code = call(shlex.split(line))
        assert code == 0, capfd.readouterr().err
    capfd.readouterr()
    for name, value in data.get("env", {}).items():
        monkeypatch.setenv(name, value)
    before = before or snapshot(top)

    code = call(args)

    out, err = capfd.readouterr()
    assert code == expected, f"exit code {code}\n{out}{err}"
    for words in data.get("says", ()):
        assert words in (err if expected == 2 else out), f"{words!r} is not in\n{out}{err}"
    if expected == 2:
        assert out == "" or "--json" in args
        assert err.lower().count("error:") == 1, err
        assert "Traceback" not in err
    if keeps:
        assert snapshot(top) == before, "the folder changed"
    for path in data.get("writes", ()):
        if "--dry-run" in args:
            assert path.rsplit("/", 1)[-1] in out
        else:
            assert (project / path).is_file(), f"{path} was not written\n{out}"
    if shared:
        starts.give_back(case.start, top, before)


def test_no_command_shows_the_help(run: Run, tmp_path: Path) -> None:
    done = run([], tmp_path)
    assert done.returncode == 2
    assert "endpoint" in done.stdout + done.stderr


@pytest.mark.parametrize(
    "line",
    ["endpoint --json", "endpiont grades --json", "field add --json", "update --jason --json"],
)
def test_wrong_usage_as_json(run: Run, tmp_path: Path, line: str) -> None:
    done = run(line.split(), tmp_path)
    assert done.returncode == 2
    error = json.loads(done.stdout)["error"]
    assert error["message"] in done.stderr
    assert error["hint"].startswith("`scaffold") and error["hint"].endswith(" --help`")


def test_a_folder_that_is_gone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    gone, before = tmp_path / "gone", os.getcwd()
    gone.mkdir()
    os.chdir(gone)
    gone.rmdir()
    try:
        codes = [call(line.split()) for line in ("new clinic --style supabase", "status", "list")]
    finally:
        os.chdir(before)
    assert codes == [2, 2, 2]
    assert (
        capsys.readouterr().err.count("error: the folder that you are in is no longer there") == 3
    )


def test_bad_input_as_json(run: Run, service: Path) -> None:
    done = run(["endpoint", "grades", "title:strng", "--json"], service)
    assert done.returncode == 2
    answer = json.loads(done.stdout)
    assert answer["version"] == 1
    assert "strng" in answer["error"]["message"]
    assert "title:string" in answer["error"]["hint"]


@pytest.mark.parametrize(
    "args", [["endpoint", "grades"], ["set", "rate_limit.max=5"]], ids=" ".join
)
def test_project_that_is_not_writable(
    args: list[str], run: Run, service: Path, tmp_path: Path
) -> None:
    project = tmp_path / "clinic"
    shutil.copytree(service, project, symlinks=True)
    # Rendered once with all rights, so that the templates are in the cache.
    assert run([*args, "--dry-run"], project).returncode == 0
    for path in (project, *project.rglob("*")):
        if not path.is_symlink():
            path.chmod(path.stat().st_mode & ~0o222)
    before = snapshot(tmp_path)
    try:
        done = _held_back(args, project)
    finally:
        for path in (project, *project.rglob("*")):
            if path.is_dir():
                path.chmod(0o755)
    assert done.returncode == 2, done.stdout + done.stderr
    assert done.stderr.count("error:") == 1
    assert "Traceback" not in done.stderr
    contents = {path: value[1] for path, value in snapshot(tmp_path).items()}
    assert contents == {path: value[1] for path, value in before.items()}


@pytest.mark.slow
@pytest.mark.parametrize("command", ["update", "status", "set rate_limit.max=5", "undo"])
def test_a_file_that_cannot_be_read(command: str, service: Path, tmp_path: Path) -> None:
    project = tmp_path / "clinic"
    shutil.copytree(service, project, symlinks=True)
    (project / "src/resources/assessments/model.ts").chmod(0)
    (project / "src/app/api/assessments/route.ts").chmod(0)
    before = snapshot(tmp_path)
    done = _held_back(command.split(), project)
    assert done.returncode == 2, done.stdout + done.stderr
    assert re.search("cannot read `[^`]+`: Permission denied", done.stderr)
    assert done.stderr.count("error:") == 1
    assert snapshot(tmp_path) == before


def test_new_where_nothing_can_be_written(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir()
    closed.chmod(0o555)
    done = _held_back(["new", "clinic", "--style", "supabase"], closed)
    assert done.returncode == 2, done.stdout + done.stderr
    assert done.stderr.count("error:") == 1
    assert "Traceback" not in done.stderr
    assert not list(closed.iterdir())


def _held_back(args: list[str], cwd: Path) -> subprocess.CompletedProcess[str]:
    """Run `scaffold` so that file modes count, for root as well."""

    def drop() -> None:
        # PR_CAPBSET_DROP of CAP_DAC_OVERRIDE and CAP_DAC_READ_SEARCH: after exec, root is bound by file modes.
        if os.geteuid() == 0 and any(ctypes.CDLL(None).prctl(24, n, 0, 0, 0) for n in (1, 2)):
            raise PermissionError

    return subprocess.run(
        [sys.executable, "-m", "scaffold", *args],
        cwd=cwd,
        preexec_fn=drop,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
    )
