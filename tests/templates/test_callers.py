"""What FastAPI templates emit beside users and a session of somebody else's: formatted, complete, and no more."""

from __future__ import annotations

import ast
import itertools
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import black
import pytest

from scaffold.manifest.manifest import Manifest
from scaffold.manifest.table_history import recorded
from scaffold.rendering.render import Templates, Tree
from scaffold.sources.address import fetch
from scaffold.sources.versions import newest
from tests.support.folders import tree
from tests.support.plain_copier import copy
from tests.support.projects import CHECKOUT, manifest_of, resource
from tools.source import ROOT

DOCUMENT = ROOT / "agents/fastapi.md"
FIELDS = ("title:string{1..200}", "score:decimal{0..100}?", "status:enum(draft,published)+=draft")
LONG = "shop.a_package_with_a_long_name.of_several.modules_of_the_project:get_current_active_user"
USERS: Mapping[str, Mapping[str, str]] = {
    "": {},
    "uuid, flag": {
        "current_user": "app.deps:user",
        "user_id": "id:uuid",
        "user_role": "is_superuser:flag",
    },
    "int, one": {"current_user": LONG, "user_id": "pk:int", "user_role": "role:one"},
    "str, many": {"current_user": "zoo.deps:user", "user_id": "sub:str", "user_role": "roles:many"},
    "uuid, enum": {
        "current_user": "app.deps:user",
        "user_id": "uuid:uuid",
        "user_role": "role:enum",
    },
    "no role": {"current_user": "app.deps:user", "user_id": "id:int"},
    "a mapping": {
        "current_user": "app.deps:user",
        "user_id": "[sub]:str",
        "user_role": "[roles]:many",
    },
    "a mapping of numbers": {
        "current_user": "a:user",
        "user_id": "[id]:int",
        "user_role": "[admin]:flag",
    },
    "perhaps nobody": {
        "current_user": "zoo.deps:user",
        "user_id": "id:int",
        "user_optional": "yes",
    },
    "only the id, or nobody": {
        "current_user": "app.deps:user_id",
        "user_id": ":int",
        "user_optional": "yes",
    },
    "only the id": {"current_user": "app.deps:user_id", "user_id": ":uuid"},
}
SESSIONS: Mapping[str, Mapping[str, str]] = {
    "": {},
    "async": {"session": "app.deps:get_session", "session_kind": "async"},
    "sync": {"session": LONG, "session_kind": "sync"},
}
# Each with each would say no more: what they change is apart.
BOTH = [("", "async"), ("", "sync"), ("uuid, flag", "")]
BOTH += [*zip([*USERS][1:], itertools.cycle(["async", "sync"]), strict=False)]


def host_of(templates: Templates, host: Mapping[str, str], **overrides: object) -> Manifest:
    bare = manifest_of(DOCUMENT, templates)
    bare = replace(bare, service=False, source="app/rest", alias="app.rest", host=host)
    bare = replace(bare, overrides={"operations": overrides} if overrides else {})
    after = bare.with_resource(resource("notes", *FIELDS)).with_resource(
        replace(resource("tags", "name:string!", "note:ref(notes)"), public=True)
    )
    values = templates.context(after)["conventions"]
    return recorded(bare, after, values, values)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("user", "session"),
    BOTH,
    ids=[f"{user or 'ours'} / {session or 'ours'}" for user, session in BOTH],
)
def test_every_file_is_formatted_and_nothing_of_ours_is_left_over(user: str, session: str) -> None:
    templates = CHECKOUT
    host = {**USERS[user], **SESSIONS[session]}
    # Where both keep keys of requests, each has its way to do it.
    files = templates.render(host_of(templates, host, idempotency=["POST"]))
    python = {path: text for path, text in files.items() if path.endswith(".py")}
    mode = black.Mode(line_length=88)
    assert [
        path for path, text in python.items() if black.format_str(text, mode=mode) != text
    ] == []
    every = "\n".join(python.values())
    assert ("app.rest.auth" in every) == (not user)
    assert ("jwt" in every.lower()) == (not user)
    assert ("DATABASE_URL" in every.upper()) == (not session)
    assert ("asyncpg" in every) == (not session)
    assert imports_left_over(python) == []


def imports_left_over(files: Tree) -> list[str]:
    """Names that a module imports and does not use, and modules of ours that are not there."""
    found = []
    modules = {
        path.removesuffix(".py").replace("/", ".").removesuffix(".__init__") for path in files
    }
    for path, text in files.items():
        module = ast.parse(text)
        names = {node.id for node in ast.walk(module) if isinstance(node, ast.Name)}
        # Names in `__all__`.
        names |= {str(node.value) for node in ast.walk(module) if isinstance(node, ast.Constant)}
        for node in ast.walk(module):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("app.rest."):
                inner = {f"{node.module}.{alias.name}" for alias in node.names}
                if node.module not in modules and not inner & modules:
                    found.append(f"{path}: {node.module}")
            if isinstance(node, ast.Import | ast.ImportFrom) and not path.endswith("__init__.py"):
                for alias in node.names:
                    name = (alias.asname or alias.name).partition(".")[0]
                    found += [f"{path}: {name}"] * (name not in names)
    return found


@pytest.mark.slow
@pytest.mark.parametrize("session", SESSIONS)
def test_plain_copier_writes_the_same(session: str, source: Path, tmp_path: Path) -> None:
    version = newest()
    templates = Templates(fetch(version))
    host = {**USERS["int, one"], **SESSIONS[session]}
    manifest = replace(host_of(templates, host), version=version)
    copy(manifest, tmp_path / "copied")
    assert tree(tmp_path / "copied") == templates.render(manifest)


def test_their_users_and_session_spare_a_tenth() -> None:
    templates = CHECKOUT
    sizes = []
    for host in ({}, {**USERS["uuid, flag"], **SESSIONS["async"]}):
        files = templates.render(host_of(templates, host))
        sizes.append(
            sum(text.count("\n") for path, text in files.items() if path != "pyproject.toml")
        )
    assert sizes[1] < 0.9 * sizes[0]
