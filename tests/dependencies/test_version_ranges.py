"""Ranges of versions: where they begin and where they end."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.specifiers import SpecifierSet

from scaffold.dependencies.version_ranges import Bounds, npm_bounds, numbers, pep440_bounds


@pytest.mark.parametrize(
    ("text", "version"),
    [
        ("3.24.1", (3, 24, 1)),
        ("v4", (4, 0, 0)),
        ("5.0.0-beta.25", (5, 0, 0)),
        ("2.14.0b1", (2, 14, 0)),
        ("1!2.0", None),
        ("latest", None),
        ("9" * 5000, None),
        ("", None),
    ],
)
def test_a_version(text: str, version: tuple[int, int, int] | None) -> None:
    assert numbers(text) == version


@pytest.mark.parametrize(
    ("text", "bounds"),
    [
        ("^3.24.1", Bounds((3, 24, 1), (4, 0, 0))),
        ("^0.31.4", Bounds((0, 31, 4), (0, 32, 0))),
        ("^0.0.3", Bounds((0, 0, 3), (0, 0, 4))),
        ("^0", Bounds((0, 0, 0), (1, 0, 0))),
        ("~3.24", Bounds((3, 24, 0), (3, 25, 0))),
        ("~3", Bounds((3, 0, 0), (4, 0, 0))),
        ("3.24.1", Bounds((3, 24, 1), (3, 24, 2))),
        ("=3", Bounds((3, 0, 0), (4, 0, 0))),
        ("3.x", Bounds((3, 0, 0), (4, 0, 0))),
        ("3.*.*", Bounds((3, 0, 0), (4, 0, 0))),
        ("*", Bounds()),
        ("", Bounds()),
        ("latest", Bounds()),
        (">=3", Bounds((3, 0, 0))),
        (">3.24", Bounds((3, 25, 0))),
        (">=3 <4", Bounds((3, 0, 0), (4, 0, 0))),
        (">= 3.1.0  < 3.9.0", Bounds((3, 1, 0), (3, 9, 0))),
        ("<=3.24", Bounds((0, 0, 0), (3, 25, 0))),
        ("3.1 - 3.9", Bounds((3, 1, 0), (3, 10, 0))),
        ("^3.25 || ^4", Bounds((3, 25, 0), (5, 0, 0))),
        ("3 || >=4.1", Bounds((3, 0, 0))),
        ("5.0.0-beta.25", Bounds((5, 0, 0), (5, 0, 1))),
        ("npm:zod@^3.1", Bounds((3, 1, 0), (4, 0, 0))),
        ("npm:other@^3.1", None),
        ("workspace:*", None),
        ("catalog:", None),
        ("beta", None),
        ("github:colinhacks/zod", None),
        ("^3 || next", None),
        ("^" * 100, None),
        ("1 " * 5000, None),
    ],
)
def test_a_range_of_npm(text: str, bounds: Bounds | None) -> None:
    assert npm_bounds(text, "zod") == bounds


@pytest.mark.parametrize(
    ("text", "bounds"),
    [
        ("", Bounds()),
        (">=0.109", Bounds((0, 109, 0))),
        ("==0.100", Bounds((0, 100, 0), (0, 100, 1))),
        ("==2.*", Bounds((2, 0, 0), (3, 0, 0))),
        ("~=2.6", Bounds((2, 6, 0), (3, 0, 0))),
        ("~=2.6.1", Bounds((2, 6, 1), (2, 7, 0))),
        (">=2,<3,!=2.1", Bounds((2, 0, 0), (3, 0, 0))),
        ("<2", Bounds((0, 0, 0), (2, 0, 0))),
        ("===2.14", Bounds()),
    ],
)
def test_a_range_of_python(text: str, bounds: Bounds) -> None:
    assert pep440_bounds(SpecifierSet(text)) == bounds


@given(st.text(alphabet="0123456789.^~<>=|xX*- va@:", max_size=40))
def test_any_text_is_a_range_or_none(text: str) -> None:
    bounds = npm_bounds(text)
    assert bounds is None or len(bounds.lowest) == 3
