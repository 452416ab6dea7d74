"""What the generated code needs of somebody else's Next.js project, and what that project has."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from scaffold.dependencies.version_ranges import Bounds, npm_bounds, numbers
from scaffold.frameworks import installed, node_locks
from scaffold.frameworks.base import Finding, Values
from scaffold.frameworks.installed import Need, Seen, Wrong
from scaffold.frameworks.package_managers import node_project
from scaffold.support.text import printable

_DRIZZLE: Final = ("stack.orm", "drizzle")
_PRISMA: Final = ("stack.orm", "prisma")
_LIBSQL: Final = ("stack.orm", "libsql")
_SUPABASE: Final = ("auth.provider", "supabase")
_NEXTAUTH: Final = ("auth.provider", "nextauth")
_CLERK: Final = ("auth.provider", "clerk")
_BETTER_AUTH: Final = ("auth.provider", "better-auth")

# What is older lacks what the text names. The generated tests were run on each lowest version, except for those of
# Prisma, Clerk and better-auth.
NEEDS: Final = (
    Need("next", "15", "route handlers take `params` as a promise"),
    Need("typescript", "5.5", "zod 4 and the generated types are written for it"),
    Need(
        "zod", "3.25.20", "schemas use `z.iso` and `z.toJSONSchema`, which `zod/v4` has since then"
    ),
    Need("vitest", "2.1", "the generated tests run on it"),
    Need("drizzle-orm", "0.41", "decimals are columns with `mode: 'number'`", "1", (_DRIZZLE,)),
    Need("drizzle-orm", "0.45.2", "better-auth 1.7 asks for it", when=(_DRIZZLE, _BETTER_AUTH)),
    Need("drizzle-kit", "0.31.6", "`drizzle-kit/api` is imported by a module", when=(_DRIZZLE,)),
    Need("prisma", "6.16", "the generated tests bring a driver to your client", when=(_PRISMA,)),
    Need("@prisma/client", "6.16", "the generated tests bring a driver to it", when=(_PRISMA,)),
    Need("@prisma/adapter-pg", "6.16", "it has to be that of the client", when=(_PRISMA,)),
    Need("@libsql/client", "0.17", "a client that was refused has to `reconnect`", when=(_LIBSQL,)),
    Need("@supabase/ssr", "0.4", "sessions are read by its `combineChunks`", when=(_SUPABASE,)),
    Need("jose", "6", "keys are those of Web Crypto", when=(_SUPABASE,)),
    Need("jose", "6", "keys are those of Web Crypto", when=(_CLERK,)),
    Need(
        "next-auth", "4.24", "tokens are read by its `next-auth/jwt`", below="5", when=(_NEXTAUTH,)
    ),
    Need("@clerk/backend", "2", "requests are checked with `acceptsToken`", when=(_CLERK,)),
    Need("better-auth", "1.4", "`better-auth/minimal` is imported", when=(_BETTER_AUTH,)),
)

_TYPESCRIPT: Final = "typescript"
# Where the project shows no Prisma of its own, and the endpoints bring theirs.
_OWN_PRISMA: Final = {
    need.package: need
    for need in (
        Need("prisma", "7", "prisma.config.ts holds the address of the database", when=(_PRISMA,)),
        Need("@prisma/client", "7", "the client is generated as TypeScript", when=(_PRISMA,)),
        Need("@prisma/adapter-pg", "7", "it has to be that of the client", when=(_PRISMA,)),
    )
}
_TYPEGEN: Final = (15, 5, 0)
"""The first Next.js with `next typegen`."""
_VITEST_3: Final = "3.2.4"
"""What npm installs beside a `@types/node` that vitest 4 refuses as a peer: 18, 21, 23."""
_SECTIONS: Final = ("dependencies", "devDependencies")
_MYSQL: Final = ("mysql2", "mysql", "mariadb", "@planetscale/database", "serverless-mysql")
_POSTGRES: Final = (
    *("pg", "postgres", "@neondatabase/serverless", "@vercel/postgres", "@electric-sql/pglite"),
    *("@prisma/adapter-pg", "@prisma/adapter-neon", "@libsql/client", "better-sqlite3"),
)
_DIALECT: Final = re.compile(r"""\b(?:dialect|driver)\s*:\s*["'`](?:mysql2?|singlestore)["'`]""")
_PROVIDER: Final = re.compile(r"""^[ \t]*provider\s*=\s*["']mysql["']""", re.MULTILINE)


def require(root: Path, values: Values | None) -> None:
    """Raises UserError if the project in `root` cannot run what its conventions make us emit."""
    from scaffold.frameworks import databases

    folders, package = _look(root)
    installed.refuse_mysql(root, _mysql(folders, package), "supabase")
    if values is not None:
        databases.require_usable(root, values)
    wrong = _wrong(root, _seen(folders, package), package, values)
    installed.refuse(root, wrong, _upgrade(root, wrong))


def refuse_mysql(root: Path) -> None:
    """Raises UserError if the project keeps its data in MySQL, whatever library reads it."""
    installed.refuse_mysql(root, _mysql(*_look(root)), "supabase")


def refuse_old_prisma(root: Path, values: Values) -> None:
    """Raises UserError if their Prisma is too old for the conventions: what its schema lacks does not matter then."""
    from scaffold.frameworks.databases.prisma import BESIDE

    folders, package = _look(root)
    wrong = _wrong(root, _seen(folders, package), package, values)
    others = [one for one in wrong if _PRISMA not in one.need.when]
    if len(others) < len(wrong):
        upgrade = _upgrade(root, wrong)
        installed.refuse(root, wrong, upgrade if others else f"{upgrade}; or {BESIDE}")


def findings(root: Path, values: Values | None) -> list[Finding]:
    """What `doctor` says about the versions in a project; without conventions, what any style needs."""
    folders, package = _look(root)
    seen = _seen(folders, package)
    wrong = _wrong(root, seen, package, values)
    found = installed.findings(seen, wrong, lambda bad: _upgrade(root, bad))
    return found + installed.mysql_finding(_mysql(folders, package), "supabase")


def has_zod_3(root: Path) -> bool:
    """Whether zod may be a 3 there, where the code of 4 is `zod/v4`; that path is in 4, too."""
    return any(
        one.package == "zod" and one.bounds and one.bounds.lowest < (4, 0, 0)
        for one in _seen(*_look(root))
    )


def _wrong(
    root: Path, seen: Sequence[Seen], package: dict[str, Any], values: Values | None
) -> list[Wrong]:
    """What is unfit, and a range below zod 3.25: it admits what has `zod/v4`, and a lock file keeps what has not."""
    wrong = installed.unfit(_needs(root, package), seen, values)
    zod = next((one for one in seen if one.package == "zod"), None)
    if zod is None or zod.installed or zod.bounds is None or zod.bounds.below is None:
        return wrong
    if zod.bounds.lowest < (3, 25, 0) and zod.bounds.below <= (4, 0, 0):
        wrong += [Wrong(need, zod) for need in NEEDS if need.package == "zod"]
    return wrong


def for_their_next(root: Path, wanted: str) -> str:
    """Our package.json as *their* versions allow it: no `next typegen`; their compiler, vitest, Prisma 6."""
    from scaffold.frameworks.databases import prisma_versions

    folders, package = _look(root)
    if _of_workspace(root):
        # A second one would check their code, too.
        wanted = re.sub(rf'\n *"{_TYPESCRIPT}": "[^"]*",', "", wanted)
    wanted = prisma_versions.fitted(root, wanted)
    for name, (said, _) in _of_member(root).items():
        version = json.dumps(said).replace("\\", r"\\")
        wanted = re.sub(rf'("{name}": )"[^"]*"', rf"\g<1>{version}", wanted)
    if _is_of_vitest_3(package):
        wanted = re.sub(r'("vitest": )"[^"]*"', rf'\g<1>"{_VITEST_3}"', wanted)
    # What is installed comes first; a range that we cannot read may be of a workspace.
    next_js = next((one for one in _seen(folders, package) if one.package == "next"), None)
    if next_js is None or next_js.bounds is None or next_js.bounds == Bounds():
        return wanted
    return wanted if next_js.bounds.lowest >= _TYPEGEN else wanted.replace("next typegen && ", "")


def _is_of_vitest_3(package: Mapping[str, Any]) -> bool:
    """Whether their `@types/node` can only be one that vitest 4 does not name among its peers."""
    named = [package.get(section) for section in _SECTIONS]
    said = next(
        (one["@types/node"] for one in named if isinstance(one, dict) and "@types/node" in one), ""
    )
    bounds = npm_bounds(said) if isinstance(said, str) else None
    if bounds is None or bounds.below is None:
        return False
    last = bounds.below[0] - (bounds.below[1:] == (0, 0))
    return last < 20 or (last in (21, 23) and bounds.lowest[0] == last)


def _look(root: Path) -> tuple[list[str], dict[str, Any]]:
    folders = installed.folders_up(root)
    return folders, installed.json_of(os.path.join(folders[0], "package.json"), folders[-1])


def _needs(root: Path, package: dict[str, Any]) -> Iterator[Need]:
    """What a project with that package.json needs.

    Only modules meet the fault of an older drizzle-kit, and only our own script calls it, as it is before 1: a
    project with a config of its own runs its own commands.
    """
    from scaffold.frameworks.databases import drizzle, prisma

    has_drizzle = drizzle.config_of(root) is not None
    own_prisma = {} if prisma.shown_by(root) else _OWN_PRISMA
    for need in NEEDS:
        if need.package == "drizzle-orm" and has_drizzle:
            yield need._replace(below="")
        elif need.package != "drizzle-kit" or (package.get("type") == "module" and not has_drizzle):
            yield own_prisma.get(need.package, need)


def _seen(folders: Sequence[str], package: dict[str, Any]) -> list[Seen]:
    """Of the packages in `NEEDS` that package.json names: what is installed or locked, then what it asks for.

    What it does not name comes with our own version, whatever else lies in node_modules.
    """
    found = []
    named = [package.get(section) for section in _SECTIONS]
    asked: dict[str, dict[str, str]] = {}
    for section, names in zip(_SECTIONS, named, strict=True):
        for name in dict.fromkeys(need.package for need in NEEDS):
            said = names.get(name) if isinstance(names, dict) else None
            if isinstance(said, str):
                asked.setdefault(name, {})[section] = said
    where = dict.fromkeys(asked, "package.json")
    shared = None if _TYPESCRIPT in asked else _of_workspace(Path(folders[0]))
    if shared:
        asked[_TYPESCRIPT], where[_TYPESCRIPT] = {"devDependencies": shared[0]}, shared[1]
    places = dict.fromkeys(asked, folders)
    for name, (said, path) in _of_member(Path(folders[0])).items():
        if name not in asked:
            asked[name], where[name] = {"dependencies": said}, os.path.relpath(path, folders[0])
            places[name] = installed.folders_up(path.parent)
    there = {name: installed.node_version(places[name], name) for name in asked}
    missing = {name: next(iter(asked[name].values())) for name, one in there.items() if not one}
    if missing:
        there |= node_locks.locked(node_project(Path(folders[0])), missing)
    for name in dict.fromkeys(need.package for need in NEEDS):
        for section, said in asked.get(name, {}).items():
            dev = section == "devDependencies"
            known = there[name]
            version = numbers(known[0]) if known else None
            if known and version:
                bounds = installed.exactly(version)
                found.append(Seen(name, known[0], bounds, known[1], installed=True, dev=dev))
            shown = printable(said[:60])
            found.append(Seen(name, shown, npm_bounds(said, name), where[name], dev=dev))
    return found


def _of_workspace(root: Path) -> tuple[str, str] | None:
    """The TypeScript that the root of a workspace names for all members, and its package.json; None without one."""
    home = node_project(root).home
    if home == root.resolve():
        return None
    package = installed.json_of(str(home / "package.json"), str(home))
    for section in _SECTIONS:
        named = package.get(section)
        said = named.get(_TYPESCRIPT) if isinstance(named, dict) else None
        if isinstance(said, str):
            return said, os.path.relpath(home / "package.json", root.resolve())
    return None


def _of_member(root: Path) -> dict[str, tuple[str, Path]]:
    """The packages of a Drizzle in another member: what that one asks for, and its package.json."""
    from scaffold.frameworks.databases.drizzle_home import PACKAGES, home_of

    home = home_of(root)
    if home is None or home.member is None:
        return {}
    said = {name: home.member.asks(name) for name in PACKAGES}
    return {name: (one, home.folder / "package.json") for name, one in said.items() if one}


def _upgrade(root: Path, wrong: Sequence[Wrong]) -> str:
    """The command that installs what the generated code needs, with the project's package manager."""
    add = node_project(root).manager.add
    commands = []
    for flag, dev in (("", False), (" -D", True)):
        # A caret stays below the next version that is another one, which `below` names.
        words = [f"{one.need.package}@^{one.need.lowest}" for one in wrong if one.seen.dev is dev]
        if words:
            commands.append(f"{add}{flag} {' '.join(words)}")
    return installed.from_here(root, " && ".join(commands))


def _mysql(folders: Sequence[str], package: dict[str, Any]) -> str | None:
    """What shows that the project's database is MySQL; None if nothing does, or another one is there too."""
    root, top = folders[0], folders[-1]
    for name in ("drizzle.config.ts", "drizzle.config.js", "drizzle.config.mjs"):
        if _DIALECT.search(installed.bounded_text(os.path.join(root, name), top) or ""):
            return f"{name} has its dialect"
    schemas = ["prisma/schema.prisma", "schema.prisma"]
    prisma = package.get("prisma")
    if isinstance(prisma, dict) and isinstance(prisma.get("schema"), str):
        schemas.insert(0, os.path.normpath(prisma["schema"][:200]))
    for name in schemas:
        if _PROVIDER.search(installed.bounded_text(os.path.join(root, name), top) or ""):
            return f'{printable(name)} has `provider = "mysql"`'
    named = {
        name
        for section in _SECTIONS
        if isinstance(package.get(section), dict)
        for name in package[section]
    }
    driver = next((name for name in _MYSQL if name in named), None)
    if driver is None or named & {*_POSTGRES}:
        return None
    return f"package.json depends on `{driver}`"
