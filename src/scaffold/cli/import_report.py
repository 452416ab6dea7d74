"""What documents state, for people and as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from scaffold.api.import_ import Report
    from scaffold.documents.evidence import Statement

_KEY = 28
_VALUE = 26


def as_data(report: Report) -> dict[str, Any]:
    """The report as JSON holds it."""
    imported = report.imported
    return {
        "documents": list(imported.paths),
        "block": imported.has_block,
        "statements": [statement.to_data() for statement in imported.statements],
        "not_emitted": [missing.to_data() for missing in imported.unsupported],
        "entities": imported.entities,
        "named_tables": [{"name": name.name, "line": name.line} for name in imported.names],
        "left_out": list(imported.left_out),
        "defaults": dict(report.defaults),
        "summary": _counts(report),
        "written": report.written or None,
    }


def as_text(report: Report) -> Iterator[str]:
    """The report, a line for each thing."""
    imported = report.imported
    for statement in imported.statements:
        yield _line(statement)
    for missing in imported.unsupported:
        what = f"{missing.topic}={missing.value}"
        yield f"{'not emitted':<{_KEY}} {what:<{_VALUE}} line {missing.line:<5} {missing.why}: “{missing.words}”"
    for key, value in report.defaults.items():
        yield f"{'default':<{_KEY}} {key} {_text(value)}"
    if imported.entities:
        yield ""
        yield "Entities"
        for name, entity in imported.entities.items():
            yield f"  {name}: {' '.join(entity['fields'])}"
        yield from (f"  note: {text}" for text in imported.left_out)
    if imported.names:
        names = ", ".join(name.name for name in imported.names)
        yield f"Named without fields: {names}"
    counts = _counts(report)
    yield ""
    yield (
        f"stated {counts['stated']}: {counts['applied']} applied, {counts['likely']} likely, "
        f"{counts['to_decide']} to decide, {counts['not_emitted']} not emitted"
    )
    if report.written:
        yield f"{report.written}: has a `conventions:` block now"


def _line(statement: Statement) -> str:
    value = "?" if statement.confidence == "ask" else _text(statement.value)
    where = f"line {statement.line:<5} “{statement.words}”"
    text = f"{statement.key:<{_KEY}} {value:<{_VALUE}} {statement.confidence:<7} {where}"
    if statement.confidence == "ask":
        named = ", ".join(_text(value) for value in (statement.value, *statement.others))
        text += f"; named: {named}"
    return text


def _counts(report: Report) -> dict[str, int]:
    imported = report.imported
    by = [str(statement.confidence) for statement in imported.statements]
    return {
        "stated": len(by) + len(imported.unsupported),
        "applied": by.count("sure"),
        "likely": by.count("likely"),
        "to_decide": by.count("ask"),
        "not_emitted": len(imported.unsupported),
    }


def _text(value: Any) -> str:
    return value if isinstance(value, str) and value else json.dumps(value, ensure_ascii=False)
