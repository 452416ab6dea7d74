"""Our models beside those of somebody else's Prisma: in their folder of schemas, and out of it again."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from scaffold.frameworks.databases.prisma import found, settled
from scaffold.frameworks.databases.prisma_models import with_models, without_models
from scaffold.manifest.manifest import Manifest
from scaffold.planning.plan import Action, FileChange, Plan
from scaffold.support.errors import UserError
from tests.support.folders import written
from tests.support.prisma import CONFIG, DATASOURCE, GENERATOR
from tests.support.projects import AGENTS, CHECKOUT, manifest_of

FILES = {
    "prisma.config.ts": CONFIG,
    "prisma/schema/main.prisma": GENERATOR + DATASOURCE,
    "src/lib/db.ts": "export const prisma = new PrismaClient();\n",
}
# As Prisma 6 makes it: no config, and the client in node_modules.
SIX = {
    "prisma/schema.prisma": 'generator client {\n  provider = "prisma-client-js"\n}\n' + DATASOURCE,
    "src/lib/db.ts": FILES["src/lib/db.ts"],
}
DEPENDS = '"dependencies": {"@prisma/client": "^6.16.0"}'


def in_host(root: Path) -> Manifest:
    """The manifest of a project with what is there."""
    templates = CHECKOUT
    document = next(path for path in AGENTS if path.stem == "prisma")
    manifest = replace(manifest_of(document, templates), service=False)
    return settled(root, replace(manifest, host=found(root, "src", "@/")))


def model(folder: str, text: str = "model Grade {\n}\n") -> FileChange:
    """A new file of ours."""
    return FileChange(f"{folder}/api-models/grades.prisma", Action.CREATE, None, text.encode())


def test_models_follow_a_schema_that_moved(tmp_path: Path) -> None:
    written(tmp_path, FILES)
    first = in_host(tmp_path)
    plan = Plan((model("prisma/schema"),))
    assert with_models(tmp_path, plan, first) == plan
    written(tmp_path, {"prisma.config.ts": CONFIG.replace("prisma/schema", "new/db")})
    written(tmp_path, {"new/db/main.prisma": GENERATOR + DATASOURCE})
    with pytest.raises(UserError) as refused:
        with_models(tmp_path, plan, first)
    assert "your schema is in `new/db` by now" in str(refused.value)
    assert refused.value.hint == "move them: `scaffold set --db '@/lib/db#prisma'`"
    assert settled(tmp_path, first).host["prisma_schema"] == "new/db"


@pytest.mark.parametrize(
    ("package", "named"),
    [
        (f"{{{DEPENDS}}}", {"schema": "prisma"}),
        (
            f'{{\r\n\t{DEPENDS},\r\n\t"prisma": {{"seed": "tsx prisma/seed.ts"}}\r\n}}\r\n',
            {"seed": "tsx prisma/seed.ts", "schema": "prisma"},
        ),
        (
            f'{{"prisma": {{ "schema": "./prisma/schema.prisma" }}, {DEPENDS}}}',
            {"schema": "prisma"},
        ),
    ],
)
def test_package_json_names_the_folder_and_the_file_again(
    package: str, named: dict[str, str], tmp_path: Path
) -> None:
    written(tmp_path, SIX)
    raw = package.encode()
    (tmp_path / "package.json").write_bytes(raw)
    manifest = in_host(tmp_path)
    plan = with_models(tmp_path, Plan((model("prisma"),)), manifest)
    (change,) = (one for one in plan.changes if one.path == "package.json")
    assert change.before == raw and change.after is not None
    assert json.loads(change.after)["prisma"] == named
    assert change.after.count(b"\r\n") == change.after.count(b"\n") or b"\r" not in raw
    said = "package.json: `prisma.schema` names the folder `prisma`, which `prisma/schema.prisma` is in"
    assert plan.notes == (said,)

    (tmp_path / "package.json").write_bytes(change.after)
    written(tmp_path, {"prisma/api-models/grades.prisma": "model Grade {\n}\n"})
    assert with_models(tmp_path, Plan((model("prisma"),)), manifest).notes == ()
    record = [(raw, change.after)]
    gone = without_models(tmp_path, Plan(()), manifest, lambda path: record)
    assert [(one.path, one.after) for one in gone.changes] == [("package.json", raw)]
    # Without a record it is not certain who said so.
    assert without_models(tmp_path, Plan(()), manifest, lambda path: []).changes == ()


def test_a_folder_that_they_use_by_now_stays(tmp_path: Path) -> None:
    raw = f"{{{DEPENDS}}}".encode()
    written(tmp_path, {**SIX, "package.json": raw.decode()})
    manifest = in_host(tmp_path)
    plan = with_models(tmp_path, Plan((model("prisma"),)), manifest)
    after = next(one.after or b"" for one in plan.changes if one.path == "package.json")
    (tmp_path / "package.json").write_bytes(after)
    written(tmp_path, {"prisma/more.prisma": "model More {\n}\n"})
    left = without_models(tmp_path, Plan(()), manifest, lambda path: [(raw, after)])
    assert left.changes == ()
    assert left.notes == ("package.json: `prisma.schema` stays the folder `prisma`",)


def test_what_they_changed_meanwhile_stays(tmp_path: Path) -> None:
    raw = f"{{{DEPENDS}}}".encode()
    written(tmp_path, {**SIX, "package.json": raw.decode()})
    manifest = in_host(tmp_path)
    plan = with_models(tmp_path, Plan((model("prisma"),)), manifest)
    after = next(one.after or b"" for one in plan.changes if one.path == "package.json")
    edited = json.loads(after) | {"name": "shop"}
    edited["prisma"]["seed"] = "tsx seed.ts"
    (tmp_path / "package.json").write_text(json.dumps(edited))
    left = without_models(tmp_path, Plan(()), manifest, lambda path: [(raw, after)])
    (change,) = left.changes
    assert json.loads(change.after or b"") == {**edited, "prisma": {"seed": "tsx seed.ts"}}


@pytest.mark.parametrize(
    ("files", "message", "hint"),
    [
        (
            {"prisma/old.prisma": "", "prisma/migrations/1_a/migration.sql": ""},
            "your schema is the lone file `prisma/schema.prisma`, and beside it lies `prisma/old.prisma`",
            "git mv prisma/schema.prisma prisma/migrations prisma/schema/`, and say so "
            '`"prisma": {"schema": "prisma/schema"}` in package.json',
        ),
        (
            {"package.json": f'{{{DEPENDS}, "prisma": 7}}'},
            "your schema is the lone file `prisma/schema.prisma`, and the new models",
            "git mv prisma/schema.prisma prisma/schema/`",
        ),
        (
            {
                "package.json": f'{{{DEPENDS}, "scripts": {{"a": "prisma generate --schema prisma/schema.prisma"}}}}'
            },
            "scripts of package.json name your schema, the lone file `prisma/schema.prisma`",
            "leave `--schema` out of them: Prisma finds it without",
        ),
    ],
)
def test_what_cannot_be_a_folder(
    files: dict[str, str], message: str, hint: str, tmp_path: Path
) -> None:
    written(tmp_path, {**SIX, "package.json": f"{{{DEPENDS}}}", **files})
    with pytest.raises(UserError) as refused:
        in_host(tmp_path)
    assert message in str(refused.value)
    assert hint in str(refused.value.hint)


def test_an_index_that_prisma_6_has_not(tmp_path: Path) -> None:
    written(tmp_path, {**SIX, "package.json": f"{{{DEPENDS}}}"})
    text = 'model Grade {\n  @@unique([code], where: raw("deleted_at IS NULL"))\n}\n'
    with pytest.raises(UserError) as refused:
        with_models(tmp_path, Plan((model("prisma", text),)), in_host(tmp_path))
    assert "and Prisma 6 has no index for that" in str(refused.value)
    assert refused.value.hint == "delete rows for good: `--set data.soft_delete=false`"


def test_a_schema_that_lost_its_generator_is_no_matter(tmp_path: Path) -> None:
    written(tmp_path, {**SIX, "package.json": f"{{{DEPENDS}}}"})
    manifest = in_host(tmp_path)
    written(tmp_path, {"prisma/schema.prisma": DATASOURCE})
    assert len(with_models(tmp_path, Plan((model("prisma"),)), manifest).changes) == 2


@pytest.mark.parametrize(
    "broken", [b'{"prisma": {"schema": "prisma"}, "a": NaN}', b"{", b'{"a": "\xff"}']
)
def test_a_package_json_that_is_broken_by_now_stays(broken: bytes, tmp_path: Path) -> None:
    raw = f"{{{DEPENDS}}}".encode()
    written(tmp_path, {**SIX, "package.json": raw.decode()})
    manifest = in_host(tmp_path)
    plan = with_models(tmp_path, Plan((model("prisma"),)), manifest)
    after = next(one.after or b"" for one in plan.changes if one.path == "package.json")
    (tmp_path / "package.json").write_bytes(broken)
    assert without_models(tmp_path, Plan(()), manifest, lambda path: [(raw, after)]).changes == ()
