"""What migrations in a project make."""

from __future__ import annotations

from pathlib import Path

import pytest

from scaffold.frameworks.migrations import has_column, has_migration


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('ALTER TABLE "notes" ADD COLUMN "points" integer;', True),
        (
            'ALTER TABLE "notes" ADD COLUMN     "rank" INTEGER,\nADD COLUMN     "points" INTEGER;',
            True,
        ),
        ('CREATE TABLE "notes" (\n\t"id" uuid,\n\t"points" integer\n);', True),
        ('CREATE TABLE "notes" (\n    "points" INTEGER,\n);', True),
        ('ALTER TABLE "grades" ADD COLUMN "points" integer;', False),
        ('CREATE TABLE "notes" (\n);\nALTER TABLE "grades" ADD COLUMN "points" integer;', False),
        ('CREATE INDEX "notes_points" ON "notes" ("points");', False),
        (
            'ALTER TABLE "notes" ADD COLUMN "points" integer;\n'
            'ALTER TABLE "notes" DROP COLUMN "points";',
            False,
        ),
        ("\0\udc80", False),
        ("", False),
    ],
)
def test_a_column_of_migrations(tmp_path: Path, text: str, found: bool) -> None:
    (tmp_path / "drizzle").mkdir()
    file = tmp_path / "drizzle/0001_x.sql"
    file.write_text(text, "utf-8", "surrogatepass")
    assert has_column(tmp_path, "notes", "points", {}) is found


def test_what_cannot_be_read_makes_nothing(tmp_path: Path) -> None:
    (tmp_path / "drizzle/0001_x.sql").mkdir(parents=True)
    (tmp_path / "drizzle/0002_x.sql").symlink_to("nowhere")
    assert not has_column(tmp_path, "notes", "points", {})
    assert not has_migration(tmp_path, "notes", {})


def test_a_migration_among_those_of_supabase(tmp_path: Path) -> None:
    (tmp_path / "supabase/migrations").mkdir(parents=True)
    (tmp_path / "supabase/migrations/2026_notes.sql").write_text('CREATE TABLE "notes" (\n);\n')
    assert not has_migration(tmp_path, "notes", {})
    assert has_migration(tmp_path, "notes", {"migrations": "supabase/migrations"})
