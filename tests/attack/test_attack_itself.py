"""Each kind of attack finds the bug that it is there for, in the service of the contract suite's own tests."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from email.message import Message
from pathlib import Path
from typing import Any

import pytest

from scaffold.manifest.manifest import Manifest
from scaffold.sources.address import Version
from tests.attack import KINDS, run
from tests.attack.attacker import Target
from tests.attack.findings import Outcome
from tests.attack.planting import Change, Fault, faults, planted
from tests.attack.projects import DOCUMENTS
from tests.attack.table import MEANING, PAGE, Result, is_known, known, lines, no_longer, read
from tests.contract.bugs import BUGS
from tests.contract.http import Answer, Client
from tests.contract.reference import Reply, Service
from tests.contract.spec import of_manifest
from tests.support.projects import CHECKOUT, manifest_of, resource, rich

ORIGIN = "https://app.example"
RESOURCES = (
    resource("comments", "body:text{1..2000}?", "post:ref(posts)"),
    resource("posts", "title:string{1..200}!", "rank:int{1..9}=5", "more:json?"),
    resource("tags", "name:string!", roles=("editor",), public=True, soft_delete=True),
)


def service(kind: type[Service] = Service) -> Service:
    """A service in memory that keeps its promises, unless its kind breaks one."""
    manifest = Manifest(Version("x", "x"), "supabase", "clinic")
    for item in RESOURCES:
        manifest = manifest.with_resource(item)
    return kind(of_manifest(manifest, CHECKOUT), ORIGIN)


@contextmanager
def directly(one: Service) -> Iterator[Target]:
    """Requests go to the service without a socket."""

    def exchange(
        client: Client, method: str, path: str, data: bytes | None, _: bool, sent: dict[str, str]
    ) -> Answer:
        found = Message()
        status, headers, text = one.handle(method, path, sent, data or b"")
        for name, value in headers.items():
            found[name] = value
        return Answer(status, found, text, f"{method} {path} {(data or b'')[:300]!r}")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Client, "_exchange", exchange)
        url = "http://127.0.0.1:1"
        yield Target(one.spec, url, one.token_for, origin=ORIGIN, requests=800, has_socket=False)


def attacked(one: Service, kind: str) -> Outcome:
    """What a kind of attack finds."""
    with directly(one) as target:
        [outcome] = run(target, [kind], seed=7)
    return outcome


class EveryOrigin(Service):
    """Lets pages of everybody read."""

    def cors(self, headers: Mapping[str, str]) -> dict[str, str]:
        """What was asked for."""
        return {"Access-Control-Allow-Origin": headers.get("Origin", "*")}


class OneTag(Service):
    """Takes every tag for its own."""

    def cached(self, headers: Mapping[str, str], text: bytes) -> Reply:
        """Nothing, to whoever has a tag."""
        status, made, body = super().cached(headers, text)
        return (304 if headers.get("If-None-Match") else status), {**made, "ETag": '"1"'}, body


class NoLimit(Service):
    """Counts nothing."""

    def count(self, *_: Any) -> None:
        """Nobody asks too often."""


class AnySize(Service):
    """Reads the beginning of what is too large."""

    def body(self, headers: Mapping[str, str], text: bytes) -> dict[str, Any]:
        """The body, cut."""
        return super().body(headers, text[:1000])


# A bug of the contract suite's, by its name, or a service of its own.
PLANTED: dict[str, str | type[Service]] = {
    "rows of others": "another's row can be read",
    "properties": "unknown properties are taken",
    "operations": "roles are not checked",
    "tokens": "tokens do not expire",
    "injection": "queries are not checked",
    "idempotency keys": "keys are everybody's",
    "browsers": EveryOrigin,
    "caches": OneTag,
    "bodies": AnySize,
    "leaks": "a stack trace",
    "limits": NoLimit,
    "fuzzing": "a bug that odd JSON meets",
}


def wrong_service(kind: str) -> Service:
    """A service with the bug that a kind of attack has to find."""
    bug = PLANTED[kind]
    if not isinstance(bug, str):
        return service(bug)
    one = service()
    BUGS[bug](one)
    return one


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_a_bug_is_found(kind: str) -> None:
    right = attacked(service(), kind)
    assert right.tries > 5
    assert not [text for text in right.found if "broke:" in text]
    assert set(attacked(wrong_service(kind), kind).found) - set(right.found)


@pytest.mark.parametrize("style", DOCUMENTS)
def test_a_fault_changes_what_the_templates_write(style: str, tmp_path: Path) -> None:
    """Each text stands once in the emitted file, and gives way while the fault is planted."""
    for path, text in CHECKOUT.render(rich(manifest_of(DOCUMENTS[style], CHECKOUT))).items():
        place = tmp_path / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text)
    before = {path: path.read_text() for path in tmp_path.rglob("*") if path.is_file()}
    found = faults([style])
    assert found, f"{style} has no planted fault"
    for fault in found:
        assert fault.kind in KINDS
        with planted(fault, tmp_path):
            assert {path: path.read_text() for path in before} != before
        assert {path: path.read_text() for path in before} == before


def test_thirty_faults_are_planted_ten_of_them_in_nextjs() -> None:
    found = faults([*DOCUMENTS])
    assert len({fault.name for fault in found}) == len(found) >= 30
    assert len([it for it in found if it.changes[0].file.endswith(".ts")]) >= 10
    assert {fault.kind for fault in found} == {*KINDS}


def test_a_text_that_is_not_there_is_not_planted(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("one one")
    for word in ("two", "one"):
        fault = Fault("odd", "fastapi", "tokens", (Change("a.py", word, "three"),))
        with pytest.raises(AssertionError, match="times"), planted(fault, tmp_path):
            pass


def test_what_stays_is_known_until_it_is_mended() -> None:
    for entry in known():
        style, kind, text = entry["style"], entry["kind"], entry["text"]
        assert style in DOCUMENTS and kind in KINDS and entry["why"]
        assert is_known(style, kind, text) and not is_known(style, kind, f"{text}!")
        assert no_longer(style, kind, [text]) == [] and no_longer(style, kind, []) == [text]


def test_a_run_of_one_kind_keeps_what_others_found() -> None:
    earlier = Result({"tokens": 7, "limits": 8}, {"tokens": 1, "limits": 0}, planted=3, caught=2)
    now = Result({"tokens": 9}, {"tokens": 0})
    assert now.over(earlier) == Result({"tokens": 9, "limits": 8}, {"tokens": 0, "limits": 0}, 3, 2)
    assert Result(planted=1, caught=1).over(earlier).caught == 1


def test_the_page_shows_what_was_found() -> None:
    assert {*MEANING} == {*KINDS}
    assert "\n".join(lines(read())) in PAGE.read_text("utf-8")
