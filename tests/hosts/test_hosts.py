"""Each host has its row, and a few of them are walked through each day; `make hosts` takes all of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.hosts import table
from tests.hosts.__main__ import same
from tests.hosts.answers import Answer, difference
from tests.hosts.host import Host, expected, hosts
from tests.hosts.walk import Walk, first_line
from tests.support.days import of_day

HOSTS = hosts()


def test_every_host_has_its_row() -> None:
    outcomes = expected()
    assert [*outcomes] == [*HOSTS], "python -m tests.hosts --write NAME"
    assert table.TABLE.read_text() == table.page(HOSTS, outcomes)


@pytest.mark.parametrize("host", HOSTS.values(), ids=lambda host: host.name)
def test_a_host_says_what_it_is(host: Host) -> None:
    assert host.checks and host.routes
    assert "{port}" in host.serve
    for route in host.routes:
        assert route.split()[1].startswith("/")


def test_of_a_failure_the_steps_count() -> None:
    assert same("works", "works")
    assert same("fails: steps: `npm test` ends with 1", "fails: steps: `npm test` ends with 2")
    assert not same("fails: steps: `npm test` ends with 1", "fails: checks after: no")
    assert not same("works", "fails: steps: `npm test` ends with 1")


def test_a_reason_is_one_line_without_a_path_of_this_machine() -> None:
    text = "`npm run build` ends with 1\nCompiling\nsrc/a.ts(1,2): error TS2304 in /srv/x/src/a.ts\nmore"
    line = first_line(text)
    assert line == "`npm run build` ends with 1: src/a.ts(1,2): error TS2304 in …/a.ts"


def test_a_route_that_answers_otherwise_is_named() -> None:
    before = {"GET /": Answer(200, "text/html", "", "Hello")}
    assert difference(before, before) == ""
    after = {"GET /": Answer(404, "text/html", "", "Hello")}
    assert difference(before, after).startswith("GET / answered 200")


@pytest.mark.slow
@pytest.mark.parametrize(
    # `make soak` has no more, as `make hosts` has all.
    "host",
    of_day([*HOSTS.values()], 1, soak=False),
    ids=lambda host: host.name,
)
def test_a_host_of_the_day(host: Host, tmp_path: Path) -> None:
    walk = Walk(host, tmp_path / "repository")
    outcome = walk.run()
    assert same(outcome, expected()[host.name]), (outcome, walk.failures)
