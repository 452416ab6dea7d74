"""A manifest as a tree: folders that come with a value, loops in paths, what is kept of an earlier run."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from scaffold.manifest.manifest import Manifest
from scaffold.rendering import sandbox, tree_cache
from scaffold.rendering.render import Side, Templates
from scaffold.resources.fields import parse_fields
from scaffold.resources.names import singular
from scaffold.resources.resource import Resource
from scaffold.sources.address import Version
from scaffold.sources.pack import pack
from scaffold.support.errors import UserError
from scaffold.support.project_files import MANIFEST
from tests.support import tiny

PLAIN = Manifest(Version("gh:team/templates", "v1.0.0"), "plain", "tiny")
EACH = "{% yield one from resources %}{{ one.name }}{% endyield %}"
FILES = {
    "plain.txt": "no {{ template }}\n",
    "greeting.md.jinja": "{{ name }} in {{ source }}\n",
    "{{ source }}/main.ts.jinja": "{% for one in resources %}{{ one.name }};{% endfor %}",
    "{{ conventions.stack.orm }}/db.txt": "x\n",
    f"{EACH}/route.ts.jinja": "{{ one.singular }}\n",
    f"all/{EACH}.md.jinja": "{{ one.name }} of {{ name }}\n",
}


def with_resources(*names: str) -> Manifest:
    """The manifest with those resources."""
    made = PLAIN
    for name in names:
        made = made.with_resource(Resource(name, singular(name), parse_fields(["title:string"])))
    return made


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The cache, empty."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache/scaffold"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Templates in a folder, which is not kept in the cache."""
    (tmp_path / "folder").mkdir()
    return tiny.write(tmp_path / "folder", FILES)


@pytest.fixture
def packed(folder: Path, cache: Path) -> Path:
    """The same as a pack of the cache."""
    cache.mkdir(parents=True)
    place = cache / "v1.pack"
    place.write_bytes(packed_files(folder))
    return place


