"""The routes of somebody else's FastAPI application, read from its source: nothing of it is run.

A small interpreter follows routers from the application's module: names, imports, prefixes, calls that get
a router. What it cannot resolve it reports instead of guessing.
"""

from __future__ import annotations

import ast
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final, NamedTuple

from scaffold.frameworks.fastapi.syntax import parsed
from scaffold.support.errors import UserError
from scaffold.support.project_files import NOT_SOURCE, ProjectFiles

MOST_FILES: Final = 1000
_BIGGEST: Final = 500_000
_MOST_STEPS: Final = 50_000
_DEEPEST: Final = 20
_LONGEST: Final = 1000
"""Letters of a text, or items of a list: a hostile chain of sums must not grow without end."""

_METHODS: Final = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
_APPLICATIONS: Final = ("FastAPI", "Starlette")
_ROUTERS: Final = (*_APPLICATIONS, "APIRouter", "Router")
_READ: Final = ("GET",)


class Found(NamedTuple):
    """A route, with its whole path, or what is mounted there. No methods: all of them.

    `opaque`: something answers below the path, and what it is cannot be read. `last`: the application's own
    route, so that ours can go before it. `late`: asked after ours; None if it is not known where ours are.
    """

    path: str
    methods: tuple[str, ...]
    file: str
    line: int
    mount: bool = False
    opaque: bool = False
    last: bool = False
    late: bool | None = None


@dataclass(slots=True)
class _Module:
    path: str
    names: dict[str, object] = field(default_factory=dict)


@dataclass(slots=True)
class _Import:
    """A name that some module gives; looked up when it is needed."""

    module: str
    name: str | None
    level: int
    at: str


@dataclass(slots=True)
class _Function:
    node: ast.FunctionDef | ast.AsyncFunctionDef
    module: _Module


@dataclass(slots=True)
class _Class:
    """A class, or an object of it: its attributes that are plain strings."""

    names: dict[str, object]


@dataclass(slots=True)
class _Router:
    prefix: str | None
    application: bool
    entries: list[_Entry] = field(default_factory=list)


@dataclass(slots=True)
class _Entry:
    """What a router has: a route (`child` is None), a router that it includes, an application it mounts, or ours."""

    path: str | None
    methods: tuple[str, ...]
    file: str
    line: int
    child: object = None
    kind: str = "route"


class _Enough(Exception):
    """The project is larger than scaffold reads."""


def routes_of(
    root: Path,
    module: str,
    variable: str | None = None,
    *,
    without: str = "",
    text: str | None = None,
) -> list[Found]:
    """The routes of the application that `module` makes, in their order as far as that is static.

    Nothing in the folder `without`, our own package, is read. `text`: what the module is going to be.
    """
    reader = _Reader(root, without, {} if text is None else {module: text.encode()})
    found: list[Found] = []
    try:
        for application in reader.applications(module, variable):
            for routes, late in _parts(application):
                found += (route._replace(late=late) for route in _flat(routes, "", (), reader))
    except (_Enough, RecursionError):
        found.append(Found("", (), module, 1, opaque=True))
    return found


def _parts(application: _Router) -> Iterator[tuple[_Router, bool | None]]:
    """The application's routes before ours, and those after it; all of them if ours are not there."""
    entries = application.entries
    at = next((at for at, entry in enumerate(entries) if entry.kind == "ours"), None)
    if at is None:
        yield application, None
    else:
        yield replace(application, entries=entries[:at]), False
        yield replace(application, entries=entries[at + 1 :]), True


def _flat(router: _Router, above: str, seen: Sequence[int], reader: _Reader) -> Iterator[Found]:
    reader.step()
    depth = len(seen)
    if id(router) in seen or depth > _DEEPEST:
        return
    base = None if router.prefix is None else above + router.prefix
    for entry in router.entries:
        reader.step()
        if entry.kind == "ours":
            continue
        file, line = entry.file, entry.line
        if base is None or entry.path is None:
            yield Found(above if base is None else base, (), file, line, opaque=True)
            continue
        path = base + entry.path
        if entry.kind == "route":
            yield Found(path, entry.methods, file, line, last=depth == 0)
        elif entry.kind == "mount":
            yield Found(path, (), file, line, mount=True, last=depth == 0)
        elif isinstance(entry.child, _Router):
            yield from _flat(entry.child, path, [*seen, id(router)], reader)
        else:
            yield Found(path, (), file, line, opaque=True)


