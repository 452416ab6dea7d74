import re
import time
from pathlib import Path

import pytest

from scaffold.frameworks.fastapi.routes import Found, routes_of

HEAD = "from fastapi import APIRouter, FastAPI\n"


def read(folder: Path, files: dict[str, str], module: str = "app/main.py") -> list[Found]:
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, "utf-8")
    return routes_of(folder, module)


def paths(folder: Path, files: dict[str, str]) -> list[str]:
    return [found.path for found in read(folder, files) if not found.opaque]


@pytest.mark.parametrize(
    ("body", "found"),
    [
        ("@app.get('/a')\ndef a(): ...", ["/a"]),
        ("@app.api_route('/a', methods=['POST'])\nasync def a(): ...", ["/a"]),
        ("app.add_api_route('/a', f, methods=['GET'])", ["/a"]),
        ("app.add_api_route(path='/a', endpoint=f)", ["/a"]),
        ("app.get('/a')(f)", ["/a"]),
        ("V = '/v1'\n@app.get(f'{V}/a')\ndef a(): ...", ["/v1/a"]),
        ("V = '/v1'\n@app.get(V + '/a')\ndef a(): ...", ["/v1/a"]),
        ("r = APIRouter(prefix='/x')\n@r.get('')\ndef a(): ...\napp.include_router(r)", ["/x"]),
        (
            "r = APIRouter()\ns = APIRouter(prefix='/s')\ns.get('/a')(f)\nr.include_router(s, prefix='/r')\n"
            "app.include_router(r, prefix='/api')",
            ["/api/r/s/a"],
        ),
        (
            "r = APIRouter(prefix='/x')\nr.get('/a')(f)\nfor one in (r,):\n    app.include_router(one)",
            ["/x/a"],
        ),
        ("if DEBUG:\n    app.get('/a')(f)", ["/a"]),
        ("class S:\n    V: str = '/v1'\ns = S()\napp.get(s.V)(f)", ["/v1"]),
        ("def add(app):\n    app.get('/a')(f)\nadd(app)", ["/a"]),
        ("app.mount('/static/', x)", ["/static"]),
    ],
)
def test_routes_of_one_module(tmp_path: Path, body: str, found: list[str]) -> None:
    assert paths(tmp_path, {"app/main.py": f"{HEAD}app = FastAPI()\n{body}\n"}) == found


ROUTER = f"{HEAD}router = APIRouter(prefix='/items')\n\n@router.post('/')\ndef a(): ...\n"


@pytest.mark.parametrize(
    "importing",
    [
        "from app.api.items import router as r",
        "from app.api import items\nr = items.router",
        "from .api import items\nr = items.router",
        "from .api.items import router as r",
        "import app.api.items as items\nr = items.router",
        "import app.api.items\nr = app.api.items.router",
    ],
)
def test_routers_of_other_modules(tmp_path: Path, importing: str) -> None:
    files = {
        "app/main.py": f"{HEAD}{importing}\nmain = FastAPI()\nmain.include_router(r, prefix='/v1')\n",
        "app/api/items.py": ROUTER,
    }
    assert read(tmp_path, files) == [Found("/v1/items/", ("POST",), "app/api/items.py", 4)]


def test_a_factory_and_settings(tmp_path: Path) -> None:
    files = {
        "src/shop/main.py": "from fastapi import FastAPI\nfrom shop.config import settings\n"
        "from shop.api import router\n\ndef create_app() -> FastAPI:\n    app = FastAPI()\n"
        "    app.include_router(router, prefix=settings.API)\n    return app\n",
        "src/shop/config.py": "class Settings(BaseSettings):\n    API: str = '/v1'\n\nsettings = Settings()\n",
        "src/shop/api/__init__.py": "from .items import router as router\n",
        "src/shop/api/items.py": ROUTER,
    }
    found = read(tmp_path, files, "src/shop/main.py")
    assert [route.path for route in found] == ["/v1/items/"]


