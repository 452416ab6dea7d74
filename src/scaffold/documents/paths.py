"""The path in front of every resource, from the paths that a document writes."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import Final

from scaffold.documents.evidence import MENTIONED, STATED, Evidence, of_line, shortened
from scaffold.documents.markdown import Code, Line, Page
from scaffold.documents.patterns import ignoring_case, whole
from scaffold.documents.wording import is_refused

KEY: Final = "routing.prefix"
_PATH: Final = re.compile(r"(?<![\w.@~\]})-])(/(?:[\w:.{}\[\]<>$*-]+/)*[\w:.{}\[\]<>$*…-]*)")
_PREFIX: Final = re.compile(r"^(/api/v\d+|/v\d+(?=/|$)|/api(?=/|$))")
_VERSION: Final = re.compile(r"v\d")
# Lines that are about the paths of all resources.
_SAYS: Final = ignoring_case(
    r"\bprefix",
    r"\bversion\w*",
    r"\bbase (?:path|url)",
    r"\ball (?:routes|endpoints|apis?)\b",
    r"\bevery (?:route|endpoint)",
)
# `/api` alone is in many paths: such a line has to name it as the prefix.
_SAYS_PREFIX: Final = ignoring_case("prefix", "base")
# A line that says it and nothing else: `Base path: /rest`. A lone slash is no prefix.
_LABEL: Final = ignoring_case(
    r"\W*(?:(?:common|global|api|url|route|base|path)[ -])+(?:path|prefix|url)\W*(?::|=|\bis\b)\s*`(/[a-z0-9/-]*)`"
)
# What comes some day.
_NEXT: Final = ignoring_case(
    whole("breaking changes?", "new version", "next version", "v2 later", "future")
)
# Not of resources: health checks, callbacks, documentation.
_OTHER: Final = re.compile(
    r"/(?:auth|health\w*|webhooks?|cron|docs|openapi\.json|trpc|graphql|metrics|ready|live)\b"
)
_FILE: Final = ignoring_case(
    r"\.(?:tsx?|jsx?|py|md|json|ya?ml|go|php|java|cs|rb|mdx?|html|prisma)\b",
    r"\b(?:src|app|pages|apps|packages|backend|server|lib|tests?|specs?|docs)/",
)
_MOUNTED: Final = ignoring_case(r"(?:\.use|route|prefix\s*[=:]|basePath|mount|register)\W{0,4}$")
_IN_WORD: Final = re.compile(r"[\w)~@.]\Z")
_MANY: Final = 3
# Beyond so many, more places change nothing.
_MOST: Final = 20


def prefix_of(page: Page) -> list[Evidence]:
    """Evidence for the prefix."""
    labels = [(match[1], line) for line in page.prose if (match := _LABEL.match(line.text))]
    if len({path.rstrip("/") for path, _ in labels}) == 1:
        return [of_line(KEY, path.rstrip("/"), STATED, line) for path, line in labels]
    found: list[Evidence] = []
    counted: Counter[str] = Counter()
    first: dict[str, Line | Code] = {}
    for line in page.prose:
        for prefix, start, end in _prefixes(line.text):
            if is_refused(line.text, start, end) or _NEXT.search(line.text):
                continue
            names_it = prefix != "/api" or _SAYS_PREFIX.search(line.text)
            if names_it and _SAYS.search(f"{line.heading} {line.text}"):
                found.append(of_line(KEY, prefix, STATED, line))
            counted[prefix] += 1
            first.setdefault(prefix, line)
    for code in page.samples:
        for prefix, count in _in_code(code).items():
            counted[prefix] += count
            first.setdefault(prefix, code)
    versions = {prefix: count for prefix, count in counted.items() if _VERSION.search(prefix)}
    for prefix, count in (versions or counted).items():
        place = first[prefix]
        words = place.text if isinstance(place, Line) else place.text.strip().split("\n")[0]
        # `/api` begins many paths that are shown for other reasons.
        needed = 2 if _VERSION.search(prefix) else _MANY
        weight = (STATED if count >= needed else MENTIONED) + min(count, _MOST) / 4
        found.append(Evidence(KEY, prefix, weight, place.number, shortened(words), place.heading))
    return found


def _in_code(code: Code) -> dict[str, int]:
    """The prefixes in a block, each with how often; one that a router is mounted at counts once more."""
    places = [(prefix, start) for prefix, start, _ in _prefixes(code.text)][::-1]
    counted = Counter(prefix for prefix, _ in places)
    for prefix, start in dict(places).items():
        if _MOUNTED.search(code.text[max(0, start - 40) : start]):
            counted[prefix] += 1
    return counted


def _prefixes(text: str) -> Iterator[tuple[str, int, int]]:
    """Prefixes of the paths in a text, each with where its path is."""
    for match in _PATH.finditer(text):
        path = match[1]
        before = text[max(0, match.start() - 12) : match.start()]
        if _FILE.search(path) or _IN_WORD.search(before) or "//" in before[-2:]:
            continue
        prefix = _PREFIX.match(path)
        if prefix is None or _OTHER.match(path[prefix.end() :]):
            continue
        yield prefix[1], match.start(), match.end()
