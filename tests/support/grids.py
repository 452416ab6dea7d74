"""Resources of every type, option and length of a name: all in a grid, or some by chance."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace

from scaffold.resources.fields import TYPES, Field, parse_field
from scaffold.resources.keys import Key, Keys, in_order
from scaffold.resources.names import singular
from scaffold.resources.resource import METHODS, PAGINATION, RateLimit, Resource

SEED = 20261121

LENGTHS = range(1, 41)

MODIFIERS = ("", "?", "!", "+", "?+")
EXTRA = {
    "string": [
        "{1..200}",
        "{9999..10000}",
        "=x",
        "=it's a longer default that goes on for a while",
    ],
    "text": ["{1..100000}", "=x"],
    "int": ["{-2147483648..2147483647}", "{1..10}", "=5"],
    "bigint": ["{-9223372036854775808..9223372036854775807}", "{0..}", "=5"],
    "float": ["{-1.5..1.5}", "=0.5"],
    "decimal": ["{-9007199254740991..9007199254740991}", "{0..100}", "=0"],
    "bool": ["=true"],
    "date": ["=2026-01-31"],
    "datetime": ["=2026-01-31T10:00:00Z"],
    "time": ["=10:00:00"],
    "uuid": ["=7d444840-9dc0-41d1-b245-5ffdce74fad2"],
    "email": ["=somebody@example.com"],
    "url": ["=https://example.com/a/rather/long/path/to/some/page/of/a/site"],
    "json": [],
    "enum": ["=aa"],
    "ref": [],
}


def name_of(length: int, letter: str) -> str:
    """A word of that length that is no reserved name."""
    return (letter * length)[:length]


def field(name: str, kind: str, modifier: str, extra: str) -> Field | None:
    """A field, or None where the grammar has none such."""
    from scaffold.support.errors import UserError

    arguments = {"enum": "(aa,bb-cc,dd_ee)", "ref": "(parents)"}.get(kind, "")
    span, default = (extra, "") if extra.startswith("{") else ("", extra)
    try:
        return parse_field(f"{name}:{kind}{arguments}{span}{modifier}{default}")
    except UserError:
        return None


def grid(lengths: Sequence[int] = LENGTHS) -> list[Resource]:
    """Every type with every modifier and bound, at every length of the field's and the resource's name."""
    resources: list[Resource] = []
    for length in lengths:
        variants = [
            (kind, modifier, extra)
            for kind in TYPES
            for modifier in MODIFIERS
            for extra in ("", *EXTRA[kind])
        ]
        fields = []
        for index, (kind, modifier, extra) in enumerate(variants):
            made = field(
                name_of(length, "abcdefghijklmnopqrstuvwxyz"[index % 26]), kind, modifier, extra
            )
            if made and len(made.name) <= 40:
                fields.append(made)
        # Fields of one length share names, so they are spread over resources that hold each name once.
        while fields:
            seen: dict[str, Field] = {}
            rest = []
            for item in fields:
                if item.name in seen:
                    rest.append(item)
                else:
                    seen[item.name] = item
            fields = rest
            number = len(resources)
            name = f"r{number}x" + "y" * max(0, length - len(f"r{number}x"))
            resources.append(resource(name[:40], tuple(seen.values()), number))
    return resources


def resource(name: str, fields: tuple[Field, ...], number: int) -> Resource:
    """A resource whose options follow from a number, so that all of them come up."""
    table = ""
    if number % 4 == 1:  # The database has other names, of any length.
        table = f"t{name}{'d' * (number * 11 % 36)}"[:40]
        columns = [f"c{index}{'d' * (number * 7 % 36)}" for index in range(len(fields))]
        fields = tuple(
            replace(item, column=name) for item, name in zip(fields, columns, strict=True)
        )
    return Resource(
        table=table,
        name=name,
        singular=singular(name),
        fields=fields,
        methods=METHODS if number % 3 else METHODS[number % 5 : number % 5 + 2],
        roles=(("admin",), (), ("editor-of-everything", "second_role"))[number % 3],
        public=number % 4 == 0,
        rate_limit=RateLimit(number + 1, "15m") if number % 2 else None,
        paginate=PAGINATION[number % 3],
        soft_delete=number % 5 == 0,
        keys=_keys(fields, number),
    )


def keys_over(item: Resource, fields: Sequence[Field]) -> Keys:
    """Its keys where its fields are stored in other columns; those that name a field that is left out go."""
    columns = {old.stored_in: new.stored_in for old, new in zip(item.fields, fields, strict=False)}
    columns["owner_id"] = "owner_id"
    keys = [key for key in item.keys if columns.keys() >= {*key.columns}]
    return in_order(
        [key._replace(columns=tuple(columns[name] for name in key.columns)) for key in keys]
    )


def _keys(fields: tuple[Field, ...], number: int) -> Keys:
    """Keys of two to five columns, in two resources of three."""
    names = [item.stored_in for item in fields if item.type not in ("text", "json")]
    if number % 3 == 1 or len(names) < 2:
        return ()
    keys = [Key(("owner_id", names[-1]), number % 2 == 0)]
    keys += [Key(tuple(names[: 2 + number % 4]), True)] * (number % 3 == 0)
    return in_order(keys)


def at_random(count: int) -> list[Resource]:
    """Resources with several fields whose names are of random length."""
    dice = random.Random(SEED)
    result = []
    for number in range(count):
        fields: dict[str, Field] = {}
        for _ in range(dice.randint(1, 8)):
            kind = dice.choice(TYPES)
            name = "".join(
                dice.choice("abcdefghijklmnopqrstuvwxyz_") for _ in range(dice.randint(1, 37))
            )
            name = f"f{name.strip('_').replace('__', '_').replace('__', '_')}"
            made = field(name, kind, dice.choice(MODIFIERS), dice.choice(["", *EXTRA[kind]]))
            if made and len(made.name) <= 40:
                fields[made.name] = made
        if not fields:
            continue
        word = "".join(dice.choice("bcdfghjklmnpqrtvwz") for _ in range(dice.randint(1, 34)))
        result.append(resource(f"q{number}{word}", tuple(fields.values()), dice.randint(0, 60)))
    return result
