"""The modules of somebody else's Python project, read with `ast` and never imported."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Final, NamedTuple

from scaffold.frameworks.fastapi.application import python_files
from scaffold.frameworks.fastapi.syntax import parsed
from scaffold.support.errors import UserError
from scaffold.support.project_files import ProjectFiles

_MOST_FILES: Final = 2000
_BIGGEST: Final = 500_000
_DEEPEST: Final = 10
_MOST_READ: Final = 40
"""More than these say nothing new about what all of them use."""
_ASIDE: Final = frozenset({"docs", "examples", "example", "scripts"})
_SIGNATURE: Final = ("discovery.py", "identity.py", "callers.py")


class Imported(NamedTuple):
    """What an import binds a name to: a module, or a name of one."""

    module: str
    name: str | None


Bound = ast.stmt | Imported
"""What a name of a module is: the statement that makes it, or an import."""


@dataclass
class Module:
    """A module: its path, its dotted name, its statements and what its names are."""

    path: str
    dotted: str
    text: str
    tree: ast.Module
    names: dict[str, Bound] = field(default_factory=dict)

    def source(self, node: ast.expr) -> str:
        """The text of an expression; `ast.unparse` would recurse into what somebody else wrote."""
        return ast.get_source_segment(self.text, node) or ""


class Place(NamedTuple):
    """A name in the module that makes it; `node` is that statement."""

    module: Module
    name: str
    node: ast.stmt

    @property
    def spelled(self) -> str:
        """As the command line writes it: `app.deps:get_current_user`."""
        return f"{self.module.dotted}:{self.name}"

    @property
    def line(self) -> str:
        """Where it is, for a message."""
        return f"{self.module.path}:{self.node.lineno}"


class Modules:
    """The modules below `root`; `tops` are folders from which Python imports. Each module is read once."""

    def __init__(self, root: Path, tops: Sequence[str] = ("", "src")) -> None:
        self.root = root.resolve()
        self._tops = tuple(dict.fromkeys(tops))
        self._files = ProjectFiles(root)
        self._known: dict[str, Module | None] = {}
        self._ours: dict[str, bool] = {}

    def module(self, dotted: str) -> Module | None:
        """The module of that dotted name, if the project has it and it can be read."""
        parts = dotted.replace(".", "/")
        for top in self._tops:
            place = f"{top}/{parts}" if top else parts
            for path in (f"{place}.py", f"{place}/__init__.py"):
                found = self.at(path, dotted)
                if found:
                    return found
        return None

    def at(self, path: str, dotted: str = "") -> Module | None:
        """The module in that file; None if there is none, or none that this Python reads."""
        if path not in self._known:
            self._known[path] = self._read(path, dotted or self._dotted(path))
        return self._known[path]

    def mentioning(self, words: re.Pattern[bytes]) -> Iterator[Module]:
        """Modules whose text has the words, in the order of their paths; not those of a package of ours."""
        read = 0
        for path in islice(python_files(self.root), _MOST_FILES):
            if self._is_ours(path) or not _ASIDE.isdisjoint(path.split("/")):
                continue
            raw = self._bytes(path)
            module = self.at(path) if raw and words.search(raw) else None
            if module:
                yield module
                read += 1
                if read == _MOST_READ:
                    return

    def find(self, module: Module, name: str) -> Place | None:
        """Where a name of the module is made, through imports; None if that is not in the project."""
        for _ in range(_DEEPEST):
            bound = module.names.get(name)
            if bound is None:
                return None
            if not isinstance(bound, Imported):
                return Place(module, name, bound)
            if bound.name is None:
                return None
            other = self.module(bound.module)
            if other is None:
                return None
            module, name = other, bound.name
        return None

    def resolve(self, module: Module, node: ast.expr | None) -> Place | None:
        """Where what an expression names is made: `User`, `models.User`, or a text of them."""
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            try:
                node = ast.parse(node.value[:200], mode="eval").body
            except (SyntaxError, ValueError, RecursionError):
                return None
        if isinstance(node, ast.Name):
            return self.find(module, node.id)
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            bound = module.names.get(node.value.id)
            if isinstance(bound, Imported):
                whole = f"{bound.module}.{bound.name}" if bound.name else bound.module
                other = self.module(whole)
                return self.find(other, node.attr) if other else None
        return None

    def reaches(self, module: Module, path: str) -> bool:
        """Whether importing the module imports the file `path`."""
        seen, left = {module.path}, [module]
        while left and len(seen) < _MOST_FILES:
            for bound in left.pop().names.values():
                if not isinstance(bound, Imported):
                    continue
                inner = f"{bound.module}.{bound.name}" if bound.name else bound.module
                for other in (self.module(bound.module), self.module(inner)):
                    if other and other.path not in seen:
                        seen.add(other.path)
                        left.append(other)
        return path in seen

    def _is_ours(self, path: str) -> bool:
        """Whether a package that scaffold emitted has the file."""
        folder = path.rpartition("/")[0]
        if folder not in self._ours:
            parts = folder.split("/")
            places = (self.root.joinpath(*parts[:end], "core") for end in range(len(parts) + 1))
            self._ours[folder] = any(
                all((place / name).is_file() for name in _SIGNATURE) for place in places
            )
        return self._ours[folder]

    def _bytes(self, path: str) -> bytes | None:
        try:
            raw = self._files.read(path)
        except UserError:
            return None
        return raw if raw is not None and len(raw) <= _BIGGEST else None

    def _read(self, path: str, dotted: str) -> Module | None:
        raw = self._bytes(path)
        if raw is None:
            return None
        try:
            text = raw.decode("utf-8-sig")
            tree = parsed(text)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return None
        module = Module(path, dotted, text, tree)
        _bind(module, tree.body)
        return module

    def _dotted(self, path: str) -> str:
        """The dotted name under which the rest of the project imports a file."""
        tops = [top for top in self._tops if not top or path.startswith(f"{top}/")]
        top = max(tops, key=len, default="")
        inner = path.removeprefix(f"{top}/" if top else "").removesuffix(".py")
        return inner.removesuffix("/__init__").replace("/", ".")


def _bind(module: Module, body: Sequence[ast.stmt]) -> None:
    """What the names of a module's body are; the last statement that makes a name wins."""
    package = module.dotted.split(".")
    if not module.path.endswith("__init__.py"):
        package = package[:-1]
    for node in body:
        if isinstance(node, ast.Import):
            for alias in node.names:
                name = alias.asname or alias.name.partition(".")[0]
                module.names[name] = Imported(alias.name if alias.asname else name, None)
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            source = ".".join([*base, *filter(None, [node.module])])
            for alias in node.names:
                module.names[alias.asname or alias.name] = Imported(source, alias.name)
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            module.names[node.name] = node
        elif isinstance(node, ast.Assign):
            for target in node.targets:
                if isinstance(target, ast.Name):
                    module.names[target.id] = node
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            module.names[node.target.id] = node
        elif isinstance(node, ast.If | ast.Try):
            _bind(module, node.body)
