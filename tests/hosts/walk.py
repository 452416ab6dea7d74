"""One host's life: its own checks, an endpoint, the printed steps, the same checks, ours over HTTP, a change, undo."""

from __future__ import annotations

import os
import re
import shlex
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from subprocess import CalledProcessError

from tests.contract import hold, of_project
from tests.contract.minting import Worker
from tests.contract.tokens import issuer
from tests.contract.world import TokenFor
from tests.e2e.shell import Postgres, started
from tests.e2e.stacks import API_KEY, LOCAL, ORIGIN, SETTINGS
from tests.hosts import shell
from tests.hosts.answers import Answer, answers, difference
from tests.hosts.host import WORKS, Host
from tests.hosts.shell import Failed, paste
from tools.source import commit, git

# Next.js completes them where the first folder `app` comes to an app with `pages`.
OF_NEXT = ("next-env.d.ts", "tsconfig.json")
FIELD = ("field", "add", "pictures", "rank:int=1")
RENAME = ("rename", "pictures", "photos")
SETTING = ("set", "pagination.max_limit=50")
ERROR = re.compile(
    r"\b(?:[Ee]rror|ERR!?|FAILED|TS\d{4}|[A-Z]{1,4}\d{3})\b|\w*Error:|: wrong|expected"
)
MACHINE = re.compile(r"(?<![\w.])/(?:home|root|Users|work|opt|mnt|tmp|var|srv)/(?:[\w.@+-]+/)*")
STEP = re.compile(r"^  \d+\. (.*)$", re.MULTILINE)


class _Ended(Exception):
    """A step failed without which nothing else makes sense."""


