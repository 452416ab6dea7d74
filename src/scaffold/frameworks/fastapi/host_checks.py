"""Checks of somebody else's project that our code would fail, and the line that leaves it out of them."""

from __future__ import annotations

import configparser
import re
from collections.abc import Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, Final, NamedTuple

from scaffold.dependencies.toml_text import Keys, extend, shorten
from scaffold.frameworks.foreign_files import changed, text_of, with_note
from scaffold.frameworks.workspaces import read_small
from scaffold.planning.plan import Plan
from scaffold.support.project_files import ProjectFiles

TESTS: Final = "tests/endpoints"
PYPROJECT: Final = "pyproject.toml"
# Rules that our text breaks, of all that Ruff has; tests/frameworks/fastapi/test_host_checks.py runs it.
OUR_CODE: Final = (
    *("A002", "ARG002", "COM812", "CPY001", "D104", "D107", "D401", "D404", "EM101"),
    *("EM102", "FURB157", "ICN001", "INP001", "N815", "N818", "PLR0913", "PLR2004", "S101"),
    *("TC002", "TC003", "TC006", "TRY003"),
)
OUR_TESTS: Final = (
    *("ARG005", "COM812", "CPY001", "D102", "D103", "D105", "D107", "D401", "D404", "FBT003"),
    *("PLR0913", "PLR2004", "S101", "S105", "TC003", "TC006", "TID252"),
)
# Those that our text, which older Pythons run, breaks for the sake of a newer one only.
NEWER: Final[Mapping[tuple[int, int], tuple[str, ...]]] = {
    (3, 12): ("UP046", "UP047"),
    (3, 14): ("TC001", "TC002", "UP037"),
}
_LINES: Final = "E501"
_SORTED: Final = "I001"
# Settings of the order of imports that ours has under any value.
_ANY_ORDER: Final = frozenset(
    {
        *("classes", "combine-as-imports", "constants", "detect-same-package", "force-to-top"),
        *("extra-standard-library", "force-wrap-aliases", "known-first-party", "variables"),
        *("relative-imports-order", "single-line-exclusions"),
    }
)
_WIDTH: Final = 88
_BY_ITSELF: Final = ("E4", "E7", "E9", "F")
_RUFF: Final = ("ruff.toml", ".ruff.toml", PYPROJECT)
_FLAKE8: Final = (".flake8", "setup.cfg", "tox.ini")
_FLAKE8_WIDTH: Final = 79
_PYTEST: Final = (
    *(("pytest.toml", "pytest"), (".pytest.toml", "pytest"), ("pytest.ini", "pytest")),
    *(
        (".pytest.ini", "pytest"),
        (PYPROJECT, "tool.pytest.ini_options"),
        (PYPROJECT, "tool.pytest"),
    ),
    *(("tox.ini", "pytest"), ("setup.cfg", "tool:pytest")),
)
_COVERAGE: Final = (
    *((".coveragerc", ""), ("setup.cfg", "coverage:"), ("tox.ini", "coverage:")),
    (PYPROJECT, "tool.coverage."),
)
_SHOWN: Final = 3
_OMITTED: Final = ("tool", "coverage", "run", "omit")


class _Check(NamedTuple):
    """A check that our code fails: why, and the list of `file` that leaves these folders out of it."""

    why: str
    file: str
    keys: Keys
    items: tuple[str, ...]
    by_hand: str

    @property
    def table(self) -> str:
        """Where the list is, as its file writes it."""
        return f"[{'.'.join(self.keys[:-1])}]" if self.keys[:-1] else "its first lines"


def leave_out(root: Path, plan: Plan, source: str, *, formatted: bool = False) -> Plan:
    """The plan, if it brings the first endpoint, with our package left out of checks that it would fail.

    `formatted` is whether its texts have their width and their order of imports.
    A line of a TOML file is added and announced. Any other file gets a sentence with the line to add by hand.
    """
    for check in _checks_of(root, plan, source.removeprefix("./"), formatted):
        raw = ProjectFiles(root).read(check.file)
        planned = next((it.after for it in plan.changes if it.path == check.file), raw)
        text = text_of(check.file, planned or b"")
        longer = extend(text, check.keys, check.items) if check.file.endswith(".toml") else None
        if longer is None or raw is None:
            plan = with_note(plan, f"{check.why}; leave it out with {check.by_hand}")
            continue
        said = f"{check.why}; `{check.keys[-1]}` in {check.table} of {check.file} leaves it out now"
        plan = with_note(changed(plan, check.file, raw, longer, ()), said)
    return plan


def take_back(root: Path, plan: Plan, source: str) -> Plan:
    """The plan without what `leave_out` added."""
    source = source.removeprefix("./")
    for file, keys, items in (
        *((file, _excluded(file), (source, TESTS)) for file in _RUFF),
        (PYPROJECT, _OMITTED, (f"{source}/*",)),
    ):
        raw = ProjectFiles(root).read(file)
        if raw is None:
            continue
        planned = next((it.after for it in plan.changes if it.path == file), raw) or b""
        text = planned.decode("utf-8", "replace")
        shorter = text
        for item in items:
            shorter = shorten(shorter, keys, (item,))
        if shorter != text:
            plan = changed(plan, file, raw, shorter, ())
    return plan


