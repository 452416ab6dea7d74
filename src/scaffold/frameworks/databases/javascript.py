"""JavaScript and TypeScript as text: tokens with their places, and object literals. Nothing is run."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Final, NamedTuple

_TOKEN: Final = re.compile(
    r"(?P<space>\s+)"
    r"|(?P<comment>//[^\n]*|/\*.*?(?:\*/|\Z))"
    r"|(?P<string>\"(?:[^\"\\\n]|\\.)*\"|'(?:[^'\\\n]|\\.)*'|`(?:[^`\\$]|\\.|\$(?!\{))*`)"
    r"|(?P<template>`)"
    r"|(?P<word>[A-Za-z_$][\w$]*)"
    r"|(?P<number>\d[\w.]*)"
    r"|(?P<other>=>|.)",
    re.DOTALL,
)
_OPENING: Final = {"(": ")", "[": "]", "{": "}"}
_ESCAPE: Final = re.compile(r"\\(.)", re.DOTALL)
# What a regular expression may come after; after anything else `/` divides.
_BEFORE_REGEX: Final = frozenset("(,=:[!&|?{};") | {"return", "=>"}
_REGEX: Final = re.compile(r"/(?:[^/\\\[\n]|\\.|\[(?:[^\]\\\n]|\\.)*\])+/[a-z]*")


class Token(NamedTuple):
    """A word, string, template or sign of a text, and its place there; comments and white space are none."""

    kind: str
    text: str
    start: int
    end: int


class Unreadable(Exception):
    """Why a text cannot be read."""


class Property(NamedTuple):
    """A property of an object literal: its name (None for a spread), and the tokens of its value."""

    name: str | None
    value: tuple[Token, ...]


@lru_cache(maxsize=8)
def tokens(text: str) -> tuple[Token, ...]:
    """All tokens of the text. Raises Unreadable if a template has no end.

    One command asks for those of the same config many times.
    """
    found: list[Token] = []
    at = 0
    while match := _TOKEN.match(text, at):
        kind, word, at = match.lastgroup or "", match[0], match.end()
        if kind in ("space", "comment"):
            continue
        if kind == "template":
            at = _template_end(text, at)
            word = text[match.start() : at]
        elif word == "/" and (not found or found[-1].text in _BEFORE_REGEX):
            regex = _REGEX.match(text, match.start())
            if regex:
                kind, word, at = "regex", regex[0], regex.end()
        found.append(Token(kind, word, match.start(), at))
    return tuple(found)


def _template_end(text: str, at: int) -> int:
    """The place after a template that holds expressions; `at` is after its first backtick."""
    depth: list[int] = []
    while at < len(text):
        sign = text[at]
        if sign == "\\":
            at += 1
        elif not depth and sign == "`":
            return at + 1
        elif text.startswith("${", at):
            depth.append(0)
            at += 1
        elif depth and sign == "{":
            depth[-1] += 1
        elif depth and sign == "}":
            if depth[-1] == 0:
                depth.pop()
            else:
                depth[-1] -= 1
        elif depth and sign == "`":
            break  # a template in a template
        at += 1
    raise Unreadable("a template literal in it cannot be followed")


def string(token: Token) -> str | None:
    """The text of a string; None for another token."""
    if token.kind != "string":
        return None
    return _ESCAPE.sub(lambda match: match[1], token.text[1:-1])


def strings(value: Sequence[Token]) -> list[str] | None:
    """The texts of a string, or of an array of nothing but strings; None for another value."""
    if len(value) == 1:
        one = string(value[0])
        return None if one is None else [one]
    inside = elements(value)
    if inside is None:
        return None
    texts = [string(element[0]) if len(element) == 1 else None for element in inside]
    return None if None in texts else [text for text in texts if text is not None]


def elements(value: Sequence[Token]) -> list[tuple[Token, ...]] | None:
    """The elements of an array literal, each as its tokens; None for another value."""
    if len(value) < 2 or value[0].text != "[" or value[-1].text != "]":
        return None
    if closing(value, 0) != len(value) - 1:
        return None
    return [tuple(part) for part in _parts(value[1:-1]) if part]


def properties(value: Sequence[Token]) -> list[Property] | None:
    """The properties of an object literal; None for another value."""
    if not value or value[0].text != "{" or closing(value, 0) != len(value) - 1:
        return None
    found = []
    for part in _parts(value[1:-1]):
        if not part:
            continue
        head = part[0]
        name = head.text if head.kind == "word" else string(head)
        if name is None:
            found.append(Property(None, tuple(part)))
        elif len(part) == 1:
            found.append(Property(name, (head,)))
        elif part[1].text == ":":
            found.append(Property(name, tuple(part[2:])))
        else:  # a method, or `async` before one
            found.append(Property(name, tuple(part[1:])))
    return found


def closing(found: Sequence[Token], at: int) -> int | None:
    """Where the bracket at that place is closed; None if nothing closes it."""
    open_: list[str] = []
    for place in range(at, len(found)):
        token = found[place]
        if token.kind != "other":
            continue
        if token.text in _OPENING:
            open_.append(_OPENING[token.text])
        elif open_ and token.text == open_[-1]:
            open_.pop()
            if not open_:
                return place
        elif token.text in ")]}":
            return None
    return None


def default_export(found: Sequence[Token]) -> tuple[Token, ...] | None:
    """The object that a module exports by default, however it is called; None if that is not certain.

    `export default {…}`, `export default defineConfig({…})`, a `const` with either, and `module.exports`.
    """
    words = [token.text for token in found]
    for at in range(len(found)):
        if words[at : at + 2] == ["export", "default"]:
            return _object(found, at + 2)
        if words[at : at + 4] == ["module", ".", "exports", "="]:
            return _object(found, at + 4)
    return None


def _object(found: Sequence[Token], at: int, deep: int = 0) -> tuple[Token, ...] | None:
    if at >= len(found) or deep > 3:
        return None
    token = found[at]
    if token.text == "{":
        end = closing(found, at)
        return None if end is None else tuple(found[at : end + 1])
    if token.kind != "word":
        return None
    if at + 1 < len(found) and found[at + 1].text == "(":  # `defineConfig(…)`
        return _object(found, at + 2, deep + 1)
    for place in range(len(found) - 2):
        if found[place].text in ("const", "let", "var") and found[place + 1].text == token.text:
            after = place + 2
            while after < len(found) and found[after].text not in ("=", ";"):
                after += 1
            return _object(found, after + 1, deep + 1) if after < len(found) else None
    return None


def _parts(inside: Sequence[Token]) -> Iterator[list[Token]]:
    """What commas separate, outside of brackets."""
    part: list[Token] = []
    depth = 0
    for token in inside:
        if token.kind == "other" and token.text in "([{":
            depth += 1
        elif token.kind == "other" and token.text in ")]}":
            depth -= 1
        if token.text == "," and token.kind == "other" and depth == 0:
            yield part
            part = []
        else:
            part.append(token)
    yield part
