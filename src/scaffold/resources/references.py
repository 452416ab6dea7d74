"""References between names, as a graph: who comes first, and who is above whom."""

from __future__ import annotations

from collections.abc import Collection, Mapping

Graph = Mapping[str, Collection[str]]
"""Name → the names that it refers to; those that the graph lacks are skipped."""


def above(graph: Graph, name: str) -> set[str]:
    """Every name that `name` refers to, directly or not; itself only if the references form a circle."""
    found: set[str] = set()
    todo = [name]
    while todo:
        new = set(graph.get(todo.pop(), ())) - found
        found |= new
        todo += new
    return found


def parents_first(graph: Graph) -> tuple[list[str], list[str]]:
    """The names in an order that makes each one possible, and those that a circle makes impossible."""
    order: list[str] = []
    left = dict.fromkeys(graph)
    while ready := [name for name in left if not left.keys() & set(graph[name])]:
        order += ready
        for name in ready:
            del left[name]
    return order, [*left]
