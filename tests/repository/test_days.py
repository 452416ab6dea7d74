"""A day has its part of what is tried in turn, and no item is left out for ever."""

from __future__ import annotations

from pathlib import Path

from tests.support.days import TURNS, has_its_turn, of_day


def test_days_in_a_row_have_all_items() -> None:
    items = ["a", "b", "c"]
    parts = [of_day(items, 2, day, soak=False) for day in range(3)]
    assert all(len(part) == 2 for part in parts)
    assert [sum(item in part for part in parts) for item in items] == [2, 2, 2]


def test_a_soak_has_everything_in_order() -> None:
    assert of_day(["a", "b", "c"], 1, day=1, soak=True) == ["a", "b", "c"]
    assert of_day(["a", "b", "c"], 2, day=2, soak=False) == ["a", "c"]


def test_two_days_have_every_file() -> None:
    folder = Path(__file__).parents[1]
    for file in {name for pair in TURNS for name in pair}:
        assert [*folder.rglob(file)], file
        assert [has_its_turn(f"tests/e2e/{file}::test_x[a]", day) for day in (1, 2)].count(
            True
        ) == 1
    assert has_its_turn("tests/e2e/test_gates.py::test_gate[clerk-install]", 1)
    assert has_its_turn("tests/e2e/test_gates.py::test_gate[clerk-install]", 2)
    mixture = "tests/e2e/test_gates.py::test_gate[json_api-install]"
    host = "tests/hosts/test_hosts.py::test_a_host_of_the_day[prisma-6]"
    assert [has_its_turn(mixture, day) for day in (1, 2)] == [False, True]
    assert [has_its_turn(host, day) for day in (1, 2)] == [True, False]
