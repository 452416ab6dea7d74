"""What was typed, for the record that `undo` shows; empty where no command line is behind a change."""

from __future__ import annotations

from contextvars import ContextVar
from typing import Final

COMMAND: Final[ContextVar[str]] = ContextVar("COMMAND", default="")
