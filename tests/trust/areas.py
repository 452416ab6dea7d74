"""The areas of hostile input: how many inputs each has, in which projects, and what they are."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from hypothesis import strategies as st

from tests.support.cases import call
from tests.trust import documents, fields, hosts, manifests
from tests.trust.machine import Input

EMPTY = "empty"


class Area(NamedTuple):
    """`starts` are agents, of whose service each project is a copy, or EMPTY."""

    title: str
    inputs: int
    starts: tuple[str, ...]
    strategy: Callable[[str], st.SearchStrategy[Input]]


def _source() -> str:
    return os.environ["SCAFFOLD_SOURCE"]


AREAS = {
    "fields-next": Area(
        "the words of `endpoint` and `model`, Next.js",
        30_000,
        ("supabase", "libsql", "prisma", "clerk"),
        lambda _: fields.inputs(),
    ),
    "fields-fastapi": Area("the same, FastAPI", 20_000, ("fastapi",), lambda _: fields.inputs()),
    "apply": Area("files of `apply`", 8_000, ("prisma", "fastapi"), lambda _: manifests.applied()),
    "blocks": Area("documents: front matter", 8_000, (EMPTY,), lambda _: documents.blocks()),
    "prose": Area("documents: prose", 10_000, (EMPTY,), lambda _: documents.prose()),
    "manifests": Area(
        "`.copier-answers.yml`",
        9_000,
        ("supabase", "libsql", "fastapi"),
        lambda style: manifests.inputs(_source(), style),
    ),
    "hosts-next": Area(
        "projects of others, Next.js", 8_000, (EMPTY,), lambda _: hosts.inputs("next")
    ),
    "hosts-fastapi": Area(
        "projects of others, FastAPI", 7_000, (EMPTY,), lambda _: hosts.inputs("fastapi")
    ),
}


def start_of(name: str, folder: Path) -> Path:
    """A project to start from, made in the folder if it is not there."""
    place = folder / name / "clinic"
    if place.exists():
        return place
    aside = folder / f"{name}.{os.getpid()}" / "clinic"
    if name == EMPTY:
        aside.mkdir(parents=True)
    else:
        aside.parent.mkdir(parents=True)
        for words in (
            ["new", str(aside), "--style", name],
            ["endpoint", "assessments", "title:string{1..200}", "--project", str(aside)],
        ):
            if call(words):
                raise RuntimeError(f"scaffold {' '.join(words)} failed")
        shutil.rmtree(aside / ".git")
        shutil.rmtree(aside / ".scaffold")
    aside.parent.rename(place.parent)
    return place


__all__ = ["AREAS", "EMPTY", "Area", "start_of"]
