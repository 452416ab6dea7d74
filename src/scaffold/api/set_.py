"""`set`: other conventions."""

from __future__ import annotations

from dataclasses import replace

from scaffold import changes, styles
from scaffold.api.change import Outcome, require_project, run
from scaffold.errors import UserError
from scaffold.manifest import Manifest
from scaffold.project import find_root
from scaffold.render import Templates


def set_values(
    settings: list[str],
    *,
    source: str | None = None,
    project: str | None = None,
    dry_run: bool = False,
) -> Outcome:
    """Changes conventions of the project, `KEY=VALUE` each; `source` is a document to take them from.

    Raises UserError before anything is written.
    """
    root = require_project(find_root(project))
    if not settings and source is None:
        raise UserError(
            "nothing to set: give KEY=VALUE, or a document with `--from FILE`",
            "for example `scaffold set rate_limit.max=100`",
        )
    messages: list[str] = []

    def change(manifest: Manifest, templates: Templates) -> tuple[Manifest, None]:
        after = manifest
        if source is not None:
            after = styles.read_document(templates, source, root).put_into(manifest)
            styles.require_same_framework(templates, manifest, after)
        after = replace(after, overrides=changes.overridden(templates, after, settings))
        if source is not None:
            messages.extend(styles.news(templates, manifest, after))
        return after, None

    outcome = run("set", root, None, change, dry_run)
    return outcome._replace(messages=(*outcome.messages, *messages))
