"""`python -m tests.drills [STYLE …]`: jobs while their workers, servers and database are killed."""

from __future__ import annotations

import argparse
import os
import sys
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.drills.jobs import Drill
from tests.e2e.shell import run
from tests.support import packages
from tests.support.projects import AGENTS
from tools.source import make_source

STYLES = [path.stem for path in AGENTS]
# Their database is a file, which one server has for itself.
EMBEDDED = ("libsql",)


def main() -> int:
    """Runs the drills and prints what came of them; 1 where a job got lost or an effect was not done."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("styles", nargs="*", default=STYLES, metavar="STYLE")
    parser.add_argument("--jobs", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=12)
    asked = parser.parse_args()
    wrong = 0
    with TemporaryDirectory() as scratch:
        folder = Path(scratch)
        os.environ.setdefault(packages.FOLDER, str(folder / "packages"))
        os.environ["SCAFFOLD_SOURCE"] = str(make_source(folder / "source"))
        os.environ["XDG_CACHE_HOME"] = str(folder / "cache")
        for style in asked.styles:
            service = folder / f"{style}-drill"
            scaffold(
                folder, "new", service.name, "--style", style, "--set", "rate_limit.max=9999999"
            )
            scaffold(service, "add", "job", "count", "number:int", "--retries", "50")
            drill = Drill(service, style in EMBEDDED)
            drill.prepare()
            # A server that is its own worker dies alone; twenty kills are the least of a drill.
            rounds = asked.rounds * (2 if drill.embedded else 1)
            report = drill.run(asked.jobs, rounds, partial(say, style))
            say(style, str(report))
            wrong += not (report.accepted == report.completed <= report.keys)
    return 1 if wrong else 0


def scaffold(folder: Path, *words: str) -> None:
    """Runs the command line of this checkout."""
    run([sys.executable, "-m", "scaffold", *words], folder)


def say(style: str, text: str) -> None:
    """Prints at once."""
    print(f"{style}: {text}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
