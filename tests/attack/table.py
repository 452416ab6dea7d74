"""docs/security.md: what each kind of attack tried and found, by style, and the planted faults."""

from __future__ import annotations

from collections.abc import Collection, Container, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import yaml

from tools.source import ROOT

PAGE = ROOT / "docs/security.md"
BEGIN, END = "<!-- make attack: begin -->", "<!-- make attack: end -->"
KNOWN = Path(__file__).with_name("known.yml")
RESULTS = Path(__file__).with_name("results.yml")
HEAD = "# Written by `python -m tests.attack --write`: of each style what its last run tried and found.\n"
MEANING = {
    "rows of others": "every route, spelling of an id, filter and parent, by another user, another role and nobody",
    "properties": "what the service sets, in every body; what answers show",
    "operations": "roles, keys without one, methods by a header, ways around a route, forgotten paths",
    "tokens": "forged, over, for something else, in another place; keys of services",
    "injection": "SQL, operators, templates, paths and line ends in fields, filters, sorts, pages, ids and headers",
    "idempotency keys": "of others, in a race, odd ones",
    "browsers": "writes by cookie from other sites, CORS for origins that look alike",
    "caches": "tags of other users, what a cache may keep",
    "bodies": "size, depth, chunks, gzip, lengths that do not agree, half, slow, of strangers",
    "leaks": "errors of the database, of requests; tokens, bodies and forged lines in the log",
    "limits": "addresses that are claimed, guessing of tokens and passwords, names of counts",
    "fuzzing": "requests of which any part is odd",
}


@dataclass
class Result:
    """What the attacks on a style found: requests and findings by kind, and planted faults."""

    tries: dict[str, int] = field(default_factory=dict)
    found: dict[str, int] = field(default_factory=dict)
    planted: int = 0
    caught: int = 0

    def over(self, earlier: Result) -> Result:
        """The same, and of an earlier run what this one did not try."""
        faults = self if self.planted else earlier
        return Result(
            {**earlier.tries, **self.tries},
            {**earlier.found, **self.found},
            faults.planted,
            faults.caught,
        )


def read() -> dict[str, Result]:
    """Results of the last runs, by style."""
    kept: dict[str, Any] = yaml.safe_load(RESULTS.read_text()) if RESULTS.exists() else {}
    return {style: Result(**row) for style, row in kept.items()}


def known() -> list[dict[str, str]]:
    """Findings that stay for now, with the reason."""
    found: list[dict[str, str]] = yaml.safe_load(KNOWN.read_text()) or []
    return found


def is_known(style: str, kind: str, text: str) -> bool:
    """Somebody looked at the finding and wrote down why it stays."""
    given: dict[str, Any] = {"style": style, "kind": kind, "text": text}
    return any(given.items() <= entry.items() for entry in known())


def no_longer(style: str, kind: str, found: Container[str]) -> list[str]:
    """What somebody wrote down, and is mended."""
    mine = [it["text"] for it in known() if (it["style"], it["kind"]) == (style, kind)]
    return [text for text in mine if text not in found]


def lines(results: Mapping[str, Result]) -> list[str]:
    """The table, and what stays."""
    results = dict(sorted(results.items()))
    styles = list(results)
    kinds = [kind for kind in MEANING if any(kind in it.tries for it in results.values())]
    found = [
        f"| kind of attack | tries | {' | '.join(styles)} | what is tried |",
        f"|---|--:|{'--:|' * len(styles)}---|",
    ]
    for kind in kinds:
        tries = sum(result.tries.get(kind, 0) for result in results.values())
        cells = [_cell(style, kind, results[style]) for style in styles]
        found.append(f"| {kind} | {tries:,} | {' | '.join(cells)} | {MEANING[kind]} |")
    cells = [f"{it.caught} of {it.planted}" if it.planted else "-" for it in results.values()]
    total = sum(result.planted for result in results.values())
    words = f"`tests/attack/faults.yml`, {total} of them"
    found.append(f"| planted faults found | | {' | '.join(cells)} | {words} |")
    return [*found, *_staying(styles)]


def _cell(style: str, kind: str, result: Result) -> str:
    if not result.tries.get(kind):
        # The service has nothing that could be attacked so.
        return "-"
    star = any((it["style"], it["kind"]) == (style, kind) for it in known())
    return f"{result.found.get(kind, 0)}" + "\\*" * star


def _staying(styles: Collection[str]) -> list[str]:
    reasons: dict[tuple[str, str], list[str]] = {}
    for entry in known():
        if entry["style"] in styles:
            reasons.setdefault((entry["kind"], entry["why"].strip()), []).append(entry["style"])
    found = [
        f"\\* {kind}, {', '.join(sorted(names))}: {why}." for (kind, why), names in reasons.items()
    ]
    return ["", *found] if found else []


def write(results: Mapping[str, Result]) -> None:
    """Keeps results, and puts the table of all that are kept where its markers are."""
    merged = read()
    for style, result in results.items():
        merged[style] = result.over(merged.get(style, Result()))
    kept = {style: asdict(merged[style]) for style in sorted(merged)}
    RESULTS.write_text(HEAD + yaml.safe_dump(kept, sort_keys=False))
    text = PAGE.read_text("utf-8")
    head, _, rest = text.partition(BEGIN)
    _, _, tail = rest.partition(END)
    body = "\n".join(lines(merged))
    PAGE.write_text(f"{head}{BEGIN}\n{body}\n{END}{tail}", "utf-8")
