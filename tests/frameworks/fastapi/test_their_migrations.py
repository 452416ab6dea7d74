"""Alembic of the project's own, beside our tables in the same database."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from scaffold.frameworks.fastapi.their_migrations import note_on_autogenerate

ENV = "target_metadata = Base.metadata\ncontext.configure(target_metadata=target_metadata)\n"


def note(root: Path, files: Mapping[str, str]) -> str | None:
    for path, text in files.items():
        place = root / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text)
    return note_on_autogenerate(root)


@pytest.mark.parametrize(
    ("files", "where"),
    [
        ({"alembic/env.py": ENV}, "alembic/env.py"),
        ({"app/alembic/env.py": ENV}, "app/alembic/env.py"),
        (
            {
                "alembic.ini": "[alembic]\nscript_location = %(here)s/db/steps\n",
                "db/steps/env.py": ENV,
            },
            "db/steps/env.py",
        ),
        (
            {"alembic.ini": "script_location = shop:steps\n", "shop/steps/env.py": ENV},
            "shop/steps/env.py",
        ),
        (
            {"app/alembic.ini": "script_location = ./steps\n", "app/steps/env.py": ENV},
            "app/steps/env.py",
        ),
        (
            {"pyproject.toml": '[tool.alembic]\nscript_location = "steps"\n', "steps/env.py": ENV},
            "steps/env.py",
        ),
    ],
)
def test_where_it_is(tmp_path: Path, files: Mapping[str, str], where: str) -> None:
    found = note(tmp_path, files)
    assert found and found.startswith(
        f"{where}: `alembic revision --autogenerate` of yours would drop"
    )
    assert 'kind != "table" or name in target_metadata.tables`' in found


def test_the_name_of_their_metadata(tmp_path: Path) -> None:
    env = "context.configure(connection=c, target_metadata=SQLModel.metadata)\n"
    assert "name in SQLModel.metadata.tables" in (note(tmp_path, {"alembic/env.py": env}) or "")


@pytest.mark.parametrize(
    "files",
    [
        {},
        {"alembic/env.py": f"{ENV}# include_name=ours\n"},
        {"alembic/env.py": "target_metadata = None\n".replace("None", "'x'")},
        {"alembic.ini": "script_location = ../outside\n"},
        {"alembic.ini": "script_location = \0\n"},
        {"alembic.ini/x": "", "alembic/env.py/x": ""},
    ],
)
def test_nothing_to_say(tmp_path: Path, files: Mapping[str, str]) -> None:
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside/env.py").write_text(ENV)
    (tmp_path / "project").mkdir()
    (tmp_path / "project/migrations").symlink_to(tmp_path / "outside")
    assert note(tmp_path / "project", files) is None
