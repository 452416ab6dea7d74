"""docs/gates.md: which agent passed which gate in the last full run."""

from __future__ import annotations

from collections.abc import Mapping

from tests.e2e.stacks import GATES
from tools.source import ROOT

TABLE = ROOT / "docs/gates.md"
MEANING = {
    "install": "npm or pip installs its packages from the registry",
    "types": "`next typegen && tsc --noEmit` passes, or mypy in strict mode",
    "lint": "ESLint finds nothing, not even a warning, or ruff",
    "format": "Prettier or Black would change no file",
    "tests": "the generated tests pass and reach their coverage",
    "build": "`next build` passes, or the wheel builds",
    "start": "the built service starts on its embedded database",
    "contract": "`tests/contract` checks every promise of the conventions over HTTP, on real servers",
    "honest": "the code has no `any`, no ignored type, no disabled rule and no skipped test",
}


def write(results: Mapping[str, Mapping[str, bool]]) -> str:
    """The page."""
    width = max(map(len, results), default=0)
    lines = [
        "# Gates",
        "",
        "`make gates STYLE=<agent>` writes a row of this page, `SCAFFOLD_WRITE_DOCS=1 make soak` all of them.",
        "Each row is a project that `scaffold new` makes for an agent. It has the agent's entities, a",
        "resource with every field type, relations, roles, a public resource, soft delete, cursors, a list",
        "without pages, a subset of methods, a model without a route, and a small rate limit.",
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
