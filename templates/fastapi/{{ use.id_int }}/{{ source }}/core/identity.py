"""Ids of rows: numbers in the order of their making."""

import re
import secrets
from typing import Annotated

import sqlalchemy as sa
from pydantic import Field
from sqlalchemy.orm import Mapped, mapped_column

LARGEST = 2**53 - 1

Id = int
IdField = Annotated[int, Field(strict=True, ge=1, le=LARGEST)]


def type_() -> sa.types.TypeEngine[int]:
    """The type of a column that holds an id; SQLite counts INTEGER keys only."""
    return sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def column() -> Mapped[Id]:
    """The primary key of a table."""
    return mapped_column(type_(), primary_key=True)


def parse(text: str) -> Id | None:
    """The id that a path names, or None where it has not the form of one."""
    if not re.fullmatch(r"[1-9][0-9]{0,15}", text) or int(text) > LARGEST:
        return None
    return int(text)


def unknown() -> Id:
    """An id that no row has, as good as certainly."""
    return LARGEST - secrets.randbelow(2**40)
