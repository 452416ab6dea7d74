"""Settings of our code in a project that scaffold did not make."""

from __future__ import annotations

import os
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from scaffold.frameworks.settings import with_settings, without_shown
from scaffold.manifest.manifest import Manifest
from scaffold.planning.plan import Plan
from scaffold.rendering.render import Side, Sides, Templates
from tests.support.projects import AGENTS, CHECKOUT, MIXTURES, manifest_of
from tools.source import ROOT

WITHOUT = "else it sleeps"
NOTE = (
    "settings: production needs DATABASE_URL, SUPABASE_URL; else it sleeps; "
    "optional: REDIS_URL, TRUSTED_PROXIES, CORS_ORIGINS"
)


@pytest.fixture(scope="module")
def templates() -> Templates:
    return CHECKOUT


def host(templates: Templates, style: str = "supabase") -> Manifest:
    return replace(manifest_of(ROOT / f"agents/{style}.md", templates), service=False)


def first(top: Path, templates: Templates) -> Plan:
    """What the first command in the folder adds."""
    sides = Sides(None, Side(templates, host(templates)))
    return with_settings(top, sides, Plan(), WITHOUT)


@pytest.mark.parametrize("document", [*AGENTS, *MIXTURES], ids=lambda path: path.stem)
def test_all_that_the_code_needs_is_shown(document: Path, templates: Templates) -> None:
    manifest = manifest_of(document, templates)
    needed = templates.context(manifest)["needed_settings"]
    example = templates.text_of_service(manifest, ".env.example") or ""
    assert all(f"# {name}=" in example for name in needed)
    tree = templates.render(replace(manifest, service=False))
    code = "\n".join(tree[path] for path in tree if path.endswith(("/env.ts", "/settings.py")))
    required = code.partition("REQUIRED = {")[2].partition("}\n")[0].upper()
    assert re.findall(r'^ +"?(\w+)"?:', required, re.MULTILINE) == [*needed]


@pytest.mark.parametrize("document", [*AGENTS, *MIXTURES], ids=lambda path: path.stem)
def test_our_code_ends_nobody_elses_app(document: Path, templates: Templates) -> None:
    tree = templates.render(replace(manifest_of(document, templates), service=False))
    assert [path for path in tree if path.endswith("instrumentation.ts")] == []
    ends = ("process.exit(", "process.abort(", "process.kill(", "sys.exit(", "os._exit(")
    assert [path for path, text in tree.items() if any(word in text for word in ends)] == []


def test_without_an_example_file_they_are_only_said(tmp_path: Path, templates: Templates) -> None:
    assert first(tmp_path, templates) == Plan(notes=(NOTE,))


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_an_example_file_gets_what_it_lacks(tmp_path: Path, templates: Templates, end: str) -> None:
    text = end.join(["SHOP=1", "export DATABASE_URL=x", "#CORS_ORIGINS=", ""])
    (tmp_path / ".env.local.example").write_bytes(text.encode())
    plan = first(tmp_path, templates)
    (change,) = plan.changes
    assert change.before == text.encode() and change.after is not None
    added = [
        "",
        "# The Supabase project, whose keys verify tokens.",
        "# SUPABASE_URL=https://abc.supabase.co",
        "# Counts requests over all instances; without it each instance counts its own.",
        "# REDIS_URL=redis://localhost:6379",
        "# How many proxies in front of the API add the address that they saw to X-Forwarded-For.",
        "# TRUSTED_PROXIES=1",
        "",
    ]
    assert change.after.decode() == text + end.join(added)
    note = ".env.local.example: shows SUPABASE_URL, REDIS_URL, TRUSTED_PROXIES, as comments"
    assert plan.notes == (note, NOTE)
    (tmp_path / ".env.local.example").write_bytes(change.after)
    assert first(tmp_path, templates).changes == ()


@pytest.mark.parametrize("text", ["SHOP=1", "SHOP=1\n\n\n", "\ufeffSHOP=1\n", "", "\ufeff"])
def test_what_is_there_stays(tmp_path: Path, templates: Templates, text: str) -> None:
    (tmp_path / ".env.example").write_text(text, "utf-8")
    (change,) = first(tmp_path, templates).changes
    after = (change.after or b"").decode()
    assert after.startswith(text) and "\n\n\n\n\n" not in after
    assert ("\n\n# PostgreSQL" in after) is bool(text.strip("\ufeff"))


