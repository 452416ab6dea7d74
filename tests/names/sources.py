"""The lists of reserved words, beside those that the languages and databases give themselves."""

from __future__ import annotations

import builtins
import json
import keyword
import subprocess

from tests.e2e.shell import Postgres
from tests.support import packages, words
from tests.support.projects import CHECKOUT, manifest_of
from tools.node import node_env
from tools.source import ROOT

# What a distribution's `site` adds.
_SITE = {"copyright", "credits", "exit", "license", "quit"}
_NODE = """
const ts = require('typescript');
const { FirstKeyword, LastKeyword } = ts.SyntaxKind;
const keywords = [];
for (let kind = FirstKeyword; kind <= LastKeyword; kind += 1) keywords.push(ts.tokenToString(kind));
const objects = [Object, Function, Array, Promise].map((made) => made.prototype);
const members = objects.flatMap((one) => Object.getOwnPropertyNames(one));
console.log(JSON.stringify([keywords, [...Object.getOwnPropertyNames(globalThis), ...members]]));
"""
_PYTHON = """
import asyncio, json, sys, asyncpg, pydantic
async def main():
    database = await asyncpg.connect(sys.argv[1])
    found = []
    for query in (
        "select word from pg_get_keywords()",
        "select distinct attname from pg_attribute where attnum < 0",
    ):
        found.append([row[0] for row in await database.fetch(query)])
    print(json.dumps([*found, dir(pydantic.BaseModel)]))
asyncio.run(main())
"""


def missing(postgres: Postgres) -> list[str]:
    """Words that a source has and tests/resources/reserved.yml lacks, a line for each source."""
    known = words.reserved()
    node = packages.node_folder()
    done = subprocess.run(
        ["node", "-e", _NODE], cwd=node, env=node_env(), capture_output=True, text=True, check=True
    )
    typescript, javascript = json.loads(done.stdout)
    tree = CHECKOUT.render(manifest_of(ROOT / "agents/fastapi.md", CHECKOUT))
    python = packages.python(packages.named(tree["pyproject.toml"]))
    done = subprocess.run(
        [str(python), "-W", "ignore", "-c", _PYTHON, postgres.url],
        capture_output=True,
        text=True,
        check=True,
    )
    postgresql, columns, pydantic = json.loads(done.stdout)
    sources = {
        "python": {*keyword.kwlist, *keyword.softkwlist, *dir(builtins)} - _SITE,
        "typescript": typescript,
        "javascript": javascript,
        "postgresql": postgresql,
        "postgresql_names": columns,
        "pydantic": pydantic,
    }
    found = []
    for name, source in sources.items():
        lacks = sorted(
            word for word in {*source} - {*known[name]} if word[0].isalpha() and word.isidentifier()
        )
        if lacks:
            found.append(f"{name} has more words: {' '.join(lacks)}")
    return found
