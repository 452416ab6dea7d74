"""Dependencies added to pyproject.toml, Pipfile and requirements_txt.txt: additions only, as text."""

from __future__ import annotations

import tomllib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scaffold.dependencies import pyproject, requirements_txt
from scaffold.dependencies.pep508 import Added, Wanted, missing, parse, poetry_range, read_wanted
from scaffold.support.errors import UserError

WANTED = Wanted(
    ("fastapi==0.165.0", "sqlalchemy[asyncio]==2.1.9", 'tzdata==1; sys_platform == "win32"'),
    ("pytest==9.2.0",),
    ">=3.11",
)


def add(text: str) -> Added:
    merged = pyproject.add(text, WANTED, "pyproject.toml")
    again = pyproject.add(merged.text, WANTED, "pyproject.toml")
    assert again == (merged.text, merged.reports, merged.by_hand)
    # Every character of the user's is there, in its order.
    rest = iter(merged.text)
    assert all(character in rest for character in "".join(text.split()))
    return merged


def test_a_list_on_one_line() -> None:
    text = """\
[project]
name = "shop"  # ours
dependencies = ["fastapi>=0.100", "uvicorn"]  # keep
"""
    assert add(text).text == """\
[project]
name = "shop"  # ours
dependencies = ["fastapi>=0.100", "uvicorn",
    "sqlalchemy[asyncio]==2.1.9",
    'tzdata==1; sys_platform == "win32"',
]  # keep
"""


@pytest.mark.parametrize(("comma", "end"), [(",", ","), ("", "")])
def test_a_list_of_lines(comma: str, end: str) -> None:
    text = f"""\
[project]
dependencies = [
  # the framework
  'fastapi',
  'sqlalchemy[asyncio]>=2'{comma}  # pinned [later]
  # more to come
]
"""
    assert add(text).text == f"""\
[project]
dependencies = [
  # the framework
  'fastapi',
  'sqlalchemy[asyncio]>=2',  # pinned [later]
  'tzdata==1; sys_platform == "win32"'{end}
  # more to come
]
"""


@pytest.mark.parametrize(
    "text",
    [
        "[project]\nname = 'x'\n\n[tool.ruff]\n",
        "[project]\nname = 'x'\ndependencies = []\n",
        "[project]\nname = 'x'\ndependencies = [\n]\n",
        "[project]\nname = 'x'",
        "# [project]\n[project]\nname = '''\n[x]\n'''\n# the end\n",
        "[project]\nname = 'x'\ndependencies = [ 'fastapi'\n,\n 'x']\n",
        "[project]\nname = 'x'\ndependencies = [\"fastapi\"\n]\n[a]\n'b.c' = {d = [1, 2], e = {}}\n",
    ],
)
@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_every_shape_of_a_list(text: str, end: str, mark: str) -> None:
    merged = add(mark + text.replace("\n", end))
    data = tomllib.loads(merged.text.removeprefix("\ufeff").replace("\r\n", "\n"))
    assert set(WANTED.runtime[1:]) <= set(data["project"]["dependencies"])
    assert merged.text.startswith(mark + text[:8])
    assert end == "\n" or merged.text.count("\n") == merged.text.count(end)


def test_poetry() -> None:
    text = """\
[tool.poetry.dependencies]
python = "^3.11"
fastapi = "^0.165"
sqlalchemy = {version = "^2.1", extras = ["asyncio"]}

# tests
[tool.poetry.group.test.dependencies]
coverage = "*"
"""
    assert add(text) == (
        text.replace(
            '"asyncio"]}\n',
            '"asyncio"]}\ntzdata = {version = "==1", markers = "sys_platform == \'win32\'"}\n',
        )
        + 'pytest = "==9.2.0"\n',
        (),
        (),
    )


@pytest.mark.parametrize(
    "group",
    [
        "[dependency-groups]\ndev = ['coverage']",
        "[project.optional-dependencies]\ntest = ['coverage']",
        "[tool.uv]\ndev-dependencies = ['coverage']",
        "[tool.poetry.dev-dependencies]\ncoverage = '*'",
        "[dependency-groups]\ndev = []\nother = ['pytest>8']",
    ],
)
def test_groups(group: str) -> None:
    merged = add(f"[project]\nname = 'x'\n{group}\n")
    assert merged.by_hand == ()
    assert merged.text.count("pytest") == 1


