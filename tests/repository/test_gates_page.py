"""docs/gates.md is of today's agents, and all green."""

from __future__ import annotations

import pytest

from tests.e2e.stacks import GATES
from tests.support.gates_table import TABLE, read, write
from tests.support.projects import AGENTS, MIXTURES, chosen_mixtures


def test_the_page_names_every_agent_and_every_gate_and_all_are_green() -> None:
    rows = read(TABLE.read_text("utf-8"))
    assert {path.stem for path in AGENTS} <= set(rows)
    assert set(rows) <= {path.stem for path in (*AGENTS, *MIXTURES)}
    for name, row in rows.items():
        assert row == dict.fromkeys(GATES, "yes"), name


def test_what_is_written_can_be_read() -> None:
    results = {"a": dict.fromkeys(GATES, True), "longer": {"install": True}}
    rows = read(write(results))
    assert rows["a"]["contract"] == "yes"
    assert (rows["longer"]["install"], rows["longer"]["types"]) == ("yes", "no")


@pytest.mark.parametrize(("words", "count"), [("all", len(MIXTURES)), ("none", 0), (None, 1)])
def test_mixtures_are_chosen(words: str | None, count: int) -> None:
    assert len(chosen_mixtures(words, 1)) == count


def test_the_rotation_comes_to_every_mixture() -> None:
    days = range(len(MIXTURES))
    assert {path for day in days for path in chosen_mixtures(None, day)} == {*MIXTURES}
    assert [path.stem for path in chosen_mixtures("stalls, jsend", days[0])] == ["stalls", "jsend"]
