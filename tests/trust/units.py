"""What the parts of a run came to: a long run can be cut off, and goes on where it was."""

from __future__ import annotations

import json
from collections.abc import Sequence

from tests.trust.figures import Figures
from tools.source import ROOT

FILE = ROOT / ".trust.json"


class Units:
    """Figures by row and number of the part; with `keep` those of earlier runs with this seed count, too."""

    def __init__(self, seed: int, *, keep: bool) -> None:
        self._seed, self._keep = seed, keep
        self._known: dict[str, dict[int, Figures]] = {}
        if keep and FILE.exists():
            stored = json.loads(FILE.read_text())
            if stored["seed"] == seed:
                for row, parts in stored["rows"].items():
                    self._known[row] = {
                        int(number): Figures(**one) for number, one in parts.items()
                    }

    def forget(self, rows: Sequence[str]) -> None:
        """Drops what is known of these rows."""
        for row in rows:
            self._known.pop(row, None)

    def has(self, row: str, number: int, size: int) -> bool:
        """Whether that part has been run, with so many kills or inputs, and held."""
        known = self._known.get(row, {}).get(number)
        return known is not None and not known.wrong and known.tries + known.inputs >= size

    def note(self, row: str, number: int, figures: Figures) -> None:
        """Takes the figures of a part in, in place of earlier ones."""
        self._known.setdefault(row, {})[number] = figures
        if self._keep:
            stored = {
                row: {str(number): vars(one) for number, one in parts.items()}
                for row, parts in self._known.items()
            }
            FILE.write_text(json.dumps({"seed": self._seed, "rows": stored}))

    def rows(self, order: Sequence[str]) -> dict[str, Figures]:
        """The figures of all parts of each row together."""
        found: dict[str, Figures] = {}
        for row in order:
            for figures in self._known.get(row, {}).values():
                found.setdefault(row, Figures()).add(figures)
        return found
