"""docs/gates.md: which agent passed which gate, as the last full run wrote it."""

from __future__ import annotations

from collections.abc import Mapping

from tests.e2e.stacks import GATES
from tools.source import ROOT

TABLE = ROOT / "docs/gates.md"
MEANING = {
    "install": "its packages, from the registry",
    "types": "`next typegen && tsc --noEmit`, or mypy in strict mode",
    "lint": "ESLint without a warning, or ruff",
    "format": "Prettier, or Black: no file would change",
    "tests": "the tests that come with the project, with their coverage",
    "build": "`next build`, or a wheel",
    "start": "the built service, on the embedded database",
    "contract": "`tests/contract`: over HTTP, every promise of the conventions, for every resource",
    "honest": "no `any`, no ignored type, no disabled rule, no skipped test",
}


def write(results: Mapping[str, Mapping[str, bool]]) -> str:
    """The page."""
    width = max(map(len, results), default=0)
    lines = [
        "# Gates",
        "",
        "Written by `SCAFFOLD_WRITE_DOCS=1 make soak`. Each row is a project that `scaffold new` made",
        "for an agent: its own entities, a resource with every type of field, relations, roles, a public",
        "one, soft delete, cursors, a list without pages, a subset of methods, a model alone and a small",
        "rate limit.",
        "",
        f"| {'agent':{width}} | {' | '.join(GATES)} |",
        f"|{'-' * (width + 2)}|{'|'.join('-' * (len(gate) + 2) for gate in GATES)}|",
    ]
    for name, row in results.items():
        cells = [f"{'yes' if row.get(gate) else 'no':{len(gate)}}" for gate in GATES]
        lines.append(f"| {name:{width}} | {' | '.join(cells)} |")
    lines += ["", *(f"- **{gate}**: {MEANING[gate]}" for gate in GATES), ""]
    return "\n".join(lines)


def read(text: str) -> dict[str, dict[str, str]]:
    """Rows of the page."""
    rows = [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in text.splitlines()
        if line.startswith("| ")
    ]
    head, *body = rows
    return {row[0]: dict(zip(head[1:], row[1:], strict=True)) for row in body}
