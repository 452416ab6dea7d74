"""The slow tests' time: each area has its share of a day's run, and two workers have turns of about the same length.

A share is in seconds of one worker, without the packages' downloads. The end of a run says what each area
took; an area that takes three times its share, by the pace of the run, fails it, except where SCAFFOLD_SOAK
asks for everything.
"""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Generator
from fnmatch import fnmatch
from pathlib import PurePath
from typing import Any

import pytest
from xdist.scheduler import LoadScopeScheduling

from tests.support import packages

# Areas in the order in which they begin: what takes long in a row comes first. The files' names decide.
SHARES: dict[str, tuple[int, tuple[str, ...]]] = {
    "gates": (350, ("test_gates.py",)),
    "resources": (250, ("test_evolve*.py", "test_prisma.py", "test_dual_storage.py")),
    "hosts": (350, ("test_foreign*.py", "test_hosts.py")),
    "values": (200, ("test_values.py", "test_formatting*.py")),
    "updates": (200, ("test_update*.py", "test_life.py", "test_resolve.py", "test_undo.py")),
    # Documents, and a reserve.
    "others": (250, ("*",)),
}
# Files whose tests go to any worker, those with the same first parameter to the same one.
SPLIT = (
    "test_gates.py",
    "test_evolve.py",
    "test_evolve_postgres.py",
    "test_evolve_fastapi.py",
    "test_foreign.py",
    "test_foreign_fastapi.py",
    "test_hosts.py",
    "test_prisma.py",
)
MOST = 3
DOWNLOADS = "packages"


def area_of(nodeid: str) -> str:
    """The area of a test."""
    name = PurePath(nodeid.partition("::")[0]).name
    return next(
        area
        for area, (_, patterns) in SHARES.items()
        if any(fnmatch(name, pattern) for pattern in patterns)
    )


def turn_of(nodeid: str) -> str:
    """What one worker does in a row: a file, or the tests of a file that share their first parameter."""
    file, _, name = nodeid.partition("::")
    if PurePath(file).name not in SPLIT:
        return file
    test, _, words = name.partition("[")
    return f"{file}[{words.rstrip(']').partition('-')[0] or test}]"


class Shares:
    """Hooks of pytest, for one run."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = defaultdict(float)

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_make_scheduler(self, config: pytest.Config, log: Any) -> Any:
        """Our own turns, where tests of a file stay together."""
        if config.getoption("dist") != "loadfile":
            return None
        config.option.loadscopereorder = False
        turns = LoadScopeScheduling(config, log)
        turns._split_scope = turn_of
        return turns

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Slow tests in the order of their areas' table."""
        order = list(SHARES)
        items.sort(
            key=lambda item: order.index(area_of(item.nodeid)) if "slow" in item.keywords else -1
        )

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self,
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Notes how long a part of a test waited for packages."""
        report = yield
        report.user_properties.append((DOWNLOADS, packages.seconds_since()))
        return report

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Adds a part of a slow test to its area."""
        if "slow" not in report.keywords:
            return
        waited = sum(float(str(value)) for key, value in report.user_properties if key == DOWNLOADS)
        self.seconds[area_of(str(report.nodeid))] += max(0, report.duration - waited)

    def over(self) -> list[str]:
        """Areas that took more than may be, by the pace of the whole run: a slow machine is no fault of an area."""
        shares = sum(share for share, _ in SHARES.values())
        pace = max(1, sum(self.seconds.values()) / shares)
        return [
            area for area, (share, _) in SHARES.items() if self.seconds[area] > MOST * share * pace
        ]

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """A run that takes too long fails."""
        if self.over() and not os.environ.get("SCAFFOLD_SOAK") and session.exitstatus == 0:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """What each area took."""
        if sum(self.seconds.values()) < SHARES["others"][0]:
            return
        terminalreporter.section("seconds of one worker, by area")
        for area, (share, _) in SHARES.items():
            used = self.seconds[area]
            more = " OVER ITS SHARE" if used > share else ""
            terminalreporter.line(
                f"{area:10} {used:6.0f} of {share}{more}", red=used > MOST * share
            )
