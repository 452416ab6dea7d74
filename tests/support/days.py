"""What a day tries where all of it would take too long: another part each day, everything with SCAFFOLD_SOAK=1."""

from __future__ import annotations

import datetime
import os
from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")

DAY = datetime.date.today().toordinal()
SOAK = bool(os.environ.get("SCAFFOLD_SOAK"))


def of_day(items: Sequence[T], count: int, day: int = DAY, soak: bool = SOAK) -> list[T]:
    """`count` of the items, in their order; days in a row have all of them in turn."""
    if soak:
        return [*items]
    chosen = {(day + number) % len(items) for number in range(count)}
    return [item for number, item in enumerate(items) if number in chosen]
