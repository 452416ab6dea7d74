"""`use`: which folders of templates a project gets. One name for each value, and no name that does not exist."""

from __future__ import annotations

import re
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from scaffold.manifest.host import AUTH_KINDS
from scaffold.rendering.render import Templates
from tests.support.projects import CHECKOUT, CLERK, manifest_of
from tools.source import ROOT

CODE = re.compile(r"\{[{%].*?[%}]\}", re.DOTALL)
NAMED = re.compile(r"\buse\.(\w+)")


def names_of(schema: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """What `use` has for a schema: a name for each value that a key allows, and for each key that is on or off."""
    found = ["service", "host", "mirrored", "converted", "host_auth", "own_auth"]
    found += ["own_secret", "own_files", "own_database", "host_database", "own_migrations"]
    found += ["local_stack", "named_stack", "provider_issuer", "auth_stand_in", "test_database"]
    found += ["named_user", "named_session"]
    found += ["altered", "prisma_6", "prisma_7"]
    found += {f"host_{kind.partition('-')[0]}" for kind in AUTH_KINDS}
    found += ["accounts", "project_user", "project_session"]
    found += ["session_async", "session_sync"]
    found += ["migrations"] * any(
        "migrations" in spec for keys in schema.values() for spec in keys.values()
    )
    for keys in schema.values():
        for key, spec in keys.items():
            found += [re.sub(r"\W", "_", f"{key}_{value}") for value in spec.get("allowed", ())]
            found += [key] if spec.get("type") in ("bool", "verbs") else []
    return found


def unknown(texts: Mapping[str, str], use: Mapping[str, str]) -> list[str]:
    """Where a path or a template names what `use` lacks, which Jinja reads as off."""
    return [
        f"{path}: {name}"
        for path, text in sorted(texts.items())
        for code in CODE.findall(f"{path}\n{text}")
        for name in NAMED.findall(code)
        if name not in use
    ]


def use_of(root: Path) -> Mapping[str, str]:
    """`use` of a project with an agent's conventions."""
    templates = Templates(root)
    found: Mapping[str, str] = templates.context(manifest_of(CLERK, templates))["use"]
    return found


def test_every_value_of_every_convention_has_a_name_of_its_own() -> None:
    names = names_of(CHECKOUT.schema)
    twice = sorted({name for name in names if names.count(name) > 1})
    assert twice == [], "call one of the keys differently"
    assert {*use_of(ROOT)} == {*names}


def test_a_word_that_two_conventions_share_is_two_names(tmp_path: Path) -> None:
    for part in ("agents", "templates"):
        shutil.copytree(ROOT / part, tmp_path / part)
    shutil.copy(ROOT / "copier.yml", tmp_path)
    path = tmp_path / "templates/conventions.yml"
    schema = yaml.safe_load(path.read_text("utf-8"))
    schema["data"]["shard"] = {
        "default": "int",
        "allowed": ["int", "uuid"],
        "doc": "key of a shard",
    }
    path.write_text(yaml.safe_dump(schema, sort_keys=False), "utf-8")
    use = use_of(tmp_path)
    assert (use["shard_int"], use["shard_uuid"]) == (".", "")
    assert (use["id_int"], use["id_uuid"]) == ("", ".")


def test_paths_and_templates_name_only_what_there_is() -> None:
    texts = {
        path.relative_to(ROOT).as_posix(): path.read_text("utf-8")
        for path in (ROOT / "templates").rglob("*")
        if path.is_file()
    }
    assert unknown(texts, use_of(ROOT)) == []


@pytest.mark.parametrize(
    ("path", "text"), [("{{ use.ulid }}/a.ts", ""), ("a.ts", "{% if use.ulid %}")]
)
def test_a_name_that_does_not_exist_is_found(path: str, text: str) -> None:
    assert unknown({path: text}, use_of(ROOT)) == [f"{path}: ulid"]
