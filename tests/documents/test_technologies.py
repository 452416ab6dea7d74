"""Which technologies a document means, of those that it names."""

from __future__ import annotations

import pytest

from scaffold.documents.evidence import Confidence, decide
from scaffold.documents.markdown import read
from scaffold.documents.technologies import technologies_of


def stated(text: str, confidence: Confidence = Confidence.SURE) -> dict[str, object]:
    found = decide(technologies_of(read(text, "agent.md")))
    return {one.key.split(".")[1]: one.value for one in found if one.confidence is confidence}


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("# FastAPI service", {"framework": "fastapi"}),
        ("You are an expert in Express.js backends.", {"framework": "express"}),
        (
            "## Stack\n\n- Next.js 16, Prisma, PostgreSQL",
            {"framework": "nextjs", "orm": "prisma", "database": "postgres"},
        ),
        ("## Stack\n\n- Auth: better-auth", {"provider": "better-auth"}),
        ("- Framework: Go 1.24", {"framework": "go"}),
        ("- Framework: Django, not Flask", {"framework": "django"}),
        ("```py\nfrom fastapi import APIRouter\n```", {"framework": "fastapi"}),
        ("- Backend: NestJS API\n- Frontend: Next.js web app", {"framework": "nestjs"}),
        (
            "## Stack\n\n- Supabase\n- Next.js\n\n## Rules\n\nSessions are checked.",
            {"framework": "nextjs", "provider": "supabase"},
        ),
        ("## Expertise\n\n- Prisma\n\n```ts\nprisma.boat.create()\n```", {"orm": "prisma"}),
    ],
)
def test_what_is_meant(text: str, values: dict[str, object]) -> None:
    assert stated(text) == values


@pytest.mark.parametrize(
    "text",
    [
        "- Framework: no Express",
        "- Instead of Prisma we write SQL",
        "- Prisma is not used",
        "- Run `cargo test`, go on, express yourself",
        "- See `docs/fastapi/notes`",
        "## Never\n\n- Use FastAPI",
    ],
)
def test_what_is_not_meant(text: str) -> None:
    assert {**stated(text), **stated(text, Confidence.LIKELY)} == {}


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("## Stack\n\n- Next.js\n- FastAPI", "framework"),
        ("- ORM: Prisma or Drizzle, to be decided", "orm"),
        ("Knows Express, Koa, Hono and Fastify.", "framework"),
    ],
)
def test_what_has_to_be_decided(text: str, key: str) -> None:
    assert key in stated(text, Confidence.ASK)


def test_tokens_are_those_of_the_provider() -> None:
    text = "## Stack\n\n- Auth: Clerk\n- JWTs in a cookie, refresh tokens"
    assert stated(text) == {"provider": "clerk"}
    assert stated("- Auth: JWT with refresh tokens") == {"provider": "jwt"}


def test_servers_in_the_front_matter() -> None:
    text = "---\nname: api\nmcp_requirements:\n  required: [supabase]\n---\nText."
    assert stated(text, Confidence.LIKELY) == {"provider": "supabase"}
