"""Our models beside those of somebody else's Prisma: in their folder of schemas, and out of it again."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from scaffold.dependencies import package_json
from scaffold.frameworks.base import History
from scaffold.frameworks.databases import prisma_generators, prisma_schema
from scaffold.frameworks.databases.prisma_schema import Block, PrismaSchema
from scaffold.frameworks.foreign_files import changed, text_of, with_note
from scaffold.frameworks.installed import bounded_text, folders_up
from scaffold.manifest.manifest import Manifest
from scaffold.planning.plan import Plan
from scaffold.support.errors import UserError
from scaffold.support.project_files import ProjectFiles
from scaffold.support.text import printable

PACKAGE: Final = "package.json"
"""Where Prisma 6 looks for its schema if there is no config."""

_KEY: Final = ("prisma", "schema")
_PARTIAL: Final = "partialIndexes"


def lone(root: Path, schema: PrismaSchema, is_six: bool) -> UserError | None:
    """Why our models cannot be files beside theirs; None if they can."""
    if schema.is_folder:
        return None
    said = schema.config or (PACKAGE if is_six else "")
    if schema.folder in ("", ".") or not said:
        return _no_folder(root, schema, is_six)
    if prisma_schema.is_in_scripts(root):
        return UserError(
            f"scripts of package.json name your schema, the lone file `{printable(schema.place)}`, "
            "and the new models are files of their own",
            (
                "leave `--schema` out of them: Prisma finds it without"
                if said == PACKAGE
                else f"leave `--schema` out of them: Prisma takes what {said} says"
            ),
        )
    other = _beside(root, schema.place)
    text = _with_folder(schema, said, _text(root, said))
    return _no_folder(root, schema, is_six, other) if other or text is None else None


def with_models(top: Path, plan: Plan, manifest: Manifest) -> Plan:
    """The plan, in which their config or package.json names the folder of the schema, if that was a lone file.

    Raises UserError if a model of the plan is one of theirs, or if their Prisma has not what it needs.
    """
    schema = prisma_schema.find(top)
    is_six = "prisma" in manifest.host
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
        _require_features(schema, path, text, is_six)
        if is_new:
            _require_free(schema, prisma_schema.blocks_in(path, text), path in resources)
    if schema.is_folder:
        return plan
    said = schema.config or (PACKAGE if is_six else "")
    raw = ProjectFiles(top).read(said) if said else None
    known = "" if raw is None else _planned(plan, said, text_of(said, raw))
    named = _with_folder(schema, said, known) if said else None
    if raw is None or named is None:
        raise _no_folder(top, schema, is_six)
    what = "`prisma.schema`" if said == PACKAGE else "`schema`"
    note = f"{what} names the folder `{schema.folder}`, which `{printable(schema.place)}` is in"
    return changed(plan, said, raw, named, (note,))


def without_models(top: Path, plan: Plan, manifest: Manifest, history: History) -> Plan:
    """The plan, in which their config or package.json says of the schema what it said before our models came."""
    config, folder = prisma_schema.find(top).config, manifest.host["prisma_schema"]
    if not config:
        return _without_key(top, plan, folder, history)
    raw = ProjectFiles(top).read(config)
    if raw is None:
        return plan
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


def _without_key(top: Path, plan: Plan, folder: str, history: History) -> Plan:
    """The plan, in which package.json names the schema as before a command on record named its folder there."""
    raw = ProjectFiles(top).read(PACKAGE)
    if raw is None:
        return plan
    # What is no UTF-8 has no additions of ours.
    text = _planned(plan, PACKAGE, raw.decode("utf-8", "replace"))
    if prisma_schema.named_in_package(text) != folder or "\ufffd" in text:
        return plan
    texts = [[one.decode("utf-8", "replace") for one in pair] for pair in history(PACKAGE)]
    for before, after in texts:
        named = prisma_schema.named_in_package(before)
        if named == folder or prisma_schema.named_in_package(after) != folder:
            continue
        places = [named] if named else prisma_schema.USUAL
        place = next((one for one in places if posixpath.dirname(one) == folder), "")
        if not place or _beside(top, place):
            return with_note(plan, f"{PACKAGE}: `prisma.schema` stays the folder `{folder}`")
        restored = package_json.restored(text, before, texts[0][0], *_KEY)
        return plan if restored is None else changed(plan, PACKAGE, raw, restored, ())
    return plan


def _with_folder(schema: PrismaSchema, said: str, text: str) -> str | None:
    """What says where the schema is, with the folder of their lone file; None if that is not certain."""
    if said != PACKAGE:
        return prisma_schema.with_folder(said, text, schema.place)
    return package_json.with_value(text, *_KEY, schema.folder)


def _planned(plan: Plan, path: str, text: str) -> str:
    """A file as the plan leaves it so far; `text` is what it is now."""
    after = next((one.after for one in plan.changes if one.path == path), None)
    return text if after is None else after.decode("utf-8", "replace")


def _text(root: Path, path: str) -> str:
    return bounded_text(str(root / path), folders_up(root)[-1]) or ""


def _beside(root: Path, place: str) -> str:
    """A file of theirs that the folder of a lone schema file would bring in; empty if there is none."""
    folder = posixpath.dirname(place)
    ours = f"{folder}/{prisma_schema.FOLDER}/"
    files = prisma_schema.schema_files(root, folder)
    return next((one for one in files if one != place and not one.startswith(ours)), "")


def _no_folder(root: Path, schema: PrismaSchema, is_six: bool, other: str = "") -> UserError:
    why = f", and beside it lies `{printable(other)}`, which it leaves out" if other else ""
    moved = [printable(schema.place)]
    if is_six and not schema.config:
        # Without a config Prisma looks for migrations beside the file of the datasource.
        folder = posixpath.join(schema.folder, "migrations")
        moved += [printable(folder)] if (root / folder).is_dir() else []
        saying = '`"prisma": {"schema": "prisma/schema"}` in package.json'
    else:
        saying = f'in {schema.config or "prisma.config.ts"}: `schema: "prisma/schema"`'
    return UserError(
        f"your schema is the lone file `{printable(schema.place)}`{why}, and the new models are files of their own",
        f"give it a folder, `mkdir -p prisma/schema && git mv {' '.join(moved)} prisma/schema/`, "
        f"and say so {saying}",
    )


def _require_features(schema: PrismaSchema, path: str, text: str, is_six: bool) -> None:
    """Raises UserError if a model needs what their Prisma has not, or their generator does not turn on."""
    previews = [
        one.values.get("previewFeatures", "") for one in prisma_generators.generators(schema)
    ]
    if "where: raw(" not in text or any(_PARTIAL in one for one in previews):
        return
    what = f"`{printable(posixpath.basename(path))}` has a field that is unique among rows that are not deleted"
    for_good = "delete rows for good: `--set data.soft_delete=false`"
    if is_six:
        raise UserError(f"{what}, and Prisma 6 has no index for that", for_good)
    raise UserError(
        f"{what}, and Prisma has that as a preview only ({printable(schema.place)})",
        f'add `previewFeatures = ["{_PARTIAL}"]` to its generator, or {for_good}',
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