def packed_files(folder: Path) -> bytes:
    """The pack of a folder."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    return pack({path.relative_to(folder).as_posix(): path.read_bytes() for path in files})


@pytest.fixture
def count(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], int]]:
    """How many templates were rendered since it was asked last."""
    done: list[str] = []
    original = sandbox.Jinja.render

    def counted(self: sandbox.Jinja, name: str, variables: Any) -> str:
        done.append(name)
        return original(self, name, variables)

    monkeypatch.setattr(sandbox.Jinja, "render", counted)

    def since() -> int:
        number = len(done)
        done.clear()
        return number

    yield since


def test_a_tree_of_every_kind_of_path(folder: Path) -> None:
    tree = Templates(folder).render(with_resources("courses", "notes"))
    assert {path: text for path, text in tree.items() if path != MANIFEST} == {
        "all/courses.md": "courses of tiny\n",
        "all/notes.md": "notes of tiny\n",
        "courses/route.ts": "course\n",
        "greeting.md": "tiny in src\n",
        "none/db.txt": "x\n",
        "notes/route.ts": "note\n",
        "plain.txt": "no {{ template }}\n",
        "src/main.ts": "courses;notes;",
    }
    assert list(tree) == sorted(tree)


def test_no_resource_no_round_of_a_loop(folder: Path) -> None:
    assert [path for path in Templates(folder).render(PLAIN) if path.endswith((".md", "route.ts"))] == [
        "greeting.md"
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("source", "expected"),
    [(".", {"a.txt", "deep/b.txt"}), ("", set()), ("app", {"app/a.txt", "deep/app/b.txt"})],
)
def test_a_folder_that_renders_to_a_dot_or_to_nothing(
    tmp_path: Path, source: str, expected: set[str]
) -> None:
    files = {"{{ source }}/a.txt": "", "deep/{{ source }}/b.txt": ""}
    templates = Templates(tiny.write(tmp_path, files))
    tree = templates.render(replace(PLAIN, source=source))
    assert {*tree} - {MANIFEST} == expected


def test_loops_in_loops(tmp_path: Path) -> None:
    files = {
        "{% yield one from resources %}{{ one.name }}{% endyield %}/"
        "{% yield two from resources %}{{ one.name }}-{{ two.name }}{% endyield %}.txt.jinja": (
            "{{ one.name }} {{ two.name }}"
        )
    }
    tree = Templates(tiny.write(tmp_path, files)).render(with_resources("bids", "asks"))
    assert {path: text for path, text in tree.items() if path != MANIFEST} == {
        f"{one}/{one}-{two}.txt": f"{one} {two}"
        for one in ("asks", "bids")
        for two in ("asks", "bids")
    }


def test_what_is_foreign_is_not_emitted(folder: Path) -> None:
    whole = Templates(folder).render(with_resources("notes"))
    for path in ("plain.txt", "greeting.md", "notes/route.ts", "none/db.txt"):
        left = Templates(folder).render(replace(with_resources("notes"), foreign=(path,)))
        assert {*whole} - {*left} == {path}


def test_the_tree_is_the_callers_own(folder: Path) -> None:
    templates = Templates(folder)
    tree = templates.render(PLAIN)
    tree["plain.txt"] = "changed"
    assert templates.render(PLAIN)["plain.txt"] == FILES["plain.txt"]
    assert Side(templates, PLAIN).tree() == templates.render(PLAIN)


def test_a_second_manifest_renders_what_differs(folder: Path, count: Callable[[], int]) -> None:
    templates = Templates(folder)
    templates.render(with_resources("courses"))
    first = count()
    both = templates.render(with_resources("courses", "notes"))
    # What names `resources`, and what each of them has: the answers, main.ts, and four of the loops.
    assert 0 < count() < first + 2
    assert both == Templates(folder).render(with_resources("courses", "notes"))
    count()
    templates.render(with_resources("courses"))
    assert count() == 0


def test_a_template_that_no_resource_concerns_is_rendered_once(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rendered: list[str] = []
    original = sandbox.Jinja.render

    def noted(self: sandbox.Jinja, name: str, variables: Any) -> str:
        rendered.append(name)
        return original(self, name, variables)

    monkeypatch.setattr(sandbox.Jinja, "render", noted)
    templates = Templates(folder)
    for names in ((), ("courses",), ("courses", "notes")):
        templates.render(with_resources(*names))
    assert rendered.count("templates/app/greeting.md.jinja") == 1
    assert rendered.count("templates/app/{{ source }}/main.ts.jinja") == 3
    templates.render(replace(PLAIN, name="other"))
    assert rendered.count("templates/app/greeting.md.jinja") == 2


def test_kept_on_disk_or_not_the_tree_is_one(
    folder: Path, packed: Path, cache: Path, count: Callable[[], int]
) -> None:
    both = with_resources("courses", "notes")
    expected = Templates(folder).render(both)
    assert not (cache / "trees").exists()  # a folder may change
    count()
    assert Templates(packed).render(both) == expected and count() > 0
    # Another process: all of it is kept.
    again = Templates(packed)
    assert again.render(both) == expected and again.context(both) == Templates(folder).context(both)
    assert count() == 0
    # Of another manifest, what is the same is taken from there.
    one = Templates(folder).render(with_resources("courses"))
    count()
    assert again.render(with_resources("courses")) == one
    assert 0 < count() < len(one)


def test_a_cache_that_is_damaged_or_cannot_be_written(
    folder: Path, packed: Path, cache: Path
) -> None:
    expected = Templates(packed).render(PLAIN)
    for kept in (path for kind in ("trees", "index") for path in (cache / kind).iterdir()):
        kept.write_bytes(b"\xff")
    assert Templates(packed).render(PLAIN) == expected
    for kind in ("trees", "index"):
        shutil.rmtree(cache / kind)
        (cache / kind).write_text("a file, where a folder should be")
    assert Templates(packed).render(PLAIN) == expected == Templates(folder).render(PLAIN)


def test_another_version_is_another_tree(folder: Path, packed: Path) -> None:
    assert Templates(packed).render(PLAIN)["plain.txt"] == FILES["plain.txt"]
    tiny.write(folder, {**FILES, "plain.txt": "of version two\n"})
    packed.write_bytes(packed_files(folder))
    assert Templates(packed).render(PLAIN)["plain.txt"] == "of version two\n"


def test_stamps(folder: Path, packed: Path) -> None:
    assert tree_cache.stamp_of(folder) is None
    assert tree_cache.stamp_of(packed) == tree_cache.stamp_of(packed) is not None
    assert (
        len({tree_cache.key_of("a", "bc"), tree_cache.key_of("ab", "c"), tree_cache.key_of("abc")})
        == 3
    )


def test_origins_stay_when_a_resource_is_renamed(folder: Path) -> None:
    templates = Templates(folder)
    courses, notes = (
        replace(item, table=f"{item.name}_table")
        for item in with_resources("courses", "notes").resources
    )
    before = replace(PLAIN, resources=(courses, notes))
    after = replace(PLAIN, resources=(notes, replace(courses, name="units")))
    was, now = (templates.origins(manifest) for manifest in (before, after))
    assert {*was} == {*templates.render(before)} and {*now} == {*templates.render(after)}
    assert was["greeting.md"] == "greeting.md.jinja"
    assert len({*was.values()}) == len(was)
    assert {*was.values()} == {*now.values()}
    assert was["courses/route.ts"] == now["units/route.ts"]


def test_origins_stay_when_a_template_moves_into_an_overlay(tmp_path: Path) -> None:
    text = "{{ one.name }}\n"
    for name, path in {
        "v1": f"{EACH}/a.ts.jinja",
        "v2": f"{{{{ use.on }}}}/{EACH}/a.ts.jinja",
    }.items():
        (tmp_path / name).mkdir()
        tiny.write(tmp_path / name, {path: text})
    config = json.loads((tmp_path / "v2/copier.yml").read_text())
    config["use"] = {"type": "yaml", "when": False, "default": "{{ dict(on='.') | to_json }}"}
    (tmp_path / "v2/copier.yml").write_text(json.dumps(config))
    manifest = with_resources("courses")
    one, two = (Templates(tmp_path / name).origins(manifest) for name in ("v1", "v2"))
    assert one["courses/a.ts"] == two["courses/a.ts"]


def test_the_context_has_answers_then_what_follows(folder: Path) -> None:
    context = Templates(folder).context(PLAIN)
    assert context["_copier_answers"] == PLAIN.answers()
    assert context["name"] == "tiny" and context["conventions"]["stack"]["orm"] == "none"


def test_what_a_version_has(folder: Path) -> None:
    (folder / "agents/lean.md").write_text("---\nconventions: {auth: {roles: [a]}}\n---\nText.\n")
    templates = Templates(folder)
    assert templates.styles == ["lean", "plain"]
    assert list(templates.schema) == ["stack", "rate_limit", "auth"]
    lean = replace(PLAIN, style="lean")
    assert templates.agent(lean) == {"conventions": {"auth": {"roles": ["a"]}}}
    own = replace(lean, document="own.md", stated={"data": {"x": 1}}, entities={"e": {}})
    assert templates.agent(own) == {"conventions": {"data": {"x": 1}}, "entities": {"e": {}}}


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("copier.yml", "a: 1\n", r"the templates' `copier\.yml` lacks _subdirectory"),
        ("copier.yml", "[\n", r"the templates' `copier\.yml` lacks valid YAML"),
        ("templates/conventions.yml", "- a\n", r"`templates/conventions\.yml` lacks a mapping"),
    ],
)
def test_templates_that_are_none(folder: Path, name: str, text: str, words: str) -> None:
    (folder / name).write_text(text)
    templates = Templates(folder)
    with pytest.raises(UserError, match=words):
        _ = templates.config, templates.schema