def test_without_a_group() -> None:
    merged = add("[project]\nname = 'x'\n[project.optional-dependencies]\ndocs = []\n")
    assert merged.by_hand == ("add to the development dependencies: `pytest==9.2.0`",)


@pytest.mark.parametrize(
    "text",
    [
        "project.name = 'x'\n",
        "project = {name = 'x'}\n",
        "[project]\nname = 'x'\ndynamic = ['dependencies']\n",
        "[tool.poetry]\ndependencies.fastapi = '*'\n",
        "[tool.poetry]\ndependencies = {fastapi = '*'}\n",
        "[project]\r\nname = 'x'\n",
    ],
)
def test_where_there_is_no_safe_place(text: str) -> None:
    merged = add(text)
    assert merged.text == text
    assert merged.by_hand[0].startswith("add to the dependencies: ")
    assert "`sqlalchemy[asyncio]==2.1.9`" in merged.by_hand[0]


def test_another_version_is_reported_and_stays() -> None:
    text = """\
[project]
requires-python = ">=3.9"
dependencies = ["FastAPI==0.100.0", "SQLAlchemy[asyncio] >= 2", "tzdata @ https://x.org/t.whl"]
[dependency-groups]
dev = ["pytest"]
"""
    assert add(text) == (
        text,
        (
            "Python >=3.9 is allowed here, the generated code needs >=3.11",
            "`fastapi` is 0.100.0 here, scaffold was tested with 0.165.0"
            "; with an older one the application may not start",
            "`tzdata` is https://x.org/t.whl here, scaffold was tested with 1",
        ),
        (),
    )


@pytest.mark.parametrize(
    ("have", "report"),
    [
        ("fastapi", ""),
        ("fastapi<1", ""),
        ("fastapi!=0.120", ""),
        ("fastapi>=0.115", ""),
        ("fastapi==0.116.*", ""),
        ("fastapi>=0.109", "`fastapi` is >=0.109 here, the generated code needs >=0.115"),
        ("fastapi~=0.114.0", "`fastapi` is ~=0.114.0 here, the generated code needs >=0.115"),
        ("fastapi<0.115", "`fastapi` is <0.115 here, the generated code needs >=0.115"),
        (
            "fastapi @ git+https://x.org/f",
            "`fastapi` is git+https://x.org/f here, the generated code needs >=0.115",
        ),
    ],
)
def test_a_range_that_speaks_of_older_ones_is_reported(have: str, report: str) -> None:
    text = f'[project]\ndependencies = ["{have}"]\n'
    merged = pyproject.add(text, Wanted(("fastapi>=0.115",)), "pyproject.toml")
    assert merged == (text, tuple(filter(None, [report])), ())


def test_a_missing_extra_is_added_without_a_version() -> None:
    start = "[project]\ndependencies = ['fastapi', 'tzdata', 'sqlalchemy==1.4'"
    merged = add(f"{start}]\n")
    assert merged.text == f"{start},\n    'sqlalchemy[asyncio]',\n]\n"
    assert merged.reports == (
        "`sqlalchemy` is 1.4 here, scaffold was tested with 2.1.9"
        "; with an older one the application may not start",
    )


def test_a_missing_extra_in_a_table_is_for_the_user() -> None:
    text = "[tool.poetry.dependencies]\nfastapi = '*'\ntzdata = '*'\nsqlalchemy = '*'\n"
    merged = add(text)
    assert merged.text == text
    assert merged.by_hand[0] == "add to the dependencies: `sqlalchemy[asyncio]`"


def test_what_is_no_toml() -> None:
    with pytest.raises(UserError, match=r"`a\.toml` is not valid TOML.*line 2"):
        pyproject.add("[project]\nname = \n", WANTED, "a.toml")


def test_wanted_is_what_our_own_file_says() -> None:
    text = '[project]\nrequires-python = ">=3.11"\ndependencies = ["a==1"]\n'
    assert read_wanted(text) == (("a==1",), (), ">=3.11")
    extras = text + '[project.optional-dependencies]\ndev = ["b==2"]\n'
    assert read_wanted(extras).dev == ("b==2",)
    assert read_wanted(text + '[dependency-groups]\ndev = ["b==2"]\n').dev == ("b==2",)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("^1.2.3", ">=1.2.3,<2"),
        ("^0.2.3", ">=0.2.3,<0.3"),
        ("^0.0.3", ">=0.0.3,<0.0.4"),
        ("~1.2.3", ">=1.2.3,<1.3"),
        ("~1", ">=1,<2"),
        ("1.2", "==1.2"),
        ("*", ""),
        (">=1,<2", ">=1,<2"),
        ("1.*", "==1.*"),
    ],
)
def test_ranges_of_poetry(text: str, expected: str) -> None:
    assert poetry_range(text) == expected


