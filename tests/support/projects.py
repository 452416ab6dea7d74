"""Projects to try templates on: the agents, the mixtures, and resources with everything that a field can be."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import fields as fields_of
from dataclasses import replace
from pathlib import Path
from typing import Any

import yaml

from scaffold.agents import document
from scaffold.frameworks.registry import laid_out
from scaffold.kinds.option_types import Value
from scaffold.kinds.thing import Thing
from scaffold.manifest import edits
from scaffold.manifest.edits import with_renamed_field, with_renamed_resource
from scaffold.manifest.manifest import Manifest
from scaffold.manifest.table_history import noted, recorded, writes_migrations
from scaffold.rendering.render import Templates
from scaffold.resources.field_changes import altered
from scaffold.resources.fields import parse_field, parse_fields
from scaffold.resources.keys import Key
from scaffold.resources.names import singular
from scaffold.resources.resource import RateLimit, Resource
from scaffold.sources.address import Version
from tools.source import ROOT

# The templates as they stand; their files do not change while tests run.
CHECKOUT = Templates(ROOT)
AGENTS = sorted((ROOT / "agents").glob("*.md"))
# Where any agent of Next.js would do: a new one may come first in the alphabet, and be of anything.
CLERK = ROOT / "agents/clerk.md"
MIXTURES = sorted((ROOT / "tests/agents").glob("*.md"))
EVERY_TYPE = [
    "title:string{1..200}",
    "body:text?",
    "rank:int{1..10}=5",
    "views:bigint?",
    "ratio:float?",
    "score:decimal{0..100}?",
    "active:bool=true",
    "due_date:date?",
    "starts_at:datetime?",
    "at_time:time?",
    "tag:uuid?",
    "settings:json?",
    "contact:email?",
    "homepage:url?",
    "code:string{3..12}!",
    "status:enum(draft,published)+=draft",
    "student:ref(users)?",
]


def commands(role: str = "editor", *, rules: bool = False) -> list[list[str]]:
    """Words of the command line that make, together, everything that a resource can be.

    `rules`: rows follow a parent that is deleted, which needs conventions without soft delete.
    """
    book, twin = (
        ("ref(notes,cascade)", "ref(shelves,null)?") if rules else ("ref(notes)", "ref(shelves)?")
    )
    return [
        ["endpoint", "assessments", *EVERY_TYPE],
        ["endpoint", "comments", "body:text{1..2000}", "assessment:ref(assessments)"],
        ["endpoint", "remarks", "words:string", "comment:ref(comments)?", "--soft-delete"],
        ["endpoint", "notes", "name:string{1..200}"],
        ["endpoint", "tags", "name:string!", "--public", "--role", role, "--soft-delete"],
        ["endpoint", "events", "name:string", "--paginate", "cursor", "--methods", "list,create"],
        [
            *["endpoint", "logs", "line:string", "event:ref(events)?", "--paginate", "none"],
            *["--rate-limit", "5/1m", "--methods", "list,get,create,delete"],
        ],
        ["field", "add", "events", "log:ref(logs)?"],
        ["model", "rubrics", "weight:int"],
        [
            *["endpoint", "shelves", f"book:{book}", "author:string{1..80}", "sku:string?"],
            *["state:enum(open,shut)=open", "due:date?", f"twin:{twin}"],
            *["--unique", "book,author", "--unique", "owner,sku", "--index", "state,due"],
        ],
    ]


def jobs(role: str = "editor") -> list[list[str]]:
    """Words of the command line that make, together, everything that a job can be; after `commands`."""
    limits = ["--retries", "5", "--timeout", "10m", "--concurrency", "4", "--unique", "note"]
    return [
        ["render", "note:ref(notes)", "format:enum(obj,stl)=obj", *limits, "--role", role],
        ["convert", *(spec.removesuffix("!").replace("+", "") for spec in EVERY_TYPE)],
        ["tidy_up", "--schedule", "0 3 * * *"],
        ["remind", "note:ref(notes)", "days:int{1..}", "--schedule", "*/5 * * * *"],
    ]


def _front_matter(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(path.read_text("utf-8").split("---\n")[1])
    return found


def is_nextjs(path: Path) -> bool:
    """The document is for Next.js, which it need not state: that is the default."""
    conventions = _front_matter(path).get("conventions") or {}
    return bool((conventions.get("stack") or {}).get("framework", "nextjs") == "nextjs")


NEXTJS = [path.stem for path in AGENTS if is_nextjs(path)]


def own_entities(path: Path) -> list[str]:
    """Names of the entities that a document states, parents first."""
    found = _front_matter(path).get("entities") or {}
    entities = {str(name): str((entity or {}).get("fields", "")) for name, entity in found.items()}
    done: list[str] = []
    while len(done) < len(entities):
        ready = [
            name
            for name, text in entities.items()
            if name not in done
            and not {*re.findall(r"ref\((\w+)\)", text)} & ({*entities} - {*done, name})
        ]
        assert ready, f"{path}: entities that point at each other"
        done += ready
    return done


def manifest_of(
    path: Path,
    templates: Templates,
    overrides: Mapping[str, Mapping[str, Any]] | None = None,
    ours: bool = False,
) -> Manifest:
    """An empty project of an agent's document: of ours by its name, of a user's by its path."""
    known = {item.name for item in fields_of(Manifest)}
    ours = ours or path.parent == ROOT / "agents"
    made: dict[str, Any] = {"version": Version("x", "x"), "style": path.stem, "name": "clinic"}
    found = document.read(path.read_text("utf-8"), templates.schema, path.name)
    assert not found.problems, (path, [str(problem) for problem in found.problems])
    if not ours and {"document", "stated"} <= known:
        made |= {"document": path.name, "stated": found.conventions}
    elif not ours:
        made |= {"style": CLERK.stem}
        overrides = {**found.conventions, **(overrides or {})}
    return laid_out(templates, Manifest(**made, overrides=dict(overrides or {})))


def rich(manifest: Manifest) -> Manifest:
    """The same with a resource of every kind."""
    every = resource("assessments", *EVERY_TYPE)
    external = tuple(replace(item, external=item.ref == "users") for item in every.fields)
    for item in (
        replace(every, fields=external),
        resource("comments", "body:text{1..2000}", "assessment:ref(assessments)"),
        resource("remarks", "words:string", "comment:ref(comments)?", soft_delete=True),
        resource("notes", "name:string{1..200}"),
        resource("tags", "name:string!", public=True, roles=("editor",), soft_delete=True),
        resource("events", "name:string", paginate="cursor", methods=("list", "create")),
        resource(
            "logs",
            "line:string",
            paginate="none",
            methods=("list", "get", "create", "delete"),
            rate_limit=RateLimit(5, "1m"),
        ),
        replace(resource("rubrics", "weight:int"), methods=()),
        resource(
            "shelves",
            *("book:ref(notes)", "author:string{1..80}", "sku:string?"),
            *("state:enum(open,shut)=open", "due:date?", "twin:ref(shelves)?"),
            keys=(
                Key(("book_id", "author"), True),
                Key(("owner_id", "sku"), True),
                Key(("state", "due"), False),
            ),
        ),
    ):
        manifest = manifest.with_resource(item)
    return manifest


def with_jobs(manifest: Manifest) -> Manifest:
    """A rich one with jobs of every sort."""
    plain = parse_fields([word.replace("!", "").replace("+", "") for word in EVERY_TYPE])
    every = tuple(replace(one, external=one.ref == "users") for one in plain)
    parents = parse_fields(["assessment:ref(assessments)", "tag:ref(tags)?", "to:enum(obj,stl)"])
    unique: dict[str, Value] = {"unique": [{"own": "assessment_id"}], "role": ["editor"]}
    made = (
        Thing("job", "import_all", "import_all", fields=every),
        Thing("job", "nightly", "nightly", {"schedule": "0 3 * * *"}, every[2:3]),
        Thing("job", "ping", "ping", {"retries": 0, "timeout": "90s"}),
        Thing("job", "remind", "remind", {"schedule": "*/5 * * * *"}, every[:1]),
        Thing("job", "render", "draw", {**unique, "concurrency": 4}, tuple(parents)),
    )
    return replace(manifest, things=made)


def evolved(manifest: Manifest, templates: Templates) -> Manifest:
    """A rich one whose resources changed since, with what happened to their tables written down."""
    added = [
        *parse_fields(["weight:decimal{1..10}=3", "level:enum(easy,hard)+=easy", "slug:string?!"]),
        *parse_fields(["parent:ref(notes)?"]),
    ]

    def one(manifest: Manifest, name: str) -> Resource:
        found = manifest.find(name)
        assert found is not None
        return found

    steps: list[Callable[[Manifest], Manifest]] = [
        lambda m: m.with_resource(edits.with_fields(one(m, "assessments"), added, has_rows=True)),
        lambda m: m.with_resource(
            edits.with_renamed_field(one(m, "assessments"), "code", "reference_of_the_assessment")
        ),
        lambda m: m.with_resource(edits.without_fields(one(m, "assessments"), ["body", "status"])),
        lambda m: edits.with_renamed_resource(m, one(m, "assessments"), "exams"),
        lambda m: m.with_resource(edits.without_fields(one(m, "remarks"), ["comment"])),
        lambda m: m.without_resource("comments"),
        lambda m: m.with_resource(
            replace(one(m, "shelves"), keys=(Key(("author", "state"), True), *_keys(m)[:2]))
        ),
        lambda m: m.with_resource(edits.with_renamed_field(one(m, "shelves"), "author", "writer")),
        lambda m: replace(m, overrides=_with_data(m, soft_delete=True, optimistic_version=True)),
        lambda m: _altered(m, "exams", "level:enum(light,hard)+=light", "easy=light"),
        lambda m: _altered(m, "exams", "weight:int{2..90}!"),
        lambda m: _altered(m, "exams", "slug:string{1..80}", default="-"),
    ]
    for step in steps:
        after = step(manifest)
        old, new = (templates.context(item)["conventions"] for item in (manifest, after))
        ours = writes_migrations(templates.schema, new)
        manifest = recorded(manifest, after, old, new) if ours else _with_notes(after)
    return manifest


def _altered(
    manifest: Manifest, name: str, word: str, *maps: str, default: str | None = None
) -> Manifest:
    """Another definition of a field."""
    found, new = manifest.find(name), parse_field(word)
    assert found is not None
    old = edits.find_field(found, new.name)
    change = altered(old, new, fill=default, words=maps, rows=True, resource=name)
    return manifest.with_resource(edits.with_altered_field(found, change))


def _with_notes(manifest: Manifest) -> Manifest:
    """Other definitions, as notes for the ORM's own tool."""
    for found in manifest.resources:
        for change in found.alterations:
            manifest = manifest.with_resource(noted(manifest, found, change))
    return manifest


