"""Signs of users in a project where no dependency is certain to give the current one."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from scaffold.frameworks.fastapi.logins import Login, login_of
from scaffold.frameworks.fastapi.modules import Modules


def login(root: Path, text: str) -> Login | None:
    (root / "a.py").write_text(text)
    return login_of(Modules(root))


@pytest.mark.parametrize(
    ("text", "sign"),
    [
        ("oauth2 = OAuth2PasswordBearer(tokenUrl='x')", "`OAuth2PasswordBearer` (a.py:1)"),
        ("bearer = security.HTTPBearer()", "`HTTPBearer` (a.py:1)"),
        ("def f(x=Depends(HTTPBasic())): ...", "`HTTPBasic` (a.py:1)"),
        ("users = FastAPIUsers[User, int](manager, [backend])", "`FastAPIUsers` (a.py:1)"),
        (
            "app.add_middleware(AuthenticationMiddleware, backend=B())",
            "`AuthenticationMiddleware` (a.py:1)",
        ),
        ("class User(SQLModel, table=True):\n    id: int", "the table `User` (a.py:1)"),
        ("class User(Base):\n    __tablename__ = 'users'", "the table `User` (a.py:1)"),
        ("class Account(Base):\n    id: Mapped[int]", "the table `Account` (a.py:1)"),
        (
            "\n@router.post('/auth/login', status_code=200)\ndef f(): ...",
            "the route `/auth/login` (a.py:2)",
        ),
        ("@app.post('/sign-in')\nasync def f(): ...", "the route `/sign-in` (a.py:1)"),
        ("class User(BaseModel):\n    id: int\n    name: str", None),
        ("class Items(SQLModel, table=True):\n    id: int", None),
        ("@app.get('/items/{token}')\ndef f(): ...", None),
        ("@app.get(f'/{x}/login')\ndef f(): ...", None),
        ("# OAuth2PasswordBearer, class User, /login\nword = '/login'", None),
        ("key = APIKeyHeader(name='X-Key')", None),
    ],
)
def test_what_is_a_sign(tmp_path: Path, text: str, sign: str | None) -> None:
    found = login(tmp_path, text)
    assert (found and found.sign) == sign


def test_what_most_routes_depend_on_is_likely(tmp_path: Path) -> None:
    found = login(
        tmp_path,
        "bearer = HTTPBearer()\n"
        "def get_user_service(): ...\n"
        "def verify_auth(): ...\n"
        "def account(): ...\n"
        "def a(x=Depends(get_user_service), y=Depends(bearer), z=Depends(account)): ...\n"
        "def b(x=Depends(get_user_service), y=Depends(bearer), z=Depends(verify_auth)): ...\n"
        "def c(x=Depends(get_user_service), y=Depends(bearer), z=Depends(verify_auth)): ...\n",
    )
    assert found and found.likely and found.likely.spelled == "a:verify_auth"


@pytest.mark.parametrize("name", ["get_viewer", "whoami", "require_member"])
def test_who_is_calling_has_many_names(tmp_path: Path, name: str) -> None:
    text = (
        f"bearer = HTTPBearer()\n\n\ndef {name}() -> Viewer: ...\n\n\n"
        f"def a(one=Depends({name})): ...\n\n\ndef b(one=Depends({name})): ...\n"
    )
    (tmp_path / "a.py").write_text(text)
    found = login_of(Modules(tmp_path))
    assert found and found.likely and found.likely.spelled == f"a:{name}"


def test_nothing_that_is_used_is_likely(tmp_path: Path) -> None:
    found = login(tmp_path, "bearer = HTTPBearer()\ndef verify_auth(): ...\n")
    assert found is not None
    assert found.likely is None


@pytest.mark.parametrize(
    "text", ["\0", "class User(", "User = " + "(" * 5000, "@a.get()\n@b.get(*x)\n@c\ndef f(): ..."]
)
def test_broken_files_are_no_sign(tmp_path: Path, text: str) -> None:
    start = time.perf_counter()
    assert login(tmp_path, f"# class User, /login\n{text}") is None
    assert time.perf_counter() - start < 3


def test_tests_and_our_own_package_are_no_sign(tmp_path: Path) -> None:
    for path in (
        *(f"app/rest/core/{name}.py" for name in ("callers", "discovery", "identity")),
        "app/rest/auth/routes.py",
        "tests/conftest.py",
        "docs/a.py",
    ):
        place = tmp_path / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text("bearer = HTTPBearer()\n")
    assert login_of(Modules(tmp_path)) is None
