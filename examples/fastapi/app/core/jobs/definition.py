"""What a type of job is, and what its work gets."""

import datetime
import importlib
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from types import ModuleType
from typing import Generic, TypeVar
from uuid import UUID

from pydantic import JsonValue
from sqlalchemy.ext.asyncio import AsyncSession

from app import jobs
from app.core import identity
from app.core.bodies import Body
from app.core.database import Database
from app.core.discovery import modules_of
from app.core.records import Record

P = TypeVar("P", bound=Body)


@dataclass(frozen=True)
class Job:
    """One attempt, as the work sees it. A timeout or a cancel cancels its task."""

    id: identity.Id
    # The same in all attempts: what has an effect elsewhere sends it along.
    key: str
    # From 1.
    attempt: int
    # None where the service itself queued the job.
    owner_id: UUID | None
    database: Database
    report: Callable[[int], Awaitable[None]]

    async def progress(self, percent: int) -> None:
        """Shows how far the work is."""
        await self.report(min(max(percent, 0), 100))


@dataclass(frozen=True)
class Parent:
    """A field of a payload that refers to a row."""

    field: str
    model: type[Record]
    is_public: bool = False


@dataclass(frozen=True)
class Planned(Generic[P]):
    """A run that is due. There is one job for each `key`, however often it is due."""

    payload: P
    key: str
    owner_id: UUID | None = None


Due = Callable[[datetime.datetime, AsyncSession], Awaitable[Sequence[Planned[P]]]]


@dataclass(frozen=True, kw_only=True)
class JobDefinition(Generic[P]):
    """A type of job."""

    name: str
    # In the table: it stays when the name changes.
    kind: str
    payload: type[P]
    # The fields of the payload, for people.
    shape: str
    work: Callable[[P, Job], Awaitable[JsonValue]]
    retries: int
    # Seconds of an attempt.
    timeout: float
    parents: Sequence[Parent] = ()
    roles: Sequence[str] = ()
    # Fields: no two jobs of an owner with the same values wait or run.
    unique: Sequence[str] = ()
    # How many run at once, on all workers together.
    concurrency: int | None = None
    # A line of cron, in UTC.
    schedule: str | None = None
    # What to run then; a payload of defaults where it is not there.
    due: Due[P] | None = None


def parts_of_jobs(name: str) -> list[ModuleType]:
    """The module of this name that each type of job has: a new folder is enough."""
    packages = [package.__name__ for package in modules_of(jobs)]
    return [importlib.import_module(f"{package}.{name}") for package in packages]


def definitions() -> list[JobDefinition[Body]]:
    """All types of jobs."""
    return [module.JOB for module in parts_of_jobs("job")]
