"""Somebody else's Prisma: their schema, client, migrations and tool take our models in.

Our models lie in a folder of their own among theirs, `api-models`. No model of theirs has a relation to one of ours.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final, NamedTuple

from scaffold.frameworks import installed
from scaffold.frameworks.base import Finding, History
from scaffold.frameworks.databases import prisma_schema, sources
from scaffold.frameworks.databases.drizzle import FOLDER, module_at, resolved
from scaffold.frameworks.databases.prisma_client import WORD, Client, clients_in
from scaffold.frameworks.databases.prisma_schema import CONFIGS, Block, PrismaSchema
from scaffold.frameworks.foreign_files import changed, text_of, with_note
from scaffold.frameworks.package_managers import NodeProject
from scaffold.manifest.host import problems
from scaffold.manifest.manifest import Manifest
from scaffold.planning.plan import Plan
from scaffold.support.errors import UserError
from scaffold.support.project_files import ProjectFiles
from scaffold.support.text import printable

BESIDE: Final = "keep the endpoints in a database of their own beside it: `--set stack.orm=drizzle`"
_FOLDERS: Final = ("prisma", "prisma/schema", ".")
# What scaffold wrote before the project lost its manifest.
_OURS: Final = "prisma/schema/_base.prisma"
_OUR_GENERATOR: Final = re.compile(
    r'generator client \{\n  provider            = "prisma-client"\n  output              = '
    r'"\.\./\.\./(?:[\w-]+/)*generated/prisma"\n'
)
_GENERATORS: Final = ("prisma-client", "prisma-client-js")
_RUNTIMES: Final = ("", "nodejs", "bun")
_UNFIT: Final = re.compile(r"\baccelerateUrl\b|\bwithAccelerate\b|\bPrismaNeonH(?:ttp|TTP)\b")
_PARTIAL: Final = "partialIndexes"
_OPTIONS: Final = r"(?:\s+--?[\w-]+(?:[= ](?!-)[\w./]+)?)*\s*"
_PLAIN: Final = re.compile(r"[\w:.-]{1,60}", re.ASCII)


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
    schema = prisma_schema.find(root)
    if schema.why or _misfit(schema):
        return {}
    host = {"prisma_schema": schema.folder, "prisma_client": _generated(schema, source)}
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
    schema = prisma_schema.find(root)
    if schema.why:
        raise UserError(
            f"you have Prisma ({shown}), and scaffold cannot tell where its schema is: {printable(schema.why)}",
            'say it in prisma.config.ts as text, `schema: "prisma"`, or leave it alone: `--set stack.orm=drizzle`',
        )
    misfit = _misfit(schema)
    if misfit:
        raise UserError(misfit, BESIDE)
    lone = _lone(root, schema)
    if lone:
        raise lone
    taken = {
        "prisma_schema": schema.folder,
        "prisma_client": _generated(schema, manifest.source),
    }
    for key, value in taken.items():
        if problems({key: value}):
            raise UserError(
                f"`{printable(value)}` has signs that scaffold does not write into code ({shown})",
                BESIDE,
            )
    host = {**manifest.host, **taken}
    look = look_at(root, schema)
    if "db" not in host:
        raise _which_client(shown, look, manifest)
    host["db"] = resolved(root, host["db"], manifest)
    _require_transactions(look, host["db"], manifest)
    return replace(manifest, host=host)


def look_at(root: Path, schema: PrismaSchema) -> Look:
    """What the source files show, those that Prisma generates left out."""
    outputs = [f"{_output(one)}/" for one in schema.of("generator") if "output" in one.values]
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


def with_models(top: Path, plan: Plan, manifest: Manifest) -> Plan:
    """The plan, in which their config names the folder of the schema, if it named a lone file.

    Raises UserError if a model of the plan is one of theirs, or if their Prisma has not what it needs.
    """
    schema = prisma_schema.find(top)
    folder = f"{manifest.host.get('prisma_schema', '')}/{prisma_schema.FOLDER}/"
    ours = [
        (change.path, (change.after or b"").decode("utf-8", "replace"), change.before is None)
        for change in plan.changes
        if change.path.startswith(folder)
    ]
    if schema.why or not any(text for _, text, _ in ours):
        return plan
    if not folder.startswith(f"{schema.folder}/{prisma_schema.FOLDER}"):
        raise UserError(
            f"your schema is in `{printable(schema.folder)}` by now, and the generated models are in `{folder}`",
            f"move them: `scaffold set --db '{manifest.host['db']}'`",
        )
    resources = {f"{folder}{one.name}.prisma" for one in manifest.resources}
    for path, text, is_new in ours:
        _require_features(schema, path, text)
        if is_new:
            _require_free(schema, prisma_schema.blocks_in(path, text), path in resources)
    if schema.is_folder:
        return plan
    raw = ProjectFiles(top).read(schema.config) if schema.config else None
    known = "" if raw is None else text_of(schema.config, raw)
    named = prisma_schema.with_folder(schema.config, known, schema.place)
    if raw is None or named is None:
        raise _no_folder(schema)
    note = f"`schema` names the folder `{schema.folder}`, which `{printable(schema.place)}` is in"
    return changed(plan, schema.config, raw, named, (note,))


def without_models(top: Path, plan: Plan, manifest: Manifest, history: History) -> Plan:
    """The plan, in which their config names their lone file again, if it did so before our models came."""
    config = prisma_schema.find(top).config
    raw = ProjectFiles(top).read(config) if config else None
    if raw is None:
        return plan
    folder = manifest.host["prisma_schema"]
    for before, _ in history(config):
        known = before.decode("utf-8", "replace")
        for place in prisma_schema.schema_files(top, folder):
            entered = prisma_schema.with_folder(config, known, place)
            if entered is None or posixpath.dirname(place) != folder or entered == known:
                continue
            if entered.encode() == raw and not _beside(top, place):
                return changed(plan, config, raw, known, ())
            return with_note(plan, f"{config}: `schema` stays the folder `{folder}`")
    return plan


def steps(root: Path, project: NodeProject, names: Sequence[str]) -> list[str]:
    """What brings the schema into their database and their client, by the scripts that they have."""
    scripts = _scripts(root)
    manager = project.manager
    tool = f"{manager.program} prisma"
    named = {kind: _script(scripts, kind) for kind in ("migrate dev", "db push", "generate")}
    # Else Prisma asks for a name.
    options = ("--name", names[0] if names else "api")
    if named["db push"] and not named["migrate dev"] and not migrations(root):
        first = manager.run(named["db push"])
    elif named["migrate dev"]:
        takes = "--name" not in scripts[named["migrate dev"]]
        first = manager.run(named["migrate dev"], *(options if takes else ()))
    else:
        first = " ".join([tool, "migrate dev", *options])
    generate = named["generate"]
    return [first, manager.run(generate) if generate else f"{tool} generate"]


def migrations(root: Path) -> Sequence[Path]:
    """Their migrations."""
    schema = prisma_schema.find(root)
    folder = prisma_schema.migrations_of(root, schema)
    if not folder or folder.startswith(("/", "..")):
        return []
    return sorted((root / folder).glob("*/migration.sql"))


def findings(root: Path, source: str, alias: str) -> list[Finding]:
    """What `doctor` says about their Prisma, each fact with its source."""
    shown = shown_by(root)
    if shown is None:
        return []
    schema = prisma_schema.find(root)
    misfit = schema.why or _misfit(schema)
    lone = None if misfit else _lone(root, schema)
    if misfit or lone:
        why = printable(misfit) if misfit else str(lone)
        text = f"Prisma ({shown}): our tables get a database of their own, as {why}"
        return [Finding(text, True)]
    said = [Finding(f"Prisma ({shown})", True)]
    look = look_at(root, schema)
    clients = [f"{_named(one, source, alias)} ({printable(one.path)})" for one in look.clients]
    hint = f"name it: `--db '{_example(look, source, alias)}'`"
    said.append(Finding(f"schema {printable(schema.place)} ({schema.config or shown})", True))
    said.append(Finding(f"client {', '.join(clients) or '?'}", len(clients) == 1, hint))
    return said


def _misfit(schema: PrismaSchema) -> str:
    """Why our models cannot be in that schema; empty if they can."""
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
    clients = _generators(schema)
    if len(clients) != 1:
        count = "no generator" if not clients else "several generators"
        return f"your Prisma ({where}) has {count} of a client for TypeScript"
    values, path = clients[0].values, clients[0].path
    if values["provider"] == "prisma-client-js":
        if "output" in values:
            return (
                f"your Prisma generates JavaScript into a folder of its own ({path}), "
                "and the endpoints take TypeScript"
            )
        return ""
    if values.get("runtime", "") not in _RUNTIMES:
        runtime = printable(values["runtime"])
        return f"your Prisma generates a client for `{runtime}` ({path}), and the endpoints run on Node.js"
    if not re.fullmatch(r"[\w./@()\[\]-]+", values.get("output", "")):
        return f"the `output` of your generator ({path}) is not a plain path"
    if _output(clients[0]).startswith(("/", "..")):
        return f"your Prisma generates its client outside of this project ({path})"
    return ""


def _generators(schema: PrismaSchema) -> list[Block]:
    return [one for one in schema.of("generator") if one.values.get("provider") in _GENERATORS]


def _output(generator: Block) -> str:
    """The folder of a generated client, from the project's."""
    folder = posixpath.dirname(generator.path)
    return posixpath.normpath(posixpath.join(folder, generator.values["output"]))


