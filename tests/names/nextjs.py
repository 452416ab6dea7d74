"""What TypeScript, Next.js, Drizzle, Prisma and the databases say of a service."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from scaffold.rendering.render import Tree
from tests.e2e.shell import Postgres
from tests.support import packages
from tools.node import node_env

NEXT = ["node", "node_modules/next/dist/bin/next", "typegen"]
TSC = ["node", "--max-old-space-size=6000", "node_modules/typescript/bin/tsc", "--noEmit"]
MIGRATE = ["npm", "run", "-s", "db:migrate"]


def problems(tree: Tree, folder: Path, postgres: Postgres) -> list[str]:
    """What fails, each with the end of what was said."""
    packages.seed_node(folder)
    commands = []
    env = node_env()
    if any(path.endswith(".prisma") for path in tree):
        commands += [["npx", "prisma", "validate"], ["npx", "prisma", "generate"]]
    if "scripts/db-generate.ts" in tree:
        env["DATABASE_URL"] = postgres.database(f"names_{os.urandom(4).hex()}")
        commands.append(["npm", "run", "-s", "db:generate", "--", "--name", "names"])
    else:
        env["DATABASE_URL"] = f"file:{folder}/names.db"
    found = []
    for words in (*commands, MIGRATE, NEXT, TSC):
        done = subprocess.run(
            words, cwd=folder, env=env, capture_output=True, text=True, timeout=600
        )
        if done.returncode:
            found.append(f"{' '.join(words)}: {(done.stdout + done.stderr)[:3000]}")
    return found
