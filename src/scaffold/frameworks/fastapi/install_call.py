"""`install(app)` in the module of somebody else's FastAPI application: places by `ast`, edits as text.

It inserts only whole lines, so every byte of the user's stays. Parsed again, the result must be the user's
module with those two statements added; otherwise nothing changes.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Iterator, Sequence
from enum import StrEnum
from typing import NamedTuple

from scaffold.frameworks.fastapi.import_order import Place, place_of
from scaffold.frameworks.fastapi.syntax import parsed
from scaffold.support.text import BOM

_MODULES = ("fastapi", "fastapi.applications")
# A path that answers everything: no request reaches what is registered after it.
_CATCH_ALL = re.compile(r"/?(?:\{\w+:path\})?")
_Function = (ast.FunctionDef, ast.AsyncFunctionDef)
_Scope = (*_Function, ast.ClassDef, ast.Lambda)


class Outcome(StrEnum):
    """DONE: the text has the statements now; THERE: it had them; CANNOT: it is unchanged."""

    DONE = "done"
    THERE = "already there"
    CANNOT = "cannot"


class Installed(NamedTuple):
    """The module's text; `why` says why it could not be changed."""

    outcome: Outcome
    text: str
    why: str = ""


class _Site(NamedTuple):
    """The application: its variable, the statements among which it is made, and which one makes it."""

    name: str
    body: Sequence[ast.stmt]
    made: int
    function: ast.FunctionDef | ast.AsyncFunctionDef | None = None


class _Cannot(Exception):
    """Why there is no safe place."""


def install(
    text: str, package: str, variable: str | None = None, own: Collection[str] = ()
) -> Installed:
    """The module with `from <package> import install` and `install(<app>)`, once each.

    `variable` is the application's name, or that of the function that makes it, if known; otherwise
    the module must make only one application. `own` names the project's modules, for the order of imports.
    """
    try:
        tree = parsed(text.removeprefix(BOM))
    except (SyntaxError, ValueError, RecursionError) as error:
        line = f", line {error.lineno}" if isinstance(error, SyntaxError) else ""
        return Installed(Outcome.CANNOT, text, f"it is not valid Python{line}")
    known = _imported(tree, package)
    ours = {known, f"{package}.install", f"{package.rsplit('.', 1)[-1]}.install"}
    if any(isinstance(node, ast.Call) and _dotted(node.func) in ours for node in ast.walk(tree)):
        return Installed(Outcome.THERE, text)
    try:
        site = _site(tree, variable)
        changed = _edit(text, tree, site, package, known, own)
    except _Cannot as reason:
        return Installed(Outcome.CANNOT, text, str(reason))
    return Installed(Outcome.DONE, changed)


def makes_application(text: str) -> bool:
    """Whether the module makes an application, or looks like it if it does not parse."""
    if "FastAPI" not in text:
        return False
    try:
        tree = parsed(text.removeprefix(BOM))
    except (SyntaxError, ValueError, RecursionError):
        return re.search(r"\bFastAPI\s*\(", text) is not None
    makers = _makers(tree)
    return next(_applications(tree, makers), None) is not None or _is_promised(tree, makers)


def _is_promised(tree: ast.Module, makers: set[str]) -> bool:
    """Whether a variable of the module is what a function of it returns, by its annotation, as an application."""
    functions = {
        node.name
        for node in tree.body
        if isinstance(node, ast.FunctionDef) and node.returns and _dotted(node.returns) in makers
    }
    values = (_assigned(statement)[1] for statement in tree.body)
    return any(isinstance(value, ast.Call) and _dotted(value.func) in functions for value in values)


def by_hand(package: str, variable: str = "app") -> str:
    """What to paste, in a sentence."""
    return (
        f"add `from {package} import install` after the imports of the module that makes the application, "
        f"and `install({variable})` after the application's last router"
    )


def _imported(tree: ast.Module, package: str) -> str | None:
    """The name under which the module imports our `install`, absolutely or relatively."""
    last = package.rsplit(".", 1)[-1]
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            ours = node.module == package if node.level == 0 else node.module == last
            for alias in node.names:
                if ours and alias.name == "install":
                    return alias.asname or alias.name
    return None


