"""The frameworks and ORMs that scaffold knows, by the words of the conventions `stack.framework` and `stack.orm`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from typing import Final

from scaffold.frameworks.base import Framework, Orm, Stack
from scaffold.frameworks.orms import ORMS
from scaffold.manifest.manifest import Manifest
from scaffold.rendering.render import Templates
from scaffold.support.errors import UserError
from scaffold.support.text import printable


def _nextjs() -> Framework:
    from scaffold.frameworks.nextjs import NextJs

    return NextJs()


def _fastapi() -> Framework:
    from scaffold.frameworks.fastapi.framework import FastApi

    return FastApi()


# A command needs only one of them, so each is imported on demand.
_FRAMEWORKS: Final[dict[str, Callable[[], Framework]]] = {"nextjs": _nextjs, "fastapi": _fastapi}


@cache
def framework_named(name: str) -> Framework:
    """The framework with that name in conventions. Raises UserError if scaffold does not know it."""
    if name not in _FRAMEWORKS:
        raise UserError(
            f"this scaffold does not know the framework `{printable(name)}` of the templates; "
            f"it knows {', '.join(_FRAMEWORKS)}",
            "install the newest one: `pip install --upgrade scaffold`",
        )
    return _FRAMEWORKS[name]()


def frameworks() -> list[Framework]:
    """All of them; the first is the usual one."""
    return [framework_named(name) for name in _FRAMEWORKS]


def framework_of(stack: Stack) -> Framework:
    """The framework of a project with those conventions. Raises UserError if scaffold does not know it."""
    return framework_named(str(stack["framework"]))


def orm_of(stack: Stack) -> Orm:
    """The ORM of a project with those conventions; one that only a fork's templates know has no tool."""
    name = stack["orm"]
    return ORMS.get(name) or Orm(name, migrations=lambda root: iter(()), missing="")


def laid_out(templates: Templates, manifest: Manifest) -> Manifest:
    """The manifest of a new service, with the folder and the import alias of its framework."""
    source, alias = framework_of(stack_of(templates, manifest)).layout
    return replace(manifest, source=source, alias=alias)


def stack_of(templates: Templates, manifest: Manifest) -> Stack:
    """The conventions of the group `stack` of a project."""
    stack: Stack = templates.conventions(manifest)["stack"]
    return stack
