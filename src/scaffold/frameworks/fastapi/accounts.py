"""What a dependency of somebody else's gives for the current user: which attribute is the id, which the role."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from scaffold.frameworks.fastapi.modules import Module, Modules, Place

IDS: Final = ("id", "uuid", "pk", "user_id", "sub", "uid")
"""Names of the attribute that stands for a user, the first that there is."""

_FLAGS: Final = ("is_superuser", "is_admin", "is_staff")
_ROLES: Final = ("role", "roles", "user_role")
_PLAIN: Final = {"int": "int", "str": "str", "UUID": "uuid", "UUID4": "uuid", "UUID7": "uuid"}
_COLUMNS: Final = {
    **dict.fromkeys(("Integer", "BigInteger", "SmallInteger", "INTEGER", "BIGINT"), "int"),
    **dict.fromkeys(("String", "Text", "Unicode", "CHAR", "VARCHAR", "TEXT"), "str"),
    **dict.fromkeys(("UUID", "Uuid", "GUID", "GUID_ID"), "uuid"),
}
_MANY: Final = ("list", "List", "set", "Set", "frozenset", "tuple", "Sequence")
_WRAPPERS: Final = ("Mapped", "Annotated", "Optional", "Union", "Final", "Column")
# What the base classes of FastAPI Users bring, and of Beanie: the type of `id`, and the flag of those who may all.
_KNOWN: Final = {
    "SQLAlchemyBaseUserTableUUID": ("uuid", "is_superuser"),
    "SQLModelBaseUserDB": ("uuid", "is_superuser"),
    # A document of MongoDB has an ObjectId.
    "Document": ("text", ""),
}
_GENERIC: Final = ("SQLAlchemyBaseUserTable", "BaseUser")
_YIELDING: Final = (
    "AsyncGenerator",
    "Generator",
    "AsyncIterator",
    "Iterator",
    "AsyncIterable",
    "Iterable",
)
_MAPPINGS: Final = ("dict", "Dict", "Mapping", "MutableMapping", "Any")
_DEEPEST: Final = 8


class Account(NamedTuple):
    """Of the current user: `id` and `role` as the manifest says them (`id:int`, `is_superuser:flag`)."""

    id: str
    role: str | None = None


class _Seen(NamedTuple):
    """An attribute: the annotation, else the value that makes it."""

    module: Module
    node: ast.expr


def account_of(
    modules: Modules, module: Module, given: ast.expr, ids: Sequence[str] = IDS
) -> Account | None:
    """What a value of the type `given` says of the user; None if the id's type is not certain.

    `ids` are the attributes that may be it, the first that there is.
    """
    plain = _type_of(modules, module, given)
    if plain:
        return Account(f":{plain}")
    place = modules.resolve(module, _bare(given))
    if place is None or not isinstance(place.node, ast.ClassDef):
        return None
    attributes = dict(_attributes(modules, place, 0))
    known = next(_known(modules, place, 0), None)
    found: str | None = None
    for name in ids:
        seen = attributes.get(name)
        kind = _type_of(modules, *seen) if seen else known[0] if known and name == "id" else None
        if kind:
            found = f"{name}:{kind}"
            break
        if seen:
            return None
    if found is None:
        return None
    flag = f"{known[1]}:flag" if known and known[1] else None
    role = next(_roles(modules, attributes), None) or flag
    # The class of a JSON token is a mapping; everything else has attributes.
    if _is_mapping(place.node):
        found = "[{}]:{}".format(*found.split(":"))
        role = "[{}]:{}".format(*role.split(":")) if role else None
    return Account(found, role)


def of_dictionary(function: ast.FunctionDef | ast.AsyncFunctionDef) -> Account | None:
    """The same of a function that gives a dictionary, by the keys that it returns; None if one is not certain."""
    known: list[set[str]] = []
    for node in ast.walk(function):
        if isinstance(node, ast.Return | ast.Yield) and node.value and not is_none(node.value):
            known.append(_keys(function, node.value))
    sure = set.intersection(*known) if known else set()
    found = next((name for name in IDS if name in sure), None)
    if found is None:
        return None
    return Account(f"[{found}]:str", "[role]:one" if "role" in sure else None)


def _keys(function: ast.AST, value: ast.expr) -> set[str]:
    """The keys that a dictionary has: those of its literal, or those that the function reads in a variable."""
    if isinstance(value, ast.Dict):
        return {
            key.value
            for key in value.keys
            if isinstance(key, ast.Constant) and isinstance(key.value, str)
        }
    found: set[str] = set()
    if not isinstance(value, ast.Name):
        return found
    for node in ast.walk(function):
        key: ast.expr | None = None
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Dict):
            if any(last_name(target) == value.id for target in node.targets):
                found |= _keys(function, node.value)
        elif isinstance(node, ast.Subscript) and last_name(node.value) == value.id:
            key = node.slice
        elif isinstance(node, ast.Call) and _reads(node, value.id):
            key = node.args[0]
        if isinstance(key, ast.Constant) and isinstance(key.value, str):
            found.add(key.value)
    return found


def _reads(call: ast.Call, name: str) -> bool:
    """Whether it is `name.get(key)`."""
    func = call.func
    return (
        isinstance(func, ast.Attribute)
        and func.attr == "get"
        and last_name(func.value) == name
        and bool(call.args)
    )


def is_dictionary(given: ast.expr) -> bool:
    """Whether the type says no more than that it is a dictionary, or nothing at all."""
    bare = _bare(given)
    return last_name(bare.value if isinstance(bare, ast.Subscript) else bare) in _MAPPINGS


def yielded(given: ast.expr) -> ast.expr:
    """What a dependency gives that yields it: `User` of `AsyncGenerator[User, None]`."""
    if isinstance(given, ast.Subscript) and last_name(given.value) in _YIELDING:
        inner = given.slice
        return inner.elts[0] if isinstance(inner, ast.Tuple) and inner.elts else inner
    return given


def _bare(node: ast.expr) -> ast.expr:
    """An annotation without `None` and without what wraps it."""
    for _ in range(_DEEPEST):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            try:
                node = ast.parse(node.value[:200], mode="eval").body
            except (SyntaxError, ValueError, RecursionError):
                return node
        elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
            node = node.right if is_none(node.left) else node.left
        elif isinstance(node, ast.Subscript) and last_name(node.value) in _WRAPPERS:
            inner = node.slice
            parts = inner.elts if isinstance(inner, ast.Tuple) else [inner]
            node = next((one for one in parts if not is_none(one)), inner)
        else:
            break
    return node


def is_optional(node: ast.expr) -> bool:
    """Whether an annotation allows None: `User | None`, `Optional[User]`, or a text of them."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return re.search(r"\bNone\b|\bOptional\b", node.value) is not None
    if isinstance(node, ast.Subscript) and last_name(node.value) == "Annotated":
        inner = node.slice
        return isinstance(inner, ast.Tuple) and bool(inner.elts) and is_optional(inner.elts[0])
    while isinstance(node, ast.BinOp):
        if is_optional(node.right):
            return True
        node = node.left
    if isinstance(node, ast.Subscript) and last_name(node.value) == "Union":
        return any(is_none(one) for one in ast.walk(node.slice))
    if isinstance(node, ast.Subscript):
        return last_name(node.value) == "Optional"
    return is_none(node)


