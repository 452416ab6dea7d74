"""Three-way merges of text, with conflict markers, and of JSON objects, without."""

from __future__ import annotations

import enum
from collections.abc import Callable, Mapping
from typing import Any, Final, Literal, NamedTuple

from scaffold.support.errors import UserError


class _Absent(enum.Enum):
    ABSENT = "absent"

    def __bool__(self) -> Literal[False]:
        return False


ABSENT: Final = _Absent.ABSENT
"""Stands for "no such key" in a `Conflict`, because None is a JSON value."""


class Conflict(NamedTuple):
    """A JSON value that both sides changed; the merge kept `mine`. `ABSENT`: that side lacks the key."""

    path: tuple[str, ...]
    mine: object
    theirs: object


def merge_text(
    base: str, mine: str, theirs: str, *, labels: tuple[str, str] = ("yours", "scaffold")
) -> tuple[str, bool]:
    """Apply the changes from `base` to `theirs` to `mine`; all three have LF line endings.

    Returns the text, and whether it has conflict markers (labelled with `labels`).
    Raises UserError if git is missing or refuses the text (a NUL byte).
    """
    if theirs in (base, mine):
        return mine, False
    if mine == base:
        return theirs, False
    # To git, "last line" and "last line\n" differ, so an editor that drops the last newline would
    # conflict with any change next to it: merge complete lines, and the last newline separately.
    ended = [not text or text.endswith("\n") for text in (base, mine, theirs)]
    whole = [
        text if end else text + "\n" for text, end in zip((base, mine, theirs), ended, strict=True)
    ]
    text, conflict = _git_merge_file(whole[0], whole[1], whole[2], labels)
    end = ended[2] if ended[1] == ended[0] else ended[1]
    return (text if end or conflict else text.removesuffix("\n")), conflict


def _git_merge_file(base: str, mine: str, theirs: str, labels: tuple[str, str]) -> tuple[str, bool]:
    import tempfile

    from scaffold.support.git import git, reason_of

    with tempfile.TemporaryDirectory(prefix="scaffold-") as folder:
        for name, text in (("mine", mine), ("base", base), ("theirs", theirs)):
            with open(f"{folder}/{name}", "wb") as file:
                file.write(text.encode())
        # The user's own setting, such as diff3, must not change what we write.
        command = ["-c", "merge.conflictStyle=merge", "merge-file", "-p"]
        for label in (labels[0], "base", labels[1]):
            command += ["-L", label]
        alone = {"GIT_CEILING_DIRECTORIES": folder}
        done = git(*command, "mine", "base", "theirs", folder=folder, env=alone)
    # Up to 127, the exit code counts conflicts; above, it is an error.
    if not 0 <= done.returncode < 128:
        raise UserError(f"`git merge-file` failed: {reason_of(done)}")
    return done.stdout.decode(), done.returncode > 0


def same(one: object, two: object, *, ordered: bool = False) -> bool:
    """Whether two JSON values are the same; unlike with `==`, `true`, `1` and `1.0` differ.

    With `ordered`, keys must also be in the same order.
    """
    if isinstance(one, dict) and isinstance(two, dict):
        if one.keys() != two.keys() or (ordered and list(one) != list(two)):
            return False
        return all(same(value, two[key], ordered=ordered) for key, value in one.items())
    if isinstance(one, list) and isinstance(two, list):
        return len(one) == len(two) and all(
            same(a, b, ordered=ordered) for a, b in zip(one, two, strict=True)
        )
    return type(one) is type(two) and one == two


def merge_json(
    base: Mapping[str, Any], mine: Mapping[str, Any], theirs: Mapping[str, Any]
) -> tuple[dict[str, Any], list[Conflict]]:
    """Apply the changes from `base` to `theirs` to `mine`, key by key in nested objects.

    Returns a new object in `mine`'s key order, and every value that both sides changed (it keeps
    `mine`'s). Lists are single values.
    """
    conflicts: list[Conflict] = []
    return _merge(base, mine, theirs, (), conflicts), conflicts


def _merge(
    base: Mapping[str, Any],
    mine: Mapping[str, Any],
    theirs: Mapping[str, Any],
    path: tuple[str, ...],
    conflicts: list[Conflict],
) -> dict[str, Any]:
    result = dict(mine)
    added: dict[str, Any] = {}
    for key in [*theirs, *(key for key in base if key not in theirs)]:
        old, own, new = (side.get(key, ABSENT) for side in (base, mine, theirs))
        if same(old, new) or same(own, new):
            continue
        if same(own, old):
            merged = new
        elif _objects(old, own, new):
            merged = _merge(old or {}, own or {}, new or {}, (*path, key), conflicts)
            if not merged and ABSENT in (own, new):
                # One side removed the whole section: do not keep an empty one.
                merged = ABSENT
        else:
            conflicts.append(Conflict((*path, key), own, new))
            continue
        if merged is ABSENT:
            result.pop(key, None)
        elif key in result:
            result[key] = merged
        else:
            added[key] = merged
    return insert(result, added, like=list(mine))


def _objects(*values: object) -> bool:
    """Whether two or more of the values are objects and the others are absent."""
    there = [value for value in values if value is not ABSENT]
    return len(there) > 1 and all(isinstance(value, dict) for value in there)


def insert(
    into: Mapping[str, Any], added: Mapping[str, Any], *, like: list[str] | None = None
) -> dict[str, Any]:
    """`into` with the keys of `added`, in sorted position if `into` is sorted, else at the end.

    `like` lists the keys that decide whether it is sorted (default: `into`'s); it may have more
    keys. `into` must not have a key of `added`.
    """
    known = list(into) if like is None else like
    # npm ignores case when it sorts; most tools do not.
    orders: tuple[Callable[[str], str], ...] = (str, str.lower)
    order = next((order for order in orders if known and known == sorted(known, key=order)), None)
    if order is None or not added:
        return {**into, **added}
    keys = list(into)
    for key in added:
        place = next((n for n, other in enumerate(keys) if order(other) > order(key)), len(keys))
        keys.insert(place, key)
    return {key: added[key] if key in added else into[key] for key in keys}
