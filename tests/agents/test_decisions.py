"""What applies of documents without a block, and what somebody has to decide before."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scaffold.agents.choice import CHOSEN, FRAMEWORK, Fact
from scaffold.agents.decisions import decide
from scaffold.agents.imports import Imported, import_documents
from scaffold.conventions.schema import check
from scaffold.support.errors import UserError
from scaffold.support.yaml import mapping_of
from tools.source import ROOT

SCHEMA = mapping_of("conventions.yml", (ROOT / "templates/conventions.yml").read_text("utf-8"))
SENTENCES = [
    "Backend: Next.js with Prisma.",
    "Backend: FastAPI with SQLAlchemy.",
    "Backend: Express with TypeORM.",
    "- Sign-in uses Clerk.",
    "- Issue JWT access and refresh tokens, hashed with bcrypt (12 rounds).",
    "- All endpoints under `/api/v1`.",
    "- All endpoints under `/v2`.",
    "- Layers: routes → controllers → services → models.",
    "- Enable row level security on every table.",
    "- Use server actions.",
    "- Lists: default 200 items per page.",
    "- Keep the dual storage (database and JSON files).",
    "- CSRF tokens on every form.",
    '- Error format: `{ "error": { "code": "X", "message": "…", "path": "/" } }`',
    '- Success format: `{ "data": {} }`',
    "- Login is limited to 5 requests per minute.",
    "- Never use soft deletes.",
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("documents")


def imported(folder: Path, text: str) -> Imported:
    (folder / "a.md").write_text(text, "utf-8")
    return import_documents([str(folder / "a.md")], SCHEMA, folder)


@given(
    st.lists(st.sampled_from(SENTENCES), max_size=8), st.sampled_from([None, "nextjs", "fastapi"])
)
@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_what_applies_goes_together(folder: Path, sentences: list[str], chosen: str | None) -> None:
    words = [f"{FRAMEWORK}={chosen}"] if chosen else []
    found = imported(folder, "\n\n".join(["# Rules", *sentences]))
    try:
        decided = decide(found, SCHEMA, "a.md", facts={}, settings=words, accept=True)
    except UserError as error:
        assert error.hint
        return
    assert check(SCHEMA, decided.stated) == []
    assert decided.origins.keys() <= {
        f"{group}.{key}" for group, keys in decided.stated.items() for key in keys
    }
    if chosen:
        assert decided.stated["stack"]["framework"] == chosen
        assert decided.origins[FRAMEWORK] == CHOSEN


def test_what_the_project_shows_outranks_the_document(folder: Path) -> None:
    found = imported(
        folder, "Backend: FastAPI with SQLAlchemy.\n\n- All endpoints under `/api/v1`.\n"
    )
    facts = {FRAMEWORK: Fact("nextjs", "package.json"), "stack.orm": Fact("prisma", "package.json")}
    decided = decide(found, SCHEMA, "a.md", facts=facts, accept=True)
    assert decided.stated["stack"] == {"framework": "nextjs", "orm": "prisma"}
    assert decided.origins["stack.orm"] == "package.json"
    assert [note.partition(",")[0] for note in decided.notes] == [
        "stack.framework is nextjs",
        "stack.orm is prisma",
    ]


def test_what_needs_another_framework_is_not_generated(folder: Path) -> None:
    found = imported(
        folder,
        "Backend: Next.js.\n\n- All endpoints under `/api/v1`.\n- Layers: routes → controllers → services → models.\n",
    )
    with pytest.raises(UserError, match=r"code\.handlers = layered") as caught:
        decide(found, SCHEMA, "a.md", facts={})
    assert "--accept-unsupported" in (caught.value.hint or "")
    decided = decide(found, SCHEMA, "a.md", facts={}, accept=True)
    assert "code" not in decided.stated or "handlers" not in decided.stated["code"]
    assert decided.unsupported == ("code.handlers = layered",)
    assert decide(found, SCHEMA, "a.md", facts={}, known=decided.unsupported) == decided


def test_lists_look_like_single_results(folder: Path) -> None:
    found = imported(folder, 'Backend: Next.js.\n\n- Success format: `{ "data": {} }`\n')
    bodies = decide(found, SCHEMA, "a.md", facts={}).stated["envelope"]
    page = {"page": "$page", "limit": "$limit", "total": "$total"}
    assert bodies["list"] == {"data": "$items", "pagination": page}
    assert bodies["cursor"] == {
        "data": "$items",
        "pagination": {"limit": "$limit", "next": "$next"},
    }


def test_a_weighty_alternative_has_to_be_decided(folder: Path) -> None:
    found = imported(folder, "Backend: Next.js.\n\n## Stack\n\n- Clerk\n- Auth.js\n")
    with pytest.raises(UserError, match="leaves open") as caught:
        decide(found, SCHEMA, "a.md", facts={})
    assert "--set auth.provider=" in (caught.value.hint or "")
    decided = decide(found, SCHEMA, "a.md", facts={}, settings=["auth.provider=clerk"])
    assert "auth" not in decided.stated