class _Reader:
    def __init__(self, root: Path, without: str, texts: Mapping[str, bytes]) -> None:
        self._root = root
        self._without = f"{without}/" if without else ""
        self._texts = texts
        self._files = ProjectFiles(root)
        self._modules: dict[str, _Module] = {}
        self._steps = 0
        self._depth = 0

    def step(self) -> None:
        """Counts a piece of work. Raises _Enough if there was too much of it."""
        self._steps += 1
        if self._steps > _MOST_STEPS:
            raise _Enough

    def applications(self, path: str, variable: str | None) -> list[_Router]:
        """The applications that a module makes, also in a function that makes and returns one."""
        module = self._load(path)
        if module is None:
            raise _Enough
        found = [] if variable else self._made(module.names.values())
        variable = variable or "app"
        if not found and (value := self._look(module.names.get(variable))) is not None:
            if isinstance(value, _Function):
                value = self._call(value, [], {})
            found = self._made([value])
        if not found:
            functions = [value for value in module.names.values() if isinstance(value, _Function)]
            found = self._made([self._call(function, [], {}) for function in functions])
        if not found:
            raise _Enough
        return found

    @staticmethod
    def _made(values: Iterable[object]) -> list[_Router]:
        made = [value for value in values if isinstance(value, _Router) and value.application]
        mounted = {id(entry.child) for one in made for entry in one.entries}
        return list({id(one): one for one in made if id(one) not in mounted}.values())

    # Modules

    def _load(self, path: str) -> _Module | None:
        if path in self._modules:
            return self._modules[path]
        if len(self._modules) >= MOST_FILES:
            raise _Enough
        module = self._modules[path] = _Module(path)
        try:
            if (self._root / path).stat().st_size > _BIGGEST:
                raise _Enough
            raw = self._texts.get(path) or self._files.read(path) or b""
            tree = parsed(raw.decode("utf-8-sig"))
        except (OSError, UserError, SyntaxError, ValueError, MemoryError):
            return module
        self._run(tree.body, module, module.names)
        return module

    def _find(self, dotted: str, level: int, at: str) -> str | None:
        """The file of a module, as the module at `at` would import it."""
        parts = [*filter(None, dotted.split("."))]
        above = at.split("/")[:-1]
        if level:
            if level - 1 > len(above):
                return None
            starts = [above[: len(above) - level + 1]]
        else:
            starts = [above[:size] for size in range(len(above) + 1)]
            starts.append(["src"])
        for start in starts:
            place = "/".join([*start, *parts])
            for path in (f"{place}.py", f"{place}/__init__.py" if place else "__init__.py"):
                if self._without and path.startswith(self._without):
                    continue
                if NOT_SOURCE.isdisjoint(path.split("/")) and os.path.isfile(self._root / path):
                    return path
        return None

    def _look(self, value: object) -> object:
        """A value with imports followed; None if it is not of this project."""
        for _ in range(_DEEPEST):
            if not isinstance(value, _Import):
                return value
            path = self._find(value.module, value.level, value.at)
            module = self._load(path) if path else None
            name: str | None = value.name
            if name is None:
                return module or _Package(value)
            if module and name in module.names:
                value = module.names[name]
                continue
            dotted = f"{value.module}.{name}" if value.module else name
            path = self._find(dotted, value.level, value.at)
            return self._load(path) if path else None
        return None

    # Statements

    def _run(self, body: Sequence[ast.stmt], module: _Module, names: dict[str, object]) -> object:
        """Runs statements as far as they concern routers; what the first `return` gives."""
        returned: object = None
        for node in body:
            self.step()
            value = self._statement(node, module, names)
            returned = value if returned is None else returned
        return returned

    def _statement(self, node: ast.stmt, module: _Module, names: dict[str, object]) -> object:
        match node:
            case ast.Import():
                for name in node.names:
                    dotted = name.name if name.asname else name.name.split(".")[0]
                    names[name.asname or dotted] = _Import(dotted, None, 0, module.path)
            case ast.ImportFrom():
                for alias in node.names:
                    if alias.name == "*":
                        path = self._find(node.module or "", node.level, module.path)
                        star = self._load(path) if path else None
                        names.update(star.names if star else {})
                    else:
                        names[alias.asname or alias.name] = _Import(
                            node.module or "", alias.name, node.level, module.path
                        )
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                names[node.name] = _Function(node, module)
                for decorator in node.decorator_list:
                    if isinstance(decorator, ast.Call):
                        self._method(decorator, module, names)
            case ast.ClassDef():
                inside: dict[str, object] = {}
                for item in node.body:
                    if isinstance(item, ast.Assign | ast.AnnAssign):
                        self._statement(item, module, inside)
                names[node.name] = _Class(inside)
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                names[name] = self._value(value, module, names)
            case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value):
                names[name] = self._value(value, module, names)
            case ast.Expr(value=ast.Call(func=ast.Call() as call)):
                self._method(call, module, names)
            case ast.Expr(value=ast.Call() as call):
                if not self._method(call, module, names):
                    self._with_router(call, module, names)
            case ast.Return(value=ast.expr() as value):
                return self._value(value, module, names)
            case ast.For(target=ast.Name(id=name)):
                each = self._value(node.iter, module, names)
                for one in each if isinstance(each, list) else [None]:
                    names[name] = one
                    self._run(node.body, module, names)
            case ast.If():
                first = self._run(node.body, module, names)
                other = self._run(node.orelse, module, names)
                return other if first is None else first
            case ast.With() | ast.AsyncWith():
                return self._run(node.body, module, names)
            case ast.Try():
                parts = [*node.body, *node.orelse, *node.finalbody]
                for handler in node.handlers:
                    # What a handler sets, when an import fails, is not the usual case.
                    self._run(handler.body, module, dict(names))
                return self._run(parts, module, names)
        return None

    def _with_router(self, call: ast.Call, module: _Module, names: dict[str, object]) -> None:
        """Follows the call of a function of theirs that gets a router or an application."""
        given = [self._value(item, module, names) for item in call.args if _is_name(item)]
        named = {
            keyword.arg: self._value(keyword.value, module, names)
            for keyword in call.keywords
            if keyword.arg and _is_name(keyword.value)
        }
        routers = [value for value in (*given, *named.values()) if isinstance(value, _Router)]
        if routers and self._is_install(call.func, names):
            routers[0].entries.append(_Entry("", (), module.path, call.lineno, kind="ours"))
        elif routers:
            function = self._value(call.func, module, names)
            if isinstance(function, _Function):
                self._call(function, given, named)

    def _is_install(self, function: ast.expr, names: dict[str, object]) -> bool:
        """Whether it is the `install` of our package."""
        package = self._without.rstrip("/").rpartition("/")[2]
        name = ast.unparse(function)
        place = names.get(name)
        if isinstance(place, _Import) and place.name == "install":
            name = f"{place.module}.install"
        return bool(package) and f".{name}".endswith(f".{package}.install")

    def _call(
        self, function: _Function, given: Sequence[object], named: Mapping[str, object]
    ) -> object:
        if self._depth > _DEEPEST:
            return None
        self._depth += 1
        try:
            arguments = [item.arg for item in function.node.args.args]
            inside = {**function.module.names, **dict(zip(arguments, given, strict=False)), **named}
            return self._run(function.node.body, function.module, inside)
        finally:
            self._depth -= 1

    def _method(self, call: ast.Call, module: _Module, names: dict[str, object]) -> bool:
        """A call of a router's method that adds something to it."""
        if not isinstance(call.func, ast.Attribute):
            return False
        method = call.func.attr
        known = (*_METHODS, "api_route", "route", "add_api_route", "add_route", "include_router")
        if method not in known and method not in ("mount", "websocket"):
            return False
        router = self._value(call.func.value, module, names)
        if isinstance(router, _Router):
            router.entries.append(self._entry(method, call, module, names))
        return True

    def _entry(
        self, method: str, call: ast.Call, module: _Module, names: dict[str, object]
    ) -> _Entry:
        keywords = {item.arg: item.value for item in call.keywords}
        first = call.args[0] if call.args else None
        if method == "include_router":
            first = first or keywords.get("router")
            prefix = self._text(keywords.get("prefix"), module, names)
            child = self._value(first, module, names) if first else None
            return _Entry(prefix, (), module.path, call.lineno, child, "include")
        place = first or keywords.get("path")
        path = self._text(place, module, names) if place else None
        if method == "mount":
            path = path if path is None else path.rstrip("/")
            app = call.args[1] if len(call.args) > 1 else keywords.get("app")
            child = self._value(app, module, names) if app else None
            return _Entry(path, (), module.path, call.lineno, child, "mount")
        methods: tuple[str, ...] = (method.upper(),)
        if method == "websocket":
            methods = ("WEBSOCKET",)
        elif method not in _METHODS:
            listed = keywords.get("methods")
            items = listed.elts if isinstance(listed, ast.List | ast.Tuple | ast.Set) else []
            given = (self._value(item, module, names) for item in items)
            methods = tuple(str(item).upper() for item in given) or (() if listed else _READ)
        return _Entry(path, methods, module.path, call.lineno)

    # Expressions

    def _text(self, node: ast.expr | None, module: _Module, names: dict[str, object]) -> str | None:
        """A string; empty without an expression, None if it cannot be read."""
        if node is None:
            return ""
        value = self._value(node, module, names)
        return value if isinstance(value, str) else None

    def _value(self, node: ast.expr, module: _Module, names: dict[str, object]) -> object:
        match node:
            case ast.Constant(value=str(text)):
                return text
            case ast.Name(id=name):
                return self._look(names.get(name))
            case ast.Attribute(value=inner, attr=name):
                return self._attribute(self._value(inner, module, names), name)
            case ast.JoinedStr(values=parts):
                texts = [self._value(part, module, names) for part in parts]
                known = [text for text in texts if isinstance(text, str)]
                text = "".join(known)
                return text if len(known) == len(texts) and len(text) < _LONGEST else None
            case ast.FormattedValue(value=inner, format_spec=None):
                return self._value(inner, module, names)
            case ast.BinOp(left=left, op=ast.Add(), right=right):
                return self._sum(
                    self._value(left, module, names), self._value(right, module, names)
                )
            case ast.List(elts=items) | ast.Tuple(elts=items):
                return [self._value(item, module, names) for item in items]
            case ast.Call():
                return self._called(node, module, names)
        return None

    @staticmethod
    def _sum(left: object, right: object) -> object:
        if isinstance(left, str) and isinstance(right, str):
            return left + right if len(left) + len(right) < _LONGEST else None
        if isinstance(left, list) and isinstance(right, list):
            return [*left, *right] if len(left) + len(right) < _LONGEST else None
        return None

    def _attribute(self, value: object, name: str) -> object:
        if isinstance(value, _Class):
            return value.names.get(name)
        if isinstance(value, _Package):
            place = value.place
            found = self._look(_Import(place.module, name, place.level, place.at))
            deeper = _Import(f"{place.module}.{name}", None, place.level, place.at)
            return _Package(deeper) if found is None else found
        if isinstance(value, _Module):
            if name in value.names:
                return self._look(value.names[name])
            folder, _, file = value.path.rpartition("/")
            if file == "__init__.py":
                return self._look(_Import("", name, 1, f"{folder}/__init__.py" if folder else file))
        if isinstance(value, _Router) and name == "router":
            return value
        return None

    def _called(self, call: ast.Call, module: _Module, names: dict[str, object]) -> object:
        name = (
            call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
        )
        value = self._value(call.func, module, names)
        if isinstance(value, _Function):
            given = [self._value(item, module, names) for item in call.args]
            named = {
                item.arg: self._value(item.value, module, names)
                for item in call.keywords
                if item.arg
            }
            return self._call(value, given, named)
        if isinstance(value, _Class):
            return value
        if name in _ROUTERS:
            keywords = {item.arg: item.value for item in call.keywords}
            prefix = self._text(keywords.get("prefix"), module, names)
            router = _Router(prefix, name in _APPLICATIONS)
            if "routes" in keywords:
                router.entries.append(_Entry("", (), module.path, call.lineno, kind="include"))
            return router
        return None


@dataclass(slots=True)
class _Package:
    """A folder without `__init__.py`, as an import names it."""

    place: _Import


def _is_name(node: ast.expr) -> bool:
    return isinstance(node, ast.Name | ast.Attribute)
