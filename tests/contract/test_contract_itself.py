"""The suite finds what it is there for: a service that keeps the contract passes, each bug is caught."""

from __future__ import annotations

import dataclasses
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import Message
from http.server import ThreadingHTTPServer
from typing import Any

import pytest

from scaffold.manifest.manifest import Manifest
from scaffold.resources.fields import parse_fields
from scaffold.resources.names import singular
from scaffold.resources.resource import RateLimit, Resource
from scaffold.sources.address import Version
from tests.contract import hold
from tests.contract.bugs import BUGS
from tests.contract.http import Answer, Client
from tests.contract.reference import Service
from tests.contract.reference.server import handler
from tests.contract.spec import Spec, of_manifest
from tests.support.pairwise import parameters
from tests.support.projects import CHECKOUT

ORIGIN = "https://app.example"
EVERY_TYPE = """title:string{1..200} body:text? rank:int{1..10}=5 views:bigint? ratio:float? score:decimal{0..100}?
active:bool=true due_date:date? starts_at:datetime? at_time:time? tag:uuid? settings:json? contact:email?
homepage:url? code:string{3..12}! status:enum(draft,published)+=draft student:ref(users)?"""
JSON_API = {
    "envelope": {
        "success": {"data": "$data"},
        "list": {"data": "$items", "meta": {"total": "$total"}},
        "cursor": {"items": "$items", "next": "$next"},
        "error": {"errors": [{"status": "$status", "code": "$code", "detail": "$message"}]},
        "error_type": "application/problem+json",
    },
    "routing": {"prefix": "/v2"},
    "data": {"id": "int", "json_case": "snake", "optimistic_version": True},
    "operations": {"idempotency": ["POST", "PUT"], "body_limit": 1048576, "csrf": "origin_check"},
    "pagination": {"style": "cursor", "default_limit": 4, "max_limit": 7},
    "rate_limit": {"key": "ip"},
}
BARE = {
    "envelope": {
        "success": "$data",
        "list": "$items",
        "cursor": {"items": "$items", "next": "$next"},
        "error": {"detail": "$message", "more": "$details?", "id": "$request_id"},
        "error_type": "application/json",
    },
    "routing": {"prefix": ""},
    "pagination": {"style": "none", "default_limit": 4, "max_limit": 5},
    "data": {"id": "cuid", "json_case": "snake"},
}
Overrides = dict[str, dict[str, Any]]


def make(name: str, fields: str, **more: Any) -> Resource:
    """A resource of the command line's words."""
    found = tuple(
        dataclasses.replace(item, external=item.ref == "users")
        for item in parse_fields(fields.split())
    )
    return Resource(name, singular(name), found, **more)


RESOURCES = (
    make("assessments", EVERY_TYPE),
    make("comments", "body:text{1..2000} assessment:ref(assessments)", soft_delete=True),
    make("events", "name:string", methods=("list", "create"), paginate="cursor"),
    make("logs", "name:string", rate_limit=RateLimit(5, "1m"), paginate="none"),
    make("tags", "name:string!", roles=("editor", "admin"), public=True, soft_delete=True),
)
FEW = (
    make(
        "comments",
        "body:text{1..20}? post:ref(posts) re:ref(comments,cascade)? see:ref(comments,null)?",
    ),
    make("events", "name:string", methods=("list", "create"), paginate="cursor"),
    make("posts", "title:string{1..20}! rank:int{1..9}=5 at:datetime? big:bigint?"),
    make("tags", "name:string!", roles=("editor",), public=True, soft_delete=True),
)


def spec_of(resources: tuple[Resource, ...], overrides: Overrides) -> Spec:
    """What a project with these resources promises, but for what an older schema does not know."""
    manifest = Manifest(Version("x", "x"), "supabase", "clinic")
    for item in resources:
        manifest = manifest.with_resource(item)
    base = of_manifest(manifest, CHECKOUT)
    snake = overrides.get("data", {}).get("json_case") == "snake"
    if snake:
        manifest = dataclasses.replace(manifest, overrides={"data": {"json_case": "snake"}})
        base = of_manifest(manifest, CHECKOUT)
    conventions = {
        group: {**keys, **overrides.get(group, {})} for group, keys in base.conventions.items()
    }
    prefix, style = conventions["routing"]["prefix"], conventions["pagination"]["style"]
    stated = {item.name for item in resources if item.paginate}
    return dataclasses.replace(
        base,
        conventions=conventions,
        resources=tuple(
            dataclasses.replace(
                item,
                path=f"{prefix}/{item.name}",
                paginate=item.paginate if item.name in stated else style,
            )
            for item in base.resources
        ),
    )


