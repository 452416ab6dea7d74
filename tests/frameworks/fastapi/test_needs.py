"""Which FastAPI projects cannot run the generated code, and the command that helps."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from scaffold.frameworks.fastapi import needs
from scaffold.support.errors import UserError

VALUES: dict[str, dict[str, Any]] = {"rate_limit": {"store": "memory"}}
PROJECT = '[project]\nname = "a"\ndependencies = [{}]\n'
SITE = ".venv/lib/python3.11/site-packages"


@pytest.fixture
def app(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("VIRTUAL_ENV", raising=False)
    return tmp_path


def _write(root: Path, files: dict[str, str]) -> None:
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, "utf-8")


def _refused(root: Path, values: Any = VALUES) -> tuple[str, str | None]:
    with pytest.raises(UserError) as error:
        needs.require(root, values)
    return error.value.message, error.value.hint


@pytest.mark.parametrize(
    ("files", "said", "hint"),
    [
        (
            {"pyproject.toml": PROJECT.format('"fastapi==0.100"')},
            "`fastapi` may only be `==0.100` (pyproject.toml)",
            "write `fastapi>=0.115` into pyproject.toml, then `pip install -e .`",
        ),
        (
            {"requirements.txt": "fastapi\npydantic<2\n"},
            "`pydantic` may only be `<2` (requirements.txt)",
            "write `pydantic>=2.7` into requirements.txt, then `pip install -r requirements.txt`",
        ),
        (
            {
                "pyproject.toml": '[tool.poetry.dependencies]\nfastapi = "^0.114.0"\n',
                "poetry.lock": "",
            },
            "`fastapi` may only be `<0.115,>=0.114.0` (pyproject.toml)",
            "poetry add 'fastapi>=0.115'",
        ),
        (
            {"Pipfile": '[packages]\nfastapi = "*"\nsqlalchemy = "~=1.4"\n', "Pipfile.lock": "{"},
            "`sqlalchemy` may only be `~=1.4` (Pipfile)",
            "pipenv install 'sqlalchemy>=2'",
        ),
    ],
)
def test_what_its_files_ask_for(files: dict[str, str], said: str, hint: str, app: Path) -> None:
    _write(app, files)
    message, helps = _refused(app)
    assert said in message
    assert helps == hint


@pytest.mark.parametrize(
    "files",
    [
        {"pyproject.toml": PROJECT.format('"fastapi>=0.109", "pydantic>=2.6"')},
        {"pyproject.toml": PROJECT.format('"fastapi>=0.109"'), "uv.lock": ""},
        {"requirements.txt": "fastapi\npydantic<2; python_version < '3.7'\n"},
        {"requirements.txt": "fastapi @ git+https://example.com/fastapi\n"},
        # The first file that names it is the one that we add to.
        {"requirements.txt": "fastapi\n", "requirements-old.txt": "fastapi==0.1\n"},
        {"requirements.txt": "fastapi\nredis==3.5\n"},
    ],
)
def test_what_may_run_it(files: dict[str, str], app: Path) -> None:
    _write(app, files)
    needs.require(app, VALUES)


def test_a_lock_file_decides_about_a_range_until_something_is_installed(app: Path) -> None:
    _write(app, {"pyproject.toml": PROJECT.format('"fastapi>=0.109", "pydantic"')})
    entry = '[[package]]\nname = "{}"\nversion = "{}"\n'
    _write(app, {"uv.lock": entry.format("fastapi", "0.109.2") + entry.format("pydantic", "2.6")})
    message, hint = _refused(app)
    assert "`fastapi` is 0.109.2 (uv.lock)" in message
    assert "`pydantic` is 2.6 (uv.lock)" in message
    assert hint == "uv add 'fastapi>=0.115' 'pydantic>=2.7'"
    _write(app, {"uv.lock": entry.format("fastapi", "0.115.0") + entry.format("pydantic", "2.7.1")})
    needs.require(app, VALUES)
    _write(app, {"uv.lock": entry.format("fastapi", "0.109.2")})
    _write(app, {f"{SITE}/fastapi-0.165.0.dist-info/METADATA": ""})
    needs.require(app, VALUES)


def test_what_is_installed_decides(app: Path) -> None:
    _write(app, {"pyproject.toml": PROJECT.format('"fastapi"')})
    _write(app, {f"{SITE}/fastapi-0.114.2.dist-info/METADATA": ""})
    message, hint = _refused(app)
    assert message.startswith(
        f"`fastapi` is 0.114.2 ({SITE}); the generated code needs 0.115 or newer"
    )
    assert hint == ".venv/bin/python -m pip install --upgrade 'fastapi>=0.115'"


def test_an_old_pydantic_that_nobody_named_comes_new_unless_it_is_the_first(app: Path) -> None:
    _write(app, {"requirements.txt": "fastapi\n", f"{SITE}/pydantic-2.6.0.dist-info/METADATA": ""})
    needs.require(app, VALUES)
    (app / SITE / "pydantic-2.6.0.dist-info").rename(app / SITE / "pydantic-1.10.0.dist-info")
    assert "`pydantic` is 1.10.0" in _refused(app)[0]


def test_a_convention_decides_about_redis(app: Path) -> None:
    _write(app, {"requirements.txt": "fastapi\nredis==3.5\n"})
    assert "`redis`" in _refused(app, {"rate_limit": {"store": "redis"}})[0]


def test_a_convention_decides_about_a_version_of_sqlalchemy(app: Path) -> None:
    _write(app, {"requirements.txt": "fastapi\nsqlalchemy==2.0.3\n"})
    needs.require(app, VALUES)
    hint = _refused(app, VALUES | {"data": {"optimistic_version": True}})[1]
    assert "write `sqlalchemy>=2.0.4` into requirements.txt" in (hint or "")


@pytest.mark.parametrize("driver", ["pymysql", "PyMySQL[rsa]>=1", "aiomysql", "mysqlclient"])
def test_mysql(driver: str, app: Path) -> None:
    _write(app, {"requirements.txt": f"fastapi\n{driver}\n"})
    message, hint = _refused(app)
    assert "keeps its data in MySQL (requirements.txt names `" in message
    assert hint == "make a service of its own beside it: `scaffold new api --style fastapi`"
    _write(app, {"requirements.txt": f"fastapi\n{driver}\npsycopg[binary]\n"})
    needs.require(app, VALUES)


def test_doctor_says_each_version_and_its_source(app: Path) -> None:
    _write(app, {"requirements.txt": "fastapi\nalembic>=1.13\npydantic<2\n"})
    _write(
        app, {f"{SITE}/fastapi-0.121.0.dist-info/METADATA": "", f"{SITE}/redis-3.0.dist-info/x": ""}
    )
    found = needs.findings(app, None)
    assert [(one.what, one.ok) for one in found] == [
        (f"fastapi 0.121.0 ({SITE})", True),
        ("pydantic <2 (requirements.txt)", False),
        ("alembic >=1.13 (requirements.txt)", True),
    ]