def _checks_of(root: Path, plan: Plan, source: str, formatted: bool) -> Iterator[_Check]:
    added = [change for change in plan.changes if change.before is None and change.after]
    if not any(change.path == f"{TESTS}/contract.py" for change in added):
        return
    widths = {
        folder: max(
            (
                len(line)
                for change in added
                if change.path.startswith(f"{folder}/") and change.path.endswith(".py")
                for line in (change.after or b"").decode().splitlines()
            ),
            default=0,
        )
        for folder in (source, TESTS)
    }
    yield from _ruff(root, widths, source, formatted)
    yield from _flake8(root, widths)
    yield from _coverage(root, source)


def _excluded(file: str) -> Keys:
    """The list of what Ruff leaves out of its rules, but not of its format, in a file of its configuration."""
    return (*(("tool", "ruff") if file == PYPROJECT else ()), "lint", "exclude")


def pytest_options(root: Path) -> str:
    """The options that their configuration adds to each run of pytest. Never fails."""
    for file, section in _PYTEST:
        table = _section(root, file, section)
        if table is not None:
            found = table.get("addopts", "")
            return " ".join(map(str, found)) if isinstance(found, list) else str(found)
    return ""


def _ruff(root: Path, widths: Mapping[str, int], source: str, formatted: bool) -> Iterator[_Check]:
    for file in _RUFF:
        ruff = _section(root, file, "tool.ruff" if file == PYPROJECT else "")
        if ruff is None:
            continue
        width = ruff.get("line-length", _WIDTH)
        order = [code for code in _order(ruff) if not (formatted and code == _SORTED)]
        target = _target(root, ruff)
        newer = [code for since, codes in NEWER.items() if target >= since for code in codes]
        broken: dict[str, None] = {}
        folders = []
        for folder, codes in ((source, OUR_CODE), (TESTS, OUR_TESTS)):
            too_wide = isinstance(width, int) and widths[folder] > width
            every = (*codes, *newer, *order, *([_LINES] if too_wide else []))
            found = [code for code in every if _checks(ruff, code, f"{folder}/a.py")]
            if found:
                broken |= dict.fromkeys(found)
                folders.append(folder)
        if broken:
            names = sorted(broken)
            more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
            keys = _excluded(file)
            listed = ", ".join(f'"{folder}"' for folder in folders)
            table = "[tool.ruff.lint]" if file == PYPROJECT else "[lint]"
            yield _Check(
                f"{file}: Ruff checks {', '.join(names[:_SHOWN])}{more}, which our code is not written for",
                file,
                keys,
                (*folders,),
                f"`exclude = [{listed}]` in {table}",
            )
        return


def _flake8(root: Path, widths: Mapping[str, int]) -> Iterator[_Check]:
    """Our code is clean at its own width, which is more than that of flake8 itself."""
    for file in _FLAKE8:
        found = _section(root, file, "flake8")
        if found is None:
            continue
        options = {name.replace("_", "-"): value for name, value in found.items()}
        words = str(options.get("max-line-length", _FLAKE8_WIDTH)).split()
        width = int(words[0]) if words and words[0].isdecimal() else _FLAKE8_WIDTH
        left_out = _words(options, "ignore") + _words(options, "extend-ignore")
        globs = _words(options, "exclude") + _words(options, "extend-exclude")
        folders = [
            folder
            for folder, widest in widths.items()
            if widest > width and not any(_covers(glob, f"{folder}/a.py") for glob in globs)
        ]
        if folders and not any(_LINES.startswith(code) for code in left_out):
            yield _Check(
                f"{file}: flake8 checks {_LINES}, and our lines have up to {max(widths.values())} letters",
                file,
                (),
                (*folders,),
                f"`extend-exclude = {','.join(folders)}` in [flake8]",
            )
        return


def _target(root: Path, ruff: Mapping[str, Any]) -> tuple[int, int]:
    """The oldest Python that Ruff checks for: what it is told, else what the project says to need."""
    said = re.fullmatch(r"py3(\d{1,2})", str(ruff.get("target-version", "")))
    if said is None:
        project = _section(root, PYPROJECT, "project") or {}
        said = re.search(r"(?:>=|==|~=|>)\s*3\.(\d{1,2})", str(project.get("requires-python", "")))
    return (3, int(said[1])) if said else (3, 10)


def line_width(root: Path) -> int:
    """How wide the project's lines may be, by its Ruff or its Black."""
    for file, name in (*((file, "tool.ruff") for file in _RUFF), (PYPROJECT, "tool.black")):
        found = _section(root, file, name if file == PYPROJECT else "") or {}
        width = found.get("line-length")
        if isinstance(width, int):
            return width
    return _WIDTH


