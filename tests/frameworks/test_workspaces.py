"""The folders above a project, and which workspaces count it in."""

from __future__ import annotations

from pathlib import Path

import pytest

from scaffold.frameworks.workspaces import above, counts_in, read_small


def test_the_folders_above_end_at_the_repository(tmp_path: Path) -> None:
    root = tmp_path / "a/b/c"
    root.mkdir(parents=True)
    assert not above(root).same
    (tmp_path / "a/.git").write_text("gitdir: elsewhere")
    assert above(root) == ((tmp_path / "a/b", tmp_path / "a"), True)
    (root / ".git").mkdir()
    assert above(root) == ((), True)


@pytest.mark.parametrize(
    ("patterns", "there"),
    [
        (["apps/*"], True),
        (["./apps/*/"], True),
        (["apps/web"], True),
        (["**"], True),
        (["**/web"], True),
        (["apps/**"], True),
        (["*"], False),
        (["apps"], False),
        (["apps/*/*"], False),
        (["apps/*", "!apps/web"], False),
        (["!apps/web", "apps/*"], True),
        ([], False),
        (None, False),
        ("apps/*", False),
        ({"apps/*": 1}, False),
    ],
)
def test_members(patterns: object, there: bool) -> None:
    assert counts_in(patterns, "apps/web") is there


def test_only_small_files_are_read(tmp_path: Path) -> None:
    file = tmp_path / "a.json"
    assert read_small(file) == read_small(tmp_path) == ""
    file.write_bytes(b"\xef\xbb\xbf{}\xff")
    assert read_small(file) == "{}\ufffd"
    file.write_text("x" * 2_000_000)
    assert read_small(file) == ""
    assert read_small(file, head=3) == "xxx"
