"""Signs that somebody else's FastAPI project knows users already, although nothing says who gives the current one."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator
from typing import Final, NamedTuple

from scaffold.frameworks.fastapi.accounts import last_name
from scaffold.frameworks.fastapi.depends import Functions, uses_of
from scaffold.frameworks.fastapi.modules import Module, Modules, Place

_SCHEMES: Final = frozenset(
    {
        *("APIKeyCookie", "HTTPBasic", "HTTPBearer", "HTTPDigest", "OpenIdConnect"),
        *("OAuth2AuthorizationCodeBearer", "OAuth2PasswordBearer"),
        *("AuthenticationMiddleware", "FastAPIUsers", "LoginManager"),
    }
)
_TABLES: Final = frozenset({"Account", "DBUser", "UserDB", "UserModel", "UserORM", "UserTable"})
_PATH: Final = re.compile(r"(?:.*/)?(?:log-?_?in|sign-?_?in|register|sign-?_?up|token)/?")
_ROUTES: Final = frozenset({"get", "post", "api_route", "route"})
_SIGNS: Final = re.compile(
    rb"\b(?:%s|class\s+(?:User|%s)\b|log-?_?in\b|sign-?_?in\b|sign-?_?up\b|register\b|token\b)"
    % ("|".join(sorted(_SCHEMES)).encode(), "|".join(sorted(_TABLES)).encode())
)
_NAMED: Final = re.compile(rb"\b(?:Depends|Security)\(")
_WHO: Final = re.compile(
    r"user|auth|account|principal|identity|claims|login|signed|member|caller|viewer|whoami"
)
_WORKERS: Final = re.compile(r"service|repo|manager|store|crud|client|settings|config|session|\bdb")


class Login(NamedTuple):
    """What shows that a project knows users, and the dependency that most likely gives the current one."""

    sign: str
    likely: Place | None


def login_of(modules: Modules) -> Login | None:
    """The first such sign; None if the project has none."""
    sign = next((sign for one in modules.mentioning(_SIGNS) for sign in _signs(one)), None)
    return Login(sign, _likely(modules)) if sign else None


def _signs(module: Module) -> Iterator[str]:
    for node in ast.walk(module.tree):
        if isinstance(node, ast.ClassDef) and _keeps_users(node):
            yield f"the table `{node.name}` ({module.path}:{node.lineno})"
        elif isinstance(node, ast.Call):
            func = node.func.value if isinstance(node.func, ast.Subscript) else node.func
            named = [last_name(func), *map(last_name, node.args[:1])]
            scheme = next((name for name in named if name in _SCHEMES), None)
            if scheme:
                yield f"`{scheme}` ({module.path}:{node.lineno})"
        elif isinstance(node, Functions):
            for mark in node.decorator_list:
                path = _route(mark)
                if path and _PATH.fullmatch(path):
                    yield f"the route `{path[:60]}` ({module.path}:{mark.lineno})"


def _keeps_users(node: ast.ClassDef) -> bool:
    """Whether the class is a table of users: it names its table, or has columns."""
    if node.name not in _TABLES and node.name != "User":
        return False
    if any(word.arg == "table" for word in node.keywords):
        return True
    for inner in node.body:
        if isinstance(inner, ast.Assign):
            names = [last_name(target) for target in inner.targets]
        elif isinstance(inner, ast.AnnAssign):
            names = [last_name(inner.target)]
            if isinstance(inner.annotation, ast.Subscript):
                names.append(last_name(inner.annotation.value))
        else:
            continue
        if not {"__tablename__", "Mapped"}.isdisjoint(names):
            return True
    return False


def _route(mark: ast.expr) -> str | None:
    """The path of `@router.post("/login")`."""
    if not isinstance(mark, ast.Call) or not isinstance(mark.func, ast.Attribute):
        return None
    path = mark.args[0] if mark.args else None
    if mark.func.attr in _ROUTES and isinstance(path, ast.Constant):
        return path.value if isinstance(path.value, str) else None
    return None


def _likely(modules: Modules) -> Place | None:
    """The function that most routes depend on, of those whose name says that it is about who is calling."""
    places: dict[tuple[str, str], Place] = {}
    count: Counter[tuple[str, str]] = Counter()
    for module in modules.mentioning(_NAMED):
        for use in uses_of(modules, module):
            name = use.place.name.lower()
            if not isinstance(use.place.node, Functions):
                continue
            if _WHO.search(name) and not _WORKERS.search(name):
                key = (use.place.module.path, use.place.name)
                places[key] = use.place
                count[key] += 1
    return places[count.most_common(1)[0][0]] if count else None