@contextmanager
def directly(service: Service) -> Iterator[str]:
    """Requests go to the service without a socket: a hundred bugs are tried in seconds."""

    def exchange(
        client: Client, method: str, path: str, data: bytes | None, _: bool, sent: dict[str, str]
    ) -> Answer:
        found = Message()
        status, headers, text = service.handle(method, path, sent, data or b"")
        for name, value in headers.items():
            found[name] = value
        return Answer(status, found, text, f"{method} {path} {(data or b'')[:300]!r}")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Client, "_exchange", exchange)
        yield "http://127.0.0.1:1"


@contextmanager
def served(service: Service) -> Iterator[str]:
    """The service on a socket."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler(service))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


@pytest.mark.slow
@pytest.mark.parametrize("overrides", [{}, JSON_API, BARE], ids=["supabase", "json api", "bare"])
def test_a_service_that_keeps_the_contract_passes(overrides: Overrides) -> None:
    service = Service(spec_of(RESOURCES, overrides), ORIGIN)
    with served(service) as url:
        report = hold(service.spec, url, service.token_for, origin=ORIGIN)
    assert report.wrong == [], report.text()
    assert len(report.checked) > 100


@pytest.mark.parametrize("kind", parameters(CHECKOUT.schema)["data.id"])
def test_the_suite_knows_every_kind_of_id(kind: str) -> None:
    service = Service(spec_of(FEW, {"data": {"id": kind}}), ORIGIN)
    with directly(service) as url:
        report = hold(service.spec, url, service.token_for, origin=ORIGIN)
    assert report.wrong == [], report.text()
    service.new_id = lambda: "?"  # type: ignore[method-assign]
    with directly(service) as url:
        assert hold(service.spec, url, service.token_for, origin=ORIGIN, stop=True).wrong


@pytest.mark.slow
@pytest.mark.parametrize("name", BUGS)
def test_a_bug_is_caught(name: str) -> None:
    service = Service(spec_of(FEW, {}), ORIGIN)
    BUGS[name](service)
    with directly(service) as url:
        report = hold(service.spec, url, service.token_for, origin=ORIGIN, stop=True)
    assert report.wrong


def test_without_a_bug_nothing_is_caught() -> None:
    service = Service(spec_of(FEW, {}), ORIGIN)
    with directly(service) as url:
        report = hold(service.spec, url, service.token_for, origin=ORIGIN)
    assert report.wrong == [], report.text()


def test_callers_with_cookies() -> None:
    service = Service(spec_of(FEW, {}), cookies=True)
    with directly(service) as url:
        report = hold(service.spec, url, service.token_for)
    assert report.wrong == [], report.text()
    service.check_site = lambda headers: None  # type: ignore[method-assign]
    with directly(service) as url:
        report = hold(service.spec, url, service.token_for)
    assert [line for line in report.wrong if "another site may not write" in line] == report.wrong
    assert report.wrong


@pytest.mark.parametrize("key", ["version stays", "old versions are taken"])
def test_a_bug_with_versions_is_caught(key: str) -> None:
    service = Service(spec_of(FEW, {"data": {"optimistic_version": True}}), ORIGIN)
    right = service.change

    def change(resource: Any, owner: Any, row: Any, data: Any, whole: bool) -> None:
        version = row["version"]
        if key == "old versions are taken" and isinstance(data.get("version"), int):
            data = {**data, "version": version}
        right(resource, owner, row, data, whole)
        if key == "version stays":
            row["version"] = version

    service.change = change  # type: ignore[method-assign]
    with directly(service) as url:
        assert hold(service.spec, url, service.token_for, stop=True).wrong
