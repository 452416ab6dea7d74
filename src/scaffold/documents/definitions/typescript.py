"""TypeScript: interfaces, types, enums, and the classes of TypeORM, Sequelize and Mongoose."""

from __future__ import annotations

import re
from typing import Final

from scaffold.documents.definitions import drizzle
from scaffold.documents.definitions.shape import (
    MOST_MEMBERS,
    WORDS,
    Definitions,
    Draft,
    Member,
    Tokens,
    word_list,
)

# Every text ends, at the latest where the code does: to look for a missing quote again and again takes long.
TOKEN: Final = re.compile(
    r"""//[^\n]*+ | /\*(?s:.*?)(?:\*/|\Z)
    | (?P<text>'(?:[^'\\\n]|\\.)*+'? | "(?:[^"\\\n]|\\.)*+"? | `(?:[^`\\]|\\(?s:.))*+`?)
    | (?P<word>[A-Za-z_$][\w$]*+ | \d[\d_.]*+)
    | (?P<line>\n) | (?P<sign>=>|\.\.\.|[^\s\w])""",
    re.VERBOSE,
)
_SCALARS: Final = {
    "string": "string",
    "number": "number",
    "boolean": "bool",
    "bigint": "bigint",
    "Date": "datetime",
    "Decimal": "decimal",
    "UUID": "uuid",
    "Buffer": "json",
    **dict.fromkeys(
        word_list("any unknown object Json JsonValue JSON JsonObject InputJsonValue"), "json"
    ),
    **dict.fromkeys(
        word_list("Array ReadonlyArray Record Map Set Partial Object Pick Omit"), "json"
    ),
    **dict.fromkeys(["ID", "ObjectId", "Uuid"], "string"),
}
_LISTS: Final = {"Array", "ReadonlyArray", "Set"}
_MODIFIERS: Final = {"public", "private", "protected", "readonly", "declare", "static"}
_KINDS: Final = {"interface", "type", "class"}
# Decorators of classes that are tables, and of members that the database fills.
_TABLES: Final = {"Entity", "Table", "Schema"}
_KEYS: Final = {"PrimaryGeneratedColumn", "PrimaryColumn", "PrimaryKey"}
_KEPT_BY_DATABASE: Final = {
    "CreateDateColumn",
    "UpdateDateColumn",
    "DeleteDateColumn",
    "VersionColumn",
}


def definitions(code: str) -> Definitions:
    """The definitions of TypeScript code."""
    found = Definitions()
    tokens = Tokens(code, TOKEN)
    index = 0
    decorated = False
    while index < len(tokens) and not found.is_full():
        text = tokens.text(index)
        if text == "@":
            decorated = decorated or tokens.text(index + 1) in _TABLES
            index += 2
            index = tokens.ends.get(index, index - 1) + 1
            continue
        after = 0
        if text in _KINDS:
            after = _definition(tokens, index, found, decorated)
        elif text == "enum":
            after = _enum(tokens, index, found)
        elif text in drizzle.MAKERS:
            after = drizzle.read(tokens, index, found)
        if text not in ("export", "default", "abstract", "\n"):
            decorated = False
        index = max(after, index + 1)
    return found


def _definition(tokens: Tokens, index: int, found: Definitions, decorated: bool) -> int:
    """Reads one definition, and returns where to go on; 0 where there is none."""
    kind, name = tokens.text(index), tokens.text(index + 1)
    if not re.match(r"[A-Za-z]", name):
        return 0
    at = index + 2
    if kind == "type":
        if tokens.text(at) != "=":
            return 0
        at = _skip_lines(tokens, at + 1)
        if tokens.text(at) != "{" and not _is_intersection(tokens, at):
            return _alias(tokens, at, name, found)
    bases: list[str] = []
    # A definition with parameters (`Page<T>`) has another sign here, and is none.
    start = at
    while tokens.text(at) != "{":
        word = tokens.text(at)
        if (
            at > start + 40
            or word in _KINDS
            or not (word in (",", "&", "\n", ".") or re.match(r"[A-Za-z_]", word))
        ):
            return 0
        if word == "implements":
            bases.append("")
        elif word.isidentifier() and word != "extends" and "" not in bases:
            bases.append(word)
        at += 1
    end = tokens.ends.get(at)
    if end is None or (kind == "class" and not decorated):
        return 0 if end is None else end
    draft = Draft(
        re.sub(r"^I(?=[A-Z][a-z])", "", name) if kind == "interface" else name,
        tokens.line(index),
        tokens.words(index, at).rstrip(" ="),
        sure=decorated,
        bases=tuple(bases[:5]),
    )
    if not _members(tokens, at + 1, end, draft):
        return end
    found.drafts.append(draft)
    return end


