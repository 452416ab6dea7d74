"""A disk that runs full under load, in a name space of mounts of its own."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from tests.e2e.stacks import LOCAL, stack
from tests.trust.disk import mount, unshared
from tests.trust.figures import Figures
from tests.trust.services.faults import Drill, under_way

SIZE = 64 << 20


def run(folder: Path, say: Callable[[str], None]) -> Figures:
    """The figures of the project in `folder`."""
    return unshared(__name__, folder, say)


def _full(drill: Drill, place: Path) -> Figures:
    """Database and files are on `place`, which has no byte left for a while."""
    with drill.running() as server:
        clients = drill.clients(server)
        with drill.load(clients) as told:
            under_way(told)
            _fill(place / "filler")
            time.sleep(4)
            before = len(told.kept)
            (place / "filler").unlink()
            began = time.monotonic()
            while len(told.kept) == before and time.monotonic() < began + 30:
                time.sleep(0.1)
            seconds = time.monotonic() - began
            time.sleep(1)
        wrong = [] if len(told.kept) > before else ["nothing is written with room again"]
        wrong += [] if told.refused else ["nobody was refused without room"]
        wrong += [f"no answer: {dict(told.cut)}"] * bool(told.cut)
        drill.judge("a full disk", told, wrong + drill.differences(clients), seconds)
    return drill.figures


def _fill(path: Path) -> None:
    """Takes all the room that there is, to the last byte."""
    with path.open("wb", buffering=0) as filler:
        for size in (1 << 20, 1 << 12, 1):
            try:
                while True:
                    filler.write(b"x" * size)
            except OSError:
                continue


def main() -> None:
    """Prints the figures last, as JSON."""
    folder = Path(sys.argv[1])
    place = folder / ".full"
    place.mkdir(exist_ok=True)
    mount("-t", "tmpfs", "-o", f"size={SIZE}", "tmpfs", str(place))
    env = {**LOCAL, "DATA_DIR": str(place / "data"), "DATA_ROOT": str(place / "files")}
    drill = Drill(stack(folder), env, print, files=place / "files")
    try:
        print(json.dumps(vars(_full(replace(drill, writers=100), place))))
    finally:
        subprocess.run(["umount", "--lazy", str(place)], check=True)


if __name__ == "__main__":
    main()
