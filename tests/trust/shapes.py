"""The shape of an emitted file: its syntax tree without names and literals, as the language's own parser sees it.

What somebody types has to stay a name or a literal. So two inputs that differ only in words give one shape.
"""

from __future__ import annotations

import ast
import json
import re
import subprocess
import tomllib
from collections import Counter
from collections.abc import Mapping
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any

import yaml

from tools.node import node_env

PARSER = Path(__file__).parent / "shapes.mjs"
_SCRIPTS = (".ts", ".tsx", ".mts", ".mjs", ".js")
_PROSE = (".md", ".mdc", ".txt")
# For what has no parser here: SQL, Prisma, Dockerfiles, .env. Quoted texts, words and numbers are blank.
_TOKEN = re.compile(r"'(?:[^'\\\n]|''|\\.)*'|\"(?:[^\"\\\n]|\\.)*\"|[A-Za-z_][\w-]*|[0-9.]+|\S")


class Broken(Exception):
    """A file that its language's parser refuses."""


class Shapes:
    """Shapes of texts; with `typescript`, a folder that has that package, also of scripts."""

    def __init__(self, typescript: Path | None) -> None:
        self._node: subprocess.Popen[str] | None = None
        if typescript is not None:
            self._node = subprocess.Popen(
                ["node", str(PARSER), str(typescript)],
                env=node_env(),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
                encoding="utf-8",
            )
        self.of = lru_cache(30_000)(self._of)

    def close(self) -> None:
        """Ends the parser."""
        if self._node is not None:
            self._node.kill()
            self._node.wait()

    def of_tree(self, tree: Mapping[str, str]) -> Counter[str]:
        """How many files have each shape; paths do not count. Raises Broken."""
        return Counter(self.of(kind_of(path), text) for path, text in tree.items())

    def _of(self, kind: str, text: str) -> str:
        try:
            shape = self._shape(kind, text)
        except (SyntaxError, ValueError, yaml.YAMLError, RecursionError) as error:
            raise Broken(f"{kind}: {error}\n{text[:3000]}") from None
        return f"{kind} {sha256(shape.encode()).hexdigest()[:16]}"

    def _shape(self, kind: str, text: str) -> str:
        match kind:
            case ".py":
                return _python(ast.parse(text))
            case ".json" | ".jsonc":
                return _data(json.loads(text))
            case ".toml":
                return _data(tomllib.loads(text))
            case ".yml" | ".yaml":
                return _data([*yaml.safe_load_all(text)])
            case _ if kind in _SCRIPTS:
                return self._script(kind, text)
            case _ if kind in _PROSE:
                return ""
            case _:
                return " ".join(_blank(token) for token in _TOKEN.findall(text))

    def _script(self, kind: str, text: str) -> str:
        if self._node is None:
            return ""
        assert self._node.stdin is not None and self._node.stdout is not None
        self._node.stdin.write(json.dumps({"name": f"file{kind}", "text": text}) + "\n")
        self._node.stdin.flush()
        found = json.loads(self._node.stdout.readline())
        if found["errors"]:
            raise ValueError(found["errors"])
        return str(found["shape"])


def kind_of(path: str) -> str:
    """What a path says of its text: the ending, or the name."""
    return Path(path).suffix or Path(path).name


def _python(node: ast.AST) -> str:
    inner: list[str] = []
    for child in ast.iter_child_nodes(node):
        inner.append(_python(child))
    # Which kind of constant it is counts, and what it says does not.
    more = type(node.value).__name__ if isinstance(node, ast.Constant) else ""
    return f"{type(node).__name__}{more}({','.join(inner)})"


def _data(value: Any) -> str:
    if isinstance(value, Mapping):
        return "{" + ",".join(sorted(_data(inner) for inner in value.values())) + "}"
    if isinstance(value, list):
        # Resources are in the order of their names.
        return "[" + ",".join(sorted(_data(inner) for inner in value)) + "]"
    return type(value).__name__


def _blank(token: str) -> str:
    if token[0] in "'\"":
        return token[0] * 2
    if token[0].isalpha() or token[0] == "_":
        return "w"
    return "0" if token[0].isdigit() or (token[0] == "." and len(token) > 1) else token
