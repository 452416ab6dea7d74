"""Keys over several columns: values that no two rows have together, and indexes."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

from scaffold.resources.fields import COLUMN, Field, has_room
from scaffold.resources.names import snake
from scaffold.support.errors import UserError
from scaffold.support.text import nearest, printable

OWNER: Final = "owner"
OWNER_COLUMN: Final = "owner_id"
_MOST_COLUMNS: Final = 5
_MOST_KEYS: Final = 10
_UNKEYED: Final = ("json", "text")


class Key(NamedTuple):
    """Columns of a table that are unique together, or indexed together. Names in the code are not its business."""

    columns: tuple[str, ...]
    unique: bool

    @property
    def option(self) -> str:
        """The word for its kind, in options and in the manifest."""
        return "unique" if self.unique else "index"


Keys = tuple[Key, ...]


def parse_keys(
    unique: Sequence[str], index: Sequence[str], fields: Sequence[Field], name: str
) -> Keys:
    """The keys that `--unique` and `--index` name for the resource `name`, each as `book,author`, in a fixed order.

    Raises UserError on one that the table cannot have.
    """
    keys = [_parse(text, True, fields) for text in unique]
    keys += [_parse(text, False, fields) for text in index]
    if len(keys) > _MOST_KEYS:
        raise UserError(
            f"`{name}` would have {len(keys)} keys; at most {_MOST_KEYS} are allowed",
            "leave some of them out",
        )
    seen: dict[str, Key] = {}
    for key in keys:
        # Two keys whose columns make one name would be one index.
        joined = "_".join(key.columns)
        if joined in seen:
            both = key.option == seen[joined].option
            raise UserError(
                f"`{typed(key, fields)}` is a key twice",
                f"leave one `--{key.option}` out" if both else "a unique key is an index, too",
            )
        seen[joined] = key
    return in_order(keys)


def in_order(keys: Sequence[Key]) -> Keys:
    """The keys as the manifest has them: unique ones first, then by their columns."""
    return tuple(sorted(keys, key=lambda key: (not key.unique, key.columns)))


def typed(key: Key, fields: Sequence[Field]) -> str:
    """The key as one would type it: `book_id,author`."""
    names = {field.stored_in: field.name for field in fields}
    names[OWNER_COLUMN] = OWNER_COLUMN if OWNER in names.values() else OWNER
    return ",".join(names.get(column, column) for column in key.columns)


def to_data(keys: Keys) -> dict[str, list[list[str]]]:
    """The manifest's entries: `unique` and `index`, each only if there are some."""
    return {
        option: found
        for option in ("unique", "index")
        if (found := [[*key.columns] for key in keys if key.option == option])
    }


def from_data(data: Mapping[str, Any]) -> Keys:
    """The keys of a manifest entry, or of a step. Raises UserError if `to_data` would not write them."""
    keys = []
    for option in ("unique", "index"):
        for columns in _lists(data.get(option, []), option):
            keys.append(Key(read_columns(columns), option == "unique"))
    return in_order(keys)


def read_columns(stated: Any) -> tuple[str, ...]:
    """The columns of one key in a manifest. Raises UserError if they cannot be a key."""
    if (
        not isinstance(stated, list)
        or not 2 <= len(stated) <= _MOST_COLUMNS
        or not all(isinstance(word, str) and re.fullmatch(COLUMN, word) for word in stated)
        or len({*stated}) != len(stated)
    ):
        raise UserError(f"`{str(stated)[:80]}` is not a list of columns of a key")
    return tuple(stated)


def _lists(stated: Any, option: str) -> list[Any]:
    if not isinstance(stated, list):
        raise UserError(f"{option} must be a list of keys")
    return stated


def _parse(text: str, unique: bool, fields: Sequence[Field]) -> Key:
    option = "unique" if unique else "index"
    shown = f"`--{option} {printable(text[:200])}`"
    example = f"for example `--{option} book,author`, or `--{option} owner,name`"
    words = [word.strip() for word in text.split(",")]
    found = [_column(word, fields, shown) for word in words]
    columns = tuple(field.stored_in if field else OWNER_COLUMN for field in found)
    if len(columns) < 2:
        mark, kind = ("!", "unique") if unique else ("+", "indexed")
        hint = f"a single field is {kind} by its modifier: `{words[0]}:TYPE{mark}`"
        raise UserError(
            f"{shown} names one field; a key has several", hint if found[0] else example
        )
    if len(columns) > _MOST_COLUMNS:
        raise UserError(
            f"{shown} names {len(columns)} fields; at most {_MOST_COLUMNS} are allowed", example
        )
    if len({*columns}) != len(columns):
        raise UserError(f"{shown} names a field twice", example)
    for field in found:
        if field and field.type in _UNKEYED:
            raise UserError(
                f"{shown}: `{field.name}` is of the type `{field.type}`, which no key can have",
                "leave it out",
            )
    if unique and not any(field and has_room(field) for field in found):
        raise UserError(
            f"{shown} has room for fewer rows than its tests make of one user",
            "add a field that has many values",
        )
    return Key(columns, unique)


def _column(word: str, fields: Sequence[Field], shown: str) -> Field | None:
    """The field of that word; None is the owner. Raises UserError if it is neither."""
    name = snake(word)
    by_name = {field.name: field for field in fields}
    for wanted in (name, f"{name}_id"):
        if wanted in by_name:
            return by_name[wanted]
    if name in (OWNER, OWNER_COLUMN):
        return None
    names = [*by_name, OWNER]
    guess = nearest(name, names)
    raise UserError(
        f"{shown}: there is no field `{printable(word)}`; there are: {', '.join(names)}",
        f"did you mean `{guess}`?" if guess else f"for example `{names[0]}`",
    )
