"""The watch over the slow tests' time, and the packages that they share."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tests.support import packages
from tests.support.shares import DOWNLOADS, MOST, SHARES, Shares, area_of, turn_of


def report(nodeid: str, seconds: float, waited: float = 0, mark: str = "slow") -> Any:
    """A part of a test, as pytest reports it."""
    waits = [(DOWNLOADS, waited)]
    return SimpleNamespace(
        nodeid=nodeid, duration=seconds, user_properties=waits, keywords={mark: 1}
    )


def test_a_subject_is_one_turn_and_another_file_is_one() -> None:
    gates = [
        f"tests/e2e/test_gates.py::{name}"
        for name in ("test_gate[json_api-install]", "test_gate[json_api-types]", "test_x[json_api]")
    ]
    assert {turn_of(nodeid) for nodeid in gates} == {"tests/e2e/test_gates.py[json_api]"}
    assert turn_of("tests/e2e/test_gates.py::test_gate[clerk-install]") != turn_of(gates[0])
    assert turn_of("tests/e2e/test_evolve.py::test_y") == "tests/e2e/test_evolve.py[test_y]"
    assert turn_of("tests/test_undo.py::test_z[a-b]") == "tests/test_undo.py"


def test_what_begins_first() -> None:
    names = ["tests/test_cases.py::a", "tests/test_undo.py::b", "x/test_gates.py::c[d]"]
    items: list[Any] = [SimpleNamespace(nodeid=name, keywords={"slow": 1}) for name in names]
    Shares().pytest_collection_modifyitems(items)
    assert [item.nodeid for item in items] == names[::-1]


def test_an_area_that_takes_twice_its_share_fails_the_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SCAFFOLD_SOAK", raising=False)
    most = MOST * SHARES["gates"][0]
    shares = Shares()
    session: Any = SimpleNamespace(exitstatus=0)
    shares.pytest_runtest_logreport(report("tests/e2e/test_gates.py::a", most + 60, 60))
    shares.pytest_runtest_logreport(report("tests/e2e/test_gates.py::c", most, mark="quick"))
    shares.pytest_sessionfinish(session)
    assert (shares.over(), session.exitstatus) == ([], 0)

    shares.pytest_runtest_logreport(report("tests/e2e/test_gates.py::b", 1))
    monkeypatch.setenv("SCAFFOLD_SOAK", "1")
    shares.pytest_sessionfinish(session)
    assert (shares.over(), session.exitstatus) == (["gates"], 0)
    monkeypatch.delenv("SCAFFOLD_SOAK")
    shares.pytest_sessionfinish(session)
    assert session.exitstatus == pytest.ExitCode.TESTS_FAILED


def test_a_slow_machine_fails_no_area() -> None:
    shares = Shares()
    for area, (share, _) in SHARES.items():
        shares.seconds[area] = 3 * share
    assert shares.over() == []
    shares.seconds["gates"] *= 10
    assert shares.over() == ["gates"]


def test_every_slow_file_is_somewhere_and_every_pattern_is_used() -> None:
    files = [path.name for path in Path(__file__).parents[1].rglob("test_*.py")]
    found = {area_of(f"tests/{name}::test") for name in files}
    assert found == {*SHARES}


def test_packages_are_made_once(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv(packages.FOLDER, str(tmp_path / "shared"))
    with pytest.raises(ZeroDivisionError), packages.once("a") as (folder, ready):
        (folder / "half").touch()
        assert not ready and 1 / 0
    with packages.once("a") as (folder, ready):
        assert not ready and not (folder / "half").exists()
        (folder / "whole").touch()
    with packages.once("a") as (folder, ready):
        assert ready and (folder / "whole").exists()
    packages.seconds_since()
    assert packages.seconds_since() == 0


def test_a_copy_shares_its_files_but_not_what_npm_writes(tmp_path: Path) -> None:
    (tmp_path / "a/next").mkdir(parents=True)
    for name in ("next/index.js", ".package-lock.json"):
        (tmp_path / "a" / name).write_text("{}")
    packages.link(tmp_path / "a", tmp_path / "b")
    same = {
        path.name: path.samefile(tmp_path / "a" / path.relative_to(tmp_path / "b"))
        for path in (tmp_path / "b").rglob("*")
        if path.is_file()
    }
    assert same == {"index.js": True, ".package-lock.json": False}


def test_programs_of_a_copied_environment_are_its_own(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    made = tmp_path / "made/.venv"
    (made / "bin").mkdir(parents=True)
    (made / "bin/python").symlink_to("/usr/bin/env")
    (made / "bin/mypy").write_text(f"#!{made}/bin/python\n")
    (made / "bin/mypy").chmod(0o755)
    (made / "pyvenv.cfg").write_text(f"command = python -m venv {made}\n")
    monkeypatch.setattr(packages, "python", lambda words: made / "bin/python")
    packages.seed_python(tmp_path, ["mypy"])
    program = tmp_path / ".venv/bin/mypy"
    assert program.read_text() == f"#!{tmp_path}/.venv/bin/python\n"
    assert program.stat().st_mode & 0o111
    assert str(made) in (made / "bin/mypy").read_text()
    assert str(tmp_path / ".venv") in (tmp_path / ".venv/pyvenv.cfg").read_text()


def test_two_versions_of_a_package_are_refused() -> None:
    package: dict[str, Any] = {"dependencies": {"next": "16.0.0"}}
    packages.merge(package, {"dependencies": {"zod": "4.0.0"}, "scripts": {"a": "b"}})
    assert package == {"dependencies": {"next": "16.0.0", "zod": "4.0.0"}}
    with pytest.raises(AssertionError, match=r"next is 16\.0\.0 in one project and 16\.0\.1 in"):
        packages.merge(package, {"dependencies": {"next": "16.0.1"}})
