"""Names of entities: the resource that a word is, and which words are none."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from scaffold.documents.definitions.shape import word_list
from scaffold.resources.names import MAX_LENGTH, plural, singular, snake
from scaffold.resources.resource import parse_resource_name
from scaffold.support.errors import UserError

# Types of requests, answers and programs, by their first and by their last word.
_FIRST: Final = frozenset(
    word_list(
        "create update patch delete insert upsert get list search bulk base abstract http jwt "
        "paginated new edit select api use with my your some sample dummy example"
    )
)
_LAST: Final = frozenset(
    word_list(
        "request requests response responses req res reply dto query queries params param props "
        "config configuration options settings job jobs payload error errors exception session "
        "sessions state context schema input output args arguments result results envelope meta "
        "metadata pagination service controller repository repo interface types client provider "
        "factory manager middleware store action body headers header filter filters base create "
        "update patch delete public private read in out form credentials mixin validator adapter "
        "strategy hook hooks type handler guard module props dependencies deps env theme style "
        "styles variant info data stats claims decoded ctx opts page plugin command summary detail details "
        "view insert select serializer serializers form forms"
    )
)
# Words that stand for any entity, and what sign-in and migrations keep for themselves.
_NEVER: Final = frozenset(
    word_list(
        "foo bar baz base bases model models entity entities table tables thing things resource "
        "resources x y t name names common general shared core basic standard optional required "
        "additional other main default global custom overview snake_case camel_case pascal_case "
        "kebab_case plural singular verification schema_migrations prisma_migrations sessions "
        "verification_tokens refresh_tokens password_reset_tokens user_sessions auth_tokens "
        "placeholder module modules"
    )
)
# `MyModel`, `new_table`, `ResourceName`, `BaseEntity`: the places of names.
_PLACEHOLDER: Final = re.compile(
    r"(?:my|your|some|example|sample|dummy|base|abstract|placeholder)(?:_|s?$)"
    r"|(?:new|child|parent|old|temp|tmp|test|another|other|join)_(?:table|model|entity|resource|feature)s?$"
    r"|(?:table|model|entity|resource|feature|module|class|component)_names?$"
)
_WITHIN: Final = {"with", "response", "request", "dto", "form", "serializer"}
_SUFFIX: Final = re.compile(r"(?<=[a-z0-9])_(?:model|entity|table|tbl|orm|db)$")
_PREFIX: Final = re.compile(r"^(?:tbl|db)_(?=[a-z])")
# A section about what is stored.
_STORED: Final = re.compile(
    r"\b(?:data ?models?|domain|entit(?:y|ies)|schemas?|tables?|databases?|models?|stor(?:age|ed)|persist\w*"
    r"|collections?)\b",
    re.IGNORECASE,
)


@lru_cache(maxsize=4096)
def resource_of(word: str) -> str:
    """The resource that a word names, as `progress_reports` for `ProgressReport`; empty: it cannot be one."""
    if not word.isascii() or len(word) > MAX_LENGTH + 10:
        return ""
    name = snake(word.strip("_"))
    if _PLACEHOLDER.match(name):
        return ""
    name = _PREFIX.sub("", _SUFFIX.sub("", name))
    try:
        name = parse_resource_name(plural(name))
    except UserError:
        return ""
    return "" if {name, singular(name)} & _NEVER or name.endswith("migrations") else name


@lru_cache(maxsize=4096)
def fold(name: str) -> str:
    """The same text for each form of a resource's name."""
    return plural(singular(name)).replace("_", "")


def is_of_program(word: str) -> bool:
    """Whether a type's name reads as a request, an answer, settings and the like."""
    words = snake(word[: MAX_LENGTH + 10]).strip("_").split("_")
    return words[0] in _FIRST or words[-1] in _LAST or not _WITHIN.isdisjoint(words)


def is_about_storage(*texts: str) -> bool:
    """Whether a heading or a comment says that what follows is stored."""
    return any(_STORED.search(text[:300]) for text in texts)
