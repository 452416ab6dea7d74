"""What the templates emit is what Prettier would write, for any names and fields; a wrong width is found out.

All documents share one tree and one process of Prettier: a text that two of them emit is checked
once. A day has its share of the lengths; `SCAFFOLD_SOAK=1` (`make soak`) has all of them.
"""

from __future__ import annotations

import hashlib
import random
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from scaffold.manifest.host import AUTH_KINDS
from scaffold.manifest.manifest import Manifest
from scaffold.rendering.render import Templates
from scaffold.resources.fields import parse_field
from scaffold.resources.resource import Resource
from tests.e2e.shell import npm
from tests.support.days import DAY, SOAK
from tests.support.grids import LENGTHS, SEED, at_random, grid, keys_over, name_of
from tests.support.projects import (
    AGENTS,
    CHECKOUT,
    MIXTURES,
    beside,
    evolved,
    hosted,
    manifest_of,
    rich,
)
from tools.node import node_env
from tools.source import ROOT

pytestmark = pytest.mark.slow

ALIASES = ("@/", "", "@a-company/the-web-app/")
BATCH = 12


def renamed(item: Resource, by: int = 13) -> Resource:
    """The resource as renames leave it: its table and its columns have names of other lengths."""
    fields = tuple(
        replace(one, column=name_of((len(one.name) * by + place) % 40 + 1, "cdfghjkl"[place % 8]))
        for place, one in enumerate(item.fields)
    )
    table = f"t{item.name}"[: 40 - len(item.name) % 9]
    return replace(item, fields=fields, table=table, keys=keys_over(item, fields))


def render(
    templates: Templates, document: Path, resources: list[Resource], alias: str = "@/"
) -> dict[str, str]:
    """Texts by path, a few resources at a time; the last of a path that several batches have."""
    parents = Resource("parents", "parent", (parse_field("name:string"),))
    manifest = replace(manifest_of(document, templates), alias=alias)
    found: dict[str, str] = {}
    for start in range(0, len(resources), BATCH):
        some = manifest
        for item in (parents, *resources[start : start + BATCH]):
            some = some.with_resource(item)
        found |= templates.render(some)
    return found


def of_host(templates: Templates, service: Manifest) -> dict[str, str]:
    """The same resources in somebody else's project, with the service's settings of Prettier."""
    tree = templates.render(service)
    settings = {path: tree[path] for path in (".prettierrc.json", ".prettierignore")}
    other = {f"beside/{path}": text for path, text in templates.render(beside(service)).items()}
    six = templates.render(hosted(service, prisma="6", prisma_client="@prisma/client"))
    other |= {f"six/{path}": text for path, text in six.items()}
    bare = templates.render(replace(service, service=False, host={"local_stack": "no"}))
    other |= {f"bare/{path}": text for path, text in bare.items()}
    return {**other, **templates.render(hosted(service, table_prefix="app_")), **settings}


def write(folder: Path, trees: list[dict[str, str]]) -> int:
    """Puts each text once into a folder that Prettier knows; returns how many there are."""
    found: dict[str, str] = {}
    for tree in trees:
        settings = tree.pop(".prettierrc.json")
        ignored = tree.pop(".prettierignore").split()
        assert (folder / ".prettierrc.json").exists() is False or settings == (
            folder / ".prettierrc.json"
        ).read_text()
        (folder / ".prettierrc.json").write_text(settings)
        for path, text in tree.items():
            name = Path(path).name
            if name not in ignored and Path(path).parts[0] + "/" not in ignored:
                found[hashlib.sha256(text.encode()).hexdigest()[:16] + "-" + name] = text
    for name, text in found.items():
        (folder / name).write_text(text)
    return len(found)


def documents() -> list[Path]:
    """Those whose projects Prettier looks at."""
    templates = CHECKOUT
    return [
        path
        for path in (*AGENTS, *MIXTURES)
        if templates.context(manifest_of(path, templates))["conventions"]["stack"]["framework"]
        == "nextjs"
    ]


