"""`make bench`: what it costs to learn what somebody else's project is, in ms.

The same command runs in turns in a service of ours, in a small app of somebody else's and in that app with
2,000 modules more. What the large app takes beyond each of the others is the look; the medians of the
differences count, so that a slow minute meets all three.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from bench.bench import FIELDS, new_names, start
from tools.source import GIT, make_source

FILES = 2_000
MOST = 60.0
APP = {
    "package.json": """\
{
  "name": "shop",
  "private": true,
  "scripts": { "build": "next build", "lint": "eslint", "test": "vitest run" },
  "dependencies": {
    "drizzle-orm": "^0.45.1", "next": "^16.4.5", "next-auth": "^5.0.0-beta.30", "postgres": "^3.4.7",
    "react": "^19.2.0", "react-dom": "^19.2.0", "zod": "^4.1.12"
  },
  "devDependencies": { "drizzle-kit": "^0.31.7", "typescript": "^5.9.3", "vitest": "^5.1.1" }
}
""",
    "tsconfig.json": """\
{
  "compilerOptions": { "strict": true, "moduleResolution": "bundler", "paths": { "@/*": ["./src/*"] } }
}
""",
    "drizzle.config.ts": """\
import { defineConfig } from 'drizzle-kit';

export default defineConfig({ dialect: 'postgresql', schema: './src/db/schema.ts', out: './drizzle' });
""",
    "src/auth.ts": """\
import NextAuth from 'next-auth';

export const { handlers, auth } = NextAuth({ providers: [] });
""",
    "src/db/index.ts": """\
import { drizzle } from 'drizzle-orm/postgres-js';
import postgres from 'postgres';

import * as schema from './schema';

export const db = drizzle(postgres(process.env.DATABASE_URL!), { schema });
""",
    "src/db/schema.ts": """\
import { pgTable, serial, text } from 'drizzle-orm/pg-core';

export const orders = pgTable('orders', { id: serial().primaryKey(), title: text().notNull() });
""",
    "src/app/page.tsx": "export default function Page() {\n  return null;\n}\n",
}


def make_app(folder: Path, modules: int) -> None:
    """An app with a database and a sign-in of its own, and that many modules more."""
    texts = dict(APP)
    for number in range(modules):
        room = ("app/dashboard", "components", "lib", "app/api")[number % 4]
        name = f"src/{room}/part{number % 40}/file{number}.ts"
        texts[name] = (
            "import { db } from '@/db';\n\n" * (number % 10 == 0)
            + f"export const name{number} = {number};\n" * 40
        )
    for path, text in texts.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)


def measure(scratch: Path, rounds: int) -> dict[str, float]:
    """Medians of what the large app takes beyond the others, in ms."""
    env = {
        **os.environ,
        **GIT,
        "SCAFFOLD_SOURCE": str(make_source(scratch / "source")),
        "XDG_CACHE_HOME": str(scratch / "cache"),
    }
    env.pop("PYTHONDONTWRITEBYTECODE", None)
    scaffold = str(Path(sys.executable).with_name("scaffold"))
    folders = {name: scratch / name for name in ("service", "small", "large")}
    start([scaffold, "new", str(folders["service"]), "--style", "supabase"], scratch, env)
    start([scaffold, "endpoint", "courses", "title:string{1..200}"], folders["service"], env)
    for name, modules in (("small", 0), ("large", FILES)):
        make_app(folders[name], modules)
        words = ["endpoint", "courses", "title:string{1..200}", "--style", "supabase"]
        start([scaffold, *words], folders[name], env)
    names = new_names()
    taken: dict[str, list[float]] = {name: [] for name in folders}
    for number in range(rounds + 1):
        for name, folder in folders.items():
            words = ["endpoint", next(names), *FIELDS, "--dry-run"]
            seconds = start([scaffold, *words], folder, env)
            if number:
                taken[name].append(seconds * 1000)
    return {
        name: statistics.median(map(_minus, taken["large"], taken[name]))
        for name in ("small", "service")
    }


_minus: Callable[[float, float], float] = float.__sub__


def main() -> int:
    """Print the table; 1 where the look costs too much."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rounds", type=int, default=21, help="runs in each (default: 21)")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="scaffold-bench-") as scratch:
        found = measure(Path(scratch), options.rounds)
    for name, more in found.items():
        mark = "" if more <= MOST else "  over the limit"
        print(
            f"an app of {FILES:,} modules, beyond the {name:<8}{more:>6.0f} ms of {MOST:.0f}{mark}"
        )
    return 1 if max(found.values()) > MOST else 0


if __name__ == "__main__":
    sys.exit(main())
