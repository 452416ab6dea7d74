"""Lists in a TOML text get longer and shorter; everything else stays, byte for byte."""

from __future__ import annotations

import pytest

from scaffold.dependencies.toml_text import extend, shorten

EXCLUDE = ("tool", "ruff", "extend-exclude")
OMIT = ("tool", "coverage", "run", "omit")


@pytest.mark.parametrize(
    ("text", "path", "longer"),
    [
        ("[tool.ruff]\na = 1\n", EXCLUDE, '[tool.ruff]\na = 1\nextend-exclude = ["x", "y"]\n'),
        (
            "[tool.ruff]\r\na = 1\r\n",
            EXCLUDE,
            '[tool.ruff]\r\na = 1\r\nextend-exclude = ["x", "y"]\r\n',
        ),
        (
            "[tool.ruff]\nextend-exclude = ['a']  # old\n\n[b]\n",
            EXCLUDE,
            '[tool.ruff]\nextend-exclude = [\'a\', "x", "y"]  # old\n\n[b]\n',
        ),
        (
            '[tool.ruff]\nextend-exclude = [\n  "a",\n]\n',
            EXCLUDE,
            '[tool.ruff]\nextend-exclude = [\n  "a",\n  "x",\n  "y",\n]\n',
        ),
        (
            '[tool.ruff.lint]\nselect = ["E"]\n',
            EXCLUDE,
            '[tool.ruff.lint]\nselect = ["E"]\n\n[tool.ruff]\nextend-exclude = ["x", "y"]\n',
        ),
        ("a = 1\n[b]\n", ("extend-exclude",), 'extend-exclude = ["x", "y"]\na = 1\n[b]\n'),
        ("a = 1\n", OMIT, 'a = 1\n\n[tool.coverage.run]\nomit = ["x", "y"]\n'),
        (
            '[tool.coverage]\nrun.source = ["a"]\n',
            OMIT,
            '[tool.coverage]\nrun.source = ["a"]\nrun.omit = ["x", "y"]\n',
        ),
    ],
)
def test_a_list_gets_longer_and_is_as_it_was_again(
    text: str, path: tuple[str, ...], longer: str
) -> None:
    assert extend(text, path, ["x", "y"]) == longer
    assert shorten(longer, path, ["x", "y"]) == text


@pytest.mark.parametrize(
    "text",
    ["[tool.ruff", "[tool]\nruff = {a = 1}\n", "tool = 3\n", "[tool.ruff]\nextend-exclude = 'a'\n"],
)
def test_a_list_that_has_no_certain_place(text: str) -> None:
    assert extend(text, EXCLUDE, ["x"]) is None
    assert shorten(text, EXCLUDE, ["x"]) == text
