"""Values that people found in documents by reading them, and how the importer's statements compare.

A file of them has a heading for each document (`## owner/name path`, or a file's name) and a line for each value,
`topic = value  (remark) @ line 3`. A remark that begins with `ask` says that the value must not apply by itself;
any other says why nothing of it is emitted.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from scaffold.documents.codes import kind_of
from scaffold.documents.evidence import Confidence, Statement
from scaffold.documents.importer import Reading
from scaffold.documents.literals import Object, objects

_LINE = re.compile(
    r"(?P<topic>[\w ]+?) = (?P<value>.*?)(?:\s\s?\((?P<remark>[^@]*)\))?(?: @ line [\d, -]+)?$"
)
_REMARKS = ("ask", "value missing", "key missing", "fixed in", "not emitted")
_SAME = {
    "framework": "stack.framework",
    "orm": "stack.orm",
    "database": "stack.database",
    "prefix": "routing.prefix",
    "pagestyle": "pagination.style",
    "limit_default": "pagination.default_limit",
    "limit_max": "pagination.max_limit",
    "coverage": "testing.coverage_min",
    "case": "data.json_case",
    "id": "data.id",
    "handlers": "code.handlers",
}
_TRUE = {
    "softdel": "data.soft_delete",
    "optver": "data.optimistic_version",
    "apikeys": "auth.api_keys",
    "actions": "code.server_actions",
    "rls": "data.rls",
}

Check = Callable[[Any], bool]
"""Whether a value is the one that people found."""


class Line(NamedTuple):
    """One value of a document; `mark` is empty, `ask` or `other`."""

    topic: str
    value: str
    mark: str


@dataclass
class Score:
    """How the statements of one document, or of many, compare."""

    lines: int = 0
    found: int = 0
    found_sure: int = 0
    sure: int = 0
    wrong: list[str] = field(default_factory=list)
    missed: list[str] = field(default_factory=list)
    extra: list[str] = field(default_factory=list)

    def add(self, other: Score) -> None:
        """Counts another one too."""
        self.lines += other.lines
        self.found += other.found
        self.found_sure += other.found_sure
        self.sure += other.sure
        self.wrong += other.wrong
        self.missed += other.missed
        self.extra += other.extra


def load(path: Path) -> dict[str, list[Line]]:
    """The lines of each document, by its heading."""
    found: dict[str, list[Line]] = {}
    lines: list[Line] = []
    for text in path.read_text("utf-8").splitlines():
        if text.startswith("## "):
            lines = found.setdefault(
                text[3:].split("  ")[0].removesuffix(" (beside this page)").strip(), []
            )
        elif (match := _LINE.fullmatch(text.strip())) and found:
            remark = match["remark"] or ""
            known = any(remark.startswith(word) for word in _REMARKS)
            value = match["value"] if known or not remark else f"{match['value']} ({remark})"
            mark = "" if not known else "ask" if remark.startswith("ask") else "other"
            lines.append(Line(match["topic"].strip(), value.strip(), mark))
    return found


def file_of(heading: str) -> str:
    """What the document of a heading is called in a folder of documents."""
    return heading.replace(" ", "__", 1).replace("/", "__")


def compare(name: str, lines: list[Line], reading: Reading) -> Score:
    """The statements of a document against its lines."""
    score = Score()
    right: set[str] = set()
    contradicted: dict[str, str] = {}
    for line in lines:
        for key, fits in _expected(line):
            statement = reading.of(key)
            fine = statement is not None and fits(statement.value)
            if line.mark == "":
                _count(score, name, line, statement, fine)
            if fine and line.mark != "ask":
                right.add(key)
            else:
                contradicted.setdefault(key, f"{line.value} {line.mark}")
    for statement in reading.statements:
        if statement.confidence is not Confidence.SURE:
            continue
        score.sure += 1
        stated = f"{statement.key} = {statement.value} at {statement.line}: {statement.words[:90]}"
        if statement.key in right:
            continue
        if statement.key in contradicted:
            score.wrong.append(f"{name}: {stated} -- judged {contradicted[statement.key]}")
        else:
            score.extra.append(f"{name}: {stated}")
    return score


def _count(score: Score, name: str, line: Line, statement: Statement | None, fine: bool) -> None:
    """Counts a line that has to be found."""
    is_sure = statement is not None and statement.confidence is Confidence.SURE
    score.lines += 1
    score.found += fine
    score.found_sure += fine and is_sure
    told = f"{name}: {line.topic} = {line.value}"
    if not fine:
        got = f"{statement.value} ({statement.confidence})" if statement else "nothing"
        score.missed.append(f"{told}, got {got}")
    elif statement and not is_sure:
        score.missed.append(f"{told}, only {statement.confidence}")


def _expected(line: Line) -> Iterator[tuple[str, Check]]:
    """The keys that a line is about, each with what its value has to be."""
    value = line.value
    lower = value.lower()
    match line.topic:
        case topic if topic in _SAME:
            yield _SAME[topic], _same(lower)
        case topic if topic in _TRUE:
            yield _TRUE[topic], _equals(True)
        case "auth":
            yield "auth.provider", (lambda found: found in lower.replace("own ", ""))
        case "roles" if "," in value and " " not in value:
            yield "auth.roles", _list(value.split(","))
        case "storage" if "dual" in lower:
            yield "data.dual_storage", _equals(True)
        case "success" | "list" | "error":
            yield from _body(line)
        case "codes":
            yield from _codes(value)
        case "status" if match := re.match(r"validation (\d+)", value):
            yield "errors.validation", _has("status", int(match[1]))
        case "rate":
            yield from _rate(value)
        case "idem":
            yield "operations.idempotency", _list(
                [verb for verb in ("POST", "PUT") if verb in value]
            )
        case "hash" if match := re.search(r"bcrypt\D*(\d+)", value):
            yield "auth.password_rounds", _equals(int(match[1]))
        case "csrf":
            yield "operations.csrf", (lambda found: "token" in lower and found == "csrf_token")
        case "layers" if line.mark != "other":
            yield "code.handlers", _equals("layered")


def _same(words: str) -> Check:
    """The first word, as people write it."""
    return lambda found: str(found).lower() == words.split()[0].split(",")[0]


def _equals(value: Any) -> Check:
    return lambda found: bool(found == value)


def _list(values: list[str]) -> Check:
    return lambda found: [*found] == values


def _has(member: str, value: Any) -> Check:
    return lambda found: bool(found[member] == value)


def _codes(value: str) -> Iterator[tuple[str, Check]]:
    for code in (text.strip() for text in value.split(",")):
        kind = kind_of(code)
        if kind:
            yield f"errors.{kind}", _has("code", code)


def _rate(value: str) -> Iterator[tuple[str, Check]]:
    if match := re.match(r"(\d+)/(\d+[smhd])", value):
        yield "rate_limit.max", _equals(int(match[1]))
        yield "rate_limit.window", _equals(match[2])
    if "token bucket" in value:
        yield "rate_limit.algorithm", _equals("token_bucket")
    for key in ("user", "ip"):
        if f"per {key}" in value.lower():
            yield "rate_limit.key", _equals(key)


def _body(line: Line) -> Iterator[tuple[str, Check]]:
    key = f"envelope.{line.topic}"
    if "problem+json" in line.value:
        yield "envelope.error_type", _equals("application/problem+json")
        return
    if line.value.startswith("bare"):
        yield key, (lambda found: found in ("$data", "$items"))
        return
    body = next(objects(line.value), None)
    if body is None:
        return
    needed, allowed = _paths(body), _paths(body, optional=True)
    if "next" in " ".join(allowed).lower() and line.topic == "list":
        key = "envelope.cursor"
    yield key, (
        lambda found: needed <= _keys(found) | {"meta"}
        and _keys(found) <= allowed | _inside(allowed, found)
    )


def _paths(body: Object, above: str = "", optional: bool = False) -> set[str]:
    found: set[str] = set()
    for member in body.members:
        if member.optional and not optional:
            continue
        found.add(f"{above}{member.name}")
        if member.inner is not None:
            found |= _paths(member.inner, f"{above}{member.name}.", optional)
    return found


def _keys(example: Any, above: str = "") -> set[str]:
    found: set[str] = set()
    if isinstance(example, Mapping):
        for name, inner in example.items():
            found.add(f"{above}{name}")
            found |= _keys(inner, f"{above}{name}.")
    return found


def _inside(allowed: set[str], found: Any) -> set[str]:
    """What a judged body leaves open: members of a member that it names without its own."""
    closed = {path.rpartition(".")[0] for path in allowed if "." in path}
    return {path for path in _keys(found) if "." in path and path.split(".")[0] in allowed - closed}
