"""Rows that are files, too: both say the same."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from tests.contract.http import Client
from tests.e2e.stacks import Stack

PAGE = 100


def differences(made: Stack, clients: Sequence[Client], folder: Path | None) -> list[str]:
    """Rows without their file in `folder`, files without their row, and half-done writes."""
    if folder is None:
        return []
    files = {
        str(path.relative_to(folder)): json.loads(path.read_text())
        for path in folder.glob("entries/**/*.json")
    }
    rows = {
        f"entries/{row['writer']}/{row['id']}.json": row
        for client in clients
        for row in _rows(made, client)
    }
    wrong = [f"a row without its file: {path}" for path in rows.keys() - files.keys()]
    wrong += [f"a file without its row: {path}" for path in files.keys() - rows.keys()]
    wrong += [
        f"row and file differ: {it}" for it in rows.keys() & files.keys() if rows[it] != files[it]
    ]
    return wrong + [f"half done: {path}" for path in (folder / ".journal").glob("*.json")]


def _rows(made: Stack, client: Client) -> list[dict[str, object]]:
    found: list[dict[str, object]] = []
    while True:
        page = len(found) // PAGE + 1
        answer = client("GET", f"{made.spec.prefix}/entries?limit={PAGE}&page={page}")
        items = answer.json["data"]["items"]
        found += items
        if len(items) < PAGE:
            return found