@dataclass
class Walk:
    """A walk through a host in the folder `repository`; `run` gives its outcome."""

    host: Host
    repository: Path
    say: Callable[[str], None] = lambda text: None
    seconds: dict[str, float] = field(default_factory=dict)
    failures: dict[str, str] = field(default_factory=dict)

    @property
    def app(self) -> Path:
        """Where the user stands."""
        return self.repository / self.host.app

    def run(self) -> str:
        """`works`, `refused, …`, or `fails: <steps>: <reason>`, in one line; `failures` has all of the output."""
        outcome = ""
        with self._settings() as settings, suppress(_Ended):
            self.env = shell.environment(settings)
            outcome = self._life()
        if not self.failures:
            return outcome
        return (
            f"fails: {', '.join(self.failures)}: {first_line(next(iter(self.failures.values())))}"
        )

    def _life(self) -> str:
        host = self.host
        self._make()
        before: dict[str, Answer] = {}
        with self._step("checks before"):
            self._checks()
            # Next.js completes tsconfig.json at its first build.
            self._commit("As its tools leave it")
            before = self._answers()
        with self._step("doctor"):
            done = shell.scaffold(["doctor"], self.app)
            _no_traceback(done.stdout + done.stderr, done.returncode in (0, 1))
            self._unchanged("after `doctor`")
        outcome, printed = self._endpoint()
        if host.uses:
            with self._step("theirs", go_on=True):
                self._uses()
        with self._step("steps", go_on=True):
            self._announced(printed)
            self._paste(printed)
        self._commit("Endpoint")
        if host.formats:
            with self._step("format", go_on=True):
                self._formatted("of the endpoint")
        with self._step("checks after", go_on=True):
            self._checks()
        with self._step("routes", go_on=True):
            _require(not (found := difference(before, self._answers())), found)
        if self.failures:
            # What is red here is mended first; the rest takes as long again.
            return outcome
        with self._step("contract", go_on=True):
            self._contract()
        with self._step("clean", go_on=True):
            self._unchanged("after checks and servers", but=OF_NEXT)
        self._commit("What checks and servers left")
        with self._step("field add", go_on=True):
            self._paste(self._scaffold(*FIELD))
        self._commit("Field")
        with self._step("set"):
            self._scaffold(*SETTING)
            _require(bool(self._status()), f"`scaffold {' '.join(SETTING)}` changes nothing")
        with self._step("undo"):
            self._scaffold("undo")
            self._unchanged("after `undo`")
        if host.formats and not self.failures:
            with self._step("life in their format"):
                self._life_in_their_format()
        return outcome

    def _life_in_their_format(self) -> None:
        """What a person, two branches and the formatter do between commands is nobody's loss."""
        lines = self._edited()
        self._formatted("of edits", clean=False)
        for words in (RENAME, SETTING):
            self._scaffold(*words)
            self._formatted(f"of `scaffold {words[0]}`")
        branch = git(self.repository, "branch", "--show-current").strip()
        git(self.repository, "checkout", "--quiet", "-b", "other")
        for field_, place in (("weight:int=1", branch), ("taken:date?", "")):
            self._scaffold("field", "add", "photos", field_)
            self._formatted(f"of {field_}")
            if place:
                git(self.repository, "checkout", "--quiet", place)
        with suppress(CalledProcessError):
            git(self.repository, "merge", "--quiet", "other")
        self._scaffold("resolve")
        self._formatted("of `scaffold resolve`")
        _another_version()
        self._scaffold("update")
        self._formatted("of `scaffold update`")
        there = "".join((self.app / path).read_text() for path in lines)
        missing = [line for line in lines.values() if line not in there]
        _require(not missing, f"lines of the user's are gone: {missing}")
        self._scaffold("remove", "photos")

    def _edited(self) -> dict[str, str]:
        """A comment at the top of six files of ours: path → line."""
        listed = git(self.app, "ls-files").split("\n")
        paths = [
            path for path in listed if re.search(r"/(?:lib/api|core)/\w+\.(?:ts|py)$", f"/{path}")
        ]
        lines = {}
        for path in paths[:6]:
            lines[path] = f"{'#' if path.endswith('.py') else '//'} mine, in {path}"
            file = self.app / path
            file.write_text(f"{lines[path]}\n{file.read_text()}")
        _require(len(lines) == 6, "there are not six files to edit")
        return lines

    def _formatted(self, what: str, *, clean: bool = True) -> None:
        """Commits, lets the formatter run over everything, and sees that it changed nothing."""
        self._commit(f"Life: {what}")
        paste(self.host.formats or "", self.app, self.env)
        if clean:
            self._unchanged(f"after the formatter, {what},", but=OF_NEXT)
        self._commit(f"Formatted: {what}")

    @contextmanager
    def _settings(self) -> Iterator[dict[str, str]]:
        """The host's variables; one with `{postgres}` has a server of its own, and `psql` on PATH."""
        env = dict(self.host.env)
        if not any("{postgres}" in value for value in env.values()):
            yield env
            return
        server = Postgres(self.repository.parent / "postgres")
        server.start()
        try:
            url = server.database("host")
            env = {name: value.replace("{postgres}", url) for name, value in env.items()}
            yield {**env, "PATH": os.pathsep.join([shell.environment()["PATH"], str(server.bin)])}
        finally:
            server.stop()

    def _make(self) -> None:
        with self._step("make"):
            self.repository.mkdir(parents=True)
            for command in self.host.make:
                paste(command, self.repository, self.env)
            self.host.write(self.repository)
            git(self.repository, "init", "--quiet", "--initial-branch=main")
            self._commit("Host")
        with self._step("install"):
            paste(self.host.install, self.repository, self.env)
            if self.host.formats:
                paste(self.host.formats, self.app, self.env)
            self._commit("Lock file")

    def _checks(self) -> None:
        """The host's own checks; all of them run, as one does not say what another would."""
        red = []
        for command in self.host.checks:
            try:
                paste(command, self.app, self.env)
            except Failed as failed:
                red.append(str(failed))
        _require(not red, "\n".join(red))

    def _answers(self) -> dict[str, Answer]:
        with self._served("routes") as url:
            return answers(url, self.host.routes)

    def _endpoint(self) -> tuple[str, str]:
        """The outcome so far, and what the command printed that ended with 0."""
        with self._step("endpoint"):
            refused = self.host.refused
            if refused is None:
                return WORKS, self._scaffold(*self.host.command)
            done = shell.scaffold(self.host.command, self.app)
            _no_traceback(done.stdout + done.stderr, done.returncode == 2)
            said, _, hint = done.stderr.partition("\nhint: ")
            _require(refused in said, f"the message is another: {done.stderr}")
            _require(bool(hint), f"no hint: {said}")
            self._unchanged("after a refusal")
            style = re.search(r"`--style ([\w-]+)`", hint)
            if style:
                other = replace(self.host, style=style[1]).command
                return f"refused, works with {style[0]}", self._scaffold(*other)
            paste(hint.strip(), self.app, self.env)
            self._checks()
            self._commit("What helps")
            return f"refused, works after `{hint.strip()}`", self._scaffold(*self.host.command)

    def _scaffold(self, *words: str) -> str:
        done = shell.scaffold([*words], self.app)
        _no_traceback(done.stdout + done.stderr, done.returncode == 0)
        (self.repository.parent / f"{self.host.name}.said").open("a").write(
            f"$ scaffold {shlex.join(words)}\n{done.stdout}{done.stderr}\n"
        )
        return done.stdout

    def _announced(self, printed: str) -> None:
        """Every file that the command changed is in what it printed."""
        for path in self._status():
            _require(Path(path).name in printed, f"{path} changed, and the output does not say so")

    def _uses(self) -> None:
        """What the host has already is used by the new code, in place of a second one of ours."""
        text = "\n".join(
            (self.repository / path).read_text()
            for path in self._status()
            if path.endswith((".ts", ".tsx", ".py"))
        )
        missing = [name for name in self.host.uses if name not in text]
        _require(not missing, f"the new code has no `{'`, `'.join(missing)}`")

    def _paste(self, printed: str) -> None:
        """The next steps, in one shell, where the user stands."""
        steps = []
        for step in STEP.findall(printed.partition("Next steps")[2]):
            stand_ins = (to for start, to in self.host.instead.items() if step.startswith(start))
            steps.append(next(stand_ins, step))
        if steps:
            paste("\n".join(steps), self.app, self.env)

    def _contract(self) -> None:
        tokens = self._tokens()
        with self._served("contract", **SETTINGS, **LOCAL) as url:
            spec = of_project(self.app)
            spec = replace(spec, document=self.host.document or spec.document)
            report = hold(spec, url, tokens(url), API_KEY, ORIGIN)
        _require(not report.wrong, report.text())

    def _tokens(self) -> Callable[[str], TokenFor]:
        command = self.host.tokens
        if command is None:
            return lambda url: issuer(self.app, {**LOCAL, **self.env}, url)

        def tokens(url: str) -> TokenFor:
            worker = Worker(self.app, {**self.env, "SERVICE_URL": url}, shlex.split(command))
            # What their tokens are when they are old is their own.
            return lambda name, role=None, expires=None: (
                None if expires else worker.token_for(name, role)
            )

        return tokens

    @contextmanager
    def _served(self, log: str, **env: str) -> Iterator[str]:
        words = shlex.split(self.host.serve)
        file = self.repository.parent / f"{self.host.name}.{log}.log"
        with started(words, self.app, {**self.env, **env}, file) as url:
            yield url

    @contextmanager
    def _step(self, step: str, go_on: bool = False) -> Iterator[None]:
        """Notes how long a step takes and how it fails; without `go_on` a failure is the end."""
        began = time.monotonic()
        try:
            yield
        except Exception as error:
            # Also what no tool should end with: the next host has its turn all the same.
            known = isinstance(error, Failed | AssertionError)
            self.failures[step] = str(error) if known else f"{type(error).__name__}: {error}"
            if not go_on:
                raise _Ended from error
        finally:
            self.seconds[step] = time.monotonic() - began
            self.say(f"{self.host.name}: {step}: {self.seconds[step]:.0f} s")

    def _commit(self, message: str) -> None:
        git(self.repository, "add", "--all")
        git(self.repository, "commit", "--quiet", "--allow-empty", f"--message={message}")

    def _status(self) -> list[str]:
        lines = git(self.repository, "status", "--porcelain", "--untracked-files=all")
        return [line[3:].strip('"') for line in lines.splitlines()]

    def _unchanged(self, when: str, but: Collection[str] = ()) -> None:
        found = [path for path in self._status() if Path(path).name not in but]
        _require(not found, f"{when} `git status` has {', '.join(found[:8])}")


def _another_version() -> None:
    """One more version of the templates, which changes the files of each resource."""
    source = Path(os.environ["SCAFFOLD_SOURCE"])
    number = len(git(source, "tag").split()) + 1
    for path in (source / "templates").rglob("*"):
        mark = {".ts": "//", ".py": "#"}.get("".join(path.suffixes[-2:-1]))
        if mark and "yield" in str(path) and path.suffix == ".jinja":
            path.write_text(f"{path.read_text()}{mark} As version {number} has it.\n")
    commit(source, "Another version", f"v0.{number}.0")


def first_line(text: str) -> str:
    """What a table has room for: the first line, and the one of the output that names an error."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    told = [line for line in lines[1:] if ERROR.search(line)]
    line = ": ".join([*lines[:1], *(told or lines[1:])[:1]])
    return MACHINE.sub("…/", line)[:240]


def _require(fact: bool, reason: str) -> None:
    if not fact:
        raise Failed(reason)


def _no_traceback(said: str, ended_well: bool) -> None:
    _require("Traceback (most recent call last)" not in said, said)
    _require(ended_well, said or "no output")
