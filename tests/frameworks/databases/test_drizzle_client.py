"""Drizzle clients and prefixes in modules of somebody else's."""

from __future__ import annotations

import time

import pytest

from scaffold.frameworks.databases.drizzle_client import (
    clients_in,
    constants_in,
    functions_in,
    prefixes_in,
)

HEAD = 'import { drizzle } from "drizzle-orm/postgres-js";\nimport postgres from "postgres";\n'


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("export const db = drizzle(client, { schema });", ["db"]),
        ("export const db: Postgres<typeof schema> = drizzle(client);", ["db"]),
        ("export const db =\n  shared.db ?? drizzle(postgres(url), { schema });\n", ["db"]),
        ("const db = drizzle<typeof schema>({ client });\nexport { db };", ["db"]),
        ("const db = drizzle(client);\nexport { db as database, other };", ["database"]),
        ("const db = drizzle(client);\nexport default db;", ["default"]),
        ("export default drizzle(client);", ["default"]),
        ("const db = drizzle(client);\n", []),
        ("export const getDb = () => drizzle(client);", []),
        ("export function db() {\n  return drizzle(client);\n}", []),
        ("export const sql = postgres(url);\nexport const db = drizzle(sql);", ["db"]),
        ("export const a = drizzle(x);\nexport const b = drizzle(y);", ["a", "b"]),
        ("export const other = orm.drizzle(x);", []),
        (
            "if (!globalForDb.instance) globalForDb.instance = drizzle(sql) as Client;\n\n"
            "export const db = globalForDb.instance!;\n",
            ["db"],
        ),
        ("function make() {\n  return drizzle(x);\n}\nexport const name = globalThis.name;\n", []),
    ],
)
def test_clients(text: str, names: list[str]) -> None:
    assert [one.name for one in clients_in("db.ts", HEAD + text)] == names


def test_drivers() -> None:
    def of(driver: str) -> list[bool]:
        text = f"import {{ drizzle }} from 'drizzle-orm/{driver}';\nexport const db = drizzle(x);\n"
        return [one.has_transactions for one in clients_in("db.ts", text)]

    assert of("neon-serverless") == of("node-postgres") == [True]
    assert of("neon-http") == [False]
    assert of("better-sqlite3") == of("mysql2") == of("pg-core") == []


@pytest.mark.parametrize(
    ("code", "prefix"),
    [
        ("pgTableCreator((name) => `app_${name}`)", "app_"),
        ("pgTableCreator(name => `app-x_${ name }`)", "app-x_"),
        ("pgTableCreator((name: string) => `app_${name}`)", "app_"),
        ("pgTableCreator((name) => 'app_' + name)", "app_"),
        ("pgTableCreator((name) => `${name}`)", ""),
        ("pgTableCreator((name) => name)", ""),
        ("pgTableCreator((name) => `${PREFIX}_${name}`)", "mine_"),
        ("pgTableCreator((name) => `${OTHER}_${name}`)", None),
        ("pgTableCreator((name) => `${name}_app`)", None),
        ("pgTableCreator((name) => `a'b_${name}`)", None),
        ("pgTableCreator(prefixed)", None),
    ],
)
def test_prefixes(code: str, prefix: str | None) -> None:
    constants = constants_in("export const PREFIX = 'mine';\nconst ODD = 'a b';")
    text = f'import {{ pgTableCreator }} from "drizzle-orm/pg-core";\nexport const t = {code};\n'
    assert [*prefixes_in(text, constants)] == [prefix]


@pytest.mark.parametrize("part", ["const x: ", "drizzle<", "export {", "pgTableCreator((n) => `"])
def test_odd_texts_take_no_time(part: str) -> None:
    began = time.process_time()
    text = HEAD + "const a = " + part * (200_000 // len(part))
    [*clients_in("x.ts", text), *prefixes_in(text, {})]
    assert time.process_time() - began < 5


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("export function getDb(): Db {\n  return (made ??= drizzle(client));\n}", ["getDb()"]),
        ("export async function database() {\n  return drizzle(x);\n}", ["database()"]),
        ("export const getClient = () => drizzle(x);", ["getClient()"]),
        ("export const getDb = cache(async (): Promise<Db> => drizzle(x));", ["getDb()"]),
        ("export function getDb(url: string) {\n  return drizzle(url);\n}", []),
        ("export function users() {\n  return drizzle(x).select();\n}", []),
        ("export function getDb() {\n  return other;\n}", []),
    ],
)
def test_functions_that_may_give_one(text: str, names: list[str]) -> None:
    assert [one.name for one in functions_in("a.ts", HEAD + text)] == names
