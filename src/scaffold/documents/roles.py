"""The roles that a document lists."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from scaffold.documents.evidence import STATED, Evidence, of_code, of_line
from scaffold.documents.markdown import Code, Line, Page
from scaffold.documents.patterns import ignoring_case, words
from scaffold.documents.wording import is_refused

KEY: Final = "auth.roles"
_LISTS: Final = (
    # roles: admin, clerk
    ignoring_case(
        r"\b(?:role-based access(?: control)?|RBAC|roles?)\b[^(:]{0,30}[(:]\s*"
        r"((?:`?[\w-]+`?\s*(?:,|/|\||;|>|\bvs\.?|\band\b|\bor\b)\s*)+`?[\w-]+`?)"
    ),
    # `ADMIN` / `CLERK` routes
    re.compile(
        r"((?:`[A-Z][A-Z_]+`\s*(?:,|/|\|)\s*)+`[A-Z][A-Z_]+`)\s+(?:routes?|roles?|only|users?|can)\b"
    ),
)
_BETWEEN: Final = re.compile(r",|/|\||;|>|\bvs\.?\s|\band\b|\bor\b")
# Admins see everything. Clerks may read …
_DOES: Final = re.compile(
    r"([A-Z]\w+)s? (?:sees?|may (?:see|read)|can (?:see|read|view|manage)|has access)\b"
)
_SENTENCES: Final = re.compile(r"[;.]\s")
_IN_CODE: Final = re.compile(
    r"(?:enum (?:User)?Roles?\b[^{]*\{([^}]*)\}"
    r"|type (?:User)?Role\s*=\s*([^;\n]+)"
    r"|roles?\s*:\s*z\.enum\(\[([^\]]*)\])"
)
# Each in a code span, under a label: whatever the words are.
_SPANS: Final = ignoring_case(r"\W*(?:user )?roles(?: are)?: ((?:`[\w-]+`(?:,? and |, |\.?$))+)$")
_SPAN: Final = re.compile("`([^`]+)`")
# requireRole('teacher' | 'parent')
_CALL: Final = re.compile(
    r"require_?Roles?\(\s*\[?((?:['\"][\w-]+['\"]\s*[|,]\s*)+['\"][\w-]+['\"])", re.IGNORECASE
)
_PER_ROLE: Final = ignoring_case(r"\bper role\b", "\u2026", r"\betc\b")
_VALUE: Final = re.compile(r"=\s*['\"]\w+['\"]")
_ROLE: Final = re.compile(r"[A-Za-z][A-Za-z0-9_-]{1,30}")
# Words of such a list that show that it is none of roles.
_NO_ROLE: Final = frozenset(
    words(
        "and or the a an of based access control roles role user-based etc never always check checks via in with for"
        " rbac only must jwt claims claim middleware guard guards required json"
    )
)
_MOST: Final = 12


def roles_of(page: Page) -> list[Evidence]:
    """Evidence for the roles, in prose and in code."""
    found = [evidence for line in page.prose for evidence in _in_line(line)]
    return found + [evidence for code in page.samples for evidence in _in_code(code)]


def _in_line(line: Line) -> Iterator[Evidence]:
    parts = (part.strip() for part in _SENTENCES.split(line.text))
    acting = [match[1] for part in parts if (match := _DOES.match(part))]
    if roles := _roles(acting):
        yield of_line(KEY, roles, STATED, line)
        return
    named = _SPANS.match(line.text)
    if named:
        yield of_line(KEY, _SPAN.findall(named[1]), STATED, line)
        return
    called = _CALL.search(line.text)
    if called and (roles := _roles(re.split(r"[|,]", called[1]))):
        yield of_line(KEY, roles, STATED, line)
        return
    for pattern in _LISTS if not _PER_ROLE.search(line.text) else ():
        match = pattern.search(line.text)
        if match is None or is_refused(line.text, *match.span()):
            continue
        if roles := _roles(_BETWEEN.split(match[1])):
            yield of_line(KEY, roles, STATED, line)
            return


def _in_code(code: Code) -> Iterator[Evidence]:
    for match in _IN_CODE.finditer(code.text):
        members = next(group for group in match.groups() if group)
        if roles := _roles(re.split(r",|\|", _VALUE.sub("", members))):
            yield of_code(KEY, roles, STATED, code, match.start(), match[0])


def _roles(texts: list[str]) -> list[str]:
    """The roles, each once; none where one of the texts is no role."""
    names = [name for text in texts if (name := text.strip(" `'\".*_"))]
    if not all(_ROLE.fullmatch(name) and name.lower() not in _NO_ROLE for name in names):
        return []
    return list(dict.fromkeys(names)) if 2 <= len(names) <= _MOST else []
