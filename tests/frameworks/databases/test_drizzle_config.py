"""The config of somebody else's Drizzle, read and changed as text."""

from __future__ import annotations

import difflib
from pathlib import Path

import pytest

from scaffold.frameworks.databases.drizzle_config import (
    find,
    has_entry,
    read,
    with_entry,
    without_entry,
)

ENTRY = "./src/api-db/schema/*.ts"
T3 = """import { type Config } from "drizzle-kit";

import { env } from "~/env";

export default {
  schema: "./src/server/db/schema.ts",
  dialect: "postgresql",
  dbCredentials: {
    url: env.DATABASE_URL,
  },
  tablesFilter: ["shop_*"],
} satisfies Config;
"""


def test_what_a_config_says() -> None:
    config = read("drizzle.config.ts", T3)
    assert config.schema == ("./src/server/db/schema.ts",)
    assert config.dialect == "postgresql"
    assert config.out == "drizzle"
    assert config.tables == ("shop_*",)


def test_the_driver_of_old_configs() -> None:
    assert read("x", "export default {schema: 'a.ts', driver: 'pg', out: './db/out/'}")[3:5] == (
        "db/out",
        "postgresql",
    )


@pytest.mark.parametrize(
    ("schema", "after"),
    [
        ('"./a.ts"', f'["./a.ts", "{ENTRY}"]'),
        ("'./a/*.ts'", f"['./a/*.ts', '{ENTRY}']"),
        ("['./a.ts']", f"['./a.ts', '{ENTRY}']"),
        ("['./a.ts', './b.ts',]", f"['./a.ts', './b.ts', '{ENTRY}',]"),
        ("[\n    './a.ts', // one\n  ]", f"[\n    './a.ts',\n    '{ENTRY}', // one\n  ]"),
        ("[\r\n\t'./a.ts'\r\n]", f"[\r\n\t'./a.ts',\r\n\t'{ENTRY}'\r\n]"),
    ],
)
def test_an_entry_and_the_way_back(schema: str, after: str) -> None:
    text = T3.replace('"./src/server/db/schema.ts"', schema)
    entered = with_entry("x", text, ENTRY)
    assert entered.why == ""
    assert entered.text == T3.replace('"./src/server/db/schema.ts"', after)
    assert with_entry("x", entered.text, ENTRY).text == entered.text
    assert without_entry("x", entered.text, ENTRY, [text]) == text
    back = without_entry("x", entered.text, ENTRY)
    assert back is not None and with_entry("x", back, ENTRY).text == entered.text
    lines = difflib.ndiff(text.splitlines(), entered.text.splitlines())
    assert sum(line.startswith("- ") for line in lines) <= 1


@pytest.mark.parametrize(
    "schema", ["path.join(root, 'a.ts')", "SCHEMA", "[SCHEMA]", "[...more, 'a.ts']", "`${a}/b.ts`"]
)
def test_what_cannot_be_changed_stays(schema: str) -> None:
    text = T3.replace('"./src/server/db/schema.ts"', schema)
    entered = with_entry("x", text, ENTRY)
    assert entered == (text, "its `schema` is not a path, and not a list of paths")
    by_hand = T3.replace('"./src/server/db/schema.ts"', f"[{schema}, '{ENTRY}']")
    assert has_entry(read("x", by_hand), ENTRY)
    assert with_entry("x", by_hand, ENTRY) == (by_hand, "")


@pytest.mark.parametrize("text", ["", "export default fn();", "export default {", "x" * 200_000])
def test_a_config_that_is_none(text: str) -> None:
    assert read("x", text).schema is None
    assert with_entry("x", text, ENTRY).why


def test_an_entry_that_somebody_moved_stays() -> None:
    text = T3.replace('"./src/server/db/schema.ts"', f"['{ENTRY}', './a.ts']")
    assert without_entry("x", text, ENTRY) is None


def test_where_it_is(tmp_path: Path) -> None:
    assert find(tmp_path, {}) is None
    (tmp_path / "config").mkdir()
    (tmp_path / "config/db.ts").write_text(T3)
    scripts = {"db:push": "drizzle-kit push --config=./config/db.ts", "x": 7, "y": "a --config b"}
    found = find(tmp_path, scripts)
    assert found is not None and found.path == "config/db.ts"
    (tmp_path / "drizzle.config.js").write_text(T3)
    found = find(tmp_path, scripts)
    assert found is not None and found.path == "drizzle.config.js"
    assert find(tmp_path, {"x": "drizzle-kit push --config=../outside.ts"}) is not None


def test_our_own_is_none_of_theirs(service: Path, tmp_path: Path) -> None:
    text = (service / "drizzle.config.ts").read_text()
    (tmp_path / "drizzle.config.ts").write_text(text)
    assert find(tmp_path, {}) is None
    (tmp_path / "drizzle.config.ts").write_text(text.replace("./drizzle", "./other"))
    assert find(tmp_path, {}) is not None


def test_a_link_out_of_the_project_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "outside.ts").write_text(T3)
    project = tmp_path / "project"
    project.mkdir()
    (project / "drizzle.config.ts").symlink_to("../outside.ts")
    assert find(project, {}) is None


@pytest.mark.parametrize(
    ("out", "found"),
    [
        ("'./db/out/'", ("db/out", False)),
        ("`./drizzle/${scope}/sql`", ("drizzle", True)),
        ("`${folder}/sql`", ("", True)),
        ("folder", ("", True)),
    ],
)
def test_where_migrations_are(out: str, found: tuple[str, bool]) -> None:
    config = read("x", f"export default {{ schema: 'a.ts', out: {out} }};")
    assert (config.out, config.is_computed) == found
