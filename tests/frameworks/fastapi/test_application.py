"""What a Python project depends on, where its application is made, and where our package goes."""

from __future__ import annotations

from pathlib import Path

import pytest

from scaffold.frameworks.detect import detect
from scaffold.frameworks.fastapi.application import find_application, free_package, read_python
from scaffold.frameworks.migrations import has_migration
from scaffold.support.errors import UserError

MADE = "from fastapi import FastAPI\napp = FastAPI()\n"
PLAIN = '[project]\nname = "Shop"\ndependencies = ["fastapi"]\n'


def make(root: Path, files: dict[str, str]) -> Path:
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, "utf-8")
    return root


@pytest.mark.parametrize(
    ("files", "module", "source", "alias"),
    [
        ({"main.py": MADE}, "main.py", "rest", "rest"),
        ({"main.py": MADE, "app/main.py": MADE}, "main.py", "rest", "rest"),
        ({"app.py": MADE, "worker/app.py": MADE}, "app.py", "rest", "rest"),
        ({"app/__init__.py": "", "app/main.py": MADE}, "app/main.py", "app/rest", "app.rest"),
        ({"app/main.py": MADE}, "app/main.py", "app/rest", "app.rest"),
        ({"app/main.py": MADE, "app/rest/a.py": ""}, "app/main.py", "app/rest_api", "app.rest_api"),
        ({"main.py": MADE, "rest.py": ""}, "main.py", "rest_api", "rest_api"),
        (
            {"src/shop/__init__.py": "", "src/shop/main.py": MADE},
            "src/shop/main.py",
            "src/shop/rest",
            "shop.rest",
        ),
        ({"src/shop/main.py": MADE}, "src/shop/main.py", "src/shop/rest", "shop.rest"),
        ({"src/main.py": MADE}, "src/main.py", "src/rest", "src.rest"),
        ({"src/main.py": f"import db\n{MADE}", "src/db.py": ""}, "src/main.py", "src/rest", "rest"),
        (
            {"src/shop/main.py": f"from src.shop import db\n{MADE}"},
            "src/shop/main.py",
            "src/shop/rest",
            "src.shop.rest",
        ),
        (
            {"app/main.py": f"from db import x\n{MADE}", "app/db.py": ""},
            "app/main.py",
            "app/rest",
            "rest",
        ),
        (
            {"api/app/__init__.py": "", "api/app/web.py": MADE},
            "api/app/web.py",
            "api/app/rest",
            "app.rest",
        ),
        (
            {"api/app/__init__.py": "", "api/app/web.py": f"import api.app.x\n{MADE}"},
            "api/app/web.py",
            "api/app/rest",
            "api.app.rest",
        ),
        (
            {
                "shop/web.py": MADE,
                "tests/main.py": MADE,
                ".venv/lib/main.py": MADE,
                "other/pyvenv.cfg": "",
                "other/main.py": MADE,
                "node_modules/x/main.py": MADE,
                "build/lib/main.py": MADE,
                "shop/test_web.py": MADE,
                "conftest.py": MADE,
            },
            "shop/web.py",
            "shop/rest",
            "shop.rest",
        ),
        (
            {"main.py": "from shop import app\n", "shop/x.py": MADE},
            "shop/x.py",
            "shop/rest",
            "shop.rest",
        ),
    ],
)
def test_where_the_application_is(
    files: dict[str, str], module: str, source: str, alias: str, tmp_path: Path
) -> None:
    make(tmp_path, {"pyproject.toml": PLAIN, **files})
    found = detect(tmp_path)
    assert found.application is not None
    assert found.application.module == module
    assert (found.name, found.service, found.framework) == ("shop", False, "fastapi")
    assert (found.source, found.alias) == (source, alias)
    # Afterwards it is still found, with our own files beside it.
    make(tmp_path, {f"{source}/api.py": MADE})
    assert find_application(tmp_path, None, source) == found.application


@pytest.mark.parametrize(
    ("entrypoint", "module", "package", "variable"),
    [
        ("shop.web:site", "shop/web.py", "shop", "site"),
        ("shop.web", "shop/web.py", "shop", None),
        ("shop:app", "shop/__init__.py", "shop", "app"),
        ("main:app", "main.py", "", "app"),
        ("lib.core:app", "src/lib/core.py", "lib", "app"),
    ],
)
def test_the_entrypoint_decides(
    entrypoint: str, module: str, package: str, variable: str | None, tmp_path: Path
) -> None:
    text = f'{PLAIN}[tool.fastapi]\nentrypoint = "{entrypoint}"\n'
    files = ["main.py", "app/main.py", "shop/web.py", "shop/__init__.py", "src/lib/core.py"]
    make(tmp_path, {"pyproject.toml": text, **dict.fromkeys(files, MADE)})
    found = detect(tmp_path).application
    assert found is not None
    assert (found.module, found.package, found.variable) == (module, package, variable)


@pytest.mark.parametrize(
    "files",
    [
        {"pyproject.toml": PLAIN},
        {"pyproject.toml": "[project.optional-dependencies]\nweb = ['FastAPI>=0.1']\n"},
        {"pyproject.toml": "[dependency-groups]\nweb = ['fastapi']\n"},
        {"pyproject.toml": "[tool.poetry.dependencies]\nfastapi = '^0.1'\n"},
        {"pyproject.toml": "[tool.poetry.group.web.dependencies]\nfastapi = {version = '*'}\n"},
        {"Pipfile": "[packages]\nfastapi = '*'\n"},
        {"requirements.txt": "fastapi[standard]==0.1\n"},
        {"requirements-prod.txt": "fastapi\n"},
        {"requirements/base.txt": "fastapi\n"},
        {"requirements.in": "fastapi\n"},
        {"setup.cfg": "[options]\ninstall_requires =\n    fastapi>=0.1\n"},
        {"setup.py": "setup(install_requires=['fastapi>=0.1'])\n"},
    ],
    ids=lambda files: next(iter(files)),
)
def test_what_names_fastapi(files: dict[str, str], tmp_path: Path) -> None:
    python = read_python(make(tmp_path, files))
    assert python.where("fastapi") == next(iter(files))
    assert python.where("django") is None


def test_two_applications(tmp_path: Path) -> None:
    files = {"src/a/main.py": MADE, "src/b/main.py": MADE, "requirements.txt": "fastapi\n"}
    with pytest.raises(UserError) as error:
        detect(make(tmp_path, files))
    assert "`src/a/main.py`, `src/b/main.py`" in error.value.message
    assert "[tool.fastapi]" in (error.value.hint or "")


def test_every_name_is_taken(tmp_path: Path) -> None:
    files = dict.fromkeys(["rest/a", "rest_api.py", "scaffold_rest/a"], "")
    make(tmp_path, {"main.py": MADE, **files})
    with pytest.raises(UserError, match="`rest`, `rest_api`, `scaffold_rest` exist already"):
        free_package(tmp_path, find_application(tmp_path, None))


def test_a_migration_of_alembic(tmp_path: Path) -> None:
    text = 'def upgrade():\n    op.create_table(\n        "notes",\n'
    make(
        tmp_path, {"app/migrations/versions/a.py": text, ".venv/versions/b.py": 'create_table("x"'}
    )
    assert has_migration(tmp_path, "notes", {})
    assert not has_migration(tmp_path, "x", {})
    assert not has_migration(tmp_path, "note", {})
