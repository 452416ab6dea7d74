"""Where templates come from: repositories of a team, versions and their order, what Copier makes of a source."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest
from copier._vcs import get_repo

from scaffold.sources import bundle
from scaffold.sources.address import Version, accept, fetch
from scaffold.sources.pack import open_texts
from scaffold.sources.repository import copies_dir
from scaffold.sources.versions import (
    is_older,
    is_same,
    known_newest_of,
    newest,
    newest_of,
    resolve,
    update_message,
)
from scaffold.support.errors import UserError
from tools.source import GIT, commit, git

BROKEN = "a git URL, `gh:owner/name`"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository that has what scaffold looks for, and hardly more; at v0.1.0, in its second commit."""
    folder = tmp_path_factory.mktemp("made") / "small"
    (folder / "templates").mkdir(parents=True)
    (folder / "agents").mkdir()
    (folder / "copier.yml").write_text("a: 1\n")
    (folder / "templates/conventions.yml").write_text("a: 1\n")
    (folder / "agents/a.md").write_text("a\n")
    git(folder, "init", "--quiet", "--initial-branch=main")
    commit(folder, "One")
    _change(folder, "v0.1.0")
    return folder


@pytest.fixture
def small(made: Path, tmp_path: Path) -> Path:
    """That repository, to change."""
    shutil.copytree(made, tmp_path / "small")
    return tmp_path / "small"


def _change(folder: Path, tag: str | None = None) -> str:
    path = folder / "agents/a.md"
    path.write_text(path.read_text() + f"more {tag or ''}\n")
    commit(folder, "More", tag)
    return git(folder, "rev-parse", "--short=12", "HEAD").strip()


@pytest.fixture
def remote(small: Path) -> tuple[Path, str]:
    """The same as a bare repository with a URL: what it holds is pushed from `small`."""
    bare = small.parent / "team.git"
    git(small, "init", "--quiet", "--bare", "--initial-branch=main", str(bare))
    git(small, "remote", "add", "origin", bare.as_uri())
    _push(small)
    return small, bare.as_uri()


def _push(small: Path) -> None:
    git(small, "push", "--quiet", "origin", "main", "--tags")


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("gh:acme/templates", "https://github.com/acme/templates.git"),
        ("gl:acme/group/templates.git", "https://gitlab.com/acme/group/templates.git"),
        ("https://github.com/acme/templates", "https://github.com/acme/templates"),
        (
            "https://git.example.org/acme/templates.git",
            "https://git.example.org/acme/templates.git",
        ),
        ("https://git.example.org/acme/templates", "git+https://git.example.org/acme/templates"),
        ("ssh://git@example.org:2222/t.git", "ssh://git@example.org:2222/t.git"),
        ("ssh://git@example.org/t", "git+ssh://git@example.org/t"),
        ("git@example.org:acme/t", "git@example.org:acme/t"),
        ("me@example.org:acme/t", "git+me@example.org:acme/t"),
        ("git+https://example.org/t", "git+https://example.org/t"),
        ("file:///srv/t", "git+file:///srv/t"),
    ],
)
def test_a_url_is_kept_in_a_form_that_copier_knows(typed: str, kept: str) -> None:
    assert accept(typed) == kept
    assert get_repo(kept) is not None


