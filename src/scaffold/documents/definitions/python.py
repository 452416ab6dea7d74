"""Python: classes of Pydantic, SQLModel, SQLAlchemy and Django."""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Iterator
from contextlib import suppress
from typing import Final

from scaffold.documents.definitions.shape import (
    MOST_MEMBERS,
    WORDS,
    Definitions,
    Draft,
    Member,
    word_list,
)
from scaffold.documents.definitions.sql import limit

_CLASS: Final = re.compile(
    r"([ \t]*)class[ \t]+([A-Za-z]\w{0,60})[ \t]*(?:\(([^()\n]{0,300})\))?[ \t]*:"
)
_STATEMENT: Final = re.compile(r"[A-Za-z_]\w{0,60}[ \t]*[:=]")
_LONGEST: Final = 1000
_SCALARS: Final = {
    "str": "string",
    "int": "int",
    "float": "float",
    "bool": "bool",
    "date": "date",
    "datetime": "datetime",
    "AwareDatetime": "datetime",
    "time": "time",
    "Decimal": "decimal",
    "UUID": "uuid",
    "UUID4": "uuid",
    "EmailStr": "email",
    **dict.fromkeys(["HttpUrl", "AnyUrl", "AnyHttpUrl"], "url"),
    **dict.fromkeys(
        word_list("dict Dict list List set Set tuple Tuple Any object Json JSON"), "json"
    ),
    **dict.fromkeys(word_list("Mapping Sequence JSONB ARRAY JSONField ArrayField"), "json"),
    "constr": "string",
    "conint": "int",
    "condecimal": "decimal",
    **dict.fromkeys(["PositiveInt", "NonNegativeInt"], "int"),
    "Text": "text",
    **dict.fromkeys(
        word_list("String Unicode CharField SlugField TextField UnicodeText"), "string"
    ),
    **dict.fromkeys(
        word_list("Integer SmallInteger IntegerField AutoField SmallIntegerField"), "int"
    ),
    **dict.fromkeys(["PositiveIntegerField", "PositiveSmallIntegerField"], "int"),
    **dict.fromkeys(["BigInteger", "BigIntegerField", "BigAutoField"], "bigint"),
    **dict.fromkeys(["Float", "FloatField", "Double"], "float"),
    **dict.fromkeys(["Numeric", "DecimalField", "DECIMAL"], "decimal"),
    **dict.fromkeys(["Boolean", "BooleanField"], "bool"),
    **dict.fromkeys(["DateTime", "DateTimeField", "TIMESTAMP"], "datetime"),
    **dict.fromkeys(["Date", "DateField"], "date"),
    **dict.fromkeys(["Time", "TimeField"], "time"),
    **dict.fromkeys(["Uuid", "UUIDField"], "uuid"),
    **dict.fromkeys(["StrictStr", "StringField"], "string"),
    **dict.fromkeys(["StrictInt", "IntField"], "int"),
    "StrictFloat": "float",
    "StrictBool": "bool",
    "EmailField": "email",
    "URLField": "url",
}
_LISTS: Final = {"list", "List", "set", "Set", "Sequence"}
_SIGNS: Final = {"ge": ">=", "le": "<=", "gt": ">", "lt": "<"}
_ENUMS: Final = {"Enum", "StrEnum", "TextChoices"}
# Classes without a base that is named here are services, errors and the like.
_ROOTS: Final = {
    "BaseModel",
    "SQLModel",
    "Base",
    "DeclarativeBase",
    "Model",
    "TypedDict",
    "BaseSchema",
}
_NO_MEMBERS: Final = {"model_config", "objects", "metadata", "ordering"}


