"""docs/hosts.md: what became of each host in the last run."""

from __future__ import annotations

from collections.abc import Mapping

from tests.hosts.host import Host
from tools.source import ROOT

TABLE = ROOT / "docs/hosts.md"
TITLES = {"nextjs": "Next.js", "fastapi": "FastAPI"}


def page(hosts: Mapping[str, Host], outcomes: Mapping[str, str]) -> str:
    """The page, with a row for each host."""
    works = sum(not outcomes.get(name, "fails").startswith("fails") for name in hosts)
    lines = [
        "# Hosts",
        "",
        "`make hosts` takes small projects of other people's kinds through a life with scaffold, and",
        "`python -m tests.hosts --write NAME` writes a row of this page. Each walk is: the project's own checks,",
        "`scaffold doctor`, `scaffold endpoint`, the printed next steps pasted into a shell, the same checks",
        "again, its own routes again, our contract suite over HTTP, `field add` with its steps, `set`, `undo`,",
        "and a clean `git status`. Where a host has a formatter, it runs after each command, with edits of a person",
        "in six files, up to `rename`, `resolve` of two branches and `remove`: it never has anything to change.",
        "",
        f"{works} of {len(hosts)} hosts come through.",
    ]
    for framework, title in TITLES.items():
        lines += ["", f"## {title}", "", "| host | what it is | outcome |", "|---|---|---|"]
        for name, host in hosts.items():
            if host.framework == framework:
                outcome = _cell(outcomes.get(name, "was not run yet"))
                lines.append(f"| {name} | {_cell(host.about)} | {outcome} |")
    return "\n".join(lines) + "\n"


def write(hosts: Mapping[str, Host], outcomes: Mapping[str, str]) -> None:
    """Writes the page."""
    TABLE.write_text(page(hosts, outcomes))


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")
