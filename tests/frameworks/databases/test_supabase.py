"""The tables of somebody else's migrations for Supabase."""

from __future__ import annotations

from pathlib import Path

import pytest

from scaffold.frameworks.databases.supabase import FOLDER, found, tables
from tests.support.folders import written


@pytest.mark.parametrize(
    ("sql", "names"),
    [
        ("create table posts (id int);", ["posts"]),
        ('CREATE TABLE IF NOT EXISTS "public"."Posts" (id int);', ["posts"]),
        ("create table public.a (id int);\ncreate table b (id int);", ["a", "b"]),
        ("-- create table a (id int);\n/* create table b (id int); */", []),
        ("create table a (id int);\ndrop table if exists a;", []),
        ("create table auth.users (id int);", []),
        ("create temporary view a as select 1;", []),
    ],
)
def test_tables(sql: str, names: list[str], tmp_path: Path) -> None:
    written(tmp_path, {f"{FOLDER}/001_a.sql": sql})
    assert sorted(tables(tmp_path)) == names
    assert found(tmp_path) == {"migrations": FOLDER}


def test_a_later_migration_makes_it_again(tmp_path: Path) -> None:
    sql = {"1": "create table a ();", "2": "drop table a;", "3": "create table a ();"}
    written(tmp_path, {f"{FOLDER}/{name}.sql": text for name, text in sql.items()})
    assert tables(tmp_path) == {"a": f"{FOLDER}/3.sql"}


def test_a_project_without(tmp_path: Path) -> None:
    (tmp_path / FOLDER / "x.sql").mkdir(parents=True)
    assert tables(tmp_path) == {}
    (tmp_path / FOLDER / "y.sql").symlink_to("/dev/zero")
    assert tables(tmp_path) == {}
