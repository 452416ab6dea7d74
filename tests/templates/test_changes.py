"""One value in an agent's front matter changes the files of its list, and no other."""

from __future__ import annotations

import pytest

from tests.changes import CHANGES, SUBJECTS, committed, follows, frameworks

CASES = [(framework, name) for framework in frameworks() for name in CHANGES]


@pytest.mark.slow
@pytest.mark.parametrize(("framework", "name"), CASES)
def test_a_value_changes_the_files_of_its_list(framework: str, name: str) -> None:
    found = follows(SUBJECTS[framework], CHANGES[name])
    assert found == committed(framework)[name], "`make changes` writes the lists again"
    assert found


@pytest.mark.parametrize("framework", frameworks())
def test_every_list_is_of_a_change(framework: str) -> None:
    assert list(committed(framework)) == list(CHANGES)
