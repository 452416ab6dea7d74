"""Rows that are also files: what a killed service leaves half done is whole after its next start."""

from __future__ import annotations

import json
import random
import signal
import subprocess
import threading
import time
from http.client import HTTPException
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Run
from tests.e2e.shell import Client, free_port, npm, token
from tests.e2e.stacks import stack
from tools.node import node_env

pytestmark = pytest.mark.slow

REPORTS = "/api/reports"
FIELDS = ["school:string{1..60}", "year:int{2000..2100}", "text:text?"]
KILLS = 5
WRITERS = 8
SEED = 20261125


@pytest.fixture(scope="module")
def service(run: Run, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A service with one resource that keeps files, built."""
    folder = tmp_path_factory.mktemp("files") / "school"
    for args, cwd in (
        (["new", str(folder), "--style", "libsql"], folder.parent),
        (["endpoint", "reports", *FIELDS, "--files", "reports/{school}/{year}"], folder),
    ):
        done = run(args, cwd)
        assert done.returncode == 0, done.stderr
    stack(folder).install()
    npm(folder, "run", "build")
    return folder


class Service:
    """A server that can be killed."""

    def __init__(self, folder: Path, **env: str) -> None:
        self.folder = folder
        port = free_port()
        self.url = f"http://127.0.0.1:{port}"
        self.process = subprocess.Popen(
            ["node", "node_modules/next/dist/bin/next", "start", "-p", str(port)],
            cwd=folder,
            env={**node_env(), "LOCAL_STACK": "1", **env},
            stdin=subprocess.DEVNULL,
            stdout=(folder / "server.log").open("ab"),
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )

    def ready(self) -> Service:
        """Waits until it answers."""
        for _ in range(200):
            try:
                if Client(self.url)("GET", "/api/health").status == 200:
                    return self
            except OSError:
                time.sleep(0.1)
        raise AssertionError((self.folder / "server.log").read_text()[-3000:])

    def kill(self) -> None:
        """Ends it without a chance to tidy up."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()


def files(folder: Path) -> dict[str, Any]:
    """What the files of rows hold, by their paths."""
    return {
        str(path.relative_to(folder / "data")): json.loads(path.read_text())
        for path in (folder / "data").rglob("*.json")
        if ".journal" not in path.parts
    }


def place(row: dict[str, Any]) -> str:
    """Where the file of a row belongs."""
    return f"reports/{row['school']}/{row['year']}/{row['id']}.json"


def test_rows_and_files_agree_after_each_kill(service: Path) -> None:
    dice = random.Random(SEED)
    server = Service(service).ready()
    left = 0
    for number in range(KILLS):
        name = f"user{number}"
        client = Client(server.url, token(service, name))
        made = [
            client("POST", REPORTS, {"school": "Ñandú", "year": 2000 + index}).json["data"]["id"]
            for index in range(WRITERS)
        ]
        end = threading.Event()

        def write(report: str, client: Client = client, end: threading.Event = end) -> None:
            count = 0
            while not end.is_set():
                count += 1
                body = {"school": f"school {count % 5}", "text": "x" * (count * 97 % 4000)}
                try:
                    client("PATCH", f"{REPORTS}/{report}", body)
                except (OSError, HTTPException):
                    return

        writers = [threading.Thread(target=write, args=(report,)) for report in made]
        for writer in writers:
            writer.start()
        time.sleep(0.1 + dice.random() / 3)
        server.kill()
        end.set()
        for writer in writers:
            writer.join()
        left += len(list((service / "data/.journal").glob("*.json")))

        server = Service(service).ready()
        rows = Client(server.url, token(service, name))("GET", f"{REPORTS}?limit=100").json
        expected = {place(row): row for row in rows["data"]["items"]}
        assert len(expected) == WRITERS
        kept = {path: row for path, row in files(service).items() if row["ownerId"] == name}
        assert kept == expected
        assert list((service / "data/.journal").glob("*.json")) == []
    server.kill()
    print(f"{left} of {KILLS} kills came between a row and its file")


def test_a_host_without_a_disk_is_told_at_start(service: Path, tmp_path: Path) -> None:
    (tmp_path / "wall").write_text("")
    for env in ({"VERCEL": "1"}, {"DATA_ROOT": str(tmp_path / "wall")}):
        settings = {"NEXTAUTH_SECRET": "x" * 44, "NEXTAUTH_URL": "http://localhost"}
        settings["DATABASE_URL"] = f"file:{tmp_path / 'service.db'}"
        server = Service(service, **settings, **env)
        assert server.process.wait(60) == 1
        said = (service / "server.log").read_text().splitlines()[-1]
        assert "rows are also files" in said
        assert any(word in said for word in ("VERCEL", "not writable"))


def test_an_edited_migration_is_refused(service: Path) -> None:
    copy = service / "migrations/reports/0001_create.sql"
    before = copy.read_text()
    copy.write_text(before + "\n-- edited\n")
    server = Service(service)
    try:
        client = Client(server.url)
        for _ in range(600):
            try:
                answer = client("GET", "/api/health")
                break
            except OSError:
                time.sleep(0.1)
        assert answer.status == 500
        assert "was changed after it was applied" in (service / "server.log").read_text()
        assert b"migrations" not in answer.body
    finally:
        server.kill()
        copy.write_text(before)


def test_what_is_private_stays_out_of_git(service: Path) -> None:
    done = subprocess.run(
        ["git", "status", "--porcelain", "--untracked-files=all"],
        cwd=service,
        capture_output=True,
        text=True,
        check=True,
    )
    assert "data/" not in done.stdout
