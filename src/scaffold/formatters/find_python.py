"""Which formatter and which sorter of imports a Python project has, by its configuration; nothing of it runs here.

Sources: the documentation of Black ("Configuration via a file"), Ruff ("Configuring Ruff") and isort ("Configuration").
"""

from __future__ import annotations

import json
import re
import shutil
import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple

from scaffold.formatters.tool import Config, Tool
from scaffold.frameworks.installed import bounded_text, folders_up, python_versions

NAMES: Final = ("ruff", "black")
PYPROJECT: Final = "pyproject.toml"
_TITLES: Final = {"ruff": "Ruff", "black": "Black"}
_RUFF: Final = ("ruff.toml", ".ruff.toml")
_HOOKS: Final = ".pre-commit-config.yaml"
_HOOK: Final = {
    "ruff": re.compile(r"\bid:\s*ruff-format\b"),
    "black": re.compile(r"\bid:\s*black\b"),
}
_ISORT: Final = (".isort.cfg", "setup.cfg", "tox.ini")


class _Look(NamedTuple):
    """Tables of the nearest configuration, and its files."""

    ruff: dict[str, Any] | None
    black: dict[str, Any] | None
    isort: bool
    configs: dict[str, Config]
    hooks: str
    asked: str


def find(root: Path, said: str = "") -> Tool | None:
    """The formatter of the project in `root`, or the one that the user `said`; None if it has none.

    Ruff counts if it is configured or a hook runs it, unless Black is what formats.
    """
    root = root.resolve()
    folders = [Path(folder) for folder in folders_up(root)]
    look = _look(folders)
    name = said or _named(look)
    return _tool(name, root, folders, look) if name else None


def said_in(text: str) -> str:
    """What a pyproject.toml says of formatting, whatever else is in it."""
    tools = _toml(text).get("tool")
    tools = tools if isinstance(tools, dict) else {}
    return json.dumps({name: tools.get(name) for name in ("black", "isort", "ruff")}, default=str)


def _look(folders: Sequence[Path]) -> _Look:
    top = str(folders[-1])
    ruff: dict[str, Any] | None = None
    black: dict[str, Any] | None = None
    isort = False
    configs: dict[str, Config] = {}
    hooks = asked = ""
    for folder in folders:
        for name in (*_RUFF, PYPROJECT):
            text = bounded_text(str(folder / name), top)
            data = _toml(text or "")
            tools = data.get("tool", {}) if name == PYPROJECT else {"ruff": data}
            if text is None or not isinstance(tools, dict):
                continue
            config = Config(folder / name, text)
            if name == PYPROJECT:
                asked += text
                config = Config(folder / name, said_in(text))
            if ruff is None and isinstance(tools.get("ruff"), dict):
                ruff, configs["ruff"] = tools["ruff"], config
            if black is None and isinstance(tools.get("black"), dict):
                black, configs["black"] = tools["black"], config
            if not isort and isinstance(tools.get("isort"), dict):
                isort, configs["isort"] = True, config
        for name in _ISORT:
            text = bounded_text(str(folder / name), top)
            section = r"^\[(?:settings|isort)\]" if name == ".isort.cfg" else r"^\[isort\]"
            if not isort and text is not None and re.search(section, text, re.MULTILINE):
                isort, configs["isort"] = True, Config(folder / name, text)
        hooks += bounded_text(str(folder / _HOOKS), top) or ""
        for path in sorted(folder.glob("requirements*.txt"))[:10]:
            asked += bounded_text(str(path), top) or ""
    return _Look(ruff, black, isort, configs, hooks, asked)


def _named(look: _Look) -> str:
    if look.black is not None or _HOOK["black"].search(look.hooks):
        return "black"
    if look.ruff is not None or _HOOK["ruff"].search(look.hooks):
        return "ruff"
    return next((name for name in reversed(NAMES) if _asks(look, name)), "")


def _asks(look: _Look, name: str) -> bool:
    return (
        re.search(
            rf"""(?:^|["'])[ \t]*{name}\b[ \t]*(?:[\[=<>~!"';]|$)""", look.asked, re.MULTILINE
        )
        is not None
    )


def _tool(name: str, root: Path, folders: Sequence[Path], look: _Look) -> Tool:
    sorts = _sorter(look)
    names = [name, *([sorts] if sorts and sorts != name else [])]
    found = {one: _program(one, folders) for one in names}
    tool = Tool(
        *(name, _TITLES[name], folders[-1], root),
        suffixes=(".py", ".pyi"),
        configs=tuple(dict.fromkeys(look.configs[one] for one in names if one in look.configs)),
    )
    own = found[name]
    if own is None:
        return tool._replace(install=_install(root, name, look))
    there = {one: program for one, program in found.items() if program is not None}
    commands = [_commands(name, own[0])]
    if sorts and sorts in there:
        commands.append(_sort(sorts, there[sorts][0]))
    return tool._replace(
        version=" ".join(version for _, version in there.values()),
        packages=tuple(Path(path) for path, _ in there.values()),
        commands=tuple(commands),
    )


def _commands(name: str, program: str) -> tuple[str, ...]:
    if name == "ruff":
        return (program, "format", "--quiet", "--force-exclude", "--no-cache")
    return (program, "--quiet")


def _sort(name: str, program: str) -> tuple[str, ...]:
    if name == "ruff":
        # `scaffold` itself leaves its package out of rules, not out of the order of imports.
        every = ("--config", "lint.exclude=[]")
        sort = ("check", "--select=I", "--fix", "--quiet", "--force-exclude", "--no-cache")
        return (program, *sort, *every)
    return (program, "--quiet", "--filter-files")


def _sorter(look: _Look) -> str:
    """What sorts imports: Ruff if its rules are on, or isort if it is configured; empty if nothing does."""
    if look.ruff is not None:
        lint = look.ruff.get("lint")
        table = {**look.ruff, **(lint if isinstance(lint, dict) else {})}
        chosen = [*_words(table, "select"), *_words(table, "extend-select")]
        ignored = [*_words(table, "ignore"), *_words(table, "extend-ignore")]
        if {"I", "I0", "I00", "I001", "ALL"} & {*chosen} and not {"I", "I0", "I00", "I001"} & {
            *ignored
        }:
            return "ruff"
    return "isort" if look.isort else ""


def _program(name: str, folders: Sequence[Path]) -> tuple[str, str] | None:
    """The path of a program and its version: that of the project's environment, else the one on PATH."""
    known = python_versions([str(folder) for folder in folders]).get(name)
    if known is not None:
        packages = Path(folders[0], known[1])
        for place in list(packages.parents)[:4]:
            for inside in ("bin", "Scripts"):
                program = shutil.which(name, path=str(place / inside))
                if program is not None:
                    return program, f"{name} {known[0]}"
    program = shutil.which(name)
    if program is None:
        return None
    stat = Path(program).stat()
    return program, f"{name} {program} {stat.st_size} {stat.st_mtime_ns}"


def _install(root: Path, name: str, look: _Look) -> str:
    from scaffold.frameworks.fastapi.install_steps import python_tool

    if _asks(look, name):
        return " && ".join(python_tool(root).install)
    python = python_tool(root).python
    if python.startswith("uv "):
        return f"uv add --dev {name}"
    if python.startswith("poetry "):
        return f"poetry add --group dev {name}"
    return f"{python} -m pip install {name}"


def _toml(text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except (ValueError, RecursionError):
        return {}


def _words(table: dict[str, Any], name: str) -> list[str]:
    found = table.get(name)
    return [word for word in found if isinstance(word, str)] if isinstance(found, list) else []
