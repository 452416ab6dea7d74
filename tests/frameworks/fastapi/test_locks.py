"""What lock files keep, read as far as it matters here."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from scaffold.frameworks.fastapi.locks import locked

UV = """\
version = 1

[[package]]
name = "fastapi"
version = "0.115.6"
source = { registry = "https://pypi.org/simple" }
dependencies = [
    { name = "pydantic" },
]

[[package]]
name = "pydantic"
version = "2.7.4"
resolution-markers = ["python_full_version < '3.9'"]

[[package]]
name = "pydantic"
version = "2.12.0"

[[package]]
name = "shop"
version = "0"
source = { virtual = "." }
"""
PIPENV = {
    "default": {"sqlalchemy": {"extras": ["asyncio"], "version": "==2.0.30"}, "odd": 1},
    "develop": {"redis": {"version": "==5.2"}, "local": {"path": "."}},
}


@pytest.mark.parametrize(
    ("name", "text", "found"),
    [
        ("uv.lock", UV, {"fastapi": "0.115.6", "pydantic": "2.12.0", "shop": "0"}),
        (
            "poetry.lock",
            '\n[[package]]\r\nname = "SQL_Alchemy"\r\nversion = "2.1"\r\n',
            {"sql-alchemy": "2.1"},
        ),
        ("Pipfile.lock", json.dumps(PIPENV), {"sqlalchemy": "2.0.30", "redis": "5.2"}),
        ("uv.lock", "", {}),
        ("uv.lock", '[[package]]\nname = "fastapi"\nversion = "new"\n', {}),
        ("Pipfile.lock", '{"default": []}', {}),
        ("Pipfile.lock", "[" * 100_000, {}),
    ],
)
def test_versions(name: str, text: str, found: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(text.encode())
    assert locked([str(tmp_path)]) == {key: (version, name) for key, version in found.items()}


def test_the_nearest_lock_counts_and_none_outside(tmp_path: Path) -> None:
    top = tmp_path / "top"
    member = top / "apps/web"
    member.mkdir(parents=True)
    (top / "uv.lock").write_text(UV)
    folders = [str(member), str(member.parent), str(top)]
    assert locked(folders)["fastapi"] == ("0.115.6", "../../uv.lock")
    (tmp_path / "poetry.lock").write_text(UV)
    (member / "poetry.lock").symlink_to(tmp_path / "poetry.lock")
    assert locked(folders) == {}
