"""What our code uses of somebody else's FastAPI project: who is calling, and the database session.

Everything is read from the project's source; nothing of it is imported.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final, NamedTuple

from scaffold.frameworks.base import Application, Host
from scaffold.frameworks.fastapi.accounts import (
    IDS,
    Account,
    account_of,
    is_dictionary,
    is_none,
    is_optional,
    last_name,
    of_dictionary,
    yielded,
)
from scaffold.frameworks.fastapi.depends import Functions, Use, behind, followed, uses_of
from scaffold.frameworks.fastapi.logins import Login, login_of
from scaffold.frameworks.fastapi.modules import Imported, Module, Modules, Place
from scaffold.manifest.host import OWN, id_said, named, option_of
from scaffold.manifest.manifest import Manifest
from scaffold.support.errors import UserError
from scaffold.support.text import nearest, printable

_USER: Final = r"(?:get_|require_)?(?:current|active|current_active|authenticated|auth)_user"
_SESSION: Final = r"(?:get_|provide_)?(?:async_)?(?:db|session|db_session)(?:_async)?"
_PATTERNS: Final = {"current_user": re.compile(_USER), "session": re.compile(_SESSION)}
_NAMED: Final = re.compile(rf"Depends\(\s*(?:\w+\.)*(?:{_USER}|{_SESSION})\b".encode())
_ENGINES: Final = ("create_engine", "create_async_engine")
_MAKES_ENGINE: Final = re.compile(rb"\bcreate_(?:async_)?engine\(")
_OPTION: Final = {key: option_of(key) for key in ("current_user", "session")}
_WHAT: Final = {"current_user": "the current user", "session": "a database session"}
_ACCOUNTS: Final = "our code brings accounts and tokens of its own"
_TOKENS: Final = (
    "our routes take tokens that JWT_SECRET and JWT_ISSUER verify (for accounts of ours: `--local-stack`)"
)
_ENOUGH: Final = 2
_MOST: Final = 5


class Candidate(NamedTuple):
    """A dependency that the project uses for one of our keys, and how often."""

    place: Place
    uses: tuple[Use, ...]

    @property
    def certain(self) -> bool:
        """Whether the project builds on it: two routes, an alias made for them, or what gives the user."""
        user = _PATTERNS["current_user"]
        return len(self.uses) >= _ENOUGH or any(
            use.alias or user.fullmatch(use.inside) for use in self.uses
        )


def host_of(
    root: Path,
    application: Application | None,
    said: Mapping[str, str],
    *,
    fresh: bool,
    stands_in: bool = True,
) -> Host:
    """What the user said, checked, and in a fresh project what is certain without.

    `stands_in` says whether our own accounts come where there are no users.

    Raises UserError if what was said is not there or cannot be used, or if several fit.
    """
    reader = _reader(root, application)
    values: dict[str, str] = {}
    notes: list[str] = []
    found = _candidates(reader) if fresh or said else {}
    for key, read in _READ.items():
        if said.get(key) == OWN:
            continue
        place: Place | None
        if key in said:
            place = _said(reader, key, said[key], found.get(key, ()))
        else:
            place = _certain(key, found.get(key, ())) if fresh else None
        if place is None:
            continue
        uses: Sequence[Use] = next(
            (one.uses for one in found.get(key, ()) if one.place.node is place.node), ()
        )
        if not uses:
            uses = _uses_of_place(reader, place)
        try:
            ident = id_said(said.get(key, ""))[1]
            got = _user(reader, place, uses, ident) if ident else read(reader, place, uses)
            _require_importable(reader, key, place, application)
        except UserError as error:
            if key in said:
                raise
            if key == "current_user":
                # A second account system in silence is what nobody wants.
                own = f"{error.hint}; or `--current-user {OWN}` for accounts that scaffold brings"
                raise UserError(error.message, own) from error
            notes.append(
                f"{error.message}; so our code opens its own by DATABASE_URL ({error.hint})"
            )
            continue
        values |= got
        if key not in said:
            notes.append(
                f"{place.line}: `{place.name}` gives {_WHAT[key]}, so our routes use it; "
                f"to say otherwise: `{_OPTION[key]} MODULE:NAME`, or `{_OPTION[key]} {OWN}`"
            )
    if fresh and not found.get("current_user") and "current_user" not in said:
        login = login_of(reader)
        if login:
            raise _unnamed(login)
        notes.append(
            f"no dependency of yours gives the current user, so {_ACCOUNTS if stands_in else _TOKENS}; "
            "to use yours: `--current-user MODULE:NAME`"
        )
    if fresh and not found.get("session") and "session" not in said:
        engine = _engine(reader)
        if engine:
            notes.append(
                f"{engine} makes an engine, but no dependency of yours gives its session, so our code opens its own "
                "by DATABASE_URL; to use yours: `--session MODULE:NAME`"
            )
    if "user_id" in values and "user_role" not in values:
        notes.append("no attribute of your user says roles: `user_of` in core/users.py gives none")
    return Host(values, tuple(notes))


def with_named(found: Host, manifest: Manifest) -> Host:
    """What was found, and where there is no user or no session, what settings name."""
    ours = named(manifest.alias)
    values = dict(found.values)
    for key, others in (("current_user", ("user_id", "user_role")), ("session", ("session_kind",))):
        if key not in values and key not in manifest.host:
            values |= {one: ours[one] for one in (key, *others)}
    return Host(values, found.notes)


def facts(
    root: Path, application: Application | None, host: Mapping[str, str] | None
) -> Iterator[tuple[str, bool, str]]:
    """For `doctor`: a sentence for each key, whether it is settled, and what to do otherwise.

    `host` is what the manifest keeps; None where there is no manifest yet.
    """
    reader = _reader(root, application)
    found = _candidates(reader) if host is None else {}
    for key, what in (("current_user", "current user"), ("session", "database session")):
        option = _OPTION[key]
        if host is not None:
            own = f"scaffold's own; `scaffold set {option} MODULE:NAME` names yours"
            yield f"{what}: {f'`{host[key]}`' if key in host else own} (.copier-answers.yml)", True, ""
            continue
        try:
            place = _certain(key, found[key])
            if place:
                uses = next(one.uses for one in found[key] if one.place.node is place.node)
                try:
                    _READ[key](reader, place, uses)
                except UserError as error:
                    if key == "current_user":
                        raise
                    yield f"{what}: {error.message}; so endpoints open their own", True, ""
                    continue
            login = login_of(reader) if key == "current_user" and not found[key] else None
            if login:
                raise _unnamed(login)
        except UserError as error:
            yield f"{what}: {error.message}", False, error.hint or ""
            continue
        if place is None:
            yield f"{what}: none found, so endpoints bring their own; `{option}` names yours", True, ""
        else:
            yield f"{what}: `{place.spelled}` ({place.line}); `{option}` says otherwise", True, ""


def _unnamed(login: Login) -> UserError:
    """The project knows users, and nothing says what gives the current one."""
    option, likely = _OPTION["current_user"], login.likely
    named = f"add `{option} MODULE:NAME`, the dependency that gives the current user"
    if likely:
        named = f"add `{option} {likely.spelled}` ({likely.line}) if that gives the current user, or name another"
    return UserError(
        f"your project knows users ({login.sign}), but no dependency is certain to give the current one",
        f"{named}; or `{option} {OWN}` for accounts that scaffold brings",
    )


def _engine(reader: Modules) -> str | None:
    """Where the project connects to a database."""
    for module in reader.mentioning(_MAKES_ENGINE):
        for node in ast.walk(module.tree):
            if isinstance(node, ast.Call) and last_name(node.func) in _ENGINES:
                return f"{module.path}:{node.lineno}"
    return None


def _reader(root: Path, application: Application | None) -> Modules:
    tops = ["", "src"]
    if application:
        package = application.package.replace(".", "/")
        folder = application.folder
        if not package:
            tops.insert(0, folder)
        elif folder == package or folder.endswith(f"/{package}"):
            tops.insert(0, folder.removesuffix(package).rstrip("/"))
        main = Modules(root, tops).at(application.module)
        names = (
            [bound.module for bound in main.names.values() if isinstance(bound, Imported)]
            if main
            else []
        )
        if any(name.split(".")[0] == "src" for name in (application.package, *names)):
            tops.remove("src")
    return Modules(root, tops)


def _candidates(reader: Modules) -> dict[str, list[Candidate]]:
    """What the project's `Depends(...)` name that may be one of our keys; of a chain only the last."""
    uses: dict[tuple[str, str], list[Use]] = {}
    for module in reader.mentioning(_NAMED):
        for use in uses_of(reader, module, [*_PATTERNS.values()]):
            uses.setdefault((use.place.module.path, use.place.name), []).append(use)
    found: dict[str, list[Candidate]] = {}
    for key, pattern in _PATTERNS.items():
        fitting = {
            place: many for place, many in uses.items() if pattern.fullmatch(many[0].place.name)
        }
        inner = {
            place
            for place, many in fitting.items()
            for use in many
            if any(use.inside == other[1] for other in fitting if other != place)
        }
        found[key] = [
            Candidate(many[0].place, tuple(many))
            for place, many in fitting.items()
            if place not in inner or len(fitting) == len(inner)
        ]
    return found


