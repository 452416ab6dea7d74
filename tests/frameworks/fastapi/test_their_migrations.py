"""Alembic of the project's own, beside our tables in the same database."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from scaffold.frameworks.fastapi.their_migrations import leave_ours_alone, take_back
from scaffold.planning.plan import Plan

AFTER = """\
target_metadata = Base.metadata
context.configure(
    target_metadata=target_metadata,
    include_name=lambda name, kind, _: (
        kind != "table" or name in target_metadata.tables
    ),
)
"""
ENV = "target_metadata = Base.metadata\ncontext.configure(target_metadata=target_metadata)\n"


def added(root: Path, files: Mapping[str, str]) -> Plan:
    for path, text in files.items():
        place = root / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text)
    return leave_ours_alone(root, Plan(()))


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
    plan = added(tmp_path, files)
    (change,), (said,) = plan.changes, plan.notes
    assert change.path == where
    assert change.after == AFTER.encode()
    assert said.startswith(f"{where}: `alembic revision --autogenerate` of yours would drop")
    assert said.endswith("leaves them alone now")
    (tmp_path / where).write_bytes(change.after)
    assert leave_ours_alone(tmp_path, Plan(())) == Plan(())
    (back,) = take_back(tmp_path, Plan(())).changes
    assert b"include_name" not in (back.after or b"")


def test_the_name_of_their_metadata(tmp_path: Path) -> None:
    env = "context.configure(connection=c, target_metadata=SQLModel.metadata)\n"
    (change,) = added(tmp_path, {"alembic/env.py": env}).changes
    assert b"name in SQLModel.metadata.tables\n    ),\n" in (change.after or b"")


def test_a_call_that_is_open_gets_one_line(tmp_path: Path) -> None:
    head = "def run():\r\n    context.configure(\r\n"
    env = f"{head}        url=url,  # theirs\r\n        target_metadata=metadata,\r\n    )\r\n"
    (tmp_path / "alembic").mkdir()
    (tmp_path / "alembic/env.py").write_bytes(env.encode())
    (change,) = leave_ours_alone(tmp_path, Plan(())).changes
    line = (
        '        include_name=lambda name, kind, _: kind != "table" or name in metadata.tables,\r\n'
    )
    assert (change.after or b"").decode() == env.replace(
        "(\r\n        url", f"(\r\n{line}        url"
    )
    (tmp_path / "alembic/env.py").write_bytes(change.after or b"")
    (back,) = take_back(tmp_path, Plan(())).changes
    assert back.after == env.encode()


@pytest.mark.parametrize(
    ("config", "wrapped"),
    [
        ("", True),
        ("[tool.ruff]\nline-length = 88\n", True),
        ("[tool.black]\nline-length = 120\n", False),
        ("[tool.ruff]\nline-length = 100\n", False),
    ],
)
def test_a_line_is_as_wide_as_theirs_may_be(tmp_path: Path, config: str, wrapped: bool) -> None:
    env = (
        "target_metadata = M\n\n\ndef run():\n    context.configure(\n"
        "        url=a_rather_long_function_for_the_address(),\n        target_metadata=target_metadata,\n    )\n"
    )
    files = {"alembic/env.py": env, "pyproject.toml": config}
    (change,) = added(tmp_path, files).changes
    after = (change.after or b"").decode()
    assert ("_: (\n            kind" in after) is wrapped
    assert all(len(line) <= (88 if wrapped else 100) for line in after.splitlines())
    black = [sys.executable, "-m", "black", "-q", "--check", "-l", "88" if wrapped else "100", "-"]
    assert subprocess.run(black, input=after, text=True).returncode == 0
    (tmp_path / "alembic/env.py").write_text(after)
    (back,) = take_back(tmp_path, Plan(())).changes
    assert (back.after or b"").decode() == env


@pytest.mark.parametrize(
    "env",
    [
        "target_metadata = M\ncontext.configure(target_metadata=M)  # the only one\n",
        "target_metadata = M\nset_up(context)\n",
        "target_metadata = M\nif:\n",
        "target_metadata = M\nx = 1; context.configure(\n    url=u, target_metadata=M); y = 2\n",
    ],
)
def test_a_call_without_a_certain_place_is_said(tmp_path: Path, env: str) -> None:
    plan = added(tmp_path, {"alembic/env.py": env})
    assert plan.changes == ()
    assert 'add `include_name=lambda name, kind, _: kind != "table"' in plan.notes[0]


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
    assert added(tmp_path / "project", files) == Plan(())
