"""Names as the user types them, and the forms that code needs."""

from __future__ import annotations

import re

from scaffold.resources import inflection
from scaffold.support.errors import UserError
from scaffold.support.text import printable

# PostgreSQL cuts identifiers at 63 bytes; 40 leaves room for `<table>_<column>_idx` as a rule.
MAX_LENGTH = 40

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9]*(?:[_-][A-Za-z0-9]+)*")


def snake(text: str) -> str:
    """`progressReports`, `ProgressReports` and `progress-reports` as `progress_reports`, `URLs` as `urls`."""
    # The `s` of `URLs` belongs to the capitals before it.
    text = re.sub(r"([A-Z]+)([A-Z](?!s(?![a-z]))[a-z])", r"\1_\2", text)
    text = re.sub(r"([a-z0-9])([A-Z])", r"\1_\2", text)
    return text.replace("-", "_").lower()


def slug(text: str) -> str:
    """A project name that npm, PostgreSQL and a Docker tag accept."""
    word = re.sub(r"[^a-z0-9._-]+", "-", text.rsplit("/", 1)[-1].lower()).strip("-._")
    return word[:60] or "service"


def singular(text: str) -> str:
    """The singular of the last word: `exam_reports` as `exam_report`, `people` as `person`."""
    head, line, noun = text.rpartition("_")
    return head + line + inflection.singular(noun)


def plural(text: str) -> str:
    """The plural of the last word; the name itself if it has none (`news`, `sheep`, `data`)."""
    head, line, noun = text.rpartition("_")
    if inflection.singular(noun) != noun:
        return text
    return head + line + inflection.plural(noun)


def parse_name(text: str, what: str, example: str) -> str:
    """A name in snake_case.

    `what` is the word for messages (`resource`, `field`); `example` is a name that works.
    Raises UserError if the text is empty, too long, or holds anything but Latin letters, digits,
    `_` and `-`.
    """
    allowed = "letters a-z, digits and `_`, beginning with a letter"
    if not text:
        raise UserError(f"a {what} needs a name: {allowed}", f"try `{example}`")
    if len(text) > MAX_LENGTH:
        raise UserError(
            f"{what} name `{printable(text[:MAX_LENGTH])}…` has {len(text)} characters; "
            f"at most {MAX_LENGTH} are allowed",
            f"try `{example}`",
        )
    if not _NAME.fullmatch(text):
        raise UserError(
            f"{what} name `{printable(text)}` is not allowed: {allowed}", f"try `{example}`"
        )
    name = snake(text)
    if len(name) > MAX_LENGTH:
        raise UserError(
            f"{what} name `{name}` has {len(name)} characters; at most {MAX_LENGTH} are allowed",
            f"try `{example}`",
        )
    return name
