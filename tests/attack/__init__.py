"""Attacks on a running service: black box, over HTTP, by the list of OWASP's API Top 10.

`run(target, kinds)` tries each kind of attack on a service. What a service should have refused, or told nobody, is a
finding. `make attack` builds the services, and plants the faults of faults.yml in them, which the attacks have to find.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from tests.attack import (
    authorization,
    bodies,
    browsers,
    caches,
    forgeries,
    functions,
    fuzz,
    injection,
    leaks,
    limits,
    properties,
    repeats,
)
from tests.attack.attacker import ATTACKS, Attacker, Target
from tests.attack.findings import Outcome

__all__ = ["KINDS", "run"]

# In the order in which they run; each registers its attacks by being imported.
MODULES = (
    authorization,
    properties,
    functions,
    forgeries,
    injection,
    repeats,
    browsers,
    caches,
    bodies,
    leaks,
    limits,
    fuzz,
)
KINDS = tuple(module.KIND for module in MODULES)


def run(target: Target, kinds: Iterable[str] = KINDS, seed: int = 0) -> Iterator[Outcome]:
    """What each kind of attack found, one after the other."""
    for kind in kinds:
        attacker = Attacker(target, kind, seed)
        for attack in ATTACKS:
            if attack.kind == kind:
                attacker.attempt_of(attack)
        yield attacker.outcome()