def _skip_lines(tokens: Tokens, at: int) -> int:
    while tokens.text(at) == "\n":
        at += 1
    return at


def _is_intersection(tokens: Tokens, at: int) -> bool:
    """`A & { … }`."""
    return bool(re.match(r"[A-Z]", tokens.text(at))) and tokens.text(at + 1) == "&"


def _alias(tokens: Tokens, at: int, name: str, found: Definitions) -> int:
    """`type Status = 'draft' | 'published'`."""
    end = _end_of_type(tokens, at, len(tokens))
    member = Member(name)
    _type(tokens, at, end, member)
    if member.values:
        found.enums.setdefault(name, member.values)
    return end


def _enum(tokens: Tokens, index: int, found: Definitions) -> int:
    end = tokens.ends.get(index + 2)
    if end is None:
        return 0
    values = []
    for first, last in tokens.parts(index + 3, end):
        words = [token for token in tokens.all[first:last] if token.text != "\n"]
        if words:
            last_text = words[-1].quoted
            values.append(words[0].text if last_text is None else last_text)
    found.enums.setdefault(tokens.text(index + 1), tuple(values[:100]))
    return end


def _end_of_type(tokens: Tokens, at: int, end: int) -> int:
    """Where a type ends: at `;`, `,` or the end of a line that does not go on."""
    depth = 0
    while at < end:
        text = tokens.text(at)
        if text == "<":
            depth += 1
        elif text == ">":
            depth -= 1
        elif text in (";", "=") or (text == "," and depth <= 0):
            return at
        elif text == "\n":
            after = _skip_lines(tokens, at)
            before = tokens.text(at - 1)
            if (
                depth <= 0
                and tokens.text(after) not in ("|", "&")
                and before not in ("|", "&", ":", "=")
            ):
                return at
            at = after
            continue
        at = tokens.ends.get(at, at) + 1
    return end


def _members(tokens: Tokens, at: int, end: int, draft: Draft) -> bool:
    """Adds the members of a body; False where it has functions, so it is no table."""
    while at < end:
        decorators: dict[str, tuple[int, int]] = {}
        while tokens.text(at) in ("\n", ";", ",", "@") or (
            tokens.text(at) in _MODIFIERS and tokens.text(at + 1) not in (":", "?")
        ):
            if tokens.text(at) == "@":
                name, at = tokens.text(at + 1), at + 2
                close = tokens.ends.get(at, at)
                decorators[name] = (at + 1, close) if close > at else (at, at)
                at = close + 1 if close > at else at
            else:
                at += 1
        if at >= end:
            break
        name = tokens.all[at].quoted or tokens.text(at)
        at += 1
        optional = tokens.text(at) == "?"
        at += tokens.text(at) in ("?", "!")
        if tokens.text(at) == "(":
            if not draft.sure:
                return False
            at = _skip_method(tokens, at, end)
            continue
        if tokens.text(at) != ":":
            # An index signature, a mapped type or something that this cannot read: up to the next line.
            at = _end_of_type(tokens, tokens.ends.get(at - 1, at - 1) + 1, end)
            at = _end_of_type(tokens, at + 1, end) if tokens.text(at) == "=" else at
            continue
        first = _skip_lines(tokens, at + 1)
        at = _end_of_type(tokens, first, end)
        member = Member(name, optional=optional)
        _type(tokens, first, at, member)
        if tokens.text(at) == "=":
            at = _end_of_type(tokens, at + 1, end)
        if member.refused and not draft.sure:
            return False
        _decorate(tokens, decorators, member)
        if not decorators.keys() & _KEPT_BY_DATABASE:
            draft.members.append(member)
        if len(draft.members) > MOST_MEMBERS:
            break
    return True


def _skip_method(tokens: Tokens, at: int, end: int) -> int:
    while at < end and tokens.text(at) not in ("{", ";"):
        at = tokens.ends.get(at, at) + 1
    return tokens.ends.get(at, at) + 1


