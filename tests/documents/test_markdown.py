"""A document in parts: what is prose, what is code, and what is only talk."""

from __future__ import annotations

import pytest

from scaffold.documents.markdown import MAX_PROSE, read, without_marks
from scaffold.support.errors import UserError

PAGE = """---
name: api
description: Builds an API.\\nExamples: user asks for more
globs: src/**/*.ts, app/**
---

# Harbour **API**

Text with *marks*
over two lines.

Rules of lists:

- an item
- another

| Layer | Choice |
|---|---|
| ORM | `drizzle` |

## Code

As in this sample:

```ts
const a = 1;
```
"""


def test_parts_have_their_lines() -> None:
    page = read(PAGE, "agent.md")
    assert [(line.number, line.kind, line.text) for line in page.lines] == [
        (2, "description", "api"),
        (3, "description", "Builds an API."),
        (7, "heading", "Harbour API"),
        (9, "text", "Text with marks"),
        (10, "text", "over two lines."),
        (12, "lead", "Rules of lists"),
        (14, "item", "an item"),
        (15, "item", "another"),
        (19, "row", "ORM | `drizzle`"),
        (21, "heading", "Code"),
        (23, "lead", "As in this sample"),
    ]
    assert [line.headings for line in page.lines if line.kind == "item"] == [
        ("Harbour API", "Rules of lists")
    ] * 2
    row = next(line for line in page.lines if line.kind == "row")
    assert (row.head, row.cells) == (("Layer", "Choice"), ("ORM", "`drizzle`"))
    (code,) = page.codes
    assert (code.number, code.language, code.lead) == (26, "ts", "As in this sample:")
    assert (page.globs, page.title) == (("src/**/*.ts", "app/**"), "Harbour API")


@pytest.mark.parametrize(
    "text",
    [
        "## Output format\n\nUse FastAPI.",
        "## Communication protocol\n\n### Request\n\n- Use FastAPI.",
        "<example>\nUse FastAPI.\n</example>",
        "user: Use FastAPI.",
        'Delivery message:\n"Use FastAPI."',
        '```json\n{"requesting_agent": "api", "text": "Use FastAPI."}\n```',
    ],
)
def test_talk_is_left_out(text: str) -> None:
    page = read(text, "agent.md")
    assert "FastAPI" not in repr((page.prose, page.samples))


@pytest.mark.parametrize(
    "text",
    [
        "## Do not\n\n- use FastAPI",
        "## Out of scope\n\n### Later\n\nFastAPI",
        "**Never**:\n\n- FastAPI",
        "Don\u2019t:\n\n```py\nFastAPI\n```",
        "```py\n# wrong\nFastAPI\n```",
    ],
)
def test_what_is_not_done_is_refused(text: str) -> None:
    page = read(text, "agent.md")
    assert "FastAPI" in repr((page.lines, page.codes))
    assert "FastAPI" not in repr((page.prose, page.samples))


def test_a_section_ends_where_the_next_begins() -> None:
    page = read("## Never\n\n- a\n\n## Rules\n\n- b\n\nOther:\n\n- c\n\nText.\n", "agent.md")
    assert [line.text for line in page.prose] == ["Rules", "b", "Other", "c", "Text."]
    assert page.prose[-1].headings == ("Rules",)


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("**bold** and *light*, __both__", "bold and light, both"),
        ("`a_b_c` and snake_case and 2 * 3", "`a_b_c` and snake_case and 2 * 3"),
    ],
)
def test_marks(text: str, plain: str) -> None:
    assert without_marks(text) == plain


def test_long_prose_is_refused() -> None:
    assert read("a" * MAX_PROSE, "agent.md").lines
    with pytest.raises(UserError) as caught:
        read("a" * (MAX_PROSE + 1), "agent.md")
    assert caught.value.message.startswith(f"`agent.md` has {MAX_PROSE + 1} characters")
    assert "`conventions:` block" in (caught.value.hint or "")
