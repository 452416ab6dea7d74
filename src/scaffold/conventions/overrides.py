"""Changes to conventions: `KEY=VALUE` words, and what they mean for a whole project."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from scaffold.conventions.schema import (
    Schema,
    Values,
    check,
    fill,
    fitting,
    mismatches,
)
from scaffold.conventions.values import shown, wrong_parts
from scaffold.resources.resource import Resource
from scaffold.support.errors import UserError
from scaffold.support.text import nearest, printable
from scaffold.support.yaml import YamlError
from scaffold.support.yaml import load as load_yaml

# What a project is built on: changing it would make another project.
FIXED = "stack.framework"


def parse_settings(schema: Schema, settings: Sequence[str]) -> dict[str, dict[str, Any]]:
    """`KEY=VALUE` words of the command line as group → key → value; values are YAML.

    Raises UserError on a malformed word, an unknown key or a value that is not allowed.
    """
    result: dict[str, dict[str, Any]] = {}
    for setting in settings:
        dotted, equals, text = setting.partition("=")
        group, _, key = dotted.partition(".")
        if not equals or not dotted:
            raise UserError(
                f"`{printable(setting)}` is not KEY=VALUE",
                "for example `scaffold set rate_limit.max=100`",
            )
        every = [f"{name}.{known}" for name, keys in schema.items() for known in keys]
        if dotted not in every:
            guess = nearest(dotted, every)
            raise UserError(
                f"unknown convention `{printable(dotted)}`; allowed: {', '.join(every)}",
                f"did you mean `{guess}`?" if guess else None,
            )
        if key in result.get(group, {}):
            raise UserError(
                f"`{dotted}` is given twice, the second time as `{printable(text[:200])}`",
                "give it once: `scaffold set rate_limit.max=100`",
            )
        try:
            value = (
                "" if schema[group][key].get("type") == "prefix" and not text else load_yaml(text)
            )
        except YamlError:
            raise UserError(
                f"the value of `{dotted}` is not valid YAML: `{printable(text)}`",
                "quote it in the shell: `scaffold set 'operations.idempotency=[POST, PUT]'`",
            ) from None
        wrong = wrong_parts(schema[group][key], value)
        if wrong:
            parts = "; ".join(f"`{below}`: {said}" if below else said for below, said in wrong)
            raise UserError(
                f"`{dotted}` cannot be `{printable(text[:200])}`: {parts}",
                "`scaffold agents show` shows every convention of this project",
            )
        result.setdefault(group, {})[key] = value
    return result


def without_redundant(
    schema: Schema, stated: Values, overrides: Values
) -> dict[str, dict[str, Any]]:
    """The overrides without those that change nothing, sorted by group."""
    kept = {group: dict(keys) for group, keys in sorted(overrides.items())}
    whole = fill(schema, stated, kept)
    for group in list(kept):
        for key in list(kept[group]):
            value = kept[group].pop(key)
            if fill(schema, stated, kept) != whole:
                kept[group][key] = value
    return {group: keys for group, keys in kept.items() if keys}


def require_covered(
    schema: Schema,
    stated: Values,
    overrides: Values,
    settings: Sequence[str] = (),
    *,
    options: bool = False,
) -> dict[str, dict[str, Any]]:
    """All conventions of a project; `settings` are the words that changed the overrides, with `options` by `--set`.

    Raises UserError if the templates do not cover the values together.
    """
    problems = check(schema, _merged(stated, overrides))
    if problems:
        import shlex

        more = _fix(schema, _merged(stated, overrides), settings)
        quoted = [shlex.quote(word) for word in (*settings, *more)]
        words = " ".join(f"--set {word}" for word in quoted) if options else " ".join(quoted)
        raise UserError(
            "the templates do not cover these conventions: " + "; ".join(map(str, problems)),
            f"set them together: `{'' if options else 'scaffold set '}{words}`" if more else None,
        )
    return fill(schema, stated, overrides)


def require_same_framework(before: Values, after: Values) -> None:
    """Raises UserError if a change would turn the project into one of another framework."""
    old, new = before["stack"]["framework"], after["stack"]["framework"]
    if old != new:
        raise UserError(
            f"`{FIXED}` of this project is `{old}` and cannot become `{new}`: all files would be different",
            "make a new project: `scaffold new PATH --style STYLE`",
        )


def require_policies(resources: Sequence[Resource], values: Values) -> None:
    """Raises UserError if resources of the project need what the conventions no longer have."""
    allowed = values["auth"].get("roles", ())
    for resource in resources:
        used = {*resource.roles, *(role for _, roles in resource.roles_for for role in roles)}
        if values["data"].get("optimistic_version") and any(
            "version" in (field.name, field.stored_in) for field in resource.fields
        ):
            raise UserError(
                f"`{resource.name}` has a column `version`, which data.optimistic_version gives every table",
                f"leave it false, or first `scaffold field remove {resource.name} version`",
            )
        gone = sorted(used - set(allowed)) if allowed and not resource.retired else []
        if gone:
            raise UserError(
                f"`{resource.name}` requires the role `{gone[0]}`, which is not in auth.roles "
                f"({', '.join(allowed)})",
                f"keep it: `scaffold set 'auth.roles=[{', '.join([*allowed, *gone])}]'`",
            )
        if resource.files and not resource.retired and not values["data"].get("dual_storage"):
            raise UserError(
                f"`{resource.name}` keeps its rows as JSON files too, which needs `data.dual_storage`",
                f"first `scaffold remove {resource.name}`, or leave data.dual_storage true",
            )


def differences(before: Values, after: Values) -> list[str]:
    """Each convention that differs, as `rate_limit.max: 60 → 100`."""
    return [
        f"{group}.{key}: {shown(before[group][key])} → {shown(value)}"
        for group, keys in after.items()
        for key, value in keys.items()
        if before.get(group, {}).get(key) != value
    ]


def _fix(schema: Schema, values: Values, settings: Sequence[str]) -> list[str]:
    """More settings that make the values fit together; empty if there are none."""
    tried: dict[str, dict[str, Any]] = {group: dict(keys) for group, keys in values.items()}
    given = [word.partition("=")[0] for word in settings]
    more: list[str] = []
    while problems := list(mismatches(schema, fill(schema, tried))):
        key = problems[0][0]
        group, _, name = key.partition(".")
        spec = schema[group][name]
        allowed = fitting(spec, fill(schema, tried)) if "requires" in spec else []
        if key in given or not allowed:
            return []
        given.append(key)
        tried.setdefault(group, {})[name] = allowed[0]
        more.append(f"{key}={str(allowed[0]).lower()}")
    return more if not check(schema, tried) else []


def _merged(stated: Values, overrides: Values) -> dict[str, dict[str, Any]]:
    return {
        group: {**stated.get(group, {}), **overrides.get(group, {})}
        for group in {**stated, **overrides}
    }
