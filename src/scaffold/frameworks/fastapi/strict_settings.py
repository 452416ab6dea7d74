"""Settings of somebody else's that refuse what they do not know in `.env`: our names there would end their app."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import Final

from scaffold.frameworks.fastapi.accounts import last_name
from scaffold.frameworks.fastapi.modules import Module, Modules

_NAMED: Final = re.compile(rb"\bBaseSettings\b")
_LENIENT: Final = ("ignore", "allow")


def strict_settings(root: Path) -> str | None:
    """The place of such a class, for a sentence: `app/config.py:4`; None if there is none."""
    for module in Modules(root).mentioning(_NAMED):
        for node in module.tree.body:
            if isinstance(node, ast.ClassDef) and _is_strict(module, node):
                return f"{module.path}:{node.lineno}"
    return None


def _is_strict(module: Module, node: ast.ClassDef) -> bool:
    """Whether it reads a file and does not say what becomes of the rest, which pydantic-settings forbids by itself."""
    if not any(last_name(base) == "BaseSettings" for base in node.bases):
        return False
    said: dict[str, ast.expr] = {}
    for inner in node.body:
        value = inner.value if isinstance(inner, ast.Assign | ast.AnnAssign) else None
        if isinstance(value, ast.Call) and last_name(value.func) in (
            "SettingsConfigDict",
            "ConfigDict",
        ):
            said |= {word.arg: word.value for word in value.keywords if word.arg}
        elif isinstance(value, ast.Dict):
            keys = (key.value if isinstance(key, ast.Constant) else "" for key in value.keys)
            said |= {str(key): item for key, item in zip(keys, value.values, strict=True)}
        elif isinstance(inner, ast.ClassDef) and inner.name == "Config":
            for line in inner.body:
                if isinstance(line, ast.Assign) and isinstance(line.targets[0], ast.Name):
                    said[line.targets[0].id] = line.value
    extra = said.get("extra")
    if extra is None:
        return "env_file" in said
    word = extra.value if isinstance(extra, ast.Constant) else last_name(extra)
    return "env_file" in said and word not in _LENIENT
