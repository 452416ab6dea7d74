"""The faults that `make mutants` plants: each still has its place in the code, and its test exists."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tests.support.projects import AGENTS
from tools.mutants import Mutant, read
from tools.source import ROOT

MUTANTS = read()
ROOMS = sorted(path.parent.name for path in (ROOT / "src/scaffold").glob("*/__init__.py"))


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_it_can_be_planted(mutant: Mutant, tmp_path: Path) -> None:
    target = tmp_path / mutant.file
    target.parent.mkdir(parents=True)
    before = (ROOT / mutant.file).read_text("utf-8")
    target.write_text(before, "utf-8")
    mutant.plant(tmp_path)
    assert target.read_text("utf-8") != before
    assert {*mutant.covers} <= {*ROOMS, *(path.stem for path in AGENTS)}


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_its_test_exists(mutant: Mutant) -> None:
    file, _, name = mutant.test.partition("::")
    tree = ast.parse((ROOT / file).read_text("utf-8"))
    functions = {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
    assert name.partition("[")[0] in functions


def test_a_text_that_is_gone_is_told(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("x = 1\n")
    gone = Mutant("gone", (), "a.py", "y = 1", "y = 2", "tests/a.py::test_a")
    with pytest.raises(ValueError, match=r"gone: a\.py has its text 0 times"):
        gone.plant(tmp_path)


@pytest.mark.parametrize("part", [*ROOMS, *(path.stem for path in AGENTS)])
def test_every_room_and_style_has_two(part: str) -> None:
    assert sum(part in mutant.covers for mutant in MUTANTS) >= 2


def test_many_were_real() -> None:
    assert len(MUTANTS) >= 30
    assert sum(bool(mutant.origin) for mutant in MUTANTS) >= 10


def test_few_are_found_by_the_quick_part() -> None:
    assert sum(mutant.quick for mutant in MUTANTS) <= len(MUTANTS) / 6
    assert len({mutant.name for mutant in MUTANTS}) == len(MUTANTS)