def test_a_path_is_kept_in_a_form_that_copier_knows(
    small: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    shutil.copytree(small / ".git", tmp_path / "bare")
    git(tmp_path / "bare", "config", "core.bare", "true")
    shutil.copytree(tmp_path / "bare", tmp_path / "bare.git")
    git(small, "bundle", "create", "--quiet", str(tmp_path / "all.bundle"), "HEAD", "main")
    expected = {
        "small": str(small),
        "./small/": str(small),
        "~/small": "~/small",
        "bare": f"git+file://{tmp_path}/bare",
        "~/bare.git": f"{tmp_path}/bare.git",
        "all.bundle": f"{tmp_path}/all.bundle",
    }
    for typed, kept in expected.items():
        assert accept(typed) == kept
        assert get_repo(kept) is not None, kept
        assert newest_of(kept).src_path == kept
        assert "agents/a.md" in open_texts(fetch(newest_of(kept)))


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("", BROKEN),
        (" ", BROKEN),
        ("--upload-pack=touch x", BROKEN),
        ("a\nb", "`a\\u000ab`"),
        ("ext::sh -c date", BROKEN),
        ("ftp://example.org/t.git", BROKEN),
        ("https://me:secret@example.org/t.git", "password"),
        ("gh:acme", "is not a repository"),
        ("gh:acme/a b", "is not a repository"),
        ("nowhere", "`nowhere` does not exist"),
        ("templates", "`templates` is not a git repository"),
        ("copier.yml", "cannot read the templates in `copier.yml`"),
    ],
)
def test_a_source_that_is_none(
    typed: str, says: str, made: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(made)
    with pytest.raises(UserError) as caught:
        newest(typed)
    assert says in caught.value.message
    assert "secret" not in f"{caught.value.message}{caught.value.hint}"


def test_a_source_in_a_manifest_runs_no_program(tmp_path: Path) -> None:
    for path in (f"ext::touch {tmp_path}/x", f"--upload-pack=touch {tmp_path}/x", "", "x::y"):
        with pytest.raises(UserError):
            fetch(Version(path, "v0.1.0"))
    assert list(tmp_path.iterdir()) == []


def test_versions_of_a_repository_elsewhere(remote: tuple[Path, str]) -> None:
    small, url = remote
    first = newest(url)
    assert first == Version(url, "v0.1.0")
    assert open_texts(fetch(first))["agents/a.md"] == "a\nmore v0.1.0\n"
    for tag in ("v0.9.0", "v0.10.0", "v1.0.0rc1", "nightly"):
        _change(small, tag)
    last = _change(small)
    _push(small)
    # What is known is what was seen; asking brings the rest.
    assert known_newest_of(url) == first
    assert update_message(first) is None
    assert newest_of(url) == Version(url, "v0.10.0")
    assert known_newest_of(url) == newest_of(url)
    assert update_message(first) == "templates v0.10.0 are available: `scaffold update`"
    assert resolve(url, "0.9.0") == Version(url, "v0.9.0")
    assert resolve(url, "v1.0.0rc1").commit == "v1.0.0rc1"
    assert resolve(url, "HEAD").commit == f"nightly-1-g{last}"
    assert resolve(url, last[:7]) == resolve(url, "HEAD")
    assert open_texts(fetch(resolve(url, "HEAD")))["agents/a.md"].count("more") == 6
    for older, newer in (("v0.1.0", "v0.9.0"), ("v0.9.0", "nightly"), ("nightly", last)):
        assert is_older(url, older, newer)
        assert not is_older(url, newer, older)
    assert not is_older(url, last, f"nightly-1-g{last}")
    assert is_same(url, last[:7], f"nightly-1-g{last}")
    assert not is_same(url, "nightly", last)


def test_in_a_hook_of_git(
    remote: tuple[Path, str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    small, url = remote
    git(tmp_path, "init", "--quiet", "mine")
    (tmp_path / "config").write_text("[core]\n\tautocrlf = true\n")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(tmp_path / "config"))
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "mine/.git"))
    monkeypatch.setenv("GIT_INDEX_FILE", str(tmp_path / "mine/.git/index"))
    for source in (str(small), url):
        assert newest(source).commit == "v0.1.0"
        assert open_texts(fetch(newest(source)))["agents/a.md"] == "a\nmore v0.1.0\n"


def test_a_version_of_another_branch_is_none_that_projects_get(remote: tuple[Path, str]) -> None:
    small, url = remote
    git(small, "checkout", "--quiet", "-b", "next")
    _change(small, "v2.0.0")
    git(small, "checkout", "--quiet", "main")
    git(small, "push", "--quiet", "origin", "next", "--tags")
    assert newest_of(url).commit == "v0.1.0"
    assert resolve(url, "2.0.0").commit == "v2.0.0"


