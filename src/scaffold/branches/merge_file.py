"""What becomes of one file after a merge: both sides' edits, on what scaffold makes of the merged manifest."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

from scaffold.planning.plan import Keep, has_markers
from scaffold.support.errors import UserError
from scaffold.support.merge import merge_text

_MARKER = re.compile(r"^(<{7}|\|{7}|>{7}) .*$", re.MULTILINE)
LABELS = ("ours", "theirs")
# Why a file is left to the user.
BY_HAND = "settled by hand: left as it is"
BEGUN = "edited since git merged it, and conflict markers are left"
DELETED = "deleted on one side, edited on the other"
OWN = "somebody's own file on one side, scaffold's on the other"


class View(NamedTuple):
    """A file on one side: what scaffold makes of that side's manifest, and what is there."""

    made: str | None = None
    text: str | None = None

    @property
    def gone(self) -> bool:
        """The user deleted it."""
        return self.made is not None and self.text is None

    @property
    def silent(self) -> bool:
        """That side does not know the file."""
        return self.made is None and self.text is None


class Wanted(NamedTuple):
    """What should be there (None: no file). `conflict`: with markers; `kept`: left alone, and why;
    `left`: why only the user can say."""

    text: str | None
    conflict: bool = False
    kept: Keep | None = None
    left: str = ""


def wanted(base: View, ours: View, theirs: View, made: str | None, as_json: bool = False) -> Wanted:
    """What the commands of both sides, one after the other on one branch, would have made of a file.

    `made` is what scaffold makes of the merged manifest.
    """
    if made is None:
        return _no_longer_made(base, ours, theirs)
    for side in (ours, theirs):
        if side.made is None and side.text not in (None, made):
            return Wanted(None, left=OWN)
    if ours.gone or theirs.gone:
        return _deleted(base, ours, theirs, made, as_json)
    edited = [
        _carried(side, made, as_json) if side.made is not None else (made, False)
        for side in (ours, theirs)
        if not side.silent
    ]
    if not edited:
        return Wanted(made)
    if len(edited) == 1 or edited[0] == edited[1]:
        return Wanted(*edited[0])
    before, unsure = (
        _carried(base, made, as_json) if None not in (base.made, base.text) else (made, False)
    )
    text, conflict = _both(made if unsure else before, edited[0][0], edited[1][0], as_json)
    return Wanted(text, conflict or edited[0][1] or edited[1][1])


class Found(NamedTuple):
    """A file as it is, what git made of it (None: no file), and the texts of all sides.

    `unmerged`: git could not settle it; `by_hand`: and somebody did.
    """

    text: str | None
    git: str | None
    sides: tuple[str | None, ...]
    unmerged: bool = False
    by_hand: bool = False


def placed(found: Found, want: Wanted, as_json: bool = False) -> Wanted:
    """What to write to a file that somebody may have edited since git merged it."""
    if want.left or found.text == want.text:
        return want
    if is_untouched(found):
        return want
    if found.text is None:
        return Wanted(None, kept=Keep.DELETED)
    if found.unmerged or found.by_hand or found.git is None or has_markers(found.git):
        if not has_markers(found.text):
            return Wanted(found.text, left=BY_HAND)
        if _typed(found):
            return Wanted(found.text, left=BEGUN)
        return want
    if want.conflict:
        return Wanted(found.text)  # settled since: never the same conflict twice
    if want.text is None:
        return Wanted(found.text, kept=Keep.EDITED)
    return Wanted(*_both(found.git, found.text, want.text, as_json))


def is_untouched(found: Found) -> bool:
    """Whether a file is as git left it."""
    if found.unmerged and found.text in found.sides:
        return True
    if found.text is None or found.git is None:
        return found.text is found.git
    return _bare(found.text) == _bare(found.git)


def _no_longer_made(base: View, ours: View, theirs: View) -> Wanted:
    edited = [
        side.text for side in (ours, theirs) if side.text is not None and side.text != side.made
    ]
    if not edited:
        return Wanted(None)
    if len(edited) == 1 or edited[0] == edited[1]:
        return Wanted(edited[0], kept=Keep.EDITED)
    text, conflict = _both(base.text or "", edited[0], edited[1], False)
    return Wanted(text, conflict, kept=Keep.EDITED)


def _deleted(base: View, ours: View, theirs: View, made: str, as_json: bool) -> Wanted:
    """What to write if the user deleted the file on at least one side."""
    other = theirs if ours.gone else ours
    if other.gone or other.silent or other.made is None:
        return Wanted(None, kept=Keep.DELETED)
    now = _carried(other, made, as_json)
    if base.gone:
        return Wanted(*now)  # the other side brought it back
    if other.text == other.made or (
        None not in (base.made, base.text) and _carried(base, made, as_json) == now
    ):
        return Wanted(None, kept=Keep.DELETED)
    return Wanted(None, left=DELETED)


def _carried(side: View, made: str, as_json: bool) -> tuple[str, bool]:
    """The edits of a side on what scaffold makes now, and whether they conflict."""
    assert side.made is not None and side.text is not None
    if as_json:
        from scaffold.dependencies import package_json

        try:
            return package_json.merge(side.made, side.text, made).text, False
        except UserError:
            pass
    return merge_text(side.made, side.text, made)


def _both(base: str, ours: str, theirs: str, as_json: bool) -> tuple[str, bool]:
    text, conflict = merge_text(base, ours, theirs, labels=LABELS)
    if conflict and as_json:
        from scaffold.dependencies import package_json

        try:
            merged = package_json.merge(base, ours, theirs)
        except (UserError, ValueError):
            return text, conflict
        if not merged.reports:
            return merged.text, False
    return text, conflict


def _typed(found: Found) -> bool:
    """Whether there is a line that no side has."""
    known: set[str] = {"======="}
    for text in (*found.sides, found.git):
        known.update(_lines(text or ""))
    return any(line not in known for line in _lines(found.text or ""))


def _lines(text: str) -> Iterable[str]:
    return _bare(text).split("\n")


def _bare(text: str) -> str:
    """The text without the labels of conflict markers, which differ by command."""
    return _MARKER.sub(r"\1", text)
