"""Projects that are named by the words of a list."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any

from scaffold.manifest.manifest import Manifest
from scaffold.rendering.render import Tree
from scaffold.resources.fields import parse_field
from scaffold.resources.kept_words import check_columns, check_table
from scaffold.support.errors import UserError
from tests.support import words
from tests.support.projects import CHECKOUT, manifest_of, resource
from tools.source import ROOT

# So many resources have room in one project, and so many fields in one resource.
SIZE = 200
WIDTH = 40
# A column that a list looks for, one with values, and those that are text, date and reference.
KINDS = ("string!", "enum(a,b)+", "date?", "json", "ref(parents)")


def empty(style: str) -> Manifest:
    """A project without resources, with what has names of its own."""
    more = {} if style == "libsql" else {"operations": {"idempotency": ["POST"]}}
    return manifest_of(ROOT / f"agents/{style}.md", CHECKOUT, more)


def of_resources(style: str, given: Sequence[str]) -> Iterator[tuple[str, Tree]]:
    """Projects with a resource for each of these words that the command takes."""
    start = empty(style)
    values = CHECKOUT.context(start)["conventions"]
    for names in words.resources(given):
        fine = [name for name in names if _passes(partial(check_table, name, values))]
        for first in range(0, len(fine), SIZE):
            manifest = start
            for name in fine[first : first + SIZE]:
                manifest = manifest.with_resource(resource(name, "name:string!"))
            yield f"{style} from {fine[first]}", CHECKOUT.render(manifest)


def of_fields(style: str, given: Sequence[str]) -> Iterator[tuple[str, Tree]]:
    """One project with a field of each kind for each of these words that the command takes."""
    manifest = empty(style).with_resource(resource("parents", "name:string"))
    values = CHECKOUT.context(manifest)["conventions"]
    for kind in KINDS:
        fine = []
        for name in words.fields(given):
            spec = f"{name}:{kind}"
            if _passes(partial(_check_field, spec, values)):
                fine.append(spec)
        for first in range(0, len(fine), WIDTH):
            name = f"kind{KINDS.index(kind)}_{first}"
            manifest = manifest.with_resource(resource(name, *fine[first : first + WIDTH]))
    yield f"{style} with fields", CHECKOUT.render(manifest)


def _check_field(spec: str, values: Mapping[str, Mapping[str, Any]]) -> None:
    check_columns([parse_field(spec)], values)


def _passes(check: Callable[[], object]) -> bool:
    try:
        check()
    except UserError:
        return False
    return True
