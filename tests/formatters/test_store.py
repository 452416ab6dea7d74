"""What a formatter made is known to the next command, by text, path, tool and configuration."""

from __future__ import annotations

from pathlib import Path

import pytest

from scaffold.formatters.store import Store


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    return tmp_path / "scaffold/formatted"


def test_what_was_made_is_known() -> None:
    store = Store("prettier 3")
    assert store.get("a.ts", "one") is None
    store.put(
        {("a.ts", "one"): "two", ("a.ts", "same"): "same", ("b.ts", "="): "=", ("c.ts", "x"): ""}
    )
    again = Store("prettier 3")
    assert again.get("a.ts", "one") == "two"
    assert again.get("a.ts", "same") == "same"
    assert again.get("b.ts", "=") == "="
    assert again.get("c.ts", "x") == ""
    assert again.get("b.ts", "one") is None
    assert Store("prettier 4").get("a.ts", "one") is None


def test_a_cache_that_cannot_be_written_keeps_nothing(cache: Path) -> None:
    cache.parent.mkdir(parents=True)
    cache.write_text("a file")
    store = Store("prettier 3")
    store.put({("a.ts", "one"): "two"})
    assert store.get("a.ts", "one") is None
