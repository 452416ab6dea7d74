"""Somebody else's Prisma: what shows it, what is taken from it, and when it does not fit."""

from __future__ import annotations

import os
import time
from dataclasses import replace
from pathlib import Path

import pytest

from scaffold.frameworks.databases.prisma import (
    findings,
    found,
    is_ours,
    settled,
    shown_by,
)
from scaffold.support.errors import UserError
from tests.support.folders import written
from tests.support.prisma import CONFIG, DATASOURCE, GENERATOR
from tests.support.projects import AGENTS, CHECKOUT, manifest_of


@pytest.mark.parametrize(
    ("files", "path"),
    [
        ({}, None),
        ({"prisma/schema.prisma": ""}, "prisma/schema.prisma"),
        ({"prisma/schema/user.prisma": ""}, "prisma/schema/user.prisma"),
        ({"prisma/models.prisma": "", "prisma.config.ts": ""}, "prisma/models.prisma"),
        ({"schema.prisma": ""}, "schema.prisma"),
        ({".config/prisma.ts": ""}, ".config/prisma.ts"),
        (
            {"package.json": '{"prisma": {"schema": "./db/a.prisma"}}', "db/a.prisma": ""},
            "db/a.prisma",
        ),
        ({"package.json": '{"prisma": {"schema": "./db/b.prisma"}}'}, None),
        ({"package.json": '{"prisma": 7}'}, None),
        ({"prisma/seed.ts": ""}, None),
    ],
)
def test_what_shows_it(files: dict[str, str], path: str | None, tmp_path: Path) -> None:
    written(tmp_path, files)
    assert shown_by(tmp_path) == path


def test_what_scaffold_wrote_is_none_of_theirs(tmp_path: Path) -> None:
    templates = CHECKOUT
    document = next(path for path in AGENTS if path.stem == "prisma")
    tree = templates.render(manifest_of(document, templates))
    assert not is_ours(tmp_path)
    written(tmp_path, {path: text for path, text in tree.items() if "prisma" in path})
    assert is_ours(tmp_path)
    assert shown_by(tmp_path) is None


def test_a_link_is_seen_and_not_followed(tmp_path: Path) -> None:
    (tmp_path / "prisma").mkdir()
    os.symlink("/nowhere", tmp_path / "prisma/schema.prisma")
    assert shown_by(tmp_path) == "prisma/schema.prisma"


FILES = {
    "prisma.config.ts": CONFIG,
    "prisma/schema/main.prisma": GENERATOR + DATASOURCE,
    "src/lib/db.ts": "export const prisma = new PrismaClient();\n",
    # What makes no client of the app.
    "src/generated/prisma/client.ts": "export const prisma = new PrismaClient();\n",
    "prisma/seed.ts": "export const prisma = new PrismaClient();\n",
    "tests/support/client.ts": "export const prisma = new PrismaClient();\n",
}


def test_what_is_taken(tmp_path: Path) -> None:
    written(tmp_path, FILES)
    assert found(tmp_path, "src", "@/") == {
        "prisma_schema": "prisma/schema",
        "prisma_client": "../generated/prisma/client",
        "db": "@/lib/db#prisma",
    }
    assert all(one.ok for one in findings(tmp_path, "src", "@/"))


SIX = {
    "package.json": '{"dependencies": {"@prisma/client": "^6.16.0"}}',
    "prisma/schema.prisma": GENERATOR.replace("../../src", "../src") + DATASOURCE,
    "src/lib/db.ts": FILES["src/lib/db.ts"],
}


def test_what_is_taken_of_prisma_6(tmp_path: Path) -> None:
    written(tmp_path, SIX)
    taken = {
        "prisma": "6",
        "prisma_schema": "prisma",
        "prisma_client": "../generated/prisma/client",
        "db": "@/lib/db#prisma",
    }
    assert found(tmp_path, "src", "@/") == taken
    templates = CHECKOUT
    document = next(path for path in AGENTS if path.stem == "prisma")
    manifest = replace(manifest_of(document, templates), service=False, host=taken)
    assert settled(tmp_path, manifest).host == taken
    # After an upgrade what was said of 6 is no longer true; 7 has no schema in package.json.
    written(tmp_path, {"package.json": '{"dependencies": {"@prisma/client": "^7.0.0"}}'})
    written(tmp_path, {"prisma.config.ts": 'export default { schema: "prisma" };\n'})
    assert settled(tmp_path, manifest).host == {k: v for k, v in taken.items() if k != "prisma"}


@pytest.mark.parametrize(
    ("source", "output", "client"),
    [
        (".", "../../generated/prisma", "../generated/prisma/client"),
        ("src", "../../generated/prisma", "../../generated/prisma/client"),
        ("src", "./client", "../../prisma/schema/client/client"),
        ("src", "../../../away", ""),
        ("src", "../../src/it's", ""),
    ],
)
def test_where_the_client_is_generated(
    source: str, output: str, client: str, tmp_path: Path
) -> None:
    written(tmp_path, FILES)
    written(
        tmp_path,
        {
            "prisma/schema/main.prisma": DATASOURCE
            + GENERATOR.replace("../../src/generated/prisma", output)
        },
    )
    assert found(tmp_path, source, "").get("prisma_client", "") == client


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ('"postgresql"', '"sqlite"', "your Prisma speaks `sqlite` (prisma/schema/main.prisma)"),
        ('"postgresql"', '"mongodb"', "your Prisma speaks `mongodb`"),
        ('"postgresql"', '"cockroachdb"', "your Prisma speaks `cockroachdb`"),
        ('"postgresql"\n', '"postgresql"\n  relationMode = "prisma"\n', "`relationMode`"),
        ('"postgresql"\n', '"postgresql"\n  schemas = ["a", "b"]\n', "several schemas"),
        ('"prisma-client"', '"prisma-client-js"', "generates JavaScript into a folder"),
        ('"prisma-client"', '"prisma-client-py"', "has no generator"),
        ('"prisma-client"\n', '"prisma-client"\n  runtime = "workerd"\n', "a client for `workerd`"),
        ("generator client {", GENERATOR + "generator other {", "several generators"),
        ("datasource db {", DATASOURCE + "datasource other {", "no datasource"),
    ],
)
def test_what_does_not_fit(old: str, new: str, why: str, tmp_path: Path) -> None:
    written(tmp_path, FILES)
    text = FILES["prisma/schema/main.prisma"]
    assert old in text
    written(tmp_path, {"prisma/schema/main.prisma": text.replace(old, new)})
    assert found(tmp_path, "src", "@/") == {}
    templates = CHECKOUT
    document = next(path for path in AGENTS if path.stem == "prisma")
    with pytest.raises(UserError) as refused:
        settled(tmp_path, manifest_of(document, templates))
    assert why in str(refused.value)
    assert "--set stack.orm=drizzle" in str(refused.value.hint)
    (said,) = findings(tmp_path, "src", "@/")
    assert said.ok and "a database of their own, as" in said.what


def test_odd_text_is_read_in_time(tmp_path: Path) -> None:
    began = time.monotonic()
    for text in (
        "model A {\n" * 9000,
        "generator a {" + " " * 90_000,
        '"' * 90_000,
        "a = [" * 18_000,
    ):
        written(tmp_path, {**FILES, "prisma/schema/odd.prisma": text})
        found(tmp_path, "src", "@/")
    for text in ("const a: " * 10_000, "new PrismaClient(" * 6_000, "const a = () =>\n" * 6_000):
        written(tmp_path, {**FILES, "src/odd.ts": "new PrismaClient()\n" + text})
        found(tmp_path, "src", "@/")
    assert time.monotonic() - began < 5
