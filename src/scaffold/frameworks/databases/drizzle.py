"""Somebody else's Drizzle: their client, schema, migrations and tool take our tables in.

Our definitions lie in a folder of their own, `api-db/schema`; their `schema` gets one entry that names it.
"""

from __future__ import annotations

import os
import posixpath
import re
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from scaffold.frameworks import installed
from scaffold.frameworks.base import Finding, History, Values
from scaffold.frameworks.databases import drizzle_config, sources
from scaffold.frameworks.databases.client_names import FOLDER, place_of, resolved
from scaffold.frameworks.databases.drizzle_client import (
    Client,
    Look,
    clients_in,
    constants_in,
    functions_in,
    prefixes_in,
    without_transactions,
)
from scaffold.frameworks.databases.drizzle_config import DrizzleConfig
from scaffold.frameworks.databases.drizzle_home import Home, home_of, scripts_of
from scaffold.frameworks.databases.drizzle_refusals import (
    require_dependency,
    require_filters,
    require_no_newer,
    require_no_trace,
    require_postgresql,
    require_prefix,
)
from scaffold.frameworks.foreign_files import changed, text_of, with_note
from scaffold.frameworks.package_managers import NodeProject
from scaffold.manifest.host import problems
from scaffold.manifest.manifest import Manifest
from scaffold.planning.plan import Plan
from scaffold.support.errors import UserError
from scaffold.support.project_files import ProjectFiles
from scaffold.support.text import printable

_POLICIES: Final = re.compile(r"\bpgPolicy\s*\(|\.enableRLS\s*\(|\bcrudPolicy\s*\(|\.withRLS\s*\(")
_SQL_POLICIES: Final = re.compile(r"\bENABLE\s+ROW\s+LEVEL\s+SECURITY\b", re.IGNORECASE)
_WORDS: Final = (
    "drizzle(",
    "drizzle<",
    "pgTableCreator",
    "pgPolicy",
    "enableRLS",
    "crudPolicy",
    "withRLS",
)


def config_of(root: Path) -> DrizzleConfig | None:
    """The config of the project's own Drizzle, or of a member of its workspace that it uses; None if there is none."""
    home = home_of(root)
    return home.config if home else None


def found(root: Path, source: str, alias: str) -> dict[str, str]:
    """What is certain of a project with Drizzle of its own, for the manifest's `host`; empty if it has none."""
    home = home_of(root)
    if home is None or home.config.dialect not in ("postgresql", ""):
        return {}
    look = look_at(home)
    host: dict[str, str] = {}
    clients = [one for one in look.clients if one.has_transactions and home.lets_import(one)]
    if len(clients) == 1 and len(look.clients) == 1:
        name = home.module_of(clients[0], source, alias)
        host |= {} if problems({"db": name}) else {"db": name}
    prefixes = {prefix for prefix, _ in look.prefixes}
    prefix = next(iter(prefixes)) if len(prefixes) == 1 else None
    if not prefixes:
        prefix = _filtered(home.config)
    if prefix:
        host["table_prefix"] = prefix
    return host


def settled(root: Path, values: Values, manifest: Manifest) -> Manifest:
    """The manifest of a project with Drizzle of its own, fit to use that.

    Raises UserError if it cannot be used, with what helps.
    """
    home = home_of(root)
    if home is None:
        if "db" not in manifest.host:
            require_no_trace(root, manifest.host.get("migrations", "drizzle"))
            require_no_newer(root)
            return manifest
        raise UserError(
            f"`{root}` has no drizzle.config.ts, so its tables cannot become part of your schema",
            "leave out `--db`, or make a drizzle.config.ts for your client",
        )
    require_postgresql(home.config)
    look = look_at(home)
    require_prefix(home.config, look)
    host = dict(manifest.host)
    if "db" not in host:
        raise _which_client(home, look, manifest)
    host["db"] = resolved(root, host["db"], manifest)
    _require_transactions(root, home, look, host["db"], manifest)
    require_dependency(root, home, host["db"])
    require_filters(home.config, host.get("table_prefix", ""))
    manifest = replace(manifest, host=host)
    stated = manifest.overrides.get("data", {})
    if values["data"]["rls"] and "rls" not in stated and not look.policies:
        overrides = {**manifest.overrides, "data": {**stated, "rls": False}}
        manifest = replace(manifest, overrides=overrides)
    return manifest


def look_at(home: Home) -> Look:
    """What the source files show. Reads all that name Drizzle's functions."""
    root = home.folder
    clients: list[Client] = []
    functions: list[Client] = []
    makers: list[tuple[str, str]] = []
    policies = ""
    for path, text in sources.naming(root, _WORDS):
        clients += clients_in(path, text)
        functions += functions_in(path, text)
        if "pgTableCreator" in text:
            makers.append((path, text))
        if not policies and _POLICIES.search(text):
            policies = path
    prefixes = _prefixes(makers, {})
    if any(prefix is None for prefix, _ in prefixes):  # a constant of another module may be in it
        names = {name for _, text in makers for name in re.findall(r"\$\{\s*(\w+)\s*\}", text)}
        shared: dict[str, str] = {}
        for _, text in sources.naming(root, [f"const {name}" for name in sorted(names)[:20]]):
            shared |= constants_in(text)
        prefixes = _prefixes(makers, shared)
    if not policies:
        policies = _in_migrations(root, home.config.out)
    return Look(tuple(sorted(clients)), tuple(sorted(functions)), tuple(prefixes), policies)


