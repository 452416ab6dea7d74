"""A folder in place of a repository: what is in it, and what never happens to the real one."""

from __future__ import annotations

from pathlib import Path

from scaffold.formatters.overlay import overlay


def test_everything_but_our_texts_is_what_is_there(tmp_path: Path) -> None:
    for path, text in {
        "ruff.toml": "line-length = 9\n",
        "app/core/a.py": "old\n",
        "app/core/b.py": "b\n",
        "app/core/e.ts": "e\n",
        "app/core/e.config.ts": "e\n",
        "app/web/c.py": "c\n",
        "node_modules/x/index.js": "x\n",
    }.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)
    (tmp_path / ".git").mkdir()
    with overlay(tmp_path, {"app/core/a.py": "new\n", "app/fresh/d.py": "d\n"}) as folder:
        assert (folder / "app/core/a.py").read_text() == "new\n"
        assert (folder / "app/fresh/d.py").read_text() == "d\n"
        # Tools that sort imports ask which modules there are, and for nothing in them.
        assert (folder / "app/core/b.py").read_text() == ""
        assert not (folder / "app/core/e.ts").exists()
        assert (folder / "app/core/e.config.ts").read_text() == "e\n"
        assert (folder / "app/web").resolve() == tmp_path.resolve() / "app/web"
        assert (folder / "node_modules/x/index.js").read_text() == "x\n"
        # A tool that asks where its configuration is must not leave the folder.
        assert (folder / "ruff.toml").resolve().parent == folder
        assert not (folder / ".git").exists()
        (folder / "ruff.toml").write_text("changed\n")
        (folder / "app/core/a.py").write_text("formatted\n")
        (folder / "app/core/b.py").write_text("formatted\n")
    assert not folder.exists()
    assert (tmp_path / "ruff.toml").read_text() == "line-length = 9\n"
    assert (tmp_path / "app/core/a.py").read_text() == "old\n"
    assert (tmp_path / "app/core/b.py").read_text() == "b\n"
    assert not (tmp_path / "app/fresh").exists()
