"""docs/openapi.md: how far the document of each style agrees with its service."""

from __future__ import annotations

import fcntl
from collections.abc import Mapping
from dataclasses import dataclass

from tools.source import ROOT

TABLE = ROOT / "docs/openapi.md"
BEGIN, END = "<!-- agreement: begin -->", "<!-- agreement: end -->"
HEAD = ("style", "operations", "requests", "findings", "5xx", "mutants found", "linters", "clients")


@dataclass(frozen=True)
class Row:
    """The figures of a style."""

    operations: int
    requests: int
    findings: int
    server_errors: int
    mutants: str
    linters: str
    clients: str

    @property
    def cells(self) -> list[str]:
        """As the table shows them."""
        numbers = (self.operations, self.requests, self.findings, self.server_errors)
        return [*(f"{number:,}" for number in numbers), self.mutants, self.linters, self.clients]


def read(text: str) -> dict[str, list[str]]:
    """Rows between the markers: cells by style."""
    inside = text.partition(BEGIN)[2].partition(END)[0]
    rows = [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in inside.splitlines()
        if line.startswith("| ")
    ]
    return {row[0]: row[1:] for row in rows[1:]}


def written(text: str, rows: Mapping[str, list[str]]) -> str:
    """The page with these rows between its markers."""
    lines = [_line(HEAD), "|---" * len(HEAD) + "|"]
    lines += [_line([style, *rows[style]]) for style in sorted(rows)]
    before, _, rest = text.partition(BEGIN)
    return f"{before}{BEGIN}\n\n" + "\n".join(lines) + f"\n\n{END}{rest.partition(END)[2]}"


def note(style: str, row: Row) -> None:
    """Writes the row of a style; the others stay as they are."""
    with TABLE.open("r+", encoding="utf-8") as page:
        fcntl.flock(page, fcntl.LOCK_EX)
        text = page.read()
        made = written(text, {**read(text), style: row.cells})
        page.seek(0)
        page.write(made)
        page.truncate()


def _line(cells: list[str] | tuple[str, ...]) -> str:
    return f"| {' | '.join(cells)} |"
