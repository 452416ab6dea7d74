"""A version of the templates is the same, from a folder and from a pack."""

from __future__ import annotations

from pathlib import Path

import pytest

from scaffold.sources.pack import open_texts, pack
from scaffold.support.errors import UserError

FILES = {
    "copier.yml": b"a: 1\n",
    "agents/x.md": "Übung\r\n".encode(),
    "templates/{{ a }}/b.jinja": b"old\rmac\n",
    "templates/logo.png": b"\x89PNG\xff",
}


def test_a_folder_and_a_pack(tmp_path: Path) -> None:
    for path, data in {**FILES, "other/file": b"no part of it"}.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes(data)
    packed = tmp_path / "one.pack"
    packed.write_bytes(pack(FILES))
    for texts in (open_texts(tmp_path), open_texts(packed)):
        assert list(texts) == sorted(FILES)
        assert texts["agents/x.md"] == "Übung\n"
        assert texts["templates/{{ a }}/b.jinja"] == "old\nmac\n"
        assert texts.get("templates/none") is None
        assert texts.get("templates") is None
        with pytest.raises(UserError, match=r"`templates/logo\.png` is not UTF-8 text"):
            texts["templates/logo.png"]
    packed.write_bytes(pack(FILES)[:20])
    with pytest.raises(UserError, match=r"one\.pack`, .* is damaged"):
        open_texts(packed)
