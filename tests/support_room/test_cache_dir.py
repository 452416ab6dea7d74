"""The user's cache is a folder that nobody else writes to: code is loaded from it."""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from scaffold.support import cache_dir as module
from scaffold.support.cache_dir import cache_dir, trim_all, used


@pytest.fixture(autouse=True)
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A temporary folder of the system, in which others may make names."""
    place = tmp_path / "tmp"
    place.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(place))
    module._usable.cache_clear()
    yield place
    module._usable.cache_clear()


def test_it_is_below_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    assert cache_dir() == tmp_path / "cache/scaffold"


def test_where_home_cannot_be_written(
    tmp_path: Path, temporary: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    found = cache_dir()
    assert found == temporary / f"scaffold-{os.getuid()}"
    assert found.stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize("kind", ["others write", "a link", "a file"])
def test_a_name_that_somebody_took_is_left(
    kind: str, tmp_path: Path, temporary: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    taken = temporary / f"scaffold-{os.getuid()}"
    if kind == "others write":
        taken.mkdir()
        taken.chmod(0o777)
    elif kind == "a link":
        (tmp_path / "theirs").mkdir()
        taken.symlink_to(tmp_path / "theirs")
    else:
        taken.write_text("")
    found = cache_dir()
    assert found != taken and found.parent == temporary
    assert found.stat().st_mode & 0o777 == 0o700


def test_a_cache_that_others_write_to_is_left(
    tmp_path: Path, temporary: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_to_all = tmp_path / "cache/scaffold"
    open_to_all.mkdir(parents=True)
    open_to_all.chmod(0o777)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    assert cache_dir().parent == temporary


def test_all_of_it_has_a_bound(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("SCAFFOLD_CACHE_MB", "1")
    home = cache_dir()
    now = time.time()
    for number in range(8):
        # The first was used a week ago, the last one just now.
        paths = [home / "packs" / str(number), home / f"copies/{number}.git/objects/pack"]
        for path in paths:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(b"x" * 100_000)
            for place in (path, *path.parents[:2]):
                os.utime(place, (now - (7 - number) * 86400,) * 2)
    trim_all()
    assert sorted(path.name for path in (home / "packs").iterdir()) == ["6", "7"]
    assert sorted(path.name for path in (home / "copies").iterdir()) == ["6.git", "7.git"]
    monkeypatch.setenv("SCAFFOLD_CACHE_MB", "0")
    trim_all()
    # A command may be reading what was used within the hour.
    assert [path.name for path in (home / "packs").iterdir()] == ["7"]


def test_what_is_used_goes_last(tmp_path: Path) -> None:
    file = tmp_path / "pack"
    file.write_text("")
    os.utime(file, (0, 0))
    used(file)
    assert file.stat().st_mtime > time.time() - 60
    used(tmp_path / "gone")
