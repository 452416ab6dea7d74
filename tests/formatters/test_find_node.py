"""Which formatter a Next.js project has, and which of its configuration is code."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from scaffold.formatters.find_node import find


def project(top: Path, files: dict[str, str], **package: Any) -> Path:
    """A project with these files, and a package.json."""
    (top / ".git").mkdir()
    for path, text in {"package.json": json.dumps(package), **files}.items():
        (top / path).parent.mkdir(parents=True, exist_ok=True)
        (top / path).write_text(text)
    return top


@pytest.mark.parametrize(
    ("files", "package", "name"),
    [
        ({}, {}, None),
        ({".prettierrc": "{}"}, {}, "prettier"),
        ({}, {"devDependencies": {"prettier": "3"}}, "prettier"),
        ({}, {"prettier": {"semi": False}}, "prettier"),
        ({"biome.json": "{}"}, {}, "biome"),
        ({"biome.jsonc": '{"formatter": {"enabled": true}} // a'}, {}, "biome"),
        ({"biome.json": '{"formatter": {"enabled": false}}'}, {}, None),
        ({"biome.json": '{"formatter": {"enabled": false}}', ".prettierrc": ""}, {}, "prettier"),
        ({".oxfmtrc.json": "{}"}, {}, "oxfmt"),
        ({"dprint.json": "{}"}, {}, "dprint"),
        ({"eslint.config.mjs": "import s from '@stylistic/eslint-plugin';"}, {}, "eslint"),
        ({"eslint.config.mjs": "import next from 'eslint-config-next';"}, {}, None),
        # Of several, the one that a script runs.
        ({"biome.json": "{}", ".prettierrc": ""}, {}, "biome"),
        (
            {"biome.json": "{}", ".prettierrc": ""},
            {"scripts": {"format": "prettier --write ."}},
            "prettier",
        ),
        (
            {"biome.json": "{}", ".prettierrc": ""},
            {"lint-staged": {"*.ts": "prettier --write"}},
            "prettier",
        ),
    ],
)
def test_which_it_is(
    files: dict[str, str], package: dict[str, Any], name: str | None, tmp_path: Path
) -> None:
    tool = find(project(tmp_path, files, **package))
    assert (tool.name if tool else None) == name


@pytest.mark.parametrize(
    ("files", "package", "code"),
    [
        ({".prettierrc": '{"semi": false}'}, {}, ()),
        ({".prettierrc": "semi: false\noverrides:\n  - files: '*.ts'\n"}, {}, ()),
        ({".prettierrc.json5": "{plugins: []}"}, {}, ()),
        ({".prettierrc": '{"plugins": ["prettier-plugin-tailwindcss"]}'}, {}, (".prettierrc",)),
        ({".prettierrc.toml": 'plugins = ["./a.mjs"]'}, {}, (".prettierrc.toml",)),
        ({".prettierrc": "plugins:\n  - ./a.mjs\n"}, {}, (".prettierrc",)),
        ({".prettierrc": '{"parser": "./a.js"}'}, {}, (".prettierrc",)),
        ({".prettierrc": '"@acme/prettier-config"'}, {}, (".prettierrc",)),
        ({"prettier.config.mjs": "export default {}"}, {}, ("prettier.config.mjs",)),
        ({".prettierrc.ts": "export default {}", ".prettierrc": ""}, {}, (".prettierrc.ts",)),
        ({}, {"prettier": "@acme/prettier-config"}, ("package.json",)),
        ({"package.yaml": "prettier: a\n", ".prettierrc": ""}, {}, ("package.yaml",)),
        ({"biome.json": "{}"}, {}, ()),
        (
            {"dprint.json": '{"plugins": ["https://plugins.dprint.dev/typescript-0.1.wasm"]}'},
            {},
            (),
        ),
        ({"dprint.json": '{"plugins": ["./exec.json@1a"]}'}, {}, ("dprint.json",)),
        ({"oxfmt.config.ts": "export default {}"}, {}, ("oxfmt.config.ts",)),
        ({"eslint.config.mjs": "'@stylistic'"}, {}, ("eslint.config.mjs",)),
    ],
)
def test_what_of_it_is_code(
    files: dict[str, str], package: dict[str, Any], code: tuple[str, ...], tmp_path: Path
) -> None:
    tool = find(project(tmp_path, files, **package))
    assert tool is not None
    assert tool.runs_code == code


def test_configuration_above_the_app_counts(tmp_path: Path) -> None:
    top = project(tmp_path, {".prettierrc": "{}"}, workspaces=["apps/*"])
    app = top / "apps/web"
    app.mkdir(parents=True)
    (app / "package.json").write_text("{}")
    (app / "prettier.config.mjs").write_text("")
    tool = find(app)
    assert tool is not None
    assert tool.runs_code == ("prettier.config.mjs",)
    assert tool.where == "prettier.config.mjs, ../../.prettierrc"
    assert not tool.is_installed


def test_what_is_installed(tmp_path: Path) -> None:
    top = project(tmp_path, {"biome.json": "{}"}, devDependencies={"@biomejs/biome": "2"})
    tool = find(top)
    assert tool is not None and not tool.is_installed
    assert tool.install == "npm install"
    package = top / "node_modules/@biomejs/biome/package.json"
    package.parent.mkdir(parents=True)
    package.write_text('{"version": "2.3.4"}')
    tool = find(top)
    assert tool is not None
    assert tool.version == "2.3.4"
    assert tool.packages == (package.parent,)
    assert tool.commands[0][:2] == (str(top / "node_modules/.bin/biome"), "check")


def test_what_the_user_said_counts(tmp_path: Path) -> None:
    tool = find(project(tmp_path, {"biome.json": "{}"}), "prettier")
    assert tool is not None
    assert tool.name == "prettier" and not tool.is_installed
    assert tool.install == "npm install -D prettier"
