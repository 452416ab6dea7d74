"""The generator of somebody else's Prisma: whether our models and our code fit it, and where its client is."""

from __future__ import annotations

import posixpath
import re
from typing import Final

from scaffold.frameworks.databases.client_names import FOLDER
from scaffold.frameworks.databases.prisma_schema import Block, PrismaSchema
from scaffold.support.text import printable

PACKAGE: Final = "@prisma/client"

_GENERATORS: Final = ("prisma-client", "prisma-client-js")
_RUNTIMES: Final = ("", "nodejs", "bun")
_USUAL: Final = ("node_modules/.prisma/client", "node_modules/@prisma/client")
"""What the package exports, wherever a schema says so."""


def misfit(schema: PrismaSchema, is_six: bool) -> str:
    """Why our models cannot be in that schema; empty if they can. Prisma 6 has more kinds of clients than 7."""
    where = schema.place
    sources_ = schema.of("datasource")
    if len(sources_) != 1:
        return f"your Prisma ({where}) has no datasource that scaffold can read"
    values, path = sources_[0].values, sources_[0].path
    provider = values.get("provider", "")
    if provider not in ("postgresql", "postgres"):
        return f"your Prisma speaks `{printable(provider)}` ({path}), and these models are for PostgreSQL"
    if values.get("relationMode", "foreignKeys") != "foreignKeys":
        return f"your Prisma has `relationMode` ({path}), and the endpoints count on foreign keys"
    if "schemas" in values:
        return f"your Prisma has several schemas of PostgreSQL ({path}), and these models name none"
    clients = generators(schema)
    if len(clients) != 1:
        count = "no generator" if not clients else "several generators"
        return f"your Prisma ({where}) has {count} of a client for TypeScript"
    values, path = clients[0].values, clients[0].path
    if values.get("engineType") == "binary":
        why = "and the generated tests bring a driver, which it cannot take"
        return f"the engine of your Prisma is a `binary` ({path}), {why}"
    if values["provider"] == "prisma-client-js":
        if "output" not in values:
            return ""
        if not is_six:
            return (
                f"your Prisma generates JavaScript into a folder of its own ({path}), "
                "and the endpoints take TypeScript"
            )
    elif values.get("runtime", "") not in _RUNTIMES:
        runtime = printable(values["runtime"])
        return f"your Prisma generates a client for `{runtime}` ({path}), and the endpoints run on Node.js"
    if not re.fullmatch(r"[\w./@()\[\]-]+", values.get("output", "")):
        return f"the `output` of your generator ({path}) is not a plain path"
    if output_of(clients[0]).startswith(("/", "..")):
        return f"your Prisma generates its client outside of this project ({path})"
    return ""


def generators(schema: PrismaSchema) -> list[Block]:
    """Those of a client for TypeScript or JavaScript."""
    return [one for one in schema.of("generator") if one.values.get("provider") in _GENERATORS]


def output_of(generator: Block) -> str:
    """The folder of a generated client, from the project's."""
    folder = posixpath.dirname(generator.path)
    return posixpath.normpath(posixpath.join(folder, generator.values["output"]))


def module_of(schema: PrismaSchema, source: str) -> str:
    """How a file of our folder imports their generated client."""
    (generator,) = generators(schema)
    is_typescript = generator.values["provider"] == "prisma-client"
    if "output" not in generator.values or output_of(generator) in _USUAL:
        return PACKAGE
    folder = FOLDER if source == "." else f"{source}/{FOLDER}"
    output = output_of(generator)
    return posixpath.relpath(f"{output}/client" if is_typescript else output, folder)


def folder_of(module: str, source: str) -> str:
    """The folder of the client that a file of our folder imports as `module`; empty if that is a package."""
    if not module.startswith("../"):
        return ""
    place = posixpath.normpath(posixpath.join(source, FOLDER, module))
    return place.removesuffix("/client")
