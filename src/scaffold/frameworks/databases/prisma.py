"""Somebody else's Prisma: their schema, client, migrations and tool take our models in.

Our models lie in a folder of their own among theirs, `api-models`. No model of theirs has a relation to one of ours.
"""

from __future__ import annotations

import posixpath
import re
from dataclasses import replace
from pathlib import Path
from typing import Final, NamedTuple

from scaffold.frameworks import installed
from scaffold.frameworks.base import Finding
from scaffold.frameworks.databases import prisma_schema, prisma_versions, sources
from scaffold.frameworks.databases.client_names import module_at, resolved
from scaffold.frameworks.databases.prisma_client import WORD, Client, clients_in
from scaffold.frameworks.databases.prisma_generators import misfit, module_of, output_of
from scaffold.frameworks.databases.prisma_models import lone
from scaffold.frameworks.databases.prisma_schema import CONFIGS, PrismaSchema
from scaffold.manifest.host import problems
from scaffold.manifest.manifest import Manifest
from scaffold.support.errors import UserError
from scaffold.support.text import printable

BESIDE: Final = "keep the endpoints in a database of their own beside it: `--set stack.orm=drizzle`"
_FOLDERS: Final = ("prisma", "prisma/schema", ".")
# What scaffold wrote before the project lost its manifest.
_OURS: Final = "prisma/schema/_base.prisma"
_OUR_GENERATOR: Final = re.compile(
    r'generator client \{\n  provider            = "prisma-client"\n  output              = '
    r'"\.\./\.\./(?:[\w-]+/)*generated/prisma"\n'
)
_UNFIT: Final = re.compile(r"\baccelerateUrl\b|\bwithAccelerate\b|\bPrismaNeonH(?:ttp|TTP)\b")


class Look(NamedTuple):
    """Their clients, and the functions that may give one."""

    clients: tuple[Client, ...]
    functions: tuple[Client, ...]
    unfit: tuple[str, ...] = ()
    """The files whose clients have no transactions, or do not tell what PostgreSQL said."""


def shown_by(root: Path) -> str | None:
    """The file that shows a Prisma of the project's own; None if it has none."""
    if is_ours(root):
        return None
    top = installed.folders_up(root)[-1]
    said = installed.json_of(str(root / "package.json"), top).get("prisma")
    named = said.get("schema") if isinstance(said, dict) else None
    if isinstance(named, str) and _exists(root, posixpath.normpath(named[:200])):
        return printable(posixpath.normpath(named[:200]))
    for folder in _FOLDERS:
        for place in sorted((root / folder).glob("*.prisma")):
            return printable(place.relative_to(root).as_posix())
    return next((path for path in CONFIGS if (root / path).is_file()), None)


def is_ours(root: Path) -> bool:
    """Whether the Prisma of the project is what scaffold wrote."""
    text = installed.bounded_text(str(root / _OURS), installed.folders_up(root)[-1])
    return bool(text and _OUR_GENERATOR.search(text))


def found(root: Path, source: str, alias: str) -> dict[str, str]:
    """What is certain of a project with Prisma of its own, for the manifest's `host`."""
    schema, is_six = prisma_schema.find(root), prisma_versions.is_six(root)
    if schema.why or misfit(schema, is_six):
        return {}
    host = {"prisma_schema": schema.folder, "prisma_client": module_of(schema, source)}
    if is_six:
        host["prisma"] = "6"
    look = look_at(root, schema)
    if len(look.clients) == 1:
        host["db"] = _named(look.clients[0], source, alias)
    return {key: value for key, value in host.items() if not problems({key: value})}


