"""Who is calling and which session, found in somebody else's project without running it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from scaffold.frameworks.base import Application, Host
from scaffold.frameworks.fastapi.host import facts, host_of
from scaffold.support.errors import UserError
from tests.support.fastapi_hosts import ASYNC, BLOCKING

MAIN = Application("app/main.py", "app", "app", "app")
USERS = """\
from app.models import User
from fastapi import APIRouter, Depends

router = APIRouter()


{function}


@router.get("/a")
def a(user: User = Depends({name})): ...


@router.get("/b")
def b(user: User = Depends({name})): ...
"""


def write(root: Path, files: Mapping[str, str]) -> Path:
    for path, text in files.items():
        place = root / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text)
    return root


def found(
    root: Path, files: Mapping[str, str], said: Mapping[str, str] | None = None
) -> dict[str, str]:
    return dict(host_of(write(root, files), MAIN, said or {}, fresh=True).values)


def test_what_public_templates_have_is_certain(tmp_path: Path) -> None:
    assert found(tmp_path / "a", BLOCKING) == {
        "current_user": "app.api.deps:get_current_user",
        "user_id": "id:uuid",
        "user_role": "is_superuser:flag",
        "session": "app.api.deps:get_db",
        "session_kind": "sync",
    }
    assert found(tmp_path / "b", ASYNC) == {
        "current_user": "app.deps:get_current_user",
        "user_id": "id:int",
        "user_role": "role:one",
        "session": "app.db:get_session",
        "session_kind": "async",
    }


def test_doctor_says_where_each_is(tmp_path: Path) -> None:
    first, second = facts(write(tmp_path, BLOCKING), MAIN, None)
    assert first[:2] == (
        "current user: `app.api.deps:get_current_user` (app/api/deps.py:26); `--current-user` says otherwise",
        True,
    )
    assert second[1] and "`app.api.deps:get_db` (app/api/deps.py:17)" in second[0]
    kept, _ = facts(tmp_path, MAIN, {"current_user": "app.x:y"})
    assert kept == ("current user: `app.x:y` (.copier-answers.yml)", True, "")
    ours, _ = facts(tmp_path, MAIN, {})
    assert ours[1] and "current user: scaffold's own" in ours[0]
    nobody, _ = facts(write(tmp_path / "new", {"app/main.py": ""}), MAIN, None)
    assert nobody[1] and "none found" in nobody[0]
    users, _ = facts(write(tmp_path / "users", {"app/main.py": "x = HTTPBearer()\n"}), MAIN, None)
    assert not users[1] and "knows users (`HTTPBearer` (app/main.py:1))" in users[0]
    assert "--current-user own" in users[2]


def test_users_without_a_certain_dependency_are_refused_unless_asked(tmp_path: Path) -> None:
    files = {"app/main.py": "x = HTTPBearer()\n", "app/deps.py": "def who() -> int: ...\n"}
    with pytest.raises(UserError, match="knows users"):
        found(tmp_path, files)
    assert found(tmp_path, files, {"current_user": "own"}) == {}
    said = {"current_user": "app.deps:who"}
    assert found(tmp_path, files, said) == {**said, "user_id": ":int"}
    # In a project that has decided, nothing is looked for.
    assert host_of(tmp_path, MAIN, {}, fresh=False) == Host()


def test_an_engine_that_no_dependency_shares_is_said(tmp_path: Path) -> None:
    files = {"app/db.py": "\nengine = create_engine(URL)\n"}
    notes = host_of(write(tmp_path, files), MAIN, {}, fresh=True).notes
    assert any(note.startswith("app/db.py:2 makes an engine") for note in notes)
    assert not any(
        "engine" in note for note in host_of(tmp_path, MAIN, {"session": "own"}, fresh=True).notes
    )


def test_fastapi_users_says_its_class(tmp_path: Path) -> None:
    files = {
        "app/models.py": "class User(SQLAlchemyBaseUserTable[int], Base): ...\n",
        "app/users.py": "from .models import User\n\nfastapi_users = FastAPIUsers[User, int](manager, [backend])\n"
        "current_active_user = fastapi_users.current_user(active=True)\n",
        "app/routes.py": "from app.users import current_active_user\n"
        "def a(user=Depends(current_active_user)): ...\ndef b(user=Depends(current_active_user)): ...\n",
    }
    assert found(tmp_path, files) == {
        "current_user": "app.users:current_active_user",
        "user_id": "id:int",
        "user_role": "is_superuser:flag",
    }


def test_of_a_chain_the_last_counts(tmp_path: Path) -> None:
    function = (
        "def get_current_user() -> User: ...\n\n\n"
        "def get_current_active_user(user: User = Depends(get_current_user)) -> User: ..."
    )
    files = {
        "app/models.py": "class User:\n    id: int\n",
        "app/routes.py": USERS.format(function=function, name="get_current_active_user"),
    }
    assert found(tmp_path, files)["current_user"] == "app.routes:get_current_active_user"


def test_a_function_without_a_type_has_that_of_the_routes(tmp_path: Path) -> None:
    files = {
        "app/models.py": "class User:\n    id: int\n",
        "app/routes.py": USERS.format(
            function="def get_current_user(): ...", name="get_current_user"
        ),
    }
    assert found(tmp_path, files)["user_id"] == "id:int"


@pytest.mark.parametrize("function", ["def verify(): ...", "verify = LoginManager(SECRET)"])
def test_one_that_was_said_has_the_type_of_the_routes_too(tmp_path: Path, function: str) -> None:
    files = {
        "app/models.py": "class User:\n    id: int\n",
        "app/routes.py": USERS.format(function=function, name="verify"),
    }
    said = {"current_user": "app.routes:verify"}
    assert found(tmp_path, files, said) == {**said, "user_id": "id:int"}


@pytest.mark.parametrize(
    ("function", "optional"),
    [
        ("def get_current_user() -> User | None: ...", True),
        ("def get_current_user() -> Optional[User]: ...", True),
        ("def get_current_user() -> Union[User, None]: ...", True),
        ("def get_current_user() -> 'User | None': ...", True),
        ("def get_current_user() -> Annotated[User | None, 'x']: ...", True),
        ("def get_current_user():\n    if x:\n        return None\n    return y", True),
        ("def get_current_user():\n    if x:\n        return\n    return y", True),
        ("get_current_user = users.current_user(optional=True)", True),
        ("get_current_user = users.current_user(active=True)", False),
        ("def get_current_user() -> User:\n    return None", False),
        ("def get_current_user() -> Annotated[User, None]: ...", False),
        ("def get_current_user():\n    return y", False),
    ],
)
def test_who_may_be_nobody(tmp_path: Path, function: str, optional: bool) -> None:
    files = {
        "app/models.py": "class User:\n    id: int\n",
        "app/routes.py": USERS.format(function=function, name="get_current_user"),
    }
    assert ("user_optional" in found(tmp_path, files)) == optional


def test_one_use_says_too_little(tmp_path: Path) -> None:
    files = {
        "app/a.py": "def get_current_user() -> int: ...\ndef a(user=Depends(get_current_user)): ...\n"
    }
    with pytest.raises(UserError, match="fewer than two routes") as error:
        found(tmp_path, files)
    assert "--current-user app.a:get_current_user" in str(error.value.hint)
    said = found(tmp_path, files, {"current_user": "app.a:get_current_user"})
    assert said == {"current_user": "app.a:get_current_user", "user_id": ":int"}


def test_a_session_that_cannot_be_used_is_said_and_left(tmp_path: Path) -> None:
    files = {
        "app/db.py": "def get_db(request) -> Session:\n    yield 1\n",
        "app/a.py": "from app.db import get_db\ndef a(x=Depends(get_db)): ...\ndef b(x=Depends(get_db)): ...\n",
    }
    host = host_of(write(tmp_path, files), MAIN, {}, fresh=True)
    assert not host.values
    assert any("`get_db` (app/db.py:1) takes `request`" in note for note in host.notes)


def test_a_module_that_imports_the_application_cannot_be_imported(tmp_path: Path) -> None:
    files = {
        "app/main.py": "from fastapi import FastAPI\napp = FastAPI()\n",
        "app/deps.py": "from app.main import app\ndef get_current_user() -> int: ...\n",
    }
    with pytest.raises(UserError, match="cannot be imported by our package"):
        found(tmp_path, files, {"current_user": "app.deps:get_current_user"})


def test_our_own_package_and_examples_are_not_theirs(tmp_path: Path) -> None:
    users = "def get_current_user() -> int: ...\ndef a(x=Depends(get_current_user)): ...\n" * 2
    core = {f"app/rest/core/{name}.py": users for name in ("callers", "discovery", "identity")}
    assert found(tmp_path, {**core, "docs/main.py": users, "tests/a.py": users}) == {}


@pytest.mark.parametrize(
    "text",
    ["\0", "def (", "x = " + "(" * 5000, "é".encode("latin-1").decode("latin-1"), "a" * 600_000],
)
def test_broken_files_say_nothing(tmp_path: Path, text: str) -> None:
    (tmp_path / "link.py").symlink_to("/etc/passwd")
    assert found(tmp_path, {"app/a.py": text + " Depends(get_db)"}) == {}


def test_syntax_of_a_newer_python_is_read(tmp_path: Path) -> None:
    newer = BLOCKING["app/api/deps.py"].replace(
        "except jwt.InvalidTokenError:", "except jwt.InvalidTokenError, ValueError:"
    )
    files = {**BLOCKING, "app/api/deps.py": newer}
    assert found(tmp_path, files)["current_user"] == "app.api.deps:get_current_user"


def test_an_endless_chain_of_imports_ends(tmp_path: Path) -> None:
    files = {
        "app/a.py": "from app.b import get_db\n",
        "app/b.py": "from app.a import get_db\ndef a(x=Depends(get_db)): ...\ndef b(x=Depends(get_db)): ...\n",
    }
    assert found(tmp_path, files) == {}


@pytest.mark.parametrize("deep", [".".join(["a"] * 900), "|".join(["a"] * 900), "a" + "()" * 900])
def test_a_deep_annotation_is_no_traceback(tmp_path: Path, deep: str) -> None:
    files = {
        "app/a.py": f"def get_current_user() -> {deep}: ...\nasync def get_db() -> {deep}:\n    yield 1\n"
        f"def a(x: {deep} = Depends(get_current_user), y=Depends(get_db)): ...\n"
        "def b(x=Depends(get_current_user), y=Depends(get_db)): ...\n"
    }
    with pytest.raises(UserError, match="gives `a"):
        found(tmp_path, files)
    assert found(tmp_path, files, {"current_user": "own"})["session_kind"] == "async"


@pytest.mark.parametrize(
    ("function", "wanted"),
    [
        (
            "def get_current_user() -> dict:\n    return {'user_id': 1, 'email': None}",
            {"user_id": "[user_id]:str"},
        ),
        (
            "def get_current_user():\n    return {**row, 'id': row['id'], 'role': x}",
            {"user_id": "[id]:str", "user_role": "[role]:one"},
        ),
        (
            "def get_current_user() -> dict[str, Any]:\n    payload = decode()\n"
            "    if not payload.get('sub'):\n        raise E\n    return payload",
            {"user_id": "[sub]:str"},
        ),
        (
            "async def get_current_user() -> AsyncGenerator[User, None]:\n    yield user",
            {"user_id": "id:int"},
        ),
        (
            "def get_current_user() -> Member: ...\n\n\nclass Member(Document):\n    name: str",
            {"user_id": "id:text"},
        ),
    ],
)
def test_what_else_gives_a_user(tmp_path: Path, function: str, wanted: dict[str, str]) -> None:
    files = {
        "app/models.py": "class User:\n    id: int\n",
        "app/routes.py": USERS.format(function=function, name="get_current_user").replace(
            "user: User = ", "user = "
        ),
    }
    assert found(tmp_path, files) == {"current_user": "app.routes:get_current_user", **wanted}


@pytest.mark.parametrize(
    ("ident", "wanted"),
    [("uid", "uid:int"), ("key", "key:text"), ("other", "other:text"), ("[sub]", "[sub]:str")],
)
def test_who_says_what_stands_for_the_user(tmp_path: Path, ident: str, wanted: str) -> None:
    files = {
        "app/models.py": "class User:\n    key: Key\n    uid: int\n",
        "app/routes.py": USERS.format(function="def who() -> User: ...\n\n\nme = who", name="who"),
    }
    for name in ("who", "me"):
        said = {"current_user": f"app.routes:{name}#{ident}"}
        got = found(tmp_path, files, said)
        assert got == {"current_user": f"app.routes:{name}", "user_id": wanted}


def test_a_session_may_have_another_name(tmp_path: Path) -> None:
    files = {
        "app/session.py": "async def get_async_db() -> AsyncGenerator[AsyncSession, None]:\n    yield s\n",
        "app/deps.py": "from app.session import get_async_db\n\nget_db = get_async_db\n",
    }
    said = {"session": "app.deps:get_db"}
    assert found(tmp_path, files, said) == {**said, "session_kind": "async"}
