"""Codes and statuses of errors that a document names."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from scaffold.conventions.values import ERROR_CODE
from scaffold.documents.evidence import SAMPLE, STATED, Evidence, of_code, of_line
from scaffold.documents.markdown import Code, Line, Page
from scaffold.documents.patterns import ignoring_case, one_of, words
from scaffold.documents.wording import is_refused

# The kinds of errors, and what their codes are called. The first that fits counts.
_KINDS: Final = {
    "validation": one_of(
        "VALIDATION(?:_ERROR|_FAILED|_FAILURE)",
        *words("INVALID_INPUT INVALID_REQUEST INVALID_BODY INVALID_PAYLOAD"),
        "UNPROCESSABLE(?:_ENTITY)?",
        *words("validation_error invalid_input"),
    ),
    "unauthorized": one_of(
        *words("UNAUTHORI[SZ]ED UNAUTHENTICATED AUTH_REQUIRED AUTHENTICATION_REQUIRED"),
        *words("unauthorized unauthenticated"),
    ),
    "forbidden": one_of(
        *words("FORBIDDEN PERMISSION_DENIED ACCESS_DENIED INSUFFICIENT_PERMISSIONS"),
        *words("forbidden permission_denied"),
    ),
    "not_found": one_of(*words("NOT_FOUND RESOURCE_NOT_FOUND not_found")),
    "conflict": one_of(
        *words("CONFLICT ALREADY_EXISTS DUPLICATE(?:_ENTRY|_RESOURCE)? conflict already_exists")
    ),
    "rate_limited": one_of(
        *words("RATE_LIMIT(?:ED|_EXCEEDED)? TOO_MANY_REQUESTS rate_limited rate_limit_exceeded")
    ),
    "internal": one_of(
        *words("INTERNAL(?:_SERVER)?_ERROR SERVER_ERROR internal_error internal_server_error")
    ),
}
# Statuses that only one kind has; 400 and 422 are of several.
_BY_STATUS: Final = {
    "401": "unauthorized",
    "403": "forbidden",
    "404": "not_found",
    "405": "method_not_allowed",
    "409": "conflict",
    "413": "too_large",
    "415": "media_type",
    "429": "rate_limited",
    "500": "internal",
    "503": "unavailable",
}
_BY_WORDS: Final = {
    "idempotency": ignoring_case("idempoten"),
    "malformed": ignoring_case(
        r"\b(?:valid|invalid|broken) JSON\b", "malformed", r"pars(?:e|ing)\b", "syntax"
    ),
    "validation": ignoring_case("validat", "schema", r"\brules?\b", r"\binput\b"),
}
_CODE_COLUMN: Final = re.compile(r"\bcode\b")
_ERROR_STATUS: Final = re.compile(r"`?([45]\d\d)`?")
# Quoted, or a word of its own.
_CODES: Final = {
    kind: re.compile(rf"(?<![\w.])[`'\"]{code}[`'\"]|(?<![\w.])(?-i:{code})(?=[`'\"\s,)|.]|$)")
    for kind, code in _KINDS.items()
}
_ABOUT_CODES: Final = ignoring_case("code", "error", r"\b[45]\d\d\b", "reject")
_SHOWS_CODES: Final = ignoring_case("error", "response", "format", "envelope", "code")
_BESIDE: Final = ignoring_case("code", "error")
_STATUS_KEY: Final = "errors.validation.status"
_STATUS: Final = re.compile(r"\b(400|422)\b")
_BOTH: Final = re.compile(r"\b400\b.*\b422\b|\b422\b.*\b400\b")
_VALIDATION: Final = ignoring_case(
    r"\bvalidation\b",
    r"\binvalid (?:input|body|data|request)",
    r"\bbad input",
    r"\bclient errors?\b",
    r"\bzod\b.*\berror",
    "safeParse",
    "Validation →",
    # The same in other languages.
    r"\bvalidaci[o\u00f3]n",
    r"\bvalid(?:ierung|ering)\w*",
    "\u30d0\u30ea\u30c7\u30fc\u30b7\u30e7\u30f3",
    "\u9a8c\u8bc1|\u6821\u9a8c|\u691c\u8a3c",
    "\uc720\ud6a8\uc131",
)
# A status is of the validation that is so near.
_NEAR: Final = 70
_STATUS_IN_CODE: Final = (
    ignoring_case(r"\b(400|422)\b[^\n]{1,60}\b(?:validation|invalid input)\b"),
    re.compile(
        r"(?:safeParse|validation|ValidationError|ZodError|success\b)[^;]{0,160}?"
        r"(?:status['\"]?\s*[:=(]\s*|status\(|status_code=|,\s*)(400|422)\b",
        re.IGNORECASE | re.DOTALL,
    ),
)
_SHOWN: Final = 60


def codes_of(page: Page) -> list[Evidence]:
    """Evidence for codes, `errors.<kind>.code`, and for the status of a validation error."""
    found = [evidence for line in page.prose for evidence in _in_line(line)]
    return found + [evidence for code in page.samples for evidence in _in_code(code)]


def kind_of(code: str) -> str | None:
    """The kind of error that a code is for; None where it is none of ours."""
    return next((kind for kind, pattern in _KINDS.items() if re.fullmatch(pattern, code)), None)


def _in_row(line: Line) -> Iterator[Evidence]:
    """A row of a table that has a column of codes beside one of statuses."""
    cells = list(zip((head.lower().strip("` ") for head in line.head), line.cells, strict=False))
    status = next((match[1] for _, cell in cells if (match := _ERROR_STATUS.fullmatch(cell))), "")
    codes = (cell.strip("`") for head, cell in cells if _CODE_COLUMN.search(head))
    code = next((cell for cell in codes if cell != status), "")
    if not status or not re.fullmatch(ERROR_CODE, code):
        return
    spoken = (kind for kind, pattern in _BY_WORDS.items() if pattern.search(line.text))
    kind = _BY_STATUS.get(status) or next(spoken, None)
    if kind is not None:
        yield of_line(f"errors.{kind}.code", code, STATED, line)
        yield of_line(f"errors.{kind}.status", int(status), STATED, line)


def _in_line(line: Line) -> Iterator[Evidence]:
    rows = list(_in_row(line))
    if rows:
        yield from rows
        return
    if _ABOUT_CODES.search(f"{line.heading} {line.text}"):
        for kind, start, end, name in _codes(line.text):
            if not is_refused(line.text, start, end):
                yield of_line(f"errors.{kind}.code", name, STATED, line)
    validation, status = _VALIDATION.search(line.text), _STATUS.search(line.text)
    if validation is None or status is None or _BOTH.search(line.text):
        return
    is_near = abs(validation.start() - status.start()) < _NEAR
    if is_near and not is_refused(line.text, *status.span()):
        yield of_line(_STATUS_KEY, int(status[1]), STATED, line)


def _in_code(code: Code) -> Iterator[Evidence]:
    is_stated = _SHOWS_CODES.search(code.intro)
    for kind, start, _, name in _codes(code.text):
        if is_stated or _BESIDE.search(code.text[max(0, start - 60) : start]):
            weight = STATED if is_stated else SAMPLE
            yield of_code(f"errors.{kind}.code", name, weight, code, start, name)
    for pattern in _STATUS_IN_CODE:
        for match in pattern.finditer(code.text):
            shown = match[0] if pattern is _STATUS_IN_CODE[0] else match[0][-_SHOWN:]
            yield of_code(_STATUS_KEY, int(match[1]), SAMPLE, code, match.start(), shown)


def _codes(text: str) -> Iterator[tuple[str, int, int, str]]:
    """The codes in a text: kind, where they begin and end, and how they are written."""
    for kind, pattern in _CODES.items():
        for match in pattern.finditer(text):
            code = match[0].strip("`'\"")
            # In small letters, these are words of any sentence.
            if not code.islower() or match[0][0] in "`'\"":
                yield kind, match.start(), match.end(), code
