"""What documents state: small ones as data, and any text at all."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from scaffold.conventions.values import wrong_parts
from scaffold.documents import importer
from scaffold.documents.evidence import Confidence
from scaffold.documents.front_matter import decode
from scaffold.documents.importer import Reading
from scaffold.documents.markdown import MAX_PROSE, read
from scaffold.support.errors import UserError
from scaffold.support.yaml import mapping_of
from tools.source import ROOT

SCHEMA = mapping_of("conventions.yml", (ROOT / "templates/conventions.yml").read_text("utf-8"))
CASES: list[dict[str, Any]] = yaml.safe_load((Path(__file__).parent / "cases.yml").read_text())
LIMIT = 2.0


def reading(text: str) -> Reading:
    return importer.read(read(text, "a.md"), SCHEMA)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["it"])
def test_case(case: dict[str, Any]) -> None:
    assert case.keys() <= {"it", "text", "sure", "likely", "ask", "missing", "silent"}
    # A page that names files is one of a project; a bare role would be read with more care.
    found = reading(f"# Notes\n\nSee `docs/a.md`, `docs/b.md` and `docs/c.md`.\n\n{case['text']}\n")
    by_key = {statement.key: statement for statement in found.statements}
    for key, value in case.get("sure", {}).items():
        assert by_key[key].value == value
        assert by_key[key].confidence is Confidence.SURE
        assert by_key[key].line > 4 and by_key[key].words
    for confidence in (Confidence.LIKELY, Confidence.ASK):
        for key in case.get(str(confidence), ()):
            assert by_key[key].confidence is confidence
    assert set(case.get("missing", ())) <= {str(missing) for missing in found.unsupported}
    assert not by_key.keys() & set(case.get("silent", ()))


def test_a_role_without_a_project_decides_little() -> None:
    found = reading("You know Next.js and Prisma.\n\n- API key management\n- Server actions\n")
    assert {one.key for one in found.statements if one.confidence is Confidence.SURE} <= {
        "stack.framework",
        "stack.orm",
    }


@pytest.mark.parametrize(
    "text",
    [
        "",
        "```json\n{}\n```\n\n" * 10_000,
        "{" * 100_000,
        "- rate limit 100 requests per minute per user, soft delete {a: b} `\n" * 2_000,
        "1" * 190_000,
        "| a | b |\n|---|---|\n" + "| /api/v1/x | 422 |\n" * 8_000,
        "```ts\n" + "<" * 100_000 + "\n```",
        ("roles: " + "a, " * 900 + "\n") * 60,
    ],
    ids=["empty", "blocks", "braces", "lines", "digits", "rows", "brackets", "lists"],
)
def test_any_size_takes_no_time(text: str) -> None:
    began = time.process_time()
    reading(text[:MAX_PROSE])
    assert time.process_time() - began < LIMIT


def test_what_is_too_long_is_refused() -> None:
    with pytest.raises(UserError) as caught:
        reading("word " * MAX_PROSE)
    assert "conventions:" in f"{caught.value.message} {caught.value.hint}"


@pytest.mark.parametrize("raw", [b"\xff\xfe\x00", b"\x00" * 2_000_000])
def test_what_is_no_text_is_refused(raw: bytes) -> None:
    with pytest.raises(UserError):
        decode(raw, "a.md")


WORDS = st.sampled_from(
    [word for case in CASES for word in case["text"].split(" ")]
    + ["\n\n", "- ", "```\n", "|", "{", "}"]
)


@given(st.lists(WORDS, max_size=120).map(" ".join) | st.text(max_size=400))
@settings(max_examples=60, deadline=None)
def test_what_is_sure_can_be_generated(text: str) -> None:
    try:
        found = reading(text)
    except UserError:
        return
    for statement in found.statements:
        group, _, key = statement.key.partition(".")
        assert wrong_parts(SCHEMA[group][key], statement.value) == []
        assert statement.words and statement.line >= 0
