"""The numbers of a row."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass
class Figures:
    """Of faults: `tries`, those `between` the first and the last write, and after how many the project `survived`.

    Of hostile input: `inputs`, how many were `accepted`, `compared` with a tame twin, and `written` and taken back, and
    what the `slowest` took. Of a service's faults: writes that were `acknowledged` and those it `refused`, and its
    `slowest` return. `wrong` counts what does not hold.
    """

    tries: int = 0
    between: int = 0
    survived: int = 0
    inputs: int = 0
    accepted: int = 0
    compared: int = 0
    written: int = 0
    acknowledged: int = 0
    refused: int = 0
    slowest: float = 0.0
    wrong: int = 0

    def add(self, other: Figures) -> None:
        """Takes the numbers of another run in."""
        for name in (
            "tries",
            "between",
            "survived",
            "inputs",
            "accepted",
            "compared",
            "written",
            "acknowledged",
            "refused",
            "wrong",
        ):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.slowest = max(self.slowest, other.slowest)
