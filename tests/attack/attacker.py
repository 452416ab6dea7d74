"""Somebody who attacks a service: the world of the contract suite, with a memory for what should not have happened."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import Any
from urllib.parse import unquote_plus

from tests.attack.findings import Outcome
from tests.contract.http import Answer, Client
from tests.contract.report import Failure, Report
from tests.contract.spec import COLLECTION, HTTP, WRITES, Resource, Spec
from tests.contract.world import TokenFor, User, World

# Words of the inside of a service: of its language, its libraries and its database.
INSIDE = re.compile(
    r"Traceback|\bat (async )?[\w.<>/]+ \(|\bat [\w./]+:\d+|node_modules|site-packages|\.next/|/app/|\.tsx?:\d|\.py\b|"
    r"ECONN|SQLITE|sqlite3|\bSELECT |INSERT INTO|UPDATE \w+ SET|DELETE FROM|syntax error at|unrecognized token|"
    r"constraint failed|violates|duplicate key|sqlalchemy|asyncpg|psycopg|drizzle|libsql|prisma|zod\b|pydantic|"
    r"is not a function|of undefined|NoneType|KeyError|TypeError|ValueError|password_hash",
    re.IGNORECASE,
)
# An error tells what is wrong, and not all that is.
LONG = 20_000
VERSIONS = re.compile(r"/\d+\.\d+|^next\.js$|express|php", re.IGNORECASE)


@dataclass(frozen=True)
class Target:
    """A running service and what an attacker of tests knows of it.

    `secrets` is the folder of its local keys, for tokens that are wrong in one claim and right in all else. `log` is
    where it writes what happens. `other` starts it once more with other settings. None, where there is no such thing.
    """

    spec: Spec
    url: str
    token_for: TokenFor
    api_key: str | None = None
    origin: str | None = None
    secrets: Path | None = None
    log: Path | None = None
    other: Callable[..., AbstractContextManager[str]] | None = None
    requests: int = 20_000
    """How many requests fuzzing sends."""
    has_socket: bool = True


@dataclass(frozen=True)
class Attack:
    """One attack; `run` gets the attacker, and raises Failure where the rest of it has no point."""

    kind: str
    name: str
    run: Callable[[Attacker], None]


ATTACKS: list[Attack] = []


def attack(kind: str, name: str) -> Callable[[Callable[[Attacker], None]], Any]:
    """Adds a function to the attacks."""

    def add(run: Callable[[Attacker], None]) -> Callable[[Attacker], None]:
        ATTACKS.append(Attack(kind, name, run))
        return run

    return add


class Attacker(World):
    """Sends what nobody should, as users of its own; every answer is judged."""

    def __init__(self, target: Target, kind: str, seed: int) -> None:
        super().__init__(target.spec, target.url, target.token_for, Report())
        self.target = target
        self.rng = random.Random(f"{seed} {kind}")
        # Values of fields are made by the contract suite, which asks this one.
        random.seed(f"{seed} {kind}")
        self._outcome = Outcome(kind)
        self._judging = Lock()
        self._name = ""

    def attempt_of(self, one: Attack) -> None:
        """Runs an attack. One that breaks is a finding: nobody knows what it would have found."""
        self._name = one.name
        try:
            one.run(self)
        except Failure as failure:
            self.find(str(failure))
        except Exception as error:
            self.find(f"broke: {type(error).__name__}: {error}")

    def outcome(self) -> Outcome:
        """What was found, and by how many requests."""
        for text in self.report.wrong:
            self._outcome.add(text)
        return self._outcome

    def find(self, text: str, answer: Answer | None = None) -> None:
        """Notes a finding."""
        with self._judging:
            example = "" if answer is None else f"\n    {answer.request}\n    -> {answer}"
            self._outcome.add(f"{self._name}: {text}{example}")

    # Judging

    def common(self, answer: Answer) -> None:
        """What no answer may do, whatever it answers."""
        self.judge(answer)
        super().common(answer)

    def judge(self, answer: Answer) -> None:
        """The same of an answer that another server around the service may have given."""
        with self._judging:
            self._outcome.tries += 1
        if answer.status >= 500:
            self.find(f"a {answer.status}", answer)
        text = answer.body.decode(errors="replace")
        sent = unquote_plus(answer.request).lower()
        told = [word[0] for word in INSIDE.finditer(text) if word[0].lower() not in sent]
        if answer.status >= 400 and told:
            self.find(f"a {answer.status} tells `{told[0]}`", answer)
        if answer.status >= 400 and len(answer.body) > LONG:
            self.find(f"a {answer.status} is long", answer)
        for name in ("Server", "X-Powered-By", "Via"):
            if VERSIONS.search(answer.headers.get(name) or ""):
                self.find(f"the header {name} names a version", answer)

    def counted(self, requests: int = 1) -> None:
        """Counts requests that went by a socket."""
        with self._judging:
            self._outcome.tries += requests

    def refused(self, answer: Answer, what: str, *kinds: str) -> None:
        """Notes a finding unless the answer is one of these errors."""
        for kind in kinds:
            with suppress(Failure):
                return self.error(answer, kind)
        return self.find(f"{what} is not {' or '.join(kinds)}, but {answer.status}", answer)

    def try_(self, client: Client, method: str, path: str, *given: Any, **more: Any) -> Answer:
        """A request that no operation describes, judged."""
        answer = client(method, path, *given, **more)
        self.judge(answer)
        return answer

    def at_once(
        self, times: int, client: Client, method: str, path: str, body: object
    ) -> list[Answer]:
        """The answers to one request that comes many times at one moment."""
        with ThreadPoolExecutor(min(times, 16)) as pool:
            waiting = [pool.submit(self.try_, client, method, path, body) for _ in range(times)]
        return [one.result() for one in waiting]

    # Who attacks whom

    def another(self, resource: Resource, than: User) -> User:
        """A user of the role that may do most, who is not that one and did nothing with the resource yet."""
        self.users = [user for user in self.users if user is not than]
        try:
            return self.fresh(resource)
        finally:
            self.users.append(than)

    def of_other_role(self, resource: Resource, operation: str) -> User | None:
        """A user whose role may not do it; None where every role may."""
        roles = resource.roles(operation)
        if not roles:
            return None
        others = [role for role in self.spec.provider_roles if role not in roles]
        return self.fresh_as(resource, others[0] if others else None)

    def creatable(self) -> list[Resource]:
        """Resources of which rows can be made."""
        return [it for it in self.spec.resources if "create" in it.methods]

    def closed(self) -> tuple[Resource, str]:
        """An operation on a whole resource that needs a token, of the resource with the largest limit."""
        found = [
            (resource, operation)
            for resource in self.spec.resources
            for operation in ("list", "create")
            if operation in resource.methods and not resource.is_open(operation)
        ]
        return max(found, key=lambda pair: (not pair[0].roles(pair[1]), pair[0].limit))

    def knock(self, headers: Mapping[str, str | None], query: str = "") -> Answer:
        """A request to a closed operation by nobody, with these headers."""
        resource, operation = self.closed()
        body: object = {} if operation in WRITES else None
        path = self.path(resource, operation) + query
        sent: dict[str, Any] = {name.replace("-", "_"): it for name, it in headers.items()}
        answer = self.client()(HTTP[operation], path, body, **sent)
        self.common(answer)
        return answer

    def unchanged(self, owner: User, resource: Resource, row: dict[str, Any], what: str) -> None:
        """Notes a finding where the row is not as it was."""
        if "get" not in resource.methods:
            return
        answer = self.send(owner, "get", resource, row)
        if answer.status != 200 or self.data(answer) != row:
            self.find(f"{resource.name}: the row changed by {what}", answer)


def items(resource: Resource) -> list[str]:
    """Operations on one row."""
    return [name for name in resource.methods if name not in COLLECTION]


__all__ = ["ATTACKS", "Attack", "Attacker", "Target", "attack", "items"]
