"""The variable of somebody else's PostgreSQL."""

from __future__ import annotations

from pathlib import Path

import pytest

from scaffold.frameworks.databases.variables import found
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
