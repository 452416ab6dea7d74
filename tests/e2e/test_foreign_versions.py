"""FastAPI projects on older packages: one text of the generated code keeps the contract there, and passes its tests."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from scaffold.frameworks.fastapi.needs import NEEDS
from tests.conftest import Run
from tests.e2e.shell import run as call
from tests.e2e.stacks import stack
from tests.support import packages
from tests.support.days import SOAK, of_day
from tests.support.projects import AGENTS, MIXTURES, commands
from tools.source import commit, git

pytestmark = pytest.mark.slow

# Besides the lowest that we ask for, what people had installed together; the newest is in all other tests.
OLDEST = "oldest"
VERSIONS = {
    # The first need of a package is that of who names it.
    OLDEST: {need.package: need.lowest for need in reversed(NEEDS)},
    "0.118": {
        "fastapi": "0.118.0",
        # 2.10.0 alone calls no default factory for FastAPI, so a filter that is left out ends in its ValueError.
        "pydantic": "2.10.1",
        "pydantic-settings": "2.6.0",
        "sqlalchemy": "2.0.30",
        "alembic": "1.13.0",
    },
    "0.120": {
        "fastapi": "0.120.0",
        "pydantic": "2.12.0",
        "pydantic-settings": "2.11.0",
        "sqlalchemy": "2.0.44",
        "alembic": "1.16.0",
    },
    "0.121": {"fastapi": "0.121.0", "pydantic": "2.12.5", "sqlalchemy": "2.1.0"},
}
# From here on SQLAlchemy's own types are good enough for `mypy --strict`.
TYPED = ("0.120", "0.121")
# Their envelopes, ids and queries differ.
DOCUMENTS = [path for path in (*AGENTS, *MIXTURES) if path.stem in ("fastapi", "freight", "stalls")]
EVERY = [
    pytest.param(version, document, id=f"{version}-{document.stem}")
    for version in (VERSIONS if SOAK else [OLDEST])
    for document in DOCUMENTS
]
TYPES = {"mypy==2.4.1", "asyncpg-stubs==0.32.0"}


@pytest.mark.parametrize(("version", "document"), of_day(EVERY, 1))
def test_the_contract_on_older_packages(
    version: str, document: Path, run: Run, tmp_path: Path
) -> None:
    project = tmp_path / "shop"
    project.mkdir()
    (project / "main.py").write_text("from fastapi import FastAPI\n\napp = FastAPI()\n")
    (project / "requirements.txt").write_text("fastapi\nuvicorn==0.54.0\n")
    (project / "requirements-dev.txt").write_text("")
    git(project, "init", "--quiet", "--initial-branch=main")
    commit(project, "Shop")
    style = document.stem if document in AGENTS else str(document)

    def scaffold(*words: str) -> None:
        done = run(words, project)
        assert done.returncode == 0, (words, done.stderr)

    scaffold(*commands()[0], "--style", style, "--local-stack")
    _pin(project, version)
    roles = stack(project).spec.provider_roles
    for words in commands(roles[-1] if roles else "editor")[1:]:
        scaffold(*words)
    named = [
        line for path in project.glob("requirements*.txt") for line in path.read_text().split()
    ]
    packages.seed_python(project, {*named, *(TYPES if version in TYPED else ())})
    ours = stack(project)
    with ours.serve() as url:
        ours.contract(url)
    python = str(project / ".venv/bin/python")
    call([python, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests/endpoints"], project)
    if version in TYPED:
        call([python, "-m", "mypy", "--strict", "rest"], project)


@pytest.mark.parametrize("version", of_day([*VERSIONS], 1))
def test_tests_of_the_library_on_older_packages(version: str, run: Run, tmp_path: Path) -> None:
    service = tmp_path / "service"
    assert run(["new", str(service), "--style", "fastapi"], tmp_path).returncode == 0
    names = {word.partition("==")[0]: word for word in packages.requirements(service)}
    # FastAPI brings its own.
    del names["starlette"]
    for name in names:
        if known := VERSIONS[version].get(name.partition("[")[0]):
            names[name] = f"{name}=={known}"
    python = str(packages.python({*names.values()}))
    env = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
    call([python, "-m", "pytest", "-q", "--no-cov", "-p", "no:cacheprovider"], service, env)


def _pin(project: Path, version: str) -> None:
    """Pins what the project names, as far as the set has it; the oldest has all that we ask for at its lowest."""
    for path in project.glob("requirements*.txt"):
        lines = []
        for line in path.read_text().split():
            match = re.fullmatch(r"([\w-]+)(\[\w+\])?(?:>=(.+))?", line)
            if match:
                lowest = match[3] if version == OLDEST else None
                known = lowest or VERSIONS[version].get(match[1])
                line = f"{match[1]}{match[2] or ''}=={known}" if known else line
            lines.append(line)
        path.write_text("\n".join(lines) + "\n")
    commit(project, "Pins")
