"""The faults of a service's surroundings, and what has to hold after each."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.contract.http import Client
from tests.contract.tokens import issuer
from tests.e2e.shell import Postgres, Redis
from tests.e2e.stacks import LOCAL, Stack
from tests.trust.figures import Figures
from tests.trust.services import stores
from tests.trust.services.load import Load, Told, row
from tests.trust.services.server import Server

WRITERS = 1_000
KILLS = 5
STOPS = 3
USERS = 10
READERS = 8
SHOWN = 5
STARTED = 200
PATIENCE = 60


@dataclass
class Drill:
    """One service in one kind of trouble: its settings `env`, the folder of `files` that rows are, too, and the
    figures so far."""

    made: Stack
    env: dict[str, str]
    say: Callable[[str], None]
    writers: int = WRITERS
    files: Path | None = None
    figures: Figures = field(default_factory=Figures)

    @contextmanager
    def running(self) -> Iterator[Server]:
        """The service, ended at the end."""
        server = Server(self.made, self.env)
        try:
            yield server
        finally:
            server.kill()

    def clients(self, server: Server) -> list[Client]:
        """Users of the service."""
        token_for = issuer(self.made.folder, {**LOCAL, **self.env}, server.url)
        role = self.made.spec.find("entries").role()
        return [Client(server.url, token_for(f"user{n}", role=role)) for n in range(USERS)]

    def load(self, clients: list[Client]) -> Load:
        """The writers."""
        return Load(self.made.spec, f"{self.made.spec.prefix}/entries", clients, self.writers)

    def differences(self, clients: list[Client]) -> list[str]:
        """What rows and files disagree in, where rows are files, too."""
        return stores.differences(self.made, clients, self.files)

    def judge(self, what: str, told: Told, wrong: list[str], seconds: float = 0.0) -> None:
        """Notes a fault: what was acknowledged has to be there, and what was refused in the envelope."""
        wrong = [*wrong, *told.odd, *lost(told)]
        self.figures.add(
            Figures(
                tries=1,
                acknowledged=len(told.kept),
                refused=told.refused,
                survived=not wrong,
                slowest=seconds,
                wrong=len(wrong),
            )
        )
        for text in wrong[:SHOWN]:
            self.say(f"--- {what}: {text}")


def lost(told: Told) -> list[str]:
    """Acknowledged rows that are not there, or not as they were written."""

    def missing(item: tuple[str, tuple[str, Client]]) -> str:
        location, (text, client) = item
        found = row(client, location)
        return "" if text in str(found) else f"lost: {location}: {found}"

    with ThreadPoolExecutor(READERS) as readers:
        return [text for text in readers.map(missing, told.kept.items()) if text]


def under_way(told: Told) -> None:
    """Waits for the first answers. Raises AssertionError if there are none for a minute."""
    began = time.monotonic()
    while len(told.kept) < STARTED:
        assert time.monotonic() < began + PATIENCE, f"only {len(told.kept)} writes in a minute"
        time.sleep(0.05)


def kills(drill: Drill) -> None:
    """`kill -9` at a random moment under load."""
    dice = random.Random("kills")
    with ExitStack() as running:
        server = running.enter_context(drill.running())
        clients = drill.clients(server)
        for number in range(KILLS):
            with drill.load(clients) as told:
                under_way(told)
                time.sleep(dice.random() * 2)
                server.kill()
            began = time.monotonic()
            server = server.again()
            running.callback(server.kill)
            seconds = time.monotonic() - began
            drill.judge(f"kill {number}", told, drill.differences(clients), seconds)


def database(drill: Drill, postgres: Postgres) -> None:
    """The database stops under load and comes back."""
    with drill.running() as server:
        clients = drill.clients(server)
        for number in range(STOPS):
            with drill.load(clients) as told:
                under_way(told)
                postgres.stop()
                server.seconds_until(503)
                time.sleep(2)
                before = len(told.kept)
                postgres.start()
                seconds = server.seconds_until(200)
                time.sleep(2)
            wrong = [] if len(told.kept) > before else ["nothing is written after its return"]
            wrong += [] if told.refused else ["nobody was refused while it was away"]
            wrong += [f"no answer: {dict(told.cut)}"] * bool(told.cut)
            drill.judge(f"stop {number} of the database", told, wrong, seconds)


def redis(drill: Drill) -> None:
    """Redis goes away under load and comes back: nobody is refused, and it counts again."""
    store = Redis()
    drill.env["REDIS_URL"] = store.url
    store.start()
    try:
        with drill.running() as server:
            clients = drill.clients(server)
            for number in range(STOPS):
                with drill.load(clients) as told:
                    under_way(told)
                    store.stop()
                    time.sleep(3)
                    store.start()
                    began = time.monotonic()
                    while not store.keys() and time.monotonic() < began + 30:
                        time.sleep(0.1)
                    seconds = time.monotonic() - began
                wrong = [] if store.keys() else ["nothing is counted in it after its return"]
                wrong += [f"{told.refused} requests were refused"] * bool(told.refused)
                wrong += [f"no answer: {dict(told.cut)}"] * bool(told.cut)
                drill.judge(f"stop {number} of Redis", told, wrong, seconds)
    finally:
        store.stop()
