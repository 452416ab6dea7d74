"""Names of somebody else's that our modules import meet none that these modules have."""

from __future__ import annotations

import ast
import builtins
import re
from dataclasses import replace
from itertools import product

import pytest

from scaffold.manifest.manifest import Manifest
from scaffold.manifest.table_history import recorded
from scaffold.rendering.render import Tree
from tests.support.projects import AGENTS, CHECKOUT, manifest_of, resource
from tools.source import ROOT

FASTAPI = next(path for path in AGENTS if path.stem == "fastapi")
OWN = re.compile(r"^from (?:app\.)?(?:deps|db) import", re.MULTILINE)
TAKEN = re.search(
    r"TAKEN = '([^']+)'", (ROOT / "templates/parts/fastapi/project.jinja").read_text()
)
USERS = [
    *({"user_id": f"id:{kind}"} for kind in ("int", "uuid", "str")),
    *({"user_id": "id:int", "user_role": role} for role in ("admin:flag", "role:enum", "role:one")),
    {"user_id": "[sub]:str", "user_role": "[roles]:many"},
    {"user_id": ":str", "user_optional": "yes"},
]


def tree(user: str, session: str, kind: str = "async", **host: str) -> Tree:
    """The first endpoint in a project whose names are these."""
    templates = CHECKOUT
    given = {"current_user": user, "session": session, "session_kind": kind, **host}
    manifest: Manifest = replace(
        manifest_of(FASTAPI, templates),
        service=False,
        source="app/rest",
        alias="app.rest",
        host=given,
    )
    after = manifest.with_resource(resource("assessments", "title:string"))
    values = templates.context(after)["conventions"]
    return templates.render(recorded(manifest, after, values, values))


def names_in(text: str) -> set[str]:
    """All names that a module binds or reads, but those of attributes."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(text)):
        match node:
            case ast.alias():
                found.add((node.asname or node.name).partition(".")[0])
            case ast.arg():
                found.add(node.arg)
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                found.add(node.name)
            case ast.Name():
                found.add(node.id)
    return {name for name in found if not name.startswith("_") and name not in dir(builtins)}


@pytest.mark.parametrize(("host", "kind"), list(product(USERS, ["async", "sync"])))
def test_all_names_are_known(host: dict[str, str], kind: str) -> None:
    assert TAKEN is not None
    texts = tree("app.deps:get_their_user", "app.db:get_their_session", kind, **host)
    theirs = [text for path, text in texts.items() if path.endswith(".py") and OWN.search(text)]
    assert len(theirs) == 4
    named = set().union(*map(names_in, theirs)) - {"get_their_user", "get_their_session", "self"}
    # A property of theirs is a name in the class that describes their user.
    named -= {name.partition(":")[0] for name in host.values()}
    assert sorted(named - {*TAKEN[1].split()}) == []


@pytest.mark.parametrize("kind", ["async", "sync"])
@pytest.mark.parametrize(
    ("user", "session"),
    [
        ("app.deps:user", "app.db:session"),
        ("app.deps:account", "app.deps:Session"),
        ("app.deps:get_user", "app.deps:connection"),
    ],
)
def test_what_is_taken_has_another_name(user: str, session: str, kind: str) -> None:
    texts = tree(user, session, kind, user_id="id:int")
    environment = texts["app/rest/migrations/env.py"]
    name = session.partition(":")[2]
    assert f"import {name} as their_{name}\n" in environment
    assert f"contextmanager(their_{name})() as session" in environment
    for path, text in texts.items():
        if path.endswith(".py"):
            ast.parse(text)
