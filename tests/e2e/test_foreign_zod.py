"""A project on the first zod 3 that has `zod/v4`: the generated code has types there, and passes its tests."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import Run
from tests.e2e.host import host
from tests.e2e.shell import npm
from tests.support.projects import EVERY_TYPE

pytestmark = pytest.mark.slow


def test_the_first_zod_3_with_the_code_of_4(run: Run, tmp_path: Path) -> None:
    app = host(tmp_path, {"src/app/.keep": ""}, zod="3.25.20")
    for words in (
        ["assessments", *EVERY_TYPE],
        ["tags", "name:string!", "--public", "--paginate", "cursor"],
    ):
        done = run(
            ["endpoint", *words, "--style", "clerk", "--set", "code.server_actions=true"], app
        )
        assert done.returncode == 0, done.stderr
    assert "from 'zod/v4'" in (app / "src/resources/assessments/schema.ts").read_text()
    npm(app, "run", "db:generate")
    npm(app, "run", "typecheck")
    npm(app, "test")
