"""Which Next.js projects cannot run the generated code, and the command that helps."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from scaffold.frameworks import next_needs
from scaffold.frameworks.nextjs import NextJs
from scaffold.manifest.manifest import Manifest
from scaffold.sources.address import Version
from scaffold.support.errors import UserError

SUPABASE = {"stack": {"orm": "drizzle"}, "auth": {"provider": "supabase"}}
PRISMA = {"stack": {"orm": "prisma"}, "auth": {"provider": "better-auth"}}
LIBSQL = {"stack": {"orm": "libsql"}, "auth": {"provider": "nextauth"}}


@pytest.fixture
def app(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def _package(root: Path, dependencies: dict[str, str], **more: Any) -> None:
    text = json.dumps({"dependencies": {"next": "16.4.5", **dependencies}, **more})
    (root / "package.json").write_text(text, "utf-8")


def _refused(root: Path, values: Any) -> tuple[str, str | None]:
    with pytest.raises(UserError) as error:
        next_needs.require(root, values)
    return error.value.message, error.value.hint


@pytest.mark.parametrize(
    ("package", "said", "values", "hint"),
    [
        ("zod", "^3.24.1", SUPABASE, "npm install zod@^3.25.20"),
        ("zod", "3.25.19", PRISMA, "npm install zod@^3.25.20"),
        ("next", "^14.2.0", SUPABASE, "npm install next@^15"),
        ("typescript", "~5.4.0", SUPABASE, "npm install typescript@^5.5"),
        ("@supabase/ssr", "^0.1.0", SUPABASE, "npm install @supabase/ssr@^0.4"),
        ("prisma", "^6.1.0", PRISMA, "npm install prisma@^7"),
        ("next-auth", "5.0.0-beta.25", LIBSQL, "npm install next-auth@^4.24"),
        ("drizzle-orm", "^0.33.0", SUPABASE, "npm install drizzle-orm@^0.41"),
    ],
)
def test_what_package_json_asks_for(
    package: str, said: str, values: Any, hint: str, app: Path
) -> None:
    _package(app, {package: said})
    message, helps = _refused(app, values)
    assert f"`{package}` may only be `{said}` (package.json)" in message
    assert helps == hint


@pytest.mark.parametrize(
    ("dependencies", "values"),
    [
        ({}, SUPABASE),
        ({"zod": "^4.1.0", "typescript": "^5", "next": "^15.0.0"}, SUPABASE),
        ({"zod": "3.25.76"}, PRISMA),
        ({"zod": "^3.25.20"}, SUPABASE),
        ({"zod": "^3.25 || ^4", "next": "latest", "typescript": "catalog:"}, SUPABASE),
        # These conventions use none of them.
        ({"prisma": "^6", "next-auth": "5.0.0-beta.25"}, SUPABASE),
        ({"drizzle-orm": "^0.30.0", "@supabase/ssr": "^0.1.0"}, PRISMA),
    ],
)
def test_what_may_run_it(dependencies: dict[str, str], values: Any, app: Path) -> None:
    _package(app, dependencies)
    next_needs.require(app, values)


def test_what_is_installed_decides_and_what_nobody_named_does_not(app: Path) -> None:
    _package(app, {"zod": ">=3"})
    next_needs.require(app, SUPABASE)
    for name in ("zod", "typescript"):
        (app / "node_modules" / name).mkdir(parents=True)
        (app / "node_modules" / name / "package.json").write_text('{"version": "3.24.1"}')
    message, hint = _refused(app, SUPABASE)
    assert "`zod` is 3.24.1 (node_modules/zod/package.json)" in message
    assert "typescript" not in message
    assert hint == "npm install zod@^3.25.20"


def test_a_new_version_does_not_help_where_the_range_brings_the_old_one_back(app: Path) -> None:
    _package(app, {"jose": "^5.1.0"})
    (app / "node_modules/jose").mkdir(parents=True)
    (app / "node_modules/jose/package.json").write_text('{"version": "6.1.0"}')
    assert "may only be `^5.1.0`" in _refused(app, SUPABASE)[0]


@pytest.mark.parametrize(
    ("dependencies", "installed", "hint"),
    [
        ({"prisma": "^6.16.0", "@prisma/client": "^6.16.0"}, None, None),
        # npm brings a newer one of these.
        ({"prisma": "^6.0.0"}, None, None),
        ({"prisma": "^6.0.0"}, "6.19.3", None),
        ({"prisma": "^6.0.0"}, "6.15.1", "npm install prisma@^6.16"),
        ({"prisma": "~6.10.0"}, None, "npm install prisma@^6.16"),
        (
            {"prisma": "^5.0.0", "@prisma/client": "^5.0.0"},
            None,
            "npm install prisma@^6.16 @prisma/client@^6.16",
        ),
        ({"prisma": "^7.0.0"}, None, None),
    ],
)
def test_their_prisma_is_a_6_16(
    dependencies: dict[str, str], installed: str | None, hint: str | None, app: Path
) -> None:
    _package(app, dependencies)
    (app / "prisma").mkdir()
    (app / "prisma/schema.prisma").write_text("")
    if installed:
        (app / "node_modules/prisma").mkdir(parents=True)
        (app / "node_modules/prisma/package.json").write_text(f'{{"version": "{installed}"}}')
    if hint is None:
        next_needs.require(app, PRISMA)
    else:
        message, helps = _refused(app, PRISMA)
        assert helps == hint and "the generated tests bring a driver" in message


@pytest.mark.parametrize(
    ("said", "installed", "path"),
    [
        ("^3.25.20", None, {"zod": "zod/v4"}),
        ("^3.24.1", "3.25.76", {"zod": "zod/v4"}),
        # A lock file may bring 3 back; `zod/v4` is in both.
        ("^3.25 || ^4", "4.1.0", {"zod": "zod/v4"}),
        (">=3", None, {"zod": "zod/v4"}),
        ("^4.0.0", None, {}),
        ("^4.0.0", "4.6.7", {}),
        ("catalog:", "3.25.76", {"zod": "zod/v4"}),
        ("catalog:", None, {}),
        (None, None, {}),
    ],
)
def test_where_zod_4_is(
    said: str | None, installed: str | None, path: dict[str, str], app: Path
) -> None:
    _package(app, {"zod": said} if said else {})
    if installed:
        (app / "node_modules/zod").mkdir(parents=True)
        (app / "node_modules/zod/package.json").write_text(f'{{"version": "{installed}"}}')
    next_needs.require(app, SUPABASE)
    manifest = Manifest(Version("", ""), "supabase", "shop")
    values = {**SUPABASE, "routing": {"prefix": "/api"}}
    assert NextJs().host(app, values, {"auth": "own"}, manifest, fresh=True).values == path


def test_only_modules_meet_the_fault_of_drizzle_kit(app: Path) -> None:
    _package(app, {"drizzle-kit": "0.31.4"})
    next_needs.require(app, SUPABASE)
    _package(app, {"drizzle-kit": "0.31.4"}, type="module")
    assert _refused(app, SUPABASE)[1] == "npm install drizzle-kit@^0.31.6"
    next_needs.require(app, PRISMA)
    # Their own commands run it where they have a config.
    (app / "drizzle.config.ts").write_text("export default { dialect: 'postgresql' };\n")
    next_needs.require(app, SUPABASE)


def test_better_auth_asks_for_more_of_drizzle(app: Path) -> None:
    _package(app, {"drizzle-orm": "0.42.0"})
    next_needs.require(app, SUPABASE)
    values = {"stack": {"orm": "drizzle"}, "auth": {"provider": "better-auth"}}
    assert _refused(app, values)[1] == "npm install drizzle-orm@^0.45.2"


def test_one_command_for_all_with_tools_where_they_were(app: Path) -> None:
    _package(app, {"zod": "3"}, devDependencies={"typescript": "4.9.5", "vitest": "^1"})
    message, hint = _refused(app, SUPABASE)
    assert message.count("\n") == 3
    assert hint == "npm install zod@^3.25.20 && npm install -D typescript@^5.5 vitest@^2.1"


@pytest.mark.parametrize(
    ("files", "command"),
    [
        ({"package-lock.json": ""}, "cd apps/web && npm install zod@^3.25.20"),
        ({"pnpm-lock.yaml": ""}, "cd apps/web && pnpm add zod@^3.25.20"),
        ({"yarn.lock": ""}, "cd apps/web && yarn add zod@^3.25.20"),
        ({"bun.lockb": ""}, "cd apps/web && bun add zod@^3.25.20"),
        (
            {"package.json": '{"packageManager": "pnpm@9.1.0"}'},
            "cd apps/web && pnpm add zod@^3.25.20",
        ),
        ({"package.json": '{"packageManager": ["x"]}'}, "cd apps/web && npm install zod@^3.25.20"),
    ],
)
def test_the_package_manager_of_a_workspace(files: dict[str, str], command: str, app: Path) -> None:
    (app / ".git").mkdir()
    for path, text in files.items():
        (app / path).write_text(text, "utf-8")
    web = app / "apps/web"
    web.mkdir(parents=True)
    _package(web, {"zod": "^3"})
    assert _refused(web, SUPABASE)[1] == command


@pytest.mark.parametrize(
    ("files", "dependencies", "shown"),
    [
        ({}, {"mysql2": "^3"}, "package.json depends on `mysql2`"),
        ({}, {"@planetscale/database": "1"}, "package.json depends on `@planetscale/database`"),
        ({"drizzle.config.ts": "dialect: 'mysql',"}, {"postgres": "3"}, "drizzle.config.ts"),
        (
            {"prisma/schema.prisma": 'datasource db {\n  provider = "mysql"\n}\n'},
            {},
            "prisma/schema.prisma",
        ),
    ],
)
def test_mysql(files: dict[str, str], dependencies: dict[str, str], shown: str, app: Path) -> None:
    _package(app, dependencies)
    for path, text in files.items():
        (app / path).parent.mkdir(exist_ok=True)
        (app / path).write_text(text, "utf-8")
    message, hint = _refused(app, SUPABASE)
    assert "keeps its data in MySQL" in message
    assert shown in message
    assert hint == "make a service of its own beside it: `scaffold new api --style supabase`"


def test_a_driver_beside_another_database_proves_nothing(app: Path) -> None:
    _package(app, {"mysql2": "^3", "pg": "^8"})
    next_needs.require(app, SUPABASE)


@pytest.mark.parametrize(
    "package",
    [
        *({"dependencies": []}, {"dependencies": {"zod": 3}}, {"dependencies": {"zod": None}}),
        *({"prisma": {"schema": "../../../etc/passwd"}}, {"prisma": {"schema": "\0"}}, {"type": 4}),
    ],
)
def test_odd_files_say_nothing(package: dict[str, Any], app: Path) -> None:
    (app / "package.json").write_text(json.dumps(package), "utf-8")
    next_needs.require(app, SUPABASE)
    assert all(finding.ok for finding in next_needs.findings(app, SUPABASE))


def test_doctor_says_each_version_and_its_source(app: Path) -> None:
    _package(app, {"zod": "^3", "prisma": "^6"})
    found = {finding.what: finding for finding in next_needs.findings(app, None)}
    assert [*found] == [
        "next 16.4.5 (package.json)",
        "zod ^3 (package.json)",
        "prisma ^6 (package.json)",
    ]
    assert [finding.ok for finding in found.values()] == [True, False, True]
    assert found["zod ^3 (package.json)"].hint == "needs 3.25.20 or newer: npm install zod@^3.25.20"


def test_their_next_may_have_no_typegen(app: Path) -> None:
    ours = json.dumps({"scripts": {"typecheck": "next typegen && tsc --noEmit"}})

    def has_typegen(wanted: str) -> bool:
        _package(app, {"next": wanted})
        return "typegen" in next_needs.for_their_next(app, ours)

    assert has_typegen("16.4.5") and has_typegen("^15.5.0") and has_typegen("latest")
    assert has_typegen("catalog:")
    assert not has_typegen("^15.0.0")
    (app / "node_modules/next").mkdir(parents=True)
    (app / "node_modules/next/package.json").write_text('{"version": "15.5.2"}')
    assert has_typegen("^15.0.0")
    (app / "node_modules/next/package.json").write_text('{"version": "15.4.9"}')
    assert not has_typegen("^15.0.0")


@pytest.mark.parametrize(
    ("types", "vitest"),
    [
        ("^24", "4.1.12"),
        ("20.14.10", "4.1.12"),
        (">=18", "4.1.12"),
        ("catalog:", "4.1.12"),
        ("^18", "3.2.4"),
        ("18.19.130", "3.2.4"),
        ("^21.5.0", "3.2.4"),
    ],
)
def test_vitest_is_one_that_takes_their_types_of_node(app: Path, types: str, vitest: str) -> None:
    ours = json.dumps({"devDependencies": {"tsx": "4.23.15", "vitest": "4.1.12"}})
    _package(app, {}, devDependencies={"@types/node": types})
    wanted = json.loads(next_needs.for_their_next(app, ours))
    assert wanted == {"devDependencies": {"tsx": "4.23.15", "vitest": vitest}}


def test_the_compiler_of_a_workspace_is_not_added_a_second_time(tmp_path: Path) -> None:
    wanted = (
        '{\n  "devDependencies": {\n    "typescript": "6.0.3",\n    "vitest": "4.1.12"\n  }\n}\n'
    )
    home = {"workspaces": ["apps/*"], "devDependencies": {"typescript": "^5.9.3"}}
    (tmp_path / "package.json").write_text(json.dumps(home), "utf-8")
    web = tmp_path / "apps/web"
    web.mkdir(parents=True)
    _package(web, {})
    assert json.loads(next_needs.for_their_next(web, wanted)) == {
        "devDependencies": {"vitest": "4.1.12"}
    }
    _package(tmp_path, {"typescript": "^5.9.3"})  # and no workspace
    assert next_needs.for_their_next(web, wanted) == wanted
