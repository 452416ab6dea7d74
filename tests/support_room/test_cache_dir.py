"""The user's cache is a folder that nobody else writes to: code is loaded from it."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from scaffold.support import cache_dir as module
from scaffold.support.cache_dir import cache_dir


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
