"""What is installed from a wheel: templates with their history, an empty home, and no network."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import sysconfig
import tarfile
import tempfile
import zipfile
from pathlib import Path

import pytest

from hatch_build import make_bundle
from tests.support.folders import tree
from tools.source import ROOT, commit, git

BUNDLE = "~/.local/share/scaffold/templates.bundle"


def make_checkout(folder: Path) -> Path:
    """A clone of this checkout as it stands, at v0.1.0."""
    listed = git(ROOT, "ls-files", "--cached", "--others", "--exclude-standard", "-z").split("\0")
    for name in listed:
        if name and (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, folder / name)
    git(folder, "init", "--quiet", "--initial-branch=main")
    commit(folder, "All", "v0.1.0")
    return folder


def release(checkout: Path, number: str) -> None:
    """A commit that changes a template, an agent and the version, with a tag."""
    edits = {
        "src/scaffold/__init__.py": (r'__version__ = ".*"', f'__version__ = "{number}"'),
        "agents/supabase.md": (r"max: \d+", f"max: {int(number.replace('.', ''))}7"),
        "templates/nextjs/{{ use.service }}/.env.example.jinja": (r"\Z", f"# Of {number}.\n"),
    }
    for name, (old, new) in edits.items():
        text = (checkout / name).read_text("utf-8")
        (checkout / name).write_text(re.sub(old, new, text, count=1), "utf-8")
    commit(checkout, f"Release {number}", f"v{number}")


def build(checkout: Path, target: str, folder: Path) -> Path:
    """The wheel or the source distribution of a checkout."""
    call = [sys.executable, "-m", "hatchling", "build", "-t", target, "-d", str(folder)]
    done = subprocess.run(call, cwd=checkout, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return Path((done.stdout + done.stderr).split()[-1])


class Machine:
    """A virtual environment and an empty home, off the network."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.home = folder / "home"
        self.home.mkdir(parents=True)
        self.python = folder / "venv/bin/python"
        call = [sys.executable, "-m", "venv", "--without-pip", str(folder / "venv")]
        subprocess.run(call, check=True)
        self.dependencies = next((folder / "venv/lib").glob("*/site-packages")) / "others.pth"

    def install(self, wheel: Path) -> None:
        """Installs a wheel, upgrading; its dependencies are those of the tests."""
        # Out of sight meanwhile, or pip would find the scaffold that the tests run with.
        self.dependencies.unlink(missing_ok=True)
        pip = [sys.executable, "-m", "pip", "--python", str(self.python), "install", "--quiet"]
        options = ["--disable-pip-version-check", "--no-deps", "--no-index", "--upgrade"]
        subprocess.run([*pip, *options, str(wheel)], check=True)
        self.dependencies.write_text(sysconfig.get_path("purelib") + "\n")

    def run(self, *call: str, cwd: Path) -> str:
        """What a program of the environment prints on both streams; it must succeed."""
        env = {
            "HOME": str(self.home),
            "PATH": f"{self.python.parent}:{os.environ['PATH']}",
            "GIT_CONFIG_NOSYSTEM": "1",
            **dict.fromkeys(("http_proxy", "https_proxy", "ALL_PROXY"), "http://127.0.0.1:9"),
        }
        done = subprocess.run(
            [*_OFFLINE, *call],
            cwd=cwd,
            env=env,
            capture_output=True,
            text=True,
            stdin=subprocess.DEVNULL,
        )
        assert done.returncode == 0, f"{call}\n{done.stdout}{done.stderr}"
        return done.stdout + done.stderr

    def scaffold(self, *args: str, cwd: Path) -> str:
        """The installed command."""
        return self.run(str(self.python.with_name("scaffold")), *args, cwd=cwd)

    def copier(self, cwd: Path) -> str:
        """Plain `copier update`: no option, no trust."""
        return self.run(str(self.python), "-m", "copier", "update", cwd=cwd)


def _offline() -> list[str]:
    program = shutil.which("unshare")
    call = [program or "", "-rn"]
    works = program and not subprocess.run([*call, "true"], capture_output=True).returncode
    return call if works else []


_OFFLINE = _offline()


