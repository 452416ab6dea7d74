"""What documents say of conventions in words: one rule each."""

from __future__ import annotations

import re
from typing import Any, Final, NamedTuple

from scaffold.documents.patterns import DASH, ignoring_case, one_of, whole, words


class Rule(NamedTuple):
    """`key` = `value` where `says` is found in a line, unless `unless` is; `is_strong`: a mention states it."""

    key: str
    value: Any
    says: re.Pattern[str]
    unless: re.Pattern[str] | None = None
    is_strong: bool = False


def _rule(
    key: str, value: Any, *says: str, unless: tuple[str, ...] = (), is_strong: bool = False
) -> Rule:
    return Rule(
        key, value, ignoring_case(*says), ignoring_case(*unless) if unless else None, is_strong
    )


# Whose names a case is for; a line that is also about names in the database or in code decides nothing.
_WIRE: Final = one_of(
    *words("json field propert response request payload api bod(?:y|ies) key parameter dto wire")
)
_ELSEWHERE: Final = tuple(
    words(
        r"column table database \bdb\b sql python variable function file module method constant \benv component class"
        " python-side identifiers?"
    )
)


def _case(value: str, name: str) -> Rule:
    return _rule(
        "data.json_case",
        value,
        rf"\b{name}\b[^.;,]{{0,30}}\b{_WIRE}",
        rf"\b{_WIRE}\w*[^.;,]{{0,30}}\b{name}\b",
        unless=_ELSEWHERE,
    )


_PAGES: Final = one_of(
    r"page (?:and|&|,|/|\+|number)",
    "`page`",
    r"`?\?page=",
    "items per page",
    "page size",
    "per[_ ]page",
    "page_size",
    "pageSize",
)
_DOES: Final = whole(
    *words("use implement support perform prefer via by all always every only DELETE instead")
)
_ENABLES: Final = whole(
    *words("enable enforce uses? require always with implement"), "all tables", "every table"
)
_RLS: Final = whole("row[- ]level security", "RLS")

RULES: Final = (
    _rule(
        "pagination.style",
        "cursor",
        r"\bcursor(?:-based)? pagina",
        r"\bpagina\w+[^.]{0,30}\bcursor",
        r"\bcursor-based\b",
        r"\bkeyset pagina",
    ),
    _rule(
        "pagination.style",
        "page",
        r"\bpage(?:-based| number)\w* pagina",
        rf"\bpagina\w+[^.]{{0,40}}\b{_PAGES}",
        "`page`[^.]{0,20}`(?:limit|pageSize|page_size|per_page)`",
        r"\?page=",
        unless=(r"\bcursor",),
    ),
    _rule(
        "pagination.style",
        "none",
        r"\b(?:lists?|collections?|responses?) (?:is|are) not paginated\b",
        unless=(r"\byet\b",),
    ),
    _rule(
        "data.soft_delete",
        True,
        rf"(?:{_DOES}.{{0,40}}|^\W*|: ?|[{DASH}] )\bsoft[- ]?delet\w+(?! methods)",
        r"\b(?:filter|where|exclude|queries)\b[^.]{0,40}\bdeleted_?at\b",
        r"\bdeleted_?at\b[^.]{0,12}(?:: null|is null|= null|IS NULL)",
        r"\bis_deleted\b",
        unless=(
            r"hard delet\w+ (?:only|instead)",
            "not soft",
            "no soft",
            "consider",
            "physical delet",
            "paranoid: false",
        ),
    ),
    _rule(
        "data.optimistic_version",
        True,
        r"\boptimistic (?:lock\w*|concurrency)",
        r"\bIf-Match\b",
    ),
    _rule(
        "auth.api_keys",
        True,
        r"\bX-API-Key\b",
        r"\bAPI[- ]keys? (?:auth\w*|management|support|for (?:service|machine|server|internal))",
        r"\bauthenticat\w+[^.]{0,25}\bAPI keys?\b",
        # Keys of other services.
        unless=tuple(
            words(
                r"openai anthropic stripe openrouter sendgrid third[-\s]party external environment \.env secret rotate"
            )
        ),
    ),
    _rule("operations.csrf", "csrf_token", r"\bCSRF[- ]tokens?\b", r"\bdouble[- ]submit\b"),
    _rule(
        "operations.csrf",
        "origin_check",
        r"\b(?:check|verif|validat|compar)\w*[^.]{0,30}\bOrigin`? header\b",
        r"\bOrigin`? header[^.]{0,20}\b(?:check|verifi|validat)ed\b",
        unless=(r"\bCORS\b", "CSRF[- ]token"),
    ),
    _rule(
        "code.server_actions", True, r"\bserver actions?\b(?!:? `)", "'use server'", '"use server"'
    ),
    _rule("data.dual_storage", True, r"\bdual[- ]storage\b"),
    _rule(
        "data.rls",
        True,
        rf"{_ENABLES}[^.]{{0,40}}{_RLS}",
        rf"{_RLS}[^.]{{0,30}}\b(?:enabled|enforced|polic\w+|required|always|must|every)\b",
        r"/RLS\b",
        unless=("bypass", "review"),
    ),
    _rule(
        "envelope.error_type",
        "application/problem+json",
        r"application/problem\+json",
        r"\bRFC ?-?(?:7807|9457)\b",
        r"\bproblem ?details\b",
        is_strong=True,
    ),
    _rule(
        "envelope.error_type",
        "application/json",
        r"\berrors?\b[^.]{0,40}\bapplication/json\b",
    ),
    _rule(
        "envelope.success",
        "$data",
        r"\b(?:no|without(?: an?)?|never (?:use |wrap in )?(?:an? )?|not? (?:use )?(?:an? )?)"
        r"(?:response |success |data )?(?:envelope|wrapper)\b",
        r"\bunwrapped\b",
        r"\bbare (?:object|resource|result|data|json)",
        r"\b(?:return|respond with) the (?:resource|object|entity|data|result)(?: itself)? directly",
        r"\bnever wrap\b",
        unless=("error",),
    ),
    _rule(
        "envelope.list",
        "$items",
        r"\b(?:bare|plain|raw) arrays?\b",
        unless=("never", "not", "avoid"),
    ),
    _case("snake", "snake_case"),
    _case("camel", "camelCase"),
    _rule(
        "data.id",
        "uuid",
        r"\bUUID(?:v\d|s)?\b[^.]{0,30}\b(?:id|ids|primary keys?|keys|identifiers?)\b",
        r"\b(?:ids?|primary keys?|identifiers?)\b[^.]{0,30}\bUUID",
        unless=("request", "trace", "correlation", "idempotency", "param"),
    ),
    _rule("data.id", "ulid", r"\bULIDs?\b", unless=("request", "trace", "correlation")),
    _rule("data.id", "cuid", r"\bcuid2?\b", unless=("request", "trace")),
    _rule(
        "data.id",
        "int",
        r"\b(?:auto-?increment\w*|bigserial|serial) (?:ids?|integers?|primary keys?)",
        r"\b(?:ids?|primary keys?)\b[^.]{0,24}\b(?:auto-?increment|bigserial|serial|integers?)\b",
    ),
    _rule("rate_limit.algorithm", "token_bucket", r"\btoken[- ]bucket\b"),
)
