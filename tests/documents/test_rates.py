"""Limits of requests, for everybody and for single routes."""

from __future__ import annotations

import pytest

from scaffold.documents.markdown import read
from scaffold.documents.rates import rates_of


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("- Rate limit: 100 requests per minute", {"max": 100, "window": "1m"}),
        ("- Rate limit: 1,000 req / 15 min per IP", {"max": 1000, "window": "15m", "key": "ip"}),
        ("- Throttle at 5/s per user", {"max": 5, "window": "1s", "key": "user"}),
        (
            "- Rate limiting with a token bucket in Redis",
            {"algorithm": "token_bucket", "store": "redis"},
        ),
        (
            "- Rate limiting in memory or Redis, fixed window",
            {"algorithm": "fixed_window", "store": "redis"},
        ),
        ("- No rate limit per user", {}),
        ("- Retry 3 times per minute below the limit", {}),
        ("- The limit answers within 100 per 5 ms", {}),
        (
            "```ts\nrateLimit({ windowMs: 15 * 60 * 1000, max: 100 })\n```",
            {"max": 100, "window": "15m"},
        ),
        ("```ts\n{ limit: 60, window: '1m' }\n```", {"max": 60, "window": "1m"}),
        ("```ts\nRatelimit.slidingWindow(10, '10 s')\n```", {"max": 10, "window": "10s"}),
        ("```py\n@limiter.limit('5/hour')\n```", {"max": 5, "window": "1h"}),
    ],
)
def test_limits(text: str, values: dict[str, object]) -> None:
    found, unsupported = rates_of(read(text, "agent.md"))
    assert {one.key.removeprefix("rate_limit."): one.value for one in found} == values
    assert unsupported == []


@pytest.mark.parametrize(
    "text",
    [
        "- Login: rate limit of 5 per minute",
        "- `POST /boats`: 5 requests per minute",
        "## Webhooks\n\n- At most 5 requests per minute",
        "```ts\n// login\nconst login = { window: '1m', max: 5 };\n```",
    ],
)
def test_limits_of_single_routes(text: str) -> None:
    found, unsupported = rates_of(read(text, "agent.md"))
    assert found == []
    assert [str(missing) for missing in unsupported] == ["rate limit = 5/1m"]
    assert unsupported[0].why == "a limit of single routes"