def _certain(key: str, candidates: Sequence[Candidate]) -> Place | None:
    """The one that is certain. Raises UserError if there are several, or too little says so."""
    if not candidates:
        return None
    if len(candidates) == 1 and candidates[0].certain:
        return candidates[0].place
    listed = ", ".join(f"`{one.place.name}` ({one.place.line})" for one in candidates[:_MOST])
    first = candidates[0].place.spelled
    if len(candidates) == 1:
        why = f"{listed} may give {_WHAT[key]}, but fewer than two routes depend on it"
    else:
        why = f"several dependencies may give {_WHAT[key]}: {listed}"
    raise UserError(
        why,
        f"add `{_OPTION[key]} {first}`, or `{_OPTION[key]} {OWN}` for what scaffold brings",
    )


def _said(reader: Modules, key: str, value: str, known: Sequence[Candidate]) -> Place:
    """Where what the user named is made. Raises UserError if the project has no such thing."""
    dotted, _, name = id_said(value)[0].partition(":")
    option = _OPTION[key]
    usual = [one.place.spelled for one in known]
    hint = f"`{option} {usual[0]}` is used in this project" if usual else None
    module = reader.module(dotted)
    if module is None:
        raise UserError(f"`{option} {value}`: the project has no module `{dotted}`", hint)
    place = reader.find(module, name)
    if place is None:
        if name in module.names:
            raise UserError(
                f"`{option} {value}`: `{name}` comes from outside of the project",
                hint or "name a function of the project",
            )
        near = nearest(name, module.names)
        meant = f"did you mean `{option} {dotted}:{near}`?" if near else hint
        raise UserError(f"`{option} {value}`: `{module.path}` has no `{name}`", meant)
    return behind(reader, module, ast.Name(name)) or place


