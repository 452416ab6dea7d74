"""`python -m scaffold`, and the command `scaffold`."""

from __future__ import annotations

import gc
import os
import signal
import sys
from types import FrameType

from scaffold import __version__


def main() -> None:
    """Runs the command line; Ctrl-C ends it with 130 and no traceback, also while modules are imported.

    A command that was writing is finished or taken back by the next one, as after any other end.
    """
    signal.signal(signal.SIGINT, _end)
    # The process ends before garbage collection would pay off, and imports make it run.
    gc.disable()
    if sys.argv[1:] == ["--version"]:
        # To describe all verbs takes ten times as long.
        print(f"scaffold {__version__}")
        return
    from scaffold.cli import main as run

    run()


def _end(_number: int, _frame: FrameType | None) -> None:
    os._exit(128 + signal.SIGINT)


if __name__ == "__main__":
    main()