@pytest.fixture(scope="module")
def prettier(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The program, at the version that the service pins."""
    folder = tmp_path_factory.mktemp("prettier")
    npm(folder, "install", "--no-save", "prettier@3.10.1")
    return folder / "node_modules/prettier/bin/prettier.cjs"


def differing(prettier: Path, folder: Path) -> list[str]:
    """Files that Prettier would change."""
    done = subprocess.run(
        ["node", str(prettier), "--list-different", "--ignore-unknown", "."],
        cwd=folder,
        env=node_env(),
        capture_output=True,
        text=True,
    )
    assert done.returncode in (0, 1), done.stderr
    return done.stdout.split()


def test_random_resources_are_formatted(prettier: Path, tmp_path: Path) -> None:
    templates, dice = CHECKOUT, random.Random(SEED)
    resources = at_random(40 * len(documents()))
    trees = []
    for number, path in enumerate(documents()):
        some = dice.sample(resources, 60 if SOAK else 15)
        for turn in range(3 if SOAK else 1):
            alias = ALIASES[(number + DAY + turn) % 3]
            trees.append(render(templates, path, some, alias))
        project = rich(manifest_of(path, templates))
        trees += [templates.render(project), templates.render(evolved(project, templates))]
        trees.append(of_host(templates, project))
    assert write(tmp_path, trees) > 100 * len(documents())
    assert differing(prettier, tmp_path) == []


def test_the_length_grid_is_formatted(prettier: Path, tmp_path: Path) -> None:
    templates = CHECKOUT
    trees = []
    for number, path in enumerate(documents()):
        share = 1 if SOAK else 12 if path in AGENTS else 16
        lengths = [length for length in LENGTHS if (length + number + DAY) % share == 0]
        trees.append(render(templates, path, grid(lengths)))
        if (number + DAY) % 3 == 0:
            project = manifest_of(path, templates)
            for item in grid(lengths[:2]):
                project = project.with_resource(item)
            trees.append(of_host(templates, project))
    assert write(tmp_path, trees) > 200 * len(documents())
    assert differing(prettier, tmp_path) == []


def test_what_was_renamed_is_formatted(prettier: Path, tmp_path: Path) -> None:
    templates = CHECKOUT
    trees = []
    for number, path in enumerate(documents()):
        share = 1 if SOAK else 8 if path in AGENTS else 40
        lengths = [length for length in LENGTHS if (length + number + DAY) % share == 0]
        some = [renamed(item, DAY % 39 + 1) for item in grid(lengths)]
        tree = render(templates, path, some, ALIASES[(number + DAY) % 3])
        # Elsewhere nothing shows what the database calls them.
        kept = ("db/", "repository.ts", "factories/", ".prettier")
        trees.append({key: text for key, text in tree.items() if any(one in key for one in kept)})
    assert write(tmp_path, trees) > 20 * len(documents())
    assert differing(prettier, tmp_path) == []


def test_what_asks_their_sign_in_is_formatted(prettier: Path, tmp_path: Path) -> None:
    templates, trees = CHECKOUT, []
    service = manifest_of(documents()[0], templates)
    settings = {
        path: text
        for path, text in templates.render(service).items()
        if path.startswith(".prettier")
    }
    for number, kind in enumerate(AUTH_KINDS):
        for length in range(1, 51, 7 if not SOAK else 1):
            alias = ALIASES[(number + length + DAY) % 3]
            host = {"auth": f"{alias}{'m' * length}#{'n' * length}", "auth_kind": kind}
            manifest = replace(service, service=False, alias=alias, host=host)
            # What a project gets follows from its resources.
            manifest = manifest.with_resource(
                Resource("notes", "note", (parse_field("name:string"),))
            )
            trees.append({**settings, **templates.render(manifest)})
    assert write(tmp_path, trees) > 50
    assert differing(prettier, tmp_path) == []


@pytest.mark.parametrize("width", [99, 101])
def test_a_width_off_by_one_is_found(width: int, prettier: Path, tmp_path: Path) -> None:
    templates = tmp_path / "templates"
    for part in ("templates", "agents"):
        shutil.copytree(ROOT / part, templates / part)
    shutil.copy2(ROOT / "copier.yml", templates)
    macros = templates / "templates/parts/text.jinja"
    text = macros.read_text()
    assert "width = 100" in text
    macros.write_text(text.replace("width = 100", f"width = {width}"))
    (tmp_path / "out").mkdir()
    tree = render(Templates(templates), documents()[0], grid(range(16, 41, 4)))
    write(tmp_path / "out", [tree])
    assert differing(prettier, tmp_path / "out") != []
