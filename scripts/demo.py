"""`make demo`: an app of create-next-app, an endpoint in it, checked, built, started and called.

What it made stays in `demo/`.
"""

from __future__ import annotations

import json
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from tools.node import node_env  # noqa: E402

DEMO = ROOT / "demo"
APP = DEMO / "shop"
CREATE = ["npx", "--yes", "create-next-app@16.4.3", "shop", "--api", "--ts", "--app", "--src-dir"]
CREATE += ["--import-alias", "@/*", "--use-npm", "--skip-install", "--disable-git", "--yes"]
ENDPOINT = [
    "scaffold",
    "endpoint",
    "assessments",
    "title:string{1..200}",
    "score:decimal{0..100}?",
    "status:enum(draft,published)+=draft",
    "due:date?",
    "--style",
    "supabase",
]
STEPS: tuple[tuple[str, list[str], Path], ...] = (
    ("An app, as Next.js makes it", CREATE, DEMO),
    ("One command adds the endpoint", ENDPOINT, APP),
    ("Its packages", ["npm", "install"], APP),
    ("The migration", ["npm", "run", "db:generate"], APP),
    ("Types", ["npm", "run", "typecheck"], APP),
    ("The tests that came with the endpoint", ["npm", "test"], APP),
    ("The production build", ["npm", "run", "build"], APP),
)
LOCAL = {"LOCAL_STACK": "1"}


class Failure(Exception):
    """A step that did not do what it should."""


def main() -> int:
    """Run all steps; 1 and the step's name on standard error where one fails."""
    began = time.monotonic()
    env = node_env()
    env["PATH"] = f"{Path(sys.executable).parent}:{env['PATH']}"
    shutil.rmtree(DEMO, ignore_errors=True)
    DEMO.mkdir()
    name = ""
    try:
        for number, (name, command, folder) in enumerate(STEPS, 1):
            heading(number, name)
            run(command, folder, env)
        name = "Start it and call it"
        heading(len(STEPS) + 1, name)
        call(env)
    except Failure as error:
        print(f"\nThe demo stopped at the step “{name}”: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print(f"\nInterrupted at the step “{name}”", file=sys.stderr)
        return 130
    print(f"""
Done in {time.monotonic() - began:.0f} seconds. Look at
  demo/shop/src/app/api/assessments/         the routes
  demo/shop/src/resources/assessments/       validation and queries
  demo/shop/src/db/schema/assessments.ts     the table and its policies
  demo/shop/.copier-answers.yml              what scaffold knows of the app
and try `cd demo/shop`, then `../../.venv/bin/scaffold status`.""")
    return 0


def heading(number: int, name: str) -> None:
    print(f"\n━━ {number}/{len(STEPS) + 1}  {name}", flush=True)


def run(command: list[str], folder: Path, env: Mapping[str, str]) -> None:
    """Run one command in sight."""
    where = "" if folder == DEMO else f"{folder.relative_to(DEMO)} "
    print(f"{where}$ {shlex.join(command)}", flush=True)
    began = time.monotonic()
    try:
        done = subprocess.run(command, cwd=folder, env=env, stdin=subprocess.DEVNULL)
    except OSError as error:
        raise Failure(f"`{command[0]}` cannot be run: {error}") from error
    if done.returncode:
        raise Failure(f"`{shlex.join(command)}` ended with {done.returncode}")
    print(f"   ({time.monotonic() - began:.1f} s)", flush=True)


def call(env: Mapping[str, str]) -> None:
    """Start the built app and show what it answers."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with server(port, {**env, **LOCAL}) as base:
        print("shop $ npm run -s token -- --sub alice", flush=True)
        minted = subprocess.run(
            ["npm", "run", "-s", "token", "--", "--sub", "alice"],
            cwd=APP,
            env={**env, **LOCAL},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            text=True,
        )
        if minted.returncode or not minted.stdout.strip():
            raise Failure("no token could be made")
        token = minted.stdout.split()[-1]
        print(f"{token[:20]}…{token[-8:]}", flush=True)
        url = f"{base}/api/assessments"
        show("Create", 201, url, token, {"title": "Algebra", "score": 87.5, "due": "2027-01-31"})
        show("List", 200, url, token)
        show("No token", 401, url, None)
        show("A body that breaks a rule", 400, url, token, {"title": "", "score": 101})


@contextmanager
def server(port: int, env: Mapping[str, str]) -> Iterator[str]:
    """The app's address while it is up."""
    command = f"node node_modules/next/dist/bin/next start -H 127.0.0.1 -p {port}"
    print(f"shop $ LOCAL_STACK=1 {command} &", flush=True)
    process = subprocess.Popen(
        command.split(), cwd=APP, env=env, stdin=subprocess.DEVNULL, start_new_session=True
    )
    base = f"http://127.0.0.1:{port}"
    try:
        end = time.monotonic() + 60
        while not up(f"{base}/api/health"):
            if process.poll() is not None:
                raise Failure(f"the server ended with {process.returncode}")
            if time.monotonic() > end:
                raise Failure("the server did not answer within a minute")
            time.sleep(0.2)
        yield base
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        print("\nThe server is stopped.", flush=True)


def up(url: str) -> bool:
    try:
        with urlopen(url, timeout=10) as answer:
            return bool(answer.status == 200)
    except (URLError, OSError):
        return False


def show(
    title: str, expected: int, url: str, token: str | None, body: Mapping[str, object] | None = None
) -> None:
    """Send one request and print it, as one would type it, with the answer."""
    shown = ["curl", "-i", url]
    headers = {}
    if token:
        headers["Authorization"] = f"Bearer {token}"
        shown += ["-H", "Authorization: Bearer $TOKEN"]
    data = None
    if body is not None:
        headers["Content-Type"] = "application/json"
        text = json.dumps(body)
        data = text.encode()
        shown += ["-H", "Content-Type: application/json", "-d", text]
    line = shlex.join(shown).replace(
        "'Authorization: Bearer $TOKEN'", '"Authorization: Bearer $TOKEN"'
    )
    print(f"\n{title}\n$ {line}", flush=True)
    request = Request(url, data=data, headers=headers)
    try:
        with urlopen(request, timeout=30) as answer:
            status, reason, raw = answer.status, answer.reason, answer.read()
    except HTTPError as error:
        status, reason, raw = error.code, error.reason, error.read()
    except (URLError, OSError) as error:
        raise Failure(f"no answer: {error}") from error
    try:
        pretty = json.dumps(json.loads(raw), indent=2, ensure_ascii=False)
    except ValueError:
        pretty = raw.decode(errors="replace")
    print(f"HTTP {status} {reason}\n{pretty}", flush=True)
    if status != expected:
        raise Failure(f"`{title}` was answered with {status} and not {expected}")


if __name__ == "__main__":
    sys.exit(main())
