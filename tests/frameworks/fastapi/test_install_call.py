"""`install(app)` in a module of somebody else's: at the right place, once, and nothing else changed."""

from __future__ import annotations

import ast
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scaffold.frameworks.fastapi.install_call import Outcome, install, makes_application

IMPORT = "from app.rest import install\n"


def done(text: str, variable: str | None = None) -> str:
    result = install(text, "app.rest", variable)
    assert result.outcome is Outcome.DONE, result.why
    again = install(result.text, "app.rest", variable)
    assert again == (Outcome.THERE, result.text, "")
    return result.text


def refused(text: str, variable: str | None = None) -> str:
    result = install(text, "app.rest", variable)
    assert result.outcome is Outcome.CANNOT
    assert result.text == text
    return result.why


def test_behind_the_imports_and_the_application() -> None:
    text = "import os\nfrom fastapi import FastAPI\n\napp = FastAPI(\n    title='x',\n)\nx = 1\n"
    assert done(text) == (
        "import os\nfrom fastapi import FastAPI\n"
        + IMPORT
        + "\napp = FastAPI(\n    title='x',\n)\n"
        "install(app)\nx = 1\n"
    )


def test_behind_everything_that_is_registered() -> None:
    text = """\
from fastapi import FastAPI

app = FastAPI()
app.add_middleware(Gzip)
from .late import router
app.include_router(router)  # late
app.mount("/static", files)
Metrics().instrument(app).expose(app)
uvicorn.run(app)
other(thing)


@app.get("/")
def root():
    return {}


if __name__ == "__main__":
    uvicorn.run(app)
"""
    assert done(text) == text.replace("FastAPI\n\n", f"FastAPI\n\n{IMPORT}\n").replace(
        "    return {}\n", "    return {}\n\n\ninstall(app)\n"
    )


@pytest.mark.parametrize(
    "line",
    [
        'app.mount("/", StaticFiles(directory="static", html=True))',
        "app.mount('', files)",
        'app.add_api_route("/{path:path}", page)',
        '@app.get("/{path:path}")\ndef page(path): ...',
        "if static:\n    app.mount('/', files)",
    ],
)
def test_before_what_answers_every_path(line: str) -> None:
    text = f"from fastapi import FastAPI\napp = FastAPI()\napp.include_router(one)\n{line}\n"
    assert done(text) == text.replace("FastAPI\n", f"FastAPI\n\n{IMPORT}").replace(
        "(one)\n", "(one)\ninstall(app)\n"
    )


@pytest.mark.parametrize("word", ["def", "async def"])
def test_in_a_factory(word: str) -> None:
    text = f"""\
from fastapi import FastAPI

{word} create_app(debug=False) -> FastAPI:
\tapi: FastAPI = FastAPI(debug=debug)
\tif debug:
\t\tapi.include_router(one)
\t# the end
\treturn api

app = create_app()
"""
    changed = text.replace("FastAPI\n\n", f"FastAPI\n\n{IMPORT}\n").replace(
        "(one)\n", "(one)\n\tinstall(api)\n"
    )
    assert done(text) == changed
    assert done(text, "app") == changed
    assert done(text, "create_app") == changed


@pytest.mark.parametrize(
    ("start", "call"),
    [
        ("from fastapi import FastAPI as API", "API"),
        ("import fastapi", "fastapi.FastAPI"),
        ("import fastapi as web", "web.FastAPI"),
        ("from fastapi.applications import FastAPI", "FastAPI"),
        ("from fastapi import FastAPI; import os", "FastAPI"),
        ("from fastapi import FastAPI\nclass Shop(FastAPI): pass", "Shop"),
    ],
)
def test_spellings(start: str, call: str) -> None:
    assert done(f"{start}\napp = {call}()\n").endswith(f"\napp = {call}()\ninstall(app)\n")


