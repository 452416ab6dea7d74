"""The short ways of our sandbox: the same texts, and the same refusals, as Jinja's own gives."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from jinja2 import DictLoader, TemplateError
from jinja2.sandbox import SandboxedEnvironment

from scaffold.rendering.sandbox import Jinja, Language, Sandbox
from scaffold.support.errors import UserError

LIBRARY = """\
{% macro twice(text, end="!") %}{{ text }}{{ text }}{{ end }}{% endmacro %}
{% macro all() %}{{ varargs | join("-") }}{{ kwargs.x }}{% endmacro %}
{% macro around() %}<{{ caller() }}>{% endmacro %}
{% set number = 3 %}{% set _hidden = 4 %}
"""
EXPRESSIONS = [
    "{{ item.name }} {{ item.none }} {{ item.none is defined }} {{ item.items | length }} {{ item.keys() | list }}",
    "{{ item.get('name') }} {{ item.get('no', 'default') }} {{ item['name'] }} {{ item.none.deeper }}",
    "{{ name.upper() }} {{ name.nothing }} {{ name.format(1) }} {{ '{0.__class__}'.format(name) }}",
    "{{ '{x}'.format_map({'x': 1}) }} {{ name.format }}",
    "{{ name.__class__ }} {{ item.__class__ }} {{ ''.__class__.__mro__ }}",
    "{{ lib.twice('<') }} {{ lib.twice('a', end='?') }} {{ lib.number }} {{ lib.none }} {{ lib._hidden }}",
    "{{ lib.twice() }} {{ lib.all(1, 2, x=3) }} {{ lib.__name__ }}",
    "{{ lib.twice('a', 'b', 'c') }}",
    "{{ lib.twice('a', other=1) }}",
    "{% call lib.around() %}in{% endcall %}",
    "{% set ns = namespace(a=1, f='x'.format) %}{% for x in [1, 2] %}{% set ns.a = ns.a + x %}"
    "{{ lib.twice(x) }}{{ loop.last }}{{ loop.index }}{{ loop.nextitem }}{% endfor %}"
    "{{ ns.a }}{{ ns.none }}{{ ns.f('{}') }}",
    "{% macro own(x) %}{{ x }}{% if x %}{{ own(x - 1) }}{% endif %}{% endmacro %}{{ own(3) }}{{ own.name }}",
    "{{ ns_unsafe.mro }} {{ lib.twice.__call__ }}",
    "{{ item.name() }}",
    "{{ cycler(1, 2).next() }} {{ joiner(',')() }} {{ range(3) | list }} {{ dict(a=1).a }}",
]


def told(kind: type[SandboxedEnvironment], text: str, escapes: bool) -> str:
    loader = DictLoader({"lib": LIBRARY, "t": "{% import 'lib' as lib %}" + text})
    environment = kind(loader=loader, autoescape=escapes)
    variables: dict[str, Any] = {
        "item": {"name": "x", "items": [1]},
        "name": "abc",
        "ns_unsafe": type,
    }
    try:
        return environment.get_template("t").render(variables)
    except (TemplateError, TypeError) as error:
        return f"{type(error).__name__}: {error}"


@pytest.mark.parametrize("escapes", [False, True])
@pytest.mark.parametrize("text", EXPRESSIONS)
def test_as_jinja_says(text: str, escapes: bool) -> None:
    # Up to the address of an object.
    expected = told(SandboxedEnvironment, text, escapes).split(" at 0x")[0]
    assert told(Sandbox, text, escapes).split(" at 0x")[0] == expected


@pytest.mark.parametrize(
    "text", ["{% include 'parts/id/x.jinja' %}", "{% import 'parts/id/' ~ value as id %}"]
)
def test_a_part_that_is_not_there(text: str) -> None:
    jinja = Jinja(Language({"a.ts.jinja": text}, {}))
    with pytest.raises(UserError, match=r"^the templates have no `parts/id/x\.jinja`, .*`a\.ts"):
        jinja.render("a.ts.jinja", {"value": "x.jinja"})


HOSTILE = "if (!session && !open)"
GUARD = "one\n{% if true %}\n  if (!session && !open) refuse();\n{% endif %}\ntwo\n"


@pytest.mark.parametrize("first", [{"trim_blocks": True}, {"lstrip_blocks": True}, {}])
def test_compiled_code_of_one_source_is_none_of_another(
    first: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    options = [first, {}, {"trim_blocks": True, "lstrip_blocks": True}, {"lstrip_blocks": True}]
    alone = []
    for number, one in enumerate(options):
        monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / str(number)))
        alone.append(Jinja(Language({"a": GUARD}, one)).render("a", {}))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "shared"))
    assert [Jinja(Language({"a": GUARD}, one)).render("a", {}) for one in options] == alone
    assert [Jinja(Language({"a": GUARD}, one)).render("a", {}) for one in options] == alone


@pytest.mark.parametrize(
    "options",
    [
        {"line_comment_prefix": HOSTILE},
        {"autoescape": True},
        {"block_start_string": "[%"},
        {"trim_blocks": "yes"},
        {"extensions": ["os.path"]},
    ],
)
def test_options_that_change_what_a_text_means_are_refused(options: dict[str, Any]) -> None:
    with pytest.raises(UserError, match=f"has `{next(iter(options))}`, which scaffold does not"):
        Jinja(Language({"a": GUARD}, options))
