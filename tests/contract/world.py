"""The service as the suite sees it: its users, their rows, and what they may still ask for."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import count
from typing import Any
from urllib.parse import urlencode

from tests.contract import values
from tests.contract.answers import Answers
from tests.contract.http import Answer, Client
from tests.contract.ids import Ids, subject
from tests.contract.report import Failure, Report
from tests.contract.spec import COLLECTION, HTTP, WRITES, Field, Resource, Spec

# A token for a user of that name: `token_for(name, role=…, expires=…)`; None where the provider
# has no such token.
TokenFor = Callable[..., str | None]
BATCH = 4


@dataclass
class User:
    """A user that the suite made, and what it did so far."""

    name: str
    role: str | None
    address: str
    tokens: dict[str | None, str]
    used: Counter[tuple[str, str]] = field(default_factory=Counter)
    parents: dict[str, Any] = field(default_factory=dict)
    id: Any = None


class World(Answers, Ids):
    """Sends requests as users whose allowance lasts; `Answers` knows what comes back."""

    def __init__(self, spec: Spec, url: str, token_for: TokenFor, report: Report) -> None:
        super().__init__(spec, report)
        self.url = url
        self.token_for = token_for
        self.users: list[User] = []
        roles = [role for it in spec.resources if (role := it.role())]
        # Where any user will do it is one with this role, so that few tokens are needed.
        self.usual = max(dict.fromkeys(roles), key=roles.count) if roles else None
        self._expired: dict[str | None, str | None] = {}
        self._run = uuid.uuid4().hex[:8]
        self._numbers = count(1)

    # Users

    def fresh(self, resource: Resource) -> User:
        """A user who did nothing with the resource yet; of the role that may do most."""
        role = resource.role()
        for user in self.users:
            known = role in (None, user.role) and not self._did(user, resource)
            if known and self._has_parents(user, resource):
                return user
        return self._mint(role or self.usual)

    def fresh_as(self, resource: Resource, role: str | None) -> User:
        """The same with exactly that role."""
        for user in self.users:
            if user.role == role and not self._did(user, resource):
                return user
        return self._mint(role)

    def someone(self, resource: Resource, operation: str, times: int = 1, rows: int = 1) -> User:
        """Any user who may still do it so many times, and make so many rows for that."""
        role = resource.role()
        for user in self.users:
            enough = self.left(user, resource, operation) >= times
            if operation == "create":
                enough = self.left(user, resource, "create") >= times
            elif "create" in resource.methods:
                enough = enough and self.left(user, resource, "create") >= rows
            if role in (None, user.role) and enough and self._has_parents(user, resource):
                return user
        return self._mint(role or self.usual)

    def left(self, user: User, resource: Resource, operation: str) -> int:
        """Requests of that kind until the rate limit."""
        return resource.limit - user.used[resource.name, operation]

    def client(self, user: User | None = None, **extra: str) -> Client:
        """HTTP as that user, or as somebody without a token whom nobody counted yet."""
        token = user.tokens[user.role] if user else None
        return Client(self.url, token, user.address if user else self._address(), extra)

    def token(self, user: User, roles: list[str]) -> str:
        """The user's token with one of the roles."""
        role = user.role if not roles or user.role in roles else roles[0]
        if role not in user.tokens:
            user.tokens[role] = self._token(user.name, role)
        return user.tokens[role]

    def expired(self, role: str | None) -> str | None:
        """A token that was valid once; None where the provider has none such."""
        if role not in self._expired:
            self._expired[role] = self.token_for(f"old-{self._run}", role=role, expires="-1h")
        return self._expired[role]

    def _has_parents(self, user: User, resource: Resource, full: bool = True) -> bool:
        """The user has what a row points at, or may still make it, and one or two more; `full` as for `body`."""
        for item in resource.parents:
            parent = self.spec.find(item.ref or "")
            if parent.name == resource.name or not (full or item.required):
                continue
            known = parent.name in user.parents and not item.unique
            if not known and self.left(user, parent, "create") < min(10, parent.limit):
                return False
            if not known and not self._has_parents(user, parent, full=False):
                return False
        return True

    def _did(self, user: User, resource: Resource) -> bool:
        return any(name == resource.name for name, _ in user.used)

    def _mint(self, role: str | None) -> User:
        names = [f"user{next(self._numbers)}-{self._run}" for _ in range(BATCH)]
        with ThreadPoolExecutor(BATCH) as pool:
            tokens = list(pool.map(lambda name: self._token(name, role), names))
        made = [
            User(name, role, self._address(), {role: token})
            for name, token in zip(names, tokens, strict=True)
        ]
        self.users += made
        return made[0]

    def _token(self, name: str, role: str | None) -> str:
        token = self.token_for(name, role=role)
        if not token:
            raise Failure(f"no token for {name} with the role {role}")
        return token

    def _address(self) -> str:
        number = next(self._numbers)
        return f"10.{int(self._run[:2], 16)}.{number >> 8 & 255}.{number & 255}"

    # Requests

    def send(
        self,
        user: User | None,
        operation: str,
        resource: Resource,
        row: Any = None,
        query: dict[str, Any] | None = None,
        body: object = None,
        raw: bytes | None = None,
        chunked: bool = False,
        **headers: str | None,
    ) -> Answer:
        """The answer to an operation; `row` is an id or a row. Checks what all answers share."""
        path = self.path(resource, operation, row) + ("?" + urlencode(query) if query else "")
        client = self.client()
        if user:
            user.used[resource.name, operation] += 1
            token = self.token(user, resource.roles(operation))
            client = Client(self.url, token, user.address)
        answer = client(HTTP[operation], path, body, raw, chunked, **headers)
        self.common(answer)
        return answer

    def path(self, resource: Resource, operation: str, row: Any = None) -> str:
        """Where an operation is."""
        if operation in COLLECTION:
            return resource.path
        return f"{resource.path}/{row['id'] if isinstance(row, dict) else row}"

    # Rows

    def value(self, user: User, resource: Resource, item: Field) -> Any:
        """A valid value of a field; of a reference, the id of a row of the user's."""
        if not item.ref:
            return values.valid(item)
        if item.external:
            return self.id_of(user, resource)
        parent = self.spec.find(item.ref)
        if item.unique or parent.name not in user.parents:
            user.parents[parent.name] = self.create(user, parent, full=False)["id"]
        return user.parents[parent.name]

    def body(
        self, user: User, resource: Resource, full: bool = True, **changes: Any
    ) -> dict[str, Any]:
        """A valid body of POST: all fields, or only those that are required."""
        found = {
            item.prop: self.value(user, resource, item)
            for item in resource.fields
            if (full or item.required) and item.prop not in changes and item.ref != resource.name
        }
        return {**found, **changes}

    def create(
        self, user: User, resource: Resource, full: bool = True, **changes: Any
    ) -> dict[str, Any]:
        """A new row of the user's."""
        body = self.body(user, resource, full, **changes)
        row = self.data(self.send(user, "create", resource, body=body), 201)
        if not isinstance(row, dict) or "id" not in row:
            raise Failure(f"{resource.name}: POST answers with no row: {row!r}")
        user.id = row.get(self.spec.keys["owner"])
        return row

    def attempt(
        self, user: User, operation: str, resource: Resource, row: Any = None
    ) -> dict[str, Any]:
        """What `send` needs so that nothing is wrong; the row is made where none is given."""
        made: dict[str, Any] = {}
        if operation not in COLLECTION:
            made["row"] = self.create(user, resource) if row is None else row
        if operation in WRITES:
            made["body"] = self.body(user, resource)
        return made

    def id_of(self, user: User, busy: Resource) -> Any:
        """Id of the user, as rows have it; learnt without a row of the resource that is busy."""
        user.id = user.id or subject(user.tokens[user.role])
        for resource in self.spec.resources if user.id is None else ():
            plain = not any(item.ref and item.required for item in resource.fields)
            if "create" in resource.methods and plain and resource.name != busy.name:
                self.create(user, resource, full=False)
                break
        return user.id or str(uuid.uuid4())
