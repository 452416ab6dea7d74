"""What `scaffold add` can add: the kinds of a project's templates, and a check of a team's own."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from scaffold.api.things import templates_of
from scaffold.kinds.definition import FOLDER, INDEX, Kind, index_of, read_kind
from scaffold.kinds.option_types import INT32
from scaffold.sources.pack import open_texts
from scaffold.support.errors import UserError
from scaffold.support.text import printable

_LOOPS: Final = re.compile(r"\{% yield \w+ from kinds\.(\w+) %\}")
_FOLDERS: Final = re.compile(r"\{\{ use_kind\.(\w+) \}\}")


def kinds_of(project: str | None = None) -> list[Kind]:
    """The kinds of the project's templates, or of the newest ones without a project."""
    return [*templates_of(project).kinds.values()]


def as_data(kind: Kind) -> dict[str, Any]:
    """A kind for programs."""
    return {
        "name": kind.name,
        "title": kind.title,
        "example": kind.example,
        "fields": kind.fields,
        "options": [
            {
                "name": option.name,
                "flag": option.flag,
                "type": option.type,
                "help": option.help,
                "values": list(option.values),
                "min": option.bounds[0] if option.bounds != INT32 else None,
                "max": option.bounds[1] if option.bounds != INT32 else None,
                "default": None if option.default is None else option.typed(option.default),
                "required": option.required,
            }
            for option in kind.options
        ],
        "conventions": {key: list(values) for key, values in (kind.conventions or {}).items()},
        "kinds": list(kind.kinds),
        "service": kind.service,
        "reserves": list(kind.reserves),
    }


def check(folder: str) -> list[str]:
    """What is wrong with the kinds of a repository of templates, one sentence each.

    Raises UserError if the folder holds no templates.
    """
    root = Path(folder)
    if not (root / "copier.yml").is_file():
        raise UserError(
            f"`{printable(folder)}` holds no templates: there is no copier.yml",
            "name the repository: `scaffold kinds check ../our-templates`",
        )
    return [*_problems(open_texts(root))]


def _problems(texts: Mapping[str, str]) -> Iterator[str]:
    try:
        index = index_of(texts)
    except UserError as error:
        yield error.message
        return
    for name in index:
        try:
            kind = read_kind(name, texts)
        except UserError as error:
            yield error.message
            continue
        yield from (
            f"`{FOLDER}/{name}.yml` keeps the folder `{folder}`, which {INDEX} does not name beside it"
            for folder in kind.stays
            if folder not in index[name]
        )
        yield from (
            f"`{FOLDER}/{name}.yml` needs `{other}`, which {INDEX} does not name"
            for other in kind.kinds
            if other not in index
        )
    named = {Path(path).stem for path in texts if path.startswith(f"{FOLDER}/")} - {"index"}
    for name in sorted(named - {*index}):
        yield f"{INDEX} does not name `{name}`, so `{FOLDER}/{name}.yml` does nothing: `{name}: []`"
    looped = {name for path in texts for name in _LOOPS.findall(path)}
    for name in sorted({*index} - looped):
        yield (
            f"no path of a template goes through `kinds.{name}`, so its things make no file of their own: "
            f"`{{% yield {name} from kinds.{name} %}}{{{{ {name}.name }}}}{{% endyield %}}`"
        )
    folders = {*index, *(folder for more in index.values() for folder in more)}
    for path in texts:
        for name in _LOOPS.findall(path):
            if name not in index:
                yield f"`{path}` goes through `kinds.{name}`, which {INDEX} does not name"
        for name in _FOLDERS.findall(path):
            if name not in folders:
                yield f"`{path}` stands in `use_kind.{name}`, which {INDEX} does not name"
