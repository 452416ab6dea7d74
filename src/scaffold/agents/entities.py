"""Entities: the resources that an agent knows, as its front matter states them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from scaffold.conventions.schema import Problem, line_of
from scaffold.resources.fields import Field, parse_field, parse_fields
from scaffold.resources.options import Options, build
from scaffold.resources.references import above, parents_first
from scaffold.resources.resource import METHODS, check_no_twin, parse_resource_name
from scaffold.support.errors import UserError
from scaffold.support.text import nearest

# What a key of an entity must be; each is an option of `scaffold endpoint`, too.
KEYS = {
    "fields": "a list of FIELDs, such as ['title:string{1..200}']",
    "methods": f"a list of {', '.join(METHODS)}",
    "roles": "a list of roles",
    "roles_for": "a mapping of operations to lists of roles",
    "public": "true or false",
    "rate_limit": "text such as 60/1m",
    "paginate": "page, cursor or none",
    "soft_delete": "true or false",
    "unique": "a list of keys, each a list of fields, such as [[book, author]]",
    "index": "a list of keys, each a list of fields, such as [[state, due]]",
    "files": "a path below `data/`, such as 'reports/{year}'",
}
MOST = 200

Entities = dict[str, dict[str, Any]]


def options_of(entity: Mapping[str, Any]) -> Options:
    """The entity's policy, as you would type it."""
    roles = [*entity.get("roles", ())]
    for method, words in entity.get("roles_for", {}).items():
        roles += [f"{method}={word}" for word in words]
    methods = entity.get("methods")
    return Options(
        methods=None if methods is None else ",".join(methods),
        roles=tuple(roles),
        public=entity.get("public", False),
        rate_limit=entity.get("rate_limit"),
        paginate=entity.get("paginate"),
        soft_delete=entity.get("soft_delete", False),
        files=entity.get("files"),
        unique=tuple(",".join(words) for words in entity.get("unique", ())),
        indexed=tuple(",".join(words) for words in entity.get("index", ())),
    )


def check_entities(
    stated: Any,
    values: Mapping[str, Mapping[str, Any]],
    lines: Mapping[str, int] | None = None,
    most: int | None = MOST,
) -> tuple[Entities, list[Problem]]:
    """The entities as the manifest holds them, and everything that is wrong with them.

    `values` are all conventions; `lines` maps dotted keys (`entities.tasks.fields.0`) to lines; `most` is how many a
    document may have, None in a file of the user's own.
    """
    problems: list[Problem] = []

    def report(key: str, text: str) -> None:
        problems.append(Problem(key, line_of(lines or {}, key), text))

    if stated is None:
        return {}, []
    if not isinstance(stated, Mapping):
        report("entities", "must be a mapping of names to fields and options")
        return {}, problems
    if most is not None and len(stated) > most:
        report("entities", f"has {len(stated)} entities; at most {most} are allowed")
        return {}, problems
    found: Entities = {}
    parsed: dict[str, tuple[Field, ...]] = {}
    spelled: dict[str, str] = {}
    for word, entity in stated.items():
        key = f"entities.{word}"
        try:
            name = parse_resource_name(word if isinstance(word, str) else str(word))
            check_no_twin(name, list(found))
            if name in found:
                raise UserError(f"`{name}` appears twice")
        except UserError as error:
            report(key, error.message)
            continue
        entity = {} if entity is None else entity
        if not isinstance(entity, Mapping):
            report(key, f"must be a mapping of {', '.join(KEYS)}")
            continue
        fields = _fields(key, entity.get("fields", []), report)
        _check_options(key, name, entity, fields, values, report)
        spelled[name] = str(word)
        parsed[name] = fields
        found[name] = _normal(entity, fields)
    _check_refs(parsed, spelled, report)
    return found, problems


Report = Callable[[str, str], None]


