"""schemathesis on a running service: every check, every phase, every operation of the document."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.agreement.service import CALLERS, Live, environment, written

SERVER_ERROR = "ST101"
CONFIG = """
hooks = "tests.agreement.hooks"
continue-on-failure = true
seed = {seed}
# A seed decides what is sent only where one thread sends it.
workers = 1
request-timeout = 60
# A slow generator is no finding about a service.
suppress-health-check = ["all"]

[generation]
max-examples = {examples}
database = "none"

[auth.wfc]
path = "{callers}"
peers = {peers}
"""


@dataclass(frozen=True)
class Outcome:
    """What a run did, and what it found: the operations of each kind of finding."""

    selected: int
    tested: int
    requests: int
    findings: Mapping[str, list[str]] = field(default_factory=dict)
    errors: tuple[str, ...] = ()
    text: str = ""

    @property
    def count(self) -> int:
        """Findings, and what kept an operation from being tested."""
        return sum(map(len, self.findings.values())) + len(self.errors)

    @property
    def server_errors(self) -> int:
        """Answers of 5xx, by operation."""
        return len(self.findings.get(SERVER_ERROR, []))


def fuzz(
    live: Live,
    folder: Path,
    examples: int,
    seed: int = 1,
    document: Mapping[str, Any] | None = None,
    *more: str,
) -> Outcome:
    """Runs it in a folder of its own, on the service's document or on another one; `more` are options."""
    folder.mkdir(parents=True, exist_ok=True)
    callers = {
        "auth": [
            {
                "name": name,
                "fixedHeaders": [{"name": "Authorization", "value": f"Bearer {live.tokens[name]}"}],
            }
            for name in CALLERS
        ]
    }
    config = folder / "schemathesis.toml"
    config.write_text(
        CONFIG.format(
            seed=seed,
            examples=examples,
            callers=written(callers, folder, "callers.json"),
            peers=json.dumps(CALLERS),
        )
    )
    report = folder / "report.json"
    report.unlink(missing_ok=True)
    path = written(document or live.document, folder)
    done = subprocess.run(
        [
            *[sys.executable, "-m", "schemathesis.cli", "--config-file", str(config), "--no-color"],
            *["run", str(path), "--url", live.url, "--checks", "all", "--output-sanitize", "false"],
            *["--report", "json", "--report-json-path", str(report), *more],
        ],
        cwd=folder,
        env=environment(),
        capture_output=True,
        text=True,
    )
    assert report.exists(), done.stdout[-3000:] + done.stderr[-3000:]
    return outcome(json.loads(report.read_text()), done.stdout)


def outcome(report: Mapping[str, Any], text: str) -> Outcome:
    """The outcome that a report of schemathesis tells of."""
    cases = report["test_cases"]
    return Outcome(
        selected=report["operations"]["selected"],
        tested=report["operations"]["tested"],
        requests=cases["generated"],
        findings={entry["code"]: entry["operations"] for entry in report.get("failures", [])},
        errors=tuple(_error(entry) for entry in report.get("errors", [])),
        text=_readable(text),
    )


def _error(entry: Mapping[str, Any]) -> str:
    return f"{entry.get('operations') or ''}: {entry.get('title') or entry}"


def _readable(text: str) -> str:
    """Without tokens, and without the rest of lines that nobody reads to their end."""
    lines = (re.sub(r"Bearer [\w.-]+", "Bearer …", line)[:400] for line in text.splitlines())
    found = "\n".join(lines)
    starts = [at for word in ("= ERRORS", "= FAILURES") if (at := found.find(word)) >= 0]
    return found[min(starts, default=0) :]
