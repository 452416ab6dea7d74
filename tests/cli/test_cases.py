"""The cases of `tests/cases/*.yml`: commands of the real command line and what they should answer.

A file holds `in`, the folder to start from (see `prepare`), and `cases`, each with

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
import shlex
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from scaffold.cli import main
from tests.conftest import Run

FOLDER = Path(__file__).parents[1] / "cases"
SET_UP = {"files", "links", "edit", "before"}
KEYS = {"it", "run", "exit", "says", "writes", "keeps", "in", "env"} | SET_UP
Snapshot = dict[str, tuple[int, bytes | str | None]]


@dataclass(frozen=True)
class Case:
    """One entry of a file, with the file's `in`."""

    start: str
    data: Mapping[str, Any]


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
    assert "cannot be read: Permission denied" in done.stderr
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


def call(args: list[str]) -> int:
    """The exit code of the command line, run in this process."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "argv", ["scaffold", *args])
        try:
            main()
        except SystemExit as ended:
            code = ended.code
            return code if isinstance(code, int) else int(code is not None)
    return 0


def prepare(case: Case, top: Path, service: Path) -> Path:
    """The case's project, a folder in `top`.

    `empty`: nothing in it; `service`: a generated one with `assessments`; `next`: a Next.js app;
    `fastapi`: a FastAPI application; `rails`: a Rails app. Beside it stands an empty folder `outside`.
    """
    project = top / "project"
    (top / "outside").mkdir()
    files: dict[str, str | bytes] = {}
    if case.start == "service":
        shutil.copytree(service, project, symlinks=True)
    else:
        project.mkdir()
    if case.start == "next":
        package = {"name": "shop", "dependencies": {"next": "16.4.5"}}
        files["package.json"] = json.dumps(package, indent=2) + "\n"
        files["tsconfig.json"] = '{"compilerOptions": {"paths": {"@/*": ["./src/*"]}}}\n'
        files["src/app/route.ts"] = "export const GET = () => new Response('shop');\n"
    elif case.start == "fastapi":
        files["requirements.txt"] = "fastapi==0.165.0\n"
        files["app/__init__.py"] = ""
        files["app/main.py"] = "from fastapi import FastAPI\n\napp = FastAPI()\n"
    elif case.start == "rails":
        files["Gemfile"] = "gem 'rails'\n"
    for path, text in {**files, **case.data.get("files", {})}.items():
        file = project / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text if isinstance(text, bytes) else text.encode())
    for path, target in case.data.get("links", {}).items():
        link = project / path
        link.parent.mkdir(parents=True, exist_ok=True)
        link.symlink_to(target)
    for path, (old, new) in case.data.get("edit", {}).items():
        text = (project / path).read_text("utf-8")
        assert old in text, f"{path} does not hold {old!r}"
        (project / path).write_text(text.replace(old, new), "utf-8")
    return project


def snapshot(top: Path) -> Snapshot:
    """Every path below `top` with its mode, and its bytes or where it leads."""
    found: Snapshot = {}
    folders = [""]
    while folders:
        folder = folders.pop()
        with os.scandir(top / folder) as entries:
            for entry in entries:
                content: bytes | str | None = None
                if entry.is_symlink():
                    content = os.readlink(entry.path)
                elif entry.is_dir():
                    folders.append(f"{folder}{entry.name}/")
                elif entry.is_file():
                    content = Path(entry.path).read_bytes()
                mode = entry.stat(follow_symlinks=False).st_mode
                found[folder + entry.name] = (mode, content)
    return found
