"""What the first endpoint brings into a project that scaffold did not make: little, and nothing that only tests us."""

from __future__ import annotations

import ast
import json
import posixpath
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from scaffold.dependencies.pep508 import read_wanted
from scaffold.dependencies.version_ranges import numbers, pep440_bounds
from scaffold.frameworks.fastapi import needs
from scaffold.manifest.host import AUTH_KINDS, named
from scaffold.manifest.manifest import Manifest
from scaffold.manifest.table_history import recorded, writes_migrations
from scaffold.rendering.render import Templates, Tree
from tests.support.projects import AGENTS, CHECKOUT, MIXTURES, is_nextjs, manifest_of, resource
from tools.source import ROOT

CLERK = {"auth": "@/auth#auth", "auth_kind": "clerk"}
BETTER = {"auth": "@/auth#auth", "auth_kind": "better-auth"}
NEXT = {"auth": "@/auth#auth", "auth_kind": "next-auth"}
SUPABASE = {"auth": "@/auth#auth", "auth_kind": "supabase"}
DRIZZLE = {"db": "@/lib/db#db"}
PRISMA = {
    "db": "@/lib/db#prisma",
    "prisma_schema": "db",
    "prisma_client": "../../generated/client",
}
USERS = {"current_user": "app.deps:get_current_user", "user_id": "id:int"}
SESSION = {"session": "app.db:get_session", "session_kind": "async"}
SYNC = {**SESSION, "session_kind": "sync"}
# Lines of the first endpoint with three fields, by style and by what the project has. 2,500 is the limit; lower a
# ceiling when you get below it.
MOST: list[tuple[str, dict[str, str], int]] = [
    ("clerk", {}, 2320),
    ("clerk", CLERK, 2280),
    ("clerk", {**CLERK, **DRIZZLE}, 2250),
    ("clerk", {**NEXT, **DRIZZLE}, 2250),
    ("fastapi", {}, 2500),
    ("fastapi", {**USERS, **SESSION}, 2450),
    ("fastapi", {**USERS, "user_role": "role:one", **SYNC}, 2490),
    ("libsql", {}, 2470),
    ("libsql", NEXT, 2430),
    ("prisma", {}, 2500),
    ("prisma", {**BETTER, **PRISMA}, 2410),
    ("supabase", {}, 2500),
    ("supabase", {**SUPABASE, **DRIZZLE}, 2400),
]
NEXTJS = [path for path in (*AGENTS, *MIXTURES) if is_nextjs(path)]
SIGN_INS = {"@clerk/backend", "@supabase/ssr", "better-auth", "jose", "next-auth"}
OTHERS_FILES = ("package.json", "pyproject.toml")
FIELDS = ("title:string{1..200}", "score:decimal{0..100}?", "status:enum(draft,published)+=draft")
IMPORT = re.compile(r"""(?:\bfrom|\bimport|\bimport\()\s*'([^']+)'""")
EXPORTED = re.compile(r"^export (?:async )?(?:function|const|type|class) (\w+)", re.MULTILINE)
WORD = re.compile(r"\b\w+\b")
# What Next.js calls, and what only some of the projects need of a file that most of them need.
KEPT = {"GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "closeDatabase", "cookiesOf"}
# Where a test run begins: the tests of resources, and what the configuration of the tests names.
ROOTS = re.compile(
    r"tests/resources/.*|tests/contract.config.mts|tests/support/(?:setup|global-\w+)\.ts"
)


def host_tree(
    path: Path, templates: Templates, fields: Sequence[str] = FIELDS, **host: str
) -> Tree:
    """The first endpoint in somebody else's project that has `host`, by an agent's document; nothing is asked for."""
    manifest: Manifest = manifest_of(path, templates)
    host = {key: value for key, value in {"local_stack": "no", **host}.items() if value}
    if is_nextjs(path):
        manifest = replace(manifest, service=False, host=host)
    else:
        if host.get("local_stack") == "no":
            host = {**named("app.rest"), **host}
        manifest = replace(manifest, service=False, source="app/rest", alias="app.rest", host=host)
    after = manifest.with_resource(resource("assessments", *fields))
    values = templates.context(after)["conventions"]
    if writes_migrations(templates.schema, values):
        after = recorded(manifest, after, values, values)
    return templates.render(after)


@pytest.mark.parametrize(("style", "host", "most"), MOST)
def test_the_first_endpoint_is_small(style: str, host: dict[str, str], most: int) -> None:
    tree = host_tree(ROOT / f"agents/{style}.md", CHECKOUT, **host)
    lines = sum(text.count("\n") for name, text in tree.items() if name not in OTHERS_FILES)
    assert most - 60 < lines <= most, f"{style} has {lines} lines, and `MOST` says {most}"


@pytest.mark.parametrize("users", [{}, USERS], ids=["accounts", "users"])
@pytest.mark.parametrize(
    "path", [one for one in (*AGENTS, *MIXTURES) if not is_nextjs(one)], ids=lambda path: path.stem
)
def test_a_blocking_session_can_do_what_is_asked_of_it(path: Path, users: dict[str, str]) -> None:
    tree = host_tree(path, CHECKOUT, **users, **SYNC)
    asked = {
        name
        for file, text in tree.items()
        if file.startswith("app/rest/") and not file.endswith(("core/database.py", "env.py"))
        for name in re.findall(r"\bsession\.(\w+)\(", text)
    }
    there = re.findall(r"def (\w+)\(self", tree["app/rest/core/database.py"])
    assert asked
    assert asked <= {*there}


def test_every_agent_has_a_ceiling() -> None:
    assert {style for style, host, _ in MOST if not host} == {path.stem for path in AGENTS}


@pytest.mark.parametrize("has", ["nothing", "sign-in", "both"])
@pytest.mark.parametrize("path", NEXTJS, ids=lambda path: path.stem)
def test_nothing_is_there_that_nobody_uses(path: Path, has: str) -> None:
    templates = CHECKOUT
    orm = templates.context(manifest_of(path, templates))["conventions"]["stack"]["orm"]
    database = {"drizzle": DRIZZLE, "prisma": PRISMA}.get(orm, {}) if has == "both" else {}
    tree = host_tree(path, templates, **({} if has == "nothing" else NEXT), **database)
    code = {name: text for name, text in tree.items() if name.endswith("ts")}
    words = Counter(word for text in code.values() for word in WORD.findall(text))
    assert [
        f"{name}: {word}"
        for name, text in sorted(code.items())
        for word in EXPORTED.findall(text)
        if words[word] < 2 and word not in KEPT
    ] == []
    library = {name for name in code if name.startswith(("src/lib/", "src/db/", "src/api-db/"))}
    imported = {
        posixpath.basename(wanted) for text in code.values() for wanted in IMPORT.findall(text)
    }
    # Drizzle reads the folder of tables itself.
    unread = {name for name in library if Path(name).stem not in imported}
    assert [name for name in sorted(unread) if "/schema/" not in name] == []


@pytest.mark.parametrize("host", [{}, {"auth": "@/auth#auth"}], ids=["", "auth"])
@pytest.mark.parametrize("path", NEXTJS, ids=lambda path: path.stem)
def test_no_file_is_there_that_no_test_of_a_resource_needs(
    path: Path, host: dict[str, str]
) -> None:
    tree = host_tree(path, CHECKOUT, **host)
    tests = {name for name in tree if name.startswith("tests/")}
    reached: set[str] = set()
    left = [name for name in tests if ROOTS.fullmatch(name)]
    while left:
        name = left.pop()
        if name not in reached:
            reached.add(name)
            folder = posixpath.dirname(name)
            for wanted in IMPORT.findall(tree[name]):
                file = posixpath.normpath(posixpath.join(folder, wanted)) + ".ts"
                left += [file] if file in tests else []
    assert sorted(tests - reached) == []
    assert [name for name in tests if name.startswith("tests/api/")] == []


@pytest.mark.parametrize("path", NEXTJS, ids=lambda path: path.stem)
def test_nothing_stands_in_unless_asked(path: Path) -> None:
    local = re.compile(
        r".*/(?:local-issuer|kept-secret|data-folder|embedded|schema-engine|auth)\.ts|scripts/token\.ts|.*\.\.\.all.*"
    )
    asked, unasked, older = (
        host_tree(path, CHECKOUT, local_stack=word) for word in ("yes", "no", "")
    )
    assert [name for name in asked if local.fullmatch(name)]
    assert [name for name in unasked if local.fullmatch(name) and "tests/" not in name] == []
    code = [text for name, text in unasked.items() if name.startswith("src/")]
    assert not any("PGLITE" in text or "LOCAL_STACK" in text or "pglite" in text for text in code)
    # A manifest from before the answer keeps what its project has.
    assert {name for name in asked if asked[name] != older.get(name)} <= {".copier-answers.yml"}
    assert asked.keys() == older.keys()


def test_their_prisma_comes_without_another() -> None:
    tree = host_tree(
        ROOT / "agents/prisma.md",
        CHECKOUT,
        db="@/lib/db#prisma",
        prisma_schema="db",
        prisma_client="../../generated/client",
    )
    ours = re.compile(r"prisma.*|src/db/.*|src/generated/.*|scripts/db-.*")
    assert [name for name in tree if ours.fullmatch(name)] == []
    assert [name for name in tree if name.endswith(".prisma")] == [
        "db/api-models/assessments.prisma"
    ]
    imports = {name: IMPORT.findall(text) for name, text in tree.items() if name.endswith(".ts")}
    assert {name for name, found in imports.items() if "@/lib/db" in found} == {
        "src/api-db/client.ts"
    }
    assert "../../generated/client" in imports["tests/support/client.ts"]
    package = json.loads(tree["package.json"])
    assert not {"pg", "@prisma/adapter-pg", "prisma"} & package["dependencies"].keys()
    assert not [name for name in package["scripts"] if name.startswith("db:")]


def test_their_prisma_6_differs_where_its_engine_in_rust_does() -> None:
    host = {"db": "@/lib/db#prisma", "prisma_schema": "db", "prisma_client": "@prisma/client"}
    fields = [*FIELDS, "parent:ref(assessments)?"]
    seven, six = (
        host_tree(ROOT / "agents/prisma.md", CHECKOUT, fields, **host, **more)
        for more in ({}, {"prisma": "6"})
    )
    assert {path for path in six if six[path] != seven.get(path)} == {
        ".copier-answers.yml",
        "package.json",
        "src/api-db/client.ts",
        "src/api-db/errors.ts",
        "src/api-db/query.ts",
        "tests/support/global-database.ts",
    }
    assert six.keys() == seven.keys()
    assert "where id = ${id}::uuid ${owned}" in six["src/api-db/query.ts"]
    package = json.loads(six["package.json"])
    named = package["dependencies"] | package["devDependencies"]
    assert {named[name] for name in ("prisma", "@prisma/client", "@prisma/adapter-pg")} == {
        "6.19.3"
    }


@pytest.mark.parametrize("kind", AUTH_KINDS)
@pytest.mark.parametrize("path", NEXTJS, ids=lambda path: path.stem)
def test_their_sign_in_comes_alone(path: Path, kind: str) -> None:
    templates = CHECKOUT
    module = "../../../auth" if kind == "next-auth" else "@/auth"
    tree = host_tree(path, templates, auth=f"{module}#auth", auth_kind=kind)
    ours = re.compile(r".*(?:local-issuer|token|global-auth|accounts?)\.ts|.*/auth/.*")
    assert [name for name in tree if ours.fullmatch(name)] == []
    assert not SIGN_INS & json.loads(tree["package.json"])["dependencies"].keys()
    by_cookie = "in: 'cookie'" in tree["src/lib/api/openapi.ts"]
    assert by_cookie is (kind in ("next-auth", "next-auth-4", "better-auth"))
    files = {name.rsplit(".", 1)[0] for name in tree} | {"auth", "src/auth"}
    for name, text in tree.items():
        for wanted in IMPORT.findall(text) if name.endswith("ts") else ():
            place = posixpath.join(posixpath.dirname(name), wanted)
            inside = f"src/{wanted[2:]}" if wanted.startswith("@/") else place
            if wanted.startswith(("@/", ".")) and "/generated/" not in wanted:
                file = posixpath.normpath(inside).removesuffix(".ts")
                assert {file, f"{file}/index"} & files, f"{name} imports {wanted}"


@pytest.mark.parametrize("style", ["clerk", "supabase"])
def test_their_sign_in_beside_their_database_leaves_nothing_to_run(style: str) -> None:
    host = {"auth": "@/auth#auth", "auth_kind": "next-auth", "db": "@/lib/db#db"}
    tree = host_tree(ROOT / f"agents/{style}.md", CHECKOUT, **host)
    package = json.loads(tree["package.json"])
    assert [*package["scripts"]] == ["test", "typecheck"]
    assert "tsx" not in package["devDependencies"]
    assert [name for name in tree if name.startswith("scripts/")] == []


def test_a_host_of_fastapi_gets_the_contract_and_not_our_own_tests() -> None:
    tree = host_tree(ROOT / "agents/fastapi.md", CHECKOUT)
    found = sorted(name for name in tree if re.search(r"/test_\w+\.py$", name))
    assert found == [
        "tests/endpoints/resources/test_assessments.py",
        "tests/endpoints/test_migrations.py",
    ]


def test_a_service_keeps_the_tests_of_its_library() -> None:
    templates = CHECKOUT
    for style, file in (
        ("supabase", "tests/api/respond.test.ts"),
        ("libsql", "tests/api/files.test.ts"),
        ("fastapi", "tests/endpoints/test_answers.py"),
    ):
        assert file in templates.render(manifest_of(ROOT / f"agents/{style}.md", templates))


def test_files_of_rows_bring_their_library_with_the_first_resource_that_has_some() -> None:
    templates = CHECKOUT
    manifest = replace(manifest_of(ROOT / "agents/libsql.md", templates), service=False)
    plain = manifest.with_resource(resource("notes", "year:int"))
    filed = manifest.with_resource(resource("notes", "year:int", files="notes/{year}"))
    values = templates.context(manifest)["conventions"]
    for one, is_there in ((plain, False), (filed, True)):
        tree = templates.render(recorded(manifest, one, values, values))
        assert ("src/lib/files/mirror.ts" in tree) is is_there
        assert ("src/resources/mirrored.ts" in tree) is is_there


def test_a_host_of_fastapi_is_asked_for_the_versions_that_were_checked() -> None:
    text = host_tree(ROOT / "agents/fastapi.md", CHECKOUT)["pyproject.toml"]
    lowest = {need.package: need.lowest for need in reversed(needs.NEEDS)}
    wanted = read_wanted(text)
    asked = [Requirement(one) for one in (*wanted.runtime, *wanted.dev)]
    assert [
        str(one) for one in asked if {clause.operator for clause in one.specifier} != {">="}
    ] == []
    bounds = {one.name: pep440_bounds(one.specifier).lowest for one in asked}
    assert {name: bounds[name] for name in lowest} == {
        name: numbers(version) for name, version in lowest.items()
    }


@pytest.mark.parametrize("host", [{}, {**USERS, **SESSION}, {**USERS, **SYNC}], ids=str)
def test_what_python_imports_is_there(host: dict[str, str]) -> None:
    fields = (*FIELDS, "parent:ref(assessments)?", "due:datetime?", "price:decimal?")
    tree = host_tree(ROOT / "agents/fastapi.md", CHECKOUT, fields, **host)
    modules = {
        path.removesuffix(".py").removesuffix("/__init__").replace("/", "."): ast.parse(text)
        for path, text in tree.items()
        if path.endswith(".py")
    }
    wanted = {
        (node.module, name.name)
        for module in modules.values()
        for node in ast.walk(module)
        if isinstance(node, ast.ImportFrom) and not node.level and node.module in modules
        for name in node.names
    }
    missing = {
        (module, name)
        for module, name in wanted
        if name not in _defined(modules[str(module)]) and f"{module}.{name}" not in modules
    }
    assert len(wanted) > 50 and not missing


def _defined(module: ast.Module) -> set[str]:
    """Names at the top of a module."""
    found: set[str] = set()
    for node in module.body:
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            found.add(node.name)
        elif isinstance(node, ast.Import | ast.ImportFrom):
            found |= {name.asname or name.name for name in node.names}
        else:
            found |= {
                one.id
                for one in ast.walk(node)
                if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Store)
            }
    return found
