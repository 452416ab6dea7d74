"""Numbers that a document binds to a noun: limits of pages, coverage, rounds of a hash, sizes of bodies."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from scaffold.documents.evidence import STATED, Evidence, of_code, of_line
from scaffold.documents.markdown import Code, Line, Page
from scaffold.documents.patterns import ignoring_case, whole, words

# What a line has to be about for its numbers to be limits of pages, and what makes it clear.
_ABOUT_PAGES: Final = ignoring_case(
    "pagina",
    "per[_ -]?page",
    "page[_ -]?size",
    "page[_ -]?limit",
    r"\blimit\b",
    "list endpoint",
)
_CLEAR: Final = ignoring_case(
    "pagina", "per[_ -]?page", "page[_ -]?size", "items", "results", "records"
)
_LIMIT: Final = ignoring_case("limit")
# Beside the number, these say that it is one of something else.
_OTHERS: Final = words(
    r"rate throttl requests?\b second minute \bhour character chars length token bytes \bmb\b \bkb\b line file"
    r" retr(?:y|ies) timeout connection pool depth concurren worker thread attempt word password upload image memory"
    r" queue \bdays?\b column nesting argument agents?\b prompt context"
)
_NO_PAGE: Final = ignoring_case(*_OTHERS, "batch size")
_ROWS: Final = "(?:items|results|records|rows|entries)"
_DEFAULT_LIMIT: Final = (
    # default page size of 20
    ignoring_case(
        r"default(?:s)?(?: (?:page ?size|limit|to|of|is|per page|page size of))*\s*[:=(]?\s*`?(\d+)\b(?!\s*%)"
        r"(?:`?\s*(?:items|results|records|rows|per page|/page|entries))?"
    ),
    # page_size (default: 20)
    ignoring_case(
        r"(?:page[_ -]?size|per[_ -]?page|limit|page_size)`?\s*"
        r"(?:\(|:|=|of|is|defaults? to|default)?\s*\(?\s*default[s]?\s*(?:to|:|=|is)?\s*`?(\d+)"
    ),
    # 20 items per page
    ignoring_case(rf"\b(\d+)\s+{_ROWS}?\s*(?:per|a|/)\s*page\b(?!.{{0,12}}max)"),
    # pageSize = 20
    ignoring_case(r"\b(?:page[_ ]?size|perPage|per_page|pageSize)`?\s*(?:=|:|is|of)\s*`?(\d+)\b"),
    # ?limit=20
    ignoring_case(r"[?&](?:limit|page_?size|per_?page|take)=(\d+)"),
    # 20 by default
    ignoring_case(r"\b(\d+)\s*\(?(?:by )?default\b"),
)
_MAX_LIMIT: Final = (
    ignoring_case(
        r"\bmax(?:imum)?(?:[_ ](?:page[_ ]?size|limit|per[_ ]page|of|is|page))*\s*[:=(]?\s*`?(\d+)\b"
    ),
    ignoring_case(
        r"\b(?:up to|at most|no more than|capped? (?:at|to)|cap of|never (?:more|over|above) (?:than )?"
        r"|upper (?:limit|bound)(?: of)?)\s*`?(\d+)\b"
    ),
    ignoring_case(r"\b(\d+)\s*\(?(?:max|maximum)\b"),
    ignoring_case(r"(?:<=|≤|\ble=)\s*(\d+)"),
)
_IS_MAXIMUM: Final = ignoring_case(r"max\w*\W*$")
_ONLY_LIMIT: Final = ignoring_case(r"\W*`(?:limit|page_?size|per_?page)` is \d")
_LIMITS: Final = (
    ("pagination.default_limit", _DEFAULT_LIMIT),
    ("pagination.max_limit", _MAX_LIMIT),
)
# The query's member in FastAPI and in Zod.
_NAMES: Final = "(?:limit|page_?size|per_?page|pageSize|perPage|size|take)"
_QUERY: Final = re.compile(
    rf"\b{_NAMES}\b\s*(?::\s*\w+)?\s*(?:=|:)\s*"
    r"(?:Query|Field)\(\s*(?:default\s*=\s*)?(?P<default>\d{1,9})(?!\d)(?P<rest>[^)]{0,400})\)"
)
_ZOD: Final = re.compile(
    rf"\b{_NAMES}['\"]?\s*:\s*z\.(?P<rest>[^\n,]{{0,200}}\([^)]{{0,200}}\)[^\n]{{0,200}})"
)
_ZOD_DEFAULT: Final = re.compile(r"\.default\(\s*['\"]?(\d+)")
_MOST_IN_CODE: Final = re.compile(r"(?:\ble\s*=\s*|\.max\(\s*|\.lte\(\s*)(\d+)")
# A page with more is no page.
_MOST: Final = 1000
# Clear enough for any share.
_AT_LEAST: Final = ignoring_case(
    r"coverage\b[^.%]{0,30}?(?:at least|minimum(?: of)?|>=|\u2265)\s*(\d{1,3})\s*%"
)
_COVERAGE: Final = (
    _AT_LEAST,
    ignoring_case(r"coverage\D{0,40}?(\d{2,3})\s*%"),
    ignoring_case(r"(\d{2,3})\s*%\+?(?:\s+\w+){0,3}\s+coverage"),
    ignoring_case(r"coverage(?:\s+\w+){0,4}\s*[:=>≥]+\s*(\d{2,3})\b"),
    ignoring_case(r"cov-fail-under[= ](\d{2,3})\b"),
    ignoring_case(r"\b(?:pytest|vitest|jest)\s+(\d{2,3})\s*%"),
)
_LEAST_COVERAGE: Final = 30
# Coverage of a part of the code.
_PART: Final = ignoring_case(
    whole("critical", "domain", "utils?", "business", "front", "component", "branch", "line")
)
_ROUNDS: Final = (
    ignoring_case(
        r"bcrypt\w*\b.{0,60}?(?:rounds?|cost(?: factor)?|work factor|salt(?: rounds)?)\D{0,12}?(\d{1,2})\b"
    ),
    ignoring_case(r"bcrypt\w*\b.{0,40}?(\d{1,2})\+?\s*(?:salt )?rounds"),
)
_BODY: Final = (
    ignoring_case(
        r"(?:request |json |max(?:imum)? )*(?:body|payload|request)(?: size)?(?: limit)?"
        r"\D{0,30}?(\d+)\s*(kb|mb|kib|mib|bytes)\b"
    ),
    ignoring_case(r"express\.json\(\{\s*limit:\s*['\"](\d+)(kb|mb)"),
)
_FILES: Final = ignoring_case("file", "image", "upload", "multipart")
_SIZES: Final = {"k": 1024, "m": 1024 * 1024, "b": 1}


def numbers_of(page: Page) -> list[Evidence]:
    """Evidence in the numbers of a page, but for the rate of requests."""
    found: list[Evidence] = []
    for line in page.prose:
        found += _of_coverage(line)
        found += _of_pages(line)
        found += _of_rounds(line)
        found += _of_body(line)
    for code in page.samples:
        found += _in_code(code)
    return found


def _of_coverage(line: Line) -> Iterator[Evidence]:
    for pattern in _COVERAGE:
        match = pattern.search(line.text)
        least = 0 if pattern is _AT_LEAST else _LEAST_COVERAGE
        if match and least <= int(match[1]) <= 100:
            weight = STATED - bool(_PART.search(line.text))
            yield of_line("testing.coverage_min", int(match[1]), weight, line)
            return


def _of_pages(line: Line) -> Iterator[Evidence]:
    near = f"{line.heading} {line.text}"
    if not _ABOUT_PAGES.search(near):
        return
    if not _CLEAR.search(near) and not _LIMIT.search(line.text):
        return
    for key, patterns in _LIMITS:
        matches = (match for pattern in patterns for match in pattern.finditer(line.text))
        number = next((int(match[1]) for match in matches if _is_limit(key, match)), None)
        if number is not None:
            yield of_line(key, number, STATED, line)


def _is_limit(key: str, match: re.Match[str]) -> bool:
    """Whether a number is a limit of pages; the maximum of a line is not its default as well."""
    text = match.string
    around = text[max(0, match.start() - 28) : match.end() + 24]
    # Pages begin at 1; only a line about nothing else says that of a limit.
    least = 1 if _ONLY_LIMIT.match(text) else 2
    if not least <= int(match[1]) <= _MOST or _NO_PAGE.search(around):
        return False
    return key.endswith("max_limit") or not _IS_MAXIMUM.search(text[: match.start(1)])


def _of_rounds(line: Line) -> Iterator[Evidence]:
    for pattern in _ROUNDS:
        match = pattern.search(line.text)
        if match and 10 <= int(match[1]) <= 15:
            yield of_line("auth.password_rounds", int(match[1]), STATED, line)
            return


def _of_body(line: Line) -> Iterator[Evidence]:
    for pattern in _BODY:
        match = pattern.search(line.text)
        if match and not _FILES.search(line.text):
            size = int(match[1]) * _SIZES[match[2][0].lower()]
            yield of_line("operations.body_limit", size, STATED, line)
            return


def _in_code(code: Code) -> Iterator[Evidence]:
    for match in _QUERY.finditer(code.text):
        yield from _of_query(code, match, match["default"])
    for match in _ZOD.finditer(code.text):
        default = _ZOD_DEFAULT.search(match["rest"])
        yield from _of_query(code, match, default[1] if default else None)


def _of_query(code: Code, match: re.Match[str], default: str | None) -> Iterator[Evidence]:
    most = _MOST_IN_CODE.search(match["rest"])
    numbers = {
        "pagination.default_limit": default,
        "pagination.max_limit": most[1] if most else None,
    }
    for key, number in numbers.items():
        if number is not None and 1 < int(number) <= _MOST:
            yield of_code(key, int(number), STATED, code, match.start(), match[0])
