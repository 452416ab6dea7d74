"""A fork of the templates with the kind that docs/kinds.md makes."""

from __future__ import annotations

from pathlib import Path

from tests.support.pages import blocks
from tools.source import ROOT, commit, make_source

PAGE = ROOT / "docs/kinds.md"


def fork(folder: Path) -> Path:
    """The fork, in a new folder, as a reader of the page has it before its tag."""
    made = make_source(folder)
    for block in blocks(PAGE):
        if block.file.startswith("templates/"):
            path = made / block.file
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(block.text, "utf-8")
        if block.language == "yaml" and block.text.startswith("  - "):
            config = made / "copier.yml"
            head, key, tail = config.read_text("utf-8").partition("_skip_if_exists:\n")
            config.write_text(f"{head}{key}{block.text}{tail}", "utf-8")
    commit(made, "A kind: report", "v1.0.0.1")
    return made