def definitions(code: str) -> Definitions:
    """The classes of Python code whose members are data."""
    found = Definitions()
    lines = code.split("\n")
    for number, line in enumerate(lines):
        match = _CLASS.match(line[:500]) if "class" in line else None
        if not match or found.is_full():
            continue
        bases = [base.strip().rsplit(".", 1)[-1] for base in (match[3] or "").split(",")]
        names = tuple(re.sub(r"\W", "", base) for base in bases if "=" not in base)
        statements = _statements(lines, number + 1, len(match[1].expandtabs(4)))
        if _ENUMS & set(names):
            found.enums.setdefault(match[2], _values(statements))
        elif not any("[" in base for base in bases) and (
            names[:1] != ("",) or _is_dataclass(lines, number)
        ):
            draft = Draft(match[2], number, f"class {match[2]}", bases=names)
            draft.sure = any("table=True" in base.replace(" ", "") for base in bases)
            draft.sure = draft.sure or ("Model" in bases and "models.Model" in (match[3] or ""))
            for node in statements:
                # Expressions of a thousand levels are no type.
                with suppress(RecursionError):
                    _member(node, draft)
                if len(draft.members) > MOST_MEMBERS:
                    break
            draft.abstract = _is_abstract(lines, number)
            found.drafts.append(draft)
    known = {draft.name: draft for draft in found.drafts}
    found.drafts = [draft for draft in found.drafts if _is_data(draft, known)]
    return found


def _is_dataclass(lines: list[str], number: int) -> bool:
    return number > 0 and lines[number - 1].strip()[:10] == "@dataclass"


def _is_abstract(lines: list[str], number: int) -> bool:
    """Whether the class is there for others to extend."""
    for line in lines[number + 1 : number + 40]:
        if line[:6] == "class ":
            return False
        if re.match(r"\s*(?:abstract|__abstract__)\s*=\s*True\b", line[:200]):
            return True
    return False


def _is_data(draft: Draft, known: dict[str, Draft]) -> bool:
    """Whether the class comes from one whose members are data, directly or not."""
    seen: set[str] = set()
    todo = list(draft.bases)
    while todo:
        base = todo.pop()
        if base in _ROOTS or base == "" or draft.table or draft.sure:
            return True
        if base not in seen:
            seen.add(base)
            todo += known[base].bases if base in known else ()
    return draft.bases == ()


def _statements(lines: list[str], at: int, outer: int) -> Iterator[ast.stmt]:
    """The statements of a class's body that could be members."""
    indent = -1
    for number in range(at, min(at + 400, len(lines))):
        line = lines[number].expandtabs(4)
        text = line.strip()
        own = len(line) - len(line.lstrip())
        if not text or text[0] in "#)]}":
            continue
        if own <= outer:
            return
        indent = own if indent < 0 else indent
        if own == indent and _STATEMENT.match(text):
            node = _parsed(lines, number)
            if node:
                yield node


def _parsed(lines: list[str], number: int) -> ast.stmt | None:
    """A statement of one line, or of some more where brackets are open."""
    text = ""
    for line in lines[number : number + 12]:
        text += line.strip() + "\n"
        if len(text) > _LONGEST:
            return None
        # A bracket inside of a text or a comment only costs the statement.
        if all(text.count(low) <= text.count(high) for low, high in ("()", "[]", "{}")):
            break
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            body = ast.parse(text).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    return body[0] if body else None


def _values(statements: Iterator[ast.stmt]) -> tuple[str, ...]:
    values = []
    for node in statements:
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            value = (
                node.value.elts[0]
                if isinstance(node.value, ast.Tuple) and node.value.elts
                else node.value
            )
            text = value.value if isinstance(value, ast.Constant) else None
            values.append(text if isinstance(text, str) else node.targets[0].id.lower())
    return tuple(dict.fromkeys(values))[:100]


def _member(node: ast.stmt, draft: Draft) -> None:
    if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
        member, value = Member(node.target.id), node.value
        _type(node.annotation, member)
    elif isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
        name = node.targets[0].id
        if name == "__tablename__" and isinstance(node.value, ast.Constant):
            draft.table, draft.sure = str(node.value.value), True
        member, value = Member(name), node.value
        if not isinstance(value, ast.Call):
            return
    else:
        return
    if member.name in _NO_MEMBERS or member.name.startswith("_") or member.type == "ClassVar":
        return
    if isinstance(value, ast.Call):
        _call(value, member, draft)
    elif value is not None:
        _default(value, member)
    if member.type or member.named or member.refused:
        draft.members.append(member)