def _prefixes(
    makers: Sequence[tuple[str, str]], shared: Mapping[str, str]
) -> list[tuple[str | None, str]]:
    return [
        (prefix, path)
        for path, text in makers
        for prefix in prefixes_in(text, {**shared, **constants_in(text)})
    ]


def with_schema(top: Path, plan: Plan, manifest: Manifest) -> Plan:
    """The plan with our entry in the `schema` of their config.

    Raises UserError if that has to be done by hand first.
    """
    home = home_of(top)
    if home is None:
        return plan
    config, entry = home.config, home.entry_of(top, manifest)
    if drizzle_config.has_entry(config, entry):
        return plan
    entered = drizzle_config.with_entry(config.path, config.text, entry)
    why = "it is no file of this app" if home.member else entered.why
    if why:
        raise UserError(
            f"`{config.path}` does not name the new tables yet: {why}",
            f"add '{entry}' to its `schema` by hand, then run the command again",
        )
    raw = ProjectFiles(top).read(config.path)
    if raw is None:
        return plan
    text = drizzle_config.with_entry(config.path, text_of(config.path, raw), entry).text
    return changed(plan, config.path, raw, text, (f"`schema` names `{entry}`, too",))


def without_schema(top: Path, plan: Plan, manifest: Manifest, history: History) -> Plan:
    """The plan without our entry in the `schema` of their config."""
    home = home_of(top)
    if home is None:
        return plan
    config, entry = home.config, home.entry_of(top, manifest)
    if not drizzle_config.has_entry(config, entry):
        return plan
    if home.member:
        return with_note(plan, f"take '{entry}' out of the `schema` of {config.path} by hand")
    raw = ProjectFiles(top).read(config.path)
    if raw is None:
        return plan
    earlier = [was.decode("utf-8", "replace") for was, _ in history(config.path)]
    text = drizzle_config.without_entry(config.path, config.text, entry, earlier)
    if text is None or raw != config.text.encode():
        note = (
            f"{config.path}: not as scaffold wrote it: take '{entry}' out of its `schema` by hand"
        )
        return with_note(plan, note)
    return changed(plan, config.path, raw, text, ())


def tables(root: Path) -> dict[str, str]:
    """The tables of their schema files, as the database calls them, each with its file."""
    home = home_of(root)
    if home is None or home.config.schema is None:
        return {}
    folder, schema = home.folder, home.config.schema
    paths = sources.matched(folder, [one for one in schema if f"/{FOLDER}/schema/" not in one])
    for path in [path for path in paths if re.search(r"(?:^|/)index\.\w+$", path)]:
        inside = posixpath.dirname(path)
        paths += sources.matched(folder, [f"{inside}/**/*" if inside else "*"])
    known: dict[str, str] = {}
    for path in dict.fromkeys(paths):
        for name in re.findall(
            r"\b\w*[tT]able\w*\s*\(\s*[\"'`]([\w-]{1,63})[\"'`]", sources.text_of(folder, path)
        ):
            known.setdefault(name, home.shown(root, path))
    return known


def steps(root: Path, project: NodeProject) -> list[str]:
    """What brings their schema into their database, by the scripts that they have."""
    home = home_of(root)
    scripts = scripts_of(home.folder if home else root)
    manager = project.manager
    named = {kind: _script(scripts, kind) for kind in ("generate", "migrate", "push")}
    has_migrations = bool(home and (home.config.is_computed or migrations(root)))
    if named["push"] and not has_migrations:
        listed = [manager.run(named["push"])]
    else:
        own = next((name for name in ("db:migrate", "migrate") if name in scripts), None)
        listed = [
            manager.run(script) if script else f"{manager.program} drizzle-kit {kind}"
            for kind, script in (
                ("generate", named["generate"]),
                ("migrate", named["migrate"] or own),
            )
        ]
    if home is None or home.member is None:
        return listed
    there = shlex.quote(os.path.relpath(home.folder, root.resolve()))
    return [f"(cd {there} && {command})" for command in listed]


def migrations(root: Path) -> list[Path]:
    """Their migrations."""
    home = home_of(root)
    if home is None or home.config.out.startswith(("/", "..")):
        return []
    folder = home.folder / home.config.out
    if home.config.is_computed:  # such as a folder for each environment
        return [*folder.glob("**/*.sql")] if home.config.out else []
    # From drizzle-kit 1 on each migration has a folder.
    return [*folder.glob("*.sql"), *folder.glob("*/migration.sql")]


