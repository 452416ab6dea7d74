"""A Prisma 7 of somebody else's, in as few lines as there can be."""

from __future__ import annotations

CONFIG = 'export default { schema: "prisma/schema" };\n'
GENERATOR = (
    'generator client {\n  provider = "prisma-client"\n  output = "../../src/generated/prisma"\n}\n'
)
DATASOURCE = 'datasource db {\n  provider = "postgresql"\n}\n'
