"""JSON with comments: what it holds, or what is wrong with it."""

from __future__ import annotations

from pathlib import Path

import pytest

from scaffold.support.errors import UserError
from scaffold.support.jsonc import read_object


def test_comments_and_trailing_commas(tmp_path: Path) -> None:
    path = tmp_path / "tsconfig.json"
    path.write_text('\ufeff{"a": "// no comment", /* one */ "b": [1,], // two\n}', "utf-8")
    assert read_object(path) == {"a": "// no comment", "b": [1]}


@pytest.mark.parametrize("text", ["{", "[]", "[" * 200_000, '{"a": ' + "9" * 5000 + "}"])
def test_anything_else_is_a_mistake_of_the_user(text: str, tmp_path: Path) -> None:
    path = tmp_path / "package.json"
    path.write_text(text, "utf-8")
    with pytest.raises(UserError, match="JSON"):
        read_object(path)
