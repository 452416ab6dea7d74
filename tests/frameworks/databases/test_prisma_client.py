"""Which modules export a Prisma client, in the ways that people write it."""

from __future__ import annotations

import pytest

from scaffold.frameworks.databases.prisma_client import clients_in

GLOBAL = "const globalForPrisma = globalThis as unknown as { prisma?: PrismaClient };\n"


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("export const prisma = new PrismaClient({ adapter });\n", ["prisma"]),
        (
            GLOBAL + "export const prisma =\n  globalForPrisma.prisma ??\n  new PrismaClient();\n",
            ["prisma"],
        ),
        (
            "const createPrismaClient = () =>\n  new PrismaClient({ log: [] });\n\n"
            "const globalForPrisma = globalThis as unknown as {\n"
            "  prisma: ReturnType<typeof createPrismaClient> | undefined;\n};\n\n"
            "export const db = globalForPrisma.prisma ?? createPrismaClient();\n",
            ["db"],
        ),
        (
            "const prismaClientSingleton = () => {\n  return new PrismaClient();\n};\n\n"
            "declare const globalThis: { prismaGlobal: unknown } & typeof global;\n\n"
            "const prisma = globalThis.prismaGlobal ?? prismaClientSingleton();\n\nexport default prisma;\n",
            ["default"],
        ),
        (
            "let prisma: PrismaClient;\n\nif (production) {\n  prisma = new PrismaClient();\n} else {\n"
            "  prisma = global.prisma;\n}\n\nexport { prisma as db };\n",
            ["db"],
        ),
        (
            "function make() {\n  return new PrismaClient().$extends(soft);\n}\nexport const prisma = make();\n",
            ["prisma"],
        ),
        ("export default new PrismaClient();\n", ["default"]),
        ("const prisma = new PrismaClient();\nexport const users = 7;\n", []),
        ("export const prisma = mock<PrismaClient>();\n", []),
    ],
)
def test_clients(text: str, names: list[str]) -> None:
    assert [one.name for one in clients_in("lib/db.ts", text)[0]] == names


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("export function getPrisma() {\n  return new PrismaClient();\n}\n", ["getPrisma()"]),
        ("export const getDb = () => new PrismaClient();\n", ["getDb()"]),
        ("export const getDb = cache(() => new PrismaClient());\n", ["getDb()"]),
        ("export function of(url: string) {\n  return new PrismaClient({ url });\n}\n", []),
        ("const getDb = () => new PrismaClient();\nexport { getDb };\n", ["getDb()"]),
    ],
)
def test_functions(text: str, names: list[str]) -> None:
    clients, functions = clients_in("lib/db.ts", text)
    assert not clients
    assert [one.name for one in functions] == names
