"""The pages that people read, README first, and a shell that runs their commands.

What a page's code blocks mean, for tests/repository/test_docs.py and tests/repository/test_journey.py:

    sh      commands, one a line; `# exit 1` behind one is its exit code. A block with lines that are no command
            of `RUN` or `CHECKED` is one script.
    text    output
    diff    what somebody types in an editor
    other   a file, if `<!-- file: PATH -->` stands before it

`<!-- run in: NAME -->` starts over in a new folder (`Starts`), for the blocks below.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from tools.source import ROOT

PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]
JOURNEY = ROOT / "docs/journey.md"
_PART = re.compile(
    r"^<!-- (?P<kind>run in|file): (?P<value>.*?) -->$|^```(?P<language>\w*)\n(?P<text>.*?)^```$",
    re.MULTILINE | re.DOTALL,
)


class Block(NamedTuple):
    """A code block: its language, its text, the folder to start over in, and the file that it is."""

    language: str
    text: str
    start: str = ""
    file: str = ""


def blocks(page: Path) -> Iterator[Block]:
    """The code blocks of a page."""
    marks: dict[str, str] = {}
    for part in _PART.finditer(page.read_text("utf-8")):
        if part["kind"]:
            marks[part["kind"]] = part["value"]
        else:
            yield Block(
                part["language"], part["text"], marks.pop("run in", ""), marks.pop("file", "")
            )
    assert not marks, f"{page.name}: nothing follows {marks}"


def commands(page: Path) -> Iterator[str]:
    """Every line of the page's `sh` blocks, without its exit code."""
    for block in blocks(page):
        if block.language == "sh":
            yield from (
                line.partition(" #")[0].rstrip() for line in block.text.splitlines() if line
            )


class Shell:
    """A user's shell, in a home of its own where git finds other repositories below `urls`."""

    def __init__(
        self, home: Path, urls: Mapping[str, Path], env: Mapping[str, str] | None = None
    ) -> None:
        self.cwd = home
        home.mkdir(parents=True, exist_ok=True)
        lines = ["[user]", "name = Ada", "email = ada@example.org"]
        for url, place in urls.items():
            lines += [f'[url "{place.as_uri()}"]', f"insteadOf = {url}"]
        (home / ".gitconfig").write_text("\n".join(lines) + "\n")
        kept = ("PATH", "LANG", "TMPDIR", "VIRTUAL_ENV", "PYTHONPATH")
        path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
        self.env = {name: os.environ[name] for name in kept if name in os.environ}
        self.env |= {"HOME": str(home), "PATH": path, "LC_ALL": "C.UTF-8"}
        self.env |= {"GIT_CONFIG_NOSYSTEM": "1", "GIT_EDITOR": "true", **(env or {})}

    def run(self, line: str) -> str:
        """The output of one line of a page, which has to end as its comment says."""
        command, _, comment = line.partition(" #")
        code = re.match(r" exit (\d)", comment)
        if command.startswith("cd "):
            self.cwd = (self.cwd / command.split()[1]).resolve()
            assert self.cwd.is_dir(), line
            return ""
        done = self._run(["bash", "-c", command])
        fine = {int(code[1])} if code else {0}
        if command.split() == ["scaffold", "doctor"]:
            fine = {0, 1}  # machines differ in what they lack
        assert done.returncode in fine, f"{line}: {done.returncode}\n{done.stdout}"
        return done.stdout

    def run_script(self, text: str) -> str:
        """The output of a whole block, which has to end with 0."""
        done = self._run(["bash", "-e", "-c", text])
        assert done.returncode == 0, f"{text}\n{done.returncode}\n{done.stdout}"
        return done.stdout

    def type(self, patch: str) -> None:
        """Edits files as the patch says; it need not know how long its parts are."""
        done = self._run(["git", "apply", "--recount", "-"], patch)
        assert done.returncode == 0, f"{done.stdout}\n{patch}"

    def _run(self, args: list[str], given: str = "") -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            args,
            cwd=self.cwd,
            env=self.env,
            input=given,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
