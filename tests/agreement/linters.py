"""What linters say of a document: nothing."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from openapi_spec_validator import OpenAPIV31SpecValidator

from tests.agreement.service import written
from tests.e2e.shell import npm
from tests.support import packages
from tools.node import node_env

REDOCLY = "@redocly/cli/bin/cli.js"
# Of npm; both workers of a run share them.
PACKAGES = {
    "@redocly/cli": "2.77.0",
    "openapi-fetch": "0.17.0",
    "openapi-typescript": "7.13.0",
    "typescript": "5.9.3",
    "@types/node": "24.19.2",
}


def node_modules() -> Path:
    """The folder with what lints documents and makes clients of them."""
    with packages.once("agreement") as (folder, ready):
        if not ready:
            package = {"private": True, "type": "module", "dependencies": PACKAGES}
            (folder / "package.json").write_text(json.dumps(package))
            npm(folder, "install")
    return folder / "node_modules"


def findings(document: Mapping[str, Any], folder: Path) -> list[str]:
    """Of openapi-spec-validator, and of Redocly with the rules that it recommends; warnings count."""
    found = [str(error.message) for error in OpenAPIV31SpecValidator(document).iter_errors()]
    path = written(document, folder)
    done = subprocess.run(
        ["node", str(node_modules() / REDOCLY), "lint", str(path), "--format", "json"],
        cwd=folder,
        env={**node_env(), "REDOCLY_TELEMETRY": "off", "REDOCLY_SUPPRESS_UPDATE_NOTICE": "true"},
        capture_output=True,
        text=True,
    )
    start = done.stdout.find("{")
    assert start >= 0, done.stdout + done.stderr
    problems = json.loads(done.stdout[start:])["problems"]
    return found + [f"{it['ruleId']}: {it['message']}" for it in problems]
