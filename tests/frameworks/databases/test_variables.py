"""The variable of somebody else's PostgreSQL."""

from __future__ import annotations

from pathlib import Path

import pytest

from scaffold.frameworks.databases.variables import found, is_taken
from tests.support.folders import written

PG = {"package.json": '{"dependencies": {"pg": "^8.0.0"}}'}
VERCEL = {"package.json": '{"dependencies": {"@vercel/postgres": "^0.10.0"}}'}


@pytest.mark.parametrize(
    ("files", "name"),
    [
        (PG, None),
        ({**PG, "lib/db.ts": "new Pool({ url: process.env.POSTGRES_URL });"}, "POSTGRES_URL"),
        ({**PG, "lib/db.ts": "env['PG_URL'] // DATABASE_URL"}, "PG_URL"),
        ({**PG, "lib/db.ts": "process.env.POSTGRES_URL ?? process.env.DATABASE_URL"}, None),
        ({**PG, "lib/db.ts": "process.env.MY_POSTGRES_URL"}, None),
        ({**PG, ".env.example": "POSTGRES_URL=postgres://…\n"}, "POSTGRES_URL"),
        ({**PG, ".env.sample": "DATABASE_URL=\n", "a.ts": "env.POSTGRES_URL"}, None),
        ({"lib/db.ts": "process.env.POSTGRES_URL"}, None),
        (VERCEL, "POSTGRES_URL"),
        ({"package.json": "[]"}, None),
        ({"package.json": '{"dependencies": "pg"}'}, None),
    ],
)
def test_its_name(files: dict[str, str], name: str | None, tmp_path: Path) -> None:
    assert found(written(tmp_path, files)) == name


@pytest.mark.parametrize(
    ("files", "taken"),
    [
        ({"package.json": "{}"}, False),
        ({"package.json": "{}", "lib/db.ts": "process.env.DATABASE_URL"}, True),
        ({"package.json": "{}", ".env.schema": "DATABASE_URL=\n"}, True),
        ({"package.json": "{}", ".env.example": "MY_DATABASE_URL=\n"}, False),
        (
            {
                "package.json": '{"dependencies": {"@libsql/client": "0.17.0"}}',
                "lib/db.ts": "process.env.DATABASE_URL",
            },
            False,
        ),
    ],
)
def test_whether_the_usual_one_is_theirs(
    files: dict[str, str], taken: bool, tmp_path: Path
) -> None:
    written(tmp_path, files)
    assert is_taken(tmp_path) is taken