def is_none(node: ast.AST) -> bool:
    """Whether an expression is `None`."""
    return isinstance(node, ast.Constant) and node.value is None


def last_name(node: ast.expr) -> str:
    """The name at the end of `a.b.C`; empty if it is something else."""
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def _type_of(modules: Modules, module: Module, node: ast.expr, depth: int = 0) -> str | None:
    """Which of the types of an id an annotation, or a column, is."""
    if isinstance(node, ast.Call):
        return _of_column(node)
    bare = _bare(node)
    name = last_name(bare)
    if name in _PLAIN:
        return _PLAIN[name]
    place = modules.resolve(module, bare)
    if place and isinstance(place.node, ast.Assign) and depth < _DEEPEST:
        value = place.node.value
        if isinstance(value, ast.Call) and last_name(value.func) == "NewType":
            value = value.args[-1] if value.args else value
        return _type_of(modules, place.module, value, depth + 1)
    return None


def _of_column(call: ast.Call) -> str | None:
    """The type of `Column(Integer, primary_key=True)`."""
    for argument in call.args:
        inner = argument.func if isinstance(argument, ast.Call) else argument
        kind = _COLUMNS.get(last_name(inner))
        if kind == "uuid" and isinstance(argument, ast.Call):
            for keyword in argument.keywords:
                value = keyword.value
                if keyword.arg == "as_uuid" and isinstance(value, ast.Constant) and not value.value:
                    return "str"
        if kind:
            return kind
    return None


