"""A `proxy.ts` or `middleware.ts` that may redirect calls before they reach a route; read as text."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from scaffold.support.errors import UserError
from scaffold.support.project_files import ProjectFiles
from scaffold.support.text import printable

_NAMES: Final = ("proxy.ts", "proxy.js", "middleware.ts", "middleware.js")
_BIGGEST: Final = 200_000
"""Bytes. A larger file is not read."""

# What sends callers away. A bare `clerkMiddleware()` only looks who the caller is.
_SENDS_AWAY: Final = re.compile(
    r"\bResponse\.redirect\b|\bNextResponse\.redirect\b|\bredirectToSignIn\b|\.protect\(|\bwithAuth\b"
    r"|\bclerkMiddleware\(\s*[^\s)]|\bexport default auth\b|\bauth as (?:proxy|middleware|default)\b"
    r"|\bauth\(|\)\.auth\b|\bupdateSession\("
)
_STRING: Final = r"\"(?:[^\"\\\n]|\\.)*\"|'(?:[^'\\\n]|\\.)*'|`(?:[^`\\$]|\\.)*`"
_TOKEN: Final = re.compile(rf"(?P<string>{_STRING})|(?P<comment>//[^\n]*|/\*.*?\*/)", re.DOTALL)
_MATCHER: Final = re.compile(r"\bmatcher\s*:\s*")
_LET_THROUGH: Final = re.compile(
    r"startsWith\(\s*([\"'`])(/[^\"'`\n]*)\1\s*\)\s*\)\s*\{?\s*return(?:\s+NextResponse\.next\(\s*\))?\s*[;\n}]"
)
_PARAMETER: Final = re.compile(
    r"\b(?:(?:proxy|middleware)\s*\(|clerkMiddleware\(\s*(?:async\s*)?\([^,()]*,|auth\(\s*(?:async\s*)?\(?)\s*"
    r"([A-Za-z_$][\w$]*)"
)


def redirect_notes(root: Path, urls: Sequence[str]) -> tuple[str, ...]:
    """Sentences about a file of theirs that runs before our URLs and may redirect their callers."""
    places = ProjectFiles(root)
    for path in (f"{folder}{name}" for name in _NAMES for folder in ("", "src/")):
        if not os.path.isfile(root / path):
            continue
        try:
            raw = places.read(path) if (root / path).stat().st_size <= _BIGGEST else None
        except (OSError, UserError):
            raw = None
        if raw is None:
            return (
                f"{path}: cannot be read, so see yourself whether it lets calls to {urls[0]} through",
            )
        return tuple(map(printable, _notes_on(path, raw.decode("utf-8", "replace"), urls)))
    return ()


def _notes_on(path: str, source: str, urls: Sequence[str]) -> tuple[str, ...]:
    text = _TOKEN.sub(_without_comment, source)
    sends = _SENDS_AWAY.search(text)
    if sends is None:
        return ()
    open_paths = [match[2].rstrip("/") for match in _LET_THROUGH.finditer(text)]
    closed = [
        url for url in urls if not any(f"{url}/".startswith(f"{path}/") for path in open_paths)
    ]
    if not closed:
        return ()
    line = text.count("\n", 0, sends.start()) + 1
    found = f"{path}:{line} (`{sends[0].strip()}`)"
    what = "may redirect calls that have no cookie, also those with a Bearer token"
    patterns = matchers(text)
    if patterns is None:
        return (
            f"{found} {what}, and its `config.matcher` cannot be read; if it runs for {closed[0]}, "
            f"{_opening(text, '', closed)}",
        )
    covered = [url for url in closed if not patterns or any(covers(one, url) for one in patterns)]
    if covered:
        by = [one for one in patterns if covers(one, covered[0])]
        why = f"`{by[0]}` of its matcher" if by else "it has no `config.matcher`"
        only = by[0] if len(by) == 1 else ""
        return (
            f"{found} runs before {_listed(covered)} ({why}) and {what}; "
            f"{_opening(text, only, covered)}",
        )
    odd = next((one for one in patterns if covers(one, closed[0]) is None), None)
    if odd is None:
        return ()
    return (
        f"{found} {what}, and scaffold cannot read its matcher `{odd[:100]}`; if it covers "
        f"{closed[0]}, {_opening(text, '', closed)}",
    )


def matchers(text: str) -> list[str] | None:
    """The patterns of `config.matcher`, empty if there is none; None if they are not plain strings."""
    found = _MATCHER.search(text)
    if found is None:
        return None if re.search(r"\bexport\s+const\s+config\b.*\bmatcher\b", text) else []
    rest = text[found.end() :]
    one = re.match(_STRING, rest)
    if one:
        return [_unquoted(one[0])]
    if not rest.startswith("["):
        return None
    patterns: list[str] = []
    at = 1
    item = re.compile(rf"\s*(?:(?P<end>\])|,|(?P<brace>\{{\s*source\s*:\s*)?(?P<string>{_STRING}))")
    while match := item.match(rest, at):
        at = match.end()
        if match["end"]:
            return patterns
        if match["string"]:
            patterns.append(_unquoted(match["string"]))
        if match["brace"]:
            # Further conditions of an object (`has`, `missing`) cannot be decided here.
            closing = re.compile(r"\s*,?\s*\}").match(rest, at)
            if closing is None:
                return None
            at = closing.end()
    return None


def covers(pattern: str, url: str) -> bool | None:
    """Whether a matcher of Next.js takes the URL or what is below it; None if scaffold cannot read it."""
    expression = _expression(pattern)
    if expression is None:
        return None
    try:
        known = re.compile(expression, re.ASCII)
    except (re.error, RecursionError, OverflowError):
        return None
    return any(known.fullmatch(path) for path in (url, f"{url}/1"))


def _expression(pattern: str) -> str | None:
    """A pattern of path-to-regexp as one of `re`; None for one that is too odd, or slow to try."""
    if not pattern.startswith("/") or len(pattern) > 500:
        return None
    # Repeated groups, and many repetitions, can take for ever.
    if re.search(r"\)[*+{]", pattern) or len(re.findall(r"[*+{]", pattern)) > 4:
        return None
    done, at = [], 0
    named = re.compile(r"(/?):\w+(?![\w(])([*+?]?)")
    while at < len(pattern):
        name = named.match(pattern, at)
        if name:
            slash, often = name.groups()
            part = f"{slash}[^/]+"
            done.append(
                {
                    "": part,
                    "?": f"(?:{part})?",
                    "+": f"{part}(?:/[^/]+)*",
                    "*": f"(?:{part}(?:/[^/]+)*)?",
                }[often]
            )
            at = name.end()
        elif pattern[at] == "(":
            end = _closing(pattern, at)
            if end is None:
                return None
            done.append(f"(?:{pattern[at + 1 : end]})")
            at = end + 1
            if pattern[at : at + 1] == "?":
                done.append("?")
                at += 1
        elif pattern[at] in ":{}*+?":
            return None
        else:
            done.append(re.escape(pattern[at]))
            at += 1
    return "".join(done) + "/?"


def _closing(pattern: str, at: int) -> int | None:
    depth, escaped = 0, False
    for place in range(at, len(pattern)):
        letter = pattern[place]
        if escaped or letter == "\\":
            escaped = not escaped
            continue
        depth += (letter == "(") - (letter == ")")
        if not depth:
            return place
    return None


def _without_comment(match: re.Match[str]) -> str:
    # Lines keep their numbers.
    return match["string"] or "\n" * match[0].count("\n")


def _unquoted(string: str) -> str:
    return re.sub(r"\\(.)", r"\1", string[1:-1])


def _listed(urls: Sequence[str]) -> str:
    more = len(urls) - 3
    return ", ".join(urls[:3]) + (f" and {more} more" if more > 0 else "")


def _opening(text: str, pattern: str, urls: Sequence[str]) -> str:
    """What to write there, so that calls to the URLs come through."""
    if "(?!" in pattern:
        ours = "|".join(url.lstrip("/") for url in urls)
        escaped = pattern.replace("(?!", f"(?!{ours}|", 1).replace("\\", "\\\\")
        return f"to open the path, write that pattern as `{escaped}`"
    parameter = _PARAMETER.search(text)
    name = parameter[1] if parameter and parameter[1] not in ("async", "function") else "request"
    answer = "return" if "clerkMiddleware(" in text else "return NextResponse.next()"
    line = f'if ({name}.nextUrl.pathname.startsWith("{urls[0]}")) {answer};'
    return f"to open the path, begin it with `{line}`" + " and so on" * (len(urls) > 1)
