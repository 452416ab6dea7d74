"""A host: how to make a project of somebody else's, what it checks, and what scaffold is asked to add to it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

FOLDER = Path(__file__).parent
EXPECTED = FOLDER / "expected.yml"
ENDPOINT = (
    "endpoint",
    "pictures",
    "title:string{1..200}",
    "score:decimal{0..100}?",
    "due:date?",
    "--rate-limit",
    "20/1m",
)
WORKS = "works"


@dataclass(frozen=True)
class Host:
    """One project, as its file states it.

    `make` are commands in an empty folder; `files` come on top, and `package` is merged into the
    package.json of `app`, the folder in which the user stands. `checks` are the project's own, all
    green from the start. `serve` starts it on `{port}`; `routes` are what it answers, each as
    `METHOD PATH` and perhaps a body. Where the users are theirs `tokens` starts a program of
    theirs that reads `["alice", []]` in a line and prints a token, or `Cookie` and cookies; SERVICE_URL names
    the running service.
    `document` is the path of their OpenAPI document where it is not the usual one.
    `uses` are names of theirs that the new code has to have: their database, their users, their settings.
    `refused` are words of the message where scaffold writes nothing at first; what its hint says has to help.
    `formats` is what formats it all, and sorts its imports: then ours has its form, and a layout is no edit.
    `instead` has what stands for a step that begins so and calls a program that these machines do not have.
    """

    name: str
    framework: str
    about: str
    style: str
    install: str
    serve: str
    checks: tuple[str, ...]
    routes: tuple[str, ...]
    make: tuple[str, ...] = ()
    files: Mapping[str, str] = field(default_factory=dict)
    package: Mapping[str, Any] = field(default_factory=dict)
    app: str = "."
    env: Mapping[str, str] = field(default_factory=dict)
    endpoint: tuple[str, ...] = ENDPOINT
    options: tuple[str, ...] = ()
    uses: tuple[str, ...] = ()
    tokens: str | None = None
    document: str | None = None
    refused: str | None = None
    formats: str | None = None
    instead: Mapping[str, str] = field(default_factory=dict)

    @property
    def command(self) -> list[str]:
        """The words of the first `scaffold endpoint`."""
        return [*self.endpoint, "--style", self.style, *self.options]

    def write(self, repository: Path) -> None:
        """Lays the host's own files over what its generator made."""
        for path, text in self.files.items():
            file = repository / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text)
        if self.package:
            file = repository / self.app / "package.json"
            data = json.loads(file.read_text()) if file.exists() else {}
            file.write_text(json.dumps(_merged(data, self.package), indent=2) + "\n")


def hosts() -> dict[str, Host]:
    """All of them, by name."""
    found = {}
    for file in sorted(FOLDER.glob("*/*.yml")):
        host = read(file)
        assert host.name not in found, f"two hosts are called {host.name}"
        found[host.name] = host
    return found


def read(file: Path) -> Host:
    """The host of a file; fails where the file has a key that no walker reads."""
    data = yaml.safe_load(file.read_text())
    for key in ("make", "checks", "routes", "endpoint", "options", "uses"):
        if key in data:
            data[key] = tuple(data[key])
    return Host(name=file.stem, framework=file.parent.name, **data)


def expected() -> dict[str, str]:
    """The outcome of each host in the last run: `works`, `refused, …` or `fails: <step>: <reason>`."""
    return dict(yaml.safe_load(EXPECTED.read_text()) or {}) if EXPECTED.exists() else {}


def expect(outcomes: Mapping[str, str]) -> None:
    """Writes the outcomes of these hosts down, and forgets hosts that are no longer there."""
    known = {**expected(), **outcomes}
    kept = {name: known[name] for name in hosts() if name in known}
    EXPECTED.write_text(yaml.safe_dump(kept, sort_keys=False, width=1000, allow_unicode=True))


def _merged(data: dict[str, Any], more: Mapping[str, Any]) -> dict[str, Any]:
    for key, value in more.items():
        if value is None:
            data.pop(key, None)
        elif isinstance(value, Mapping):
            data[key] = _merged(dict(data.get(key, {})), value)
        else:
            data[key] = value
    return data
