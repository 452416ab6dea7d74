"""Headings of sections, and words above code, that are not about what is done."""

from __future__ import annotations

from typing import Final

from scaffold.documents.patterns import ignoring_case, one_of, whole

# Sections that tell an agent how to talk, by their headings.
TALK: Final = ignoring_case(
    r"\b"
    + one_of(
        "output (?:format|template|requirements?|structure)",
        r"report(?:ing)?(?: format| template| to\b)?$",
        r"hand-?offs?\b",
        "communication",
        "delivery notification",
        "final (?:response|report)",
        "response to (?:the )?(?:user|agent)",
        "when invoked",
        "example (?:interactions?|conversations?|prompts?|usage|requests?|queries)",
        "usage examples?",
        "integration with other agents",
        r"collaborat\w+",
        "escalation",
        "changelog",
        "commit (?:messages?|conventions?|format)",
        "pull requests?",
        "git (?:workflow|conventions?)",
        "progress (?:tracking|update)",
        "variables$",
        "persistent agent memory",
        "types of memory",
        "memory (?:guidelines|system)",
    )
)
_CROSSES: Final = ("❌", "🚫")
# Sections whose lines say what is not done.
REFUSED: Final = ignoring_case(
    whole(
        "do not",
        "don['\u2019]?ts?\\b",
        "never",
        "avoid",
        "anti-?patterns?",
        "out[- ]of[- ]scope",
        "non-?goals?",
        "forbidden",
        "prohibited",
        "not (?:in scope|allowed|used|supported|generated|responsible|your)",
        "deferred",
        "future",
        "roadmap",
        "planned",
        "backlog",
        "deprecated",
        "common (?:mistakes|pitfalls)",
        "what not to",
        "will not",
        "must not",
        "alternatives?(?: considered)?",
        "legacy",
    ),
    *_CROSSES,
)
# What is said right above code that is a bad example, or in its first comment.
BAD_CODE: Final = ignoring_case(
    *_CROSSES,
    r"^\W*(?:bad|wrong|incorrect|don['\u2019]?t|do not|avoid|never|before|anti-?pattern|instead of)\b",
)
