"""What an attack found."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass
class Outcome:
    """Of one kind of attack on one service: how many requests it sent, and what it found, each once."""

    kind: str
    tries: int = 0
    found: dict[str, str] = field(default_factory=dict)

    def add(self, text: str) -> None:
        """Notes a finding, which is the first line, with its first example, which is the rest."""
        line, end, example = text.partition("\n")
        self.found.setdefault(line, end + example)
