"""Bodies of answers become examples with placeholders."""

from __future__ import annotations

from typing import Any

import pytest

from scaffold.documents.bodies import bodies_of
from scaffold.documents.error_bodies import PROBLEM
from scaffold.documents.evidence import SAMPLE, STATED
from scaffold.documents.markdown import read

ERROR = {"error": {"code": "$code", "message": "$message"}}


def found(text: str) -> dict[str, Any]:
    evidence, _ = bodies_of(read(text, "agent.md"))
    return {one.key.removeprefix("envelope."): one.value for one in evidence}


def in_code(text: str, language: str = "ts") -> dict[str, Any]:
    return found(f"## Response format\n\n```{language}\n{text}\n```\n")


@pytest.mark.parametrize(
    ("text", "bodies"),
    [
        ("{ success: true, data: T }", {"success": {"success": True, "data": "$data"}}),
        ("{ data: T, message?: string }", {"success": {"data": "$data", "message": "$message?"}}),
        ("{ error: { code: 'X', message: string } }", {"error": ERROR}),
        ("{ error: 'NO', message: 'No' }", {"error": {"error": "$code", "message": "$message"}}),
        ("{ error: string }", {"error": {"error": "$message"}}),
        (
            "{ success: false, error: { code, message, details?: any[] } }",
            {"error": {"success": False, "error": {**ERROR["error"], "details": "$details?"}}},
        ),
        (
            "{ data|error, ok: boolean }",
            {
                "success": {"data": "$data", "ok": True},
                "error": {"error": "$message", "ok": False},
            },
        ),
        (
            "{ data: T[], page: 1, limit: 20, total: 7 }",
            {"list": {"data": "$items", "page": "$page", "limit": "$limit", "total": "$total"}},
        ),
        (
            "{ items: T[], next_cursor: string | null }",
            {"cursor": {"items": "$items", "next_cursor": "$next"}},
        ),
        (
            "{ success: true, data: { rows: T[], totalCount: 7 } }",
            {"list": {"success": True, "data": {"rows": "$items", "totalCount": "$total"}}},
        ),
        (
            "{ type, title, status, detail }",
            {"error": {key: PROBLEM[key] for key in PROBLEM if key != "errors"}},
        ),
        ("interface Boat { data: string; error: string }", {}),
        ("const { data, error } = await load();", {}),
        ("createBoat({ data: { name } });", {}),
    ],
)
def test_bodies_in_code(text: str, bodies: dict[str, Any]) -> None:
    assert in_code(text) == bodies


def test_classes_of_pydantic() -> None:
    text = "class BoatPage(BaseModel):\n    items: list[Boat]\n    total: int\n"
    assert in_code(text, "python") == {"list": {"items": "$items", "total": "$total"}}


def test_bodies_in_prose() -> None:
    text = "- Success: `{ data }`; errors: `{ error: { code, message } }`\n"
    assert found(text) == {"success": {"data": "$data"}, "error": ERROR}


@pytest.mark.parametrize("language", ["bash", "sql", "yaml"])
def test_languages_without_bodies(language: str) -> None:
    assert in_code("{ error: { code, message } }", language) == {}


def test_a_request_is_no_answer() -> None:
    assert found('## Request body\n\n```json\n{ "data": {} }\n```\n') == {}


def test_members_that_no_placeholder_has() -> None:
    text = "## Error format\n\n`{ error: { code, message, timestamp, hint? } }`\n"
    evidence, unsupported = bodies_of(read(text, "agent.md"))
    assert [(one.value, one.weight) for one in evidence] == [(ERROR, SAMPLE)]
    assert [str(missing) for missing in unsupported] == [
        "error body = timestamp",
        "error body = hint?",
    ]


@pytest.mark.parametrize(
    ("heading", "weight"), [("Response format", STATED), ("Create a boat", SAMPLE)]
)
def test_a_sample_counts_less_than_a_format(heading: str, weight: float) -> None:
    text = f"## {heading}\n\n```ts\nfunction f() {{ return res.json({{ data: boat }}); }}\n```\n"
    evidence, _ = bodies_of(read(text, "agent.md"))
    assert [(one.line, one.weight) for one in evidence] == [(4, weight)]