def _generated(schema: PrismaSchema, source: str) -> str:
    """How a file of our folder imports their generated client."""
    (generator,) = _generators(schema)
    if generator.values["provider"] == "prisma-client-js":
        return "@prisma/client"
    folder = FOLDER if source == "." else f"{source}/{FOLDER}"
    return posixpath.relpath(f"{_output(generator)}/client", folder)


def _lone(root: Path, schema: PrismaSchema) -> UserError | None:
    """Why our models cannot be files beside theirs; None if they can."""
    if schema.is_folder:
        return None
    if schema.folder in ("", ".") or not schema.config:
        return _no_folder(schema)
    other = _beside(root, schema.place)
    text = prisma_schema.with_folder(schema.config, schema.config_text, schema.place)
    return _no_folder(schema, other) if other or text is None else None


def _beside(root: Path, place: str) -> str:
    """A file of theirs that the folder of a lone schema file would bring in; empty if there is none."""
    folder = posixpath.dirname(place)
    ours = f"{folder}/{prisma_schema.FOLDER}/"
    files = prisma_schema.schema_files(root, folder)
    return next((one for one in files if one != place and not one.startswith(ours)), "")


def _no_folder(schema: PrismaSchema, other: str = "") -> UserError:
    why = f", and beside it lies `{printable(other)}`, which it leaves out" if other else ""
    config = schema.config or "prisma.config.ts"
    return UserError(
        f"your schema is the lone file `{printable(schema.place)}`{why}, and the new models are files of their own",
        f"give it a folder, `mkdir -p prisma/schema && git mv {printable(schema.place)} prisma/schema/`, "
        f'and say so in {config}: `schema: "prisma/schema"`',
    )


