"""What functions of somebody else's FastAPI project depend on: `Depends(...)`, read in their source."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from scaffold.frameworks.fastapi.accounts import last_name
from scaffold.frameworks.fastapi.modules import Module, Modules, Place

Functions = ast.FunctionDef | ast.AsyncFunctionDef
_ENOUGH: Final = 2
_DEEPEST: Final = 8


class Use(NamedTuple):
    """A `Depends(...)`: what it names, the type that it gives there, and whether it is an alias for many."""

    place: Place
    module: Module
    gives: ast.expr | None
    alias: bool
    inside: str


def uses_of(
    reader: Modules, module: Module, chained: Sequence[re.Pattern[str]] = ()
) -> Iterator[Use]:
    """Each `Depends(...)` of a module; functions of the names `chained` may also name one by its alias."""
    for statement in module.tree.body:
        alias = None
        if isinstance(statement, ast.Assign | ast.AnnAssign) and statement.value is not None:
            alias = _annotated(statement.value)
        if alias:
            named = _depends(alias[1])
            place = reader.resolve(module, named) if named else None
            if place:
                yield Use(place, module, alias[0], True, "")
            continue
        for node in ast.walk(statement):
            if not isinstance(node, Functions):
                continue
            for gives, call in _parameters(node):
                named = _depends(call)
                place = reader.resolve(module, named) if named else None
                if place:
                    yield Use(place, module, gives, False, node.name)
            if any(pattern.fullmatch(node.name) for pattern in chained):
                for argument in (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs):
                    place = behind(reader, module, argument.annotation)
                    if place:
                        yield Use(place, module, None, False, node.name)


def behind(reader: Modules, module: Module, alias: ast.expr | None) -> Place | None:
    """The dependency of an alias such as `CurrentUser`."""
    place = reader.resolve(module, alias)
    value = (
        place.node.value if place and isinstance(place.node, ast.Assign | ast.AnnAssign) else None
    )
    inner = _annotated(value) if value else None
    named = _depends(inner[1]) if inner else None
    return reader.resolve(place.module, named) if place and named else None


def followed(reader: Modules, place: Place) -> Place:
    """What another name stands for, as in `get_db = get_async_db`; the place itself if it is none."""
    for _ in range(_DEEPEST):
        node = place.node
        value = node.value if isinstance(node, ast.Assign) else None
        if not isinstance(value, ast.Name | ast.Attribute):
            break
        behind_it = reader.resolve(place.module, value)
        if behind_it is None or behind_it.node is node:
            break
        place = behind_it
    return place


def _parameters(node: Functions) -> Iterator[tuple[ast.expr | None, ast.expr]]:
    """Parameters with a dependency, as its type and its call."""
    arguments = node.args
    every = [*arguments.posonlyargs, *arguments.args]
    defaults = [None] * (len(every) - len(arguments.defaults)) + [*arguments.defaults]
    pairs = [
        *zip(every, defaults, strict=True),
        *zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True),
    ]
    for argument, default in pairs:
        inner = _annotated(argument.annotation) if argument.annotation else None
        if inner:
            yield inner
        elif default is not None:
            yield argument.annotation, default
    for mark in node.decorator_list:
        for keyword in mark.keywords if isinstance(mark, ast.Call) else []:
            if keyword.arg == "dependencies" and isinstance(keyword.value, ast.List):
                yield from ((None, item) for item in keyword.value.elts)


def _annotated(node: ast.expr) -> tuple[ast.expr, ast.expr] | None:
    """Type and call of `Annotated[User, Depends(...)]`."""
    if not isinstance(node, ast.Subscript) or last_name(node.value) != "Annotated":
        return None
    inner = node.slice
    if not isinstance(inner, ast.Tuple) or len(inner.elts) < _ENOUGH:
        return None
    call = next((one for one in inner.elts[1:] if _depends(one)), None)
    return (inner.elts[0], call) if call else None


def _depends(node: ast.expr) -> ast.expr | None:
    """What `Depends(...)` names."""
    if isinstance(node, ast.Call) and last_name(node.func) in ("Depends", "Security") and node.args:
        return node.args[0]
    return None