def test_a_commit_that_nothing_leads_to_any_more(remote: tuple[Path, str]) -> None:
    small, url = remote
    lost = _change(small)
    _push(small)
    assert resolve(url, lost).commit == f"v0.1.0-1-g{lost}"
    git(small, "reset", "--quiet", "--hard", "HEAD~1")
    _change(small, "v0.2.0")
    git(small, "push", "--quiet", "--force", "origin", "main", "--tags")
    assert newest_of(url).commit == "v0.2.0"
    assert fetch(Version(url, lost)).is_file()
    assert not is_older(url, lost, "v0.2.0")


def test_a_version_that_is_not_there(remote: tuple[Path, str]) -> None:
    _, url = remote
    for text in ("v9", "", "-n1", "main..HEAD", "@{1}", "a b"):
        with pytest.raises(UserError, match=r"it has `v0\.1\.0`") as caught:
            resolve(url, text)
        assert caught.value.hint == "use `--to v0.1.0`"
    for pair in (("v9", "v0.1.0"), ("v0.1.0", "v9"), ("-n1", "v0.1.0")):
        with pytest.raises(UserError):
            is_older(url, *pair)
    with pytest.raises(UserError, match="has no version `v9`"):
        fetch(Version(url, "v9"))


def test_a_repository_without_tags(small: Path) -> None:
    git(small, "tag", "--delete", "v0.1.0")
    url = f"git+{small.as_uri()}"
    commit_ = git(small, "rev-parse", "--short=12", "HEAD").strip()
    assert newest(url) == Version(url, commit_)
    assert resolve(url, "HEAD") == newest(url)
    with pytest.raises(UserError, match="no version `v1`"):
        resolve(url, "v1")


def test_a_source_that_is_gone_or_was_never_there(remote: tuple[Path, str], small: Path) -> None:
    _, url = remote
    known = newest(url)
    fetch(known)
    shutil.rmtree(small.parent / "team.git")
    assert fetch(known).is_file()
    with pytest.raises(UserError, match="cannot read the templates in `file:"):
        newest_of(url)
    with pytest.raises(UserError, match="cannot read the templates in `file:"):
        newest(f"{url[:-4]}-other.git")
    with pytest.raises(UserError, match="`nowhere`, which is gone"):
        newest_of("nowhere")
    assert known_newest_of("nowhere") is None


def test_a_repository_that_is_no_template(small: Path) -> None:
    git(small, "rm", "--quiet", "templates/conventions.yml")
    commit(small, "No schema", "v0.2.0")
    with pytest.raises(UserError, match=r"no templates of scaffold's at `v0\.2\.0`"):
        fetch(newest(str(small)))
    git(small, "rm", "--quiet", "-r", "agents")
    commit(small, "No agents", "v0.3.0")
    with pytest.raises(UserError, match=r"no templates of scaffold's at `v0\.3\.0`"):
        fetch(newest(str(small)))


