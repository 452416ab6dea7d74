"""What a route names, it imports."""

from __future__ import annotations

from tests.support.projects import AGENTS, CHECKOUT, manifest_of, resource


def test_a_public_list_alone_imports_the_type_of_its_context() -> None:
    templates = CHECKOUT
    body = {"list": {"items": "$items", "request": "$request_id"}}
    supabase = next(path for path in AGENTS if path.stem == "supabase")
    manifest = manifest_of(supabase, templates, {"envelope": body})
    manifest = manifest.with_resource(
        resource("notes", "name:string", methods=("list",), public=True)
    )
    path = next(path for path in templates.render(manifest) if path.endswith("/notes/route.ts"))
    text = templates.render(manifest)[path]
    assert "{ requestId }: Context" in text
    assert "import { withAuth, type Context } from" in text
