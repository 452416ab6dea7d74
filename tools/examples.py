"""The files in examples/, one folder for each style: `python -m tools.examples` writes them again."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from typing import Any

from scaffold.api.things import with_added
from scaffold.frameworks.registry import laid_out
from scaffold.manifest.manifest import Manifest
from scaffold.rendering.render import Templates
from scaffold.resources.fields import parse_fields
from scaffold.resources.options import Options, build
from scaffold.sources.address import Version
from tools.source import ROOT

EXAMPLES = ROOT / "examples"
BASE = "base.txt"
# Fixed, or every commit of this repository would change the manifests.
VERSION = Version("~/.local/share/scaffold/templates.bundle", "v0.1.0")
COURSES = [
    "title:string{1..200}",
    "code:string{3..12}!",
    "status:enum(draft,published)+=draft",
    "starts_on:date?",
]
LESSONS = ["course:ref(courses)", "title:string{1..200}", "position:int{1..}=1", "body:text?"]
PUBLISH = ["course:ref(courses)", "audience:enum(students,everyone)=everyone"]
UNIQUE = {"unique": ["course"]}


def trees() -> dict[str, str]:
    """Path below examples/ → its text, for every style that agents/ describes.

    A style's folder has the files that two resources and a job add or change, at their paths in a project, and
    `base.txt`, which lists the paths of all other files, one per line.
    """
    templates = Templates(ROOT)
    found: dict[str, str] = {}
    for document in sorted((ROOT / "agents").glob("*.md")):
        style = document.stem
        empty, full = manifests(style, templates)
        before, after = templates.render(empty), templates.render(full)
        same = [path for path, text in after.items() if before.get(path) == text]
        found[f"{style}/{BASE}"] = "".join(f"{path}\n" for path in same)
        found |= {f"{style}/{path}": text for path, text in after.items() if path not in same}
    return found


def write() -> None:
    """Writes the folder of each style anew, so files that no style emits any longer disappear."""
    found = trees()
    for folder in EXAMPLES.iterdir():
        if folder.is_dir():
            shutil.rmtree(folder)
    for name, text in found.items():
        path = EXAMPLES / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")


def manifests(style: str, templates: Templates) -> tuple[Manifest, Manifest]:
    """A new service in that style, and the same service with both resources and the job."""
    empty = laid_out(templates, Manifest(VERSION, style, "academy"))
    values: Mapping[str, Any] = templates.context(empty)["conventions"]
    # A style that lists its roles refuses any other.
    role = (values["auth"]["roles"] or ["editor"])[-1]
    files = "courses/{code}" if values["data"]["dual_storage"] else None
    courses = Options(roles=(f"delete={role}",), files=files)
    full = empty.with_resource(build("courses", parse_fields(COURSES), courses, values))
    lessons = Options(paginate="cursor")
    full = full.with_resource(build("lessons", parse_fields(LESSONS), lessons, values))
    full, _ = with_added(full, templates, templates.kinds["job"], "publish", PUBLISH, UNIQUE)
    return empty, full


if __name__ == "__main__":
    write()
