"""Texts that differ in layout only, and how near a file lies to one."""

from __future__ import annotations

import pytest

from scaffold.formatters.layout import differ_in_layout_only, is_nearer, likeness

TYPESCRIPT = """import { a, type B } from './a';
import c from "c";

export function one(x: string, y: number) {
  return { x, y: 'it' };
}
"""
PYTHON = '''"""Doc."""

from a import (
    b,
    c,
)
import os

ONE = {"a": 1, "b": (2,)}
'''


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        (
            TYPESCRIPT,
            "import c from 'c'\n"
            "import { type B, a } from './a'\n\nexport function one(\n\tx: string,\n\ty: number,\n) {\n"
            '\treturn { x, y: "it" }\n}\n',
        ),
        (
            PYTHON,
            "'''Doc.'''\n\nimport os\n\nfrom a import b, c\n\nONE = {\n    'a': 1,\n    'b': (2,),\n}\n",
        ),
        ("a: [1, 2]\n", "a:\n  [\n    1,\n    2,\n  ]\n"),
    ],
)
def test_what_a_formatter_changes(ours: str, theirs: str) -> None:
    assert differ_in_layout_only(ours, theirs)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("return { x", "return { z"),
        ("x: string, y: number", "y: number, x: string"),
        ("return {", "throw {"),
        ("'./a'", "'./b'"),
        ("export function", "function"),
    ],
)
def test_what_a_person_changes(old: str, new: str) -> None:
    assert old in TYPESCRIPT
    assert not differ_in_layout_only(TYPESCRIPT, TYPESCRIPT.replace(old, new))


def test_likeness_counts_shared_lines() -> None:
    assert likeness("a\nb\n", "a\nb\n") == 1
    assert likeness("a\nb\n", "c\nd\n") == 0
    assert likeness("a\nb\n", "a\nc\n") == 0.5
    assert likeness("", "") == 1


def test_the_nearer_form() -> None:
    raw, made = "  a\n  b\n  c\n", "\ta\n\tb\n\tc\n"
    assert not is_nearer(raw, raw, made)
    assert is_nearer(made, raw, made)
    assert is_nearer("\ta\n\tb\n\tmine\n", raw, made)
    assert not is_nearer("  a\n  b\n  mine\n", raw, made)
    assert is_nearer(raw, raw, raw)


def test_a_statement_that_looks_like_an_import_is_none() -> None:
    ours = "export function a(x: string) {\n  let b = '';\n}\n"
    assert differ_in_layout_only(ours, 'export function a(x: string) {\n\tlet b = ""\n}\n')
    assert not differ_in_layout_only(ours, "let b = '';\nexport function a(x: string) {\n}\n")
