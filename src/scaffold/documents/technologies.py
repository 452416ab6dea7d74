"""Frameworks, database libraries, databases and identity providers that a document names."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from scaffold.documents.evidence import (
    MENTIONED,
    SAMPLE,
    SKILL,
    STATED,
    Evidence,
    of_code,
    of_line,
)
from scaffold.documents.markdown import Line, Page
from scaffold.documents.patterns import DASH, ignoring_case, whole
from scaffold.documents.technology_words import DATABASES, FRAMEWORKS, ORMS, PROVIDERS
from scaffold.documents.wording import is_refused, is_skill, is_stack, side_of, weight_of

FRAMEWORK: Final = "stack.framework"
ORM: Final = "stack.orm"
DATABASE: Final = "stack.database"
AUTH: Final = "auth.provider"

_PATTERNS: Final = {
    topic: [
        (word, re.compile(word.prose), re.compile(word.code, re.MULTILINE) if word.code else None)
        for word in entries
    ]
    for topic, entries in (
        (FRAMEWORK, FRAMEWORKS),
        (ORM, ORMS),
        (DATABASE, DATABASES),
        (AUTH, PROVIDERS),
    )
}


def _label(names: str) -> re.Pattern[str]:
    """A line that begins with one of these names and a colon or a dash, or a row of a table."""
    return ignoring_case(rf"^{names}\b[^:|]{{0,20}}[:|{DASH}]")


_LABELS: Final = {
    FRAMEWORK: _label(r"(?:web |backend |api |server )?(?:framework|backend|server|api|runtime)"),
    ORM: _label("(?:orm|database|data ?access|db)"),
    DATABASE: _label("(?:primary )?(?:database|db|storage)"),
    AUTH: _label(r"auth\w*"),
}
# What a name counts, from the strongest place on: behind its label, in the title, in the agent's role.
_LABELLED: Final = 5.0
_TITLE: Final = 4.0
_ROLE: Final = 3.5
# A share for names that are said of the frontend.
_FRONT: Final = 0.2
_OF_ROLE: Final = ignoring_case(
    r"\byou are\b",
    r"\bspeciali[sz]",
    r"\bexpert\b",
    r"\bbackend (?:for|of)\b",
    r"\bthis (?:project|repo\w*|service)\b",
    r"\b(?:our|the|we)\b.{0,30}\b(?:back-?end|api|service|server|stack)\b",
    r"\bback-?end (?:is|uses|runs)\b",
    r"\bbuilt (?:with|on|in)\b",
    r"\bpowered by\b",
)
# Right before a name: what it is used for.
_USED: Final = ignoring_case(r"\b(?:with|via|through|using|uses?|by|on)\s+$")
# So many in one line are a list of what there is.
_MANY: Final = 3
_SEVERAL: Final = 2
_UNDECIDED: Final = ignoring_case(
    whole("chooses?", "of (?:your )?choice", "your choice", "to be decided", "tbd", "undecided")
)
_PATHS: Final = re.compile(r"`([^`\s]*/[^`\s]*)`")
# Where Next.js has its routes.
_ROUTE: Final = re.compile(r"\bapp/(?:.+/)?(?:api/.*|route\.tsx?)")
_ROUTE_GLOB: Final = re.compile(r"\bapp/.*\bapi\b")
# Who checks tokens does not issue them.
_CHECKS: Final = ignoring_case("verif", "middleware", "validat")
_ABOUT_AUTH: Final = ignoring_case(r"\bauth|\bsession|\bsign")
_PLATFORM: Final = re.compile(r"\bSupabase\b")
# Ways of a service to know its callers, without somebody who issues identities.
_OWN: Final = ("jwt", "session-cookie", "tokens")


def technologies_of(page: Page) -> list[Evidence]:
    """Evidence for framework, database library, database and identity provider, ours or not."""
    found = [*_in_front_matter(page), *_in_lines(page), *_in_codes(page)]
    found = _only_one(_without_frontends(_providers(found, page)))
    skills = {
        evidence.value for evidence in found if evidence.key == ORM and evidence.weight <= SKILL
    }
    return [
        replace(evidence, weight=STATED) if _is_used(evidence, skills) else evidence
        for evidence in found
    ]


def _only_one(found: list[Evidence]) -> list[Evidence]:
    """The framework that several places of a document name, where none names another, is the project's."""
    named = [evidence for evidence in found if evidence.key == FRAMEWORK]
    lines = {evidence.line for evidence in named if evidence.weight > SKILL and not evidence.open}
    if len({evidence.value for evidence in named}) != 1 or len(lines) < _SEVERAL:
        return found
    best = max(named, key=lambda evidence: evidence.weight)
    return [replace(one, weight=max(one.weight, STATED)) if one is best else one for one in found]


def _is_used(evidence: Evidence, skills: set[str]) -> bool:
    """Whether a library is named among the skills and used in the code: that is the project's."""
    return evidence.key == ORM and evidence.weight == SAMPLE and evidence.value in skills


