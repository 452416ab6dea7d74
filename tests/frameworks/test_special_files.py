"""A device or a named pipe in place of a file: it has no end, or nobody ever writes into it."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from tests.support.cases import call
from tests.support.folders import written

_NEXT = {
    "package.json": '{"dependencies": {"next": "16.4.5"}}',
    "tsconfig.json": "{}",
    "src/app/page.tsx": "",
}
_FASTAPI = {
    "requirements.txt": "fastapi\n",
    "app/__init__.py": "",
    "app/main.py": "from fastapi import FastAPI\n\napp = FastAPI()\n",
}


class Waits(BaseException):
    """No error that anybody handles."""


@pytest.mark.parametrize(
    ("files", "style", "path"),
    [
        *((_NEXT, "supabase", path) for path in (".copier-answers.yml", *_NEXT, "src/proxy.ts")),
        *((_FASTAPI, "fastapi", path) for path in (".copier-answers.yml", *_FASTAPI, "setup.py")),
        (_FASTAPI, "fastapi", "pyproject.toml"),
        (_FASTAPI, "fastapi", "app/db.py"),
        (_FASTAPI, "fastapi", "tests/conftest.py"),
    ],
)
def test_it_is_not_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, files: dict[str, str], style: str, path: str
) -> None:
    written(tmp_path, files)
    place = tmp_path / path
    place.unlink(missing_ok=True)
    place.parent.mkdir(parents=True, exist_ok=True)
    os.mkfifo(place)
    monkeypatch.chdir(tmp_path)

    def stop(*_: object) -> None:
        raise Waits(path)

    before = signal.signal(signal.SIGALRM, stop)
    signal.alarm(20)
    try:
        assert call(["endpoint", "notes", "--style", style, "--dry-run"]) in (0, 2)
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)
