"""Source files of somebody else's project."""

from __future__ import annotations

import os
from pathlib import Path

from scaffold.frameworks.databases.sources import matched, naming, uncommented


def _write(top: Path, *paths: str) -> None:
    for path in paths:
        (top / path).parent.mkdir(parents=True, exist_ok=True)
        (top / path).write_text("drizzle(")


def test_files_that_name_a_word(tmp_path: Path) -> None:
    _write(tmp_path, "src/a.ts", "b.mjs", "node_modules/x/c.ts", ".next/d.js", "e.test.ts", "f.css")
    _write(tmp_path, "g.d.ts")
    (tmp_path / "link.ts").symlink_to("src/a.ts")
    (tmp_path / "other.ts").write_text("nothing")
    assert [path for path, _ in naming(tmp_path, ["drizzle("])] == ["b.mjs", "src/a.ts"]


def test_comments() -> None:
    text = "a // b\n'// c' /* d\n*/ e `//f` \"/*\" g"
    assert uncommented(text) == "a \n'// c'  e `//f` \"/*\" g"


def test_patterns_of_a_config(tmp_path: Path) -> None:
    _write(tmp_path, "db/schema/a.ts", "db/schema/b.ts", "db/schema/deep/c.ts", "db/d.ts", "e.sql")
    _write(tmp_path.parent, "outside.ts")
    assert matched(tmp_path, ["./db/d.ts"]) == ["db/d.ts"]
    assert matched(tmp_path, ["./db/schema"]) == ["db/schema/a.ts", "db/schema/b.ts"]
    assert len(matched(tmp_path, ["db/**/*.ts"])) == 4
    assert matched(tmp_path, ["../outside.ts", "/etc/*", "*.sql", "nothing.ts"]) == []


def test_what_is_not_a_small_file_is_left_out(tmp_path: Path) -> None:
    _write(tmp_path, "a.ts")
    os.mkfifo(tmp_path / "pipe.ts")
    (tmp_path / "folder.ts").mkdir()
    (tmp_path / "large.ts").write_text("drizzle(" * 30_000)
    (tmp_path / "gone.ts").symlink_to("nowhere")
    assert [path for path, _ in naming(tmp_path, ["drizzle("])] == ["a.ts"]