def _name(node: ast.expr | None) -> str:
    """The last word of `uuid.UUID`, or of a type in quotes."""
    if isinstance(node, ast.Attribute):
        return node.attr
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Call):
        return _name(node.func)
    text = node.value if isinstance(node, ast.Constant) else None
    return text.rsplit(".", 1)[-1] if isinstance(text, str) else ""


def _type(node: ast.expr, member: Member) -> None:
    """Reads `Optional[str]`, `Literal["a"]`, `Mapped[int | None]` into the member."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
        _union([node.left, node.right], member)
    elif isinstance(node, ast.Subscript):
        word = _name(node.value)
        inner = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
        match word:
            case "Optional":
                member.optional = True
                _type(inner[0], member)
            case "Union":
                _union(inner, member)
            case "Mapped" | "Required" | "Final":
                _type(inner[0], member)
            case "Annotated":
                _type(inner[0], member)
                for extra in inner[1:]:
                    if isinstance(extra, ast.Call):
                        _limits(extra, member)
            case "Literal":
                texts = [one.value for one in inner if isinstance(one, ast.Constant)]
                member.type = "enum"
                member.values = tuple(dict.fromkeys(str(text) for text in texts))[:100]
            case "ClassVar" | "PrivateAttr":
                member.type = "ClassVar"
            case _:
                _word(word, member)
                if word in _LISTS and inner and _name(inner[0]) not in (*_SCALARS, ""):
                    member.type, member.named, member.many = "", _name(inner[0]), True
    elif isinstance(node, ast.Constant) and node.value is None:
        member.optional = True
    else:
        _word(_name(node), member)
        if isinstance(node, ast.Call):
            _limits(node, member)


def _word(word: str, member: Member) -> None:
    member.type = _SCALARS.get(word, "")
    member.named = "" if member.type else word
    if word in ("PositiveInt", "NonNegativeInt"):
        member.low = "1" if word == "PositiveInt" else "0"
    elif word in ("PositiveIntegerField", "PositiveSmallIntegerField"):
        member.low = "0"


def _union(nodes: list[ast.expr], member: Member) -> None:
    parts = [node for node in nodes if not (isinstance(node, ast.Constant) and node.value is None)]
    if len(parts) < len(nodes):
        member.optional = True
    if len(parts) == 1:
        _type(parts[0], member)
    elif parts:
        member.type = "json"
        member.remarks.append(f"{ast.unparse(nodes[0])[:40]} or another type taken as json")


def _call(node: ast.Call, member: Member, draft: Draft) -> None:
    """`Field(…)`, `Column(…)`, `mapped_column(…)`, `relationship(…)`, `models.CharField(…)`."""
    word = _name(node.func)
    if isinstance(node.func, ast.Attribute) and _name(node.func.value) == "models":
        draft.sure = True
    if word == "relationship" or word == "Relationship":
        member.type, member.named = "", ""
        if any(keyword.arg in ("secondary", "link_model") for keyword in node.keywords):
            draft.remarks.append(f"{member.name}: a relation of many to many is not taken")
        return
    if word in ("Column", "mapped_column"):
        draft.sure = True
        if word == "Column" and not member.type and not member.named:
            member.optional = True
        for argument in node.args:
            _argument(argument, member)
    elif word in ("ForeignKey", "OneToOneField", "ForeignKeyField") and node.args:
        member.type, member.ref = "uuid", _name(node.args[0]).replace("AUTH_USER_MODEL", "User")
        member.unique = word == "OneToOneField"
    elif word == "ManyToManyField":
        member.refused = "is a relation of many to many"
    elif word.endswith("Field") and word != "Field":
        _word(word, member)
        if member.named:
            member.named, member.refused = "", f"is a {word}"
    elif word in ("Field", "field", "PrivateAttr"):
        if node.args:
            _default(node.args[0], member)
    else:
        # A function that makes the default.
        if member.type or member.named:
            member.computed = f"{word}()"
        return
    _limits(node, member)


def _argument(node: ast.expr, member: Member) -> None:
    """One of a column's positional arguments: its type, or what it refers to."""
    word = _name(node)
    if isinstance(node, ast.Call) and word == "ForeignKey" and node.args:
        member.ref = _table_of(node.args[0])
        member.type = member.type or "uuid"
    elif isinstance(node, ast.Call) and word in ("Enum", "SAEnum"):
        texts = [one.value for one in node.args if isinstance(one, ast.Constant)]
        if texts:
            member.type, member.named = "enum", ""
            member.values = tuple(dict.fromkeys(str(text) for text in texts))
        elif node.args:
            member.type, member.named = "", _name(node.args[0])
    elif not isinstance(node, ast.Constant) and (_SCALARS.get(word) or WORDS.get(word.lower())):
        member.type, member.named = _SCALARS.get(word) or WORDS[word.lower()], ""
        if isinstance(node, ast.Call) and member.type in ("string", "text") and node.args:
            size = node.args[0]
            if isinstance(size, ast.Constant) and isinstance(size.value, int):
                member.high = str(size.value)
        if isinstance(node, ast.Call):
            _limits(node, member)


