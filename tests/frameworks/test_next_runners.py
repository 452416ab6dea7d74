"""Which configurations of jest, vitest and playwright take our tests, or count our code."""

from __future__ import annotations

from pathlib import Path

import pytest

from scaffold.frameworks.next_runners import runner_notes
from scaffold.planning.plan import Action, FileChange, Plan

OURS = ("tests/resources/grades.contract.ts", "src/lib/api/respond.ts")
PLAN = Plan(changes=tuple(FileChange(path, Action.CREATE, None, b"") for path in OURS))


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("jest.config.js", "module.exports = { testEnvironment: 'jsdom' };"),
        ("jest.config.ts", "testMatch: ['**/?(*.)+(spec|test).[jt]s?(x)', '**/__tests__/**/*.ts']"),
        ("jest.config.ts", "testRegex: '(/__tests__/.*|(\\\\.|/)(test|spec))\\\\.[jt]sx?$'"),
        ("jest.config.mjs", "testMatch: ['<rootDir>/src/**/*.ts']"),
        ("jest.config.js", "coverageThreshold: { global: { lines: 80 } }"),
        ("vitest.config.ts", "test: { include: ['**/*.{test,spec}.?(c|m)[jt]s?(x)'] }"),
        ("vitest.config.mts", "test: { include: ['tests/**/*.test.ts'], exclude: ['e2e/**'] }"),
        ("playwright.config.ts", "testDir: './tests', testMatch: '**/*.spec.ts'"),
        ("playwright.config.ts", "testDir: './tests'"),
        ("playwright.config.ts", "testMatch: /.*\\.e2e\\.ts/"),
        ("package.json", '{"jest": {"testMatch": ["**/*.test.ts"]}}'),
        ("package.json", "{{{{"),
        ("vite.config.ts", "include: ['" + "**/*" * 10_000 + "']"),
    ],
)
def test_a_runner_that_leaves_ours_alone(file: str, text: str, tmp_path: Path) -> None:
    (tmp_path / file).write_text(text)
    assert runner_notes(tmp_path, PLAN) == ()


@pytest.mark.parametrize(
    ("file", "text", "line"),
    [
        ("jest.config.js", "testMatch: ['**/tests/**/*.[jt]s']", "testPathIgnorePatterns"),
        (
            "jest.config.js",
            "testMatch: ['<rootDir>/tests/**/*.{ts,tsx}']",
            "testPathIgnorePatterns",
        ),
        ("jest.config.ts", "testRegex: '/tests/.*\\\\.ts$'", "testPathIgnorePatterns"),
        ("package.json", '{"jest": {"testMatch": ["**/tests/**"]}}', "testPathIgnorePatterns"),
        ("vitest.config.ts", "test: { include: ['tests/**/*.ts'] }", "exclude: ["),
        ("vite.config.mjs", "test: { include: ['**/*.?(c|m)ts'] }", "exclude: ["),
        ("playwright.config.ts", "testDir: 'tests', testMatch: '**/*.ts'", "testIgnore"),
        ("playwright.config.ts", "testMatch: /.*\\.ts/", "testIgnore"),
        (
            "jest.config.js",
            "testMatch: [\n  // units\n  '**/*.unit.[jt]s?(x)',\n  '<rootDir>/tests/**/*',\n]",
            "testPathIgnorePatterns",
        ),
        (
            "jest.config.js",
            "collectCoverageFrom: ['src/**/*.{ts,tsx}'],\n coverageThreshold: {global: {lines: 80}}",
            "coveragePathIgnorePatterns",
        ),
        (
            "vitest.config.ts",
            "coverage: { include: ['src/**'], thresholds: { lines: 80 } }",
            "coverage.exclude",
        ),
    ],
)
def test_a_runner_that_needs_a_line(file: str, text: str, line: str, tmp_path: Path) -> None:
    (tmp_path / file).write_text(text)
    notes = runner_notes(tmp_path, PLAN)
    assert len(notes) == 1
    assert notes[0].startswith(f"{file}: ")
    assert line in notes[0]


def test_only_with_the_first_tests(tmp_path: Path) -> None:
    (tmp_path / "jest.config.js").write_text("testMatch: ['**/tests/**']")
    assert runner_notes(tmp_path, Plan()) == ()
    later = Plan(changes=(FileChange(OURS[0], Action.MERGE, b"a", b"b"),))
    assert runner_notes(tmp_path, later) == ()


def test_patterns_that_would_take_long(tmp_path: Path) -> None:
    braces = "{a,b}" * 40
    stars = "*a" * 90
    (tmp_path / "jest.config.js").write_text(
        f"testMatch: ['{braces}*', '{stars}', '{'**/' * 60}*']"
    )
    runner_notes(tmp_path, PLAN)


def test_links_and_folders_of_theirs(tmp_path: Path) -> None:
    (tmp_path / "outside.js").write_text("testMatch: ['tests/**']")
    app = tmp_path / "app"
    (app / "vitest.config.ts").mkdir(parents=True)
    (app / "jest.config.js").symlink_to(tmp_path / "outside.js")
    assert runner_notes(app, PLAN) == ()
