"""Tokens and object literals of JavaScript."""

from __future__ import annotations

import time

import pytest

from scaffold.frameworks.databases.javascript import (
    Unreadable,
    default_export,
    properties,
    strings,
    tokens,
)


def _exported(text: str) -> dict[str | None, list[str] | None]:
    found = properties(default_export(tokens(text)) or ())
    assert found is not None
    return {one.name: strings(one.value) for one in found}


@pytest.mark.parametrize(
    "text",
    [
        "export default {a: 'x'}",
        "export default { a: 'x', } satisfies Config;",
        "export default defineConfig({ 'a': \"x\" });",
        "const config: Config = { a: `x` };\nexport default config;",
        "const config = defineConfig({ a: 'x' })\nexport default config",
        "module.exports = { a: 'x' };",
        "/* { */ import { b } from 'c'; // export default {}\nexport default { /* , */ a: 'x' };",
        "if (!x) throw new Error(`no ${ {a: '}'}.a } here`);\nexport default { a: 'x' };",
        "const r = /['\"{]/g;\nexport default { a: 'x' }",
    ],
)
def test_what_a_module_exports(text: str) -> None:
    assert _exported(text) == {"a": ["x"]}


def test_values() -> None:
    text = (
        "export default {a: ['x', 'y',], b: [x], c: f('d'), ...more, e, g() { return {} }, h: ''}"
    )
    assert _exported(text) == {
        "a": ["x", "y"],
        "b": None,
        "c": None,
        None: None,
        "e": None,
        "g": None,
        "h": [""],
    }


@pytest.mark.parametrize(
    "text", ["", "export default f", "export default x({", "const a = a; export default a", "]){"]
)
def test_nothing_certain(text: str) -> None:
    assert properties(default_export(tokens(text)) or ()) is None


def test_a_template_without_an_end() -> None:
    with pytest.raises(Unreadable):
        tokens("const a = `${")


@pytest.mark.parametrize("text", ["/*" * 50_000, "`" * 50_000, "'" * 50_000, "{[(" * 30_000])
def test_odd_texts_take_no_time(text: str) -> None:
    began = time.process_time()
    properties(default_export(tokens(f"export default {text}")) or ())
    assert time.process_time() - began < 2


def test_a_text_is_read_once() -> None:
    text = "export default { schema: 'once' };\n"
    assert tokens(text) is tokens(text)
