"""What handlers and tables in a document's code show without saying it: ids, and answers without an envelope."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from scaffold.documents.evidence import SAMPLE, STATED, Evidence, of_code
from scaffold.documents.markdown import Code, Page
from scaffold.documents.patterns import ignoring_case

_IDS: Final = (
    (
        "uuid",
        re.compile(
            r"\bid['\"]?\s*:\s*(?:Mapped\[)?(?:uuid\.)?UUID\b|\bid:\s*uuid\(|\bid UUID\b"
            r"|@default\((?:dbgenerated\([^)]*)?(?:gen_random_)?uuid"
        ),
    ),
    ("cuid", re.compile(r"@default\(cuid")),
    ("ulid", re.compile(r"@default\(ulid|\bULID\b")),
    (
        "int",
        re.compile(
            r"@default\(autoincrement|\bid (?:BIG)?SERIAL\b|\bid:\s*serial\("
            r"|primary_key=True, autoincrement"
        ),
    ),
)
# A handler that answers with one variable, and that is none of an error.
_BARE: Final = re.compile(
    r"\b(?:NextResponse|Response|res|reply|c|ctx)\.(?:status\((?:200|201|\w+\.\w+)\)\.)?(?:json|send)\("
    r"\s*(?!error|err|body|message)[a-z]\w*\s*(?:,\s*(?:20\d|\{\s*status:\s*20\d\s*\}))?\s*\)"
    r"|\breturn \{ id: \w+"
)
_MODEL: Final = re.compile(
    r"response_model\s*=\s*"
    r"(?!list|List|Api|Response\b|Envelope|Page|Pagina|\w*(?:Envelope|ApiResponse|List|Page|Paginated)\b)\w+"
)
_MODELS: Final = re.compile(r"response_model\s*=\s*(?:list|List)\[")
_SHOWS_BODIES: Final = ignoring_case(
    "response", "format", "envelope", "stru[ck]t", "pattern", "obligator"
)

_JSON: Final = frozenset(["json", "jsonc", "json5"])
_SPELLINGS: Final = {
    "snake": re.compile(r'"([a-z]+_[a-z0-9_]+)"\s*:'),
    "camel": re.compile(r'"([a-z]+[A-Z]\w*)"\s*:'),
}
_FIRST: Final = 60


def samples_of(page: Page) -> list[Evidence]:
    """Evidence in code for ids and for bodies without an envelope."""
    found = [evidence for code in page.samples for evidence in (*_ids(code), *_bodies(code))]
    return [*found, *_cases(page)]


def _cases(page: Page) -> Iterator[Evidence]:
    """How the properties of JSON are spelled, where all that have two words are spelled alike."""
    seen: dict[str, list[tuple[Code, re.Match[str]]]] = {}
    for code in page.samples:
        if code.language in _JSON:
            for case, pattern in _SPELLINGS.items():
                seen.setdefault(case, []).extend(
                    (code, match) for match in pattern.finditer(code.text)
                )
    spelled = {case: places for case, places in seen.items() if places}
    if len(spelled) == 1:
        case, places = next(iter(spelled.items()))
        if len({match[1] for _, match in places}) > 1:
            code, match = places[0]
            yield of_code("data.json_case", case, SAMPLE, code, match.start(), match[0])


def _ids(code: Code) -> Iterator[Evidence]:
    for value, pattern in _IDS:
        match = pattern.search(code.text)
        if match:
            yield of_code("data.id", value, SAMPLE, code, match.start(), match[0])


def _bodies(code: Code) -> Iterator[Evidence]:
    bare = _BARE.search(code.text)
    match = bare or _MODEL.search(code.text)
    if match:
        # A first comment says what is shown, too.
        intro = f"{code.intro} {code.text.lstrip()[:_FIRST]}"
        weight = STATED if bare and _SHOWS_BODIES.search(intro) else SAMPLE
        yield of_code("envelope.success", "$data", weight, code, match.start(), match[0])
    listed = _MODELS.search(code.text)
    if listed:
        yield of_code("envelope.list", "$items", SAMPLE, code, listed.start(), listed[0])