def _in_front_matter(page: Page) -> Iterator[Evidence]:
    for path in page.globs:
        if _ROUTE_GLOB.search(path):
            yield Evidence(FRAMEWORK, "nextjs", MENTIONED, 2, path, "front matter")
    front_matter = page.front_matter
    needs = front_matter.data.get("mcp_requirements") if front_matter else None
    servers = needs.get("required") if isinstance(needs, dict) else None
    if front_matter and isinstance(servers, list) and "supabase" in " ".join(map(str, servers)):
        number = front_matter.lines.get("mcp_requirements", 0)
        yield Evidence(AUTH, "supabase", MENTIONED, number, "mcp_requirements: supabase")


def _in_lines(page: Page) -> Iterator[Evidence]:
    for line in page.prose:
        for topic in _PATTERNS:
            named = _named(topic, line.text)
            many = len(named) >= _MANY and not is_stack(line) and topic != DATABASE
            is_open = bool(named) and (many or bool(_UNDECIDED.search(line.text)))
            for value, span in named.items():
                weight = _weight(page, topic, line)
                if topic != FRAMEWORK and not is_skill(line) and _USED.search(line.text[: span[0]]):
                    weight = max(weight, STATED)
                if topic in (FRAMEWORK, ORM) and side_of(line.text, *span) == "frontend":
                    weight *= _FRONT
                yield of_line(topic, value, weight, line, is_open=is_open)
        for path in _PATHS.findall(line.text):
            if _ROUTE.search(path):
                yield of_line(FRAMEWORK, "nextjs", SAMPLE * 2, line)


def _named(topic: str, text: str) -> dict[str, tuple[int, int]]:
    """The values that a text names and does not deny, each with where it does."""
    named: dict[str, tuple[int, int]] = {}
    for word, prose, _ in _PATTERNS[topic]:
        match = prose.search(text)
        if match and not _in_path(text, *match.span()) and not is_refused(text, *match.span()):
            named.setdefault(word.value, match.span())
    return named


def _in_path(text: str, start: int, end: int) -> bool:
    """Whether the word is a part of a path."""
    return text[max(0, start - 1) : start] == "/" or text[end : end + 1] == "/"


def _weight(page: Page, topic: str, line: Line) -> float:
    if _LABELS[topic].match(line.text) and not is_skill(line):
        return _LABELLED
    if line.kind == "description" or (line.kind == "heading" and line.text == page.title):
        return _TITLE if topic == FRAMEWORK else STATED if topic == ORM else MENTIONED
    if _OF_ROLE.search(line.text) and line.kind == "text":
        return _ROLE
    if is_stack(line) and not is_skill(line):
        return _LABELLED - 1
    weight = weight_of(line)
    if topic == FRAMEWORK:
        # Rules name frameworks in passing; a stack, a title and a role say which one it is.
        return min(weight, 2.0) if weight > SKILL else weight
    return weight


def _in_codes(page: Page) -> Iterator[Evidence]:
    for code in page.samples:
        for topic, patterns in _PATTERNS.items():
            for word, _, pattern in patterns:
                match = pattern.search(code.text) if pattern else None
                if match:
                    # The code of a framework is written for no other one.
                    weight = STATED if topic == FRAMEWORK else SAMPLE
                    yield of_code(topic, word.value, weight, code, match.start(), match[0])


def _providers(found: list[Evidence], page: Page) -> list[Evidence]:
    """The same, less tokens where somebody issues them; a platform that is named alone is the provider too."""
    rest = [evidence for evidence in found if evidence.key != AUTH]
    auth = [evidence for evidence in found if evidence.key == AUTH]
    named = [evidence for evidence in auth if evidence.value not in _OWN]
    if all(evidence.value == "supabase" and evidence.weight < STATED for evidence in named):
        named += _of_platform(page)
    if named:
        return rest + named
    own = [evidence for evidence in auth if evidence.value != "tokens"]
    # Nobody else issues the tokens: the service does.
    weak = [
        replace(
            evidence,
            value="jwt",
            open=evidence.weight <= STATED or _CHECKS.search(evidence.words) is not None,
        )
        for evidence in auth
        if evidence.value == "tokens"
    ]
    return rest + (own or weak)


def _of_platform(page: Page) -> Iterator[Evidence]:
    """Supabase as the identity provider of a service that is built on it and names no other."""
    if not any(_ABOUT_AUTH.search(line.text) for line in page.prose):
        return
    for line in page.prose:
        match = _PLATFORM.search(line.text)
        if match and not is_refused(line.text, *match.span()):
            is_strong = is_stack(line) or (_OF_ROLE.search(line.text) and line.kind == "text")
            weight = STATED if is_strong and not is_skill(line) else SAMPLE
            yield of_line(AUTH, "supabase", weight, line)


def _without_frontends(found: list[Evidence]) -> list[Evidence]:
    """The same, less frameworks that are named mostly as the frontend beside another one."""
    totals: dict[str, float] = defaultdict(float)
    for evidence in found:
        if evidence.key == FRAMEWORK:
            totals[str(evidence.value)] += evidence.weight
    weak = {value for value, total in totals.items() if total <= 2 * _FRONT * STATED}
    if len(weak) == len(totals):
        return found
    return [
        evidence for evidence in found if evidence.key != FRAMEWORK or evidence.value not in weak
    ]
