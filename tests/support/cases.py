"""A case of the command line: its folder, the call, and what stands there afterwards."""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from scaffold.cli import main

Snapshot = dict[str, tuple[int, bytes | str | None]]


@dataclass(frozen=True)
class Case:
    """One entry of a file, with the file's `in`."""

    start: str
    data: Mapping[str, Any]


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
