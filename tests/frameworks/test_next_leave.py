"""What goes from the user's package.json with the last endpoint: only what is certain to be ours."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple, cast

import pytest

from scaffold.frameworks.next_leave import dangling, without_additions
from scaffold.planning.plan import Action, FileChange, Plan
from scaffold.rendering.render import Side

WAS = {"name": "shop", "dependencies": {"next": "16.4.5"}}
OURS = {
    "dependencies": {"next": "16.4.5", "zod": "4.6.7"},
    "devDependencies": {"vitest": "5.0.0", "typescript": "6.0.0"},
    "scripts": {"test": "vitest run", "typecheck": "tsc --noEmit"},
}
NOW = {"name": "shop", **OURS}


class _Manifest(NamedTuple):
    source: str = "src"
    alias: str = "@/"
    foreign: tuple[str, ...] = ()
    host: Mapping[str, str] = {}


class _Templates:
    def render(self, manifest: object) -> dict[str, str]:
        return {"package.json": json.dumps(OURS)}


def leave(
    top: Path,
    monkeypatch: pytest.MonkeyPatch,
    now: object = NOW,
    history: tuple[tuple[object, object], ...] = ((WAS, NOW),),
    **host: str,
) -> tuple[dict[str, Any], str]:
    """package.json afterwards, and the notes."""
    monkeypatch.setattr("scaffold.frameworks.next_leave.rendered", lambda *_: json.dumps(OURS))
    text = now if isinstance(now, str) else json.dumps(now, indent=2)
    (top / "package.json").write_text(text)
    known = [(json.dumps(old).encode(), json.dumps(new).encode()) for old, new in history]
    side = Side(cast(Any, _Templates()), cast(Any, _Manifest(host=host)))
    plan = without_additions(top, side, Plan(), known)
    after = plan.changes[0].after if plan.changes else text.encode()
    try:
        data = json.loads(after or b"")
    except (ValueError, RecursionError):
        data = {}
    return data, "\n".join(plan.notes)


def test_all_of_it_goes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert leave(tmp_path, monkeypatch) == (WAS, "")


@pytest.mark.parametrize(
    "path, text, kept",
    [
        ("a.ts", "import { z } from 'zod';", "dependencies.zod"),
        ("a.mjs", 'await import("zod/v4");', "dependencies.zod"),
        ("a.ts", "import x from 'zod-to-x';", ""),
        ("node_modules/x/a.ts", "import 'zod';", ""),
        ("package-lock.json", '{"packages": {"zod": {}}}', ""),
        (".storybook/main.ts", "import 'zod';", "dependencies.zod"),
        (".github/workflows/ci.yml", "- run: npm run typecheck\n", "scripts.typecheck"),
        ("Makefile", "t:\n\tpnpm test\n", "scripts.test"),
        (".github/workflows/ci.yml", "name: test\n", ""),
    ],
)
def test_what_their_files_use_stays(
    path: str, text: str, kept: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / path).write_text(text)
    data, notes = leave(tmp_path, monkeypatch)
    assert (data != WAS) == bool(kept)
    assert f"`{kept}` stays: your own files use it" in notes if kept else not notes


def test_what_prisma_generated_uses_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = tmp_path / "src/generated/prisma/runtime/client.d.ts"
    place.parent.mkdir(parents=True)
    place.write_text("import { z } from 'zod';")
    kept, _ = leave(tmp_path, monkeypatch, prisma_client="@prisma/client")
    assert kept["dependencies"] == OURS["dependencies"]
    assert leave(tmp_path, monkeypatch, prisma_client="../generated/prisma") == (WAS, "")


def test_a_script_that_stays_keeps_its_program(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scripts = {**OURS["scripts"], "ci": "npm run typecheck"}
    data, notes = leave(tmp_path, monkeypatch, {**NOW, "scripts": scripts})
    assert data["scripts"] == {"typecheck": "tsc --noEmit", "ci": "npm run typecheck"}
    assert data["devDependencies"] == {"typescript": "6.0.0"}
    assert "`devDependencies.typescript` stays" in notes


def test_a_script_that_stays_keeps_the_scripts_that_it_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ours = {**OURS["scripts"], "check": "npm run typecheck"}
    now = {**NOW, "scripts": {**ours, "ci": "npm run check"}}
    data, _ = leave(tmp_path, monkeypatch, now, ((WAS, {**NOW, "scripts": ours}),))
    assert [*data["scripts"]] == ["typecheck", "check", "ci"]


def test_what_was_theirs_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    was = {**WAS, "devDependencies": {"zod": "4.6.7"}, "scripts": {"test": "vitest run"}}
    data, _ = leave(tmp_path, monkeypatch, NOW, ((was, NOW),))
    assert data["dependencies"] == OURS["dependencies"]
    assert data["scripts"] == {"test": "vitest run"}


def test_a_value_that_a_later_command_changed_is_ours(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    early = {**WAS, "dependencies": {"next": "16.4.5", "zod": "4.0.0"}}
    data, notes = leave(tmp_path, monkeypatch, NOW, ((WAS, early), (early, NOW)))
    assert (data, notes) == (WAS, "")


@pytest.mark.parametrize(
    "now",
    [
        "{",
        "[]",
        '"x"',
        "",
        "[" * 100_000,
        '{"dependencies": []}',
        '{"dependencies": {"zod": {"a": 1}}, "scripts": {"ci": 3}}',
    ],
)
def test_a_broken_file_stays(now: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    leave(tmp_path, monkeypatch, now)
    history: Any
    for history in ((), (([], []),), ((WAS, NOW), (NOW, "x"))):
        leave(tmp_path, monkeypatch, now, history)


@pytest.mark.parametrize(
    "wanted, found",
    [
        ("@/lib/http", True),
        ("../lib/http/index", True),
        ("../lib/http/index.js", True),
        ("@/lib/http/other", False),
        ("lib/http", False),
        ("../../../..", False),
    ],
)
def test_who_imports_what_goes(wanted: str, found: bool) -> None:
    plan = Plan((FileChange("src/lib/http/index.ts", Action.DELETE, b"", None),))
    left = {"src/app/page.tsx": f'import {{ x }} from "{wanted}";\n', "a.json": "{}"}
    if wanted.startswith("../lib"):
        left = {"src/app/page.tsx": f'await import("{wanted}")'}
    notes = [*dangling(left, plan, "src", "@/")]
    said = f"src/app/page.tsx imports `{wanted}`, which goes with scaffold's files"
    assert notes == [said] * found
