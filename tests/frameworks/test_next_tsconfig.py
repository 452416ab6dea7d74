"""Which options of a tsconfig.json are refused, and which files say them."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from scaffold.frameworks import next_tsconfig
from scaffold.support.errors import UserError


def _write(path: Path, lib: Any = None, **more: Any) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"compilerOptions": {"lib": lib} if lib else {}, **more}), "utf-8")


def _refused(root: Path) -> tuple[str, str | None]:
    with pytest.raises(UserError) as error:
        next_tsconfig.require(root)
    return error.value.message, error.value.hint


@pytest.mark.parametrize(
    ("lib", "line"),
    [
        (["dom", "es2021"], '["dom", "es2022"]'),
        (["ES6"], '["dom", "dom.iterable", "esnext"]'),
        (["ES2017", "DOM", "DOM.Iterable"], '["DOM", "DOM.Iterable", "es2022"]'),
        (["dom", "es2020", "es2021.string"], '["dom", "es2021.string", "es2022"]'),
    ],
)
def test_old_libraries(lib: list[str], line: str, tmp_path: Path) -> None:
    _write(tmp_path / "tsconfig.json", lib)
    message, hint = _refused(tmp_path)
    assert f'tsconfig.json has `"lib": {json.dumps(lib)}`' in message
    assert hint == f'in `compilerOptions` of tsconfig.json: "lib": {line}'
    assert [finding.ok for finding in next_tsconfig.findings(tmp_path)] == [False]


@pytest.mark.parametrize(
    "options",
    [
        *({}, {"lib": ["dom", "esnext"]}, {"lib": ["ES2022", "DOM"]}, {"lib": ["es2025"]}),
        # Next.js sets what is not there, and parts of a newer library may be all that we use.
        *({"target": "es5"}, {"lib": ["es2020", "es2022.array", "es2022.error"]}),
        *({"lib": "es5"}, {"lib": [1]}, {"lib": []}, {"isolatedDeclarations": False}),
    ],
)
def test_what_compiles_or_says_nothing(options: dict[str, Any], tmp_path: Path) -> None:
    (tmp_path / "tsconfig.json").write_text(json.dumps({"compilerOptions": options}), "utf-8")
    next_tsconfig.require(tmp_path)
    assert next_tsconfig.findings(tmp_path) == []


@pytest.mark.parametrize(
    ("options", "line"),
    [
        ({"moduleResolution": "node16"}, '"module": "esnext", "moduleResolution": "bundler"'),
        ({"module": "nodenext"}, '"module": "esnext", "moduleResolution": "bundler"'),
        ({"module": "node20", "moduleResolution": "bundler"}, None),
        ({"moduleResolution": "node", "module": "esnext"}, None),
        ({"isolatedDeclarations": True}, '"isolatedDeclarations": false'),
        ({"isolatedDeclarations": "yes", "module": ["nodenext"]}, None),
    ],
)
def test_other_options(options: dict[str, Any], line: str | None, tmp_path: Path) -> None:
    (tmp_path / "tsconfig.json").write_text(json.dumps({"compilerOptions": options}), "utf-8")
    if line is None:
        next_tsconfig.require(tmp_path)
    else:
        assert _refused(tmp_path)[1] == f"in `compilerOptions` of tsconfig.json: {line}"


def test_the_last_of_those_that_it_extends_counts(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    app = tmp_path / "apps/web"
    _write(tmp_path / "old.json", ["es2017"])
    _write(tmp_path / "new.json", ["esnext"])
    _write(app / "tsconfig.json", extends=["../../old", "../../new.json"])
    next_tsconfig.require(app)
    _write(app / "tsconfig.json", extends=["../../new.json", "../../old"])
    message, hint = _refused(app)
    assert message.startswith("../../old.json has")
    assert hint and hint.startswith("in `compilerOptions` of tsconfig.json")
    _write(app / "tsconfig.json", ["es2022"], extends=["../../old"])
    next_tsconfig.require(app)


def test_a_package_of_the_workspace(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    _write(tmp_path / "packages/config/next.json", extends="./base.json")
    _write(tmp_path / "packages/config/base.json", ["es2017"])
    (tmp_path / "node_modules/@repo").mkdir(parents=True)
    os.symlink("../../packages/config", tmp_path / "node_modules/@repo/config")
    _write(tmp_path / "apps/web/tsconfig.json", extends="@repo/config/next.json")
    assert "@repo/config/base.json has" in _refused(tmp_path / "apps/web")[0]


def test_odd_files_and_files_outside_say_nothing(tmp_path: Path) -> None:
    app = tmp_path / "app"
    _write(tmp_path / "base.json", ["es5"])
    for extends in ("../base.json", "./tsconfig.json", "\0", 4, ["a" * 5000, None], {"a": 1}):
        _write(app / "tsconfig.json", extends=extends)
        next_tsconfig.require(app)
    for text in ("[[[", "[]", '{"compilerOptions": []}', "", "[" * 100_000):
        (app / "tsconfig.json").write_text(text, "utf-8")
        next_tsconfig.require(app)
