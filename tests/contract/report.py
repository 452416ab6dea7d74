"""What was checked and what was wrong; the list of cases."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.contract.http import Answer
    from tests.contract.spec import Resource
    from tests.contract.world import World


class Failure(AssertionError):
    """Something that the contract forbids, with the request and its answer."""

    def __init__(self, text: str, answer: Answer | None = None) -> None:
        super().__init__(text if answer is None else _told(text, answer))


@dataclass
class Report:
    """Names of the cases that ran, and all that was wrong."""

    checked: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    _once: set[str] = field(default_factory=set)

    def once(self, text: str, answer: Answer) -> None:
        """Notes something that may be wrong with many answers, the first time."""
        if text not in self._once:
            self._once.add(text)
            self.wrong.append(_told(f"every answer: {text}", answer))

    def run(self, name: str, case: Callable[[], Any]) -> None:
        """Runs one case; a failure does not keep the others from running."""
        try:
            case()
        except Failure as failure:
            self.wrong.append(f"{name}: {failure}")
        except Exception as error:
            self.wrong.append(f"{name}: {type(error).__name__}: {error}")
        self.checked.append(name)

    def text(self) -> str:
        """For people."""
        return "\n".join([f"{len(self.checked)} checks, {len(self.wrong)} wrong", *self.wrong])


@dataclass(frozen=True)
class Case:
    """A check of one resource, for resources that have these operations."""

    name: str
    operations: tuple[str, ...]
    when: Callable[[World, Resource], bool]
    run: Callable[[World, Resource], None]

    def applies(self, world: World, resource: Resource) -> bool:
        """The resource promises what the case is about."""
        return set(self.operations) <= set(resource.methods) and self.when(world, resource)


CASES: list[Case] = []
Run = Callable[["World", "Resource"], None]


def case(
    name: str, *operations: str, when: Callable[[World, Resource], bool] = lambda *_: True
) -> Callable[[Run], Run]:
    """Adds a function to the cases."""

    def add(run: Run) -> Run:
        CASES.append(Case(name, operations, when, run))
        return run

    return add


def _told(text: str, answer: Answer) -> str:
    return f"{text}\n    {answer.request}\n    -> {answer}"
