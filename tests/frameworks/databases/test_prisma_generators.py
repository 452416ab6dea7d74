"""The generator of somebody else's Prisma: what fits, and where its client is."""

from __future__ import annotations

import pytest

from scaffold.frameworks.databases.prisma_generators import folder_of, misfit, module_of
from scaffold.frameworks.databases.prisma_schema import PrismaSchema, blocks_in
from scaffold.manifest.host import problems


def schema(generator: str) -> PrismaSchema:
    """A lone file with that generator."""
    text = (
        f'generator client {{\n{generator}\n}}\n\ndatasource db {{\n  provider = "postgresql"\n}}\n'
    )
    place = "prisma/schema.prisma"
    return PrismaSchema(place, False, "", "", tuple(blocks_in(place, text)))


JAVASCRIPT = '  provider = "prisma-client-js"'
TYPESCRIPT = '  provider = "prisma-client"'


@pytest.mark.parametrize(
    ("generator", "module", "folder"),
    [
        (JAVASCRIPT, "@prisma/client", ""),
        (f'{JAVASCRIPT}\n  engineType = "client"', "@prisma/client", ""),
        (f'{JAVASCRIPT}\n  output = "../node_modules/.prisma/client"', "@prisma/client", ""),
        (f'{JAVASCRIPT}\n  output = "../src/generated/prisma"', "../generated/prisma", "src/generated/prisma"),
        (f'{JAVASCRIPT}\n  output = "../generated/client"', "../../generated/client", "generated"),
        (f'{TYPESCRIPT}\n  output = "../src/generated/prisma"', "../generated/prisma/client", "src/generated/prisma"),
    ],
)  # fmt: skip
def test_where_the_client_of_prisma_6_is(generator: str, module: str, folder: str) -> None:
    found = schema(generator)
    assert misfit(found, True) == ""
    assert module_of(found, "src") == module
    assert problems({"prisma_client": module}) == []
    assert folder_of(module, "src") == folder


def test_what_prisma_7_does_not_have() -> None:
    found = schema(f'{JAVASCRIPT}\n  output = "../generated/client"')
    assert "generates JavaScript into a folder of its own" in misfit(found, False)
    assert misfit(schema(JAVASCRIPT), False) == ""


@pytest.mark.parametrize(
    ("generator", "why"),
    [
        (f'{JAVASCRIPT}\n  engineType = "binary"', "the engine of your Prisma is a `binary`"),
        (f'{JAVASCRIPT}\n  output = "../../shared/client"', "outside of this project"),
        (f'{JAVASCRIPT}\n  output = env("OUT")', "is not a plain path"),
        (f'{TYPESCRIPT}\n  runtime = "edge-light"', "a client for `edge-light`"),
        ('  provider = "prisma-client-py"', "has no generator of a client for TypeScript"),
    ],
)
def test_what_does_not_fit_prisma_6(generator: str, why: str) -> None:
    assert why in misfit(schema(generator), True)
