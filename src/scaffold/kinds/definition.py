"""Kinds as the templates define them: `index.yml` in templates/kinds names them, `KIND.yml` says what each takes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from scaffold.kinds import option_types
from scaffold.kinds.option_types import FIELDS, INT32, LIST, NAMES, Value
from scaffold.kinds.thing import KIND
from scaffold.support.errors import UserError
from scaffold.support.text import nearest, printable
from scaffold.support.yaml import YamlError
from scaffold.support.yaml import load as load_yaml

FOLDER: Final = "templates/kinds"
INDEX: Final = f"{FOLDER}/index.yml"
# Placeholders in the sentences of a definition: the folder of the source code, and the forms of a thing's name.
FORMS: Final = ("source", "name", "ident", "type_name", "slug")

_LINE: Final = r"[^\x00-\x1f\x7f\u2028\u2029]{1,300}"
_KEYS: Final = (
    *("title", "example", "fields", "options", "conventions", "kinds", "service"),
    *("reserves", "stays"),
    *("next_steps", "on_remove", "on_rename"),
)
_OPTION: Final = ("type", "of", "values", "min", "max", "default", "required", "help")
# What `scaffold add` takes anyway.
_TAKEN: Final = frozenset({"project", "dry_run", "diff", "json", "help", "restore", "fields"})


@dataclass(frozen=True, slots=True)
class Option:
    """One option of a kind. `of` is the type of a list's items, `values` and `bounds` are what enums and ints allow."""

    name: str
    type: str
    help: str = ""
    of: str = "word"
    values: tuple[str, ...] = ()
    bounds: tuple[int, int] = INT32
    default: Value = None
    required: bool = False

    @property
    def flag(self) -> str:
        """As you type it: `--max-size`."""
        return "--" + self.name.replace("_", "-")

    def read(self, texts: list[str]) -> Value:
        """What was typed, once or several times, as the manifest holds it. Raises UserError if it is not allowed."""
        if self.type == FIELDS:
            return option_types.read_fields(texts)
        if self.type == LIST:
            parts = [part for text in texts for part in text.split(",")]
            return [self._one(self.of, part.strip()) for part in parts]
        return self._one(self.type, texts[-1])

    def _one(self, kind: str, text: str) -> Value:
        if kind == "enum" and text not in self.values:
            guess = nearest(text, self.values)
            raise UserError(
                f"`{self.flag}` does not take `{printable(text[:60])}`; it takes: {', '.join(self.values)}",
                (
                    f"did you mean `{self.flag} {guess}`?"
                    if guess
                    else f"`{self.flag} {self.values[0]}`"
                ),
            )
        value = option_types.read(kind, text, self.flag)
        least, most = self.bounds
        if kind == "int" and not least <= value <= most:
            raise UserError(
                f"`{self.flag}` does not take {value}: it is from {least} to {most}",
                f"for example `{self.flag} {min(max(value, least), most)}`",
            )
        return value

    def typed(self, value: Value) -> list[str]:
        """A value of it, as you would type it: several texts for a list."""
        if self.type in (LIST, FIELDS):
            return [option_types.typed(one) for one in value]
        return [option_types.typed(value)]


@dataclass(frozen=True, slots=True)
class Kind:
    """What can be added: its words, what it takes, and what it needs of a project.

    `fields` is `none`, `any` or `some`: whether a thing of it has FIELDs. `conventions` are those that a project has
    to follow, each with the values that it may have; `kinds` those of which there has to be one already. `service`:
    only a whole service has them. No resource beside them has a name that it `reserves`; `stays` are folders of its
    templates that stay without them, because a database may know their migrations.
    """

    name: str
    title: str
    example: str
    fields: str = "none"
    options: tuple[Option, ...] = ()
    conventions: Mapping[str, tuple[str, ...]] | None = None
    kinds: tuple[str, ...] = ()
    service: bool = False
    reserves: tuple[str, ...] = ()
    stays: tuple[str, ...] = ()
    next_steps: tuple[str, ...] = ()
    on_remove: str = ""
    on_rename: str = ""

    def option(self, name: str) -> Option | None:
        """Its option of that name, or None."""
        return next((option for option in self.options if option.name == name), None)