def _uses_of_place(reader: Modules, place: Place) -> list[Use]:
    """Where a dependency of any name is used."""
    named = re.compile(rb"\b%s\b" % re.escape(place.name).encode())
    every = (use for module in reader.mentioning(named) for use in uses_of(reader, module))
    return [use for use in every if use.place.node is place.node]


def _user(reader: Modules, place: Place, uses: Sequence[Use], ident: str = "") -> dict[str, str]:
    """What the manifest keeps of the current user; `ident` is what the user says stands for them."""
    given = _given(reader, place, uses)
    function = followed(reader, place).node
    made = of_dictionary(function) if isinstance(function, Functions) else None
    for module, gives in given:
        account = account_of(reader, module, gives, (ident.strip("[]"),) if ident else IDS)
        account = account or (made if is_dictionary(gives) else None)
        if account and ident in ("", account.id.partition(":")[0]):
            return _kept(place, account, optional=_may_be_none(function, gives))
    if made and not given and ident in ("", made.id.partition(":")[0]):
        return _kept(place, made, optional=False)
    if ident:
        optional = any(_may_be_none(function, gives) for _, gives in given)
        kind = "str" if ident.startswith("[") else "text"
        return _kept(place, Account(f"{ident}:{kind}"), optional=optional)
    where = f"`{place.name}` ({place.line})"
    by_hand = (
        f"say what stands for the user: `{_OPTION['current_user']} {place.spelled}#ATTRIBUTE`, "
        f"or `'{place.spelled}#[KEY]'` of a dictionary"
    )
    if not given:
        raise UserError(
            f"{where} does not say what it gives",
            f"annotate it, as in `-> User`, where that class has an `id` of type int, str or UUID; or {by_hand}",
        )
    module, gives = given[0]
    text = printable(module.source(gives)[:60])
    raise UserError(
        f"{where} gives `{text}`, and no attribute of it is certain to be the id of a user", by_hand
    )


def _kept(place: Place, account: Account, *, optional: bool) -> dict[str, str]:
    more = {"user_role": account.role} if account.role else {}
    if optional:
        more["user_optional"] = "yes"
    return {"current_user": place.spelled, "user_id": account.id, **more}