@pytest.mark.parametrize(
    ("body", "path"),
    [
        ("app.include_router(x.router, prefix='/auth')", "/auth"),
        ("app.include_router(APIRouter(), prefix=os.environ['A'])", ""),
        ("app.get(os.environ['A'])(f)", ""),
        ("for one in every():\n    app.include_router(one, prefix='/v1')", "/v1"),
        ("app = FastAPI(routes=[Mount('/', x)])", ""),
    ],
)
def test_what_cannot_be_read(tmp_path: Path, body: str, path: str) -> None:
    found = read(tmp_path, {"app/main.py": f"{HEAD}app = FastAPI()\n{body}\n"})
    assert [(route.path, route.opaque) for route in found] == [(path, True)]


@pytest.mark.parametrize(
    "text",
    [
        "app = FastAPI(\n",
        "app = " + "(" * 5000,
        "app = FastAPI()\n" + "x = " + "1+" * 20000 + "1\n",
        "app = FastAPI()\napp.include_router(app)\n",
        "app = FastAPI()\nx = ['a']\n" + "x = x + x\n" * 60 + "y = 'a'\n" + "y = y + y\n" * 60,
        "def f():\n    return f()\napp = f()\n",
        "app = FastAPI()\nr = APIRouter()\n"
        + "".join(
            f"s{i} = APIRouter()\n" + f"s{i}.include_router({'r' if not i else f's{i - 1}'})\n" * 2
            for i in range(40)
        )
        + "app.include_router(s39)\n",
        "from app.main import *\nfrom app.main import app\n",
        "\0",
    ],
    ids=range(9),
)
def test_hostile_modules_end_soon(tmp_path: Path, text: str) -> None:
    start = time.perf_counter()
    read(tmp_path, {"app/main.py": HEAD + text})
    assert time.perf_counter() - start < 3


def test_a_mounted_application_is_not_another(tmp_path: Path) -> None:
    body = "app = FastAPI()\nsub = FastAPI()\nsub.get('/a')(f)\napp.mount('/sub', sub)\n"
    found = read(tmp_path, {"app/main.py": HEAD + body})
    assert [(route.path, route.mount) for route in found] == [("/sub", True)]


def test_our_package_and_links_that_lead_out_are_not_read(tmp_path: Path) -> None:
    project = tmp_path / "project"
    outside = tmp_path / "outside.py"
    outside.write_text(ROUTER, "utf-8")
    (project / "app").mkdir(parents=True)
    (project / "app/linked.py").symlink_to(outside)
    body = "from app.linked import router\napp = FastAPI()\napp.include_router(router)\n"
    assert [route.opaque for route in read(project, {"app/main.py": HEAD + body})] == [True]
    files = {
        "app/main.py": f"{HEAD}from app.rest import install\napp = FastAPI()\ninstall(app)\n",
        "app/rest/__init__.py": "def install(app):\n    app.get('/ours')(f)\n",
    }
    assert paths(project, files) == ["/ours"]
    assert routes_of(project, "app/main.py", without="app/rest") == []


@pytest.mark.parametrize(
    ("body", "late"),
    [
        ("get('/a')\ninstall(app)\nget('/b')", [False, True]),
        ("from app import rest\nget('/a')\nrest.install(app)\nget('/b')", [False, True]),
        ("def add(one):\n    get('/a')\n    install(one)\nadd(app)\nget('/b')", [False, True]),
        ("install = print\nget('/a')\ninstall(app)", [None]),
        ("inner = FastAPI()\nget('/a')\ninstall(inner)\napp.mount('/b', inner)", [None, None]),
    ],
)
def test_routes_before_ours_and_after(tmp_path: Path, body: str, late: list[bool | None]) -> None:
    head = f"{HEAD}from .rest import install\napp = FastAPI()\n"
    text = head + re.sub(r"get\('(.*?)'\)", r"app.get('\1')(f)", body) + "\n"
    (tmp_path / "app").mkdir()
    (tmp_path / "app/main.py").touch()
    found = routes_of(tmp_path, "app/main.py", without="app/rest", text=text)
    assert [route.late for route in found] == late