@pytest.mark.parametrize(
    ("text", "head"),
    [
        ("def make():\n    from fastapi import FastAPI\n    a = FastAPI()\n    return a\n", IMPORT),
        (
            '"""Doc."""\n\ndef make():\n    from fastapi import FastAPI\n    a = FastAPI()\n    return a\n',
            '"""Doc."""\n' + IMPORT,
        ),
        (
            "#!/usr/bin/env python\n# coding: utf-8\ndef f():\n  import fastapi\n  a = fastapi.FastAPI()\n  return a",
            "#!/usr/bin/env python\n# coding: utf-8\n" + IMPORT,
        ),
    ],
)
def test_without_imports_at_the_top(text: str, head: str) -> None:
    assert done(text).startswith(head)


def test_a_taken_name_is_not_used_twice() -> None:
    text = "from fastapi import FastAPI\nfrom x import install\napp = FastAPI()\n"
    assert "from app.rest import install as install_rest\n" in done(text)
    assert done(text).endswith("install_rest(app)\n")


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
@pytest.mark.parametrize("last", [True, False])
def test_line_endings_and_marks_stay(end: str, mark: str, last: bool) -> None:
    lines = ["from fastapi import FastAPI", 's = """', '"""', "app = FastAPI()"]
    text = mark + end.join(lines) + end * last
    lines[1:1] = ["", IMPORT.strip()]
    assert done(text) == mark + end.join([*lines, "install(app)", ""])


@pytest.mark.parametrize(
    "line",
    [
        f"{IMPORT}install(app)",
        "from .rest import install as add\nadd(app)",
        "import app.rest\napp.rest.install(app)",
        "from . import rest\nrest.install(app)",
    ],
)
def test_already_there(line: str) -> None:
    text = f"from fastapi import FastAPI\napp = FastAPI()\n{line}\n"
    assert install(text, "app.rest") == (Outcome.THERE, text, "")


def test_an_import_without_its_call() -> None:
    text = f"from fastapi import FastAPI\n\n{IMPORT}app = FastAPI()\n"
    assert done(text) == text + "install(app)\n"


@pytest.mark.parametrize(
    ("body", "why"),
    [
        ("app = FastAPI(", "not valid Python, line 2"),
        ("app = FastAPI()\nother = FastAPI()", "more than one application, on lines 2 and 3"),
        ("app = make()", "makes no application"),
        ("app = FastAPI()\napp = Wrapped(app)", "set again on line 3"),
        ("app = Wrapped(FastAPI())", "neither a variable"),
        ("if debug:\n    app = FastAPI()", "neither a variable"),
        ("def make():\n    return FastAPI()", "does not end with one `return`"),
        ("def make(a):\n    if a: return None\n    x = FastAPI()\n    return x", "one `return`"),
        ("def make():\n    x = FastAPI(); return x", "other statements"),
        ("class Site:\n    app = FastAPI()", "neither a variable"),
        ("app = FastAPI() \\\n\nx = 1", "put after"),
        ("app = FastAPI()\n\0", "not valid Python"),
    ],
)
def test_where_it_is_not_safe(body: str, why: str) -> None:
    assert re.search(why, refused(f"from fastapi import FastAPI\n{body}\n"))


def test_of_two_applications_the_named_one() -> None:
    text = "from fastapi import FastAPI\nadmin = FastAPI()\napp = FastAPI()\nadmin.get('/')\n"
    assert "app = FastAPI()\ninstall(app)\n" in done(text, "app")
    assert done(text, "admin").endswith("install(admin)\n")
    assert "does not know" in refused(text, "shop")
    assert "does not know" in refused("from x import make\napp = make()\n", "app")


def test_whether_a_module_makes_an_application() -> None:
    assert makes_application("import fastapi\nx = fastapi.FastAPI()")
    assert makes_application("FastAPI( ")
    assert not makes_application("# FastAPI()\nx = 1")
    promised = (
        "from fastapi import FastAPI\nfrom x import App\ndef make() -> FastAPI:\n    return App()\n"
    )
    assert makes_application(promised + "app = make()")
    assert not makes_application(promised)
    assert not makes_application("from x import FastAPI\nFastAPI()")


