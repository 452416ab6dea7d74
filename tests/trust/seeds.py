"""Projects of other people to begin from: those of the cases of `tests/cases`, of the walks and of tests/support."""

from __future__ import annotations

import json
import shlex
import tempfile
import zlib
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from tests.hosts.host import hosts
from tests.support.fastapi_hosts import ASYNC, BLOCKING
from tests.support.hosts import HOSTS, make_host
from tools.source import ROOT

_NEXT = {
    "package.json": json.dumps({"name": "shop", "dependencies": {"next": "16.4.5"}}, indent=2),
    "tsconfig.json": '{"compilerOptions": {"paths": {"@/*": ["./src/*"]}}}\n',
    "src/app/route.ts": "export const GET = () => new Response('shop');\n",
}
_FASTAPI = {
    "requirements.txt": "fastapi==0.165.0\n",
    "app/__init__.py": "",
    "app/main.py": "from fastapi import FastAPI\n\napp = FastAPI()\n",
}
_FIRST = {"next": _NEXT, "fastapi": _FASTAPI}
_STYLES = {"next": ("supabase", "prisma", "clerk"), "fastapi": ("fastapi",)}


class Seed(NamedTuple):
    """A project's files, and the words of a command that takes it."""

    files: dict[str, str]
    args: tuple[str, ...]


@cache
def seeds(framework: str) -> list[Seed]:
    """The projects of `next` or `fastapi`."""
    found = [Seed(_FIRST[framework], _words(style)) for style in _STYLES[framework]]
    for file in sorted((ROOT / "tests/cases").glob("*.yml")):
        document = yaml.safe_load(file.read_text("utf-8"))
        for case in document["cases"]:
            if case.get("in", document["in"]) == framework and "before" not in case:
                found += _of_case(framework, case)
    for host in hosts().values():
        if host.framework.startswith(framework[:4]) and host.app == ".":
            first = _first_with(framework, host.package)
            found.append(Seed({**first, **host.files}, (*host.command, "--dry-run")))
    if framework == "next":
        found += [_of_support(name) for name in HOSTS]
    else:
        found += [Seed(dict(files), _words("fastapi")) for files in (ASYNC, BLOCKING)]
    return found


@cache
def texts(framework: str) -> dict[str, list[str]]:
    """All texts that a path has in some project, as another project may have it, too."""
    found: dict[str, list[str]] = {}
    for seed in seeds(framework):
        for path, text in seed.files.items():
            found.setdefault(path, []).append(text)
    return found


def _words(style: str) -> tuple[str, ...]:
    return ("endpoint", "pictures", "title:string{1..200}", "--style", style, "--dry-run")


def _of_case(framework: str, case: dict[str, Any]) -> list[Seed]:
    args = shlex.split(case["run"])
    files = {**_FIRST[framework], **case.get("files", {})}
    if args[0] not in ("endpoint", "model") or not all(
        isinstance(text, str) for text in files.values()
    ):
        return []
    for path, (old, new) in case.get("edit", {}).items():
        files[path] = files.get(path, "").replace(old, new)
    if case.get("exit", 2) == 2 and hash_of(case["it"]) % 8:
        # Most of those that are refused are refused for one thing, whatever else is strange in them.
        return []
    kept = [word for word in args if word not in ("--json", "--dry-run")]
    return [Seed(files, (*kept, "--dry-run"))]


def hash_of(text: str) -> int:
    """A number that is the same in every process."""
    return zlib.crc32(text.encode())


def _first_with(framework: str, package: Any) -> dict[str, str]:
    first = dict(_FIRST[framework])
    if package:
        data = json.loads(first.get("package.json", "{}"))
        first["package.json"] = json.dumps({**data, **package}, indent=2)
    return first


def _of_support(name: str) -> Seed:
    with tempfile.TemporaryDirectory() as scratch:
        folder = make_host(name, Path(scratch) / "host")
        files = {
            path.relative_to(folder).as_posix(): path.read_text("utf-8")
            for path in folder.rglob("*")
            if path.is_file() and ".git" not in path.relative_to(folder).parts
        }
    style = "prisma" if "prisma" in name else "supabase"
    return Seed(files, _words(style))
