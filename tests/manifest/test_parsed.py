"""A large manifest that was found sound is not checked again; what is in the cache for another text does not count."""

from __future__ import annotations

from pathlib import Path

import pytest

from scaffold.manifest import manifest as manifests
from scaffold.manifest import parsed
from scaffold.resources.resource import Resource
from scaffold.support import cache_dir
from scaffold.support.errors import UserError
from tests.support.projects import CHECKOUT, CLERK, manifest_of, resource


@pytest.fixture
def text(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A manifest of a hundred resources, with an empty cache."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    manifest = manifest_of(CLERK, CHECKOUT)
    for number in range(100):
        name = f"words{chr(97 + number // 26)}{chr(97 + number % 26)}"
        manifest = manifest.with_resource(resource(name, "title:string{1..200}", "score:int?"))
    return CHECKOUT.render(manifest)[".copier-answers.yml"]


def test_it_is_checked_once(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    first = manifests.parse(text)

    def never(data: object) -> Resource:
        raise AssertionError(data)

    monkeypatch.setattr(Resource, "from_data", never)
    assert manifests.parse(text) == first


def test_what_a_command_writes_is_known(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    manifest = manifests.parse(text)
    monkeypatch.setattr(parsed, "load", lambda text: None)
    again = manifests.parse(text)
    assert again == manifest
    monkeypatch.undo()
    other = text.replace("wordsaa", "otheraa")
    manifests.keep(other, manifests.parse(other, any_order=True))
    assert manifests.parse(other).find("otheraa") is not None


def test_another_text_is_checked(text: str) -> None:
    manifests.parse(text)
    with pytest.raises(UserError):
        manifests.parse(text.replace('"int"', '"itn"', 1))


@pytest.mark.parametrize(
    "data", [b"", b"x", b"\x80\x04N.", b"\x80\x05\x95", b"cscaffold.gone\nX\n."]
)
def test_a_cache_that_holds_something_else(text: str, data: bytes) -> None:
    first = manifests.parse(text)
    [kept] = (cache_dir.cache_dir() / "manifests").iterdir()
    kept.write_bytes(data)
    assert manifests.parse(text) == first
