"""The form that a project's files have, by its formatter."""

from __future__ import annotations

from pathlib import Path

from scaffold.formatters.forms import NONE, Forms
from scaffold.frameworks.base import Finding
from scaffold.frameworks.registry import framework_of, stack_of
from scaffold.rendering.render import Side
from scaffold.support.errors import UserError
from scaffold.support.text import printable


def require_formatter(root: Path, language: str, name: str) -> None:
    """Takes the user's word for the project's formatter: it may run with its configuration as it is now.

    Raises UserError if there is no such formatter for these files, or the project has not got it.
    """
    from scaffold.formatters import find_node, find_python, trust

    fitting = (*(find_python.NAMES if language == "python" else find_node.NAMES), NONE)
    if name not in fitting:
        raise UserError(
            f"`--formatter {printable(name[:60])}` does not format these projects; allowed: {', '.join(fitting)}",
            f"`--formatter {fitting[0]}`",
        )
    if name == NONE:
        return
    tool = find_python.find(root, name) if language == "python" else find_node.find(root, name)
    if tool is not None and not tool.is_installed:
        raise UserError(f"{tool.title} is not installed in this project", f"`{tool.install}`")
    if tool is not None:
        trust.agree(tool)


def formatter_facts(root: Path, language: str, said: str) -> list[Finding]:
    """What `doctor` says about the project's formatter, which it does not start; `said` is what the manifest names."""
    tool = Forms(root, said, language, runs=False).tool
    if tool is None:
        return []
    shown = f"{tool.title} {tool.shown_version}".rstrip()
    from scaffold.formatters import trust

    why = trust.why_not(tool)
    what = f"formatter {shown} ({printable(tool.where)}), which `copier update` knows nothing of"
    return [Finding(what, why is None, str(why or ""))]


def forms_of(root: Path, side: Side, *, runs: bool) -> Forms:
    """The forms of a project's files; `runs` is whether its formatter may be started."""
    templates, manifest = side
    framework = framework_of(stack_of(templates, manifest))
    said, own = manifest.host.get("formatter", ""), side.tree if manifest.service else None
    return Forms(root, said, framework.language, runs=runs, own=own)