def _makers(tree: ast.Module) -> set[str]:
    """Names, some dotted, that make an application when called."""
    names = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module in _MODULES and node.level == 0:
            names |= {alias.asname or alias.name for alias in node.names if alias.name == "FastAPI"}
        elif isinstance(node, ast.Import):
            names |= {
                f"{alias.asname or alias.name}.FastAPI"
                for alias in node.names
                if alias.name in _MODULES
            }
    names |= {
        node.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef) and any(_dotted(base) in names for base in node.bases)
    }
    return names


def _applications(tree: ast.AST, makers: set[str]) -> Iterator[ast.Call]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and _dotted(node.func) in makers:
            yield node


def _mounted(tree: ast.Module) -> set[str]:
    """The variables that are mounted in an application, so that they are not the one that is served."""
    return {
        value.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and _dotted(node.func).endswith(".mount")
        for value in (*node.args, *(keyword.value for keyword in node.keywords))
        if isinstance(value, ast.Name)
    }


def _dotted(node: ast.expr) -> str:
    if isinstance(node, ast.Attribute):
        return f"{_dotted(node.value)}.{node.attr}"
    return node.id if isinstance(node, ast.Name) else "?"


def _site(tree: ast.Module, variable: str | None) -> _Site:
    """Where the application is made. Raises _Cannot if that is not one safe place."""
    makers = _makers(tree)
    calls = list(_applications(tree, makers))
    functions = {node.name: node for node in tree.body if isinstance(node, _Function)}
    if variable is not None:
        for at, statement in enumerate(tree.body):
            name, value = _assigned(statement)
            if name == variable and isinstance(value, ast.Call):
                called = _dotted(value.func)
                if called in makers:
                    return _checked(_Site(variable, tree.body, at))
                if called in functions:
                    return _in_function(functions[called], makers)
        if variable in functions:
            return _in_function(functions[variable], makers)
        raise _Cannot(f"`{variable}` is made in a way that scaffold does not know")
    if not calls:
        raise _Cannot("it makes no application that scaffold can see")
    if len(calls) > 1:
        mounted = _mounted(tree)
        inner = [value for name, value in map(_assigned, tree.body) if name in mounted]
        calls = [call for call in calls if call not in inner] or calls
    if len(calls) > 1:
        lines = " and ".join(str(call.lineno) for call in calls)
        raise _Cannot(f"it makes more than one application, on lines {lines}")
    for at, statement in enumerate(tree.body):
        name, value = _assigned(statement)
        if value is calls[0] and name:
            return _checked(_Site(name, tree.body, at))
    for function in functions.values():
        if any(node is calls[0] for node in _own(function.body)):
            return _in_function(function, makers)
    raise _Cannot(
        f"the application on line {calls[0].lineno} is neither a variable of the module nor made by a function in it"
    )


def _in_function(function: ast.FunctionDef | ast.AsyncFunctionDef, makers: set[str]) -> _Site:
    returns = [node for node in _own(function.body) if isinstance(node, ast.Return)]
    last = function.body[-1]
    if len(returns) != 1 or last is not returns[0] or not isinstance(last.value, ast.Name):
        raise _Cannot(f"`{function.name}` does not end with one `return` of the application")
    for at, statement in enumerate(function.body):
        name, value = _assigned(statement)
        if name == last.value.id and isinstance(value, ast.Call) and _dotted(value.func) in makers:
            return _checked(_Site(name, function.body, at, function))
    raise _Cannot(f"`{function.name}` makes the application in a way that scaffold does not know")


def _checked(site: _Site) -> _Site:
    """The site, if its variable is the application from there on. Raises _Cannot otherwise."""
    for node in _own(site.body[site.made + 1 :]):
        if _binds(node, site.name):
            raise _Cannot(f"`{site.name}` is set again on line {getattr(node, 'lineno', 0)}")
    return site


def _binds(node: ast.AST, name: str) -> bool:
    if isinstance(node, ast.Name):
        return node.id == name and not isinstance(node.ctx, ast.Load)
    if isinstance(node, (*_Function, ast.ClassDef)):
        return node.name == name
    if isinstance(node, ast.alias):
        return (node.asname or node.name.split(".")[0]) == name
    if isinstance(node, ast.ExceptHandler | ast.MatchAs | ast.MatchStar):
        return node.name == name
    if isinstance(node, ast.MatchMapping):
        return node.rest == name
    return False


def _own(body: Sequence[ast.AST]) -> Iterator[ast.AST]:
    """All nodes of a scope, but only the heads of the functions and classes in it."""
    for node in body:
        yield node
        if isinstance(node, _Scope):
            heads = [*getattr(node, "decorator_list", ()), *getattr(node, "bases", ())]
            yield from _own(heads)
        else:
            yield from _own(list(ast.iter_child_nodes(node)))


