"""Values of conventions in all pairs: types, lint, format; a project of changed values, with its own tests.

A day that it has has a quarter of the cover, four of them all of it; `SCAFFOLD_SOAK=1` (`make soak`) has it at once.
"""

from __future__ import annotations

import json
import os

import pytest

from tests.changes import CHANGES, SUBJECTS, frameworks, merged
from tests.e2e.shell import npm, run
from tests.e2e.workshop import CHECKS, Workshop
from tests.support.days import DAY, of_day
from tests.support.pairwise import cover
from tests.support.projects import CHECKOUT, CLERK, manifest_of, rich
from tools.node import node_env
from tools.source import ROOT

pytestmark = pytest.mark.slow

SHARE = 1 if os.environ.get("SCAFFOLD_SOAK") else 4


@pytest.fixture(scope="module")
def workshop(tmp_path_factory: pytest.TempPathFactory) -> Workshop:
    """Projects of the cover, and one of each framework with all changes at once."""
    made = Workshop(tmp_path_factory.mktemp("workshop"))
    templates = CHECKOUT
    for number, overrides in enumerate(cover(templates.schema)):
        if (number + DAY) % SHARE == 0:
            manifest = manifest_of(CLERK, templates, overrides)
            made.add(f"p{number:02}", templates.render(rich(manifest)))
    for framework in frameworks():
        path = ROOT / f"agents/{SUBJECTS[framework]}.md"
        manifest = manifest_of(path, templates, merged(*CHANGES.values()))
        made.add(f"changed-{framework}", templates.render(rich(manifest)))
    made.install()
    return made


def test_all_pairs_of_values_have_types_and_no_finding(workshop: Workshop) -> None:
    names = [name for name in workshop.projects if name.startswith("p")]
    assert workshop.check(names, CHECKS) == []


@pytest.mark.parametrize("framework", of_day(frameworks(), 1))
def test_own_tests_follow_changed_values(framework: str, workshop: Workshop) -> None:
    project = workshop.projects[f"changed-{framework}"]
    if framework == "nextjs":
        if "db:generate" in json.loads((project / "package.json").read_text())["scripts"]:
            npm(project, "run", "db:generate")
        npm(project, "test")
    else:
        program = str(workshop.folder / ".venv/bin/pytest")
        run([program, "-q"], project, {**node_env(), "PYTHONPATH": str(project)})


def test_the_shares_of_two_days_are_the_whole_cover() -> None:
    every = range(len(cover(CHECKOUT.schema)))
    days = [{number for number in every if (number + day) % 2 == 0} for day in (7, 8)]
    assert days[0] | days[1] == {*every}