def _require_features(schema: PrismaSchema, path: str, text: str) -> None:
    """Raises UserError if a model needs a feature that their generator does not turn on."""
    generator = _generators(schema)[0]
    if "where: raw(" not in text or _PARTIAL in generator.values.get("previewFeatures", ""):
        return
    raise UserError(
        f"`{printable(posixpath.basename(path))}` has a field that is unique among rows that are not deleted, and "
        f"Prisma has that as a preview only ({generator.path})",
        f'add `previewFeatures = ["{_PARTIAL}"]` to its generator, or delete rows for good: '
        "`--set data.soft_delete=false`",
    )


def _require_free(schema: PrismaSchema, blocks: Iterable[Block], is_resource: bool) -> None:
    """Raises UserError if one of theirs has the name of a new model, or of its table."""
    folder = f"{schema.folder}/{prisma_schema.FOLDER}/"
    theirs = [
        one
        for one in schema.blocks
        if one.kind in ("model", "view", "enum", "type") and not one.path.startswith(folder)
    ]
    hint = (
        "take another name for the resource"
        if is_resource
        else "call yours otherwise: the library code of this style needs it"
    )
    for block in blocks:
        for one in theirs:
            if one.name.lower() == block.name.lower():
                what = f"the {one.kind} `{one.name}`"
            elif one.kind in ("model", "view") and one.table == block.table:
                what = f"the table `{printable(one.table)}`"
            else:
                continue
            raise UserError(f"`{printable(one.path)}` has {what} already", hint)


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


def _script(scripts: Mapping[str, Any], kind: str) -> str:
    """The script of package.json that runs that command of Prisma and nothing else; empty if there is none."""
    pattern = re.compile(rf"(?:[\w-]+ )?prisma\s+{kind.replace(' ', chr(92) + 's+')}{_OPTIONS}")
    names = [
        name
        for name, command in scripts.items()
        if isinstance(command, str)
        and pattern.fullmatch(command.strip()[:300])
        and _PLAIN.fullmatch(name)
        and not name.startswith(("pre", "post"))
    ]
    return min(names, key=len, default="")


def _scripts(root: Path) -> Mapping[str, Any]:
    top = installed.folders_up(root)[-1]
    scripts = installed.json_of(str(root / "package.json"), top).get("scripts")
    return scripts if isinstance(scripts, dict) else {}


def _exists(root: Path, path: str) -> bool:
    try:
        return (root / path).exists()
    except (OSError, ValueError):
        return False
