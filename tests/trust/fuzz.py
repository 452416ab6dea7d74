"""Hostile input: batches of inputs of an area, each with a seed of its own, and what came of them together."""

from __future__ import annotations

import os
import resource
import time
import zlib
from collections.abc import Iterator, Sequence
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from io import StringIO
from multiprocessing import get_context
from pathlib import Path
from typing import NamedTuple

from hypothesis import HealthCheck, Phase, given, seed, settings

from tests.trust.areas import AREAS, start_of
from tests.trust.figures import Figures
from tests.trust.machine import Input, Machine
from tests.trust.shapes import Shapes
from tests.trust.watch import Watch

BATCH = 250
# Of so many inputs one is really written and taken back; of so many accepted ones one is compared with its twin.
_MEMORY = 3_000_000_000
_EVERY = 25
_COMPARED = 2
_WRITES = ("endpoint", "model", "apply")


class Batch(NamedTuple):
    """Some inputs of an area; `number` and the run's seed decide which."""

    area: str
    number: int
    inputs: int


@dataclass
class Tally:
    """What came of inputs; `wrong` has the shortest input of each kind of failure, and what is wrong."""

    figures: Figures = field(default_factory=Figures)
    wrong: dict[str, tuple[str, str]] = field(default_factory=dict)

    def add(self, other: Tally) -> None:
        """Takes the numbers and failures of another one in."""
        self.figures.add(other.figures)
        for kind, (text, what) in other.wrong.items():
            self.note(kind, text, what)

    def note(self, kind: str, text: str, what: str) -> None:
        """Notes a failure, if its input is the shortest of its kind."""
        known = self.wrong.get(kind)
        if known is None or len(text) < len(known[0]):
            self.wrong[kind] = (text, what)


def batches(names: Sequence[str], inputs: int) -> list[Batch]:
    """The batches of these areas, in proportion, where all areas together have `inputs`; the areas in turn."""
    every = sum(area.inputs for area in AREAS.values())
    found: list[Batch] = []
    for name in names:
        left = max(1, round(AREAS[name].inputs * inputs / every))
        for number in range(-(-left // BATCH)):
            found.append(Batch(name, number, min(BATCH, left - number * BATCH)))
    return sorted(found, key=lambda batch: batch.number)


def fuzz(
    todo: Sequence[Batch],
    number: int,
    scratch: Path,
    typescript: Path | None,
    workers: int,
    until: float,
) -> Iterator[tuple[Batch, Tally]]:
    """Runs the batches, with the run's seed, in processes of their own; none begins after `until`."""
    if workers == 1:
        worker = _Worker(number, scratch, typescript)
        for batch in todo:
            if time.monotonic() < until:
                yield batch, worker.run(batch)
        return
    fork = get_context("fork")
    with fork.Pool(workers, _begin, (number, scratch, typescript, until)) as pool:
        for batch, tally in pool.imap_unordered(_work, todo):
            if tally is not None:
                yield batch, tally


class _Worker:
    def __init__(self, number: int, scratch: Path, typescript: Path | None) -> None:
        # Node reserves more than it takes, so it begins before.
        self._watch, self._shapes = Watch(), Shapes(typescript)
        # What reads without an end fails here, and not the machine.
        resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
        self._seed, self._scratch = number, scratch
        self._machines: dict[str, Machine] = {}

    def run(self, batch: Batch) -> Tally:
        """The inputs of a batch, one after another."""
        area = AREAS[batch.area]
        start = area.starts[batch.number % len(area.starts)]
        machine = self._machine(start)
        tally = Tally()

        @seed(self._seed * 1_000_003 + zlib.crc32(batch.area.encode()) + batch.number)
        @settings(
            max_examples=batch.inputs,
            database=None,
            deadline=None,
            phases=[Phase.generate],
            suppress_health_check=[*HealthCheck],
        )
        @given(area.strategy(start))
        def one(given_input: Input) -> None:
            self._one(machine, given_input, tally)

        one()
        return tally

    def _one(self, machine: Machine, given_input: Input, tally: Tally) -> None:
        figures = tally.figures
        ran = machine.run(given_input, compare=figures.accepted % _COMPARED == 0)
        wrong = ran.wrong
        figures.inputs += 1
        figures.accepted += ran.accepted
        figures.compared += ran.compared
        figures.slowest = max(figures.slowest, ran.seconds)
        writes = "--dry-run" in given_input.args and given_input.args[0] in _WRITES
        if ran.accepted and writes and figures.inputs % _EVERY == 0:
            wrong = wrong + machine.write_and_undo(given_input)
            figures.written += 1
        figures.wrong += bool(wrong)
        for kind, what in wrong:
            tally.note(kind, repr(given_input), what)

    def _machine(self, start: str) -> Machine:
        if start not in self._machines:
            # The folder of the last input may be gone.
            os.chdir(self._scratch)
            with redirect_stdout(StringIO()), redirect_stderr(StringIO()):
                place = start_of(start, self._scratch / "starts")
            own = self._scratch / f"worker-{os.getpid()}-{start}"
            self._machines[start] = Machine(own, place, self._watch, self._shapes)
        return self._machines[start]


_workers: list[tuple[_Worker, float]] = []


def _begin(number: int, scratch: Path, typescript: Path | None, until: float) -> None:
    _workers.append((_Worker(number, scratch, typescript), until))


def _work(batch: Batch) -> tuple[Batch, Tally | None]:
    worker, until = _workers[0]
    return batch, worker.run(batch) if time.monotonic() < until else None
