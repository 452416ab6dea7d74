"""What a document states: every rule over its parts, decided, and checked against the schema."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from scaffold.conventions.schema import Schema
from scaffold.conventions.values import wrong_parts
from scaffold.documents.bodies import bodies_of
from scaffold.documents.codes import codes_of
from scaffold.documents.error_bodies import PROBLEM
from scaffold.documents.evidence import Confidence, Evidence, Statement, Unsupported, decide
from scaffold.documents.handlers import handlers_of
from scaffold.documents.markdown import Page
from scaffold.documents.numbers import numbers_of
from scaffold.documents.paths import prefix_of
from scaffold.documents.patterns import ignoring_case
from scaffold.documents.phrases import phrases_of
from scaffold.documents.rates import rates_of
from scaffold.documents.roles import roles_of
from scaffold.documents.samples import samples_of
from scaffold.documents.technologies import AUTH, DATABASE, FRAMEWORK, ORM, technologies_of

# What a page states even if it only describes a role: what it is built with, and its numbers.
_OF_ANY_PAGE: Final = (
    FRAMEWORK,
    ORM,
    DATABASE,
    AUTH,
    "testing.coverage_min",
    "pagination.",
    "rate_limit.",
    "auth.password_rounds",
)
# Languages of blocks that every page about an API may have.
_ANY_LANGUAGE: Final = ("", "bash", "sh", "json")
_SPAN: Final = re.compile(r"`[^`]+`")
_SPANS_OF_PROJECT: Final = 3
_PAGE_SIZE: Final = ignoring_case(r"\bpage\b", "page_?size", "per_?page")


@dataclass(frozen=True)
class Reading:
    """What a document states; `unsupported` is what scaffold cannot emit."""

    statements: tuple[Statement, ...]
    unsupported: tuple[Unsupported, ...]

    def of(self, key: str) -> Statement | None:
        """The statement about a convention."""
        return next((statement for statement in self.statements if statement.key == key), None)

    def sure(self) -> dict[str, dict[str, Any]]:
        """The values that apply by themselves, as group → key → value."""
        result: dict[str, dict[str, Any]] = {}
        for statement in self.statements:
            if statement.confidence is Confidence.SURE:
                group, _, key = statement.key.partition(".")
                result.setdefault(group, {})[key] = statement.value
        return result


def read(page: Page, schema: Schema) -> Reading:
    """Everything that a page states, by the keys of the schema."""
    bodies, unknown_members = bodies_of(page)
    rates, single_rates = rates_of(page)
    found = [
        *technologies_of(page),
        *bodies,
        *numbers_of(page),
        *rates,
        *prefix_of(page),
        *codes_of(page),
        *phrases_of(page),
        *roles_of(page),
        *handlers_of(page),
        *samples_of(page),
    ]
    found += [*_implied(found)]
    of_any_page = [evidence for evidence in found if evidence.key.startswith(_OF_ANY_PAGE)]
    of_project = [evidence for evidence in found if not evidence.key.startswith(_OF_ANY_PAGE)]
    decided = decide(of_any_page) + decide(of_project, generic=_is_generic(page, found))
    fine: list[Statement] = []
    unsupported = [*unknown_members, *single_rates]
    for statement in _whole_errors(decided, schema):
        why = _problem(schema, statement)
        if why is None:
            fine.append(statement)
        else:
            unsupported.append(_unsupported(statement, why))
    fine.sort(key=lambda statement: (_place(schema, statement.key), statement.line))
    return Reading(tuple(fine), tuple(_once(unsupported)))


def _is_generic(page: Page, found: Iterable[Evidence]) -> bool:
    """Whether a page describes a role: it shows no code and names no path or file of a project."""
    if page.globs or any(
        code.language not in _ANY_LANGUAGE or "{" in code.text for code in page.codes
    ):
        return False
    if any(evidence.key.startswith(("envelope.", "routing.")) for evidence in found):
        return False
    spans = sum(len(_SPAN.findall(line.text)) for line in page.lines)
    return spans < _SPANS_OF_PROJECT


def _implied(found: list[Evidence]) -> Iterator[Evidence]:
    """What follows from other evidence: pages from the bodies of lists, a body from problem details."""
    keys = {evidence.key for evidence in found}
    # Where a document shows both kinds of lists, neither says which one is meant.
    has_both = {"envelope.cursor", "envelope.list"} <= keys
    for evidence in found:
        match evidence.key:
            case "envelope.cursor" if not has_both:
                yield replace(evidence, key="pagination.style", value="cursor")
            case "envelope.list" if "$page" in repr(evidence.value) and not has_both:
                yield replace(evidence, key="pagination.style", value="page")
            case "envelope.error" if _is_problem(evidence.value):
                yield replace(evidence, key="envelope.error_type", value="application/problem+json")
            case "envelope.error_type" if "envelope.error" not in keys:
                yield replace(evidence, key="envelope.error", value=dict(PROBLEM))
            case "pagination.default_limit" if "pagination.style" not in keys:
                if _PAGE_SIZE.search(evidence.words):
                    yield replace(evidence, key="pagination.style", value="page")


def _is_problem(body: Any) -> bool:
    return isinstance(body, Mapping) and {"title", "detail", "status"} <= body.keys()


def _whole_errors(statements: list[Statement], schema: Schema) -> list[Statement]:
    """Codes and statuses of one kind of error as the one value that the schema has."""
    kinds: dict[str, list[Statement]] = {}
    rest: list[Statement] = []
    for statement in statements:
        parts = statement.key.split(".")
        if parts[0] == "errors" and len(parts) == 3:
            kinds.setdefault(parts[1], []).append(statement)
        else:
            rest.append(statement)
    known = schema.get("errors", {})
    return rest + [
        _whole_error(kind, parts, known[kind]["default"])
        for kind, parts in kinds.items()
        if kind in known
    ]


def _whole_error(kind: str, parts: list[Statement], default: Mapping[str, Any]) -> Statement:
    """The parts that are sure, or else all of them, with the default for what they do not say."""
    parts = [part for part in parts if part.confidence is Confidence.SURE] or parts
    value = {**default, **{part.key.rpartition(".")[2]: part.value for part in parts}}
    first = min(parts, key=lambda part: part.line)
    confidence = max((part.confidence for part in parts), key=[*Confidence].index)
    return replace(first, key=f"errors.{kind}", value=value, confidence=confidence, others=())


def _problem(schema: Schema, statement: Statement) -> str | None:
    """Why a value cannot be emitted; None where it can."""
    group, _, key = statement.key.partition(".")
    spec = schema.get(group, {}).get(key)
    if spec is None:
        return "these templates do not have that convention"
    wrong = wrong_parts(spec, statement.value)
    if not wrong:
        return None
    if "allowed" in spec:
        return f"scaffold makes {', '.join(map(str, spec['allowed']))}"
    return "; ".join(f"`{where}`: {text}" if where else text for where, text in wrong)


def _unsupported(statement: Statement, why: str) -> Unsupported:
    value = statement.value
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return Unsupported(statement.key, text, statement.line, statement.words, why, statement.heading)


def _place(schema: Schema, key: str) -> int:
    """Where the schema has a key, for the order of statements."""
    keys = [f"{group}.{name}" for group, names in schema.items() for name in names]
    return keys.index(key) if key in keys else len(keys)


def _once(unsupported: Iterable[Unsupported]) -> list[Unsupported]:
    """Each thing once, at its first place."""
    seen: dict[tuple[str, str], Unsupported] = {}
    for missing in sorted(unsupported, key=lambda missing: missing.line):
        seen.setdefault((missing.topic, missing.value), missing)
    return list(seen.values())
