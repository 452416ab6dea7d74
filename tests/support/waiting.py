"""Waiting for something to become true."""

from __future__ import annotations

import time
from collections.abc import Callable


def until(condition: Callable[[], bool], seconds: float, step: float = 0.2) -> None:
    """Waits until the condition holds. Raises AssertionError after that many seconds."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, f"not so after {seconds} s"
        time.sleep(step)
