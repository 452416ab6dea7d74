"""What our code uses of somebody else's project, as it is found or as the user says it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Final

from scaffold.agents.stated import require_answer
from scaffold.api.forms import require_formatter
from scaffold.frameworks.base import Framework
from scaffold.frameworks.registry import framework_of
from scaffold.manifest import host as hosts
from scaffold.manifest.manifest import Manifest
from scaffold.rendering.render import Templates
from scaffold.support.errors import UserError
from scaffold.support.text import printable

_STACK: Final = "local_stack"


def require_installed(root: Path, templates: Templates, manifest: Manifest) -> None:
    """Raises UserError if somebody else's project cannot run the code of that manifest.

    What is installed is read each time. A service that scaffold made states its own versions.
    """
    if not manifest.service:
        values = templates.conventions(manifest)
        framework_of(values["stack"]).require_installed(root, values)


def new_host(templates: Templates, framework: Framework) -> dict[str, str]:
    """What a new manifest says of somebody else's project before anything was found: nothing stands in there."""
    is_known = _STACK in framework.host_options and _STACK in templates.config
    return {_STACK: "no"} if is_known else {}


def with_host(
    root: Path, templates: Templates, manifest: Manifest, said: Mapping[str, str], *, fresh: bool
) -> tuple[Manifest, tuple[str, ...]]:
    """The manifest with what our code uses of somebody else's project: `said`, and in a fresh one what is found.

    With sentences about what was found. Raises UserError if the project is a service of ours, has not what was
    said, or its templates are older than that.
    """
    if manifest.service and not said:
        return manifest, ()
    start, is_asked = manifest, bool(said)
    values = templates.conventions(manifest)
    framework = framework_of(values["stack"])
    if "formatter" in said:
        require_answer(templates, "host", "what formats the project is not kept")
        require_formatter(root, framework.language, said["formatter"])
        host = {**manifest.host, "formatter": said["formatter"]}
        manifest = replace(manifest, host=host)
        said = {key: value for key, value in said.items() if key != "formatter"}
    if manifest.service:
        if said:
            options = ", ".join(f"`{hosts.option_of(key)}`" for key in said)
            raise UserError(
                "this service is scaffold's own, and has what it needs", f"leave out {options}"
            )
        return manifest, ()
    require_said(framework, said)
    if fresh and hosts.OWN in (said.get("auth"), said.get("current_user")):
        # Who asks for our sign-in gets all of it.
        said = {**{key: "yes" for key in (_STACK,) if key in manifest.host}, **said}
    if _STACK in said:
        require_answer(templates, _STACK, "stand-ins can be neither asked for nor left out")
        host = {**manifest.host, _STACK: said[_STACK]}
        if said[_STACK] == "yes":
            host = hosts.without_named(host, manifest.alias)
        manifest = replace(manifest, host=host)
        values = templates.conventions(manifest)
        said = {key: value for key, value in said.items() if key != _STACK}
    try:
        found, notes = framework.host(root, values, said, manifest, fresh=fresh)
    except UserError:
        # An answer to its question would not help, if the framework itself is too old.
        framework.require_installed(root, None)
        raise
    if found:
        require_answer(templates, "host", f"what the project has ({', '.join(found)}) is not used")
    after = replace(manifest, host=hosts.changed(manifest.host, said, found))
    if fresh or said:
        after = framework.settled(root, values, after)
    if manifest.resources and not fresh and is_asked:
        _require_same_owners(templates, start, after)
    return after, notes


def _require_same_owners(templates: Templates, before: Manifest, after: Manifest) -> None:
    """Raises UserError if tables that are there would not fit those whose rows they hold."""
    old, new = (
        hosts.owner_type(one.host, templates.conventions(one)["auth"]["provider"])
        for one in (before, after)
    )
    why, ours = "", hosts.named(after.alias)
    if old != new:
        why = f"the tables keep users by ids of the type `{old}`, and the new ones have the type `{new}`"
    elif "current_user" in before.host and "current_user" not in after.host:
        why = (
            "the migrations began without accounts of scaffold's, so their tables would be missing"
        )
    elif "session" not in before.host and after.host.get("session") == ours["session"]:
        why = "the migrations began with accounts of scaffold's, whose tables would stay"
    if why:
        raise UserError(
            why, "remove the resources first (`scaffold remove NAME`), or leave the option out"
        )


def require_said(framework: Framework, said: Mapping[str, str]) -> None:
    """Raises UserError if an option is for another framework, or does not have its form."""
    for key, value in said.items():
        option = hosts.option_of(key)
        if key not in framework.host_options:
            fitting = " and ".join(f"`{hosts.option_of(name)}`" for name in framework.host_options)
            raise UserError(
                f"`{option}` is not for {framework.title} projects",
                f"leave it out; {framework.title} projects have {fitting}",
            )
        if value != hosts.OWN and not hosts.fits(key, value):
            raise UserError(
                f"`{option} {printable(value[:60])}` does not name a thing of the project",
                f"write `{option} {hosts.FORMS[key]}`",
            )
