"""A thousand jobs, while everything that runs them is killed again and again.

Jobs are queued over HTTP and call a double with the key of their job. In each round workers (and a server) die with
jobs in flight; nothing may end until they are back, because what was killed was the process itself. Twice the database
stops and comes back. In the end every job that was accepted has completed, and the double knows one effect of each.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http.client import HTTPException
from pathlib import Path
from typing import NamedTuple

from tests.contract.http import Answer, Client
from tests.contract.tokens import issuer
from tests.drills.double import Double
from tests.drills.fleet import Process
from tests.e2e.shell import Postgres, run
from tests.e2e.stacks import LOCAL, NextJs, Stack, stack
from tests.support.waiting import until

WORK_TS = """\
import type { JobContext } from '@/lib/jobs/definition';
import type { Payload } from './schema';

export async function work({ number }: Payload, job: JobContext): Promise<unknown> {
  await new Promise((resolve) => setTimeout(resolve, 500 + Math.random() * 3500));
  await fetch(`${process.env['EFFECTS_URL']}/${job.key}`, { method: 'POST' });
  await new Promise((resolve) => setTimeout(resolve, Math.random() * 200));
  return { number };
}
"""
WORK_PY = '''\
"""The work of the drill."""

import asyncio
import os
import random
import urllib.request

from pydantic import JsonValue

from app.core.jobs.definition import Job
from app.jobs.count.payload import Payload


async def work(payload: Payload, job: Job) -> JsonValue:
    """An effect elsewhere, somewhere in the middle."""
    await asyncio.sleep(0.5 + random.random() * 3.5)
    request = urllib.request.Request(f"{os.environ['EFFECTS_URL']}/{job.key}", method="POST")
    await asyncio.to_thread(urllib.request.urlopen, request)
    await asyncio.sleep(random.random() / 5)
    return {"number": payload.number}
'''


class Report(NamedTuple):
    """What came of a drill. `keys` are jobs that had an effect, `repeated` those that asked for it more than once."""

    accepted: int
    attempts: int
    completed: int
    kills: int
    keys: int
    repeated: int


class Drill:
    """One service with its database, servers and workers."""

    def __init__(self, folder: Path, embedded: bool) -> None:
        self.stack: Stack = stack(folder)
        self.folder, self.embedded = folder, embedded
        self.double = Double()
        self.database = None if embedded else Postgres(folder.parent / f"{folder.name}-postgres")
        self.env = {**LOCAL, "EFFECTS_URL": self.double.url, "LOG_LEVEL": "info"}
        self.servers: list[Process] = []
        self.workers: list[Process] = []

    def prepare(self) -> None:
        """Installs, migrates and builds; starts nothing but the database."""
        work = (
            "src/jobs/count/work.ts" if isinstance(self.stack, NextJs) else "app/jobs/count/work.py"
        )
        (self.folder / work).write_text(WORK_TS if work.endswith(".ts") else WORK_PY)
        self.stack.install()
        if self.database:
            self.database.start()
            self.env["DATABASE_URL"] = self.database.url
            self.stack.migrate(**self.env)
        if isinstance(self.stack, NextJs):
            self.stack.command("build")

    @contextmanager
    def running(self) -> Iterator[None]:
        """Two servers and two workers; of an embedded database one server, which is the worker, too."""
        words, env = self.stack.server(**self.env)
        log = self.folder.parent / f"{self.folder.name}.log"
        servers = 1 if self.embedded else 2
        self.servers = [Process(words, self.folder, env, log) for _ in range(servers)]
        if not self.embedded:
            words, env = self.stack.worker(**self.env)
            self.workers = [Process(words, self.folder, env, log) for _ in range(2)]
        try:
            for process in (*self.servers, *self.workers):
                process.start()
            for server in self.servers:
                server.answers(self._health)
            yield
        finally:
            for process in (*self.servers, *self.workers):
                process.stop()
            if self.database:
                self.database.stop()
            self.double.close()

    @property
    def _health(self) -> str:
        return f"{self.stack.spec.prefix}/health"

    @property
    def _path(self) -> str:
        return f"{self.stack.spec.prefix}/jobs/count"

    def run(self, jobs: int, rounds: int, say: Callable[[str], None]) -> Report:
        """Queues so many jobs, kills in so many rounds, and waits until all have ended."""
        with self.running():
            token = issuer(self.folder, self.env, self.servers[0].url)("drill")
            assert token
            rng = random.Random(15)
            with ThreadPoolExecutor(4) as pool:
                queued = [pool.submit(self._queue, token, number) for number in range(jobs)]
                for number in range(rounds):
                    time.sleep(rng.uniform(2, 8))
                    self._kill(rng, say)
                    if self.database and number in (rounds // 3, 2 * rounds // 3):
                        self.database.stop()
                        time.sleep(2)
                        self.database.start()
                        say("the database was away for 2 s")
                ids = [one.result() for one in queued]
            say(f"{len(ids)} accepted, {len(self.double.calls)} with an effect so far")
            until(lambda: len(self.double.calls) >= len(ids), 300, 1)
            states = [self._state(token, job) for job in ids]
            end = time.monotonic() + 120
            while any(one["status"] in ("pending", "processing") for one in states):
                assert time.monotonic() < end, "jobs are left"
                time.sleep(1)
                states = [self._state(token, str(one["id"])) for one in states]
            return Report(
                accepted=len(ids),
                attempts=sum(int(str(one["attempts"])) for one in states),
                completed=sum(one["status"] == "completed" for one in states),
                kills=sum(process.kills for process in (*self.servers, *self.workers)),
                keys=len(self.double.calls),
                repeated=sum(count > 1 for count in self.double.calls.values()),
            )

    def _kill(self, rng: random.Random, say: Callable[[str], None]) -> None:
        """Kills all that runs jobs, sees that nothing ends meanwhile, and brings it back."""
        runners = self.workers or self.servers
        others = [rng.choice(self.servers)] if self.workers and rng.random() < 0.3 else []
        for process in (*runners, *others):
            process.kill()
        time.sleep(0.3)
        before = self._finished()
        time.sleep(1)
        assert self._finished() == before, "jobs ended after what runs them was killed"
        for process in (*runners, *others):
            process.start()
        for process in (*(runners if not self.workers else ()), *others):
            process.answers(self._health)
        say(f"{before} finished when {len(runners) + len(others)} processes were killed")

    def _finished(self) -> int:
        """How many jobs have ended; of an embedded database, which is away with its server, how many had an effect."""
        if self.database is None:
            return sum(self.double.calls.values())
        query = "select count(*) from background_jobs where finished_at is not null"
        psql = [str(self.database.bin / "psql"), "-tAc", query, self.env["DATABASE_URL"]]
        return int(run(psql, self.folder))

    def _queue(self, token: str, number: int) -> str:
        """Queues one by whichever server answers; its id."""
        answer = self._asked(token, "POST", self._path, {"number": number})
        assert answer.status == 202, answer
        return str(answer.headers["location"]).rpartition("/")[2]

    def _state(self, token: str, job: str) -> dict[str, object]:
        body = self._asked(token, "GET", f"{self._path}/{job}").json
        assert isinstance(body, dict), body
        data: dict[str, object] = body.get("data", body)
        return data

    def _asked(self, token: str, method: str, path: str, body: object = None) -> Answer:
        """The answer, as soon as there is one that is no error of a server."""
        end = time.monotonic() + 120
        while time.monotonic() < end:
            try:
                answer = Client(random.choice(self.servers).url, token)(method, path, body)
                if answer.status < 500:
                    return answer
            except (OSError, HTTPException):
                pass
            time.sleep(0.2)
        raise AssertionError(f"{method} {path} was not answered")
