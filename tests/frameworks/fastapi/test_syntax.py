"""Python that is newer than the one that scaffold runs on."""

from __future__ import annotations

import ast
from contextlib import suppress

import pytest

from scaffold.frameworks.fastapi.syntax import parsed


@pytest.mark.parametrize(
    "text",
    [
        "type Db = Annotated[Session, Depends(get_db)]\n",
        "type Result[T] = Ok[T] | Err\n",
        "def find[T: Base](model: type[T]) -> T: ...\n",
        "class A:\n    async def find[T: 'Base', *Ts, **P](self) -> T: ...\n",
        "class Page[T](BaseModel):\n    items: list[T]\n",
        "def find[\n    T: dict[str, int],\n    U,\n](a: T) -> U: ...\n",
        "try:\n    a()\nexcept ValueError, KeyError:\n    b()\n",
        'a = f"""{b.replace("\\n", "<br>")}"""\n',
    ],
)
def test_each_new_word(text: str) -> None:
    after = ast.parse("x = 1\ny = 2\n").body[1]
    tree = parsed(text + "y = 2\n")
    assert ast.dump(tree.body[-1]) == ast.dump(after)
    assert tree.body[-1].lineno == text.count("\n") + 1


def test_a_column_stays_where_it_is() -> None:
    text = "class Page[T](Base): x = 1\n"
    node = parsed(text).body[0]
    assert isinstance(node, ast.ClassDef)
    assert text[node.body[0].col_offset :].startswith("x = 1")
    assert parsed("type Db = Session\n").body[0].lineno == 1


@pytest.mark.parametrize("text", ["def (\n", "type X[ = 1\n", "class A[:\n" * 2000, "[" * 5000])
def test_what_no_python_reads(text: str) -> None:
    with pytest.raises((SyntaxError, MemoryError, RecursionError)):
        parsed(text)


@pytest.mark.parametrize(
    "text", ["a = " + "b." * 40_000 + "c\n", "(" * 90_000, "a" + "()" * 40_000]
)
def test_what_is_nested_too_deeply_is_none(text: str) -> None:
    with pytest.raises(SyntaxError):
        parsed(text)


def test_a_text_is_parsed_once(monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[str] = []
    parse = ast.parse

    def counted(text: str) -> ast.Module:
        calls.append(text)
        return parse(text)

    monkeypatch.setattr(ast, "parse", counted)
    for text in ("once = 1\n", "no Python either ="):
        for _ in range(3):
            with suppress(SyntaxError):
                parsed(text)
    assert calls == ["once = 1\n", *["no Python either ="] * 3]
    assert parsed("once = 1\n") is not parsed("once = 1\n", to_change=True)
