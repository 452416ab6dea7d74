"""Deleted files of a resource; what was moved is not deleted."""

from __future__ import annotations

from pathlib import Path

from scaffold.planning.deleted_files import deleted, with_deleted
from scaffold.planning.plan import Keep, Kept, Plan

TEXT = "".join(f"line {number} of a file that we wrote\n" for number in range(20))
OTHER = "".join(f"quite another text, {number}\n" for number in range(20))


def test_only_what_is_gone_and_was_ours(tmp_path: Path) -> None:
    tree = {"a.ts": "a\n", "b.ts": "b\n", "link.ts": "c\n", "shared.ts": "d\n"}
    (tmp_path / "a.ts").write_text("edited\n")
    (tmp_path / "link.ts").symlink_to("nowhere")
    assert deleted(tmp_path, tree, ["a.ts", "b.ts", "link.ts", "foreign.ts"]) == ("b.ts",)


def test_a_moved_file_is_not_deleted(tmp_path: Path) -> None:
    tree = {"a.ts": TEXT, "b.ts": OTHER}
    (tmp_path / "lib").mkdir()
    (tmp_path / "lib/a.ts").write_text(TEXT)
    assert deleted(tmp_path, tree, tree) == ("b.ts",)


def test_a_file_where_its_folder_was(tmp_path: Path) -> None:
    (tmp_path / "notes").write_text("mine\n")
    assert deleted(tmp_path, {"notes/a.ts": "a\n"}, ["notes/a.ts"]) == ("notes/a.ts",)


def test_each_is_named_once() -> None:
    plan = with_deleted(Plan(kept=(Kept("b.ts", Keep.DELETED),)), ["b.ts", "a.ts"])
    assert [(entry.path, entry.why) for entry in plan.kept] == [
        ("a.ts", Keep.DELETED),
        ("b.ts", Keep.DELETED),
    ]
