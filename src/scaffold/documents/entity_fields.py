"""Members of definitions as FIELDs: each is checked by the grammar, and what it cannot take is said."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from scaffold.documents.definitions.shape import MOST_MEMBERS, Draft, Member, word_list
from scaffold.documents.entity_words import fold, resource_of
from scaffold.resources.fields import MAX_STRING, Field, parse_field
from scaffold.resources.names import singular, snake
from scaffold.support.errors import UserError
from scaffold.support.text import printable

# Every table of scaffold has these, or answers what they are for.
GIVEN: Final = frozenset(
    word_list(
        "id user_id owner_id created_at updated_at deleted_at version v created_on updated_on "
        "modified_at timestamps"
    )
)
_USERS: Final = {"users"}
_OWNERS: Final = {"user", "owner"}
_LONG: Final = frozenset(
    word_list(
        "body content contents description notes note comment comments message bio text details "
        "instructions markdown html transcript prompt about summary explanation reasoning feedback"
    )
)
_MONEY: Final = frozenset(
    word_list(
        "price amount total cost subtotal balance fee tax discount salary budget revenue payment "
        "sum"
    )
)
_MEASURE: Final = frozenset(
    word_list(
        "rate ratio score lat lng lon latitude longitude weight height width percent percentage "
        "average avg probability temperature distance confidence value rating x y z"
    )
)
_SECRET: Final = re.compile(
    r"(?:^|_)(?:password|passwd|pwd)(?:_|$)|(?:^|_)(?:secret|salt|token|api_key|private_key|key_hash)"
    r"(?:_hash|_encrypted|_enc)?$"
)
_IS: Final = re.compile(r"(?:is|has|can)_|.*_enabled$")
_BOUNDED: Final = {"string", "text", "int", "bigint", "float", "decimal"}
_NOT_UNIQUE: Final = {"json", "bool", "text", "enum"}
_KEYS: Final = {"string", "int", "bigint", "uuid", "number"}


class Resolver:
    """Turns members into FIELDs, with all entities of the document at hand."""

    def __init__(self, drafts: Mapping[str, Draft], enums: Mapping[str, tuple[str, ...]]) -> None:
        self._enums = enums
        self._known: dict[str, str] = {}
        for name, draft in drafts.items():
            for word in (draft.name, draft.table, fold(name)):
                self._known.setdefault(word, name)
        # Every entity above an entity, and those that one names in any way.
        self._above: dict[str, set[str]] = {name: set() for name in drafts}
        self._parents: dict[tuple[str, str], str] = {}
        self._refers: dict[str, set[str]] = {name: set() for name in drafts}
        self._lists: dict[str, list[tuple[str, str]]] = {name: [] for name in drafts}
        self._fields: dict[str, list[str]] = {}
        self._left: dict[str, list[str]] = {}
        self._members = {name: self._of_table(draft) for name, draft in drafts.items()}
        self._connect()
        for name, draft in drafts.items():
            self._fields[name], self._left[name] = self._resolve(name, draft)
        self._without_empty()
        for name, lists in self._lists.items():
            for word, target in lists:
                if name not in self._refers[target]:
                    self._left[name].append(f"{word}: a list of `{target}` is not taken")

    def _without_empty(self) -> None:
        """Takes back references to entities of which no field is left, as they are none."""
        empty: set[str] = set()
        while new := {name for name, found in self._fields.items() if not found} - empty:
            empty |= new
            for name, specs in self._fields.items():
                lost = [spec for spec in specs if parent_of(spec) in new]
                self._fields[name] = [spec for spec in specs if spec not in lost]
                self._left[name] += [
                    f"{spec.partition(':')[0]}: refers to `{parent_of(spec)}`, of which no field is left"
                    for spec in lost
                ]

    def of(self, name: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """The FIELDs of an entity, and sentences about what they lack."""
        left = [printable(text)[:200] for text in self._left[name]]
        return tuple(self._fields[name]), tuple(left[:MOST_MEMBERS])

    def _find(self, word: str) -> str | None:
        if not word:
            return None
        known = self._known.get(word)
        if known:
            return known
        resource = resource_of(word)
        return self._known.get(fold(resource)) if resource else None

    def _of_table(self, draft: Draft) -> dict[str, Member]:
        """The members by the names of their fields, without relations that a column beside them holds."""
        members = {
            _plain(member.name): replace(member, remarks=[*member.remarks])
            for member in draft.members[:MOST_MEMBERS]
        }
        # `author: User` beside `authorId`: the column gets the relation.
        for word, member in [*members.items()]:
            column = members.get(f"{word}_id")
            if column and column.type and not member.many and self._find(member.named):
                column.ref = column.ref or member.named
                del members[word]
        return members

    def _connect(self) -> None:
        """Decides which members refer to a parent: those that a row must have first, and none in a circle."""
        wanted = [
            (member.optional, name, word, target)
            for name, members in self._members.items()
            for word, member in members.items()
            if not self._is_given(name, word, member)
            for target in [self._target(name, word, member)]
            if target and target != name
        ]
        for _, name, word, target in sorted(wanted, key=lambda one: one[0]):
            self._refers[name].add(target)
            if name in self._above[target]:
                continue
            self._parents[name, word] = target
            if target in self._above[name]:
                continue
            new = {target, *self._above[target]}
            for other, above in self._above.items():
                if other == name or name in above:
                    above |= new

    def _target(self, name: str, word: str, member: Member) -> str | None:
        """The entity that a member refers to, by what it says or by its name (`courseId`)."""
        if member.many or member.refused or _SECRET.search(word):
            return None
        if member.ref:
            return self._find(member.ref)
        if member.named:
            return None if self._enum_of(member) else self._find(member.named)
        if member.type in _KEYS and word.endswith("_id"):
            target = self._find(word.removesuffix("_id"))
            return target if target != name else None
        return None

    def _resolve(self, name: str, draft: Draft) -> tuple[list[str], list[str]]:
        specs: list[str] = []
        left = list(draft.remarks)
        if len(draft.members) > MOST_MEMBERS:
            left.append(f"only the first {MOST_MEMBERS} members are taken")
        seen: set[str] = set()
        for word, member in self._members[name].items():
            try:
                field = self._field(name, word, member, left, draft.sure)
            except UserError as error:
                left.append(f"{member.name[:60]}: {error.message}")
                continue
            # As `parse_fields` compares names.
            key = parse_field(field).name.replace("_", "") if field else ""
            if field and key in seen:
                left.append(f"{member.name[:60]}: there is a field of that name")
            elif field:
                seen.add(key)
                specs.append(field)
        return specs, left

    def _field(
        self, name: str, word: str, member: Member, left: list[str], sure: bool
    ) -> str | None:
        if self._is_given(name, word, member):
            return None
        shown = member.name[:60]
        if _SECRET.search(word):
            left.append(f"{shown}: a secret is not for an endpoint")
            return None
        if member.refused:
            left.append(f"{shown}: {member.refused}, which no field is")
            return None
        if member.many:
            target = self._find(member.named)
            if target:
                self._lists[name].append((shown, target))
                return None
            if sure:
                left.append(f"{shown}: a list of `{member.named[:60]}` is not taken")
                return None
            member.type, member.named = "json", ""
        target = self._target(name, word, member)
        parent = self._parents.get((name, word))
        if target == name and member.optional:
            parent = name
        if parent:
            flags = "?" * member.optional + "!" * member.unique
            return _checked(f"{word.removesuffix('_id')}:ref({parent}){flags}")
        if member.ref or (target and member.named):
            left.append(f"{shown}: {self._why_no_parent(name, member, target)}")
            return None
        self._settle(word, member)
        field = _written(word, member)
        left += [f"{shown}: {remark}" for remark in member.remarks]
        return field

    def _why_no_parent(self, name: str, member: Member, target: str | None) -> str:
        if target is None:
            table = resource_of(member.ref) or member.ref[:60]
            return f"refers to `{table}`, which this document does not define"
        if target == name:
            return "refers to its own entity, whose first row could have no parent"
        return f"refers to `{target}`, which refers to `{name}`"

    def _is_given(self, name: str, word: str, member: Member) -> bool:
        owns = word in ("user_id", "owner_id") or (
            word in _OWNERS and resource_of(member.ref or member.named) in _USERS
        )
        if owns:
            self._refers[name] |= _USERS & self._refers.keys()
        own_key = word == f"{singular(name)}_id" and not member.ref
        if member.key and word != "id" and member.type == "string" and not own_key:
            member.key, member.unique = False, True
        if word in ("created", "updated") and member.type == "datetime":
            return True
        return owns or word in GIVEN or own_key or (member.key and not member.ref)

    def _enum_of(self, member: Member) -> tuple[str, ...]:
        return self._enums.get(member.named) or self._enums.get(member.named.lower()) or ()

    def _settle(self, word: str, member: Member) -> None:
        """Decides the type where the name of the member or of its type tells."""
        if member.named:
            values = self._enum_of(member)
            if values:
                member.type, member.values = "enum", values
            else:
                member.type = "json"
                member.remarks.append(f"{member.named[:60]} taken as json")
        last = word.rsplit("_", 1)[-1]
        if member.type == "enum":
            _settle_enum(member)
        if member.type == "number":
            member.type = (
                "decimal"
                if last in _MONEY
                else "float" if last in _MEASURE else "bigint" if last == "at" else "int"
            )
        elif member.type == "int" and _IS.match(word) and not member.low:
            # SQLite has no booleans.
            member.type = "bool"
        elif member.type == "string" and not member.values:
            if last == "email":
                member.type = "email"
            elif last in ("url", "website", "homepage"):
                member.type = "url"
            elif not member.high and last == "at":
                member.type = "datetime"
            elif not member.high and (last == "date" or last == "birthday"):
                member.type = "date"
            elif (not member.high and last in _LONG) or (
                member.high.isdigit() and int(member.high[:9]) > MAX_STRING
            ):
                member.type = "text"
        if member.type == "string" and not member.high:
            member.low, member.high = member.low or "1", "200"
        if member.type not in _BOUNDED:
            member.low = member.high = ""
        if member.unique and member.type in _NOT_UNIQUE:
            member.unique = False
            member.remarks.append(f"a `{member.type}` cannot be unique")


def parent_of(spec: str) -> str:
    """The entity to which a FIELD refers; empty: none."""
    match = re.search(r":ref\(([a-z0-9_]+)\)", spec)
    return match[1] if match else ""


def _plain(name: str) -> str:
    """The name of a field for the name of a member; the grammar judges what is left."""
    return snake(name[:80].strip("_ "))


def _settle_enum(member: Member) -> None:
    """Takes an enum of numbers as a range, and one of other texts as text."""
    values = member.values
    if values and all(re.fullmatch(r"-?\d{1,6}", value) for value in values):
        numbers = sorted(map(int, values))
        member.type, member.values = "int", ()
        member.low, member.high = str(numbers[0]), str(numbers[-1])
        if len(numbers) != numbers[-1] - numbers[0] + 1:
            member.remarks.append(f"only the limits of {', '.join(values)[:60]} are taken")
        return
    try:
        parse_field(f"x:enum({','.join(values)})")
    except UserError as error:
        member.type, member.values, member.high = "string", (), ""
        why = error.message.partition(": ")[2] or error.message
        member.remarks.append(f"taken as a string ({why})")
        return
    folded = {value.casefold(): value for value in values}
    if member.default is not None:
        member.default = folded.get(member.default.casefold(), member.default)


def _written(word: str, member: Member) -> str:
    """The FIELD, without the default or the limits if the grammar does not take them. Raises UserError."""
    kind = member.type + (f"({','.join(member.values)})" if member.values else "")
    limits = f"{{{member.low}..{member.high}}}" if member.low or member.high else ""
    default = member.default
    if member.type == "bool" and default in ("0", "1"):
        default = "true" if default == "1" else "false"
    marks = "!" * member.unique
    if member.indexed and not member.unique and member.type not in ("json", "text"):
        marks += "+"
    if default is not None:
        for bounds in dict.fromkeys((limits, "")):
            try:
                field = _checked(f"{word}:{kind}{bounds}{marks}={default}")
            except UserError:
                continue
            if bounds != limits:
                member.remarks.append(f"the limits {limits[1:-1]} are not taken")
            return field
    # A row may lack what had a default.
    optional = member.optional or default is not None or bool(member.computed)
    lost = default if default is not None else member.computed
    if lost and not (member.type == "json" and len(lost) < 3):
        member.remarks.append(f"the default {lost[:40]} is not taken")
    try:
        return _checked(f"{word}:{kind}{limits}{'?' * optional}{marks}")
    except UserError:
        if not limits:
            raise
        field = _checked(f"{word}:{kind}{'?' * optional}{marks}")
        member.remarks.append(f"the limits {limits[1:-1]} are not taken")
        return field


def _checked(text: str) -> str:
    """The FIELD as the grammar writes it. Raises UserError."""
    field: Field = parse_field(text)
    spec = field.spec()
    # A parent's name reads better without the `_id` that the grammar adds.
    return spec.replace("_id:", ":", 1) if field.ref else spec