def settled(root: Path, manifest: Manifest) -> Manifest:
    """The manifest of a project with Prisma of its own, fit to use that.

    Raises UserError if it cannot be used, with what helps.
    """
    shown = shown_by(root)
    if shown is None:
        if "db" not in manifest.host:
            return manifest
        raise UserError(
            f"`{root}` has no Prisma, so its client is none that these endpoints can use",
            "leave out `--db`, or make a schema for your client: `npx prisma init`",
        )
    schema, is_six = prisma_schema.find(root), prisma_versions.is_six(root)
    if schema.why:
        place = (
            'package.json, `"prisma": {"schema": "prisma"}`'
            if is_six and not schema.config
            else 'prisma.config.ts as text, `schema: "prisma"`'
        )
        raise UserError(
            f"you have Prisma ({shown}), and scaffold cannot tell where its schema is: {printable(schema.why)}",
            f"say it in {place}, or leave it alone: `--set stack.orm=drizzle`",
        )
    unfit = misfit(schema, is_six)
    if unfit:
        raise UserError(unfit, BESIDE)
    single = lone(root, schema, is_six)
    if single:
        raise single
    taken = {
        "prisma_schema": schema.folder,
        "prisma_client": module_of(schema, manifest.source),
    }
    if is_six:
        taken["prisma"] = "6"
    for key, value in taken.items():
        if problems({key: value}):
            raise UserError(
                f"`{printable(value)}` has signs that scaffold does not write into code ({shown})",
                BESIDE,
            )
    # They may have had 6 before.
    host = {key: value for key, value in manifest.host.items() if key != "prisma"} | taken
    look = look_at(root, schema)
    if "db" not in host:
        raise _which_client(shown, look, manifest)
    host["db"] = resolved(root, host["db"], manifest)
    _require_transactions(look, host["db"], manifest)
    return replace(manifest, host=host)


def look_at(root: Path, schema: PrismaSchema) -> Look:
    """What the source files show, those that Prisma generates left out."""
    outputs = [f"{output_of(one)}/" for one in schema.of("generator") if "output" in one.values]
    clients: list[Client] = []
    functions: list[Client] = []
    unfit: list[str] = []
    for path, text in sources.naming(root, (WORD,)):
        if not path.startswith((*outputs, "prisma/seed", "tests/")):
            exported, makers = clients_in(path, text)
            clients += exported
            functions += makers
            if (exported or makers) and _UNFIT.search(text):
                unfit.append(path)
    return Look(tuple(sorted(clients)), tuple(sorted(functions)), tuple(unfit))


def findings(root: Path, source: str, alias: str) -> list[Finding]:
    """What `doctor` says about their Prisma, each fact with its source."""
    shown = shown_by(root)
    if shown is None:
        return []
    schema, is_six = prisma_schema.find(root), prisma_versions.is_six(root)
    unfit = schema.why or misfit(schema, is_six)
    single = None if unfit else lone(root, schema, is_six)
    if unfit or single:
        why = printable(unfit) if unfit else str(single)
        text = f"Prisma ({shown}): our tables get a database of their own, as {why}"
        return [Finding(text, True)]
    said = [Finding(f"Prisma ({shown})", True)]
    look = look_at(root, schema)
    clients = [f"{_named(one, source, alias)} ({printable(one.path)})" for one in look.clients]
    hint = f"name it: `--db '{_example(look, source, alias)}'`"
    said.append(Finding(f"schema {printable(schema.place)} ({schema.config or shown})", True))
    said.append(Finding(f"client {', '.join(clients) or '?'}", len(clients) == 1, hint))
    return said


def _require_transactions(look: Look, said: str, manifest: Manifest) -> None:
    """Raises UserError if the client that was named cannot do what the endpoints do."""
    for one in (*look.clients, *look.functions):
        if one.path in look.unfit and _named(one, manifest.source, manifest.alias) == said:
            raise UserError(
                f"the client in `{printable(one.path)}` is one of Accelerate or of Neon over HTTP, and the endpoints "
                "need transactions and the errors of PostgreSQL",
                "make it with `@prisma/adapter-pg`, or name another one with `--db`",
            )


def _which_client(shown: str, look: Look, manifest: Manifest) -> UserError:
    listed = [
        _named(one, manifest.source, manifest.alias) for one in look.clients or look.functions
    ]
    names = ", ".join(f"`{printable(name)}`" for name in listed[:4])
    if look.clients:
        message = f"several modules export a Prisma client: {names}"
    elif listed:
        message = f"no module exports a Prisma client, and functions may give one: {names}"
    else:
        message = f"you have Prisma ({shown}), and no module seems to export its client"
    example = _example(look, manifest.source, manifest.alias)
    return UserError(message, f"say which one the endpoints use: `--db '{example}'`")


def _example(look: Look, source: str, alias: str) -> str:
    listed = [_named(one, source, alias) for one in look.clients or look.functions]
    # What lies in the app's own folder is the likeliest.
    listed.sort(key=lambda name: not (alias and name.startswith(alias)))
    return listed[0] if listed else f"{alias or './'}lib/prisma#prisma"


def _named(client: Client, source: str, alias: str) -> str:
    return f"{module_at(client.path, source, alias)}#{client.name}"


def _exists(root: Path, path: str) -> bool:
    try:
        return (root / path).exists()
    except (OSError, ValueError):
        return False