def _table_of(node: ast.expr) -> str:
    """`users` of "users.id" and of `User.id`."""
    if isinstance(node, ast.Attribute):
        return _name(node.value)
    text = node.value if isinstance(node, ast.Constant) else ""
    parts = str(text).split(".")
    return parts[-2] if len(parts) > 1 else parts[0]


def _limits(node: ast.Call, member: Member) -> None:
    for keyword in node.keywords:
        value = keyword.value
        text = ast.unparse(value) if keyword.arg in _SIGNS else ""
        constant = value.value if isinstance(value, ast.Constant) else None
        match keyword.arg:
            case "min_length" if isinstance(constant, int):
                member.low = str(constant)
            case "max_length" | "length" if isinstance(constant, int):
                member.high = str(constant)
            case "ge" | "le" | "gt" | "lt":
                limit(member, _SIGNS[keyword.arg], text)
            case "default" | "server_default":
                _default(value, member)
            case "default_factory":
                member.computed = f"{_name(value)}()"
            case "auto_now" | "auto_now_add" | "onupdate":
                member.computed = str(keyword.arg)
            case "nullable" | "null" | "blank":
                member.optional = constant is True or (member.optional and keyword.arg == "blank")
            case "unique":
                member.unique = constant is True
            case "index" | "db_index":
                member.indexed = constant is True
            case "primary_key":
                member.key = constant is True
            case "foreign_key":
                member.ref = _table_of(value)
            case "choices":
                _choices(value, member)


def _choices(node: ast.expr, member: Member) -> None:
    """Django's `choices=Status.choices`, and a list of pairs."""
    if isinstance(node, ast.Attribute):
        member.type, member.named, member.high = "", _name(node.value), ""
    elif isinstance(node, (ast.List, ast.Tuple)):
        firsts = [one.elts[0] for one in node.elts if isinstance(one, ast.Tuple) and one.elts]
        texts = [one.value for one in firsts if isinstance(one, ast.Constant)]
        if texts:
            member.type, member.high = "enum", ""
            member.values = tuple(dict.fromkeys(str(text) for text in texts))[:100]


def _default(node: ast.expr, member: Member) -> None:
    value = node.value if isinstance(node, ast.Constant) else node
    if value is None:
        member.optional = True
    elif value is ...:
        return
    elif isinstance(value, bool):
        member.default = str(value).lower()
    elif isinstance(value, (str, int, float)):
        member.default = str(value)
    elif isinstance(node, ast.UnaryOp) and isinstance(node.operand, ast.Constant):
        member.default = ast.unparse(node)
    elif isinstance(node, ast.Attribute):
        # A member of an enum is written as its name; the values mostly are the same in small letters.
        member.default = node.attr
    else:
        member.computed = ast.unparse(node)[:40]
