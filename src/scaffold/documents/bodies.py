"""Bodies of answers that a document shows, as examples with placeholders: what scaffold can emit.

Known names become placeholders, constants stay, what can be missing becomes optional. A member that is not known is
reported and never guessed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from scaffold.documents.body_examples import examples_of
from scaffold.documents.body_names import (
    DATA,
    FLAGS,
    ITEMS,
    Shape,
    find,
    is_null,
    names_of,
    plain,
)
from scaffold.documents.body_places import places_of
from scaffold.documents.error_bodies import (
    error_of,
    error_shapes,
    is_error,
    is_problem,
    problem_shape,
)
from scaffold.documents.evidence import SAMPLE, Evidence, Unsupported
from scaffold.documents.literals import Member, Object
from scaffold.documents.markdown import Page
from scaffold.documents.success_bodies import success_shapes

# `data|error`: one body for both.
_EITHER: Final = ("data|error", "error|data", "data|errors")
_STYLES: Final = (("$next", "cursor"), ("$page", "page"))
_WHY: Final = "no placeholder has it"


def bodies_of(page: Page) -> tuple[list[Evidence], list[Unsupported]]:
    """Evidence for the bodies of a page, and members that cannot be emitted."""
    found = [*examples_of(page)]
    unsupported: list[Unsupported] = []
    for place, body in places_of(page):
        for shape in _shapes(body, place.about):
            weight = min(place.weight, SAMPLE) if shape.is_partial else place.weight
            line, words, heading = place.line, place.words, place.heading
            found.append(Evidence(shape.key, shape.example, weight, line, words, heading))
            style = next((word for name, word in _STYLES if name in repr(shape.example)), None)
            if shape.is_partial and style:
                # What a page of it has is certain all the same.
                found.append(
                    Evidence("pagination.style", style, place.weight, line, words, heading)
                )
            topic = f"{shape.key.rpartition('.')[2]} body"
            unsupported += [
                Unsupported(topic, name, line, words, _WHY, heading) for name in shape.missing
            ]
    return found, unsupported


def _shapes(body: Object, about: str) -> Iterator[Shape]:
    """The examples of a body; one that shows both cases has one for each."""
    names = names_of(body)
    error = error_of(body)
    data = find(body, DATA | ITEMS)
    if data is not None and is_null(data):
        data = None
    either = next((member for member in body.members if plain(member.name) in _EITHER), None)
    if either is not None:
        rest = [member for member in body.members if member is not either]
        yield from success_shapes(_with(body, rest, Member("data")), about)
        yield from error_shapes(_with(body, rest, Member("error")))
    elif is_problem(body):
        yield problem_shape(body)
    elif error is not None and data is not None:
        others = [member for member in body.members if member is not error]
        # Names alone, all of them always there: what each holds in which case is not said.
        is_partial = not (error.value or error.optional or data.value or data.optional)
        yield from _partial(success_shapes(replace(body, members=others), about), is_partial)
        rest = [
            member
            for member in body.members
            if member is error or (member is not data and not _is_of_success(member))
        ]
        yield from error_shapes(replace(body, members=rest))
    elif is_error(body, about):
        yield from error_shapes(body)
    elif data is not None or "items" in names or (names & FLAGS and not names & {"code", "error"}):
        yield from success_shapes(body, about)


def _with(body: Object, members: list[Member], more: Member) -> Object:
    """The object with these members, and with `more` behind its flag."""
    place = 1 if members and plain(members[0].name) in FLAGS else 0
    return replace(body, members=[*members[:place], more, *members[place:]])


def _partial(shapes: Iterator[Shape], is_partial: bool) -> Iterator[Shape]:
    for shape in shapes:
        shape.is_partial = shape.is_partial or is_partial
        yield shape


def _is_of_success(member: Member) -> bool:
    """Whether a member of a body for both cases is one that an error does not have."""
    return member.optional and plain(member.name) in ("message", "meta", "pagination")
