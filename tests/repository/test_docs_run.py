"""Every command of every page is run, or checked where it would install packages or start a server.

docs/journey.md has a test of its own, which compares outputs as well.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.pages import JOURNEY, PAGES, Block, Shell, blocks
from tools.source import ROOT, commit, git, make_source

RUN = {"scaffold", "git", "cd", "copier", "$EDITOR"}
URL = "https://github.com/acme"
COURSES = ["endpoint", "courses", "name:string!"]
ASSESSMENTS = ["endpoint", "assessments", "title:string{1..200}", "score:decimal{0..100}?"]


class World:
    """A shell, the templates and their fork, and the folders in which a page can start."""

    def __init__(self, top: Path) -> None:
        self.source = make_source(top / "source", "v1.0.0")
        fork = make_source(top / "fork")
        forks = top / "acme"
        git(
            top,
            "clone",
            "--quiet",
            "--template=",
            "--bare",
            str(fork),
            str(forks / "templates.git"),
        )
        env = {
            "SCAFFOLD_SOURCE": str(self.source),
            "EDITOR": "sed -i -e s/60,/30,/",
            "XDG_CACHE_HOME": str(top / "cache"),
        }
        self.shell = Shell(top / "home", {URL: forks}, env)
        self.starts: dict[str, Callable[[], None]] = {
            "empty": lambda: None,
            "fork": lambda: None,
            "next": self.next,
            "monorepo": self.monorepo,
            "fastapi": self.fastapi,
            "service": self.service,
            "services": self.services,
            "branches": self.branches,
        }
        self.top, self.output, self.count = self.shell.cwd, "", 0

    def start(self, name: str) -> None:
        """Goes into a new folder with what `name` says."""
        self.count += 1
        self.shell.cwd = self.top / str(self.count)
        self.shell.cwd.mkdir()
        self.starts[name]()

    def next(self) -> None:
        """A Next.js app that scaffold did not make."""
        package = {"name": "shop", "private": True, "dependencies": {"next": "16.4.5"}}
        self.write("package.json", json.dumps(package, indent=2) + "\n")
        self.write("tsconfig.json", '{"compilerOptions": {"paths": {"@/*": ["./src/*"]}}}\n')
        self.write("src/app/route.ts", "export const GET = () => new Response('shop');\n")

    def monorepo(self) -> None:
        """A folder with a Next.js app at apps/web."""
        top = self.shell.cwd
        self.shell.cwd = top / "apps/web"
        self.shell.cwd.mkdir(parents=True)
        self.next()
        self.shell.cwd = top

    def fastapi(self) -> None:
        """A FastAPI project that scaffold did not make."""
        lines = ['name = "shop"', 'version = "1"', 'dependencies = ["fastapi"]']
        lines += ["[project.optional-dependencies]", 'dev = ["pytest"]']
        self.write("pyproject.toml", "\n".join(["[project]", *lines]) + "\n")
        self.write("app/__init__.py", "")
        self.write("app/main.py", "from fastapi import FastAPI\n\napp = FastAPI()\n")

    def service(self) -> None:
        """A service with two resources, whose templates have a newer version."""
        git(self.source, "reset", "--quiet", "--hard", "v1.0.0")
        self.shell.run("scaffold new clinic --style supabase")
        self.shell.run("cd clinic")
        for command in (COURSES, ASSESSMENTS):
            self.shell.run(f"scaffold {' '.join(map(repr, command))}")
        self.commit("Courses and assessments")
        self.release()

    def services(self) -> None:
        """A folder with that service at services/clinic."""
        top = self.shell.cwd
        self.shell.cwd = top / "services"
        self.shell.cwd.mkdir()
        self.service()
        self.shell.cwd = top

    def branches(self) -> None:
        """That service, with a resource more on `main` and one on `lessons`."""
        self.service()
        self.shell.run("git switch --quiet --create lessons")
        self.shell.run("scaffold endpoint lessons title:string")
        self.commit("Lessons")
        self.shell.run("git switch --quiet main")
        self.shell.run("scaffold endpoint grades title:string")
        self.commit("Grades")

    def release(self) -> None:
        """Newer templates."""
        readme = self.source / "templates/nextjs/{{ use.service }}/README.md.jinja"
        readme.write_text(readme.read_text() + "\nNew in this release.\n")
        commit(self.source, "A release")
        git(self.source, "tag", "--force", "v1.2.0")

    def commit(self, message: str) -> None:
        """Everything in the folder."""
        self.shell.run("git add --all")
        self.shell.run(f"git commit --quiet --message '{message}'")

    def write(self, path: str, text: str) -> None:
        """A file below the folder."""
        file = self.shell.cwd / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8")

    def follow(self, block: Block) -> None:
        """Does what a reader of the page does with one block."""
        if block.start:
            self.start(block.start)
        if block.file:
            self.write(block.file, block.text)
        if block.language != "sh":
            return
        lines = block.text.splitlines()
        if not all(line.split()[0] in RUN | CHECKS.keys() for line in lines):
            self.shell.run_script(block.text)
            return
        for line in lines:
            command = line.partition("#")[0].split()
            if command[0] in RUN:
                self.output += self.shell.run(line)
            else:
                problem = CHECKS[command[0]](self, command)
                assert not problem, f"{line}: {problem}"


def _npm(world: World, command: list[str]) -> str:
    scripts = json.loads((world.shell.cwd / "package.json").read_text())["scripts"]
    script = {"install": "", "test": "test", "run": command[-1]}[command[1]]
    return "" if not script or script in scripts else f"no script `{script}`"


def _next_step(world: World, command: list[str]) -> str:
    return "" if " ".join(command) in world.output else "scaffold does not name this next step"


def _make(_: World, command: list[str]) -> str:
    done = subprocess.run(["make", "-n", *command[1:]], cwd=ROOT, capture_output=True, text=True)
    return done.stderr


# What installs packages or starts a server: tests/e2e does that. Here it has to be what scaffold wrote or says.
CHECKS: dict[str, Callable[[World, list[str]], str]] = {
    "npm": _npm,
    "pip": _next_step,
    "python": _next_step,
    "pytest": _next_step,
    "make": _make,
}


@pytest.mark.slow
@pytest.mark.parametrize("page", [page for page in PAGES if page != JOURNEY], ids=lambda p: p.stem)
def test_the_commands_of_a_page(page: Path, tmp_path: Path) -> None:
    world = World(tmp_path)
    for block in blocks(page):
        world.follow(block)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("start", "text"),
    [
        ("service", "scaffold show homework\n"),
        ("service", "scaffold status --check\n"),
        ("service", "npm run deploy\n"),
        ("empty", "scafold new clinic --style supabase\n"),
        ("empty", "make coffee\n"),
        ("fastapi", "pytest --slow\n"),
        ("empty", "for name in a b; do\n  scaffold show $name\ndone\n"),
    ],
)
def test_a_command_that_does_not_work_is_found(start: str, text: str, tmp_path: Path) -> None:
    world = World(tmp_path)
    with pytest.raises(AssertionError):
        world.follow(Block("sh", text, start))
