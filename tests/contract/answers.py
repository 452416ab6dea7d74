"""What answers have to look like: all of them, successes, lists and errors."""

from __future__ import annotations

import re
from typing import Any

from tests.contract import envelope
from tests.contract.http import NO_JSON, Answer
from tests.contract.report import Failure, Report
from tests.contract.spec import Resource, Spec

SECURITY = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
}
REQUEST_ID = re.compile(r"[\w.:-]{1,128}")
INTERNAL = re.compile(r"Traceback|\bat [\w./]+:\d+|node_modules|ECONNREFUSED|SELECT |INSERT INTO")
LISTS = {"page": ("list", "$items"), "cursor": ("cursor", "$items"), "none": ("success", "$data")}


class Answers:
    """Reads answers by the conventions of a project, and refuses those that break them."""

    def __init__(self, spec: Spec, report: Report) -> None:
        self.spec = spec
        self.report = report

    def common(self, answer: Answer) -> None:
        """What every answer has to have; each thing that is missing is told once."""
        wrong = self.report.once
        status = answer.status
        if not REQUEST_ID.fullmatch(answer.headers.get("X-Request-Id") or ""):
            wrong(f"X-Request-Id is missing on a {status}", answer)
        for name, value in SECURITY.items():
            if answer.headers.get(name) != value:
                wrong(f"header {name} is not `{value}`", answer)
        if status >= 400:
            if answer.headers.get("Cache-Control") != "no-store":
                wrong(f"Cache-Control is not no-store on a {status}", answer)
            if INTERNAL.search(answer.body.decode(errors="replace")):
                wrong(f"something internal in a {status}", answer)
        challenge = answer.headers.get("WWW-Authenticate") or ""
        if status == 401 and challenge != 'Bearer realm="api"' and not self.spec.their_users:
            wrong("WWW-Authenticate of a 401", answer)
        if status in (429, 503) and not (answer.headers.get("Retry-After") or "").isdigit():
            wrong(f"Retry-After of a {status}", answer)
        if status >= 500:
            wrong(f"a {status}", answer)

    def data(self, answer: Answer, status: int = 200) -> Any:
        """What a success holds."""
        if answer.status != status:
            raise Failure(f"{status} expected", answer)
        return self._slots("success", answer).get("$data")

    def listed(self, answer: Answer, resource: Resource) -> tuple[list[Any], dict[str, Any]]:
        """Rows of a list and the other values of its envelope."""
        if answer.status != 200:
            raise Failure("200 expected", answer)
        kind, slot = LISTS[resource.paginate]
        found = self._slots(kind, answer)
        if not isinstance(found.get(slot), list):
            raise Failure("a list of rows expected", answer)
        return found[slot], found

    def error(self, answer: Answer, kind: str, named: str = "") -> None:
        """Fails unless the answer is this error, with `named` in its message."""
        wanted = self.spec.conventions["errors"][kind]
        if answer.status != wanted["status"]:
            raise Failure(f"{wanted['status']} ({kind}) expected", answer)
        media = (answer.headers.get("Content-Type") or "").partition(";")[0].strip()
        if media != self.spec.envelope["error_type"]:
            raise Failure(f"media type {self.spec.envelope['error_type']} expected", answer)
        found = self._slots("error", answer)
        code = found.get("$code", answer.headers.get("X-Error-Code"))
        if code != wanted["code"]:
            raise Failure(f"code {wanted['code']} expected, and not {code}", answer)
        message = found.get("$message")
        if not isinstance(message, str) or not message or named not in message:
            raise Failure(f"a message that names `{named}` expected", answer)
        if found.get("$status", answer.status) != answer.status:
            raise Failure("the body has another status", answer)
        identity = answer.headers.get("X-Request-Id")
        if found.get("$request_id", identity) != identity:
            raise Failure("the body has another request id", answer)
        if "$details" in envelope.placeholders(self.spec.envelope["error"]):
            self._details(answer, kind, found.get("$details"), named)

    def _details(self, answer: Answer, kind: str, details: Any, named: str) -> None:
        if kind != "validation":
            if details is not None:
                raise Failure("only invalid input has details", answer)
            return
        try:
            issues = [(issue["field"], issue["message"]) for issue in details["issues"]]
            fine = details["field"] == issues[0][0] and all(
                isinstance(text, str) for issue in issues for text in issue
            )
        except (TypeError, KeyError, IndexError):
            fine, issues = False, []
        if not fine or (named and not any(named in path for path, _ in issues)):
            raise Failure(f"details as {{field, issues}} that name `{named}` expected", answer)

    def _slots(self, kind: str, answer: Answer) -> dict[str, Any]:
        if answer.json is NO_JSON:
            raise Failure("JSON expected", answer)
        try:
            return envelope.slots(self.spec.envelope[kind], answer.json)
        except envelope.Mismatch as error:
            raise Failure(f"not the {kind} envelope: {error}", answer) from None