def test_scaffolds_own_source_is_at_its_newest_commit(
    small: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SCAFFOLD_SOURCE", str(small))
    assert newest() == Version(str(small), "v0.1.0")
    last = _change(small)
    assert newest() == newest_of(str(small)) == Version(str(small), f"v0.1.0-1-g{last}")
    (small / "agents/b.md").write_text("new\n")
    with pytest.raises(UserError, match="uncommitted changes"):
        newest()
    with pytest.raises(UserError, match="uncommitted changes") as error:
        newest(str(small))
    # What it advises brings in a new file too.
    subprocess.run(
        f"{error.value.hint} --quiet --message=B", shell=True, check=True, env={**os.environ, **GIT}
    )
    assert newest(str(small)) == newest_of(str(small))


@pytest.fixture
def wheels(
    small: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> tuple[Path, Path, pytest.MonkeyPatch]:
    """An empty home, and a folder for bundles as wheels bring them."""
    monkeypatch.delenv("SCAFFOLD_SOURCE")
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setattr("scaffold.sources.versions.own", lambda: bundle.BUNDLE)
    return small, tmp_path, monkeypatch


def _wheel(small: Path, path: Path) -> Path:
    tags = git(small, "tag", "--merged").split()
    git(small, "bundle", "create", "--quiet", str(path), "HEAD", *tags)
    return path


def test_bundles_of_several_releases(wheels: tuple[Path, Path, pytest.MonkeyPatch]) -> None:
    small, folder, monkeypatch = wheels
    one = _wheel(small, folder / "1.bundle")
    _change(small, "v0.2.0")
    two = _wheel(small, folder / "2.bundle")
    git(small, "checkout", "--quiet", "-b", "old", "v0.1.0")
    _change(small, "v0.1.1")
    fix = _wheel(small, folder / "fix.bundle")
    place = Path(bundle.BUNDLE).expanduser()

    def use(own: Path | None) -> Version:
        monkeypatch.setattr(bundle, "packaged", lambda: own)
        return newest()

    with pytest.raises(UserError, match="which does not exist"):
        use(None)
    assert not place.parent.exists()
    assert use(one) == Version(bundle.BUNDLE, "v0.1.0")
    assert place.read_bytes() == one.read_bytes()
    assert use(two).commit == "v0.2.0"
    assert place.read_bytes() == two.read_bytes()
    # The older one, installed beside it, makes its own projects and leaves the bundle alone.
    assert use(one).commit == "v0.1.0"
    assert place.read_bytes() == two.read_bytes()
    assert fetch(Version(bundle.BUNDLE, "v0.2.0")).is_file()
    # Neither knows all of the other: then both are in the bundle, and both leave it alone.
    assert use(fix).commit == "v0.1.1"
    both = place.read_bytes()
    for own, commit_ in ((two, "v0.2.0"), (fix, "v0.1.1"), (one, "v0.1.0")):
        assert use(own).commit == commit_
        assert place.read_bytes() == both
        assert is_older(bundle.BUNDLE, "v0.1.0", "v0.2.0")
        assert fetch(Version(bundle.BUNDLE, "v0.1.1")).is_file()
    assert [path.name for path in place.parent.iterdir()] == [place.name]
    assert get_repo(bundle.BUNDLE) is not None


def test_two_installations_of_one_release(wheels: tuple[Path, Path, pytest.MonkeyPatch]) -> None:
    small, folder, monkeypatch = wheels
    same = [_wheel(small, folder / f"{number}.bundle") for number in range(2)]
    git(small, "-c", "pack.compression=0", "repack", "-adfq")
    packed = _wheel(small, folder / "packed.bundle")
    place = Path(bundle.BUNDLE).expanduser()
    made, copies = set(), []
    for own in (*same, packed) * 2:
        monkeypatch.setattr(bundle, "packaged", lambda own=own: own)
        assert newest().commit == "v0.1.0"
        made.add((place.stat().st_ino, place.stat().st_mtime_ns))
        copies.append({*copies_dir().iterdir()})
    assert len(made) == 1
    assert copies[-1] == copies[2]


def test_a_bundle_that_says_something_else(
    wheels: tuple[Path, Path, pytest.MonkeyPatch],
) -> None:
    small, folder, monkeypatch = wheels
    monkeypatch.setattr(bundle, "packaged", lambda: folder / "1.bundle")
    _wheel(small, folder / "1.bundle")
    newest()
    _change(small)
    git(small, "tag", "--force", "v0.1.0")
    _wheel(small, folder / "1.bundle")
    with pytest.raises(UserError, match=r"`v0\.1\.0` is one commit in .* and another one"):
        newest()
    Path(bundle.BUNDLE).expanduser().write_text("damaged")
    with pytest.raises(UserError, match="cannot read the templates in `~"):
        newest()


def test_a_home_that_is_not_writable(wheels: tuple[Path, Path, pytest.MonkeyPatch]) -> None:
    small, folder, monkeypatch = wheels
    own = _wheel(small, folder / "1.bundle")
    monkeypatch.setattr(bundle, "packaged", lambda: own)
    (folder / "home").write_text("a file")
    with pytest.raises(UserError, match=r"cannot write the templates to `~"):
        newest()
