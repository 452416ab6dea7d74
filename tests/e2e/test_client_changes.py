"""What commands say to clients is what oasdiff's rules find in the documents of both frameworks."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from scaffold.resources.client_changes import BREAKING, FINE, WARNING, client_changes
from scaffold.resources.resource import Resource
from tests.e2e.shell import run
from tests.support import packages
from tests.support.client_cases import TABLE, of, with_policy
from tests.support.openapi_changes import compare, worst
from tests.support.projects import CHECKOUT, manifest_of, resource
from tools.node import node_env
from tools.source import ROOT

pytestmark = pytest.mark.slow

LEVELS = {BREAKING: "ERR", WARNING: "WARN", FINE: "INFO"}
TYPESCRIPT = """\
import { openApiDocument } from '@/lib/api/openapi';
import { paths } from '@/resources';
console.log(JSON.stringify(openApiDocument(paths)));
"""
PYTHON = "import json, main; print(json.dumps(main.app.openapi()))"
# What documents do not say: who may, how often, which rows there may be, and what an id names.
UNSAID = ("token", "role", "anybody", "requests,", "unique", "share", "an id of")


def pairs() -> dict[str, tuple[Resource, Resource]]:
    """Each case of the table as two resources, by what it is."""
    found = {}
    some = ("list", "create", "update")  # all that a field is in
    for case in TABLE["fields"]:
        was, now = (of(case[side], methods=some) for side in ("before", "after"))
        found[f"{case['before']} → {case['after']}"] = was, now
    for case in TABLE["policies"]:
        was, now = (with_policy(case[side]) for side in ("before", "after"))
        if was.methods and now.methods and not was.keys and not now.keys and not now.files:
            found[f"{case['before']} → {case['after']}"] = was, now
    return found


def renamed(one: Resource, name: str) -> Resource:
    return Resource.from_data({**one.to_data(), "name": name, "singular": name.removesuffix("s")})


def document(tree: Mapping[str, str], folder: Path) -> Any:
    for path, text in tree.items():
        place = folder / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text, "utf-8")
    if (folder / "package.json").exists():
        (folder / "node_modules").symlink_to(packages.node_folder() / "node_modules")
        (folder / "document.mts").write_text(TYPESCRIPT)
        return json.loads(run(["node_modules/.bin/tsx", "document.mts"], folder, node_env()))
    python = packages.python(packages.requirements(folder))
    return json.loads(run([str(python), "-c", PYTHON], folder, {**node_env(), "LOCAL_STACK": "1"}))


@pytest.mark.parametrize("style", ["supabase", "fastapi"])
def test_what_is_said_is_what_documents_say(style: str, tmp_path: Path) -> None:
    manifest = manifest_of(ROOT / f"agents/{style}.md", CHECKOUT)
    values = CHECKOUT.conventions(manifest)
    for name in ("notes", "papers", "books"):
        manifest = manifest.with_resource(resource(name, "title:string"))
    table = pairs()
    for number, two in enumerate(table.values()):
        for word, one in zip(("old", "new"), two, strict=True):
            manifest = manifest.with_resource(renamed(one, f"{word}{number}_rows"))
    found = document(CHECKOUT.render(manifest), tmp_path)
    prefix = values["routing"]["prefix"]
    odd = []
    for number, (case, (was, now)) in enumerate(table.items()):
        told = client_changes(was, now, values, values, {"notes": "papers"})
        said = [one for one in told if not any(word in one.text for word in UNSAID)]
        expected = LEVELS[said[0].level] if said else None
        findings = compare(found, f"{prefix}/old{number}_rows", f"{prefix}/new{number}_rows")
        if worst(findings) != expected:
            odd.append((case, [*told], sorted(findings)))
    assert odd == []
    assert len(table) > 40