REQUIREMENTS = """\
# web
fastapi[standard]==0.100 ; python_version > "3"  # old
-r base.txt
--requirement=more/dev.txt
-e git+https://example.org/x.git#egg=thing
sqlalchemy>=2 \\
    --hash=sha256:00
./local
https://example.org/a.whl
uvicorn"""


def test_lines_of_requirements() -> None:
    names = [item.name for item in requirements_txt.named(REQUIREMENTS)]
    assert names == ["fastapi", "thing", "sqlalchemy", "uvicorn"]
    assert requirements_txt.includes(REQUIREMENTS) == ["base.txt", "more/dev.txt"]
    assert requirements_txt.why_not(REQUIREMENTS) == "its lines carry hashes"
    made = "#\n# This file is autogenerated by pip-compile with Python 3.11\n#\nfastapi==1\n"
    assert requirements_txt.why_not(made) == "a tool makes it from another file"
    assert requirements_txt.why_not("fastapi\n") is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a\n", "a\nx==1\ny\n"),
        ("a", "a\nx==1\ny\n"),
        ("", "x==1\ny\n"),
        ("a\r\nb", "a\r\nb\r\nx==1\r\ny\r\n"),
        ("a \\\n", "a \\\n\nx==1\ny\n"),
        ("# end \\", "# end \\\n\nx==1\ny\n"),
    ],
)
def test_lines_are_added_at_the_end(text: str, expected: str) -> None:
    added = requirements_txt.add(text, ("x==1", "y"))
    assert added == expected
    names = [item.name for item in requirements_txt.named(added)]
    assert names[-2:] == ["x", "y"]
    assert requirements_txt.add(text, ()) == text


@pytest.mark.parametrize(
    ("have", "fine"),
    [
        ("a", True),
        ("A>=1", True),
        ("a==1.5", True),
        ("a==1.4", False),
        ("a<1", False),
        ("a[x]", True),
        ("a @ file:///a", False),
    ],
)
def test_what_admits_our_version(have: str, fine: bool) -> None:
    item = parse(have)
    assert item is not None
    absent, reports = missing([item], ["a==1.5"])
    assert absent == ()
    assert (reports == ()) == fine


VERSION = st.sampled_from(["==1", ">=2", "", "[x]>=1"])
ITEM = st.builds(str.__add__, st.sampled_from(["a", "b", "c", "fastapi", "pytest"]), VERSION)
COMMENT = st.sampled_from(["", "  # a, b]", "\n  # ' \" ["])


@st.composite
def lists(draw: Any) -> str:
    items = draw(st.lists(ITEM, max_size=4))
    mark = draw(st.sampled_from(["'", '"']))
    gap = draw(st.sampled_from(["", " ", "\n", "\n    "]))
    text = "["
    for index, item in enumerate(items):
        last = index == len(items) - 1
        comma = "," if not last or draw(st.booleans()) else ""
        note = draw(COMMENT) if "\n" in gap else ""
        text += f"{gap}{mark}{item}{mark}{comma}{note}"
    return text + ("\n" if "\n" in gap else draw(st.sampled_from(["", " "]))) + "]"


@given(lists(), lists(), st.sampled_from(["\n", "\r\n"]), st.booleans())
def test_any_lists(run: str, dev: str, end: str, groups_first: bool) -> None:
    parts = [
        f"[project]\nname = 'x'\ndependencies = {run}  # x",
        f"[dependency-groups]\ndev = {dev}",
    ]
    text = "\n\n".join(parts[::-1] if groups_first else parts).replace("\n", end)
    merged = add(text)
    assert merged.by_hand == ()
    before, after = tomllib.loads(text), tomllib.loads(merged.text)
    count = len(before["project"]["dependencies"])
    assert after["project"]["dependencies"][:count] == before["project"]["dependencies"]
    names = [item.split("==")[0] for item in after["project"]["dependencies"][count:]]
    assert names[-2:] == ["sqlalchemy[asyncio]", "tzdata"]
