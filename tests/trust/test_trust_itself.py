"""The table of docs/security.md has the command's rows, a small run holds, and what does not hold is found."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.trust import table
from tests.trust.areas import AREAS
from tests.trust.commands import WORDS
from tests.trust.figures import Figures
from tests.trust.fuzz import batches
from tests.trust.kills import COMMANDS
from tests.trust.shapes import Broken, Shapes
from tests.trust.watch import Watch

# Of these areas a third of that; the others begin with a service of their own, which takes longer than their inputs.
SMALL = ("blocks", "prose", "hosts-next", "hosts-fastapi")
HOSTILE = 60


ROWS = table.read(table.PAGE.read_text("utf-8"))


def test_the_page_has_the_rows_of_the_command() -> None:
    assert [*ROWS] == table.titles()


def test_what_the_page_says_holds() -> None:
    kills = [list(map(int, cells)) for row, cells in ROWS.items() if "kill -9` of" in row]
    assert sum(tries for tries, _, _ in kills) >= 300
    assert sum(between for _, between, _ in kills) >= 100
    assert all(cells[0] == cells[2] for cells in ROWS.values() if len(cells) == 3)
    _, accepted, _, slowest, failures = ROWS["all"]
    assert int(accepted.partition("(")[2].partition(" ")[0]) >= 30
    assert (float(slowest.split()[0]) <= 2, failures) == (True, "0")


@pytest.mark.slow
def test_a_small_run() -> None:
    """In a process of its own: the watch over writes has no end."""
    words = ["--inputs", str(HOSTILE), "--workers", "1", "--no-scripts", "--no-table", "--as-is"]
    done = subprocess.run(
        [sys.executable, "-m", "tests.trust", *SMALL, *words], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "wrong=0" in done.stdout


def test_batches_are_all_inputs() -> None:
    assert sum(batch.inputs for batch in batches([*AREAS], 100_000)) == 100_000
    assert {batch.area for batch in batches([*AREAS], 10)} == {*AREAS}


def test_figures_of_shares_add_up() -> None:
    one = Figures(inputs=2, slowest=0.5, wrong=1)
    one.add(Figures(inputs=3, slowest=0.25))
    assert (one.inputs, one.slowest, one.wrong) == (5, 0.5, 1)
    assert {row.removeprefix("kill-") for row in COMMANDS} == {*WORDS}


@pytest.mark.parametrize(
    ("tame", "strange", "same"),
    [
        ({"a.py": "x = 'a'\n"}, {"b.py": "y = 'b; evil()'\n"}, True),
        ({"a.py": "x = 'a'\n"}, {"a.py": "x = 'a'; evil()\n"}, False),
        ({"a.py": "x = 'a'\n"}, {"a.py": "x = 1\n"}, False),
        ({"a.json": '{"a": "b"}'}, {"a.json": '{"a": "b", "c": "d"}'}, False),
        ({"a.sql": "select 'a';"}, {"a.sql": "select 'it''s';"}, True),
        ({"a.sql": "select 'a';"}, {"a.sql": "select 'a'; drop table b;"}, False),
        ({"a.toml": "a = 'b'"}, {"a.toml": "a = 'c'"}, True),
    ],
)
def test_a_shape(tame: Mapping[str, str], strange: Mapping[str, str], same: bool) -> None:
    shapes = Shapes(None)
    assert (shapes.of_tree(tame) == shapes.of_tree(strange)) is same


@pytest.mark.parametrize("tree", [{"a.py": "x = '"}, {"a.json": "{"}, {"a.yml": "a: ["}])
def test_a_file_that_is_broken(tree: Mapping[str, str]) -> None:
    with pytest.raises(Broken):
        Shapes(None).of_tree(tree)


def test_the_watch_sees_writes_and_programs(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to("/")
    code = f"""
import os, subprocess, sys
from pathlib import Path
from tests.trust.watch import Watch
watch, top = Watch(), Path({str(tmp_path)!r})
(top / "inside").mkdir()
with watch.only([top / "inside"]):
    (top / "inside/fine").write_text("x")
    (top / "outside").write_text("x")
    os.rename(top / "outside", top / "inside/there")
    os.symlink("/", top / "inside/link")
    Path(top / "inside/there").read_text()
    subprocess.run([sys.executable, "-c", ""])
    subprocess.run(["git", "--version"], capture_output=True)
print(len(watch.seen), [seen.split()[0] for seen in watch.seen])
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.stdout == "3 ['open', 'os.rename', 'starts']\n", done.stderr
    assert Watch.__doc__
