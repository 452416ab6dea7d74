"""The table of docs/security.md: what `make trust` tried in its last run."""

from __future__ import annotations

from collections.abc import Mapping

from tests.trust.areas import AREAS
from tests.trust.figures import Figures
from tests.trust.kills import COMMANDS
from tests.trust.services.rows import TITLES
from tools.source import ROOT

PAGE = ROOT / "docs/security.md"
BEGIN, END = "<!-- written by make trust -->", "<!-- end -->"
NOT_YET = "not run in all styles yet"
HEADS = ("fault", "fault of a service under load", "hostile input")
_FAULTS = {
    **{row: f"`kill -9` of `scaffold {row.removeprefix('kill-')}`" for row in COMMANDS},
    "full-disk": "a disk that is full: `endpoint`, `update`, `undo`, with room for one page more each time",
    "read-only": "a folder that is read-only: the same, and each folder that they change",
}


def write(figures: Mapping[str, Figures]) -> None:
    """Writes the table anew."""
    text = PAGE.read_text("utf-8")
    head, _, rest = text.partition(BEGIN)
    PAGE.write_text(f"{head}{BEGIN}\n{table(figures)}{END}{rest.partition(END)[2]}", "utf-8")


def table(figures: Mapping[str, Figures]) -> str:
    """Both tables in Markdown."""
    lines = [
        "",
        "| fault | tries | between the first and the last write | as before or as after |",
        "|---|---|---|---|",
    ]
    for row, title in _FAULTS.items():
        if row in figures:
            one = figures[row]
            lines.append(f"| {title} | {one.tries} | {one.between} | {one.survived} |")
    lines += [
        "",
        "| fault of a service under load | times | writes acknowledged | refused | back after | failures |",
        "|---|---|---|---|---|---|",
    ]
    for row, title in TITLES.items():
        drill = figures.get(row)
        told = (
            f"{drill.tries} | {drill.acknowledged:,} | {drill.refused:,} | {drill.slowest:.1f} s | {drill.wrong}"
            if drill
            else f"{NOT_YET} | - | - | - | -"
        )
        lines.append(f"| {title} | {told} |")
    lines += [
        "",
        "| hostile input | inputs | accepted and rendered | compared with a tame one | slowest | failures |",
        "|---|---|---|---|---|---|",
    ]
    every = Figures()
    for row, area in AREAS.items():
        if row in figures:
            every.add(figures[row])
            lines.append(_row(area.title, figures[row]))
    lines += [_row("all", every), ""]
    return "\n".join(lines) + "\n"


def read(text: str) -> dict[str, list[str]]:
    """The rows of the tables on the page, by their first cells."""
    inside = text.partition(BEGIN)[2].partition(END)[0]
    found = [line.strip("| ").split(" | ") for line in inside.splitlines() if line.startswith("| ")]
    return {cells[0]: cells[1:] for cells in found if cells[0] not in HEADS}


def titles() -> list[str]:
    """The rows that the command writes."""
    return [*_FAULTS.values(), *TITLES.values(), *(area.title for area in AREAS.values()), "all"]


def _row(title: str, one: Figures) -> str:
    share = f"{one.accepted:,} ({100 * one.accepted / max(1, one.inputs):.0f} %)"
    return f"| {title} | {one.inputs:,} | {share} | {one.compared:,} | {one.slowest:.1f} s | {one.wrong} |"
