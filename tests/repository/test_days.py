"""A day has its part of what is tried in turn, and no item is left out for ever."""

from __future__ import annotations

from pathlib import Path

from tests.support.days import MIXTURE_DAY, TURNS, has_its_turn, is_every_second, of_day


def test_days_in_a_row_have_all_items() -> None:
    items = ["a", "b", "c"]
    parts = [of_day(items, 2, day, soak=False) for day in range(3)]
    assert all(len(part) == 2 for part in parts)
    assert [sum(item in part for part in parts) for item in items] == [2, 2, 2]


def test_a_soak_has_everything_in_order() -> None:
    assert of_day(["a", "b", "c"], 1, day=1, soak=True) == ["a", "b", "c"]
    assert of_day(["a", "b", "c"], 2, day=2, soak=False) == ["a", "c"]


def test_a_round_of_days_has_every_file() -> None:
    folder = Path(__file__).parents[1]
    days = range(len(TURNS))
    files = [name for turn in TURNS for name in turn]
    assert len({*files}) == len(files)
    for file in files:
        assert [*folder.rglob(file)], file
        assert sum(has_its_turn(f"tests/e2e/{file}::test_x[a]", day) for day in days) == 1
    gate = "tests/e2e/test_gates.py::test_gate[clerk-install]"
    assert all(has_its_turn(gate, day) for day in days)
    mixture = "tests/e2e/test_gates.py::test_gate[json_api-install]"
    assert [has_its_turn(mixture, day) for day in days] == [day == MIXTURE_DAY for day in days]


def test_two_rounds_have_both_halves() -> None:
    [turn] = [
        number for number, files in enumerate(TURNS) if "test_foreign_fastapi_users.py" in files
    ]
    test = "tests/e2e/test_foreign_fastapi_users.py::test_a_project_with_numbers[x]"
    days = (turn, turn + len(TURNS))
    assert [has_its_turn(test, day) for day in days].count(True) == 1


def test_two_days_have_each_quick_test_once_or_always() -> None:
    cases = [f"tests/cli/test_cases.py::test_case[hosts: {number}]" for number in range(100)]
    days = [[test for test in cases if is_every_second(test, day)] for day in (1, 2)]
    assert sorted(days[0] + days[1]) == sorted(cases) and min(map(len, days)) > 30
    assert all(
        is_every_second("tests/cli/test_cases.py::test_case[undo: x]", day) for day in (1, 2)
    )
