"""A day has its part of what is tried in turn, and no item is left out for ever."""

from __future__ import annotations

from tests.support.days import of_day


def test_days_in_a_row_have_all_items() -> None:
    items = ["a", "b", "c"]
    parts = [of_day(items, 2, day, soak=False) for day in range(3)]
    assert all(len(part) == 2 for part in parts)
    assert [sum(item in part for part in parts) for item in items] == [2, 2, 2]


def test_a_soak_has_everything_in_order() -> None:
    assert of_day(["a", "b", "c"], 1, day=1, soak=True) == ["a", "b", "c"]
    assert of_day(["a", "b", "c"], 2, day=2, soak=False) == ["a", "c"]
