"""Projects on other versions of their packages than ours: the generated code has types there, and passes its tests."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import Run
from tests.e2e.host import host
from tests.e2e.shell import npm
from tests.support.days import of_day
from tests.support.projects import EVERY_TYPE

pytestmark = pytest.mark.slow

DRIZZLE = {
    "drizzle.config.ts": "export default { schema: './src/db/*.ts', dialect: 'postgresql' };\n",
    "src/db/index.ts": (
        "import { drizzle } from 'drizzle-orm/pglite';\n\nexport const db = drizzle('memory://');\n"
    ),
    "src/db/posts.ts": (
        "import { pgTable, text } from 'drizzle-orm/pg-core';\n\n"
        "export const posts = pgTable('posts', { id: text('id').primaryKey() });\n"
    ),
    "src/app/.keep": "",
}
HOSTS = {
    # The first zod 3 that has `zod/v4`.
    "zod": ({"src/app/.keep": ""}, {"zod": "3.25.20"}),
    # The first Drizzle with decimals as numbers.
    "drizzle": (DRIZZLE, {"drizzle-orm": "0.41.0", "drizzle-kit": "0.31.10"}),
    "drizzle-1": (DRIZZLE, {"drizzle-orm": "1.0.0-rc.5", "drizzle-kit": "1.0.0-rc.5"}),
}


@pytest.mark.parametrize("name", of_day([*HOSTS], 2))
def test_every_type_of_field(name: str, run: Run, tmp_path: Path) -> None:
    files, versions = HOSTS[name]
    app = host(tmp_path, files, **versions)
    for words in (
        ["assessments", *EVERY_TYPE],
        ["tags", "name:string!", "--public", "--paginate", "cursor"],
    ):
        done = run(
            ["endpoint", *words, "--style", "clerk", "--set", "code.server_actions=true"], app
        )
        assert done.returncode == 0, done.stderr
    if name == "zod":
        assert "from 'zod/v4'" in (app / "src/resources/assessments/schema.ts").read_text()
        npm(app, "run", "db:generate")
    npm(app, "run", "typecheck")
    npm(app, "test")
