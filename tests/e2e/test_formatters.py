"""Every formatter of Next.js projects: edits by chance between commands, and nobody loses a line."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

import pytest

from scaffold.api.endpoint import endpoint
from scaffold.api.fields import add_fields, rename
from scaffold.api.run import Outcome
from scaffold.api.set_ import set_values
from tests.e2e.shell import npm, run
from tests.support import packages
from tests.support.cases import Case, prepare
from tests.support.days import of_day
from tests.support.formatters import conflicts_of_edits
from tools.node import node_env
from tools.source import commit, git

pytestmark = pytest.mark.slow

PACKAGES = (
    *("prettier@3.10.1", "prettier-plugin-organize-imports@4.3.0", "typescript@5.9.3"),
    *("@biomejs/biome@2.6.8", "oxfmt@0.79.0", "dprint@0.57.4", "@dprint/typescript@0.96.1"),
    *("eslint@9.39.2", "@stylistic/eslint-plugin@5.7.0", "typescript-eslint@8.53.0"),
)
ESLINT = """import stylistic from '@stylistic/eslint-plugin';
import tseslint from 'typescript-eslint';

export default [
  { ignores: ['node_modules/**'] },
  { files: ['**/*.{ts,mjs,mts}'], languageOptions: { parser: tseslint.parser } },
  stylistic.configs.customize({ indent: 4, quotes: 'double', semi: false }),
];
"""


@dataclass(frozen=True)
class Formatter:
    """Files that make a project have it, and its commands: one that looks, and one that writes."""

    name: str
    files: dict[str, str]
    check: str
    write: str
    trusted: bool = field(default=True)


FORMATTERS = {
    "tabs": Formatter(
        "prettier",
        {".prettierrc": '{"useTabs": true, "semi": false}'},
        "prettier --check src tests",
        "prettier --write src tests",
    ),
    "a plugin": Formatter(
        "prettier",
        {
            "prettier.config.mjs": "export default { plugins: ['prettier-plugin-organize-imports'], tabWidth: 4 };\n"
        },
        "prettier --check src tests",
        "prettier --write src tests",
        trusted=False,
    ),
    "narrow": Formatter(
        "prettier",
        {".prettierrc.yaml": "printWidth: 60\narrowParens: avoid\ntrailingComma: none\n"},
        "prettier --check src tests",
        "prettier --write src tests",
    ),
    "biome": Formatter(
        "biome",
        {
            "biome.json": '{"javascript": {"formatter": {"quoteStyle": "single", "semicolons": "asNeeded"}}}'
        },
        "biome check --linter-enabled=false src tests",
        "biome check --write --linter-enabled=false src tests",
    ),
    "oxfmt": Formatter(
        "oxfmt",
        {".oxfmtrc.json": '{"semi": false, "tabWidth": 3}'},
        "oxfmt --check src tests",
        "oxfmt src tests",
    ),
    "dprint": Formatter(
        "dprint",
        {
            "dprint.json": json.dumps(
                {
                    "typescript": {"quoteStyle": "preferDouble", "semiColons": "asi"},
                    "excludes": ["**/node_modules"],
                    "plugins": ["./node_modules/@dprint/typescript/plugin.wasm"],
                }
            )
        },
        "dprint check",
        "dprint fmt",
    ),
    "eslint": Formatter(
        "eslint",
        {"eslint.config.mjs": ESLINT},
        "eslint src tests",
        "eslint --fix src tests",
        trusted=False,
    ),
}


@pytest.fixture(autouse=True)
def node(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Node.js on PATH, and a cache of its own."""
    monkeypatch.setenv("PATH", node_env()["PATH"])
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


@pytest.mark.parametrize("name", of_day([*FORMATTERS], 1))
def test_edits_by_chance(name: str, tmp_path: Path) -> None:
    tool, dice = FORMATTERS[name], Random(name)
    root = prepare(
        Case("next", {"files": {**tool.files, ".gitignore": "node_modules\n"}}), tmp_path, tmp_path
    )
    with packages.once("formatters") as (place, ready):
        if not ready:
            (place / "package.json").write_text('{"private": true}')
            npm(place, "install", "--no-save", "--legacy-peer-deps", *PACKAGES)
            # npm runs no scripts of packages by itself.
            run(["node", "node_modules/dprint/install.cjs"], place)
    packages.link(place / "node_modules", root / "node_modules")
    (root / "src/app/route.ts").unlink()
    git(root, "init", "--quiet", "--initial-branch=main")
    commit(root, "app")
    shop = str(root)
    host = None if tool.trusted else {"formatter": tool.name}
    done = endpoint("grades", ["title:string"], project=shop, style="supabase", host=host)
    assert not [
        note for note in done.plan.notes if "in its own format" in note and "Drizzle" not in note
    ]
    run(f"npx {tool.check}".split(), root)
    mine: list[str] = []
    changes: list[Callable[[], Outcome]] = [
        lambda: add_fields("grades", ["rank:int=1"], project=shop),
        lambda: set_values(["pagination.max_limit=50"], project=shop),
        lambda: rename("grades", "marks", project=shop),
        lambda: endpoint("tags", ["name:string!"], project=shop),
        lambda: add_fields("marks", ["due:date?"], project=shop),
    ]
    for change in changes:
        mine += [_insert(root, dice, len(mine) + number) for number in range(3)]
        run(f"npx {tool.write}".split(), root)
        done = change()
        if conflicts_of_edits(done.plan, "mine"):
            return
        run(f"npx {tool.check}".split(), root)
        words = re.findall(r"\w+", "\n".join(path.read_text() for path in root.glob("src/**/*.ts")))
        assert [name for name in mine if name not in words] == []


def _insert(root: Path, dice: Random, number: int) -> str:
    """A definition of the user's, between two of ours; returns its name."""
    places = [path for path in sorted(root.glob("src/**/*.ts")) if "\n}\n\n" in path.read_text()]
    path = dice.choice(places)
    parts = path.read_text().split("\n}\n\n")
    at = dice.randrange(1, len(parts))
    parts[at] = f"export const mine{number} = {number};\n\n{parts[at]}"
    path.write_text("\n}\n\n".join(parts))
    return f"mine{number}"
