"""How a line speaks: as a rule, as a list of skills, as a refusal, of alternatives, of another part of the system."""

from __future__ import annotations

import re
from typing import Final

from scaffold.documents.evidence import MENTIONED, SKILL, STATED
from scaffold.documents.markdown import Line
from scaffold.documents.patterns import DASH, ignoring_case, one_of, whole, words

# Sections that describe the agent and not the project.
_SKILLS: Final = ignoring_case(
    "expertise",
    "competenc",
    r"skills?\b",
    "knowledge",
    "specializ",
    "capabilit",
    "proficien",
    "mastery",
    "familiar",
    "focus areas?",
    "background",
    r"you (?:know|excel|are (?:an )?experts?)",
    "excellence",
    "identity",
    "persona",
    "qualifications",
    "includes?$",
)
# Sections that list what the project is built with.
_STACK: Final = ignoring_case(
    whole(
        r"tech(?:nology|nical)?\s*stack",
        "stack",
        "technolog(?:y|ies)",
        "tech",
        "built with",
        "core (?:tools|dependencies)",
        "key dependencies",
        "dependencies",
        "frameworks?",
        "architecture",
        "project (?:overview|context|summary|structure)",
        "overview",
        "environment",
        "tooling",
        "libraries",
        "libs",
    )
)
# How a rule begins: a verb, or what it is about. A box of a checklist may stand before it.
_VERBS: Final = words(
    "must uses? using apply implement enforce returns? follow ensure requires? set add include default version wrap"
    " prefix write maintain keep store hash validate limit support respond reject accept handle paginate cap throttle"
    " secure protect prefer provide expose generate log"
)
_SUBJECTS: Final = words(
    "always all any every each mutation mutating endpoints? routes? apis? lists? errors? responses? build we"
)
_RULE: Final = ignoring_case(rf"^(?:\[[ x]\]\s*)?\W*{one_of(*_VERBS, *_SUBJECTS)}\b")
_MUST: Final = ignoring_case(
    whole("must", "always", "shall", "required", "mandatory", "every", "all")
)
# `Database: …`, `Database - …`, `Database. It …`
_LABEL: Final = re.compile(rf"^[^:|]{{2,50}}(?::|\s[{DASH}]\s)|^[A-Z][\w /()&-]{{2,40}}\. [A-Z]")
# Sections of rules.
_DUTIES: Final = ignoring_case(
    whole(
        "you (?:implement|secure|protect|build|design|manage|handle|ensure|maintain|follow|use"
        "|will|must|optimize|write)",
        "implementation",
        "requirements?",
        "standards?",
        "rules?",
        "conventions?",
        "guidelines?",
        "checklist",
        "patterns?",
        "practices?",
        "policy",
        "policies",
        "responsibilit",
        "instructions?",
        "approach",
        "design",
        "security",
        "contract",
        "critical",
        "strategy",
        "operations?",
    )
)
# Words that deny what follows them: not used, not any more, not yet, only perhaps. Some are of other languages.
_NOT: Final = ignoring_case(
    whole(
        "not",
        "never",
        "no",
        "(?:don|doesn|isn|aren)['\u2019]?t",
        "avoid",
        "without",
        "instead of",
        "rather than",
        "unlike",
        "deprecated",
        "legacy",
        "replaced?",
        r"migrat\w+ (?:from|away)",
        "moved (?:from|away)",
        "deferred",
        "except",
        "former(?:ly)?",
        "previously",
        "removed?",
        "drop(?:ped)?",
        r"forbid\w*",
        r"prohibit\w*",
        "ban(?:ned)?",
        "non",
        "future",
        "later",
        "planned",
        "todo",
        "optional(?:ly)?",
        "consider(?:ing)?",
        r"vs\.?",
        "versus",
        "if (?:you )?(?:need|use)d?",
        "when using",
        "ej",
        "nicht",
        r"kein\w*",
        "pas de",
    ),
    "❌",
    "🚫",
    "!=",
)
# Words that deny what they follow.
_UNUSED: Final = "not used|unused|optional|deprecated|legacy|removed|future|later|planned|rejected"
_NOT_AFTER: Final = ignoring_case(
    # But "Prisma, not Drizzle" denies what comes next.
    r"^(?!, not )\W{0,3}(?:is|are|was|were)?\s*(?:not|never)\b",
    r"^\W{0,3}(?:is|are|was|were)?\s*"
    rf"(?:(?:is |are )?forbidden|(?:is |are )?deprecated|changes\b|\(?(?:{_UNUSED})\b)",
)
_NOT_BEFORE: Final = 45
# Another sentence, or another part of one, begins behind these.
_CLAUSE: Final = re.compile(r"[.;:!?](?:\s|$)|\s[\u2013\u2014]\s|\)\s")
# Codes of errors are names: FORBIDDEN forbids nothing.
_NAME: Final = re.compile(r"\b[A-Z][A-Z_]{3,}\b")
_FRONTEND: Final = ignoring_case(
    whole(
        "front-?end",
        "client(?:[- ]side)?",
        r"ui\b",
        "web app",
        "webapp",
        "browser",
        "dashboard",
        "mobile",
        "website",
        "landing",
        "web/ui",
        "apps/web",
        "ux",
    )
)
_BACKEND: Final = ignoring_case(whole("back-?end", "server", "api", "rest"), "apps/api")


def weight_of(line: Line) -> float:
    """How much a word in this line counts: STATED, MENTIONED or SKILL."""
    if line.kind == "description":
        return MENTIONED
    near = line.headings[-2:]
    if any(_SKILLS.search(text) for text in near):
        return SKILL
    if line.kind == "row":
        return STATED
    if line.kind in ("heading", "lead"):
        return MENTIONED
    text = line.text
    if _RULE.match(text) or _MUST.search(text) or _LABEL.match(text):
        return STATED
    in_rules = not near or any(_STACK.search(head) or _DUTIES.search(head) for head in near)
    return STATED if line.kind == "item" and in_rules else MENTIONED


def is_stack(line: Line) -> bool:
    """Whether the line is in a section, or a table, that lists what the project is built with."""
    return any(_STACK.search(text) for text in line.headings[-2:]) or bool(
        _STACK.search(line.text[:40]) and ":" in line.text[:60]
    )


def is_skill(line: Line) -> bool:
    """Whether the line is in a list of what the agent knows."""
    return any(_SKILLS.search(text) for text in line.headings[-2:])


def is_refused(text: str, start: int, end: int) -> bool:
    """Whether the words at `start` to `end` are denied: by a word shortly before them, or right behind them."""
    before = _NAME.sub("", text[max(0, start - _NOT_BEFORE) : start])
    before = _CLAUSE.split(before)[-1]
    return bool(_NOT.search(before) or _NOT_AFTER.match(text[end : end + 30]))


def side_of(text: str, start: int, end: int) -> str:
    """`frontend` or `backend` where the words around say which part of the system they are about, else empty."""
    clause_start = max(text.rfind(mark, 0, start) for mark in ",;.|")
    stops = [place for mark in ",;.|" if (place := text.find(mark, end)) >= 0]
    clause = text[clause_start + 1 : min(stops, default=len(text))]
    front, back = _FRONTEND.search(clause), _BACKEND.search(clause)
    if front and not back:
        return "frontend"
    return "backend" if back and not front else ""
