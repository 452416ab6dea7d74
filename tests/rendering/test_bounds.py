"""Templates of a stranger end, whatever they say: with one message that names them."""

from __future__ import annotations

import resource
import signal

import pytest

from scaffold.rendering import bounds
from scaffold.rendering.bounds import Budget
from scaffold.rendering.sandbox import Jinja, Language
from scaffold.support.errors import UserError


@pytest.fixture(autouse=True)
def little(monkeypatch: pytest.MonkeyPatch) -> None:
    """Less time and memory than a command has."""
    monkeypatch.setattr(bounds, "MORE", 300_000_000)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}", "time"),
        ("{{ '%999999999s' % 'a' }}", "memory"),
        ("{{ 'a' * 999999999 }}", "memory"),
        ("{{ [0] * 999999999 }}", "memory"),
        ("{{ 'a'.ljust(999999999) }}", "memory"),
        ("{{ 'a' | center(999999999) }}", "memory"),
    ],
)
def test_what_has_no_end_is_ended(text: str, says: str) -> None:
    jinja = Jinja(Language({"a": text}, {}))
    jinja._budget = Budget(0.3)
    limits = resource.getrlimit(resource.RLIMIT_AS), signal.getsignal(signal.SIGVTALRM)
    with pytest.raises(UserError, match=f"^the template `a` takes too much {says} to render$"):
        jinja.render("a", {})
    assert limits == (resource.getrlimit(resource.RLIMIT_AS), signal.getsignal(signal.SIGVTALRM))


def test_the_time_is_that_of_all_templates() -> None:
    jinja = Jinja(Language({"a": "{% for a in range(40000) %}{{ a }}{% endfor %}"}, {}))
    jinja._budget = Budget(0.2)
    with pytest.raises(UserError, match="too much time"):
        for _ in range(1000):
            jinja.render("a", {})


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("one\n{{ 1 / 0 }}", "`a`, line 2 cannot be rendered: ZeroDivisionError"),
        ("{% macro a() %}{{ a() }}{% endmacro %}{{ a() }}", "RecursionError"),
        ("{{ 'a' + 1 }}", "TypeError"),
        ("{{ 'é'.encode('ascii') }}", "UnicodeEncodeError"),
        ("{{ [1][2].b }}", "cannot be rendered: "),
    ],
)
def test_what_fails_is_named(text: str, says: str) -> None:
    with pytest.raises(UserError) as error:
        Jinja(Language({"a": text}, {})).render("a", {})
    assert says in error.value.message
