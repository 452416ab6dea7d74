"""The prefix of every resource, from the paths of a document."""

from __future__ import annotations

import pytest

from scaffold.documents.evidence import Confidence, decide
from scaffold.documents.markdown import read
from scaffold.documents.paths import prefix_of


@pytest.mark.parametrize(
    ("text", "value", "confidence"),
    [
        ("- All routes have the prefix `/api/v1`.", "/api/v1", Confidence.SURE),
        ("- Base path: `/v2`", "/v2", Confidence.SURE),
        ("- `GET /api/boats` lists boats", "/api", Confidence.LIKELY),
        ("- `GET /api/v1/boats`\n- `GET /api/v1/cabins`", "/api/v1", Confidence.SURE),
        ("```\nGET /api/v1/a\nGET /api/v1/b\nGET /api/c\n```", "/api/v1", Confidence.SURE),
        ("```ts\napp.use('/api/v3', routes);\n```", "/api/v3", Confidence.SURE),
        ("- prefix `/api/v1`\n- prefix `/api/v2`", "/api/v1", Confidence.ASK),
    ],
)
def test_prefixes(text: str, value: str, confidence: Confidence) -> None:
    (statement,) = decide(prefix_of(read(text, "agent.md")))
    assert (statement.value, statement.confidence) == (value, confidence)


@pytest.mark.parametrize(
    "text",
    [
        "- Files are in `src/app/api/boats/route.ts`",
        "- `https://example.com/api/v1/boats`",
        "- `/api/health`, `/api/auth/callback` and `/api/webhooks/stripe`",
        "- Never use `/api/v1`",
        "- Breaking changes: a new version at `/api/v2`",
        "- `/boats` and `/apiary`",
    ],
)
def test_other_paths(text: str) -> None:
    assert prefix_of(read(text, "agent.md")) == []
