"""What surrounds every route, as plain ASGI: nothing here knows a resource."""

import hashlib
import re
import time
from logging import ERROR, INFO, WARNING
from uuid import uuid4

from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError
from sqlalchemy import exc
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.middleware.gzip import GZipMiddleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.core.answers import answer, answer_http
from app.core.database import OPENED
from app.core.errors import ApiError, unavailable
from app.core.log import log
from app.core.paths import PREFIX, path_of
from app.core.reading import problem_of
from app.core.request_id import current
from app.core.settings import Settings
from app.core.state import state_of

BODY_LIMIT = 1048576
HTTPS_SECONDS = 31_536_000
# Where Starlette looks for what answers an exception of a route.
HANDLERS = "starlette.exception_handlers"
# Errors that have an answer of ours.
KNOWN = (ApiError, HTTPException, RequestValidationError)
# What a database says, or the network for it, while it is out of reach.
OUT_OF_REACH = (OSError, exc.InterfaceError, exc.OperationalError, exc.TimeoutError)
REQUEST_ID = re.compile(r"[\w.:-]{1,128}", re.ASCII)
ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
}
MAY_SEND = "Authorization, Content-Type, Idempotency-Key, X-API-Key, X-Request-Id"
MAY_SEND += ", Last-Event-ID"
MAY_READ = "ETag, Location, Retry-After, X-Error-Code, X-Request-Id"


