"""Objects in any language that documents write them in."""

from __future__ import annotations

import pytest

from scaffold.documents.literals import MAX_DEPTH, Object, objects


def shown(body: Object) -> list[object]:
    """The names, with `?` where a member can be missing, `[]` for lists and what is inside."""
    return [
        (name, shown(member.inner)) if member.inner else name
        for member in body.members
        for name in [member.name + "?" * member.optional + "[]" * member.is_list]
    ]


@pytest.mark.parametrize(
    ("text", "members"),
    [
        ('{ "data": [], "ok": true }', ["data[]", "ok"]),
        ("{ data: T[], meta: { page, total } }", ["data[]", ("meta", ["page", "total"])]),
        ("{ data?: T; error: string | null }", ["data?", "error?"]),
        ("{\n  code: string\n  message: string\n}", ["code", "message"]),
        ("{ items: Array<Row>, next: Optional[str] }", ["items[]", "next?"]),
        ("{ data|error, ok }", ["data|error", "ok"]),
        ("{ rows: [{ id: 1 }] }", [("rows[]", ["id"])]),
        ("{ a: f(b, { c: 1 }), d: x => ({}) }", ["a", "d"]),
        ("{ /* first */ 'a-b': 1, // second\n c: 2 }", ["a-b", "c"]),
        ("{ a: 1, ...", ["a"]),
        ("{", []),
    ],
)
def test_members(text: str, members: list[object]) -> None:
    (body,) = objects(text)
    assert shown(body) == members


def test_what_is_around() -> None:
    text = "// The answer\nreturn res.json({ ok: true });\nconst { a } = b;\n"
    first, second = objects(text)
    assert (first.comment, first.before, first.behind) == ("The answer", "return res.json(", ")")
    assert (second.before, second.behind, second.start) == ("const", "=", text.index("{ a"))


@pytest.mark.parametrize(
    ("text", "is_whole"), [("{ a }", True), ("{ a, ... }", False), ("{ a", False)]
)
def test_whole(text: str, is_whole: bool) -> None:
    (body,) = objects(text)
    assert body.is_whole is is_whole


def test_depth_has_an_end() -> None:
    (body,) = objects("{ a: " * 50 + "}" * 50)
    depth = 0
    while body.members and body.members[0].inner:
        body, depth = body.members[0].inner, depth + 1
    assert depth == MAX_DEPTH