def _keys(manifest: Manifest) -> tuple[Key, ...]:
    found = manifest.find("shelves")
    assert found is not None
    return found.keys


def beside(manifest: Manifest) -> Manifest:
    """The same as part of somebody else's project, whose database or migrations are others."""
    host = {"database_url": "API_DATABASE_URL", "migrations": "supabase/migrations"}
    return replace(manifest, service=False, host=host)


def hosted(manifest: Manifest, **host: str) -> Manifest:
    """The same as part of somebody else's project, which has its own database client."""
    return replace(manifest, service=False, host={"db": "@/lib/db#db", **host})


def _with_data(manifest: Manifest, **values: Any) -> dict[str, Mapping[str, Any]]:
    return {**manifest.overrides, "data": {**manifest.overrides.get("data", {}), **values}}


def resource(name: str, *words: str, **more: Any) -> Resource:
    """A resource of the command line's words."""
    return Resource(name, singular(name), parse_fields(list(words)), **more)


def all_renamed(manifest: Manifest) -> Manifest:
    """Every resource and every field by another name."""
    for number, name in enumerate([item.name for item in manifest.resources]):
        item = manifest.find(name)
        assert item is not None
        changed = item
        for place, one in enumerate(item.fields):
            new = f"f{place}_{one.name}"[:36].rstrip("_") + ("_id" if one.ref else "")
            changed = with_renamed_field(changed, one.name, new)
        manifest = manifest.with_resource(changed)
        manifest = with_renamed_resource(manifest, changed, f"r{number}{item.name}"[:40])
    return manifest


def chosen_mixtures(words: str | None, day: int) -> list[Path]:
    """One mixture, another one each day; or those that SCAFFOLD_MIXTURES names (`all`, `none`)."""
    if words == "all":
        return MIXTURES
    if words == "none":
        return []
    if words:
        known = {path.stem: path for path in MIXTURES}
        return [known[word.strip()] for word in words.split(",")]
    return [MIXTURES[day % len(MIXTURES)]]
