"""What members of bodies are called, and which placeholder each stands for."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any, Final

from scaffold.documents.literals import Member, Object

# Names are in lower case, without `_` and `-`.
FLAGS: Final = frozenset(["success", "ok", "issuccess", "succeeded"])
DATA: Final = frozenset(["data", "result", "payload", "item"])
ITEMS: Final = frozenset(
    ["data", "items", "results", "records", "rows", "list", "entries", "content"]
)
ERROR: Final = frozenset(["error", "errors", "err"])
MESSAGES: Final = frozenset(["message", "msg", "code", "detail", "errormessage", "title"])
# Members that hold what is said of a page.
GROUPS: Final = frozenset(["meta", "pagination", "paging", "pageinfo", "page"])
REQUEST_IDS: Final = frozenset(["requestid", "traceid", "correlationid", "reqid"])
PAGING: Final = {
    **dict.fromkeys(["page", "currentpage", "pagenumber", "pageindex"], "$page"),
    **dict.fromkeys(["limit", "pagesize", "perpage", "size"], "$limit"),
    **dict.fromkeys(["total", "totalcount", "totalitems", "totalrecords", "count"], "$total"),
    **dict.fromkeys(["next", "nextcursor", "cursor", "endcursor"], "$next"),
}
OF_ERROR: Final = {
    **dict.fromkeys(["code", "errorcode"], "$code"),
    **dict.fromkeys(["message", "msg", "errormessage", "detail"], "$message"),
    **dict.fromkeys(
        ["details", "errors", "issues", "fields", "fielderrors", "validationerrors"], "$details?"
    ),
    **dict.fromkeys(["status", "statuscode", "httpstatus"], "$status"),
    **dict.fromkeys(REQUEST_IDS, "$request_id"),
}


@dataclass
class Shape:
    """A body as an example; `missing` are members that no example can hold.

    It is partial where one of these is required, or where the document does not say what a member holds.
    """

    key: str
    example: Any
    missing: list[str] = field(default_factory=list)
    is_partial: bool = False


def plain(name: str) -> str:
    """A name as the tables of this module have it."""
    return name.replace("_", "").replace("-", "").lower()


def names_of(body: Object) -> set[str]:
    """The names of the members."""
    return {plain(name) for name in body.names}


def find(body: Object, names: Collection[str]) -> Member | None:
    """The first member with one of these names."""
    return next((member for member in body.members if plain(member.name) in names), None)


def is_null(member: Member) -> bool:
    """Whether the member is always null."""
    return member.value in ("null", "None", "undefined")
