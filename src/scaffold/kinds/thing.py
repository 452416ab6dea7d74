"""A thing of a project: what `scaffold add` added, and what keeps it together when something else changes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final

from scaffold.resources.fields import Field
from scaffold.resources.names import parse_name
from scaffold.support.errors import UserError

if TYPE_CHECKING:
    from scaffold.kinds.option_types import Value

# What a kind may be called: a word in commands, in paths of templates and in code.
KIND: Final = r"[a-z][a-z0-9_]{0,29}"
KEYS: Final = frozenset({"kind", "name", "key", "options", "fields"})


@dataclass(frozen=True, slots=True)
class Thing:
    """One thing: its kind, name, options (as the manifest holds them) and fields.

    `key` is its name on the day it was added, with a number if there was one of that name; it never changes, so a
    renamed thing is the same one.
    """

    kind: str
    name: str
    key: str
    options: Mapping[str, Value] = field(default_factory=dict)
    fields: tuple[Field, ...] = ()

    @property
    def address(self) -> str:
        """As the command line calls it: `job/render`."""
        return f"{self.kind}/{self.name}"

    def to_data(self) -> dict[str, Any]:
        """The entry in the manifest."""
        data: dict[str, Any] = {"kind": self.kind, "name": self.name, "key": self.key}
        if self.options:
            data["options"] = dict(self.options)
        if self.fields:
            data["fields"] = [one.to_data() for one in self.fields]
        return data

    @classmethod
    def from_data(cls, data: Any) -> Thing:
        """The thing of a manifest entry. Whether its options fit its kind is up to the templates.

        Raises UserError if the entry is not what `to_data` writes.
        """
        fits = (
            isinstance(data, Mapping)
            and {*data} <= KEYS
            and all(isinstance(data.get(key), str) for key in ("kind", "name", "key"))
            and re.fullmatch(KIND, data["kind"])
            and re.fullmatch(r"[a-z][a-z0-9_]{0,39}(?:-[0-9]{1,4})?", data["key"])
            and isinstance(data.get("options", {}), Mapping)
            and isinstance(data.get("fields", []), list)
        )
        if not fits or parse_name(data["name"], data["kind"], "daily") != data["name"]:
            raise UserError(f"`{str(data)[:60]}` in `things` is not as scaffold writes it")
        fields = tuple(Field.from_data(one) for one in data.get("fields", ()))
        return cls(data["kind"], data["name"], data["key"], dict(data.get("options", {})), fields)

    def names(self, resource: str, field_name: str | None = None) -> list[str]:
        """How it names a resource, or one field of it: its options as you type them, and its own fields."""
        found = [
            f"--{option.replace('_', '-')}"
            for option, named in self._named()
            if named["resource"] == resource and field_name in (None, named.get("field"))
        ]
        if field_name is None:
            found += [one.name for one in self.fields if one.ref == resource and not one.external]
        return found

    def resources(self) -> list[str]:
        """Every resource that it names."""
        own = [one.ref for one in self.fields if one.ref and not one.external]
        return [*(named["resource"] for _, named in self._named()), *own]

    def with_renamed(self, resource: str, new: str, field_name: str | None = None) -> Thing:
        """The thing after a resource, or one field of it, got another name."""

        def follow(value: Value) -> Value:
            if isinstance(value, list):
                return [follow(one) for one in value]
            if not isinstance(value, Mapping):
                return value
            if "type" in value:
                same = (
                    field_name is None
                    and value.get("ref") == resource
                    and not value.get("external")
                )
                return {**value, "ref": new} if same else value
            if value.get("resource") != resource:
                return value
            if field_name is None:
                return {**value, "resource": new}
            return {**value, "field": new} if value.get("field") == field_name else value

        fields = tuple(
            (
                replace(one, ref=new)
                if field_name is None and one.ref == resource and not one.external
                else one
            )
            for one in self.fields
        )
        options = {name: follow(value) for name, value in self.options.items()}
        return replace(self, options=options, fields=fields)

    def own_names(self, field_name: str) -> list[str]:
        """The options that name that field of its own, as you type them."""
        return [
            f"--{option.replace('_', '-')}"
            for option, value in self.options.items()
            if {"own": field_name} in (value if isinstance(value, list) else [value])
        ]

    def with_renamed_own(self, old: str, new: str) -> Thing:
        """The thing after one of its own fields got another name: its options follow."""

        def follow(value: Value) -> Value:
            if isinstance(value, list):
                return [follow(one) for one in value]
            return {"own": new} if value == {"own": old} else value

        options = {name: follow(value) for name, value in self.options.items()}
        return replace(self, options=options)

    def _named(self) -> Iterator[tuple[str, Mapping[str, str]]]:
        """Every resource in an option, with the option's name."""
        for option, value in self.options.items():
            for one in value if isinstance(value, list) else [value]:
                if isinstance(one, Mapping) and "resource" in one:
                    yield option, one
                elif isinstance(one, Mapping) and one.get("ref") and not one.get("external"):
                    yield option, {"resource": one["ref"]}


def key_for(name: str, things: tuple[Thing, ...], kind: str) -> str:
    """The key of a new thing of that name: none of the kind ever had it, as far as the manifest knows."""
    taken = {thing.key for thing in things if thing.kind == kind}
    number = 2
    key = name
    while key in taken:
        key, number = f"{name}-{number}", number + 1
    return key
