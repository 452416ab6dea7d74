"""Which formatter a Next.js project has, by its configuration; nothing of it runs here.

Sources: the documentation of Prettier ("Configuration File"), Biome ("Configuration"), oxfmt, dprint.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Final

from scaffold.dependencies.version_ranges import numbers
from scaffold.formatters.tool import Config, Tool
from scaffold.frameworks.installed import bounded_text, folders_up, json_of, node_version
from scaffold.frameworks.package_managers import node_project
from scaffold.support.jsonc import object_of

NAMES: Final = ("biome", "prettier", "oxfmt", "dprint", "eslint")
SUFFIXES: Final = (
    *(".ts", ".tsx", ".mts", ".cts", ".js", ".mjs", ".cjs", ".jsx"),
    *(".json", ".css", ".md", ".yml", ".yaml"),
)
_CODE: Final = (".ts", ".tsx", ".mts", ".cts", ".js", ".mjs", ".cjs", ".jsx")
_PACKAGES: Final = {
    **{"biome": "@biomejs/biome", "prettier": "prettier", "oxfmt": "oxfmt", "dprint": "dprint"},
    "eslint": "eslint",
}
_TITLES: Final = {
    **{"biome": "Biome", "prettier": "Prettier", "oxfmt": "oxfmt", "dprint": "dprint"},
    "eslint": "ESLint",
}
_PRETTIER_DATA: Final = (
    *(".prettierrc", ".prettierrc.json", ".prettierrc.yaml", ".prettierrc.yml"),
    *(".prettierrc.json5", ".prettierrc.toml"),
)
_ENDS: Final = ("js", "ts", "mjs", "mts", "cjs", "cts")
_PRETTIER_CODE: Final = (
    *(f".prettierrc.{end}" for end in _ENDS),
    *(f"prettier.config.{end}" for end in _ENDS),
)
_BIOME: Final = ("biome.json", "biome.jsonc", ".biome.json", ".biome.jsonc")
_OXFMT: Final = (".oxfmtrc.json", ".oxfmtrc.jsonc")
_OXFMT_CODE: Final = tuple(f"oxfmt.config.{end}" for end in _ENDS)
_DPRINT: Final = ("dprint.json", "dprint.jsonc", ".dprint.json", ".dprint.jsonc")
_ESLINT: Final = tuple(f"eslint.config.{end}" for end in _ENDS)
_OF_STYLE: Final = re.compile(r"@stylistic|@antfu/eslint-config|eslint-plugin-prettier")
# A key that names modules, or a parser that is one.
_PLUGINS: Final = re.compile(
    r"""["']?plugins["']?\s*[:=](?!\s*\[\s*\])|["']?parser["']?\s*[:=]\s*["']?[./]"""
)
# A plugin that is no WebAssembly runs as a program.
_WASM: Final = re.compile(r".+\.wasm(?:@[\da-f]+)?")
_BESIDES: Final = (".editorconfig", ".prettierignore", ".gitignore")
_SCRIPT: Final = {
    "biome": re.compile(r"\bbiome\s+(?:check|format|ci)\b"),
    "prettier": re.compile(r"\bprettier\b"),
    "oxfmt": re.compile(r"\boxfmt\b"),
    "dprint": re.compile(r"\bdprint\s+(?:fmt|check)\b"),
}


def find(root: Path, said: str = "") -> Tool | None:
    """The formatter of the project in `root`, or the one that the user `said`; None if it has none.

    Of several the one counts that a script of package.json runs.
    """
    root = root.resolve()
    folders = [Path(folder) for folder in folders_up(root)]
    home = node_project(root).home
    near = [folder for folder in folders if folder.is_relative_to(home)]
    found = {name: _configs(name, near, folders) for name in NAMES}
    if said:
        return _tool(said, root, folders, found.get(said) or ())
    here = [name for name in NAMES if found[name] is not None and _formats(name, found[name] or ())]
    if not here and _names_package(near, "prettier"):
        here = ["prettier"]
    if not here:
        return None
    named = [name for name in here if name in _SCRIPT and _is_run(near, _SCRIPT[name])]
    name = (named or here)[0]
    return _tool(name, root, folders, found[name] or ())


def _configs(name: str, near: list[Path], folders: list[Path]) -> tuple[Config, ...] | None:
    """The tool's files of configuration, the nearest first; None if it has none."""
    if name == "prettier":
        found = [config for folder in folders for config in _of_prettier(folder, folders[-1])]
        return tuple(found) or None
    files, code = {
        "biome": (_BIOME, ()),
        "oxfmt": (_OXFMT, _OXFMT_CODE),
        "dprint": (_DPRINT, ()),
        "eslint": ((), _ESLINT),
    }[name]
    found = []
    for folder in near:
        for path in (*files, *code):
            text = bounded_text(str(folder / path), str(folders[-1]))
            if text is not None:
                runs = path in code or (name == "dprint" and _has_programs(text))
                found.append(Config(folder / path, text, runs))
    return tuple(found) or None


