"""One file of resources at five versions: applied one after the other, or the last one on the first."""

from __future__ import annotations

from pathlib import Path

import pytest

from scaffold.manifest.manifest import load
from scaffold.support.project_files import MANIFEST
from tests.conftest import Run
from tests.support.days import of_day
from tests.support.projects import AGENTS

pytestmark = pytest.mark.slow

VERSIONS = (
    """
resources:
  courses: {fields: ['title:string{1..200}']}
  lessons: {fields: ['name:string{1..80}', 'points:int{0..10}', 'note:string?+']}
""",
    """
resources:
  courses: {fields: ['title:string{1..200}'], public: true}
  lessons:
    fields: ['name:string{1..80}', 'points:int{0..10}', 'note:string?+', 'level:enum(easy,hard)+=easy']
    rate_limit: 9/1m
    unique: [[owner, name]]
""",
    """
resources:
  courses: {fields: ['title:text'], public: true}
  rooms: {fields: ['name:string!', 'inside:ref(rooms)?']}
  lessons:
    fields: ['name:string{1..90}', 'points:bigint{0..10}', 'note:string?+', 'level:enum(easy,hard,odd)=odd']
    unique: [[owner, name]]
""",
    """
resources:
  courses: {fields: ['title:text', 'due:date?'], rate_limit: 7/1m}
  rooms: {fields: ['name:string?', 'inside:ref(rooms)?'], methods: [list, get]}
  lessons:
    fields: ['name:string{1..90}', 'points:bigint{0..20}', 'level:enum(easy,hard,odd)+=odd']
    soft_delete: true
    index: [[name, points]]
""",
    """
resources:
  courses: {fields: ['title:text', 'due:date?+', 'room:ref(rooms)?'], paginate: cursor}
  rooms: {fields: ['name:string?', 'inside:ref(rooms)?', 'course:ref(courses)?']}
  lessons:
    fields: ['name:string{1..90}', 'points:string{1..20}', 'level:enum(easy,hard,odd)+=odd']
    unique: [[name, level]]
""",
)


def applied(run: Run, project: Path, style: str, versions: tuple[str, ...]) -> dict[str, str]:
    """The project after those versions, without migrations.

    The last one again changes nothing, and neither does what `list --yaml` says.
    """
    project.parent.mkdir()
    made = run(["new", str(project), "--style", style], project.parent)
    assert made.returncode == 0, made.stderr
    file = project / "resources.yml"
    for text in versions:
        file.write_text(text)
        done = run(["apply", "resources.yml", "--drop"], project)
        assert done.returncode == 0, (text, done.stderr)
    again = run(["apply", "resources.yml", "--dry-run", "--json"], project)
    assert '"changes": []' in again.stdout, again.stdout
    listed = run(["list", "--yaml"], project)
    file.write_text(listed.stdout)
    same = run(["apply", "resources.yml", "--dry-run", "--json"], project)
    assert '"changes": []' in same.stdout, same.stdout
    manifest = load(project)
    assert manifest is not None
    return {
        str(path.relative_to(project)): path.read_text("utf-8")
        for path in sorted(project.rglob("*"))
        if path.is_file() and not {".git", ".scaffold", "migrations"} & {*path.parts}
        if path.name not in (MANIFEST, "resources.yml")
    }


@pytest.mark.parametrize("style", of_day([path.stem for path in AGENTS], 2))
def test_the_way_does_not_show(style: str, run: Run, tmp_path: Path) -> None:
    step_by_step = applied(run, tmp_path / "one/school", style, VERSIONS)
    at_once = applied(run, tmp_path / "two/school", style, (VERSIONS[0], VERSIONS[-1]))
    fresh = applied(run, tmp_path / "three/school", style, (VERSIONS[-1],))
    assert step_by_step == at_once
    assert fresh.keys() == {
        path for path in at_once if not path.endswith(("alter-column.ts", "fitting.py"))
    }
