"""What belongs to the service and to no resource: health, documentation, unknown routes, CORS, API keys."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from tests.contract.http import NO_JSON, Client
from tests.contract.limits import MOST
from tests.contract.openapi import problems
from tests.contract.report import Failure
from tests.contract.spec import COLLECTION, Resource
from tests.contract.world import World

STRANGER = "https://stranger.example"


def checks(
    world: World, api_key: str | None, origin: str | None
) -> Iterator[tuple[str, Callable[[], None]]]:
    """All of them, by name."""
    # A FastAPI application of somebody else's sees to its own health and to pages of other origins.
    is_whole = world.spec.service or world.spec.conventions["stack"]["framework"] == "nextjs"
    if is_whole:
        yield "service: health", lambda: _health(world)
    yield "service: openapi.json", lambda: _openapi(world)
    if world.spec.service:
        # Elsewhere they are answered by an application that is not ours, perhaps with a page.
        yield "service: unknown routes are 404", lambda: _unknown(world)
    yield "service: one resource has a limit that can be reached", lambda: _reachable(world)
    if origin and is_whole:
        yield "service: CORS", lambda: _cors(world, origin)
    if world.spec.on("auth.api_keys"):
        yield "service: API keys", lambda: _api_keys(world, api_key)
    elif world.spec.resources:
        yield "service: no API keys", lambda: _no_api_keys(world)


def _health(world: World) -> None:
    answer = world.client()("GET", f"{world.spec.prefix}/health")
    world.common(answer)
    if world.data(answer) != {"status": "ok", "database": "up"}:
        raise Failure("status ok and database up expected", answer)


def _openapi(world: World) -> None:
    answer = world.client()("GET", world.spec.document or f"{world.spec.prefix}/openapi.json")
    if not world.spec.document:
        world.common(answer)
    if answer.status != 200 or answer.json is NO_JSON:
        raise Failure("a document expected", answer)
    found = problems(answer.json, world.spec)
    if found:
        raise Failure("openapi.json: " + "; ".join(found[:8]))


def _unknown(world: World) -> None:
    for path in ("/nobody-knows-this", "/nobody-knows-this/7"):
        answer = world.client()("GET", world.spec.prefix + path)
        if answer.status != 404:
            raise Failure("404 expected", answer)
        # Next.js answers by itself where there is no route.
        if world.spec.conventions["stack"]["framework"] == "fastapi":
            world.common(answer)
            world.error(answer, "not_found")


def _reachable(world: World) -> None:
    if world.spec.resources and min(it.limit for it in world.spec.resources) > MOST:
        raise Failure(f"no resource is limited to {MOST} requests: give one --rate-limit 5/1m")


def _cors(world: World, origin: str) -> None:
    resource = world.spec.resources[0]
    known = world.client()("OPTIONS", resource.path, Origin=origin)
    if known.headers.get("Access-Control-Allow-Origin") != origin:
        raise Failure(f"{origin} may call", known)
    # Next.js before 15.5 puts a value of its own in the place of ours.
    vary = ", ".join(known.headers.get_all("Vary", []))
    if "Origin" not in vary and not vary.startswith("RSC"):
        raise Failure("Vary: Origin expected", known)
    if "Access-Control-Allow-Methods" not in known.headers:
        raise Failure("Access-Control-Allow-Methods expected", known)
    stranger = world.client()("OPTIONS", resource.path, Origin=STRANGER)
    if stranger.headers.get("Access-Control-Allow-Origin"):
        raise Failure("an unknown origin may not call", stranger)
    error = world.client()("GET", resource.path, Origin=origin)
    if error.headers.get("Access-Control-Allow-Origin") != origin:
        raise Failure(f"{origin} may read errors", error)


def _first_closed(world: World) -> tuple[Resource, str] | None:
    for resource in world.spec.resources:
        for operation in resource.methods:
            if not resource.is_open(operation) and operation in COLLECTION:
                return resource, operation
    return None


def _api_keys(world: World, api_key: str | None) -> None:
    if api_key is None:
        raise Failure("the service has API keys, and the suite was given none")
    key = world.spec.keys["owner"]
    for resource in world.spec.resources:
        if resource.role() is None and {"create", "list"} <= set(resource.methods):
            break
    else:
        raise Failure("no resource that a service without a role may write")
    caller = Client(world.url, None, world.client().address, {"X-API-Key": api_key})
    simple = all(not item.ref for item in resource.fields if item.required)
    if simple:
        body = world.body(world.fresh(resource), resource, full=False)
        row = world.data(caller("POST", resource.path, body), 201)
        again = world.data(caller("POST", resource.path, {**body, **_unique(resource)}), 201)
        if not row[key] or row[key] != again[key]:
            raise Failure(f"rows of one service have the owners {row[key]!r} and {again[key]!r}")
    world.listed(caller("GET", resource.path), resource)
    for bad in ("wrong", "", api_key + "x"):
        answer = Client(world.url, None, world.client().address, {"X-API-Key": bad})(
            "GET", resource.path
        )
        world.error(answer, "unauthorized")


def _unique(resource: Resource) -> dict[str, object]:
    from tests.contract.values import valid

    return {it.prop: valid(it) for it in resource.fields if it.required and it.unique}


def _no_api_keys(world: World) -> None:
    found = _first_closed(world)
    if found and found[1] == "list":
        answer = world.client()("GET", found[0].path, X_API_Key="wrong")
        world.error(answer, "unauthorized")