def index_of(texts: Mapping[str, str]) -> dict[str, list[str]]:
    """The kinds that a version of the templates has, each with the folders that come with it besides its own.

    `texts` are the files of the version. Raises UserError if the index is not such a mapping.
    """
    if INDEX not in texts:
        return {}
    index = _yaml(INDEX, texts[INDEX]) or {}
    fits = isinstance(index, dict) and all(
        _is_name(kind) and isinstance(folders, list) and all(map(_is_name, folders))
        for kind, folders in index.items()
    )
    if not fits:
        raise _wrong(INDEX, ["each kind has a list of the folders that come with it: `job: []`"])
    return dict(index)


def read_kind(name: str, texts: Mapping[str, str]) -> Kind:
    """The kind of that name. Raises UserError with everything that is wrong with its definition."""
    path = f"{FOLDER}/{name}.yml"
    if path not in texts:
        raise _wrong(INDEX, [f"it names `{name}`, and there is no {path}"])
    text = texts[path]
    problems = [
        f"it holds `{mark}`: a definition is data" for mark in ("{{", "{%", "{#") if mark in text
    ]
    if problems:
        raise _wrong(path, problems)
    data = _yaml(path, text)
    if not isinstance(data, dict):
        raise _wrong(path, ["a mapping is expected"])
    problems = [*_problems(data)]
    if problems:
        raise _wrong(path, problems)
    conventions = data.get("conventions") or {}
    return Kind(
        name,
        data["title"],
        data["example"],
        data.get("fields", "none"),
        tuple(_option(word, spec) for word, spec in (data.get("options") or {}).items()),
        {key: tuple(map(_word, values)) for key, values in conventions.items()},
        tuple(data.get("kinds") or ()),
        data.get("service", False),
        tuple(data.get("reserves") or ()),
        tuple(data.get("stays") or ()),
        tuple(data.get("next_steps") or ()),
        data.get("on_remove", ""),
        data.get("on_rename", ""),
    )


def _option(name: str, spec: Mapping[str, Any]) -> Option:
    option = Option(
        name,
        spec["type"],
        spec.get("help", ""),
        spec.get("of", "word"),
        tuple(spec.get("values", ())),
        (spec.get("min", INT32[0]), spec.get("max", INT32[1])),
        None,
        spec.get("required", False),
    )
    if "default" not in spec:
        return option
    stated = spec["default"] if isinstance(spec["default"], list) else [spec["default"]]
    return replace(option, default=option.read([_word(one) for one in stated]))


def _problems(data: Mapping[str, Any]) -> Iterator[str]:
    yield from _strange("it", data, _KEYS)
    for key in ("title", "example"):
        if not _is_line(data.get(key)):
            yield f"`{key}` has to be a line of text"
    for key in ("on_remove", "on_rename"):
        if key in data:
            yield from _sentence(key, data[key])
    if data.get("fields", "none") not in ("none", "any", "some"):
        yield "`fields` is none, any or some"
    steps = data.get("next_steps") or []
    for step in steps if isinstance(steps, list) else [steps]:
        yield from _sentence("next_steps", step)
    for key, what in (("kinds", "kinds"), ("reserves", "resources"), ("stays", "folders")):
        names = data.get(key) or []
        if not isinstance(names, list) or not all(map(_is_name, names)):
            yield f"`{key}` is a list of {what}"
    if not isinstance(data.get("service", False), bool):
        yield "`service` is true or false"
    conventions = data.get("conventions") or {}
    if not isinstance(conventions, dict) or not all(
        isinstance(values, list) and re.fullmatch(r"\w+\.\w+", str(key))
        for key, values in conventions.items()
    ):
        yield "`conventions` maps keys such as `stack.framework` to lists of values"
    options = data.get("options") or {}
    if not isinstance(options, dict):
        yield "`options` maps names to what they take"
        return
    for name, spec in options.items():
        if isinstance(name, bool):
            yield f"`options`: YAML reads a bare `on`, `off`, `yes` or `no` as {name}: put the name in quotes"
        else:
            yield from _problems_of_option(str(name), spec)


