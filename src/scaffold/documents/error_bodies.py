"""Bodies of errors as examples."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from scaffold.documents.body_names import (
    ERROR,
    FLAGS,
    GROUPS,
    MESSAGES,
    OF_ERROR,
    REQUEST_IDS,
    Shape,
    find,
    is_null,
    names_of,
    plain,
)
from scaffold.documents.literals import Member, Object
from scaffold.documents.patterns import ignoring_case

PROBLEM: Final[Mapping[str, Any]] = {
    "type": "about:blank",
    "title": "$code",
    "status": "$status",
    "detail": "$message",
    "errors": "$details?",
}
"""The body of RFC 9457 as scaffold fills it."""

_CODES: Final = frozenset(["code", "errorcode"])
_ABOUT_ERRORS: Final = ignoring_case(
    "error", "fail", "exception", r"\b[45]\d\d\b", "catch", "problem", "invalid", "unauthori"
)
_FAILED: Final = re.compile("error|fail")
_FAILED_TEXT: Final = re.compile(r"[\"'](?:error|fail)")


def is_error(body: Object, about: str) -> bool:
    """Whether a body is one of an error, by its members and by what the document says of it."""
    error = error_of(body)
    names = names_of(body)
    says_error = _ABOUT_ERRORS.search(about) is not None
    if error is not None:
        # `errors` alone may as well be a list of rows.
        return plain(error.name) != "errors" or bool(names & MESSAGES) or says_error
    if not names & {"message", "detail", "msg"}:
        return False
    if any(
        plain(member.name) in FLAGS and member.value.lower() == "false" for member in body.members
    ):
        return True
    has_code = bool(names & {"code", "statuscode", "errorcode", "status"})
    return says_error and (has_code or names in ({"detail"}, {"message"}))


def error_of(body: Object) -> Member | None:
    """The member that holds the error, where there is one and it is not always null."""
    error = find(body, ERROR)
    return None if error is None or is_null(error) else error


def error_shapes(body: Object) -> Iterator[Shape]:
    """The body as an example, if it has one message and at most one code."""
    shape = Shape("envelope.error", {})
    shape.example = _part(body, shape, is_top=True)
    text = repr(shape.example)
    if text.count("$message") == 1 and text.count("$code") <= 1:
        yield shape


def _part(body: Object, shape: Shape, *, is_top: bool) -> dict[str, Any]:
    """The example of an object in the body; notes in `shape` what it cannot hold."""
    example: dict[str, Any] = {}
    for member in body.members:
        name = plain(member.name)
        inner = member.inner
        if is_top and name in FLAGS:
            example[member.name] = False
        elif name in ERROR and inner and not member.is_list and find(inner, MESSAGES):
            example[member.name] = _part(inner, shape, is_top=False)
        elif (constant := _constant(member, body)) is not None:
            example[member.name] = constant
            # Without a value it may be a text or an object.
            shape.is_partial = shape.is_partial or (name == "error" and not member.value)
        elif is_top and is_null(member):
            example[member.name] = None
        elif name in OF_ERROR and OF_ERROR[name] not in example.values():
            example[member.name] = OF_ERROR[name]
        elif name not in GROUPS or inner is not None or member.value:
            shape.missing.append(member.name + "?" * member.optional)
            shape.is_partial = shape.is_partial or not member.optional
    return example


def _constant(member: Member, body: Object) -> str | None:
    """What members hold whose meaning depends on the others; None for all others."""
    names = names_of(body)
    match plain(member.name):
        case "error":
            # A text beside a message is what programs read.
            message = any(
                plain(other.name) == "message" and not other.optional for other in body.members
            )
            return "$code" if message and not names & _CODES else "$message"
        case "status" if "code" not in names and _FAILED.search(member.value):
            return "error"
        case "status" if _FAILED_TEXT.search(member.value):
            return "fail" if "fail" in member.value else "error"
        case "type" if not names & _CODES:
            return "$code"
        case "detail" if names & {"message", "msg"}:
            return "$details?"
    return None


def is_problem(body: Object) -> bool:
    """Whether the body has the members of RFC 9457."""
    return {"type", "title", "status", "detail"} <= names_of(body)


def problem_shape(body: Object) -> Shape:
    """A body of RFC 9457 as an example."""
    example: dict[str, Any] = {}
    shape = Shape("envelope.error", example)
    for member in body.members:
        name = plain(member.name)
        if name in PROBLEM:
            example[member.name] = PROBLEM[name]
        elif name in _CODES:
            example[member.name] = "$code"
            # The title is for people where the code is beside it.
            example["title"] = "Error"
        elif name in REQUEST_IDS - {"reqid"}:
            example[member.name] = "$request_id"
        else:
            shape.missing.append(member.name)
    return shape