def _attributes(modules: Modules, place: Place, depth: int) -> Iterator[tuple[str, _Seen]]:
    """Attributes of a class and of its bases in the project; the class comes last, so that it wins."""
    assert isinstance(place.node, ast.ClassDef)
    if depth < _DEEPEST:
        for base in place.node.bases:
            above = modules.resolve(place.module, base)
            if above and isinstance(above.node, ast.ClassDef) and above.node is not place.node:
                yield from _attributes(modules, above, depth + 1)
    for node in place.node.body:
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            yield node.target.id, _Seen(place.module, node.annotation)
        elif isinstance(node, ast.Assign) and len(node.targets) == 1:
            target = node.targets[0]
            if isinstance(target, ast.Name):
                yield target.id, _Seen(place.module, node.value)
        elif isinstance(node, ast.FunctionDef) and node.returns and _is_property(node):
            yield node.name, _Seen(place.module, node.returns)


def _is_property(node: ast.FunctionDef) -> bool:
    return any(last_name(mark) in ("property", "computed_field") for mark in node.decorator_list)


def _known(modules: Modules, place: Place, depth: int) -> Iterator[tuple[str, str]]:
    """What base classes of FastAPI Users bring to the class."""
    assert isinstance(place.node, ast.ClassDef)
    for base in place.node.bases:
        if last_name(base) in _KNOWN:
            yield _KNOWN[last_name(base)]
        if isinstance(base, ast.Subscript) and last_name(base.value) in _GENERIC:
            kind = _type_of(modules, place.module, base.slice)
            if kind:
                yield kind, "is_superuser"
        above = modules.resolve(place.module, base) if depth < _DEEPEST else None
        if above and isinstance(above.node, ast.ClassDef) and above.node is not place.node:
            yield from _known(modules, above, depth + 1)


def _roles(modules: Modules, attributes: dict[str, _Seen]) -> Iterator[str]:
    """What says which roles a user has; only where it is certain how to read it."""
    for name in _ROLES:
        if name not in attributes:
            continue
        module, node = attributes[name]
        bare = _bare(node)
        if isinstance(node, ast.Call):
            named = {last_name(one.func if isinstance(one, ast.Call) else one) for one in node.args}
            inner = [one for one in node.args if isinstance(one, ast.Call) and one.args]
            if named & {"JSON", "JSONB", "ARRAY"}:
                yield f"{name}:many"
                continue
            if named & set(_COLUMNS) and _of_column(node) == "str":
                yield f"{name}:one"
                continue
            bare = inner[0].args[0] if inner and "Enum" in last_name(inner[0].func) else node
        if isinstance(bare, ast.Subscript) and last_name(bare.value) in _MANY:
            # Of rows of a table of roles only the project knows the names.
            if last_name(bare.slice) == "str":
                yield f"{name}:many"
            continue
        if last_name(bare) in ("str", "Literal") or (
            isinstance(bare, ast.Subscript) and last_name(bare.value) == "Literal"
        ):
            yield f"{name}:one"
            continue
        place = modules.resolve(module, bare)
        if place and isinstance(place.node, ast.ClassDef):
            bases = {last_name(base) for base in place.node.bases}
            if bases & {"str", "StrEnum"}:
                yield f"{name}:one"
            elif "Enum" in bases:
                yield f"{name}:enum"
    for name in _FLAGS:
        if name in attributes:
            yield f"{name}:flag"


def _is_mapping(node: ast.ClassDef) -> bool:
    return any(last_name(base) in ("TypedDict", "dict") for base in node.bases)
