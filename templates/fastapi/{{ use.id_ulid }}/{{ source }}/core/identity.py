"""Ids of rows: ULIDs, which sort in the order in which they were made (github.com/ulid/spec)."""

import re
import secrets
import time
from typing import Annotated

import sqlalchemy as sa
from pydantic import Field
from sqlalchemy.orm import Mapped, mapped_column

LENGTH = 26
PATTERN = r"^[0-7][0-9A-HJKMNP-TV-Z]{25}$"
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

Id = str
IdField = Annotated[str, Field(pattern=PATTERN)]


def type_() -> sa.String:
    """The type of a column that holds an id."""
    return sa.String(LENGTH)


def column() -> Mapped[Id]:
    """The primary key of a table."""
    return mapped_column(type_(), primary_key=True, default=unknown)


def parse(text: str) -> Id | None:
    """The id that a path names, or None where it has not the form of one."""
    return text if re.fullmatch(PATTERN, text) else None


def unknown() -> Id:
    """An id that no row has: 48 bits of time, then 80 random ones."""
    number = time.time_ns() // 1_000_000 << 80 | secrets.randbits(80)
    digits = (number >> 5 * place & 31 for place in reversed(range(LENGTH)))
    return "".join(ALPHABET[digit] for digit in digits)
