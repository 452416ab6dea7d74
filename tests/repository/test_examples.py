"""examples/ is what the templates emit today."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from tests.conftest import Run
from tests.support.projects import CHECKOUT
from tools.examples import BASE, EXAMPLES, manifests, trees
from tools.source import ROOT, git

README = "README.md"
MANIFEST = ".copier-answers.yml"
STYLES = sorted(path.stem for path in (ROOT / "agents").glob("*.md"))
# What an example has to show of each resource: the one file, and words in it.
SHOWN = {
    "route": (
        r"src/app/([\w/-]+/)?{name}/route\.ts|app/routes/{name}\.py",
        r"const POST|function POST|\.post\(",
    ),
    "table": (
        r"src/db/schema/{name}\.ts|prisma/schema/{name}\.prisma|migrations/{name}/0001_create\.sql"
        r"|app/models/{name}\.py",
        r"\btitle\b",
    ),
    "validation": (r"src/resources/{name}/schema\.ts|app/schemas/{name}\.py", r"\btitle\b"),
    "tests": (
        r"tests/resources/{name}\.test\.ts|tests/endpoints/resources/test_{name}\.py",
        r"refuses\(.title",
    ),
}


def committed() -> dict[str, str]:
    """The files of the folder that git does not ignore."""
    listed = git(
        ROOT, "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", str(EXAMPLES)
    )
    paths = [ROOT / name for name in listed.split("\0") if name]
    return {
        path.relative_to(EXAMPLES).as_posix(): path.read_text("utf-8")
        for path in paths
        if path.is_file() and path != EXAMPLES / README
    }


def test_the_folder_is_what_the_templates_emit() -> None:
    there, made = committed(), trees()
    wrong = {
        "missing": sorted(made.keys() - there.keys()),
        "left over": sorted(there.keys() - made.keys()),
        "different": sorted(path for path in made.keys() & there if made[path] != there[path]),
    }
    assert not any(wrong.values()), f"`make examples` writes the folder again: {wrong}"


@pytest.mark.parametrize("name", ["courses", "lessons"])
@pytest.mark.parametrize("style", STYLES)
def test_an_example_shows_all_of_a_resource(style: str, name: str) -> None:
    files = {
        path.removeprefix(f"{style}/"): text
        for path, text in committed().items()
        if path.startswith(f"{style}/")
    }
    for kind, (pattern, words) in SHOWN.items():
        found = [path for path in files if re.fullmatch(pattern.replace("{name}", name), path)]
        assert len(found) == 1, f"{style} has no {kind} of {name}, or several: {found}"
        assert re.search(words, files[found[0]]), f"{style}/{found[0]}"
    base = files[BASE].splitlines()
    assert {"renovate.json", ".gitignore"} <= {*base} and not {*base} & {*files}


@pytest.mark.slow
@pytest.mark.parametrize("style", STYLES)
def test_the_commands_of_the_page_make_an_example(style: str, run: Run, tmp_path: Path) -> None:
    page = (EXAMPLES / README).read_text("utf-8")
    every, of_libsql = re.findall(r"^```sh\n(.*?)^```", page, re.MULTILINE | re.DOTALL)
    new, change, courses, lessons, publish = every.splitlines()
    assert change == "cd academy"
    # A style that lists its roles refuses any other.
    made = manifests(style, CHECKOUT)[1].find("courses")
    assert made
    role = dict(made.roles_for)["delete"][0]
    project = tmp_path / "academy"
    for line, cwd in (
        (new.replace("supabase", style), tmp_path),
        (of_libsql if made.files else courses.replace("=editor", f"={role}"), project),
        (lessons, project),
        (publish, project),
    ):
        done = run(shlex.split(line)[1:], cwd)
        assert done.returncode == 0, done.stderr
    example = {name: text for name, text in trees().items() if name.startswith(f"{style}/")}
    base = example.pop(f"{style}/{BASE}").splitlines()
    assert [path for path in base if not (project / path).is_file()] == []
    for name, text in example.items():
        emitted = (project / name.removeprefix(f"{style}/")).read_text("utf-8")
        if name == f"{style}/{MANIFEST}":
            text, emitted = (
                re.sub(r"^_.*\n", "", one, flags=re.MULTILINE) for one in (text, emitted)
            )
        assert emitted == text, name