def test_nothing_is_said_again(tmp_path: Path, templates: Templates) -> None:
    (tmp_path / ".env.example").write_text("SHOP=1\n")
    side = Side(templates, host(templates))
    assert with_settings(tmp_path, Sides(side, side), Plan(), WITHOUT) == Plan()


def test_another_convention_brings_its_own(tmp_path: Path, templates: Templates) -> None:
    (tmp_path / ".env.dist").write_text("")
    before = host(templates)
    changes: dict[str, dict[str, Any]] = {"auth": {"provider": "nextauth"}, "data": {"rls": False}}
    sides = Sides(Side(templates, before), Side(templates, replace(before, overrides=changes)))
    plan = with_settings(tmp_path, sides, Plan(), WITHOUT)
    names = "NEXTAUTH_SECRET, NEXTAUTH_URL"
    assert plan.notes == (
        f".env.dist: shows {names}, as comments",
        f"settings: production needs {names}; {WITHOUT}",
    )
    assert b"DATABASE_URL" not in (plan.changes[0].after or b"")


@pytest.mark.parametrize("kind", ["folder", "pipe", "link", "loop", "bytes", "large"])
def test_what_cannot_be_read_stays(tmp_path: Path, templates: Templates, kind: str) -> None:
    place = tmp_path / ".env.example"
    if kind == "folder":
        place.mkdir()
    elif kind == "pipe":
        os.mkfifo(place)
    elif kind == "link":
        (tmp_path / "theirs").write_text("SHOP=1\n")
        place.symlink_to("theirs")
    elif kind == "loop":
        place.symlink_to(place)
    else:
        place.write_bytes(b"SHOP=\xff\n" if kind == "bytes" else b"#" * 300_000)
    assert first(tmp_path, templates) == Plan(notes=(NOTE,))


def taken_out(
    top: Path, templates: Templates, now: str, *history: tuple[str, str]
) -> tuple[str | None, tuple[str, ...]]:
    """What leaving makes of an example file, and what it says."""
    (top / ".env.example").write_bytes(now.encode())
    records = [(was.encode(), became.encode()) for was, became in history]
    side = Side(templates, host(templates))
    plan = without_shown(top, side, Plan(), lambda path: records if path == ".env.example" else [])
    after = next((change.after for change in plan.changes), None)
    return after.decode() if after is not None else None, plan.notes


def shown(top: Path, templates: Templates, text: str) -> str:
    """An example file after the first command."""
    (top / ".env.example").write_bytes(text.encode())
    (change,) = first(top, templates).changes
    assert change.after is not None
    return change.after.decode()


@pytest.mark.parametrize("text", ["", "SHOP=1\n", "SHOP=1", "A=1\r\nB=2\r\n", "\ufeffSHOP=1\n"])
def test_the_last_endpoint_takes_its_lines_away(
    text: str, tmp_path: Path, templates: Templates
) -> None:
    became = shown(tmp_path, templates, text)
    assert taken_out(tmp_path, templates, became, (text, became)) == (text, ())
    # Lines of the user's around them stay.
    more = "# Ours.\nX=1\n"
    assert taken_out(tmp_path, templates, became + more, (text, became)) == (text + more, ())


def test_lines_that_are_not_as_they_were_stay(tmp_path: Path, templates: Templates) -> None:
    text = "SHOP=1\n"
    became = shown(tmp_path, templates, text)
    edited = became.replace("# SUPABASE_URL=", "SUPABASE_URL=")
    after, notes = taken_out(tmp_path, templates, edited, (text, became))
    assert after is None
    assert notes[0].startswith(".env.example: `# DATABASE_URL=`, ")
    assert "SUPABASE_URL" not in notes[0]


def test_without_a_record_they_stay(tmp_path: Path, templates: Templates) -> None:
    became = shown(tmp_path, templates, "SHOP=1\n")
    after, notes = taken_out(tmp_path, templates, became)
    assert after is None
    assert len(notes) == 1
    assert taken_out(tmp_path, templates, "SHOP=1\n") == (None, ())
