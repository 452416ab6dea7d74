"""Templates of a few files: versions of them, and projects made of them, in milliseconds."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from scaffold.manifest.manifest import Manifest
from scaffold.rendering.render import Side, Templates
from scaffold.sources.address import Version, remember
from scaffold.support.project_files import MANIFEST
from tools.source import commit, git

ANSWERS = {
    "style": "plain",
    "name": "service",
    "service": True,
    "source": "src",
    "alias": "@/",
    "overrides": {},
    "resources": [],
    "foreign": [],
}
KINDS = {str: "str", bool: "bool"}
COPIER = {
    "_min_copier_version": "9.19.1",
    "_subdirectory": "templates/app",
    "_envops": {"trim_blocks": True, "lstrip_blocks": True, "keep_trailing_newline": True},
    "_exclude": ["{% for path in foreign %}\n/{{ path }}\n{% endfor %}"],
    **{
        name: {"type": KINDS.get(type(default), "yaml"), "ask": False, "default": default}
        for name, default in ANSWERS.items()
    },
    "conventions": {
        "type": "yaml",
        "when": False,
        "default": "{{ dict(stack=dict(framework='nextjs', orm='none')) | to_json }}",
    },
}
CONVENTIONS = """\
stack:
  framework: {type: word, default: nextjs, allowed: [nextjs], doc: What the project is built on}
  orm: {type: word, default: none, allowed: [none], doc: How it reaches its database}
rate_limit:
  max: {type: int, default: 60, min: 1, max: 1000, doc: Requests in a window}
auth:
  roles: {type: roles, default: [], doc: Roles}
"""
ANSWERS_FILE = """\
{% for key, value in _copier_answers.items() if key in KEYS %}
{{ key }}: {{ value | to_json }}
{% endfor %}
""".replace("KEYS", str(["_commit", "_src_path", *ANSWERS]))


def write(folder: Path, files: Mapping[str, str]) -> Path:
    """A folder with templates that emit these files; those that it had are gone."""
    top = folder / "templates/app"
    for path in sorted(top.rglob("*"), reverse=True) if top.exists() else ():
        path.rmdir() if path.is_dir() else path.unlink()
    answers = {".copier-answers.yml.jinja": ANSWERS_FILE, **files}
    for name, text in answers.items():
        place = top / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text)
    (folder / "copier.yml").write_text(json.dumps(COPIER))
    (folder / "templates/conventions.yml").write_text(CONVENTIONS)
    (folder / "agents").mkdir(exist_ok=True)
    (folder / "agents/plain.md").write_text("---\nname: plain\ndescription: x\n---\n")
    return folder


def release(folder: Path, files: Mapping[str, str], tag: str) -> Path:
    """A git repository of such templates, with one more version."""
    new = not folder.exists()
    write(folder, files)
    if new:
        git(folder, "init", "--quiet", "--initial-branch=main")
    commit(folder, tag, tag)
    return folder


def make(root: Path, folder: Path, version: Version) -> Side:
    """A project in `root`, as the templates in `folder` write it."""
    remember(version.src_path)
    side = Side(Templates(folder), Manifest(version, "plain", "tiny"))
    for path, text in side.tree().items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)
    assert (root / MANIFEST).is_file()
    return side
