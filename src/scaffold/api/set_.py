"""`set`: changes conventions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from scaffold.agents import following
from scaffold.agents.stated import overridden
from scaffold.api import hidden_rows
from scaffold.api.run import Outcome, run
from scaffold.conventions.schema import Values
from scaffold.frameworks.detect import find_root, require_project
from scaffold.frameworks.migrations import with_migration
from scaffold.manifest.host import OWN
from scaffold.manifest.manifest import Manifest
from scaffold.rendering.render import Side, Templates
from scaffold.support.errors import UserError


def set_values(
    settings: list[str],
    *,
    source: str | None = None,
    project: str | None = None,
    dry_run: bool = False,
    typed: str = "",
    accept: bool = False,
    host: Mapping[str, str] | None = None,
) -> Outcome:
    """Changes conventions of the project, `KEY=VALUE` each; `source` is a document to take them from.

    Raises UserError before anything is written.
    """
    root = require_project(find_root(project))
    if not settings and source is None and not host:
        raise UserError(
            "nothing to set: give KEY=VALUE, or a document with `--from FILE`",
            "for example `scaffold set rate_limit.max=100`",
        )
    messages: list[str] = []

    def change(manifest: Manifest, templates: Templates) -> tuple[Manifest, None]:
        after = manifest
        if source is not None:
            choice = following.choice_of(manifest, settings, accept)
            follows, notes = following.read_document(templates, source, root, choice)
            after = follows.put_into(manifest)
            messages.extend(notes)
            following.require_same_framework(templates, manifest, after)
        after = replace(after, overrides=overridden(templates, after, settings))
        if source is not None:
            messages.extend(following.what_changed(templates, manifest, after))
        old, new = (templates.conventions(side) for side in (manifest, after))
        _require_same_ids(root, manifest, old, new)
        gone = hidden_rows.of_ended(root, Side(templates, manifest), Side(templates, after))
        messages.extend(hidden_rows.told(after, gone))
        if manifest.host.get("auth") and not host and _provider(manifest) != _provider(after):
            messages.append(
                f"`auth.provider` changes no code while `{manifest.host['auth']}` tells who calls; "
                f"`scaffold set --auth {OWN}` takes the provider"
            )
        return after, None

    outcome = run("set", root, None, change, dry_run, typed=typed, host=host)
    return outcome._replace(messages=(*outcome.messages, *messages))


def _provider(manifest: Manifest) -> object:
    return manifest.overrides.get("auth", {}).get("provider")


def _require_same_ids(root: Path, manifest: Manifest, old: Values, new: Values) -> None:
    """Raises UserError if rows that may exist would have ids of another type."""
    if old["data"]["id"] == new["data"]["id"]:
        return
    tables = [resource.stored_in for resource in manifest.resources]
    made = with_migration(root, tables, manifest.host)
    if made:
        raise UserError(
            f"data.id cannot become `{new['data']['id']}`: a migration made the table "
            f"`{min(made)}`, and its rows have ids of the type `{old['data']['id']}`",
            f"leave it, or make a new project: `scaffold new PATH --style {manifest.style}`",
        )
