"""How much the templates of a source may work and hold: a template of a stranger has no other end.

Processor time counts, and not the clock: a busy machine is slow, and no template's fault.
"""

from __future__ import annotations

import resource
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Final

SECONDS: Final = 100.0
"""Of processor time, for all templates of one source in one command; ours take some milliseconds for each resource."""

MORE: Final = 2_000_000_000
"""Bytes of memory beyond those that are there; 1,000 resources take some hundred million."""


class TooMuch(Exception):
    """Templates have no end."""


class Budget:
    """What is left of the time of one source's templates."""

    def __init__(self, seconds: float = SECONDS) -> None:
        self._left = seconds
        self._is_open = False
        self._memory = _memory_bound()

    @contextmanager
    def spending(self) -> Iterator[None]:
        """Meanwhile time is counted and memory is bounded; may be nested.

        Raises TooMuch where the time is over, MemoryError where the memory is. Without signals (in another thread, on
        Windows) nothing is bounded.
        """
        if self._is_open or threading.current_thread() is not threading.main_thread():
            yield
            return
        if self._left <= 0:
            raise TooMuch
        self._is_open = True
        began = time.process_time()
        before = signal.signal(signal.SIGVTALRM, _stop)
        signal.setitimer(signal.ITIMER_VIRTUAL, self._left)
        if self._memory:
            resource.setrlimit(resource.RLIMIT_AS, self._memory[1])
        try:
            yield
        finally:
            signal.setitimer(signal.ITIMER_VIRTUAL, 0)
            signal.signal(signal.SIGVTALRM, before)
            if self._memory:
                resource.setrlimit(resource.RLIMIT_AS, self._memory[0])
            self._left -= time.process_time() - began
            self._is_open = False


def _stop(_number: int, _frame: FrameType | None) -> None:
    raise TooMuch


def _memory_bound() -> tuple[tuple[int, int], tuple[int, int]] | None:
    """The limits of this process as they are, and as they are to be; None where the system has none, or a lower one."""
    known = resource.getrlimit(resource.RLIMIT_AS)
    try:
        with open("/proc/self/statm", "rb") as file:
            pages = int(file.read().split()[0])
    except (OSError, ValueError):
        return None
    wanted = pages * resource.getpagesize() + MORE
    lower = known[0] != resource.RLIM_INFINITY and known[0] <= wanted
    return None if lower else (known, (wanted, known[1]))


__all__ = ["Budget", "TooMuch"]