def _of_prettier(folder: Path, top: Path) -> Iterator[Config]:
    for name in (*_PRETTIER_DATA, *_PRETTIER_CODE):
        text = bounded_text(str(folder / name), str(top))
        if text is not None:
            code = name in _PRETTIER_CODE or bool(_PLUGINS.search(text))
            # `.prettierrc` with nothing but the name of a package.
            code = code or (
                name == ".prettierrc"
                and re.fullmatch(r"\s*[\"']?@?[\w./-]+[\"']?\s*", text) is not None
            )
            yield Config(folder / name, text, code)
    for name in ("package.json", "package.yaml"):
        text = bounded_text(str(folder / name), str(top)) or ""
        own = object_of(text).get("prettier") if name == "package.json" else None
        if own is not None:
            # A text is the name of a package that has the configuration.
            code = not isinstance(own, dict) or bool(_PLUGINS.search(_said(own)))
            yield Config(folder / name, _said(own), code)
        elif name == "package.yaml" and "prettier" in text:
            yield Config(folder / name, text, True)


def with_nested(tool: Tool, paths: Iterable[str]) -> Tool:
    """The tool with the configuration in folders below the project's, where these files are (paths from `top`).

    A formatter looks there first, and code there runs as any other.
    """
    folders = {
        above for path in paths for above in (tool.top / path).parents if tool.root in above.parents
    }
    found: list[Config] = []
    for folder in sorted(folders):
        if tool.name == "prettier":
            found += _of_prettier(folder, tool.top)
        for name in {"oxfmt": _OXFMT_CODE, "eslint": _ESLINT}.get(tool.name, ()):
            if (folder / name).is_file():
                found.append(
                    Config(
                        folder / name, bounded_text(str(folder / name), str(tool.top)) or "", True
                    )
                )
    return tool._replace(configs=(*tool.configs, *found)) if found else tool


def _said(value: Any) -> str:
    import json

    return json.dumps(value, sort_keys=True)


def _has_programs(text: str) -> bool:
    plugins = object_of(text).get("plugins", [])
    if not isinstance(plugins, list):
        return True
    return not all(isinstance(one, str) and _WASM.fullmatch(one) for one in plugins)


def _formats(name: str, configs: tuple[Config, ...]) -> bool:
    """Whether the tool is there to format, and not to look for mistakes only."""
    if name == "biome":
        own = object_of(configs[0].text).get("formatter")
        return not (isinstance(own, dict) and own.get("enabled") is False)
    if name == "eslint":
        return bool(_OF_STYLE.search(configs[0].text))
    return True


def _names_package(folders: list[Path], name: str) -> bool:
    packages = [json_of(str(folder / "package.json"), str(folders[-1])) for folder in folders]
    return any(
        isinstance(package.get(section), dict) and name in package[section]
        for package in packages
        for section in ("dependencies", "devDependencies")
    )


def _is_run(folders: list[Path], pattern: re.Pattern[str]) -> bool:
    for folder in folders:
        package = json_of(str(folder / "package.json"), str(folders[-1]))
        for section in ("scripts", "lint-staged"):
            if isinstance(package.get(section), dict) and pattern.search(_said(package[section])):
                return True
    return False


def _tool(name: str, root: Path, folders: list[Path], configs: tuple[Config, ...]) -> Tool:
    package = _PACKAGES[name]
    known = node_version([str(folder) for folder in folders], package)
    manager = node_project(root).manager
    named = any(_names_package([folder], package) for folder in folders)
    tool = Tool(
        *(name, _TITLES[name], folders[-1], root),
        suffixes=_CODE if name == "eslint" else SUFFIXES,
        configs=configs,
        besides=tuple(_besides(folders)),
        install=manager.install if named else f"{manager.add} -D {package}",
    )
    if known is None:
        return tool
    place = (root / known[1]).parent
    wrapper = place.parents[len(Path(package).parts) - 1] / ".bin" / name
    binary = _native(place) if name == "biome" else None
    major = (numbers(known[0]) or (0,))[0]
    return tool._replace(
        version=known[0],
        packages=(place, *([binary.parent] if binary else [])),
        commands=_commands(name, str(binary or wrapper), major),
    )


def _native(package: Path) -> Path | None:
    """Biome's own program, which its wrapper in JavaScript would start: Node.js takes longer than Biome."""
    beside = package.resolve().parent
    found = [place for place in beside.glob("cli-*/biome") if place.is_file()]
    return found[0] if len(found) == 1 else None


def _besides(folders: list[Path]) -> Iterator[Config]:
    for folder in folders:
        for name in _BESIDES:
            text = bounded_text(str(folder / name), str(folders[-1]))
            if text is not None:
                yield Config(folder / name, text)


def _commands(name: str, binary: str, major: int) -> tuple[tuple[str, ...], ...]:
    if name == "biome":
        quiet = ("--no-errors-on-unmatched", "--vcs-enabled=false", "--colors=off")
        fixes = ("--write" if major > 1 else "--apply", "--linter-enabled=false")
        return ((binary, "check", *fixes, *quiet),)
    if name == "oxfmt":
        return ((binary, "--no-error-on-unmatched-pattern"),)
    if name == "dprint":
        return ((binary, "fmt", "--allow-no-files", "--incremental=false"),)
    if name == "eslint":
        return ((binary, "--fix", "--no-warn-ignored"),)
    return ()
