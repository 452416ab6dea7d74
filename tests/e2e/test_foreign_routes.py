"""Routes of a FastAPI application that we did not make answer as before, to the byte; ours keep the contract."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Run
from tests.e2e.stacks import stack
from tests.support import asgi_answers, packages
from tests.support.days import SOAK
from tests.support.projects import commands
from tools.source import commit, git

pytestmark = pytest.mark.slow

MAIN = '''\
"""A shop, with what FastAPI applications have."""

from contextlib import asynccontextmanager
from typing import Annotated

from fastapi import Depends, FastAPI, HTTPException, Request, Response, WebSocket
from fastapi.middleware.cors import CORSMiddleware
from fastapi.responses import JSONResponse, PlainTextResponse
from fastapi.staticfiles import StaticFiles
from starlette.exceptions import HTTPException as AnyHTTPException

import items


@asynccontextmanager
async def lifespan(app: FastAPI):
    app.state.settings = {"stock": 3}
    app.state.database = "theirs"
    yield {"till": "open"}


async def tagged(request: Request, response: Response):
    if "x-lose" in request.headers:
        raise LookupError("everything")
    response.headers["X-Everywhere"] = "1"


app = FastAPI(title="Shop", lifespan=lifespan, dependencies=[Depends(tagged)], ARGUMENTS)
app.add_middleware(CORSMiddleware, allow_origins=["https://shop.example"], allow_methods=["*"])


@app.middleware("http")
async def stamped(request: Request, call_next):
    request.state.request_id = "theirs"
    response = await call_next(request)
    response.headers["X-Shop"] = request.state.request_id
    return response


@app.exception_handler(LookupError)
async def missing(request: Request, error: LookupError) -> JSONResponse:
    return JSONResponse({"missing": str(error)}, 404)


@app.exception_handler(AnyHTTPException)
async def refused(request: Request, error: AnyHTTPException) -> JSONResponse:
    return JSONResponse({"shop": error.detail}, error.status_code, error.headers)


def price() -> int:
    return 1


app.dependency_overrides[price] = lambda: 2
app.include_router(items.router)
app.include_router(items.router, prefix="/v2")


@app.get("/")
async def root(request: Request):
    return [request.app.state.settings, request.app.state.database, request.state.till]


@app.get("/price")
async def priced(amount: Annotated[int, Depends(price)], number: int = 1):
    return amount * number


@app.get("/tea")
async def tea():
    raise HTTPException(418, {"tea": "pot"}, headers={"X-Tea": "1", "Retry-After": "7"})


@app.get("/lost")
async def lost():
    raise LookupError("lost")


@app.get("/broken")
async def broken():
    raise RuntimeError("a secret")


@app.get("/where")
async def where(request: Request):
    return [str(request.url_for("tea")), str(request.url_for("one", item_id=7))]


@app.post("/echo")
async def echo(body: dict[str, int]):
    return body


@app.api_route("/any", methods=["PUT", "OPTIONS", "TRACE"], include_in_schema=False)
async def anything():
    return "any"


@app.get("/api/v1/assessments-of-theirs")
async def near():
    return "near"


@app.delete("/api/v1/{kind}/{item_id}/parts")
async def parts(kind: str, item_id: int):
    return [kind, item_id]


@app.get("/api/v1")
async def version():
    return 1


@app.websocket("/api/v1/talk")
async def talk(socket: WebSocket):
    await socket.accept()
    await socket.send_text((await socket.receive_text()).upper())
    await socket.close()


inner = FastAPI()


@inner.get("/hello")
async def hello(request: Request):
    return str(request.url_for("hello"))


app.mount("/api/v1/inner", inner)
app.mount("/static", StaticFiles(directory="public"))
'''
ITEMS = """\
from fastapi import APIRouter

router = APIRouter(prefix="/api/v1/items", tags=["items"])


@router.get("/")
async def every():
    return ["a", "b"]


@router.get("/{item_id}")
async def one(item_id: int):
    return item_id


@router.post("/", status_code=201)
async def add(name: str):
    return name
"""
Asked = tuple[str, str, dict[str, str], str]
# What a host's application has, and its last route.
DOCUMENT = "/api/v1/openapi.json"
HOSTS = {
    "no redirects, and a document below the prefix": (
        f'redirect_slashes=False, openapi_url="{DOCUMENT}"',
        "",
    ),
    "a health check": (
        "",
        """

