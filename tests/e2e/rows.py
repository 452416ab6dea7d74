"""A project whose database keeps its rows while the project changes."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.conftest import Run
from tests.contract.envelope import slots
from tests.contract.http import Client
from tests.contract.tokens import issuer
from tests.e2e.stacks import Stack, stack


@dataclass(frozen=True)
class Subject:
    """A project with its database: `env` are the settings under which it uses it."""

    project: Path
    run: Run
    env: dict[str, str]

    @property
    def stack(self) -> Stack:
        """The project as it is now."""
        return stack(self.project)

    def scaffold(self, *words: str) -> None:
        """A command of the command line, which has to succeed."""
        done = self.run(words, self.project)
        assert done.returncode == 0, (words, done.stdout, done.stderr)

    def migrate(self, drop: bool = False) -> None:
        """What the next steps say, on the database that has the rows; `drop`: something goes."""
        now = self.stack
        now.make_migrations(drop=drop)
        if "DATABASE_URL" in self.env:
            now.migrate(**self.env)


class Rows:
    """Rows of one user, over HTTP."""

    def __init__(self, subject: Subject, url: str) -> None:
        self.spec = subject.stack.spec
        tokens = issuer(subject.project, subject.env, url)
        roles = self.spec.provider_roles
        self.client = Client(url, tokens("alice", role=roles[-1] if roles else None))

    def send(self, method: str, path: str, body: object = None) -> int:
        """The status of the answer."""
        return self.client(method, self.spec.prefix + path, body).status

    def create(self, resource: str, **body: object) -> dict[str, Any]:
        """A new row."""
        answer = self.client("POST", f"{self.spec.prefix}/{resource}", body)
        assert answer.status == 201, (resource, body, str(answer))
        made: dict[str, Any] = slots(self.spec.envelope["success"], answer.json)["$data"]
        return made

    def check_followers(self, parents: str, title: str, child: str, key: str, own: str) -> None:
        """Rows of `child` go with the parent that `key` names, and have none when that of `own` goes."""
        parent = self.create(parents, title=title)
        first = self.create(child, day=1, **{key: parent["id"]})
        second = self.create(child, day=2, **{own: first["id"]})
        third = self.create(child, day=3, **{key: parent["id"]})
        item = f"{self.spec.prefix}/{child}"
        assert self.client("PATCH", f"{item}/{first['id']}", {own: first["id"]}).status in (
            400,
            422,
        )
        assert self.client("DELETE", f"{item}/{first['id']}").status == 204
        assert {row["id"]: row[own] for row in self.list(child)} == {
            second["id"]: None,
            third["id"]: None,
        }
        path = f"{self.spec.prefix}/{parents}/{parent['id']}"
        assert self.client("DELETE", path).status == 204
        assert [row["id"] for row in self.list(child)] == [second["id"]]

    def list(self, resource: str) -> list[dict[str, Any]]:
        """All rows; there are few."""
        answer = self.client("GET", f"{self.spec.prefix}/{resource}")
        assert answer.status == 200, (resource, str(answer))
        paginate = self.spec.find(resource).paginate
        shape = self.spec.envelope["cursor" if paginate == "cursor" else "list"]
        found: list[dict[str, Any]] = slots(shape, answer.json)["$items"]
        return found