class Layer:
    """Something around a route, or around the next layer."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app


class RequestLog(Layer):
    """Gives every answer an id and safe headers, and writes one line about it."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        begin = time.perf_counter()
        given = Headers(scope=scope).get("x-request-id", "")
        request_id = given if REQUEST_ID.fullmatch(given) else str(uuid4())
        state = scope.setdefault("state", {})
        status = 500
        current.set(request_id)

        async def respond(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.update({**ALWAYS, "X-Request-Id": request_id})
                status = message["status"]
                if status >= 400:
                    headers["Cache-Control"] = "no-store"
            await send(message)

        try:
            await self.app(scope, receive, respond)
        finally:
            level = ERROR if status >= 500 else WARNING if status >= 400 else INFO
            data = {
                "method": scope["method"],
                "path": scope["path"],
                "status": status,
                "durationMs": round((time.perf_counter() - begin) * 1000, 1),
                "requestId": request_id,
                "userId": state.get("user_id"),
            }
            log.log(level, "request", extra={"data": data})


class HttpsOnly(Layer):
    """Sends plain HTTP away, but not the health check of a load balancer."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""

        async def respond(message: Message) -> None:
            if message["type"] == "http.response.start":
                rule = f"max-age={HTTPS_SECONDS}; includeSubDomains"
                MutableHeaders(scope=message)["Strict-Transport-Security"] = rule
            await send(message)

        scheme = Headers(scope=scope).get("x-forwarded-proto", scope["scheme"])
        app = self.app
        if scheme != "https" and path_of(scope) != f"{PREFIX}/health":
            url = Request(scope).url.replace(scheme="https")
            app = Response(status_code=308, headers={"Location": str(url)})
        await app(scope, receive, respond)


class Cors(Layer):
    """Lets pages of known origins read the answers."""

    def __init__(self, app: ASGIApp, *, origins: list[str]) -> None:
        super().__init__(app)
        self.origins = origins

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        origin = Headers(scope=scope).get("origin", "")

        async def respond(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.add_vary_header("Origin")
                if origin in self.origins:
                    headers["Access-Control-Allow-Origin"] = origin
                    headers["Access-Control-Expose-Headers"] = MAY_READ
                    if scope["method"] == "OPTIONS":
                        allow = headers.get("allow", "")
                        headers["Access-Control-Allow-Methods"] = allow
                        headers["Access-Control-Allow-Headers"] = MAY_SEND
                        headers["Access-Control-Max-Age"] = "600"
            await send(message)

        await self.app(scope, receive, respond)


class Cached(Layer):
    """Reads carry a tag, and are not sent again to who has them already."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["method"] != "GET":
            await self.app(scope, receive, send)
            return
        known = Headers(scope=scope).get("if-none-match", "")
        start: Message = {}
        chunks: list[bytes] = []

        async def respond(message: Message) -> None:
            nonlocal start
            if message["type"] == "http.response.start":
                start = message
            if is_stream(start):
                await send(message)
            elif message["type"] == "http.response.body":
                chunks.append(message.get("body", b""))
                if not message.get("more_body", False):
                    await self._finish(start, b"".join(chunks), known, send)

        await self.app(scope, receive, respond)

    @staticmethod
    async def _finish(start: Message, body: bytes, known: str, send: Send) -> None:
        headers = MutableHeaders(scope=start)
        if start["status"] == 200 and "cache-control" not in headers:
            tag = f'W/"{hashlib.sha256(body).hexdigest()[:32]}"'
            headers["ETag"] = tag
            headers["Cache-Control"] = "private, no-cache"
            if known == "*" or tag.removeprefix("W/") in known:
                start["status"] = 304
                del headers["content-length"], headers["content-type"]
                body = b""
        await send(start)
        await send({"type": "http.response.body", "body": body})


def is_stream(start: Message) -> bool:
    """Whether an answer is events, which go out as they come."""
    content_type = Headers(scope=start).get("content-type", "")
    return content_type.startswith("text/event-stream")


class BodyLimit(Layer):
    """Refuses bodies that are too large, by what they say and by what comes."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        too_large = HTTPException(413, f"A body has at most {BODY_LIMIT} bytes")
        said = Headers(scope=scope).get("content-length", "0")
        if not said.isdigit() or int(said) > BODY_LIMIT:
            raise too_large
        read = 0

        async def limited() -> Message:
            nonlocal read
            message = await receive()
            read += len(message.get("body", b""))
            if read > BODY_LIMIT:
                raise too_large
            return message

        await self.app(scope, limited, send)


class Boundary(Layer):
    """Commits what was done before its answer goes out, and answers all errors."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        opened: list[AsyncSession] = []
        is_begun = False

        async def respond(message: Message) -> None:
            nonlocal is_begun
            if not is_begun:
                for session in opened:
                    await session.commit()
            is_begun = True
            await send(message)

        # Errors of ours come here, whatever handlers the application around us has.
        inner = {**scope, OPENED: opened, HANDLERS: ({}, {})}
        try:
            await self.app(inner, receive, respond)
        except Exception as error:
            # A handler of theirs may wait for what a dependency of theirs raised.
            handlers, _ = scope.get(HANDLERS, ({}, {}))
            is_theirs = any(kind in handlers for kind in type(error).__mro__)
            is_known = isinstance(error, KNOWN) or is_out_of_reach(error)
            if is_begun or (is_theirs and not is_known):
                raise
            await answer_to(error)(scope, receive, send)


def answer_to(error: Exception) -> Response:
    """The answer to an error. What nobody expected tells nothing; see the log."""
    if isinstance(error, HTTPException):
        return answer_http(error)
    if isinstance(error, RequestValidationError):
        return answer(problem_of(error))
    if isinstance(error, ApiError):
        return answer(error)
    data = {"requestId": current.get()}
    log.error("failed", exc_info=error, extra={"data": data})
    if is_out_of_reach(error):
        return answer(unavailable())
    message = "Something went wrong; the request id finds it in the log"
    return answer(ApiError("internal", message))


def is_out_of_reach(error: Exception) -> bool:
    """Whether a database is: by PostgreSQL's code, as not every driver has classes."""
    if code := getattr(getattr(error, "orig", error), "sqlstate", None):
        return str(code).startswith(("08", "40", "53", "55", "57", "58"))
    return isinstance(error, (*OUT_OF_REACH, exc.InternalError))


class Around(Layer):
    """All of this around a route or an application, and once for a request."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        app = self.app
        if scope["type"] == "http" and OPENED not in scope:
            app = _surrounded(app, state_of(scope["app"]).settings)
        await app(scope, receive, send)


def _surrounded(app: ASGIApp, settings: Settings) -> ASGIApp:
    """Innermost first."""
    app = Cached(Boundary(BodyLimit(app)))
    app = GZipMiddleware(app, minimum_size=1024)
    app = Cors(app, origins=settings.allowed_origins())
    return RequestLog(app if settings.is_local else HttpsOnly(app))
