"""A small Next.js project of somebody else's, whose packages are links to what this run has."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from pathlib import Path

from tests.e2e.shell import npm
from tests.support import packages
from tests.support.projects import CHECKOUT, CLERK, manifest_of

_FRAMEWORK = ("next", "react", "react-dom", "zod", "@types/react", "typescript")


def host(folder: Path, files: Mapping[str, str], **own: str) -> Path:
    """A project with these files, which names `own` packages with their versions besides Next.js and zod.

    What of these the run has in another version, or not at all, is installed in the project's own node_modules.
    """
    templates = CHECKOUT
    service = templates.render(manifest_of(CLERK, templates))
    ours = json.loads(service["package.json"])
    known = {**ours["dependencies"], **ours["devDependencies"]}
    app = folder / "app"
    named = {name: known[name] for name in _FRAMEWORK} | own
    package = {"name": "shop", "private": True, "type": "module", "dependencies": named}
    package["scripts"] = {"build": "next build"}
    texts = {"package.json": json.dumps(package), "tsconfig.json": service["tsconfig.json"]}
    for path, text in {**texts, **files}.items():
        (app / path).parent.mkdir(parents=True, exist_ok=True)
        (app / path).write_text(text)
    packages.seed_node(app)
    for name, version in own.items():
        words = f"{name}@{version}"
        with packages.once(words.replace("/", "+")) as (place, ready):
            if not ready:
                (place / "package.json").write_text('{"private": true}')
                npm(place, "install", "--no-save", "--legacy-peer-deps", words)
        # What uses it has to find this one.
        modules = place / "node_modules"
        for found in (*modules.glob("[!.@]*"), *modules.glob("@*/*")):
            target = app / "node_modules" / found.relative_to(modules)
            shutil.rmtree(target, ignore_errors=True)
            packages.link(found, target)
        for command in (modules / ".bin").glob("*"):
            target = app / "node_modules/.bin" / command.name
            target.unlink(missing_ok=True)
            target.symlink_to(command.readlink())
    return app