NAMES = st.sampled_from(["app", "api", "application", "install", "x"])
COMMENT = st.sampled_from(["", "  # comment", "  # FastAPI()", "  # é 🏥"])
FILLER = st.sampled_from(
    [
        "x1 = 1",
        "# app = FastAPI()",
        "",
        '"""app = FastAPI()\n\n    text"""',
        "if True:\n    y1 = (\n        1,\n    )",
        "try:\n    import nothing\nexcept ImportError:\n    nothing = None",
        "@decorator\n@other(1)\ndef helper():\n    return FastAPI",
        "class Thing:\n    app = 1",
        "z1 = 1; z2 = 2",
        "s1 = 'a' \\\n    'b'",
        "for i1 in range(2):\n    pass",
        "\f",
    ]
)
USES = st.sampled_from(
    [
        "{app}.include_router(router)",
        "{app}.add_middleware(\n    Thing,\n    option=1,\n)",
        '@{app}.get("/x")\nasync def route():\n    return {{}}',
        '@{app}.exception_handler(ValueError)\n@decorator\ndef route(): return """\n  """',
        'if True:\n    {app}.mount("/static", files)',
        "for one in []:\n    {app}.include_router(one)",
        '{app}.mount("/", files)',
        "{app}.state.x = 1",
    ]
)
IMPORTS = st.sampled_from(
    [
        "import os",
        "from typing import (\n    Any,\n)",
        "import x.y as xy; import json",
        "from . import a",
    ]
)


@st.composite
def modules(draw: Any) -> tuple[str, str]:
    """A module that makes one application, and the application's name."""
    app = draw(NAMES)
    lines = [*draw(st.lists(FILLER, max_size=2)), *draw(st.lists(IMPORTS, max_size=3))]
    lines += ["from fastapi import FastAPI" + draw(COMMENT), *draw(st.lists(FILLER, max_size=3))]
    made = draw(
        st.sampled_from(["{app} = FastAPI()", "{app}: FastAPI = FastAPI(\n    debug=True,\n)"])
    )
    body = [made.format(app=app) + draw(COMMENT)]
    for use in draw(st.lists(st.one_of(FILLER, USES), max_size=6)):
        body.append(use.format(app=app) if "{app}" in use else use)
    if draw(st.booleans()):
        indent = draw(st.sampled_from(["    ", "\t", " "]))
        body = [f"{draw(st.sampled_from(['def', 'async def']))} make(debug=False):"] + [
            # Lines inside of strings are not lines of code, and take the indent all the same.
            "\n".join(indent + line if line.strip() else line for line in item.split("\n"))
            for item in [*body, f"return {app}" + draw(COMMENT)]
        ]
    lines += [*body, *draw(st.lists(FILLER, max_size=2))]
    end = draw(st.sampled_from(["\n", "\r\n"]))
    text = "\n".join(lines) + draw(st.sampled_from(["", "\n", "\n\n"]))
    return draw(st.sampled_from(["", "\ufeff"])) + text.replace("\n", end), app


@given(modules())
def test_any_module_gets_exactly_two_statements(made: tuple[str, str]) -> None:
    text, app = made
    try:
        ast.parse(text.removeprefix("\ufeff"))
    except SyntaxError:
        assert install(text, "shop.rest").outcome is Outcome.CANNOT
        return
    result = install(text, "shop.rest")
    assert result.outcome is Outcome.DONE, (result.why, text)
    tree = ast.parse(result.text.removeprefix("\ufeff"))
    name = "install_rest" if app == "install" else "install"
    calls = [ast.unparse(node) for node in ast.walk(tree) if isinstance(node, ast.Call)]
    assert [call for call in calls if call.startswith(f"{name}(")] == [f"{name}({app})"]
    # The user's lines are all there, in their order, and ours are no part of any.
    rest = iter(result.text.splitlines(keepends=True))
    for line in text.splitlines(keepends=True):
        assert any(line == one or one.rstrip("\r\n") == line for one in rest), line
    assert len(result.text) > len(text)
    if "\r\n" in text:
        assert result.text.count("\n") == result.text.count("\r\n")
    assert install(result.text, "shop.rest") == (Outcome.THERE, result.text, "")


@pytest.mark.parametrize("call", ["app.mount('/in', inner)", "app.mount(path='/in', app=inner)"])
def test_of_two_applications_the_outer_one(call: str) -> None:
    text = f"from fastapi import FastAPI\ninner = FastAPI()\napp = FastAPI()\n{call}\n"
    assert done(text).endswith(f"{call}\ninstall(app)\n")
