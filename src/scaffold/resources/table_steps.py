"""What happened to a table, step by step: where scaffold writes the migrations, it renders them from this."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from scaffold.resources.field_changes import Checks, Words, read, read_checks
from scaffold.resources.fields import Field
from scaffold.resources.keys import Key, Keys, read_columns
from scaffold.resources.keys import from_data as keys_from_data
from scaffold.resources.keys import to_data as keys_to_data
from scaffold.support.errors import UserError

KINDS = (
    "create",
    "add",
    "drop",
    "alter",
    "soft_delete",
    "version",
    "drop_table",
    "key",
    "drop_key",
)


@dataclass(frozen=True, slots=True)
class TableStep:
    """One change of a table; once it is in a manifest it never changes again.

    `id` is a level: two branches may both have a 2. `kind` is one of KINDS; `fields` are those of a
    new table, or the one that is added or dropped, by the names of their columns (and of the tables that
    they refer to). `soft_delete` and `version` say what a new table has, or what the step turns on or off. `keys` are
    those of a new table, or the one that comes or goes.
    Of `alter`, `fields` are the definition before and the one after, and `fill`, `words` and `checks` what
    `field_changes.Alteration` has.
    `after` names, of the tables that the fields of the step refer to, those that were dropped and made
    again, each with the level that made it; for a step that ends soft delete, the tables whose hidden rows
    go first, each with the level at which they do.
    """

    id: int
    kind: str
    fields: tuple[Field, ...] = ()
    soft_delete: bool = False
    version: bool = False
    after: tuple[tuple[str, int], ...] = ()
    keys: Keys = ()
    fill: str | int | float | bool | None = None
    words: Words = ()
    checks: Checks = ()

    def to_data(self) -> dict[str, Any]:
        """The step as the manifest holds it."""
        data: dict[str, Any] = {"id": self.id}
        if self.kind == "create":
            data["create"] = [field.to_data() for field in self.fields]
            for key in ("soft_delete", "version"):
                if getattr(self, key):
                    data[key] = True
            data |= keys_to_data(self.keys)
        elif self.kind in ("key", "drop_key"):
            data[self.kind] = [*self.keys[0].columns]
            if self.keys[0].unique:
                data["unique"] = True
        elif self.kind in ("add", "drop"):
            data[self.kind] = self.fields[0].to_data()
        elif self.kind == "alter":
            data |= {"alter": self.fields[0].to_data(), "to": self.fields[1].to_data()}
            if self.fill is not None:
                data["fill"] = self.fill
            if self.words:
                data["words"] = dict(self.words)
            if self.checks:
                data["checks"] = [[*check] for check in self.checks]
        else:
            data[self.kind] = self.kind == "drop_table" or getattr(self, self.kind)
        if self.after:
            data["after"] = dict(self.after)
        return data

    @classmethod
    def from_data(cls, data: Any) -> TableStep:
        """The step of a manifest entry; raises UserError if `to_data` would not write it."""
        try:
            step = cls._read(data)
        except (AttributeError, IndexError, KeyError, StopIteration, TypeError, ValueError):
            step = None
        except UserError as error:
            raise UserError(f"`{str(data)[:80]}` in a table's history: {error.message}") from None
        if step is None or step.to_data() != data:
            raise UserError(f"`{str(data)[:80]}` is not a step of a table's history")
        return step

    @classmethod
    def _read(cls, data: Mapping[str, Any]) -> TableStep:
        kind = next(kind for kind in KINDS if kind in data)
        keys = keys_from_data(data) if kind == "create" else ()
        if kind in ("key", "drop_key"):
            keys = (Key(read_columns(data[kind]), data.get("unique") is True),)
        given = data[kind] if kind == "create" else [data[kind]] if kind in ("add", "drop") else []
        if kind == "alter":
            given = [data["alter"], data["to"]]
        fields = tuple(Field.from_data(entry) for entry in given)
        made = None
        if kind == "alter":
            made = read(fields[0], fields[1], data.get("fill"), data.get("words", {}))
        return cls(
            id=int(data["id"]),
            kind=kind,
            fields=fields,
            soft_delete=data.get("soft_delete") is True,
            version=data.get("version") is True,
            after=tuple((str(table), int(level)) for table, level in data.get("after", {}).items()),
            keys=keys,
            fill=made.fill if made else None,
            words=made.words if made else (),
            checks=read_checks(data.get("checks", [])) if made else (),
        )