def _type(tokens: Tokens, first: int, last: int, member: Member) -> None:
    """Reads `string`, `'a' | 'b' | null`, `Tag[]`, `{ … }` into the member."""
    words = [token.text for token in tokens.all[first : min(last, first + 400)]]
    if "=>" in words:
        member.refused = "is a function"
        return
    kinds: list[str] = []
    values: list[str] = []
    numbers: list[str] = []
    for low, high in tokens.parts(first, last, ("|",)):
        part = [token for token in tokens.all[low:high] if token.text != "\n"]
        if not part:
            continue
        text, quoted = part[0].text, part[0].quoted
        if text in ("null", "undefined"):
            member.optional = True
        elif quoted is not None and len(part) == 1:
            values.append(quoted)
        elif text in ("true", "false"):
            kinds.append("bool")
        elif text.isdigit() and len(part) == 1:
            numbers.append(text)
        elif text[0].isdigit() or text == "-":
            kinds.append("number")
        else:
            kinds.append(_one(tokens, low, high, member))
    # Numbers by themselves are an enum, too; beside other types they are numbers.
    if kinds or values:
        kinds += ["number"] * bool(numbers)
    else:
        values = numbers
    kinds = [*dict.fromkeys(kinds)]
    if values and not kinds:
        member.type, member.values = "enum", tuple(dict.fromkeys(values))[:100]
    elif len(kinds) == 1 and not values:
        member.type = kinds[0]
    elif kinds:
        member.type, member.named = "json", ""
        if set(kinds) <= {"string", "datetime"}:
            member.type = kinds[0] if values else "datetime"
        elif "json" not in kinds:
            member.remarks.append(f"{tokens.words(first, last)} taken as json")


def _one(tokens: Tokens, first: int, last: int, member: Member) -> str:
    """The type of one part of a union; empty where `member.named` is its name."""
    part = [token.text for token in tokens.all[first : min(last, first + 40)] if token.text != "\n"]
    if part[:1] == ["("]:
        close = tokens.ends.get(first)
        if close == last - 1:
            _type(tokens, first + 1, close, member)
            return member.type
        return "json"
    if part[0] in ("{", "["):
        return "json"
    if part[0] == "readonly":
        part = part[1:]
    # `Prisma.JsonValue` and `mongoose.Types.ObjectId` by their last word.
    dotted = 0
    while part[dotted + 1 : dotted + 2] == ["."] and dotted + 2 < len(part):
        dotted += 2
    word, rest = part[dotted] if part else "", part[dotted + 1 :]
    many = rest[-2:] == ["[", "]"]
    if word in _LISTS and rest[:1] == ["<"] and len(rest) >= 3:
        word, many = rest[1], True
    known = _SCALARS.get(word)
    if many:
        if not known and word not in ("{", "(") and word[:1].isalpha():
            member.named, member.many = word, True
            return ""
        return "json"
    if known:
        return known
    if not word[:1].isalpha() or rest:
        member.remarks.append(f"{' '.join(part)[:60]} taken as json")
        return "json"
    member.named = word
    return ""


def _decorate(tokens: Tokens, decorators: dict[str, tuple[int, int]], member: Member) -> None:
    """What `@Column({ unique: true, length: 100 })` and the like say."""
    if decorators.keys() & _KEYS:
        member.key = True
    if decorators.keys() & {"OneToMany", "ManyToMany", "HasMany", "BelongsToMany"}:
        member.many = True
    for first, last in decorators.values():
        word = tokens.all[first].quoted if first < last else None
        if word in WORDS and member.type in ("string", "number"):
            member.type = "text" if word == "text" else WORDS[word]
        for low, high in _options(tokens, first, last):
            name, value = tokens.text(low), tokens.text(low + 2)
            quoted = tokens.all[low + 2].quoted if high > low + 2 else None
            if name == "unique":
                member.unique = value == "true"
            elif name in ("nullable", "allowNull"):
                member.optional = value == "true"
            elif name in ("length", "maxlength", "maxLength") and value.isdigit():
                member.high = value
            elif name == "default" and high > low + 2:
                drizzle.set_default(tokens, low + 2, high, member)
            elif name == "enum" and value and not member.values:
                member.type, member.named = "", value
                if value == "[":
                    texts = [token.quoted for token in tokens.all[low + 3 : high]]
                    member.type, member.named = "enum", ""
                    member.values = tuple(text for text in texts if text is not None)
            elif name == "type" and quoted in WORDS and member.type in ("string", "number"):
                member.type = "text" if quoted == "text" else WORDS[quoted]


def _options(tokens: Tokens, first: int, last: int) -> list[tuple[int, int]]:
    """The `name: value`s of the objects among the arguments."""
    found = []
    for low, high in tokens.parts(first, last):
        if tokens.text(low) == "{":
            for start, end in tokens.parts(low + 1, min(high, tokens.ends.get(low, high))):
                while start < end and tokens.text(start) == "\n":
                    start += 1
                if tokens.text(start + 1) == ":":
                    found.append((start, end))
    return found
