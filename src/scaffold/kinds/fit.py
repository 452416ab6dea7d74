"""Whether a thing fits its kind: what a manifest or a file says is read again by the rules of the command line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from scaffold.kinds.definition import Kind, Option
from scaffold.kinds.option_types import FIELDS, LIST, Value
from scaffold.kinds.thing import Thing
from scaffold.resources.fields import Field
from scaffold.support.errors import UserError
from scaffold.support.text import nearest, printable


def require_fit(thing: Thing, kind: Kind) -> None:
    """Raises UserError if an option is not one of the kind's, or does not hold what it takes, or one is missing."""
    for name, value in thing.options.items():
        option = kind.option(name)
        if option is None:
            known = [one.name for one in kind.options]
            guess = nearest(str(name), known)
            raise UserError(
                f"`{thing.address}` has the option `{printable(str(name)[:40])}`, which `{kind.name}` does not "
                f"take; it takes: {', '.join(known) or 'none'}",
                f"did you mean `{guess}`?" if guess else f"`scaffold add {kind.name} --help`",
            )
        if option.read(_typed(option, value, thing)) != value:
            raise UserError(
                f"`{thing.address}`: its option `{name}` is not as scaffold writes it",
                f"`scaffold add {thing.kind} {thing.name} {option.flag} …` sets it again",
            )
    for option in kind.options:
        if option.required and option.name not in thing.options:
            raise UserError(
                f"`{thing.address}` needs `{option.flag}`"
                + (f": {option.help}" if option.help else ""),
                f"for example `{kind.example}`",
            )
    _require_fields(thing, kind)


def require_project_fit(
    kind: Kind, values: Mapping[str, Mapping[str, Any]], *, service: bool
) -> None:
    """Raises UserError if a project with these conventions, a whole `service` or not, cannot have such things."""
    if kind.service and not service:
        raise UserError(
            f"`{kind.name}` needs a whole service, and this project is one that scaffold did not make",
            "`scaffold new` makes one; `scaffold kinds` shows what each kind needs",
        )
    for key, allowed in (kind.conventions or {}).items():
        group, _, word = key.partition(".")
        value = values.get(group, {}).get(word)
        text = str(value).lower() if isinstance(value, bool) else str(value)
        if text not in allowed:
            raise UserError(
                f"`{kind.name}` needs `{key}` to be {' or '.join(allowed)}, and in this project it is `{text}`",
                "`scaffold kinds` shows what each kind needs",
            )


def require_kinds(kind: Kind, things: Sequence[Thing]) -> None:
    """Raises UserError if the project lacks things of a kind that this one needs."""
    there = {thing.kind for thing in things}
    for other in kind.kinds:
        if other not in there:
            raise UserError(
                f"`{kind.name}` needs a `{other}`, and this project has none",
                f"first `scaffold add {other} --help`",
            )


def _require_fields(thing: Thing, kind: Kind) -> None:
    if thing.fields and kind.fields == "none":
        raise UserError(
            f"`{kind.name}` takes no fields, and `{thing.fields[0].spec()}` is one",
            f"`{kind.example}`",
        )
    if not thing.fields and kind.fields == "some":
        raise UserError(f"`{kind.name}` needs a field", f"for example `{kind.example}`")
    for field in thing.fields:
        require_plain(field, kind.name)
    names = {field.name for field in thing.fields}
    for option, value in thing.options.items():
        for one in value if isinstance(value, list) else [value]:
            if isinstance(one, Mapping) and "own" in one and one["own"] not in names:
                raise UserError(
                    f"`{thing.address}` has no field `{printable(str(one['own'])[:40])}`, which "
                    f"`--{option.replace('_', '-')}` names; it has: {', '.join(sorted(names)) or 'none'}",
                    f"for example `{kind.example}`",
                )


def require_plain(field: Field, kind: str) -> None:
    """Raises UserError if a field of a thing says what only a column can be."""
    for flag, word in ((field.unique, "unique"), (field.indexed, "indexed")):
        if flag:
            raise UserError(
                f"field `{field.spec()}`: a `{kind}` has no table of its own, so nothing in it can be {word}",
                f"leave the modifier out: `{field.name}:{field.type}`",
            )


def _typed(option: Option, value: Value, thing: Thing) -> list[str]:
    """A value from a file as it was typed once. Raises UserError if it has another shape than the option's."""
    several = option.type in (LIST, FIELDS)
    if isinstance(value, list) is not several:
        raise UserError(
            f"`{thing.address}`: `{option.name}` {'is a list' if several else 'takes one value'}",
            f"`scaffold add {thing.kind} --help`",
        )
    try:
        return option.typed(value)
    except (AttributeError, KeyError, TypeError):
        raise UserError(
            f"`{thing.address}`: `{option.name}` is not as scaffold writes it",
            f"`scaffold add {thing.kind} --help`",
        ) from None
