"""A formatter that came with the repository does not run, and neither does code that configures one."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from scaffold.formatters import trust
from scaffold.formatters.find_node import find
from scaffold.formatters.tool import Tool
from tests.support.formatters import fake_prettier
from tools.source import commit, git


@pytest.fixture
def top(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    root = tmp_path / "app"
    root.mkdir()
    git(root, "init", "--quiet")
    (root / ".gitignore").write_text("node_modules\n")
    (root / "package.json").write_text(json.dumps({"devDependencies": {"prettier": "3"}}))
    (root / ".prettierrc").write_text("{}")
    return root


def tool_of(root: Path) -> Tool:
    """The project's formatter."""
    tool = find(root)
    assert tool is not None
    return tool


def test_what_was_installed_runs(top: Path) -> None:
    fake_prettier(top)
    commit(top, "app")
    assert trust.why_not(tool_of(top)) is None


def test_what_is_missing_is_said(top: Path) -> None:
    assert "is configured (.prettierrc) and not installed" in str(trust.why_not(tool_of(top)))


@pytest.mark.parametrize("ignored", ["", "!node_modules\n"])
def test_what_git_tracks_does_not_run(ignored: str, top: Path) -> None:
    fake_prettier(top)
    (top / ".gitignore").write_text(ignored)
    commit(top, "app")
    assert "git tracks the Prettier of this project" in str(trust.why_not(tool_of(top)))


def test_one_tracked_file_is_enough(top: Path) -> None:
    fake_prettier(top)
    git(top, "add", "--force", "node_modules/prettier/index.js")
    assert "git tracks" in str(trust.why_not(tool_of(top)))


def test_a_link_to_what_git_tracks_does_not_run(top: Path) -> None:
    fake_prettier(top / "vendor")
    (top / "node_modules").symlink_to("vendor/node_modules")
    (top / ".gitignore").write_text("/node_modules\n")
    commit(top, "app")
    assert "git tracks" in str(trust.why_not(tool_of(top)))


def test_a_repository_in_the_place_of_packages_does_not_run(top: Path) -> None:
    fake_prettier(top)
    (top / ".gitignore").write_text("")
    git(top / "node_modules", "init", "--quiet")
    commit(top / "node_modules", "theirs")
    git(top, "add", "--all")
    assert "git tracks" in str(trust.why_not(tool_of(top)))


def test_code_that_configures_it_needs_a_word(top: Path) -> None:
    fake_prettier(top)
    config = top / "prettier.config.mjs"
    config.write_text("export default {};\n")
    why = str(trust.why_not(tool_of(top)))
    assert "prettier.config.mjs: Prettier would run code of this repository, which you" in why
    assert "`--formatter prettier`" in why
    trust.agree(tool_of(top))
    assert trust.why_not(tool_of(top)) is None
    # The word is about what the user could read then.
    config.write_text("export default { semi: false };\n")
    assert "would run code" in str(trust.why_not(tool_of(top)))
    trust.agree(tool_of(top))
    assert trust.why_not(tool_of(top)) is None


def test_a_word_counts_for_one_project(top: Path, tmp_path: Path) -> None:
    (top / "prettier.config.mjs").write_text("export default {};\n")
    fake_prettier(top)
    trust.agree(tool_of(top))
    other = tmp_path / "other"
    git(tmp_path, "clone", "--quiet", str(top), str(other))
    (other / "prettier.config.mjs").write_text("export default {};\n")
    (other / "package.json").write_text("{}")
    fake_prettier(other)
    assert "would run code" in str(trust.why_not(tool_of(other)))
