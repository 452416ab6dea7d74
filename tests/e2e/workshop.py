"""Many projects that share their packages: one node_modules above them, one environment of Python beside them."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from scaffold.rendering.render import Tree
from tests.e2e.shell import npm
from tests.support import packages
from tools.node import node_env


class Workshop:
    """A folder of projects; `add` them all before `install`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.projects: dict[str, Path] = {}

    def add(self, name: str, tree: Tree) -> Path:
        """Writes a project."""
        project = self.folder / name
        for path, text in tree.items():
            target = project / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text)
        self.projects[name] = project
        return project

    def install(self) -> None:
        """The packages of all projects, once; a package has one version in all of them."""
        package: dict[str, Any] = {"name": "workshop", "private": True, "type": "module"}
        python: set[str] = set()
        for project in self.projects.values():
            if (project / "package.json").exists():
                packages.merge(package, json.loads((project / "package.json").read_text()))
            else:
                python |= packages.requirements(project)
        if "dependencies" in package:
            (self.folder / "package.json").write_text(json.dumps(package, indent=2))
            packages.seed_node(self.folder)
            npm(self.folder, "install")
        if python:
            packages.seed_python(self.folder, python)

    def check(
        self, names: Iterable[str], commands: dict[str, Sequence[Sequence[str]]]
    ) -> list[str]:
        """What the commands of a project's framework find, two projects at a time."""
        with ThreadPoolExecutor(2) as pool:
            found = pool.map(lambda name: self._check(name, commands), names)
            return [text for text in found if text]

    def _check(self, name: str, commands: dict[str, Sequence[Sequence[str]]]) -> str:
        project = self.projects[name]
        framework = "nextjs" if (project / "package.json").exists() else "fastapi"
        env = {**node_env(), "PATH": f"{self.folder / '.venv/bin'}{os.pathsep}{node_env()['PATH']}"}
        for command in commands[framework]:
            done = subprocess.run(
                command, cwd=project, env=env, capture_output=True, text=True, timeout=300
            )
            if done.returncode:
                text = (done.stdout + done.stderr)[-3000:]
                return f"{name} ({project}): {' '.join(command)}\n{text}"
        return ""


CHECKS: dict[str, Sequence[Sequence[str]]] = {
    "nextjs": [
        ["npm", "run", "-s", "typecheck"],
        ["npm", "run", "-s", "lint"],
        ["npm", "run", "-s", "format:check"],
    ],
    "fastapi": [["mypy"], ["ruff", "check"], ["black", "--check", "--quiet", "."]],
}
