"""Ids of rows: short random words, as CUIDs are."""

import re
import secrets
import string
from typing import Annotated

import sqlalchemy as sa
from pydantic import Field
from sqlalchemy.orm import Mapped, mapped_column

LENGTH = 24
PATTERN = r"^[a-z][a-z0-9]{20,31}$"
ALPHABET = string.ascii_lowercase + string.digits

Id = str
IdField = Annotated[str, Field(pattern=PATTERN)]


def type_() -> sa.String:
    """The type of a column that holds an id."""
    return sa.String(32)


def column() -> Mapped[Id]:
    """The primary key of a table."""
    return mapped_column(type_(), primary_key=True, default=unknown)


def parse(text: str) -> Id | None:
    """The id that a path names, or None where it has not the form of one."""
    return text if re.fullmatch(PATTERN, text) else None


def unknown() -> Id:
    """An id that no row has."""
    word = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH - 1))
    return secrets.choice(string.ascii_lowercase) + word