def _problems_of_option(name: str, spec: Any) -> Iterator[str]:
    where = f"`options.{printable(name[:40])}`"
    if not _is_name(name) or name in _TAKEN:
        yield f"{where}: that name is not allowed: {KIND}, and none of {', '.join(sorted(_TAKEN))}"
    if not isinstance(spec, dict):
        yield f"{where}: a mapping with `type` is expected"
        return
    yield from _strange(where, spec, _OPTION)
    kind = spec.get("type")
    if kind not in NAMES:
        guess = nearest(str(kind), NAMES)
        yield f"{where}: the types are {', '.join(NAMES)}" + (
            f"; did you mean {guess}?" if guess else ""
        )
        return
    if spec.get("of", "word") not in option_types.TYPES:
        yield f"{where}: a list is `of` one of {', '.join(option_types.TYPES)}"
    if "help" in spec and not _is_line(spec["help"]):
        yield f"{where}: `help` has to be a line of text"
    if not isinstance(spec.get("required", False), bool):
        yield f"{where}: `required` is true or false"
    values = spec.get("values", [])
    if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
        yield f"{where}: `values` is a list of words"
        return
    if ("enum" in (kind, spec.get("of"))) != bool(values):
        yield f"{where}: an enum has `values`, and nothing else has"
        return
    bounds = [spec[key] for key in ("min", "max") if key in spec]
    if bounds and "int" not in (kind, spec.get("of")):
        yield f"{where}: an int has `min` and `max`, and nothing else has"
        return
    if not all(type(bound) is int for bound in bounds) or bounds != sorted(bounds):
        yield f"{where}: `min` and `max` are whole numbers, the smaller one first"
        return
    if "default" in spec:
        if spec.get("required"):
            yield f"{where}: what has a default is not required"
        try:
            _option(name, {key: value for key, value in spec.items() if key in _OPTION})
        except UserError as error:
            yield f"{where}: {error.message}"


def _strange(where: str, data: Mapping[Any, Any], known: Iterable[str]) -> Iterator[str]:
    for key in data:
        if key not in {*known}:
            guess = nearest(str(key)[:40], [*known])
            yield f"{where} has the unknown key `{printable(str(key)[:40])}`" + (
                f"; did you mean `{guess}`?" if guess else ""
            )


def _sentence(key: str, text: Any) -> Iterator[str]:
    if not _is_line(text):
        yield f"`{key}` has to be a line of text"
        return
    for form in re.findall(r"<(\w+)>", text):
        if form not in FORMS:
            yield f"`{key}` names `<{form}>`; there is {', '.join(f'<{one}>' for one in FORMS)}"


def _is_name(value: Any) -> bool:
    return isinstance(value, str) and bool(re.fullmatch(KIND, value))


def _is_line(value: Any) -> bool:
    return isinstance(value, str) and bool(re.fullmatch(_LINE, value))


def _word(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _yaml(path: str, text: str) -> Any:
    try:
        return load_yaml(text)
    except YamlError as error:
        line = f", line {error.line}" if error.line else ""
        raise _wrong(path, [f"not valid YAML{line}: {error.problem}"]) from None


def _wrong(path: str, problems: list[str]) -> UserError:
    return UserError(
        f"`{path}` of the templates does not define kinds:\n"
        + "\n".join(f"  {one}" for one in problems),
        "correct it in the repository of the templates, commit, and tag a version",
    )
