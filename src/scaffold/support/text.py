"""Differences as text."""

from __future__ import annotations


def unified(path: str, before: str | None, after: str | None) -> str:
    """A unified diff of one file; None means no file."""
    import difflib

    lines = difflib.unified_diff(
        (before or "").splitlines(keepends=True),
        (after or "").splitlines(keepends=True),
        f"a/{path}" if before is not None else "/dev/null",
        f"b/{path}" if after is not None else "/dev/null",
    )
    return "".join(line if line.endswith("\n") else f"{line}\n" for line in lines)