def _assigned(statement: ast.stmt) -> tuple[str, ast.expr | None]:
    """The one variable that a statement sets, and to what."""
    if isinstance(statement, ast.Assign) and len(statement.targets) == 1:
        target: ast.expr = statement.targets[0]
    elif isinstance(statement, ast.AnnAssign):
        target = statement.target
    else:
        return "", None
    return (target.id, statement.value) if isinstance(target, ast.Name) else ("", None)


def _edit(
    text: str,
    tree: ast.Module,
    site: _Site,
    package: str,
    known: str | None,
    own: Collection[str],
) -> str:
    lines = re.findall(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+", text)
    anchor = _anchor(site)
    call_at = _last_line(site.body[: anchor + 1], site.body)
    if site.function is not None and call_at >= _first_line(site.body[-1]):
        raise _Cannot(f"`{site.function.name}` returns on a line with other statements")
    indent = _indent(site, lines)
    name = known or _free_name(tree)
    call = f"{indent}{name}({site.name})"
    blank = 2 - bool(indent) if isinstance(site.body[anchor], (*_Function, ast.ClassDef)) else 0
    inserts = [(call_at, [*[""] * blank, call])]
    if known is None:
        alias = "" if name == "install" else f" as {name}"
        outer = site.function or site.body[site.made]
        at, above, below = _import_place(tree, outer, package, lines, own)
        excuse = _excuse(lines, at - above)
        line = f"from {package} import install{alias}{excuse}"
        inserts.append((at, [*[""] * above, line, *[""] * below]))
    result = _inserted(lines, inserts)
    _verify(text, result, name, package if known is None else None)
    return result


def _indent(site: _Site, lines: list[str]) -> str:
    """The indentation of the function's lines; empty in a module."""
    if site.function is None:
        return ""
    for statement in site.body:
        line = lines[statement.lineno - 1]
        if not line[: statement.col_offset].strip():
            return line[: statement.col_offset]
    raise _Cannot(f"`{site.function.name}` is one line")


def _anchor(site: _Site) -> int:
    """The statement that ours comes after: the last that registers something, but before a catch-all."""
    anchor = site.made
    for at in range(site.made + 1, len(site.body)):
        statement = site.body[at]
        if site.function and at == len(site.body) - 1:
            break
        calls = list(_calls_of(statement, site.name))
        if any(_catches_all(call) for call in calls):
            break
        if calls or site.function or _hands_over(statement, site.name):
            anchor = at
    return anchor


def _hands_over(statement: ast.stmt, name: str) -> bool:
    """Whether a statement gives the application to a function, which may register something."""
    if not isinstance(statement, ast.Expr):
        return False
    for node in ast.walk(statement):
        if isinstance(node, ast.Call) and _dotted(node.func).rsplit(".", 1)[-1] not in _SERVERS:
            given = [*node.args, *(keyword.value for keyword in node.keywords)]
            if any(isinstance(value, ast.Name) and value.id == name for value in given):
                return True
    return False


def _calls_of(statement: ast.stmt, name: str) -> Iterator[ast.Call]:
    """Calls of the application's methods that run when the statement does, decorators included."""
    if isinstance(statement, ast.If) and "__name__" in ast.dump(statement.test):
        return
    for node in _own([statement]):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            owner = node.func.value
            if isinstance(owner, ast.Name) and owner.id == name and node.func.attr != "openapi":
                yield node


def _catches_all(call: ast.Call) -> bool:
    """Whether a route or a mount takes every path."""
    assert isinstance(call.func, ast.Attribute)
    if call.func.attr not in _ROUTES:
        return False
    named = [keyword.value for keyword in call.keywords if keyword.arg == "path"]
    for node in (*call.args[:1], *named):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            everything = _CATCH_ALL.fullmatch(node.value) is not None
            return everything and (call.func.attr == "mount" or "{" in node.value)
    return False


# Functions that serve the application and do not return.
_SERVERS = {"run", "serve", "main", "start"}
_ROUTES = {"mount", "get", "post", "put", "patch", "delete", "head", "options", "trace"}
_ROUTES |= {"api_route", "route", "add_api_route", "add_route"}


def _free_name(tree: ast.Module) -> str:
    """`install`, or a name like it that the module does not use yet."""
    used = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    used |= {node.arg for node in ast.walk(tree) if isinstance(node, ast.arg)}
    for node in ast.walk(tree):
        if isinstance(node, (*_Function, ast.ClassDef)):
            used.add(node.name)
        elif isinstance(node, ast.alias):
            used |= {node.asname or node.name.split(".")[0]}
    choices = ("install", "install_rest", *(f"install_rest_{number}" for number in range(2, 100)))
    free = next((name for name in choices if name not in used), None)
    if free is None:
        raise _Cannot("all names for `install` are taken")
    return free


def _import_place(
    tree: ast.Module, made: ast.stmt, package: str, lines: list[str], own: Collection[str]
) -> Place:
    """Where the import goes: among the last ones that follow each other before the application is made."""
    before = tree.body[: next(at for at, node in enumerate(tree.body) if node is made)]
    imports = [isinstance(node, ast.Import | ast.ImportFrom) for node in before]
    if any(imports):
        end = len(imports) - imports[::-1].index(True)
        start = next((at + 1 for at in range(end - 1, -1, -1) if not imports[at]), 0)
        place = place_of(package, before[start:end], lines, own)
        for node in tree.body:
            # What begins on that line may end on another one.
            if _first_line(node) <= place.line < (node.end_lineno or 0):
                place = place._replace(line=node.end_lineno or 0)
        return place
    if ast.get_docstring(tree, clean=False) is not None:
        return Place(_last_line(tree.body[:1], tree.body))
    return Place(_first_line(tree.body[0]) - 1, 0, 2)


def _excuse(lines: Sequence[str], at: int) -> str:
    """What the imports beside ours say to a linter, because they stand below other code."""
    found = [
        re.search(r"  # noqa: E402$", line.rstrip()) for line in lines[max(at - 1, 0) : at + 1]
    ]
    return next((match[0] for match in found if match), "")


def _first_line(statement: ast.stmt) -> int:
    decorators: list[ast.expr] = getattr(statement, "decorator_list", [])
    return min([statement.lineno, *(node.lineno for node in decorators)])


def _last_line(done: Sequence[ast.stmt], body: Sequence[ast.stmt]) -> int:
    """The last line of `done`, and of all statements after it that begin on that line."""
    last = done[-1].end_lineno or done[-1].lineno
    for statement in body[len(done) :]:
        if _first_line(statement) > last:
            break
        last = max(last, statement.end_lineno or 0)
    return last


def _inserted(lines: list[str], inserts: list[tuple[int, list[str]]]) -> str:
    """The text with lines put in; each of `inserts` says after which line."""
    crlf = sum(line.endswith("\r\n") for line in lines)
    end = "\r\n" if crlf * 2 > sum(line.endswith(("\n", "\r")) for line in lines) else "\n"
    result = list(lines)
    # From the bottom up; if both go to the same line, the import, which is last in `inserts`, comes first.
    for at, new in sorted(inserts, key=lambda insert: insert[0], reverse=True):
        mark = ""
        if at and not result[at - 1].endswith(("\n", "\r")):
            result[at - 1] += end
        if at == 0 and result and result[0].startswith(BOM):
            result[0], mark = result[0][1:], BOM
        result[at:at] = [mark * (i == 0) + line + end for i, line in enumerate(new)]
    return "".join(result)


def _verify(text: str, result: str, name: str, package: str | None) -> None:
    """Raises _Cannot unless the result is the module with our statements in it, and nothing else."""
    try:
        after = parsed(result.removeprefix(BOM), to_change=True)
    except SyntaxError:
        raise _Cannot("there is no line that statements can be put after") from None
    before = parsed(text.removeprefix(BOM))
    taken = _Without(name, package)
    same = ast.dump(taken.visit(after)) == ast.dump(before)
    if not same or taken.imports != (package is not None) or taken.calls != 1:
        raise _Cannot("there is no line that statements can be put after")


class _Without(ast.NodeTransformer):
    """Removes our statements again, and counts them."""

    def __init__(self, name: str, package: str | None) -> None:
        self.name, self.package = name, package
        self.imports = self.calls = 0

    def visit_ImportFrom(self, node: ast.ImportFrom) -> ast.ImportFrom | None:
        if node.module != self.package or node.level or node.names[0].name != "install":
            return node
        self.imports += 1
        return None

    def visit_Expr(self, node: ast.Expr) -> ast.Expr | None:
        if not isinstance(node.value, ast.Call) or _dotted(node.value.func) != self.name:
            return node
        self.calls += 1
        return None