@pytest.mark.slow
def test_a_project_lives_on_wheels_alone(tmp_path: Path) -> None:
    checkout = make_checkout(tmp_path / "checkout")
    first = build(checkout, "wheel", tmp_path / "dist")
    machine = Machine(tmp_path / "machine")
    machine.install(first)
    project = machine.folder / "clinic"
    machine.scaffold("new", "clinic", "--style", "supabase", cwd=machine.folder)
    machine.scaffold("endpoint", "notes", cwd=project)
    answers = (project / ".copier-answers.yml").read_text("utf-8")
    assert f'_src_path: "{BUNDLE}"' in answers
    assert '_commit: "v0.1.0"' in answers
    commit(project, "Notes")
    clone = tmp_path / "colleague/clinic"
    git(tmp_path, "clone", "--quiet", str(project), str(clone))

    # A release later, which knows the one before although only it is installed.
    release(checkout, "0.2.0")
    second = build(checkout, "wheel", tmp_path / "dist")
    machine.install(second)
    assert machine.scaffold("--version", cwd=project).strip() == "scaffold 0.2.0"
    said = machine.scaffold("endpoint", "tasks", "--dry-run", cwd=project)
    assert "templates v0.2.0 are available: `scaffold update`" in said
    machine.scaffold("update", cwd=project)
    assert "up to date" in machine.scaffold("status", "--check", cwd=project)

    # Somebody who only ever had the newest release, with plain Copier in a clone.
    fresh = Machine(tmp_path / "fresh")
    fresh.install(second)
    assert "behind v0.2.0" in fresh.scaffold("status", cwd=clone)
    fresh.copier(clone)
    assert tree(clone) == tree(project)
    assert '_commit: "v0.2.0"' in (clone / ".copier-answers.yml").read_text("utf-8")
    assert "# Of 0.2.0." in (clone / ".env.example").read_text("utf-8")
    assert "max: 207," in (clone / "src/app/api/notes/route.ts").read_text("utf-8")


@pytest.mark.slow
def test_a_wheel_of_a_source_distribution(tmp_path: Path) -> None:
    checkout = make_checkout(tmp_path / "checkout")
    packed = build(checkout, "sdist", tmp_path / "dist")
    with tarfile.open(packed) as unpacked:
        unpacked.extractall(tmp_path, filter="data")
    wheels = (
        build(tmp_path / packed.name.removesuffix(".tar.gz"), "wheel", tmp_path / "one"),
        build(checkout, "wheel", tmp_path / "two"),
    )
    names, heads = [], []
    for wheel in wheels:
        with zipfile.ZipFile(wheel) as archive:
            names.append(archive.namelist())
            archive.extract("scaffold/templates.bundle", wheel.parent)
        path = wheel.parent / "scaffold/templates.bundle"
        heads.append(git(tmp_path, "bundle", "list-heads", str(path)).splitlines())
    assert sorted(names[0]) == sorted(names[1])
    assert heads[0] == heads[1]
    assert [line.split()[1] for line in heads[0]] == ["HEAD", "refs/tags/v0.1.0"]


def test_a_bundle_that_would_lack_something(tmp_path: Path) -> None:
    checkout = tmp_path / "checkout"
    (checkout / "templates").mkdir(parents=True)
    (checkout / "copier.yml").write_text("a: 1\n")
    with pytest.raises(RuntimeError, match="is no git checkout"):
        make_bundle(checkout, tmp_path / "x")
    git(checkout, "init", "--quiet")
    commit(checkout, "One", "v0.1.0")
    (checkout / "README.md").write_text("not of the templates\n")
    make_bundle(checkout, tmp_path / "x")
    assert "refs/tags/v0.1.0" in git(tmp_path, "bundle", "list-heads", str(tmp_path / "x"))
    commit(checkout, "Two")
    git(tmp_path, "clone", "--quiet", "--depth=1", checkout.as_uri(), str(tmp_path / "shallow"))
    with pytest.raises(RuntimeError, match="this clone is shallow"):
        make_bundle(tmp_path / "shallow", tmp_path / "x")
    (checkout / "templates/a").write_text("of the templates\n")
    with pytest.raises(RuntimeError, match="uncommitted changes"):
        make_bundle(checkout, tmp_path / "x")


def test_a_build_without_git(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / ".git").mkdir()
    monkeypatch.setenv("PATH", tempfile.gettempdir())
    with pytest.raises(RuntimeError, match="git is not installed"):
        make_bundle(tmp_path, tmp_path / "x")
