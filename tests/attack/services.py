"""A project's service as a target: started, with keys and a log that the tests know."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from tests.attack.attacker import Target
from tests.contract.tokens import issuer
from tests.e2e.stacks import API_KEY, LOCAL, ORIGIN, Stack

# The log is attacked, too.
SETTINGS = {**LOCAL, "LOG_LEVEL": "info"}


@contextmanager
def target(made: Stack, requests: int) -> Iterator[Target]:
    """The service of a project, on an embedded database that begins empty."""
    log = made.folder / "server.log"
    log.unlink(missing_ok=True)
    shutil.rmtree(made.folder / ".data", ignore_errors=True)
    with made.serve(**SETTINGS) as url:
        yield Target(
            made.spec,
            url,
            issuer(made.folder, SETTINGS, url),
            API_KEY,
            ORIGIN,
            made.folder / ".data",
            log,
            lambda **env: made.serve(**{**SETTINGS, **env}),
            requests,
        )
