"""The id of the request that is being answered, for bodies that show it."""

from contextvars import ContextVar

current: ContextVar[str] = ContextVar("request_id", default="")
