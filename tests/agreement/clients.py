"""Clients that generators make of a document do the whole round against the running service."""

from __future__ import annotations

import builtins
import os
import re
from collections.abc import Mapping, Sequence
from keyword import iskeyword
from pathlib import Path
from typing import Any

from tests.agreement.linters import node_modules
from tests.agreement.service import Live, written
from tests.contract.spec import Spec
from tests.e2e.shell import run
from tests.support import packages
from tools.node import node_env

ROUNDS = Path(__file__).parent / "rounds"
GENERATOR = ["openapi-python-client==0.29.1"]
TYPED = [
    "--strict",
    "--noEmit",
    "--skipLibCheck",
    "--allowImportingTsExtensions",
    "--types",
    "node",
]
MODULES = ["--module", "nodenext", "--target", "es2024", "--exactOptionalPropertyTypes"]


def typescript(live: Live, spec: Spec, folder: Path) -> None:
    """openapi-typescript with openapi-fetch: it compiles in strict mode, and it runs."""
    modules = node_modules()
    folder.mkdir(parents=True)
    (folder / "node_modules").symlink_to(modules)
    (folder / "package.json").write_text('{"type": "module"}')
    path = written(live.document, folder)
    env = {**node_env(), **_settings(live)}
    run(
        ["node", str(modules / "openapi-typescript/bin/cli.js"), str(path), "-o", "schema.ts"],
        folder,
        env,
    )
    names = _names(live, spec) | {
        key: "".join(f".{part}" for part in parts) for key, parts in _places(spec).items()
    }
    (folder / "round.ts").write_text(_filled("round.ts", names))
    run(["node", str(modules / "typescript/bin/tsc"), *TYPED, *MODULES, "round.ts"], folder, env)
    run(["node", "round.ts"], folder, env)


def python(live: Live, spec: Spec, folder: Path) -> None:
    """openapi-python-client: it makes all of the client, without a warning, and that runs."""
    folder.mkdir(parents=True)
    path = written(live.document, folder)
    program = packages.python(GENERATOR)
    env = {**os.environ, **_settings(live), "PATH": f"{program.parent}:{os.environ['PATH']}"}
    words = ["generate", "--path", str(path), "--output-path", "made", "--meta", "none"]
    said = run([str(program.parent / "openapi-python-client"), *words], folder, env)
    assert "arning" not in said, said[:3000]
    names = _names(live, spec) | {
        key: "".join(f".{_attribute(part)}" for part in parts)
        for key, parts in _places(spec).items()
    }
    (folder / "round.py").write_text(_filled("round.py.txt", names))
    run([str(program), "round.py"], folder, env)


def _settings(live: Live) -> dict[str, str]:
    return {"SERVICE_URL": live.url, "TOKEN": live.tokens["alice"]}


def _filled(name: str, names: Mapping[str, str]) -> str:
    """The round of a client with the words of a document in place of the capitals."""
    words = "|".join(sorted(names, key=len, reverse=True))

    def word(match: re.Match[str]) -> str:
        dot, found = match[1] or "", names[match[2]]
        if found and not found.startswith("."):
            return dot + found
        # The body itself is the row: what follows is still asked of something that may not be there.
        follows = match.string[match.end()] == "."
        return ("?" if dot == "?." and (found or follows) else "") + found

    return re.sub(rf"(\??\.)?\b({words})\b", word, (ROUNDS / name).read_text())


def _names(live: Live, spec: Spec) -> dict[str, str]:
    paths = live.document["paths"]
    notes, events = (f"{live.prefix}/{name}" for name in ("notes", "events"))
    item = next(path for path in paths if path.startswith(f"{notes}/{{"))
    errors = spec.conventions["errors"]
    return {
        "NOTES": notes,
        "EVENTS": events,
        "ID": item.rpartition("{")[2].rstrip("}"),
        "INVALID": str(errors["validation"]["status"]),
        "INVALID_CODE": errors["validation"]["code"],
        "MISSING_CODE": errors["not_found"]["code"],
        "ADD_NOTE": _function(paths[notes]["post"]),
        "LIST_NOTES": _function(paths[notes]["get"]),
        "GET_NOTE": _function(paths[item]["get"]),
        "PATCH_NOTE": _function(paths[item]["patch"]),
        "PUT_NOTE": _function(paths[item]["put"]),
        "DELETE_NOTE": _function(paths[item]["delete"]),
        "ADD_EVENT": _function(paths[events]["post"]),
        "LIST_EVENTS": _function(paths[events]["get"]),
        "CREATE_NOTE": _body(paths[notes]["post"]),
        "CREATE_EVENT": _body(paths[events]["post"]),
        "REPLACE_NOTE": _body(paths[item]["put"]),
        "UPDATE_NOTE": _body(paths[item]["patch"]),
        "ERROR": _reference(paths[item]["get"]["responses"]["404"]) or "",
    }


def _function(operation: Mapping[str, Any]) -> str:
    """What the Python client calls an operation."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", operation["operationId"]).lower()


def _body(operation: Mapping[str, Any]) -> str:
    """What the Python client calls the body of an operation."""
    name = _reference(operation["requestBody"])
    return name or operation["operationId"][0].upper() + operation["operationId"][1:] + "Body"


def _reference(content: Mapping[str, Any]) -> str | None:
    [media] = content["content"].values()
    pointer = media["schema"].get("$ref")
    return pointer.rpartition("/")[2] if pointer else None


def _places(spec: Spec) -> dict[str, Sequence[str]]:
    """Where in a body is what, as keys."""
    envelope = spec.envelope
    wanted = {
        "DATA": ("success", "$data"),
        "ITEMS": ("cursor", "$items"),
        "NEXT": ("cursor", "$next"),
        "CODE": ("error", "$code"),
    }
    found: dict[str, Sequence[str]] = {}
    for name, (shape, placeholder) in wanted.items():
        place = _place(envelope[shape], placeholder)
        assert place is not None, (shape, placeholder)
        found[name] = place
    return found


def _place(example: Any, placeholder: str) -> tuple[str, ...] | None:
    if example == placeholder:
        return ()
    if isinstance(example, Mapping):
        for key, inner in example.items():
            if (below := _place(inner, placeholder)) is not None:
                return (str(key), *below)
    return None


def _attribute(name: str) -> str:
    """A property as openapi-python-client calls it."""
    found = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()
    return f"{found}_" if iskeyword(found) or found in dir(builtins) else found