def _fields(key: str, stated: Any, report: Report) -> tuple[Field, ...]:
    if not isinstance(stated, list) or not all(isinstance(text, str) for text in stated):
        report(f"{key}.fields", f"must be {KEYS['fields']}")
        return ()
    good = []
    for index, text in enumerate(stated):
        try:
            parse_field(text)
            good.append(text)
        except UserError as error:
            report(f"{key}.fields.{index}", _sentence(error))
    try:
        return parse_fields(good)
    except UserError as error:
        report(f"{key}.fields", error.message)
        return ()


def _check_options(
    key: str,
    name: str,
    entity: Mapping[Any, Any],
    fields: tuple[Field, ...],
    values: Mapping[str, Mapping[str, Any]],
    report: Report,
) -> None:
    clean: dict[str, Any] = {}
    bad = False
    for word, value in entity.items():
        if word not in KEYS:
            guess = nearest(str(word)[:60], KEYS)
            hint = f" (did you mean `{guess}`?)" if guess else ""
            report(f"{key}.{word}", f"unknown key; allowed: {', '.join(KEYS)}{hint}")
        elif word != "fields" and not _right_type(word, value):
            bad = True
            report(f"{key}.{word}", f"must be {KEYS[word]}")
        elif word != "fields":
            # Each option by itself, to find all mistakes at once.
            try:
                option = {word: value} if word == "methods" else {**_methods(clean), word: value}
                build(name, fields, options_of(option), values)
                clean[word] = value
            except UserError as error:
                bad = True
                report(f"{key}.{word}", _sentence(error))
    if bad:
        return
    try:
        build(name, fields, options_of(clean), values)
    except UserError as error:
        report(key, _sentence(error))


def _methods(clean: Mapping[str, Any]) -> dict[str, Any]:
    return {"methods": clean["methods"]} if "methods" in clean else {}


def _right_type(key: str, value: Any) -> bool:
    if key in ("public", "soft_delete"):
        return isinstance(value, bool)
    if key in ("methods", "roles"):
        return _words(value)
    if key in ("unique", "index"):
        return isinstance(value, list) and all(_words(words) and words for words in value)
    if key == "roles_for":
        return isinstance(value, Mapping) and all(
            isinstance(method, str) and "=" not in method and _words(words)
            for method, words in value.items()
        )
    return isinstance(value, str)


def _words(value: Any) -> bool:
    return isinstance(value, list) and all(
        isinstance(word, str) and "=" not in word and "," not in word for word in value
    )


def _normal(entity: Mapping[Any, Any], fields: tuple[Field, ...]) -> dict[str, Any]:
    data: dict[str, Any] = {"fields": [field.spec() for field in fields]}
    for key in KEYS:
        if key in entity and key != "fields":
            data[key] = entity[key]
    return data


def _check_refs(
    parsed: Mapping[str, tuple[Field, ...]], spelled: Mapping[str, str], report: Report
) -> None:
    parents: dict[str, set[str]] = {name: set() for name in parsed}
    for name, fields in parsed.items():
        for field in fields:
            if field.ref is None or field.ref == "users" != name:
                continue
            key = f"entities.{spelled[name]}.fields"
            if field.ref == name:
                if not field.optional:
                    report(
                        key,
                        f"`{field.spec()}` refers to its own entity, whose first row could have no parent: "
                        f"make it optional, `{replace(field, optional=True).spec()}`",
                    )
            elif field.ref not in parsed:
                guess = nearest(field.ref, parsed)
                hint = f" (did you mean `{guess}`?)" if guess else ""
                report(
                    key,
                    f"`{field.spec()}` refers to `{field.ref}`, which is not one of the entities{hint}",
                )
            else:
                parents[name].add(field.ref)
    for name in sorted(parents_first(parents)[1]):
        for field in parsed[name]:
            if (
                field.ref in parents[name]
                and name in above(parents, field.ref)
                and not field.optional
            ):
                report(
                    f"entities.{spelled[name]}.fields",
                    f"`{field.spec()}` refers to `{field.ref}` in a circle, so that each row would need another one "
                    f"first: make it optional, `{replace(field, optional=True).spec()}`",
                )


def _sentence(error: UserError) -> str:
    hint = error.hint or ""
    return f"{error.message} ({hint})" if hint.startswith("did you mean") else error.message
