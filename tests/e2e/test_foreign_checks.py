"""What we emit into somebody else's Next.js app compiles under old, loose and strict options, and linters are green.

A day tries one style, and all styles have their turn within a few days.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Run
from tests.e2e.host import host
from tests.e2e.shell import npm
from tests.support.days import of_day
from tests.support.projects import AGENTS, EVERY_TYPE, MIXTURES, is_nextjs

pytestmark = pytest.mark.slow

NEXT: dict[str, Any] = {
    **{"strict": True, "noEmit": True, "skipLibCheck": True, "esModuleInterop": True},
    **{"module": "esnext", "moduleResolution": "bundler", "resolveJsonModule": True},
    **{"target": "ES2017", "lib": ["dom", "dom.iterable", "esnext"], "jsx": "preserve"},
    **{"allowJs": True, "isolatedModules": True, "paths": {"@/*": ["./src/*"]}},
}
# What create-next-app wrote for years, with the oldest library that we take; `strict` is off in apps that began as
# JavaScript. Without `downlevelIteration` only arrays can be spread, and `#private` is not there.
OLD = {
    **{"target": "es5", "moduleResolution": "node", "ignoreDeprecations": "6.0"},
    **{"lib": ["dom", "dom.iterable", "es2022"]},
}
LOOSE = {"strict": False, "isolatedModules": False}
STRICT = {
    **{"exactOptionalPropertyTypes": True, "noUncheckedIndexedAccess": True},
    **{"noPropertyAccessFromIndexSignature": True, "noImplicitOverride": True},
    **{"noImplicitReturns": True, "noFallthroughCasesInSwitch": True, "checkJs": True},
    **{"noUnusedLocals": True, "noUnusedParameters": True, "allowUnreachableCode": False},
    **{"verbatimModuleSyntax": True, "noUncheckedSideEffectImports": True},
    "erasableSyntaxOnly": True,
}
FILES = {
    "src/app/page.tsx": "export default function Page() {\n  return null;\n}\n",
    "next-env.d.ts": '/// <reference types="next" />\n/// <reference types="next/image-types/global" />\n',
}
BIOME = {"formatter": {"enabled": False}, "assist": {"enabled": False}}
# As create-next-app writes it.
ESLINT = """\
import { defineConfig, globalIgnores } from 'eslint/config';
import nextVitals from 'eslint-config-next/core-web-vitals';
import nextTs from 'eslint-config-next/typescript';

export default defineConfig([
  ...nextVitals,
  ...nextTs,
  globalIgnores(['.next/**', 'out/**', 'build/**', 'next-env.d.ts', 'src/generated/**']),
]);
"""
# Types say other things of a value that has to be there.
REQUIRED = [
    *("body:text", "rank:int", "views:bigint", "ratio:float", "score:decimal", "active:bool"),
    *("due_date:date", "starts_at:datetime", "at_time:time", "tag:uuid", "settings:json"),
    *("contact:email", "homepage:url", "kind:enum(a,b)", "student:ref(users)"),
]
STYLES = [path for path in (*AGENTS, *MIXTURES) if is_nextjs(path)]


@pytest.mark.parametrize("path", of_day(STYLES, 1), ids=lambda path: path.stem)
def test_their_checks(path: Path, run: Run, tmp_path: Path) -> None:
    app = host(tmp_path, FILES, **{"@biomejs/biome": "2.6.8"})
    (app / "eslint.config.mjs").write_text(ESLINT)
    (app / "biome.json").write_text(json.dumps(BIOME))
    # A resource brings what it uses: little first, then everything.
    for options, words in (
        ((STRICT,), ["tags", "seen:int", "--public", "--paginate", "cursor"]),
        ((), ["terms", *REQUIRED]),
        ((OLD, LOOSE, STRICT), ["assessments", *EVERY_TYPE]),
    ):
        stack = ["--local-stack"] if words[0] == "tags" else []
        done = run(["endpoint", *words, "--style", str(path), *stack], app)
        assert done.returncode == 0, done.stderr
        if "db:generate" in json.loads((app / "package.json").read_text())["scripts"]:
            npm(app, "run", "db:generate")
        for option in options:
            _check_types(app, option)
        npm(app, "exec", "--", "eslint", "--max-warnings=0", ".")
        npm(app, "exec", "--", "biome", "lint", "--error-on-warnings", "src", "tests", "scripts")
    # What nobody asks for is other code, and less of it.
    done = run(["set", "--no-local-stack"], app)
    assert done.returncode == 0, done.stderr
    _check_types(app, STRICT)
    npm(app, "exec", "--", "eslint", "--max-warnings=0", ".")
    npm(app, "exec", "--", "biome", "lint", "--error-on-warnings", "src", "tests")


def _check_types(app: Path, options: dict[str, Any]) -> None:
    settings = {
        "compilerOptions": NEXT | options,
        "include": ["**/*.ts", "**/*.tsx", "**/*.mts"],
        "exclude": ["node_modules"],
    }
    (app / "tsconfig.json").write_text(json.dumps(settings))
    npm(app, "exec", "--", "tsc", "--noEmit")
