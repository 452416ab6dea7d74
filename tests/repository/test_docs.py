"""The documents say what is so."""

from __future__ import annotations

import re
import shlex
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer

from scaffold import __version__
from scaffold.cli import VERBS
from scaffold.cli.application import build
from scaffold.resources.fields import TYPES, parse_field, parse_fields
from scaffold.support.errors import UserError
from tests.support.pages import PAGES, blocks, commands
from tests.support.projects import AGENTS
from tools.source import ROOT

README = ROOT / "README.md"
LANGUAGES = {"jinja", "sh", "ts", "text", "diff", "yaml", "toml", "json", "markdown", "python"}
# A plain field of each type, to try modifiers on.
PLAIN = {"enum": "enum(one,two)", "ref": "ref(courses)"}
DEFAULTS = {
    "int": "1",
    "bigint": "1",
    "float": "1",
    "decimal": "1",
    "bool": "true",
    "date": "2027-01-31",
    "datetime": "2027-01-31T09:00:00Z",
    "time": "09:00:00",
    "uuid": "5b1fca2e-3f0a-4d39-8a5e-0d6f0c1b2a3d",
    "email": "a@example.org",
    "url": "https://example.org",
    "enum": "one",
}


def _typed() -> Iterator[str]:
    """Every `scaffold …` line of the pages' code blocks."""
    for page in PAGES:
        yield from (line for line in commands(page) if line.startswith("scaffold "))


def _mentioned() -> Iterator[str]:
    """Every `scaffold …` of the pages' sentences; NAME stands for any."""
    for page in PAGES:
        text = re.sub(r"^```.*?^```", "", page.read_text("utf-8"), flags=re.MULTILINE | re.DOTALL)
        for line in re.findall(r"`(scaffold [a-z][^`]*)`", text):
            yield line.replace(" FIELD ...", " title:string")


@pytest.mark.parametrize("line", sorted({*_typed(), *_mentioned()}))
def test_commands_exist_with_their_options(line: str) -> None:
    _, *args = shlex.split(line.partition(" > ")[0], comments=True)
    # Typer brings a Click of its own, so its classes cannot be named here.
    command: Any = typer.main.get_command(build())
    while args and hasattr(command, "commands"):
        assert args[0] in command.commands, f"there is no command `{args[0]}`"
        command, args = command.commands[args[0]], args[1:]
    if not args and line not in _typed():
        return  # the name of a command, in a sentence
    try:
        made = command.make_context(command.name, args)
    except typer.Exit as done:
        # An option such as `--schema` does its work at once.
        assert done.exit_code == 0
        return
    fields = made.params.get("fields")
    if fields:
        parse_fields(list(fields))


def test_every_command_has_a_row() -> None:
    text = (ROOT / "docs/commands.md").read_text("utf-8")
    assert [verb for verb in VERBS if f"| `scaffold {verb}" not in text] == []


def test_the_readme_is_short() -> None:
    lines = README.read_text("utf-8").splitlines()
    assert len(lines) <= 150
    assert [line for line in lines if len(line) > 120] == []


@pytest.mark.parametrize("page", [README, ROOT / "examples/README.md"], ids=["README", "examples"])
def test_every_agent_has_its_row(page: Path) -> None:
    text = page.read_text("utf-8")
    assert [path.stem for path in AGENTS if f"\n| `{path.stem}` |" not in text] == []


def test_the_readme_leads_to_every_page() -> None:
    linked = re.findall(r"\]\(([^)#:]+)\)", README.read_text("utf-8"))
    assert [page.name for page in PAGES[1:] if str(page.relative_to(ROOT)) not in linked] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_no_code_block_escapes(page: Path) -> None:
    text = page.read_text("utf-8")
    found = list(blocks(page))
    assert text.count("```") == 2 * len(found)
    starts = re.findall(r"^\s*<!-- run in: ", text, re.MULTILINE)
    assert len(starts) == len([block for block in found if block.start])
    assert {block.language for block in found} <= LANGUAGES


def test_the_table_of_field_types() -> None:
    text = (ROOT / "docs/fields.md").read_text("utf-8")
    between = text.split("<!-- fields:")[1].split("<!-- end of fields -->")[0]
    rows = [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in between.splitlines()
        if line.startswith("| `")
    ]
    assert [row[0].strip("`") for row in rows] == list(TYPES)
    for kind, example, _, span, unique, indexed, default in rows:
        name = kind.strip("`")
        assert parse_field(example.strip("`")).type == name
        plain = f"a:{PLAIN.get(name, name)}"
        assert (span in ("length", "range")) == _is_allowed(f"{plain}{{1..2}}"), name
        assert (unique == "yes") == _is_allowed(f"{plain}!"), name
        assert (indexed == "yes") == _is_allowed(f"{plain}+"), name
        assert (default == "yes") == _is_allowed(f"{plain}={DEFAULTS.get(name, 'x')}"), name


def _is_allowed(text: str) -> bool:
    try:
        parse_field(text)
    except UserError:
        return False
    return True


def test_links_lead_somewhere() -> None:
    for path in PAGES:
        for target in re.findall(r"\]\(([^)#:]+)\)", path.read_text("utf-8")):
            assert (path.parent / target).exists(), f"{path.name}: {target}"


def test_files_that_contributing_names_exist() -> None:
    text = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    named = re.findall(r"`((?:src|templates|tests|tools|agents)/[\w./-]*)`", text)
    assert named
    assert [path for path in named if not (ROOT / path).exists()] == []


def test_the_version_is_in_the_changelog() -> None:
    assert f"\n## [{__version__}]" in (ROOT / "CHANGELOG.md").read_text("utf-8")


def test_no_path_of_a_machine() -> None:
    listed = subprocess.run(
        ["git", "-C", str(ROOT), "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    pattern = re.compile(r"(?<![\w.~}-])/(?:home|root|Users|work|opt|mnt|tmp|var)/[\w.-]+")
    found = []
    for name in filter(None, listed.split("\0")):
        path = ROOT / name
        if not path.is_file() or path == Path(__file__):
            continue
        text = path.read_text("utf-8", "replace")
        found += [f"{name}: {match[0]}" for match in pattern.finditer(text)]
    assert found == []
