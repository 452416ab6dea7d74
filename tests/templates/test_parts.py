"""How templates are cut: values and no names, nothing twice, one file for each value of a convention."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from jinja2 import Environment, nodes

from scaffold.manifest.host import AUTH_KINDS
from scaffold.rendering.render import Context, Templates
from tests.support.pairwise import cover
from tests.support.projects import (
    AGENTS,
    CHECKOUT,
    CLERK,
    MIXTURES,
    evolved,
    hosted,
    manifest_of,
    rich,
    with_jobs,
)
from tools.source import ROOT

TEMPLATES = ROOT / "templates"
JINJA_FILES = sorted(TEMPLATES.rglob("*.jinja"))
PARTS = sorted((TEMPLATES / "parts").rglob("*.jinja"))
RUN = 12
CODE = re.compile(r"\{%-?(.*?)-?%\}|\{\{-?(.*?)-?\}\}", re.DOTALL)
# The name of the style or of the agent, and not `conventions.pagination.style`; whether there is a
# document is no name.
NAMED = re.compile(
    r"(?<![\w.'\"-])(?:style\b|document\s*(?:[=!]=|not in\b|in\b|\.|\|))"
    r"|_copier_answers(?:\.|\[['\"])style|\bagent\.name"
)
# To say it, or to read the agent's document, is no branch.
SAID = re.compile(
    r"\s*(?:style|document|agent\.name)(?:\s*\|\s*\w+)*\s*"
    r"|\s*include 'agents/' ~ style ~ '\.md'\s*"
)


def name(path: Path) -> str:
    """Below templates/."""
    return path.relative_to(TEMPLATES).as_posix()


def branches(text: str) -> list[str]:
    """Code that asks for a style's or an agent's name."""
    found = [statement or output for statement, output in CODE.findall(text)]
    found = [code for code in found if NAMED.search(code) and not SAID.fullmatch(code)]
    return found


def test_no_template_asks_for_a_style_or_an_agent() -> None:
    found = {name(path): branches(path.read_text()) for path in JINJA_FILES}
    assert {path: code for path, code in found.items() if code} == {}
    assert [path for path in JINJA_FILES if branches("".join(path.parts))] == []


@pytest.mark.parametrize(
    "text",
    [
        "{% if style == 'supabase' %}",
        "{{ 'a' if style in ['clerk'] else 'b' }}",
        "{% if agent.name == 'x' %}",
        "{{ {'clerk': 1}[style] }}",
        "{% if _copier_answers.style != 'x' %}",
        "{% if document == 'x.md' %}",
    ],
)
def test_such_a_question_is_found(text: str) -> None:
    assert branches(text)
    assert not branches("{% if conventions.pagination.style == 'cursor' %}{{ style }}")


def test_no_two_templates_share_a_run_of_lines() -> None:
    assert (
        shared({name(path): path.read_text() for path in TEMPLATES.rglob("*") if path.is_file()})
        == []
    )


def test_a_shared_run_is_found() -> None:
    lines = [f"line {index}" for index in range(RUN)]
    twice = {"a": "\n".join(["one", *lines]), "b": "\n\n  ".join([*lines, "two"])}
    assert shared(twice) == ["a:2 and b:1 share 12 lines"]
    assert shared({"a": "\n".join(lines[1:]), "b": twice["b"]}) == []


def shared(files: dict[str, str]) -> list[str]:
    """Pairs of files with a run of RUN equal lines; blank lines and white space do not count."""
    seen: dict[tuple[str, ...], tuple[str, int]] = {}
    found: dict[tuple[str, str], list[tuple[int, int]]] = defaultdict(list)
    for path, text in sorted(files.items()):
        numbered = [
            (number, " ".join(line.split()))
            for number, line in enumerate(text.splitlines(), 1)
            if line.strip()
        ]
        for at in range(len(numbered) - RUN + 1):
            run = tuple(line for _, line in numbered[at : at + RUN])
            other, line = seen.setdefault(run, (path, numbered[at][0]))
            if other != path:
                found[other, path].append((line, numbered[at][0]))
    return [
        f"{one}:{places[0][0]} and {two}:{places[0][1]} share {len(places) + RUN - 1} lines"
        for (one, two), places in found.items()
    ]


def test_values_of_a_convention_have_the_same_macros() -> None:
    schema = CHECKOUT.schema
    values: dict[str, set[str]] = defaultdict(set)
    for group, keys in schema.items():
        for key, spec in keys.items():
            for word in (group, key):
                values[word] |= {str(value) for value in spec.get("allowed", ())}
    # The sign-in of a project that has one stands in for a provider, and so does an issuer that settings name.
    values["auth"] |= {"host", "issuer"}
    for folder in sorted(path for path in (TEMPLATES / "parts").rglob("*") if path.is_dir()):
        if folder.name in values["framework"]:
            continue  # macros of one framework, and not values
        files = sorted(folder.glob("*.jinja"))
        macros = {path.stem: dict(signatures(path)) for path in files}
        assert set(macros) <= values[folder.name], f"parts/{folder.name} has a file of no value"
        first = next(iter(macros.values()))
        for value, found in macros.items():
            assert found == first, f"parts/{folder.name}/{value}.jinja differs from {files[0].name}"


def signatures(path: Path) -> Iterator[tuple[str, list[str]]]:
    """Public macros of a file with the names of their arguments."""
    tree = Environment(extensions=["jinja2.ext.do"]).parse(path.read_text())
    for macro in tree.find_all(nodes.Macro):
        if not macro.name.startswith("_"):
            yield macro.name, [argument.name for argument in macro.args]


def test_every_macro_file_and_every_macro_is_used() -> None:
    sources = {path: path.read_text() for path in JINJA_FILES}
    everything = "\n".join([*sources.values(), (ROOT / "copier.yml").read_text()])
    words = Counter(re.findall(r"(?<![\w-])\w+", everything))
    defined = Counter(re.findall(r"macro (\w+)\(", everything))
    for path in PARTS:
        own = f"templates/{name(path)}"
        computed = f"templates/{name(path.parent)}/"
        assert (
            f"'{own}'" in everything
            or f'"{own}"' in everything
            or f"{computed}' ~" in everything
            or f'{computed}" ~' in everything
        ), own
        for macro, _ in signatures(path):
            assert words[macro] > defined[macro], f"{own}: nothing calls {macro}"


class Watched(Templates):
    """Templates that remember which of them were emitted."""

    def __init__(self, root: Path) -> None:
        super().__init__(root)
        self.emitted: set[str] = set()

    def _text(self, target: str, depends: str, variables: Context) -> str:
        self.emitted.add(target)
        return super()._text(target, depends, variables)


@pytest.mark.slow
def test_every_template_is_emitted_for_some_project() -> None:
    templates = Watched(ROOT)
    for path in (*AGENTS, *MIXTURES):
        templates.render(rich(manifest_of(path, templates)))
        templates.render(hosted(rich(manifest_of(path, templates))))
        templates.render(with_jobs(rich(manifest_of(path, templates))))
    for path in AGENTS:
        templates.render(evolved(rich(manifest_of(path, templates)), templates))
        templates.render(replace(manifest_of(path, templates), service=False))
        named = replace(manifest_of(path, templates), service=False, host={"local_stack": "no"})
        templates.render(rich(named))
        templates.render(hosted(manifest_of(path, templates), prisma="6"))
    for overrides in cover(templates.schema):
        templates.render(rich(manifest_of(CLERK, templates, overrides)))
    for kind in AUTH_KINDS:
        host = {"auth": "@/auth#auth", "auth_kind": kind}
        templates.render(replace(rich(manifest_of(CLERK, templates)), service=False, host=host))
    for kind in ("async", "sync"):
        host = {"current_user": "a:b", "user_id": "id:int", "session": "a:c", "session_kind": kind}
        bare = replace(manifest_of(ROOT / "agents/fastapi.md", templates), service=False, host=host)
        templates.render(rich(bare))
    folders = {name.split("/")[1] for name in templates.emitted}
    every = {
        f"templates/{name(path)}"
        for folder in folders
        for path in (TEMPLATES / folder).rglob("*")
        if path.is_file()
    }
    assert every - templates.emitted == set()
