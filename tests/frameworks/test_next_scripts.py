"""How our scripts are called in somebody else's package.json, and how they are found again."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from scaffold.frameworks.next_scripts import ours, renamed, scripts_of

WANTED = {"test": "vitest run", "db:generate": "tsx g.ts", "prebuild": "prisma generate"}


def package(scripts: Mapping[str, object]) -> str:
    return json.dumps({"scripts": scripts})


def names(theirs: str, earlier: Mapping[str, object] | None = None) -> list[str]:
    text, _ = renamed(package(WANTED), theirs, package(earlier) if earlier else None)
    return [*json.loads(text)["scripts"]]


def test_what_is_free_keeps_its_name() -> None:
    assert names("{}") == [*WANTED]
    assert names(package({"dev": "next dev"})) == [*WANTED]
    assert names(package(WANTED)) == [*WANTED]


def test_what_is_theirs_gives_ours_a_prefix() -> None:
    assert names(package({"test": "jest"})) == ["scaffold:test", "db:generate", "prebuild"]
    both = {"test": "jest", "db:generate": "drizzle-kit generate"}
    assert names(package(both)) == ["scaffold:test", "scaffold:db:generate", "prebuild"]


def test_a_name_stays_ours_when_we_change_its_value() -> None:
    earlier = {"test": "vitest run --coverage"}
    assert names(package(earlier), earlier)[0] == "test"
    assert names(package({"test": "jest"}), earlier)[0] == "scaffold:test"


def test_a_prefix_stays_when_the_name_gets_free() -> None:
    assert names(package({"scaffold:test": "vitest run"}))[0] == "scaffold:test"


def test_what_runs_before_a_script_has_no_other_name() -> None:
    text, notes = renamed(package(WANTED), package({"prebuild": "rm -rf out"}), None)
    assert "scaffold:prebuild" not in text
    assert notes == ("`scripts.prebuild` is yours: begin it with `prisma generate && `",)
    done = package({"prebuild": "prisma generate && rm -rf out"})
    assert renamed(package(WANTED), done, None)[1] == ()


@pytest.mark.parametrize("theirs", ["[]", "{{", '{"scripts": []}', '{"scripts": {"test": [1]}}'])
def test_odd_files_of_theirs(theirs: str) -> None:
    assert len(names(theirs)) == len(WANTED)


def test_our_scripts_are_found_again(tmp_path: Path) -> None:
    assert scripts_of(tmp_path) == {}
    (tmp_path / "package.json").write_text(package({"test": "jest"}))
    assert ours(scripts_of(tmp_path), "test") == "test"
    # A dry run has the file as it would be.
    planned = package({"test": "jest", "scaffold:test": "vitest run"}).encode()
    assert ours(scripts_of(tmp_path, planned), "test") == "scaffold:test"
    (tmp_path / "package.json").write_text("{{{")
    assert scripts_of(tmp_path) == {}
