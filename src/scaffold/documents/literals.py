"""Literals of objects in code, as JSON, TypeScript, Python or an interface's body writes them, read without a grammar.

People write bodies of answers in all of these, mixed and cut short: `{ "data": T[], "meta": { "page", "total" } }`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

# Anybody writes documents: what is deeper or longer is no body.
MAX_DEPTH: Final = 8
MAX_MEMBERS: Final = 60
# To look for a missing quote again and again takes long, so texts have an end.
_TOKEN: Final = re.compile(
    r"""(?P<space>\s+)
    | (?P<comment>//[^\n]* | /\*.*?\*/ | \#[^\n]*)
    | (?P<text>"(?:[^"\\\n]|\\.){0,400}+" | '(?:[^'\\\n]|\\.){0,400}+' | `[^`\n]{0,400}+`)
    | (?P<number>-?\d+(?:\.\d+)?)
    | (?P<word>[A-Za-z_$@][\w$@-]*)
    | (?P<dots>\.\.\. | …)
    | (?P<mark>.)""",
    re.DOTALL | re.VERBOSE,
)
_PAIRS: Final = {"{": "}", "[": "]", "(": ")", "<": ">"}
_LISTS: Final = ("Array", "list", "List", "Sequence")
_OPTIONAL: Final = re.compile(r"\|\s*(?:null|undefined|None)\b|\bOptional\b")


@dataclass
class Member:
    """A member of an object: its name, whether it can be missing, and its value.

    `value` is text: the constant, the type or the expression; `inner` is set where it is an object, or a list of
    objects (`is_list`).
    """

    name: str
    optional: bool = False
    value: str = ""
    is_text: bool = False
    is_list: bool = False
    inner: Object | None = None


@dataclass
class Object:
    """An object: its members in order, where it begins, and the comment above it or at its head.

    `before` is its line up to its brace, `behind` the token that follows it; it is not whole where the text leaves
    something out.
    """

    start: int
    members: list[Member] = field(default_factory=list)
    comment: str = ""
    before: str = ""
    behind: str = ""
    is_whole: bool = True

    def get(self, *names: str) -> Member | None:
        """The first member with one of those names."""
        return next((member for member in self.members if member.name in names), None)

    @property
    def names(self) -> list[str]:
        """The members' names."""
        return [member.name for member in self.members]


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str
    start: int


def objects(text: str) -> Iterator[Object]:
    """The outermost objects of a text, each with the text before it on its line and the comment above."""
    tokens = [
        _Token(str(match.lastgroup), match[0], match.start())
        for match in _TOKEN.finditer(text)
        if match.lastgroup != "space"
    ]
    place = 0
    comment = ""
    while place < len(tokens):
        token = tokens[place]
        if token.kind == "comment":
            comment = token.text.strip("/*# \n")
        if token.text != "{":
            place += 1
            continue
        found, place = _object(tokens, place, 0)
        found.comment, comment = comment or found.comment, ""
        line = text.rfind("\n", 0, token.start) + 1
        found.before = text[line : token.start].strip()
        found.behind = tokens[place].text if place < len(tokens) else ""
        yield found


def _object(tokens: list[_Token], place: int, depth: int) -> tuple[Object, int]:
    """The object whose `{` is at `place`, and the place behind its `}`."""
    found = Object(tokens[place].start)
    place += 1
    while place < len(tokens):
        token = tokens[place]
        if token.text == "}":
            return found, place + 1
        if token.kind == "comment":
            if not found.members and not found.comment:
                found.comment = token.text.strip("/*# \n")
            place += 1
        elif token.text in (",", ";"):
            place += 1
        elif token.kind in ("word", "text") and len(found.members) < MAX_MEMBERS:
            member, place = _member(tokens, place, depth)
            found.members.append(member)
        else:
            if token.kind == "dots":
                found.is_whole = False
            place = _past(tokens, place)
    found.is_whole = False
    return found, place


def _member(tokens: list[_Token], place: int, depth: int) -> tuple[Member, int]:
    """The member whose name is at `place`, and the place behind it."""
    token = tokens[place]
    member = Member(token.text.strip("\"'`"), is_text=token.kind == "text")
    place += 1
    # `data|error` is one of the two.
    while (
        place + 1 < len(tokens) and tokens[place].text == "|" and tokens[place + 1].kind == "word"
    ):
        member.name += "|" + tokens[place + 1].text
        place += 2
    if place < len(tokens) and tokens[place].text == "?":
        member.optional = True
        place += 1
    if place >= len(tokens) or tokens[place].text not in (":", "=", "=>"):
        return member, _end(tokens, place)
    return _value(tokens, place + 1, member, depth)


def _value(tokens: list[_Token], place: int, member: Member, depth: int) -> tuple[Member, int]:
    """The member with the value that begins at `place`, and the place behind it."""
    parts: list[str] = []
    member.is_text = False
    while place < len(tokens):
        token = tokens[place]
        if token.text in (",", ";", "}"):
            break
        if token.kind == "comment":
            place += 1
            continue
        if parts and _begins_next(tokens, place):
            break
        if token.text == "{" and depth < MAX_DEPTH:
            member.inner, place = _object(tokens, place, depth + 1)
            parts.append("{}")
        elif token.text in ("[", "(", "<", "{"):
            before = place
            place = _past(tokens, place)
            inside = [item for item in tokens[before + 1 : place - 1] if item.kind != "comment"]
            if token.text == "[":
                # `T[]` and `[…]` are lists, `Optional[T]` is one if what is inside of it is.
                is_subscript = bool(parts and inside) and tokens[before - 1].kind == "word"
                member.is_list |= not is_subscript or inside[0].text in _LISTS
                if inside and inside[0].text == "{" and depth < MAX_DEPTH:
                    member.inner, _ = _object(tokens, before + 1, depth + 1)
            parts.append(token.text + "…" if inside else token.text)
        else:
            member.is_text = not parts and token.kind == "text"
            parts.append(token.text)
            place += 1
    member.value = " ".join(parts).strip()
    if member.value.partition(" ")[0] in _LISTS:
        member.is_list = True
    if _OPTIONAL.search(member.value):
        member.optional = True
    return member, place


def _begins_next(tokens: list[_Token], place: int) -> bool:
    """Whether a member begins here although no comma ends the one before: lines of an interface."""
    if tokens[place].kind not in ("word", "text") or place + 1 >= len(tokens):
        return False
    behind = tokens[place + 1].text
    if behind == "?" and place + 2 < len(tokens):
        behind = tokens[place + 2].text
    return behind == ":" and tokens[place - 1].text not in ("|", "&", "?", ":", ".", "(")


def _past(tokens: list[_Token], place: int) -> int:
    """The place behind a bracket's partner, or behind a token that is none."""
    if tokens[place].text not in _PAIRS:
        return place + 1
    awaited = [_PAIRS[tokens[place].text]]
    place += 1
    while place < len(tokens) and awaited:
        text = tokens[place].text
        if text in _PAIRS and (text != "<" or awaited[-1] == ">"):
            awaited.append(_PAIRS[text])
        elif text == awaited[-1]:
            awaited.pop()
        elif text in "}])" and awaited[-1] == ">":
            # `a < b` opened nothing.
            awaited.pop()
            continue
        place += 1
    return place


def _end(tokens: list[_Token], place: int) -> int:
    """The place of the next separator."""
    while place < len(tokens) and tokens[place].text not in (",", ";", "}"):
        place = _past(tokens, place)
    return place
