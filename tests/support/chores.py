"""A copy of the templates in which the kind `job` has another name: only templates say what it is."""

from __future__ import annotations

import re
from pathlib import Path

from tools.source import commit, make_source

# What names the kind; the words around it, such as variables of loops, may stay.
NAMES = re.compile(r"\b(use_kind\.|kinds\.|kinds/)job\b|^job(?=: \[)", re.MULTILINE)


def renamed(folder: Path, name: str) -> Path:
    """The templates, in a new folder, whose kind `job` is called `name`."""
    made = make_source(folder)
    if name == "job":
        return made
    (made / "templates/kinds/job.yml").rename(made / f"templates/kinds/{name}.yml")
    for path in sorted(made.rglob("*"), reverse=True):
        if ".git" in path.parts:
            continue
        if path.is_file() and path.suffix in (".jinja", ".yml", ".md"):
            text = path.read_text("utf-8")
            after = NAMES.sub(lambda match: f"{match[1] or ''}{name}", text)
            if after != text:
                path.write_text(after, "utf-8")
        wanted = NAMES.sub(lambda match: f"{match[1] or ''}{name}", path.name)
        if wanted != path.name:
            path.rename(path.with_name(wanted))
    commit(made, f"The kind job is called {name}", "v1.0.0.1")
    return made
