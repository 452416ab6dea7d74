"""Where the schema of somebody else's Prisma lies, and what it says."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from scaffold.frameworks.databases.prisma_schema import (
    blocks_in,
    find,
    migrations_of,
    with_folder,
)
from tests.support.folders import written

CONFIG = (
    'import { defineConfig } from "prisma/config";\n\nexport default defineConfig({\n  %s\n});\n'
)


@pytest.mark.parametrize(
    ("files", "place"),
    [
        ({"prisma/schema.prisma": ""}, "prisma/schema.prisma"),
        ({"schema.prisma": ""}, "schema.prisma"),
        (
            {"prisma.config.ts": CONFIG % "migrations: {},", "prisma/schema.prisma": ""},
            "prisma/schema.prisma",
        ),
        (
            {"prisma.config.ts": CONFIG % 'schema: "./db/a.prisma",', "db/a.prisma": ""},
            "db/a.prisma",
        ),
        ({"prisma.config.ts": CONFIG % 'schema: "db",', "db/a.prisma": ""}, "db"),
        (
            {
                "prisma.config.ts": CONFIG % 'schema: path.join("db", "models"),',
                "db/models/a.prisma": "",
            },
            "db/models",
        ),
        ({"prisma.config.ts": CONFIG % 'schema: join(__dirname, "db"),', "db/a.prisma": ""}, "db"),
        ({".config/prisma.ts": CONFIG % 'schema: "../db",', "db/a.prisma": ""}, "db"),
        ({"package.json": '{"prisma": {"schema": "./db"}}', "db/a.prisma": ""}, "db"),
        (
            {
                "package.json": '{"scripts": {"db": "prisma generate --schema=./prisma/schema.prisma"}}',
                "prisma/schema.prisma": "",
            },
            "prisma/schema.prisma",
        ),
    ],
)
def test_where_it_lies(files: dict[str, str], place: str, tmp_path: Path) -> None:
    written(tmp_path, files)
    schema = find(tmp_path)
    assert (schema.place, schema.why) == (place, "")
    assert schema.is_folder is not place.endswith(".prisma")


@pytest.mark.parametrize(
    ("files", "why"),
    [
        ({}, "no schema.prisma is there"),
        ({"prisma.config.ts": "export default config();\n"}, "not a plain object"),
        ({"prisma.config.ts": CONFIG % "...base,"}, "not a plain object"),
        ({"prisma.config.ts": CONFIG % "schema: where(),"}, "not a plain path"),
        ({"prisma.config.ts": CONFIG % 'schema: join("db", name),'}, "not a plain path"),
        ({"prisma.config.ts": "export default {a: `${`"}, "prisma.config.ts"),
        ({"prisma.config.ts": CONFIG % 'schema: "../db",'}, "`../db` is no schema in this project"),
        ({"prisma.config.ts": CONFIG % 'schema: "/etc",'}, "`/etc` is no schema in this project"),
        ({"package.json": '{"prisma": {"schema": "a\\u0000b"}}'}, "is no schema in this project"),
        (
            {
                "package.json": '{"scripts": {"db": "prisma db push --schema db/a.prisma"}}',
                "schema.prisma": "",
            },
            "names another schema, `db/a.prisma`",
        ),
    ],
)
def test_where_it_cannot_be_told(files: dict[str, str], why: str, tmp_path: Path) -> None:
    written(tmp_path, files)
    schema = find(tmp_path)
    assert (schema.place, schema.blocks) == ("", ())
    assert why in schema.why


def test_a_link_out_of_the_project_is_no_schema(tmp_path: Path) -> None:
    written(tmp_path, {"away/a.prisma": "model A {\n}\n", "app/prisma/b.txt": ""})
    os.symlink(tmp_path / "away", tmp_path / "app/prisma/schema")
    written(tmp_path / "app", {"prisma.config.ts": CONFIG % 'schema: "prisma/schema",'})
    assert "is no schema in this project" in find(tmp_path / "app").why


def test_what_it_says() -> None:
    text = (
        '// model No {\n// }\ngenerator client {\r\n  provider = "prisma-client" // here\n'
        '  previewFeatures = ["a", "b"]\n}\n\nmodel Order {\n  id Int @id\n  url String @default("a//b")\n\n'
        '  @@map("orders")\n}\n\nmodel Plain {\n  id Int @id\n}\n'
    )
    generator, order, plain = blocks_in("a.prisma", text)
    assert generator.values == {"provider": "prisma-client", "previewFeatures": '["a", "b"]'}
    assert (order.kind, order.name, order.table) == ("model", "Order", "orders")
    assert plain.table == "Plain"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('schema: "./prisma/schema.prisma",', 'schema: "./prisma",'),
        ("schema: 'prisma/schema.prisma',", "schema: 'prisma',"),
        ('schema: path.join("prisma", "schema.prisma"),', 'schema: "prisma",'),
        ('migrations: { path: "m" },', 'schema: "prisma",\n  migrations: { path: "m" },'),
        ('// what\n  "engine": "js",', '// what\n  schema: "prisma",\n  "engine": "js",'),
    ],
)
def test_a_folder_in_place_of_a_file(before: str, after: str) -> None:
    text = with_folder("prisma.config.ts", CONFIG % before, "prisma/schema.prisma")
    assert text == CONFIG % after


def test_a_config_that_cannot_be_changed() -> None:
    for text in ("export default {};\n", "export default make();\n", CONFIG % "...base,"):
        assert with_folder("prisma.config.ts", text, "prisma/schema.prisma") is None


@pytest.mark.parametrize(
    ("config", "folder"),
    [
        ('schema: "prisma/schema",', "prisma/schema/migrations"),
        ('schema: "prisma/schema", migrations: { path: "db/migrations" },', "db/migrations"),
        ('schema: "prisma/schema", migrations: { path: where() },', ""),
    ],
)
def test_migrations(config: str, folder: str, tmp_path: Path) -> None:
    written(
        tmp_path,
        {
            "prisma.config.ts": CONFIG % config,
            "prisma/schema/a.prisma": 'datasource db {\n  provider = "postgresql"\n}\n',
        },
    )
    assert migrations_of(tmp_path, find(tmp_path)) == folder