def _given(reader: Modules, place: Place, uses: Sequence[Use]) -> list[tuple[Module, ast.expr]]:
    """The types that the dependency gives, the most certain first."""
    place = followed(reader, place)
    node = place.node
    found: list[tuple[Module, ast.expr]] = []
    if isinstance(node, Functions) and node.returns is not None:
        found.append((place.module, yielded(node.returns)))
    elif isinstance(node, ast.Assign) and isinstance(node.value, ast.Call):
        found += _of_fastapi_users(reader, place.module, node.value)
    return found + [(use.module, use.gives) for use in uses if use.gives is not None]


def _may_be_none(node: ast.stmt, gives: ast.expr) -> bool:
    """Whether the dependency gives None where nobody has signed in, in place of an answer."""
    if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call):
        return any(
            word.arg == "optional"
            and isinstance(word.value, ast.Constant)
            and word.value.value is True
            for word in node.value.keywords
        )
    if isinstance(node, Functions) and node.returns is None:
        returned = [inner for inner in ast.walk(node) if isinstance(inner, ast.Return)]
        if any(inner.value is None or is_none(inner.value) for inner in returned):
            return True
    return is_optional(gives)


def _of_fastapi_users(
    reader: Modules, module: Module, call: ast.Call
) -> Iterator[tuple[Module, ast.expr]]:
    """`User` of `fastapi_users.current_user(active=True)`, made by `FastAPIUsers[User, UUID](...)`."""
    func = call.func
    if not isinstance(func, ast.Attribute) or func.attr != "current_user":
        return
    made = reader.resolve(module, func.value)
    value = made.node.value if made and isinstance(made.node, ast.Assign) else None
    if made and isinstance(value, ast.Call) and isinstance(value.func, ast.Subscript):
        inner = value.func.slice
        if isinstance(inner, ast.Tuple) and inner.elts:
            yield made.module, inner.elts[0]


def _session(reader: Modules, place: Place, uses: Sequence[Use]) -> dict[str, str]:
    """What the manifest keeps of the session. Raises UserError if our code cannot use it."""
    where, spelled = f"`{place.name}` ({place.line})", place.spelled
    place = followed(reader, place)
    node = place.node
    if not isinstance(node, Functions):
        raise UserError(
            f"{where} is not a function, so scaffold cannot tell whether its session is asynchronous",
            "name a function that yields the session: `def get_session() -> Iterator[Session]: ...`",
        )
    if not any(isinstance(one, ast.Yield | ast.YieldFrom) for one in ast.walk(node)):
        raise UserError(
            f"{where} does not `yield` its session, so nothing would close it",
            "let it `yield` the session, as FastAPI's documentation shows, or name a dependency that does",
        )
    arguments = node.args
    names = [one.arg for one in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)]
    if names:
        raise UserError(
            f"{where} takes {', '.join(f'`{name}`' for name in names[:_MOST])}: our migrations call it "
            "without a request",
            "name one without parameters, or use `--session own` with DATABASE_URL",
        )
    asynchronous = isinstance(node, ast.AsyncFunctionDef)
    types = [(use.module, use.gives) for use in uses]
    if node.returns:
        types = [(place.module, node.returns)]
    text = " ".join(module.source(gives) for module, gives in types if gives is not None)
    if asynchronous and re.search(r"(?<!Async)\bSession\b", text) and "AsyncSession" not in text:
        raise UserError(
            f"{where} is `async`, but its session is not: each query would hold up the event loop",
            "make it `def`, which FastAPI runs in a thread, or give an `AsyncSession`",
        )
    if not asynchronous and "AsyncSession" in text:
        raise UserError(
            f"{where} gives an `AsyncSession`, but it is not `async`, so nothing closes the session",
            "make it `async def`",
        )
    return {"session": spelled, "session_kind": "async" if asynchronous else "sync"}


def _require_importable(
    reader: Modules, key: str, place: Place, application: Application | None
) -> None:
    """Raises UserError if our package and the module would import each other."""
    if application and reader.reaches(place.module, application.module):
        raise UserError(
            f"`{place.name}` ({place.line}) cannot be imported by our package: its module is, or imports, "
            f"`{application.module}`, which imports ours",
            f"move it to a module of its own, such as `deps.py`, then `{_OPTION[key]} deps:{place.name}`",
        )


_READ: Final[Mapping[str, Callable[[Modules, Place, Sequence[Use]], dict[str, str]]]] = {
    "current_user": _user,
    "session": _session,
}
