"""Words that mean something to a language, a library or a tool, as names of resources and fields."""

from __future__ import annotations

import ast
import re
from fnmatch import fnmatch
from functools import cache

import pytest

from scaffold.rendering.render import Tree
from tests.support import words
from tests.support.days import TODAY, of_day
from tests.support.projects import AGENTS, CHECKOUT, manifest_of, resource
from tools.source import ROOT

# So many names a day in each style: all of them are tried by `python -m tests.names`.
MOST = 40


@cache
def called(style: str, *names: str) -> Tree:
    """A project with resources of these names."""
    manifest = manifest_of(ROOT / f"agents/{style}.md", CHECKOUT)
    for name in names:
        manifest = manifest.with_resource(resource(name, "name:string!"))
    return CHECKOUT.render(manifest)


def test_what_pytest_finds_are_tests() -> None:
    tree = called("fastapi", "tests", "test_results")
    conftest = ast.parse(tree["tests/endpoints/conftest.py"])
    left_out = [
        pattern
        for node in conftest.body
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "collect_ignore_glob"
        for pattern in ast.literal_eval(node.value)
    ]
    found = [
        path.removeprefix("tests/endpoints/") for path in tree if fnmatch(path, "tests/*/test_*.py")
    ]
    collected = [path for path in found if not any(fnmatch(path, one) for one in left_out)]
    assert "factories/test_results.py" in found
    assert "resources/test_test_results.py" in collected
    assert {path.split("/")[0] for path in collected if "/" in path} == {"resources"}


def test_models_of_prisma_are_each_called_otherwise() -> None:
    tree = called("prisma", "auth_user", "auth_account", "idempotency_key", "notes")
    models = [
        name
        for path, text in tree.items()
        if path.endswith(".prisma")
        for name in re.findall(r"^model (\w+)", text, re.MULTILINE)
    ]
    assert {"AuthUser", "Note"} < {*models}
    assert len({*models}) == len(models)


def test_packages_of_resources_need_no_name_that_one_may_have() -> None:
    tree = called("fastapi", "notes")
    packages = [path for path in tree if path.endswith("/__init__.py")]
    packages = [path for path in packages if path.replace("__init__", "notes") in tree]
    assert len(packages) > 5
    for path in packages:
        code = ast.walk(ast.parse(tree[path]))
        read = {node.id for node in code if isinstance(node, ast.Name)}
        # A type hint is read before any module is imported.
        assert {name for name in read if name.islower() and name[0] != "_"} <= {
            "str",
            "module",
            "found",
        }, path


@pytest.mark.parametrize("style", [path.stem for path in AGENTS])
def test_files_of_todays_words(style: str) -> None:
    first, *_ = words.resources(words.spellings())
    names = of_day(first, MOST, TODAY * MOST, soak=False)
    tree = called(style, *names)
    for name in names:
        assert any(
            part.split(".")[0] in (name, name + "_") for path in tree for part in path.split("/")
        ), name
    assert len({path.casefold() for path in tree}) == len(tree)
    for path, text in tree.items():
        if path.endswith(".py"):
            ast.parse(text, path)


def test_fields_of_todays_words_are_attributes_and_properties() -> None:
    fields = of_day(words.fields(words.spellings()), MOST, TODAY * MOST, soak=False)
    manifest = manifest_of(ROOT / "agents/fastapi.md", CHECKOUT)
    manifest = manifest.with_resource(resource("notes", *(f"{name}:string!" for name in fields)))
    tree = CHECKOUT.render(manifest)
    spelled: dict[str, object] = {}
    exec(tree["app/core/naming.py"], spelled)
    property_name = spelled["property_name"]
    assert callable(property_name)
    model = CHECKOUT.context(manifest)["models"][0]
    for path in ("app/models/notes.py", "app/schemas/notes.py"):
        code = ast.walk(ast.parse(tree[path]))
        found = {
            node.target.id
            for node in code
            if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name)
        }
        properties = {property_name(name) for name in found}
        assert {field["prop"] for field in model["fields"]} <= properties, path
