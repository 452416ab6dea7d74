"""Everything that a document states, and nothing else, at a price that has an end."""

from __future__ import annotations

import json
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from scaffold.conventions.values import wrong_parts
from scaffold.documents import importer
from scaffold.documents.evidence import Confidence
from scaffold.documents.front_matter import MAX_BYTES, decode
from scaffold.documents.importer import Reading
from scaffold.documents.markdown import MAX_PROSE, read
from scaffold.support.errors import UserError
from scaffold.support.yaml import mapping_of
from tests.support.documents import documents
from tools.source import ROOT

SCHEMA = mapping_of("conventions.yml", (ROOT / "templates/conventions.yml").read_text("utf-8"))
CASES: list[dict[str, Any]] = yaml.safe_load(
    Path(__file__).with_name("cases.yml").read_text("utf-8")
)
LIMIT = 2.0
# A page that names files is one of a project; a bare role would be read with more care.
OF_PROJECT = "# Notes\n\nSee `docs/a.md`, `docs/b.md` and `docs/c.md`.\n\n"


def reading(text: str) -> Reading:
    return importer.read(read(text, "a.md"), SCHEMA)


def stated(found: Reading, confidence: Confidence) -> dict[str, Any]:
    return {
        statement.key: statement.value
        for statement in found.statements
        if statement.confidence is confidence
    }


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["it"])
def test_case(case: dict[str, Any]) -> None:
    assert case.keys() <= {"it", "text", "sure", "likely", "ask", "missing"}
    text = case["text"]
    found = reading(text if text.startswith("---") else f"{OF_PROJECT}{text}\n")
    assert {
        "sure": stated(found, Confidence.SURE),
        "likely": stated(found, Confidence.LIKELY),
        "ask": {
            statement.key: [statement.value, *statement.others]
            for statement in found.statements
            if statement.confidence is Confidence.ASK
        },
        "missing": [str(missing) for missing in found.unsupported],
    } == {
        "sure": case.get("sure", {}),
        "likely": case.get("likely", {}),
        "ask": case.get("ask", {}),
        "missing": case.get("missing", []),
    }


def test_a_role_without_a_project_decides_little() -> None:
    found = reading("You know Next.js and Prisma.\n\n- API key management\n- Server actions\n")
    assert stated(found, Confidence.SURE).keys() <= {"stack.framework", "stack.orm"}


def check(text: str) -> Reading | None:
    """Reads whatever it is; each value is one that scaffold takes. None: the document is refused."""
    text = text.replace("\r", "\n")
    try:
        found = reading(text)
    except UserError as error:
        assert "`a.md`" in error.message
        return None
    keys = [statement.key for statement in found.statements]
    assert len(keys) == len({*keys})
    for statement in found.statements:
        group, _, key = statement.key.partition(".")
        assert wrong_parts(SCHEMA[group][key], statement.value) == []
        assert 0 <= statement.line <= text.count("\n") + 1
    json.dumps([statement.to_data() for statement in found.statements])
    json.dumps([missing.to_data() for missing in found.unsupported])
    return found


# Sections that state nothing: what is not done, and how the agent talks.
REFUSED = """## Out of scope

- Framework: Koa with TypeORM
- Roles: cook, waiter

## Output format

All routes have the prefix `/api/v7`, 9 requests per minute.

```json
{ "error": { "reason": "X", "message": "no" } }
```

"""


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=400) | documents())
def test_any_text_is_read_or_refused(text: str) -> None:
    check(text)


@pytest.mark.slow
@settings(max_examples=1500, deadline=None)
@given(documents())
def test_sections_on_other_things_change_nothing(text: str) -> None:
    text = f"## Service\n\n{text}"
    found = check(text)
    assert found is not None
    assert check(REFUSED + text) == moved(found, REFUSED.count("\n"))


def moved(found: Reading, lines: int) -> Reading:
    """The same, that many lines further down."""
    return Reading(
        tuple(replace(place, line=place.line + lines) for place in found.statements),
        tuple(replace(place, line=place.line + lines) for place in found.unsupported),
    )


HOSTILE = {
    "nothing": "",
    "spaces": " " * 150_000,
    "ten thousand blocks of code": "```\nx\n```\n\n" * 10_000,
    "blocks with bodies": '```json\n{"data": {}}\n```\n' * 8_000,
    "one word": "a" * 199_000,
    "one heading": "# " + "output a " * 10_000 + "\n" + "- use x\n" * 10_000,
    "a line again and again": "Use FastAPI, /api/v1, 100 requests per minute\n" * 4_000,
    "nested functions": ("```ts\n" + "()=>{ " * 1_900 + "\n```\n") * 8,
    "nested objects": ("```ts\n" + "{a:[" * 2_900 + "\n```\n") * 8,
    "open comments": ("```ts\n" + "/*" * 5_900 + "\n```\n") * 8,
    "open quotes": ("```ts\n" + "'\\" * 5_900 + "\n```\n") * 8,
    "open calls": ("```ts\n" + "limit: z.(" * 1_190 + "\n```\n") * 8,
    "spaces in code": ("```ts\nwindow: 1 s, " + " " * 11_900 + "\n```\n") * 8,
    "numbers without an end": "```py\nwindow: 1, max: "
    + "9" * 11_000
    + "\nlimit: int = Query("
    + "9" * 900
    + ")\n```\npage size "
    + "9" * 1_900,
    "a description of line breaks": "---\ndescription: |\n  " + " \\n" * 60_000 + "\n---\n",
    "braces": "{" * 100_000,
    "digits": "1" * 190_000,
    "rows": "| a | b |\n|---|---|\n" + "| /api/v1/x | 422 |\n" * 8_000,
    "roles": ("roles: " + "a, " * 900 + "\n") * 60,
    "lists in lists": "".join("  " * depth + "- a\n" for depth in range(400)),
    "a wide table": "|" + "a|" * 45_000 + "\n|" + "-|" * 45_000 + "\n",
    "zeros": "\0" * 10_000 + "Use FastAPI.",
    "half a character": "\ud800 Use FastAPI.",
}


@pytest.mark.slow
@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_documents_cost_little(name: str) -> None:
    began = time.process_time()
    check(HOSTILE[name])
    assert time.process_time() - began < LIMIT


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (b"\x89PNG\r\n\x1a\n\x00\xff\xfe", "not UTF-8"),
        (b"a" * (MAX_BYTES + 1), "may have at most"),
        (b"a" * MAX_BYTES, f"prose is read up to {MAX_PROSE}"),
        (b"---\nname: api\n", "not closed"),
    ],
    ids=["binary", "more than 1 MB", "1 MB of prose", "front matter that is not closed"],
)
def test_what_cannot_be_read_is_refused(raw: bytes, words: str) -> None:
    began = time.process_time()
    with pytest.raises(UserError) as caught:
        reading(decode(raw, "a.md"))
    assert words in caught.value.message
    assert caught.value.hint
    assert time.process_time() - began < LIMIT
