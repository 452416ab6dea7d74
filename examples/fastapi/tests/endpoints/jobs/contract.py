"""What every type of job promises, as tests; its own test file says what applies to it."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import ClassVar
from uuid import UUID

import pytest
from pydantic import JsonValue

from app.core import identity
from app.core.bodies import Body
from app.core.jobs import routes
from app.core.jobs.definition import Job, JobDefinition, definitions
from app.core.jobs.runner import Runner
from app.models.background_jobs import BackgroundJobRow

from .. import values
from ..contract import Case, Relative, fill
from ..conventions import PREFIX, RATE, SLOTS
from ..world import Answer, Caller, World

OPERATIONS = {
    "start": ("POST", ""),
    "list": ("GET", ""),
    "get": ("GET", "/{id}"),
    "cancel": ("POST", "/{id}/cancel"),
    "events": ("GET", "/{id}/events"),
}
ITEMS = ("get", "cancel", "events")
ITEMS_SLOT = "items"


@dataclass(frozen=True)
class JobSpec:
    """What a type of job is."""

    name: str
    body: Callable[[World, UUID], Awaitable[dict[str, object]]]
    roles: list[str]
    unique: list[str]
    parents: list[Relative]
    cases: list[Case]

    @property
    def job(self) -> JobDefinition[Body]:
        """Its definition."""
        return {job.name: job for job in definitions()}[self.name]


# By the name of a test: the types of jobs that it says something about.
APPLIES: dict[str, Callable[[JobSpec], object]] = {
    "test_values": lambda spec: spec.cases,
    "test_needs_a_role": lambda spec: spec.roles,
    "test_parents_belong_to_the_caller": lambda spec: spec.parents,
    "test_the_same_job_waits_once": lambda spec: spec.unique,
}


async def done(_payload: Body, job: Job) -> JsonValue:
    """Work that takes no time."""
    await job.progress(50)
    return {"done": True}


def job_of(world: World, caller: Caller, seen: list[int]) -> Job:
    """A first attempt for tests of the work; `seen` gets its progress."""

    async def report(percent: int) -> None:
        seen.append(percent)

    return Job(identity.unknown(), "test", 1, caller.id, world.database, report)


def events_of(text: str) -> list[dict[str, str]]:
    """The events of a stream."""
    blocks = [block.splitlines() for block in text.split("\n\n") if block]
    return [dict(line.split(": ", 1) for line in block) for block in blocks]


@dataclass
class Probe:
    """Sends requests in which nothing is wrong but what a test puts there."""

    world: World
    spec: JobSpec
    caller: Caller

    async def insert(
        self, status: str = "pending", **changes: object
    ) -> BackgroundJobRow:
        """A job of the caller, straight into the table."""
        job = self.spec.job
        payload = job.payload.model_validate(await self.body())
        values: dict[str, object] = {
            "owner_id": self.caller.id,
            "type": job.kind,
            "status": status,
            "payload": payload.model_dump(mode="json", by_alias=True),
            "shape": job.shape,
        }
        row = BackgroundJobRow(**values | changes)
        async with self.world.database.session() as session:
            session.add(row)
            await session.commit()
        return row

    async def body(self) -> dict[str, object]:
        """A valid payload."""
        return await self.spec.body(self.world, self.caller.id)

    async def send(
        self,
        operation: str,
        *,
        row_id: object = None,
        token: str | None = None,
        body: object = None,
        query: str = "",
        headers: dict[str, str] | None = None,
        keeps_count: bool = False,
    ) -> Answer:
        """A request with a full allowance."""
        if not keeps_count:
            self.world.memory.cells.clear()
        method, path = OPERATIONS[operation]
        if operation == "start" and body is None:
            body = await self.body()
        if operation in ITEMS and row_id is None:
            # Nobody follows a job for ever.
            ended = "completed" if operation == "events" else "pending"
            row_id = (await self.insert(ended)).id
        slug = self.spec.name.replace("_", "-")
        return await self.world.send(
            method,
            f"{PREFIX}/jobs/{slug}{path}".replace("{id}", str(row_id)) + query,
            token=self.caller.token if token is None else token,
            body=body,
            headers=headers,
        )

    async def items(self, query: str = "") -> list[object]:
        """The ids of a list."""
        answer = await self.send("list", query=query)
        assert answer.status == 200, answer.text
        found = answer.slot(ITEMS_SLOT)
        assert isinstance(found, list)
        return [row["id"] for row in found]

    async def run(self) -> None:
        """Runs what waits, with work that takes no time."""
        job = replace(self.spec.job, work=done, schedule=None)
        runner = Runner(self.world.database, [job])
        await runner.tick()
        await runner.idle()


each = partial(pytest.mark.parametrize, "operation")


@pytest.mark.asyncio(loop_scope="session")
class JobContract:
    """The promises. A subclass for each type of job sets `spec`."""

    spec: ClassVar[JobSpec]

    def __init_subclass__(cls) -> None:
        """Leaves out the tests that say nothing about this type."""
        for name, applies in APPLIES.items():
            if not applies(cls.spec):
                setattr(cls, name, None)

    def pytest_generate_tests(self, metafunc: pytest.Metafunc) -> None:
        """Gives a test the cases that it runs for."""
        if "case" in metafunc.fixturenames:
            metafunc.parametrize("case", self.spec.cases, ids=str)

    @pytest.fixture
    def probe(self, world: World) -> Probe:
        """What sends the requests."""
        return Probe(world, self.spec, world.caller(*self.spec.roles[:1]))

    # Who calls

    @each(OPERATIONS)
    async def test_needs_a_token(self, probe: Probe, operation: str) -> None:
        answer = await probe.send(operation, token="")
        answer.refused("unauthorized")

    @each(OPERATIONS)
    async def test_needs_a_role(self, probe: Probe, operation: str) -> None:
        probe.caller = probe.world.caller()
        answer = await probe.send(operation)
        answer.refused("forbidden")

    @each(OPERATIONS)
    async def test_stops_at_the_limit(self, probe: Probe, operation: str) -> None:
        answer = await probe.send(operation)
        assert answer.status < 300, answer.text
        fill(probe.world, RATE)
        answer = await probe.send(operation, keeps_count=True)
        answer.refused("rate_limited")

    @each(ITEMS)
    async def test_is_there_for_its_owner(self, probe: Probe, operation: str) -> None:
        row = await probe.insert("completed" if operation == "events" else "pending")
        other = probe.world.caller(*self.spec.roles[:1])
        for row_id in (row.id, identity.unknown(), "x"):
            answer = await probe.send(operation, row_id=row_id, token=other.token)
            answer.refused("not_found")

    @each(ITEMS)
    async def test_another_type_is_not_there(
        self, probe: Probe, operation: str
    ) -> None:
        row = await probe.insert("completed", type="-")
        answer = await probe.send(operation, row_id=row.id)
        answer.refused("not_found")

    # What it takes

    async def test_starts(self, probe: Probe) -> None:
        answer = await probe.send("start")
        row = answer.row(202)
        assert row["type"] == self.spec.name
        assert (row["status"], row["attempts"], row["progress"]) == ("pending", 0, 0)
        found = await probe.send("get", row_id=row["id"])
        assert found.row() == row
        slug = self.spec.name.replace("_", "-")
        assert answer.headers["location"] == f"{PREFIX}/jobs/{slug}/{row['id']}"

    async def test_refuses_what_it_does_not_know(self, probe: Probe) -> None:
        answer = await probe.send("start", body={**await probe.body(), "other": 1})
        answer.refused("validation", "other")

    async def test_values(self, probe: Probe, case: Case) -> None:
        body = await probe.body() | {case.property: case.value}
        if case.verb in ("assumes", "requires"):
            del body[case.property]
        answer = await probe.send("start", body=body)
        if case.verb in ("accepts", "assumes"):
            payload = answer.row(202)["payload"]
            assert isinstance(payload, dict)
            wanted = case.value if case.answered is ... else case.answered
            assert payload[case.property] == wanted
        else:
            answer.refused("validation", case.property)

    async def test_parents_belong_to_the_caller(self, probe: Probe) -> None:
        for parent in self.spec.parents:
            ids: list[object] = [values.id_of(identity.unknown())]
            if not parent.public:
                other = probe.world.caller()
                ids.append(
                    values.id_of(await parent.factory.insert_id(probe.world, other.id))
                )
            for row_id in ids:
                body = await probe.body() | {parent.property: row_id}
                answer = await probe.send("start", body=body)
                answer.refused("conflict", parent.property)

    async def test_the_same_job_waits_once(self, probe: Probe) -> None:
        body = await probe.body()
        first = (await probe.send("start", body=body)).row(202)
        message = (await probe.send("start", body=body)).refused("conflict")
        assert ", ".join(self.spec.unique) in message
        assert str(first["id"]) not in message
        await probe.send("cancel", row_id=first["id"])
        assert (await probe.send("start", body=body)).status == 202
        await probe.run()
        assert (await probe.send("start", body=body)).status == 202

    # What becomes of it

    async def test_lists_jobs_of_the_caller(self, probe: Probe) -> None:
        old = values.id_of((await probe.insert("failed")).id)
        new = values.id_of((await probe.insert()).id)
        await probe.insert(owner_id=probe.world.caller().id)
        await probe.insert(type="-")
        assert await probe.items() == [new, old]
        assert await probe.items("?limit=1&page=2") == [old]
        answer = await probe.send("list", query="?limit=1")
        if SLOTS["total"] is not None:
            assert answer.slot("total") == 2
        assert await probe.items("?status=failed") == [old]
        answer = await probe.send("list", query="?status=lost")
        answer.refused("validation", "status")

    async def test_is_cancelled_once(self, probe: Probe) -> None:
        row = await probe.insert()
        cancelled = (await probe.send("cancel", row_id=row.id)).row()
        assert (cancelled["status"], cancelled["error"]) == ("failed", "Cancelled")
        (await probe.send("cancel", row_id=row.id)).refused("conflict")
        await probe.run()
        assert (await probe.send("get", row_id=row.id)).row() == cancelled

    async def test_runs(self, probe: Probe) -> None:
        row_id = (await probe.send("start")).row(202)["id"]
        await probe.run()
        row = (await probe.send("get", row_id=row_id)).row()
        assert (row["status"], row["progress"]) == ("completed", 100)
        assert (row["attempts"], row["result"]) == (1, {"done": True})

    async def test_is_followed(
        self, probe: Probe, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(routes, "PAUSE", 0.01)
        row = await probe.insert()
        following = asyncio.create_task(probe.send("events", row_id=row.id))
        await asyncio.sleep(0.05)
        await probe.run()
        answer = await following
        assert answer.headers["content-type"].startswith("text/event-stream")
        events = events_of(answer.text)
        assert {event["event"] for event in events} == {"job"}
        assert [int(event["id"]) for event in events] == sorted(
            {int(event["id"]) for event in events}
        )
        states = [json.loads(event["data"]) for event in events]
        assert states[0]["status"] == "pending"
        assert states[-1] == (await probe.send("get", row_id=row.id)).row()
        assert states[-1]["status"] == "completed"

    async def test_is_followed_from_the_last_event(self, probe: Probe) -> None:
        row = await probe.insert("completed", changes=3)
        for last, seen in (("2", ["3"]), ("3", []), ("x", ["3"]), ("9" * 5000, ["3"])):
            answer = await probe.send(
                "events", row_id=row.id, headers={"Last-Event-ID": last}
            )
            assert answer.status == 200, answer.text
            assert [event["id"] for event in events_of(answer.text)] == seen

    # What clients know

    async def test_is_documented(self, probe: Probe) -> None:
        paths = probe.world.app.openapi()["paths"]
        path = f"{PREFIX}/jobs/{self.spec.name.replace('_', '-')}"
        found = {
            name: paths[path + way][method.lower()]
            for name, (method, way) in OPERATIONS.items()
        }
        assert all(it["tags"] == ["jobs"] for it in found.values())
        assert "202" in found["start"]["responses"]
        assert "409" in found["cancel"]["responses"]
        assert "text/event-stream" in found["events"]["responses"]["200"]["content"]
