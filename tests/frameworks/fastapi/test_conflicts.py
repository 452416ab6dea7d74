from pathlib import Path

import pytest

from tests.support.cases import Case, call, prepare

MAIN = "from fastapi import APIRouter, FastAPI\n\nr = APIRouter()\napp = FastAPI()\n"


def endpoint(folder: Path, monkeypatch: pytest.MonkeyPatch, main: str, *, dry: bool = True) -> int:
    (folder / "app").mkdir()
    (folder / "app/__init__.py").touch()
    (folder / "app/main.py").write_text(MAIN + main, "utf-8")
    (folder / "requirements.txt").write_text("fastapi==0.165.0\n", "utf-8")
    monkeypatch.chdir(folder)
    return call(["endpoint", "grades", "--style", "fastapi", *["--dry-run"] * dry])


@pytest.mark.parametrize(
    ("main", "said"),
    [
        ("app.get('/api/v1/grades/{grade_id:int}')(f)", "has `/api/v1/grades/{grade_id:int}`"),
        ("app.put('/api/v1/{kind}/{id}')(f)", "answers before ours with `/api/v1/{kind}/{id}`"),
        ("app.mount('/api', x)", "mounts `/api`"),
        (
            "r.get('/{p:path}')(f)\napp.include_router(r)",
            "make it a route of the application itself",
        ),
        ("def pages(a):\n    a.mount('/', x)\npages(app)", "`app/main.py:6` mounts `/`"),
        ("app.router.mount('/', x)\napp.include_router(r)", "`app/main.py:5` mounts `/`"),
        ("ALL = '/{p:path}'\napp.get(ALL)(f)", "before ours with `/{p:path}`"),
    ],
)
def test_what_is_refused(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
    main: str,
    said: str,
) -> None:
    assert endpoint(tmp_path, monkeypatch, main) == 2
    assert said in capfd.readouterr().err


@pytest.mark.parametrize(
    "main",
    [
        "app.get('/api/v1/grades/export')(f)",
        "app.get('/api/v1/{number:int}')(f)",
        "app.patch('/api/v1/{kind}')(f)",
        "app.get('/{p:path}')(f)",
        "app.mount('/', x)",
        "app.mount('/', x)\napp.include_router(r)",
        "if PAGES:\n    app.mount('/', x)\n",
        "app.mount('/static', x)",
        "app.websocket('/api/v1/grades')(f)",
    ],
)
def test_what_can_stand_together(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, main: str
) -> None:
    assert endpoint(tmp_path, monkeypatch, main) == 0


def test_a_file_of_theirs_in_our_package(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    project = prepare(Case("fastapi", {}), tmp_path, tmp_path)
    monkeypatch.chdir(project)
    assert call(["endpoint", "grades", "--style", "fastapi"]) == 0
    (project / "app/rest/services/marks.py").write_text("x = 1\n", "utf-8")
    (project / "app/late.py").write_text(
        "from fastapi import APIRouter\nr = APIRouter()\n", "utf-8"
    )
    assert call(["endpoint", "marks"]) == 2
    assert "`app/rest/services/marks.py` is yours" in capfd.readouterr().err
    (project / "app/rest/services/marks.py").unlink()
    main = project / "app/main.py"
    main.write_text(main.read_text("utf-8") + "app.get('/api/v1/marks')(f)\n", "utf-8")
    assert call(["endpoint", "marks"]) == 2
    assert "has `/api/v1/marks`" in capfd.readouterr().err
    assert not (project / "app/rest/services/marks.py").exists()
