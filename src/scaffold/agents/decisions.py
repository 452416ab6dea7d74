"""Whether what documents state is enough to begin a project, and what somebody has to decide before."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

from scaffold.agents.choice import CHOSEN, FRAMEWORK, Fact
from scaffold.agents.imports import Imported
from scaffold.conventions.overrides import parse_settings
from scaffold.conventions.schema import Schema, fill, fitting, mismatches
from scaffold.conventions.values import shown, wrong_parts
from scaffold.documents.evidence import Confidence, Statement, Unsupported
from scaffold.support.errors import UserError
from scaffold.support.text import printable

# What a wrong guess would make useless.
_WEIGHTY: Final = (FRAMEWORK, "stack.orm", "auth.provider")


class Decided(NamedTuple):
    """What applies: values by group and key, where each is stated, what is not generated, and sentences about it."""

    stated: dict[str, dict[str, Any]]
    origins: dict[str, str]
    unsupported: tuple[str, ...]
    notes: tuple[str, ...]


def decide(
    imported: Imported,
    schema: Schema,
    where: str,
    *,
    facts: Mapping[str, Fact],
    settings: Sequence[str] = (),
    accept: bool = False,
    known: Sequence[str] = (),
) -> Decided:
    """The conventions of a project that follows these documents; `settings` are the user's own `KEY=VALUE` words.

    Raises UserError, with the options that decide, where the documents name a framework that scaffold does not
    generate, or leave open what matters, or state what it cannot generate, unless `accept` or it is `known`.
    """
    if not imported.statements and not imported.unsupported:
        raise UserError(
            f"`{where}` states no conventions, so a project cannot follow it",
            "state some, or add a block to its front matter: `conventions:`, and in it what differs from the "
            "defaults, such as `rate_limit: {max: 100}` (`conventions: {}` for none)",
        )
    given = parse_settings(schema, settings)
    chosen = {
        f"{group}.{key}": value for group, keys in given.items() for key, value in keys.items()
    }
    stated: dict[str, dict[str, Any]] = {}
    origins: dict[str, str] = {}
    notes: list[str] = []
    for statement in imported.statements:
        if statement.confidence is Confidence.SURE:
            _put(stated, statement.key, statement.value)
            origins[statement.key] = statement.origin
    for key, fact in facts.items():
        notes += _differences(imported, key, fact, where)
        if key in chosen:
            continue
        _put(stated, key, fact.value)
        origins[key] = fact.source
    if FRAMEWORK in chosen:
        _put(stated, FRAMEWORK, chosen[FRAMEWORK])
        origins[FRAMEWORK] = CHOSEN
    elif FRAMEWORK not in facts:
        _require_framework(imported, schema, where)
    missing = list(imported.unsupported)
    _follow_success(stated, origins, schema)
    _drop_what_does_not_fit(imported, schema, stated, chosen, origins, missing)
    open_ = [
        (statement, options)
        for statement in imported.statements
        if statement.key not in chosen and statement.key not in facts
        if (options := _options(statement, schema, stated, chosen))
    ]
    if open_:
        raise _undecided(open_, where)
    missing = [thing for thing in missing if thing.topic not in {*facts, *chosen}]
    unknown = [thing for thing in missing if _line_of(thing) not in known]
    if unknown and not accept:
        raise _unsupported(unknown, where)
    kept = tuple(dict.fromkeys(map(_line_of, missing)))
    if kept:
        notes.append(f"Not generated, to write by hand: {'; '.join(kept)}.")
    return Decided(stated, origins, kept, tuple(notes))


def _follow_success(
    stated: dict[str, dict[str, Any]], origins: dict[str, str], schema: Schema
) -> None:
    """Lists of which the documents say nothing look like the body of a single result."""
    bodies = stated.get("envelope", {})
    if "success" not in bodies:
        return
    for key, page in (
        ("list", {"page": "$page", "limit": "$limit", "total": "$total"}),
        ("cursor", {"limit": "$limit", "next": "$next"}),
    ):
        if key in bodies:
            continue
        success = bodies["success"]
        if isinstance(success, Mapping):
            rows = {
                name: "$items" if value == "$data" else value
                for name, value in success.items()
                if value != "$message?"
            }
            body = {**rows, "pagination": page}
        else:
            body = {"items": "$items", **page}
        if "pagination" not in bodies["success"] and not wrong_parts(schema["envelope"][key], body):
            bodies[key] = body
            origins[f"envelope.{key}"] = "follows from envelope.success"


def _line_of(missing: Unsupported) -> str:
    """What is not generated, as the manifest has it."""
    return printable(str(missing))[:200]


def _put(values: dict[str, dict[str, Any]], key: str, value: Any) -> None:
    group, _, name = key.partition(".")
    values.setdefault(group, {})[name] = value


def _differences(imported: Imported, key: str, fact: Fact, where: str) -> Iterator[str]:
    statement = imported.of(key)
    if (
        statement is not None
        and statement.value != fact.value
        and statement.confidence is Confidence.SURE
    ):
        yield (
            f"{key} is {fact.value}, as {fact.source} says; `{where}` says {shown(statement.value)} "
            f"(line {statement.line})."
        )
    for missing in imported.unsupported:
        if missing.topic == key:
            said = f"`{where}` says {missing.value} (line {missing.line})"
            yield f"{key} is {fact.value}, as {fact.source} says; {said}."


def _require_framework(imported: Imported, schema: Schema, where: str) -> None:
    """Raises UserError unless the documents say which framework it is, and scaffold has it."""
    statement = imported.of(FRAMEWORK)
    if statement is not None and statement.confidence is Confidence.SURE:
        return
    allowed = list(map(str, schema["stack"]["framework"]["allowed"]))
    options = " or ".join(f"`--set {FRAMEWORK}={name}`" for name in allowed)
    other = next((thing for thing in imported.unsupported if thing.topic == FRAMEWORK), None)
    if other is not None:
        raise UserError(
            f"`{where}`, line {other.line}: the framework is `{other.value}` "
            f"(“{other.words}”); scaffold generates {' and '.join(allowed)}",
            f"to use the document's other conventions all the same: {options}",
        )
    if statement is None:
        raise UserError(f"`{where}` names no framework", f"decide: {options}")
    names = ", ".join(f"`{shown(value)}`" for value in (statement.value, *statement.others))
    raise UserError(
        f"`{where}`, line {statement.line}: the framework is not certain ({names}: “{statement.words}”)",
        f"decide: {options}",
    )


def _drop_what_does_not_fit(
    imported: Imported,
    schema: Schema,
    stated: dict[str, dict[str, Any]],
    chosen: Mapping[str, Any],
    origins: dict[str, str],
    missing: list[Unsupported],
) -> None:
    """Takes out what needs other values than the project has; the rest goes together."""
    limits = stated.get("pagination", {})
    if "default_limit" in limits and "max_limit" not in limits:
        most = schema["pagination"]["max_limit"]["default"]
        limits["max_limit"] = max(most, limits["default_limit"])
    while True:
        given = _with_chosen(stated, chosen)
        odd = {key: text for key, _, text in mismatches(schema, fill(schema, given))}
        wrong = next(
            (
                statement
                for statement in imported.statements
                if statement.key in odd.keys() - chosen.keys() and statement.key in origins
            ),
            None,
        )
        if wrong is None:
            return
        group, _, name = wrong.key.partition(".")
        del stated[group][name]
        del origins[wrong.key]
        missing.append(
            Unsupported(
                *(
                    wrong.key,
                    shown(wrong.value),
                    wrong.line,
                    wrong.words,
                    odd[wrong.key],
                    wrong.heading,
                ),
                wrong.document,
            )
        )


def _with_chosen(
    stated: Mapping[str, Mapping[str, Any]], chosen: Mapping[str, Any]
) -> dict[str, dict[str, Any]]:
    result = {group: dict(keys) for group, keys in stated.items()}
    for key, value in chosen.items():
        _put(result, key, value)
    return result


def _options(
    statement: Statement,
    schema: Schema,
    stated: Mapping[str, Mapping[str, Any]],
    chosen: Mapping[str, Any],
) -> list[Any]:
    """The values among which somebody has to choose; empty where nothing is to be decided."""
    if statement.confidence is not Confidence.ASK or statement.key == FRAMEWORK:
        return []
    filled = fill(schema, _with_chosen(stated, chosen))
    group, _, name = statement.key.partition(".")
    default = filled[group][name]
    spec = schema[group][name]
    named = [statement.value, *statement.others]
    if not statement.others and (statement.key not in _WEIGHTY or statement.value == default):
        return []
    if "requires" in spec:
        fits = fitting(spec, filled)
        if len(fits) == 1:
            return []
        named = [value for value in named if value in fits] or fits
    return named


def _undecided(open_: Sequence[tuple[Statement, list[Any]]], where: str) -> UserError:
    lines = [
        f"  {statement.key}, line {statement.line}: {', '.join(shown(option) for option in options)} "
        f"(“{statement.words}”)"
        for statement, options in open_
    ]
    words = " ".join(
        f"--set {shlex.quote(f'{statement.key}={_word(options[0])}')}"
        for statement, options in open_
    )
    return UserError(
        f"`{where}` leaves open what the service has to know:\n" + "\n".join(lines),
        f"decide, for example: `{words}`",
    )


def _word(value: Any) -> str:
    import json

    return value if isinstance(value, str) else json.dumps(value)


def _unsupported(missing: Sequence[Unsupported], where: str) -> UserError:
    lines = [f"  line {thing.line}: {thing} ({thing.why}: “{thing.words}”)" for thing in missing]
    count = f"{len(missing)} things" if len(missing) > 1 else "something"
    return UserError(
        f"`{where}` states {count} that scaffold does not generate:\n" + "\n".join(lines),
        "`--accept-unsupported` generates the rest, and lists these in AGENTS.md to write by hand",
    )
