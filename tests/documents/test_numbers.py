"""Numbers count where they are bound to a noun."""

from __future__ import annotations

import pytest

from scaffold.documents.markdown import read
from scaffold.documents.numbers import numbers_of


def found(text: str) -> dict[str, object]:
    return {one.key.split(".")[1]: one.value for one in numbers_of(read(text, "agent.md"))}


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("- Default page size: 25, max 50", {"default_limit": 25, "max_limit": 50}),
        (
            "- Pagination: 20 items per page, never more than 100",
            {"default_limit": 20, "max_limit": 100},
        ),
        ("- `GET /boats?page=1&limit=30`", {"default_limit": 30}),
        ("- Limit (default 20, at most 100 items)", {"default_limit": 20, "max_limit": 100}),
        ("- Max page size 100", {"max_limit": 100}),
        ("- Page size 5000", {}),
        ("- Limit: 100 requests", {}),
        ("- Lines have at most 100 characters, a limit", {}),
        ("- Coverage: at least 80%", {"coverage_min": 80}),
        ("- 90%+ test coverage", {"coverage_min": 90}),
        ("- `--cov-fail-under=85`", {"coverage_min": 85}),
        ("- 5% coverage", {}),
        ("- bcrypt with cost 12", {"password_rounds": 12}),
        ("- bcrypt, 4 rounds in tests", {}),
        ("- Body limit 100 kb", {"body_limit": 102400}),
        ("- Upload of files: request body 10 MB", {}),
        (
            "```py\nsize: int = Query(default=20, ge=1, le=50)\n```",
            {"default_limit": 20, "max_limit": 50},
        ),
        (
            "```ts\nlimit: z.coerce.number().max(60).default(15),\n```",
            {"default_limit": 15, "max_limit": 60},
        ),
        ("```ts\nlimit: z.string().max(5000)\n```", {}),
    ],
)
def test_numbers(text: str, values: dict[str, object]) -> None:
    assert found(text) == values
