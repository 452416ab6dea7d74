"""The API, and how it gets into an application."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException
from starlette.routing import Match, Route
from starlette.types import Receive, Scope, Send

from app import models, routes
from app.auth import routes as auth_routes
from app.core import health
from app.core.callers import count_refusal
from app.core.database import Database
from app.core.discovery import modules_of, routers_of
from app.core.errors import ApiError
from app.core.jobs.runner import working
from app.core.log import set_up
from app.core.middleware import Around, answer_to
from app.core.migrations import upgrade_in_thread
from app.core.paths import PREFIX
from app.core.rate_limit import Limiter
from app.core.settings import Settings, get_settings
from app.core.state import state_of


def _others(methods: Mapping[str, set[str]]) -> list[Route]:
    """Refuse the methods that a path does not have; OPTIONS gets those that it has."""

    async def refuse(scope: Scope, receive: Receive, send: Send) -> None:
        found = [it.path for it in others if it.matches(scope)[0] is not Match.NONE]
        known = sorted(set[str]().union(*(methods[path] for path in found)))
        allow = {"Allow": ", ".join(["OPTIONS", *known])}
        if scope["method"] != "OPTIONS":
            await count_refusal(Request(scope))
            message = "Method not allowed"
            raise ApiError("method_not_allowed", message, headers=allow)
        await Response(status_code=204, headers=allow)(scope, receive, send)

    others = [Route(path, Around(refuse), include_in_schema=False) for path in methods]
    return others


async def _on_error(_request: Request, error: Exception) -> Response:
    return answer_to(error)


def install(
    app: FastAPI,
    *,
    settings: Settings | None = None,
    everything: bool = False,
) -> None:
    """Includes the API in an application, whose own routes stay as they are.

    `everything`: the application is the API and nothing else, as are all its answers.
    """
    settings = settings or get_settings()
    set_up(settings.log_level)
    state = state_of(app)
    state.settings = settings
    state.database = Database(settings)
    state.limiter = Limiter(settings.redis_url)
    modules_of(models)
    methods: dict[str, set[str]] = {}
    for router in [health.router, auth_routes.router, *routers_of(routes)]:
        app.include_router(router, prefix=PREFIX)
        for route in router.routes:
            if isinstance(route, APIRoute):
                path = f"{PREFIX}{route.path}"
                methods[path] = methods.get(path, set()) | (route.methods or set())
    if everything:
        if app.openapi_url:
            methods[app.openapi_url] = {"GET"}
        app.router.redirect_slashes = False
        app.add_middleware(Around)
        app.add_exception_handler(HTTPException, _on_error)
        app.add_exception_handler(RequestValidationError, _on_error)
    app.router.routes.extend(_others(methods))
    around = app.router.lifespan_context

    @asynccontextmanager
    async def lifespan(outer: FastAPI) -> AsyncIterator[Mapping[str, object]]:
        settings.check()
        if not settings.database_url:
            await upgrade_in_thread(settings)
        async with around(outer) as given, working(state.database, settings):
            yield given or {}
        await state.limiter.close()
        await state.database.close()

    app.router.lifespan_context = lifespan
