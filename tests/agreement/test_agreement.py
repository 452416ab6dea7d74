"""Each style has its row, the harness can fail, and one style a day is held to its document."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.agreement import table
from tests.agreement.fuzz import fuzz, outcome
from tests.agreement.linters import findings
from tests.agreement.mutants import MUTANTS
from tests.agreement.service import STYLES, live, make
from tests.support.days import of_day

WORDS = [["endpoint", "notes", "name:string{1..200}", "--methods", "list,create"]]
TEXT: dict[str, Any] = {"type": "string", "minLength": 1, "maxLength": 200, "pattern": "^[^x]*$"}
ROW: dict[str, Any] = {"type": "object", "required": ["name"], "properties": {"name": TEXT}}
ASSESSMENT = {"properties": {"status": {"enum": ["draft"]}, "contact": {"format": "email"}}}


def document() -> dict[str, Any]:
    """What the mutants need of a document."""

    def operation(schema: Any, status: str = "201") -> dict[str, Any]:
        def content(schema: Any) -> dict[str, Any]:
            return {"content": {"application/json": {"schema": schema}}}

        return {
            "requestBody": content(schema),
            "responses": {status: content({"$ref": "#/components/schemas/Note"}), "404": {}},
        }

    change = {"type": "object", "minProperties": 1, "properties": {"name": TEXT}}
    return {
        "paths": {
            "/api/notes": {
                "post": operation({"$ref": "#/components/schemas/Note"}),
                "get": {"parameters": [{"name": "limit", "schema": {"maximum": 100}}]},
            },
            "/api/notes/{id}": {"get": operation(ROW, "200"), "patch": operation(change)},
            "/api/assessments": {"post": operation(ASSESSMENT)},
        },
        "components": {"schemas": {"Note": ROW}},
    }


def test_every_style_has_its_row() -> None:
    text = table.TABLE.read_text()
    rows = table.read(text)
    assert sorted(rows) == sorted(STYLES), "python -m tests.agreement --write STYLE"
    assert all(len(cells) == len(table.HEAD) - 1 for cells in rows.values())
    assert table.written(text, rows) == text
    assert table.read(table.written(text, {**rows, "new": ["1"] * 7})) == {**rows, "new": ["1"] * 7}


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_a_mutant_changes_one_operation(mutant: Any) -> None:
    before = document()
    after = mutant.document("/api", before)
    path = mutant.path("/api", before)
    assert before == document()
    assert after["paths"][path][mutant.method] != before["paths"][path][mutant.method]
    del after["paths"][path][mutant.method], before["paths"][path][mutant.method]
    assert after == before


def test_what_a_report_tells() -> None:
    report = {
        "operations": {"selected": 3, "tested": 2},
        "test_cases": {"generated": 70},
        "failures": [{"code": "ST101", "operations": ["GET /a", "GET /b"]}],
        "errors": [{"title": "Network Error", "operations": ["GET /c"]}],
    }
    found = outcome(report, "before\n= FAILURES\ncurl -H 'Authorization: Bearer a.b-c' x")
    assert (found.selected, found.tested, found.requests) == (3, 2, 70)
    assert (found.count, found.server_errors) == (3, 2)
    assert "a.b-c" not in found.text and "before" not in found.text


@pytest.mark.slow
@pytest.mark.parametrize("style", of_day(STYLES, 1))
def test_a_document_of_the_day(style: str, tmp_path: Path) -> None:
    """Two operations of a collection, and a fault planted in one of them."""
    project = make(style, tmp_path / "service", WORDS)
    with live(project, develop=True) as service:
        assert findings(service.document, tmp_path / "lint") == []
        found = fuzz(service, tmp_path / "all", 3)
        assert found.count == 0, found.text
        assert found.selected == found.tested == len(service.operations) == 2
        mutant = next(it for it in MUTANTS if it.name == "a wider `maxLength`")
        wrong = mutant.document(service.prefix, service.document)
        only = ("--include-method", "POST", "--phases", "coverage")
        assert fuzz(service, tmp_path / "mutant", 3, 1, wrong, *only).count