@app.get("/api/v1/health")
async def health():
    return "fine"
""",
    ),
    "a page for every path": (
        "",
        """

@app.get("/{path:path}")
async def page(path: str):
    return PlainTextResponse("page " + path)
""",
    ),
    "files for every path": (
        "",
        """

app.mount("/", StaticFiles(directory="public", html=True))
""",
    ),
}
ORIGIN = {"Origin": "https://shop.example"}
ASKED: list[Asked] = [
    *(
        (method, path, {}, "")
        for path in (
            "/api/v1/items",
            "/api/v1/items/",
            "/api/v1/items/7",
            "/api/v1/items/x",
            "/v2/api/v1/items/",
            "/api/v1/nowhere",
            "/api/v1/assessments-of-theirs",
            "/nowhere",
        )
        for method in ("GET", "DELETE", "OPTIONS", "HEAD")
    ),
    *(
        ("GET", path, {}, "")
        for path in (
            *("/", "/price", "/price?number=3", "/price?number=x", "/tea", "/lost", "/broken"),
            *("/where", "/any", "/api/v1", "/api/v1/", "/api/v1/things/7/parts", "/docs", "/redoc"),
            *("/api/v1/inner/hello", "/api/v1/inner", "/api/v1/inner/x", "/static/a.txt"),
            *("/static/x", "/static", "//", "/api", "/api/", "/api//v1/items/", "/api/v1/talk"),
            *("/root|/where", "/root|/api/v1/items", "/root|/nowhere", "/root|/api/v1/inner/hello"),
        )
    ),
    ("POST", "/api/v1/items/?name=a", {}, ""),
    ("POST", "/api/v1/items?name=a", {}, ""),
    ("POST", "/api/v1/items/", {}, ""),
    ("PUT", "/any", {}, ""),
    ("OPTIONS", "/any", {}, ""),
    ("TRACE", "/any", {}, ""),
    ("PURGE", "/any", {}, ""),
    *((method, DOCUMENT, {}, "") for method in ("POST", "OPTIONS")),
    ("DELETE", "/api/v1/things/7/parts", {}, ""),
    ("POST", "/echo", {"Content-Type": "application/json"}, '{"a": 1}'),
    ("POST", "/echo", {"Content-Type": "application/json"}, '{"a":'),
    ("POST", "/echo", {"Content-Type": "text/plain"}, "a"),
    ("GET", "/price", ORIGIN, ""),
    ("GET", "/nowhere", {**ORIGIN, "Accept-Encoding": "gzip", "X-Request-Id": "7"}, ""),
    ("OPTIONS", "/price", {**ORIGIN, "Access-Control-Request-Method": "GET"}, ""),
    ("WS", "/api/v1/talk", {}, "hello"),
    ("WS", "/api/v1/nowhere", {}, "hello"),
]
OURS: list[Asked] = [
    ("GET", "/api/v1/assessments", {}, ""),
    ("POST", "/api/v1/assessments", {"Content-Length": "99999999"}, ""),
    ("TRACE", "/api/v1/assessments", {}, ""),
    ("OPTIONS", "/api/v1/assessments", {}, ""),
    ("OPTIONS", "/root|/api/v1/assessments/x", {}, ""),
    ("GET", "/api/v1/assessments", {"X-Lose": "1"}, ""),
]
ENDPOINT = ["endpoint", "assessments", "title:string{1..200}", "score:decimal{0..100}?"]


# Other versions than those of our own services: the oldest that the code runs with.
OLDEST = {"fastapi": "0.115.0", "starlette": "0.38.6", "pydantic": "2.7.0"}
VERSIONS = {"newest": {}, **({"oldest": OLDEST} if SOAK else {})}


@pytest.fixture(scope="module")
def words(run: Run, tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """What a service of our own needs: its environment is there already."""
    folder = tmp_path_factory.mktemp("words") / "service"
    assert run(["new", str(folder), "--style", "fastapi"], folder.parent).returncode == 0
    return packages.requirements(folder)


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("host", HOSTS)
def test_their_answers_stay_to_the_byte(
    host: str, version: str, words: set[str], run: Run, tmp_path: Path
) -> None:
    python = packages.python(_other(words, VERSIONS[version]))
    project = _host(tmp_path / "shop", host)
    asked = list(ASKED)
    if host == "a health check":
        asked += [(method, "/api/v1/health", {}, "") for method in ("GET", "POST", "OPTIONS")]
    url = DOCUMENT if DOCUMENT in HOSTS[host][0] else "/openapi.json"
    document: Asked = ("GET", url, {}, "")
    *before, theirs = _answers(python, project, [*asked, document])
    done = run([*ENDPOINT, "--style", "fastapi"], project)
    assert done.returncode == 0, done.stderr
    *after, both = _answers(python, project, [*asked, *OURS, document])
    differ = [
        f"{request[:3]}\n  before {old}\n  after  {new}"
        for request, old, new in zip(asked, before, after, strict=False)
        if old != new
    ]
    assert not differ, "\n".join(differ)
    _ours(after[len(asked) :])
    _documented(json.loads(theirs[1]["body"]), json.loads(both[1]["body"]))


def _ours(answers: list[list[dict[str, Any]]]) -> None:
    """Ours have all that answers of the API share, whatever the application has."""
    heads = [dict(answer[0]["headers"]) for answer in answers]
    statuses = [answer[0]["status"] for answer in answers]
    assert statuses == [401, 413, 405, 204, 204, 404]
    for head in heads[:-1]:
        assert head["x-frame-options"] == "DENY"
        assert len(head["x-request-id"]) == 36
        # Theirs surrounds ours, too.
        assert head["x-shop"] == "theirs"
    assert [head.get("allow") for head in heads[2:5]] == [
        *["OPTIONS, GET, POST"] * 2,
        "OPTIONS, DELETE, GET, PATCH, PUT",
    ]
    # A handler of theirs is there for what a dependency of theirs raises.
    assert answers[-1][1]["body"] == '{"missing":"everything"}'


def _documented(theirs: dict[str, Any], both: dict[str, Any]) -> None:
    """Their document says of their routes what it said, and has ours, too."""
    assert both["info"] == theirs["info"]
    assert both["paths"] == {**both["paths"], **theirs["paths"]}
    schemas = both["components"]["schemas"]
    assert schemas == {**schemas, **theirs["components"]["schemas"]}
    assert {"/tea", "/api/v1/assessments", "/api/v1/assessments/{id}"} <= both["paths"].keys()
    post = both["paths"]["/api/v1/assessments"]["post"]["responses"]
    error = {"application/json": {"schema": {"$ref": "#/components/schemas/ErrorBody"}}}
    assert post["409"]["content"] == error
    assert "ErrorBody" in schemas


def test_ours_keep_the_contract_in_their_application(
    words: set[str], run: Run, tmp_path: Path
) -> None:
    project = _host(tmp_path / "shop", "files for every path")
    for command in commands("editor"):
        style = ["--style", "fastapi", "--local-stack"] if command[0] == "endpoint" else []
        done = run([*command, *style], project)
        assert done.returncode == 0, (command, done.stderr)
    packages.seed_python(project, words)
    ours = stack(project)
    with ours.serve() as url:
        ours.contract(url)


def _other(words: set[str], versions: Mapping[str, str]) -> set[str]:
    """The words with other versions of some packages."""
    names = {word.partition("==")[0]: word for word in words}
    return {*(names | {name: f"{name}=={version}" for name, version in versions.items()}).values()}


def _host(project: Path, host: str) -> Path:
    arguments, last = HOSTS[host]
    files = {
        "main.py": MAIN.replace("ARGUMENTS", arguments) + last,
        "items.py": ITEMS,
        "public/a.txt": "a\n",
        "public/index.html": "<h1>Shop</h1>\n",
        "requirements.txt": "fastapi\nuvicorn\n",
        ".gitignore": "__pycache__\n.data\n.venv\n",
    }
    for path, text in files.items():
        file = project / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    git(project, "init", "--quiet", "--initial-branch=main")
    commit(project, "Shop")
    return project


def _answers(python: Path, project: Path, asked: Sequence[object]) -> Any:
    """What the application in main.py answers, in a process of its own."""
    done = subprocess.run(
        [python, "-B", asgi_answers.__file__, "main"],
        cwd=project,
        input=json.dumps(asked),
        env={"PATH": os.environ["PATH"], "LOG_LEVEL": "silent", "PYTHONHASHSEED": "0"},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout)
