"""How many requests a document lets a client make, and in which time."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from typing import Final

from scaffold.documents.evidence import (
    SAMPLE,
    STATED,
    Evidence,
    Unsupported,
    of_code,
    of_line,
    shortened,
)
from scaffold.documents.markdown import Code, Line, Page
from scaffold.documents.patterns import ignoring_case, whole, words
from scaffold.documents.wording import is_refused

_UNITS: Final = {
    "s": "s",
    "sec": "s",
    "second": "s",
    "m": "m",
    "min": "m",
    "minute": "m",
    "h": "h",
    "hr": "h",
    "hour": "h",
    "d": "d",
    "day": "d",
}
_RATE: Final = ignoring_case(
    r"(?<!\d)(\d[\d,_]{0,12})\s*"
    r"(?:req(?:uest)?s?|reqs|calls|hits|attempts|tries)?\s*"
    r"(?:/|per|a|every|in|within)\s*(?:each\s+)?"
    r"(?:(?:user|ip|client)\s*(?:/|per)\s*)?"
    r"(\d{1,6})?\s*-?\s*"
    r"(seconds?|secs?|minutes?|mins?|hours?|hrs?|days?|s|m|h|d)\b"
)
_RATE_NEAR: Final = ignoring_case(
    "rate", "limit", "throttl", r"requests?\b", r"\breqs?\b", "quota", "429", "burst"
)
_COUNTED: Final = ignoring_case("req", "call", "limit", "throttl", "/")
# Numbers in a time that are no limits: of retries and of durations.
_NO_RATE: Final = ignoring_case(
    whole("times", "retr", "poll", r"every \d", "takes?", r"within \d+ ?h")
)
_MILLISECONDS: Final = re.compile(r"\s*(?:ms|milli)")
# In code: a window and a number, in either order (milliseconds as a product), or a text of both.
_WINDOW_IN_CODE: Final = (
    r"window(?P<ms>Ms)?['\"]?\s*:\s*['\"]?(?P<window>[\d *_]{1,40}+)\s*+(?P<unit>[smhd]|min)?"
)
_MAX_IN_CODE: Final = r"(?:max|limit)['\"]?\s*:\s*(?P<max>\d{1,9})(?!\d)"
_COMMENT: Final = r"\s*+(?://[^\n]*)?\s*+['\"]?"
_CODE_RATES: Final = (
    re.compile(rf"{_WINDOW_IN_CODE}['\"]?\s*,?{_COMMENT}{_MAX_IN_CODE}"),
    re.compile(rf"{_MAX_IN_CODE}\s*,{_COMMENT}{_WINDOW_IN_CODE}"),
    re.compile(r"limiter\.limit\(\s*['\"](?P<max>\d{1,9})\s*(?:/|per)\s*(?P<word>\w+)"),
    re.compile(
        r"slidingWindow\(\s*(?P<max>\d{1,9})\s*,\s*['\"](?P<window>\d{1,9})\s*(?P<unit>[smhd])"
    ),
)
# A limit for one purpose, one kind of caller or one service is no limit of the API.
_PURPOSES: Final = words(
    r"log-?in sign-?(?:in|up|on) register\w* password otp mfa 2fa upload\w* search export import webhook\w* email sms"
    r" payment\w* checkout contact ai llm chat cron public anonymous unauthenticated guest admin health reset"
    r" verif\w+ invite\w* sensitive mutation\w* write\w* post put delete report\w* generat\w+ proxy creation token"
    " free pro premium enterprise tier plan stripe github openai external upstream third"
)
_ONE_ROUTE: Final = ignoring_case(
    whole(*_PURPOSES, "auth(?:entication)?(?! user)", "per[- ](?:route|endpoint)"),
    "`/",
    '"/',
    r"\b(?:GET|POST|PUT|PATCH|DELETE) /",
)
_GENERAL: Final = ignoring_case(
    whole(
        "default",
        r"global\w*",
        r"general\w*",
        "standard",
        "all (?:routes|endpoints|api)",
        "every (?:route|endpoint)",
        "overall",
        "api-wide",
    )
)
# Words of code that say nothing about a purpose.
_KEYWORDS: Final = re.compile(
    r"\b(?:export|import|async|await|function|const|POST|GET|PUT|PATCH|DELETE)\b"
)
_ABOUT: Final = ignoring_case("rate[- ]?limit", "throttl", r"\blimits?\b")
_RATE_OR_LIMIT: Final = ignoring_case("rate", "limit")
_KEYS: Final = {
    "user": ignoring_case(
        "per[- ](?:authenticated[- ])?(?:user|account|caller)",
        "user[- ]based",
        "by user",
        "each user",
        "/user",
        "user id",
    ),
    "ip": ignoring_case(
        "per[- ]ip", "ip[- ]based", "by ip", "each ip", "get_remote_address", r"/ip\b"
    ),
}
_ALGORITHMS: Final = {
    "token_bucket": ignoring_case("token[- ]bucket"),
    "fixed_window": ignoring_case("fixed[- ]window"),
}
_RATE_WORD: Final = ignoring_case("rate")
_REDIS: Final = ignoring_case(r"\bredis\b", "upstash")
_IN_MEMORY: Final = ignoring_case(r"\bin[- ]memory\b")
_NOT_MEMORY: Final = ignoring_case("production", "cache")
_PERHAPS: Final = ignoring_case(r"\bor\b", "optional", "if ")
_BY_ADDRESS: Final = "get_remote_address"
_WHY: Final = "a limit of single routes"


def rates_of(page: Page) -> tuple[list[Evidence], list[Unsupported]]:
    """Evidence for the limit of requests, and limits that are for single routes."""
    found: list[Evidence] = []
    unsupported: list[Unsupported] = []
    for line in page.prose:
        found += _ways(line)
        for match in _RATE.finditer(line.text):
            if not _is_rate(line, match):
                continue
            maximum, window = _limit(match)
            if _is_of_one_route(line, match):
                text = shortened(line.text)
                unsupported.append(_single(maximum, window, line.number, text, line.heading))
                continue
            weight = STATED + 2 * bool(_GENERAL.search(_clause(line.text, match)))
            found.append(of_line("rate_limit.max", maximum, weight, line))
            found.append(of_line("rate_limit.window", window, weight, line))
    for code in page.samples:
        _in_code(code, found, unsupported)
    return found, unsupported


def _single(maximum: int, window: str, number: int, text: str, heading: str) -> Unsupported:
    return Unsupported("rate limit", f"{maximum}/{window}", number, text, _WHY, heading)


def _ways(line: Line) -> Iterator[Evidence]:
    """How requests are counted: by which key, in which way, and where."""
    text = line.text
    if not _ABOUT.search(f"{line.heading} {text}") or is_refused(text, len(text), len(text)):
        return
    for algorithm, pattern in _ALGORITHMS.items():
        if pattern.search(text):
            yield of_line("rate_limit.algorithm", algorithm, STATED, line)
    if not _ONE_ROUTE.search(text) or _GENERAL.search(text):
        for key, pattern in _KEYS.items():
            if pattern.search(text):
                yield of_line("rate_limit.key", key, STATED, line)
    if _RATE_WORD.search(text) and _REDIS.search(text):
        weight = SAMPLE if _PERHAPS.search(text) else STATED
        yield of_line("rate_limit.store", "redis", weight, line)
    elif _IN_MEMORY.search(text) and not _NOT_MEMORY.search(text) and not _ONE_ROUTE.search(text):
        yield of_line("rate_limit.store", "memory", STATED, line)


def _is_rate(line: Line, match: re.Match[str]) -> bool:
    """Whether a number in a time is one of requests."""
    text = line.text
    around = text[max(0, match.start() - 60) : match.end() + 30]
    return bool(
        _RATE_NEAR.search(f"{line.heading} {around}")
        and not _NO_RATE.search(around)
        and not _MILLISECONDS.match(text, match.end())
        and _COUNTED.search(f"{line.heading} {text}")
    )


def _limit(match: re.Match[str]) -> tuple[int, str]:
    """The number and the window of a rate in prose."""
    unit = match[3].lower()
    short = _UNITS.get(unit) or _UNITS[unit.rstrip("s")]
    return int(re.sub(r"\D", "", match[1])), f"{int(match[2] or 1)}{short}"


def _clause(text: str, match: re.Match[str]) -> str:
    """The part of a sentence that the rate is in."""
    before, behind = text[: match.start()], text[match.start() :]
    return re.split(r"[;,|(]", before)[-1] + re.split(r"[;,|)]", behind)[0]


def _is_of_one_route(line: Line, match: re.Match[str]) -> bool:
    clause = _clause(line.text, match)
    if _GENERAL.search(clause):
        return False
    # Beside other rates, what the rest of the line says is about those.
    is_alone = len(_RATE.findall(line.text)) == 1
    heading = "" if _RATE_OR_LIMIT.search(line.heading) else line.heading
    about = (clause, line.text if is_alone else "", heading)
    return any(_ONE_ROUTE.search(text) for text in about)


def _in_code(code: Code, found: list[Evidence], unsupported: list[Unsupported]) -> None:
    for pattern in _CODE_RATES:
        for match in pattern.finditer(code.text):
            window = _window(match.groupdict())
            if window is None:
                continue
            maximum, start = int(match["max"]), match.start()
            about = _about(code, match)
            if _ONE_ROUTE.search(about) and not _GENERAL.search(about):
                number = code.number + code.text.count("\n", 0, start)
                text = shortened(match[0])
                unsupported.append(_single(maximum, window, number, text, code.heading))
                continue
            found.append(of_code("rate_limit.max", maximum, STATED, code, start, match[0]))
            found.append(of_code("rate_limit.window", window, STATED, code, start, match[0]))
            if _BY_ADDRESS in code.text:
                found.append(of_code("rate_limit.key", "ip", STATED, code, start, _BY_ADDRESS))


def _about(code: Code, match: re.Match[str]) -> str:
    """The words around a rate in code: its line, three above it, and what is said of the block."""
    line = code.text[code.text.rfind("\n", 0, match.start()) + 1 : match.end()]
    above = code.text[: match.start()].splitlines()[-3:]
    return _KEYWORDS.sub(" ", f"{' '.join(above)} {line} {code.lead}")


def _window(groups: dict[str, str | None]) -> str | None:
    """The window that code has, as scaffold writes it; None where it cannot be told."""
    word = groups.get("word")
    if word:
        unit = _UNITS.get(word.lower().rstrip("s"))
        return f"1{unit}" if unit else None
    factors = re.findall(r"\d+", (groups.get("window") or "").replace("_", ""))
    if not factors:
        return None
    size = math.prod(int(factor) for factor in factors)
    unit = groups.get("unit")
    if unit:
        return f"{size}{'m' if unit == 'min' else unit}"
    if groups.get("ms") or size >= 1000:
        size //= 1000
    for length, short in ((86400, "d"), (3600, "h"), (60, "m")):
        if size and size % length == 0:
            return f"{size // length}{short}"
    return f"{size}s" if size else None
