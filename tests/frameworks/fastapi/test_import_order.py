"""Where the import goes among sorted imports: Ruff finds nothing, and `remove` brings the module back."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from scaffold.frameworks.base import Application
from scaffold.frameworks.fastapi.import_order import own_modules
from scaffold.frameworks.fastapi.install_call import install
from scaffold.frameworks.fastapi.leave import withdrawn

RUFF = str(Path(sys.executable).with_name("ruff"))
END = "\n\napp = FastAPI()\n"


def _ruff(root: Path, *options: str) -> str:
    words = [RUFF, "check", "--no-cache", "--output-format=concise", *options, "app", "src"]
    done = subprocess.run(words, cwd=root, capture_output=True, text=True, check=False)
    return done.stdout if done.returncode else ""


def _installed(text: str, root: Path) -> str:
    own = own_modules(root)
    result = install(text, "app.rest", None, own)
    assert not result.why
    application = Application("app/main.py", "app", "app")
    assert withdrawn(result.text, "app.rest", application, own) == text
    return result.text


@pytest.fixture
def project(tmp_path: Path) -> Path:
    for path in (
        "app/rest/__init__.py",
        "app/core.py",
        "app/zeta.py",
        "src/shop/__init__.py",
        "main.py",
    ):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).touch()
    return tmp_path


@pytest.mark.parametrize(
    "imports",
    [
        "from fastapi import FastAPI",
        "import os\n\nfrom fastapi import FastAPI",
        "import fastapi\nfrom fastapi import FastAPI",
        "from __future__ import annotations\n\nfrom fastapi import FastAPI",
        "from fastapi import FastAPI\n\nfrom app.core import settings",
        "from fastapi import FastAPI\n\nfrom app.zeta import settings",
        "from fastapi import FastAPI\n\n# Ours.\nfrom app.zeta import settings",
        "from fastapi import FastAPI\n\nfrom app.core import settings\nfrom app.zeta import one",
        "from fastapi import FastAPI\n\nimport app.zeta\nfrom app.core import settings",
        "from fastapi import FastAPI\n\nimport shop",
        "from fastapi import FastAPI\n\nfrom shop import one",
        "from fastapi import FastAPI\n\nfrom .core import settings",
        "from fastapi import FastAPI\n\nfrom app.core import one\n\nfrom . import zeta",
        "from fastapi import FastAPI\n\nfrom app.core import (\n    one,\n    two,\n)",
        "import os\n\nimport uvicorn\nfrom fastapi import FastAPI\nfrom starlette.types import Scope",
        '"""Doc."""\n\nfrom fastapi import FastAPI  # the framework',
        "from os import environ\n\nfrom fastapi import FastAPI\n\nenviron.clear()\n\n"
        "from app.core import settings  # noqa: E402",
        "from os import environ\n\nfrom fastapi import FastAPI\n\nenviron.clear()\n\n"
        "from shop import settings  # noqa: E402",
    ],
)
def test_ruff_finds_nothing(imports: str, project: Path) -> None:
    before, rules = imports + END, ["--isolated", "--select=I,E4"]
    main = project / "app/main.py"
    main.write_text(before)
    assert _ruff(project, *rules) == ""
    main.write_text(_installed(before, project))
    assert _ruff(project, *rules) == "", main.read_text()


def test_where_both_kinds_of_import_are_sorted_as_one(project: Path) -> None:
    before = "from fastapi import FastAPI\nimport uvicorn\n\nimport app.zeta" + END
    (project / "ruff.toml").write_text("lint.isort.force-sort-within-sections = true\n")
    main = project / "app/main.py"
    main.write_text(before)
    assert _ruff(project, "--select=I") == ""
    main.write_text(_installed(before, project))
    assert _ruff(project, "--select=I") == "", main.read_text()


def test_a_package_that_the_linter_does_not_know_stands_where_theirs_does(tmp_path: Path) -> None:
    before = "from app.core import settings\nfrom fastapi import FastAPI" + END
    result = install(before, "app.rest", None, own_modules(tmp_path))
    assert result.text.startswith(
        "from app.core import settings\nfrom app.rest import install\nfrom fastapi"
    )


def test_imports_that_nobody_sorted(project: Path) -> None:
    before = "from app.zeta import one\nfrom fastapi import FastAPI\nimport os" + END
    assert _installed(before, project) == before.replace(
        "import os\n", "import os\nfrom app.rest import install\n"
    ).replace("FastAPI()\n", "FastAPI()\ninstall(app)\n")


def test_names_of_modules(tmp_path: Path) -> None:
    for path in ("src/shop", "app", "my-docs", ".git"):
        (tmp_path / path).mkdir(parents=True)
    (tmp_path / "main.py").touch()
    assert own_modules(tmp_path) == {"src", "app", "main", "shop"}
    assert own_modules(tmp_path / "nothing") == frozenset()