def findings(root: Path, source: str, alias: str) -> list[Finding]:
    """What `doctor` says about their Drizzle, each fact with its source."""
    home = home_of(root)
    if home is None:
        return []
    config = home.config
    where = f"({printable(config.path)})"
    said = [Finding(f"Drizzle with {config.dialect or 'no dialect'} {where}", True)]
    schema = ", ".join(config.schema or ())
    said.append(Finding(f"schema {printable(schema) or '?'} {where}", bool(schema), config.why))
    look = look_at(home)
    clients = [
        f"{home.module_of(one, source, alias)} ({printable(home.shown(root, one.path))}, {one.driver})"
        for one in look.clients
    ]
    functions = [home.module_of(one, source, alias) for one in look.functions]
    hint = f"name it: `--db '{functions[0] if functions else '@/lib/db#db'}'`"
    lacking = next((one for one in look.clients if not one.has_transactions), None)
    if lacking and len(clients) == 1:
        hint = str(_no_transactions(lacking).hint)
    usable = len(clients) == 1 and lacking is None
    said.append(Finding(f"client {', '.join(clients) or '?'}", usable, hint))
    shown = f"{config.out}/…" if config.is_computed else config.out
    said.append(Finding(f"migrations {printable(shown)} {where}", True))
    for prefix, path in dict.fromkeys(look.prefixes):
        shown = "?" if prefix is None else f"`{prefix}`"
        hint = "write it as text: pgTableCreator((name) => `app_${name}`)"
        said.append(Finding(f"table prefix {shown} ({printable(path)})", prefix is not None, hint))
    if look.policies:
        said.append(Finding(f"row level security ({printable(look.policies)})", True))
    return said


def _which_client(home: Home, look: Look, manifest: Manifest) -> UserError:
    config = home.config
    listed = [
        home.module_of(one, manifest.source, manifest.alias)
        for one in look.clients or look.functions
    ]
    if len(look.clients) == 1 and not look.clients[0].has_transactions:
        return _no_transactions(look.clients[0])
    if len(look.clients) == 1 and home.member and not home.lets_import(look.clients[0]):
        return UserError(
            f"the Drizzle client of `{printable(home.member.package)}` is in a file that its package.json does not "
            f"export, `{printable(look.clients[0].path)}`",
            "add the file to `exports` there, or name a module that has the client: `--db '@/lib/db#db'`",
        )
    # What lies in the app's own folder is the likeliest.
    listed.sort(key=lambda name: not (manifest.alias and name.startswith(manifest.alias)))
    example = listed[0] if listed else f"{manifest.alias or './'}lib/db#db"
    names = ", ".join(f"`{printable(name)}`" for name in listed[:4])
    if look.clients:
        message = f"several modules export a Drizzle client: {names}"
    elif listed:
        message = f"no module exports a Drizzle client, and functions may give one: {names}"
    else:
        message = (
            f"you have Drizzle ({printable(config.path)}), and no module seems to export its client"
        )
    return UserError(message, f"say which one the endpoints use: `--db '{example}'`")


def _require_transactions(
    root: Path, home: Home, look: Look, said: str, manifest: Manifest
) -> None:
    place = place_of(root, said, manifest)
    other = without_transactions(place, sources.text_of(root, place)) if place else None
    if other:
        raise _no_transactions(other)
    for one in (*look.clients, *look.functions):
        if (
            home.module_of(one, manifest.source, manifest.alias) == said
            and not one.has_transactions
        ):
            raise _no_transactions(one)


def _no_transactions(client: Client) -> UserError:
    other = {"neon-http": "neon-serverless"}.get(client.driver, "node-postgres")
    return UserError(
        f"the client in `{printable(client.path)}` is made with `drizzle-orm/{client.driver}`, which has no "
        "transactions, and the endpoints need them",
        f"make it with `drizzle-orm/{other}`, or name another one with `--db`",
    )


def _filtered(config: DrizzleConfig) -> str | None:
    """The prefix that a config's only filter asks for."""
    if len(config.tables) != 1:
        return None
    match = re.fullmatch(r"([A-Za-z_][\w-]{0,29})\*", config.tables[0], re.ASCII)
    return match[1] if match else None


def _in_migrations(root: Path, out: str) -> str:
    """A migration that turns row level security on; empty if none does."""
    for folder in dict.fromkeys((out, "supabase/migrations")):
        if folder.startswith(("/", "..")):
            continue
        for place in sorted((root / folder).glob("*.sql"))[:500]:
            path = place.relative_to(root).as_posix()
            text = installed.bounded_text(str(place), installed.folders_up(root)[-1])
            if text and _SQL_POLICIES.search(text):
                return path
    return ""


def _script(scripts: Mapping[str, Any], kind: str) -> str | None:
    """The script of package.json that runs that command of drizzle-kit and nothing of another kind."""
    pattern = re.compile(rf"\bdrizzle-kit\s+{kind}(?::pg)?(?![\w-])")
    found = [
        name
        for name, command in scripts.items()
        if isinstance(command, str) and pattern.search(command[:2000])
    ]
    plain = [name for name in found if re.fullmatch(r"[\w:.-]{1,60}", name, re.ASCII)]
    return min(plain, key=len) if plain else None
