"""docs/journey.md, run as it stands: each command with its exit code, and the output that the page shows.

`text` is output of the block above, in which `…` stands for any characters; see tests/support/pages.py for the rest.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.support.pages import JOURNEY, Shell, blocks
from tools.source import git

SCAFFOLD = "https://git.example.org/scaffold.git"
TEMPLATES = "https://git.example.org/acme/templates.git"


@pytest.mark.slow
def test_journey(tmp_path: Path, source: Path) -> None:
    urls = {SCAFFOLD: tmp_path / "scaffold.git", TEMPLATES: tmp_path / "acme/templates.git"}
    git(tmp_path, "clone", "--quiet", "--template=", "--bare", str(source), str(urls[SCAFFOLD]))
    urls[TEMPLATES].mkdir(parents=True)
    git(urls[TEMPLATES], "init", "--quiet", "--initial-branch=main", "--template=", "--bare")
    shell, output = Shell(tmp_path / "home", urls), ""
    for language, text, _, _ in blocks(JOURNEY):
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
    found = [block.language for block in blocks(JOURNEY)]
    assert {*found} == {"sh", "text", "diff"} and found.count("sh") > 10
    verbs = {
        line.split()[1]
        for block in blocks(JOURNEY)
        for line in block.text.splitlines()
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
