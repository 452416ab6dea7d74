"""What a project's Ruff, pytest and coverage say of our package, and the line that leaves it out."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from itertools import chain
from pathlib import Path

import pytest

from scaffold.frameworks.fastapi.host_checks import (
    NEWER,
    OUR_CODE,
    OUR_TESTS,
    leave_out,
    pytest_options,
    take_back,
)
from scaffold.manifest.table_history import recorded
from scaffold.planning.plan import Action, FileChange, Plan
from tests.support.projects import AGENTS, CHECKOUT, MIXTURES, is_nextjs, manifest_of, rich


def plan(width: int = 88) -> Plan:
    files = {"app/rest/core/a.py": "x" * width, "tests/endpoints/contract.py": "y = 1"}
    return Plan(
        changes=tuple(
            FileChange(path, Action.CREATE, None, text.encode()) for path, text in files.items()
        )
    )


def notes(root: Path, files: dict[str, str], width: int = 88) -> tuple[str, ...]:
    for path, text in files.items():
        (root / path).write_text(text)
    return leave_out(root, plan(width), "app/rest").notes


def lines(root: Path, files: dict[str, str]) -> list[str]:
    """The lines that come to these files; `take_back` gives them back as they were."""
    for path, text in files.items():
        (root / path).write_text(f"{text}\n")
    found = []
    changes = [one for one in leave_out(root, plan(), "app/rest").changes if one.before is not None]
    for change in changes:
        before, after = (change.before or b"").decode(), (change.after or b"").decode()
        found += [line for line in after.splitlines() if line not in before.splitlines()]
        (root / change.path).write_text(after)
    back = {one.path: one.after for one in take_back(root, Plan(()), "app/rest").changes}
    assert back == {one.path: one.before for one in changes}
    return found


@pytest.mark.parametrize(
    "lint",
    [
        "",
        "[tool.ruff]\nline-length = 100",
        '[tool.ruff.lint]\nselect = ["E", "F", "I", "B", "UP", "C4", "SIM", "ASYNC", "RUF", "PIE"]',
        '[tool.ruff]\nselect = ["E"]\nextend-ignore = ["E501"]',
        # FastAPI's own template of a project.
        '[tool.ruff.lint]\nselect = ["E", "W", "F", "I", "B", "C4", "UP", "ARG001", "T201"]',
        '[tool.ruff]\nextend-exclude = ["app/rest", "tests/endpoints"]\nlint.select = ["ALL"]',
        '[tool.ruff]\nexclude = ["app", "tests"]\nlint.select = ["ALL"]',
        '[tool.ruff.lint]\nselect = ["S", "F"]\nignore = ["S1"]',
        '[tool.ruff.lint]\nselect = ["ALL"]\n[tool.ruff.lint.per-file-ignores]\n'
        '"app/rest/**" = ["ALL"]\n"tests/*" = ["ALL"]',
        '[tool.ruff.lint]\nselect = ["I"]\nisort = {known-first-party = ["app"], force-to-top = []}',
        '[tool.ruff.lint]\nselect = ["E"]\nisort = {force-single-line = true}',
        '[tool.ruff.lint]\nselect = ["I"]\nisort = {force-single-line = false}',
        "[tool.ruff]\nlint = 7",
        '[tool.ruff.lint]\nselect = "ALL"\nignore = ["ALL"]',
        "[tool.ruff",
    ],
)
def test_a_ruff_that_our_code_passes(lint: str, tmp_path: Path) -> None:
    assert notes(tmp_path, {"pyproject.toml": lint}) == ()


@pytest.mark.parametrize(
    ("files", "says", "line"),
    [
        (
            {"pyproject.toml": '[tool.ruff]\nselect = ["I"]\nisort.force-single-line = true'},
            "Ruff checks I001,",
            'exclude = ["app/rest", "tests/endpoints"]',
        ),
        (
            {"ruff.toml": 'lint.select = ["I"]\nlint.isort.required-imports = ["import os"]'},
            "Ruff checks I002,",
            'lint.exclude = ["app/rest", "tests/endpoints"]',
        ),
        (
            {"pyproject.toml": '[tool.ruff.lint]\nselect = ["ALL"]'},
            "Ruff checks A002, ARG002, ARG005 and",
            'exclude = ["app/rest", "tests/endpoints"]',
        ),
        (
            {"ruff.toml": 'lint.extend-select = ["TRY003"]', "pyproject.toml": "[tool.ruff]"},
            "ruff.toml: Ruff checks TRY003,",
            'lint.exclude = ["app/rest"]',
        ),
        # The most precise word counts, whatever the order.
        (
            {"pyproject.toml": '[tool.ruff.lint]\nselect = ["ARG002"]\nignore = ["ARG"]'},
            "Ruff checks ARG002,",
            'exclude = ["app/rest"]',
        ),
        (
            {
                "pyproject.toml": '[tool.ruff.lint]\nselect = ["S"]\nper-file-ignores = {"tests/*" = ["S"]}'
            },
            "Ruff checks S101,",
            'exclude = ["app/rest"]',
        ),
    ],
)
def test_a_ruff_that_it_does_not_pass(
    files: dict[str, str], says: str, line: str, tmp_path: Path
) -> None:
    (note,) = notes(tmp_path, files)
    assert says in note and "leaves it out now" in note
    assert line in lines(tmp_path, files)


def test_long_lines_count_by_their_width(tmp_path: Path) -> None:
    width = '[tool.ruff]\nline-length = 79\nlint.select = ["E"]'
    assert "E501" in notes(tmp_path, {"pyproject.toml": width}, width=80)[0]
    assert notes(tmp_path, {"pyproject.toml": width}, width=79) == ()


@pytest.mark.parametrize(
    ("file", "lines", "line"),
    [
        (".flake8", "", "app/rest"),
        ("setup.cfg", "max_line_length = 79  ", "app/rest"),
        ("tox.ini", "max-line-length = wide", "app/rest"),
        ("tox.ini", "max-line-length = 80", None),
        (".flake8", "extend-ignore = E203, E501", None),
        (".flake8", "ignore = E5", None),
        (".flake8", "exclude = .git,app/rest", None),
        (".flake8", "extend-exclude =\n    app,\n    tests", None),
    ],
)
def test_flake8(file: str, lines: str, line: str | None, tmp_path: Path) -> None:
    found = notes(tmp_path, {file: f"[flake8]\n{lines}\n"}, width=80)
    assert bool(found) is (line is not None)
    if line:
        assert f"{file}: flake8 checks E501" in found[0]
        assert f"`extend-exclude = {line}` in [flake8]" in found[0]


def test_the_rules_that_our_text_breaks_are_listed(tmp_path: Path) -> None:
    """Ruff itself, with all of its rules, finds nothing that a note does not count."""
    templates = CHECKOUT
    found: dict[str, set[str]] = {"rest": set(), "tests": set()}
    for path in (one for one in (*AGENTS, *MIXTURES) if not is_nextjs(one)):
        start = replace(manifest_of(path, templates), service=False, source="rest", alias="rest")
        values = templates.context(start)["conventions"]
        tree = templates.render(recorded(start, rich(start), values, values))
        for name, text in tree.items():
            file = tmp_path / path.stem / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text)
        for folder, codes in found.items():
            ruff = [str(Path(sys.executable).with_name("ruff")), "check", "--isolated"]
            ruff += ["--select=ALL", "--output-format=json", "--no-cache"]
            for target in ("py310", *(f"py3{minor}" for _, minor in NEWER)):
                done = subprocess.run(
                    [*ruff, f"--target-version={target}", folder],
                    cwd=tmp_path / path.stem,
                    capture_output=True,
                    text=True,
                )
                newer = (codes for since, codes in NEWER.items() if target >= f"py3{since[1]}")
                codes |= {found["code"] for found in json.loads(done.stdout)} - {*chain(*newer)}
    assert found["rest"] <= {*OUR_CODE}
    assert found["tests"] <= {*OUR_TESTS}


@pytest.mark.parametrize(
    ("config", "found"),
    [
        ('[tool.ruff]\ntarget-version = "py312"\nlint.select = ["UP"]', ["UP046, UP047"]),
        (
            '[project]\nrequires-python = ">=3.12,<4"\n[tool.ruff.lint]\nselect = ["UP"]',
            ["UP046, UP047"],
        ),
        ('[tool.ruff]\ntarget-version = "py311"\nlint.select = ["UP"]', []),
        ('[project]\nrequires-python = ">=3.10"\n[tool.ruff.lint]\nselect = ["UP"]', []),
        ('[tool.ruff]\ntarget-version = "py312"\nlint.select = ["E"]', []),
    ],
)
def test_rules_for_a_newer_python(config: str, found: list[str], tmp_path: Path) -> None:
    said = notes(tmp_path, {"pyproject.toml": config})
    assert [one.partition("Ruff checks ")[2].partition(", which")[0] for one in said] == found


GATED = '[tool.pytest.ini_options]\naddopts = ["-ra", "--cov=app", "--cov-fail-under=80"]'


@pytest.mark.parametrize(
    ("files", "where"),
    [
        ({"pyproject.toml": GATED}, "[tool.coverage.run] of pyproject.toml"),
        (
            {
                "pytest.ini": "[pytest]\naddopts = --cov --cov-fail-under=80\n",
                ".coveragerc": "[run]\n",
            },
            "[run] of .coveragerc",
        ),
        (
            {"pyproject.toml": '[tool.coverage]\nrun.source = ["app"]\nreport.fail_under = 90'},
            "[tool.coverage.run] of pyproject.toml",
        ),
    ],
)
def test_a_threshold_of_coverage(files: dict[str, str], where: str, tmp_path: Path) -> None:
    (note,) = notes(tmp_path, files)
    if where.endswith(".toml"):
        assert f"`omit` in {where} leaves it out now" in note
        (line,) = (line for line in lines(tmp_path, files) if "omit" in line)
        assert line.endswith('omit = ["app/rest/*"]')
    else:
        assert f'leave it out with `omit = ["app/rest/*"]` in {where}' in note


@pytest.mark.parametrize(
    "text",
    [
        GATED.replace(', "--cov-fail-under=80"', ""),
        GATED.replace("--cov=app", "--cov=worker"),
        GATED + '\n[tool.coverage.run]\nomit = ["app/rest/*"]',
        GATED + '\n[tool.coverage.run]\nomit = ["*/rest/*"]',
        "[tool.pytest]\nini_options = 3",
    ],
)
def test_coverage_that_leaves_ours_alone(text: str, tmp_path: Path) -> None:
    assert notes(tmp_path, {"pyproject.toml": text}) == ()


def test_only_with_the_first_endpoint(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text(GATED)
    assert leave_out(tmp_path, Plan(), "app/rest") == Plan()


@pytest.mark.parametrize(
    ("files", "options"),
    [
        ({}, ""),
        ({"pyproject.toml": GATED}, "-ra --cov=app --cov-fail-under=80"),
        ({"pytest.ini": "[pytest]\naddopts = -q\n  --cov\n", "pyproject.toml": GATED}, "-q\n--cov"),
        ({"pytest.ini": "[pytest]\n", "pyproject.toml": GATED}, ""),
        ({"setup.cfg": "[tool:pytest]\naddopts = --cov=x\n"}, "--cov=x"),
        ({"tox.ini": "[pytest\naddopts = %(x)s"}, ""),
    ],
)
def test_options_of_pytest(files: dict[str, str], options: str, tmp_path: Path) -> None:
    for path, text in files.items():
        (tmp_path / path).write_text(text)
    assert pytest_options(tmp_path) == options
