"""Our import and our call go only if they are as `install` wrote them; every other byte stays."""

from __future__ import annotations

import pytest

from scaffold.frameworks.base import Application
from scaffold.frameworks.fastapi.install_call import install
from scaffold.frameworks.fastapi.leave import withdrawn

APPLICATION = Application("app/main.py", "app", "app", None)
MODULES = [
    "from fastapi import FastAPI\n\napp = FastAPI()\n",
    "from fastapi import FastAPI\n\napp = FastAPI()",
    "from fastapi import FastAPI\r\n\r\napp = FastAPI()\r\n",
    "\ufefffrom fastapi import FastAPI\n\napp = FastAPI()\n\n\n@app.get('/')\ndef root(): ...\n",
    "from fastapi import FastAPI\n\napp = FastAPI()\n\n\n@app.get('/')\ndef root(): ...\n\n\nx = 1\n",
    "import fastapi\n\n\ndef make():\n    app = fastapi.FastAPI()\n    return app\n",
    "from fastapi import FastAPI\n\ninstall = 1\napp = FastAPI()\n",
    '"""Ours."""\n\nfrom fastapi import FastAPI\nimport os\n\n\nclass A: ...\n\n\napp = FastAPI()\n',
]


@pytest.mark.parametrize("text", MODULES)
def test_the_module_is_what_it_was(text: str) -> None:
    done = install(text, "app.rest")
    assert done.text != text and not done.why
    # Only the line break at the end, which came with our call, may be more.
    rest = withdrawn(done.text, "app.rest", APPLICATION)
    assert rest in (text, f"{text}\n") and (rest == text or not text.endswith("\n"))


@pytest.mark.parametrize(
    "old, new",
    [
        ("install(app)", "install(app)  # ours"),
        ("install(app)", "if True:\n    install(app)"),
        ("install(app)", "install(app)\ninstall(app)"),
        ("import install", "import install, other"),
        ("install(app)\n", ""),
        ("app = FastAPI()", "app = ("),
    ],
)
def test_what_they_changed_stays(old: str, new: str) -> None:
    text = install(MODULES[0], "app.rest").text
    assert old in text
    assert withdrawn(text.replace(old, new), "app.rest", APPLICATION) is None


def test_their_lines_around_it_stay() -> None:
    text = install(MODULES[0], "app.rest").text + "\n\n@app.get('/')\ndef root(): ...\n"
    rest = withdrawn(text, "app.rest", APPLICATION)
    assert rest is None or rest == MODULES[0] + "\n\n@app.get('/')\ndef root(): ...\n"
