"""docs/journey.md, run as it stands: each command with its exit code, and the output that the page shows.

`sh` blocks are commands, one a line; `text` is output of the block above, in which `…` stands for any
characters; `diff` is what somebody types in an editor.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tools.source import GIT, ROOT

PAGE = ROOT / "docs/journey.md"
URLS = {name: f"https://git.example.org/{name}.git" for name in ("scaffold", "acme/templates")}


def blocks() -> Iterator[tuple[str, str]]:
    """The page's code blocks: language and text."""
    for match in re.finditer(r"^```(\w+)\n(.*?)^```", PAGE.read_text("utf-8"), re.M | re.S):
        yield match[1], match[2]


class Shell:
    """A user's shell, in a home of its own where the page's URLs lead to repositories on this machine."""

    def __init__(self, home: Path, source: Path) -> None:
        self.cwd = home / "home"
        self.cwd.mkdir()
        lines = ["[user]", "name = Ada", "email = ada@example.org"]
        for name, url in URLS.items():
            place = home / f"{name}.git"
            place.parent.mkdir(exist_ok=True)
            given = ["--template=", "--bare", str(place)]
            if name == "scaffold":
                self._git("clone", "--quiet", *given[:2], str(source), str(place))
            else:
                self._git("init", "--quiet", "--initial-branch=main", *given)
            lines += [f'[url "{place.as_uri()}"]', f"insteadOf = {url}"]
        (self.cwd / ".gitconfig").write_text("\n".join(lines) + "\n")
        kept = ("PATH", "LANG", "TMPDIR", "VIRTUAL_ENV")
        path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
        self.env = {name: os.environ[name] for name in kept if name in os.environ}
        self.env |= {"HOME": str(self.cwd), "PATH": path, "LC_ALL": "C.UTF-8"}
        self.env |= {"GIT_CONFIG_NOSYSTEM": "1", "GIT_EDITOR": "true"}

    def _git(self, *args: str) -> None:
        subprocess.run(["git", *args], env={**os.environ, **GIT}, check=True)

    def run(self, line: str) -> str:
        """The output of one line of the page, which has to end as its comment says."""
        command, _, comment = line.partition("#")
        code = int(comment.removeprefix(" exit ") or 0)
        if command.startswith("cd "):
            self.cwd = (self.cwd / command.split()[1]).resolve()
            return ""
        done = self._run(["bash", "-c", command])
        assert done.returncode == code, f"{line}: {done.returncode}\n{done.stdout}"
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


@pytest.mark.slow
def test_journey(tmp_path: Path, source: Path) -> None:
    shell, output = Shell(tmp_path, source), ""
    for language, text in blocks():
        if language == "sh":
            output = "".join(shell.run(line) for line in text.splitlines())
        elif language == "diff":
            shell.type(text)
        else:
            assert language == "text"
            assert missing(text, output) == [], f"{text}\nis not in\n{output}"


def missing(shown: str, output: str) -> list[str]:
    """Lines of the page that are not in the output, or not in that order."""
    lines = iter(output.splitlines())
    return [line for line in shown.splitlines() if not any(_fits(line, one) for one in lines)]


def _fits(shown: str, line: str) -> bool:
    pattern = ".*".join(re.escape(part) for part in shown.split("…"))
    return re.fullmatch(pattern, line.rstrip()) is not None


def test_the_page_is_understood() -> None:
    found = [language for language, _ in blocks()]
    assert {*found} == {"sh", "text", "diff"} and found.count("sh") > 10
    verbs = {
        line.split()[1]
        for _, text in blocks()
        for line in text.splitlines()
        if "scaffold " in line[:9]
    }
    assert {"new", "endpoint", "field", "set", "status", "update", "undo", "resolve"} <= verbs
    assert {"rename", "remove"} <= verbs


def test_output_has_to_be_as_shown() -> None:
    output = "one  created\n  two\nthree at abc, up to date\n"
    assert missing("one …created\n… at …, up to date\n", output) == []
    assert missing("  two\none …created\n", output) == ["one …created"]
    assert missing("one\n", output) == ["one"]
    assert missing("two\n", output) == ["two"]
