"""Projects on disk: what is in them, what differs, and plain Copier started on them."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from tools.source import git


def foreign_app(repository: Path, folder: str) -> Path:
    """A small Next.js app of somebody else's, in a folder of a git repository."""
    app = repository / folder
    (app / "src/app").mkdir(parents=True)
    (app / "src/app/page.tsx").write_text("export default function Page() {\n  return null;\n}\n")
    (app / "package.json").write_text(
        json.dumps({"name": "shop", "dependencies": {"next": "16.4.3"}}, indent=4) + "\n"
    )
    (app / "tsconfig.json").write_text(
        '{\n  // comments are allowed\n  "compilerOptions": {"paths": {"~/*": ["./src/*"],},},\n}\n'
    )
    git(repository, "init", "--quiet", "--initial-branch=main")
    return app


def update_in_a_process(project: Path) -> None:
    """`copier update`, started as a user does it."""
    done = subprocess.run(
        [sys.executable, "-m", "copier", "update"],
        cwd=project,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr


def changed(repository: Path) -> list[str]:
    """Tracked files that differ from the last commit."""
    return git(repository, "diff", "--name-only").split()


def tree(folder: Path) -> dict[str, str]:
    """All files of a folder but git's own, and what `undo` needs."""
    return {
        path.relative_to(folder).as_posix(): path.read_text()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not {".git", ".scaffold"} & {*path.relative_to(folder).parts}
    }


def written(folder: Path, files: Mapping[str, str]) -> Path:
    """The folder with these texts in it."""
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)
    return folder
