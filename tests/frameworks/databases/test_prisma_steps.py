"""The commands of somebody else's Prisma, by the scripts that they have."""

from __future__ import annotations

from pathlib import Path

import pytest

from scaffold.frameworks.databases.prisma_steps import migrations, steps
from scaffold.frameworks.package_managers import node_project
from tests.support.folders import written

FILES = {
    "prisma.config.ts": 'export default { schema: "prisma/schema" };\n',
    "prisma/schema/main.prisma": 'datasource db {\n  provider = "postgresql"\n}\n',
}


@pytest.mark.parametrize(
    ("scripts", "made", "expected"),
    [
        ("{}", True, ["npx prisma migrate dev --name grades", "npx prisma generate"]),
        (
            '{"db:generate": "prisma migrate dev", "postinstall": "prisma generate", "db:push": "prisma db push"}',
            True,
            ["npm run db:generate -- --name grades", "npx prisma generate"],
        ),
        (
            '{"db:push": "prisma db push", "gen": "dotenv prisma generate --no-hints"}',
            False,
            ["npm run db:push", "npm run gen"],
        ),
        (
            '{"db:push": "prisma db push", "build": "prisma generate && next build"}',
            True,
            ["npx prisma migrate dev --name grades", "npx prisma generate"],
        ),
    ],
)
def test_steps(scripts: str, made: bool, expected: list[str], tmp_path: Path) -> None:
    written(tmp_path, {**FILES, "package.json": f'{{"scripts": {scripts}}}'})
    if made:
        written(tmp_path, {"prisma/schema/migrations/1_a/migration.sql": ""})
    assert len(migrations(tmp_path)) == made
    assert steps(tmp_path, node_project(tmp_path), ["grades"]) == expected