def _order(ruff: Mapping[str, Any]) -> list[str]:
    """Rules on imports that ours break, because the order is an order of their own."""
    own = _table({**ruff, **_table(ruff, "lint")}, "isort")
    names = {name for name, value in own.items() if value} - _ANY_ORDER
    required = {"required-imports"}
    return [_SORTED] * bool(names - required) + ["I002"] * bool(names & required)


def _checks(ruff: Mapping[str, Any], code: str, path: str) -> bool:
    """Whether Ruff looks for that rule in that file: of what selects and ignores it, the more precise counts."""
    lint = {**ruff, **_table(ruff, "lint")}
    chosen = _words(lint, "select") or list(_BY_ITSELF)
    chosen += _words(lint, "extend-select")
    left_out = _words(lint, "ignore") + _words(lint, "extend-ignore")
    for name in ("per-file-ignores", "extend-per-file-ignores"):
        for pattern in _table(lint, name):
            if _covers(pattern, path):
                left_out += _words(_table(lint, name), pattern)
    globs = [
        *_words(ruff, "exclude"),
        *_words(ruff, "extend-exclude"),
        *_words(_table(ruff, "lint"), "exclude"),
    ]
    if any(_covers(glob, path) for glob in globs):
        return False
    return _closeness(chosen, code) > _closeness(left_out, code)


def _closeness(words: Sequence[str], code: str) -> int:
    """How many letters of the code the most precise of the words that mean it has; -1 if none does."""
    linter = code.rstrip("0123456789")
    found = [-1]
    for word in words:
        # `E` means E501, and not EM101: that is another linter. `PL` means all of Pylint's.
        if word == "ALL" or (word == "PL" and linter.startswith(word)):
            found.append(len(word) if word != "ALL" else 0)
        elif word.rstrip("0123456789") == linter and code.startswith(word):
            found.append(len(word))
    return max(found)


def _covers(glob: str, path: str) -> bool:
    """Whether a glob of Ruff's names the file, one of its folders, or the file's own name."""
    glob = glob.removeprefix("./").rstrip("/")
    parts = path.split("/")
    names = ["/".join(parts[:size]) for size in range(1, len(parts) + 1)] + parts
    return any(fnmatchcase(name, one) for name in names for one in (glob, glob.removeprefix("**/")))


def _coverage(root: Path, source: str) -> Iterator[_Check]:
    options = pytest_options(root)
    sources = [word.partition("=")[2] for word in options.split() if word.startswith("--cov=")]
    everything = "--cov" in options.split()
    omitted: list[str] = []
    gate = next(
        (file for file, _ in _PYTEST if "--cov-fail-under" in options and (root / file).is_file()),
        "",
    )
    place = ""
    for file, prefix in _COVERAGE:
        run, report = (_section(root, file, f"{prefix}{name}") for name in ("run", "report"))
        place = place or (file if run is not None or report is not None else "")
        sources += _words(run or {}, "source")
        omitted += _words(run or {}, "omit") + _words(report or {}, "omit")
        gate = gate or (file if "fail_under" in (report or {}) else "")
    if not gate or any(_covers(glob, f"{source}/core/a.py") for glob in omitted):
        return
    folders = [name.replace(".", "/").strip("/") or "." for name in sources]
    inside = any(
        name == "." or f"{source}/".startswith(f"{name}/") or f"/{name}/" in f"/{source}/"
        for name in folders
    )
    if inside or everything or not folders:
        place = place or PYPROJECT
        table = "[tool.coverage.run]" if place == PYPROJECT else "[run]"
        yield _Check(
            f"{gate}: the threshold of coverage counts our package, whose library is tested elsewhere",
            place,
            _OMITTED,
            (f"{source}/*",),
            f'`omit = ["{source}/*"]` in {table} of {place}',
        )


def _section(root: Path, file: str, name: str) -> dict[str, Any] | None:
    """A table of a TOML file or a section of an INI file; None if it is not there or cannot be read."""
    text = read_small(root / file)
    if not text:
        return None
    if file.endswith(".toml"):
        import tomllib

        try:
            found: Any = tomllib.loads(text)
        except (ValueError, RecursionError):
            return None
        for part in name.split(".") if name else ():
            found = found.get(part) if isinstance(found, dict) else None
        return found if isinstance(found, dict) else None
    parser = configparser.ConfigParser(interpolation=None, strict=False)
    try:
        parser.read_string(text)
    except configparser.Error:
        return None
    return dict(parser[name]) if name in parser else None


def _table(data: Mapping[str, Any], name: str) -> dict[str, Any]:
    found = data.get(name)
    return found if isinstance(found, dict) else {}


def _words(data: Mapping[str, Any], name: str) -> list[str]:
    found = data.get(name)
    if isinstance(found, str):
        return found.replace(",", " ").split()
    return [word for word in found if isinstance(word, str)] if isinstance(found, list) else []
