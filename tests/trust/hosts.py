"""Inputs that are somebody else's project: package.json, pyproject.toml and every other file that the look reads."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Mapping
from typing import Any

from hypothesis import strategies as st

from tests.trust.data import changed
from tests.trust.machine import Input, Link
from tests.trust.seeds import seeds, texts
from tests.trust.words import ANY, BOMBS, latin, spoiled

_SCRIPT = (
    *(
        "import",
        "from",
        "export",
        "default",
        "const",
        "function",
        "=>",
        "(",
        ")",
        "{",
        "}",
        "[",
        "]",
    ),
    *(
        ";",
        ",",
        ":",
        "=",
        "\n",
        "\n",
        "  ",
        "'",
        '"',
        "`",
        "${",
        "//",
        "/*",
        "*/",
        "drizzle",
        "prisma",
    ),
    *(
        "auth",
        "db",
        "createClient",
        "NextResponse",
        "matcher",
        "config",
        "module.exports",
        "as",
        "pgTable",
    ),
)
_PYTHON = (
    *(
        "import",
        "from",
        "def",
        "class",
        "async",
        "await",
        "app",
        "FastAPI",
        "APIRouter",
        "Depends",
        "(",
        ")",
    ),
    *(
        "[",
        "]",
        ":",
        ",",
        "=",
        "\n",
        "\n    ",
        "'",
        '"""',
        "#",
        "@",
        "prefix",
        "include_router",
        "Session",
    ),
    *(
        "lambda",
        "*",
        "**",
        "f'{",
        "}'",
        "\\",
        "yield",
        "Annotated",
        "Base",
        "BaseSettings",
        "engine",
    ),
)
_BYTES = (b"\xff\xfe{\x00}\x00", b"\xfe\xff\x00{", b"\xef\xbb\xbf{}", b"{\xff}", b"\x80" * 99)
_TARGETS = (
    "/etc/passwd",
    "/dev/zero",
    "/",
    "..",
    ".",
    "nowhere",
    "package.json",
    "app",
    "src",
    "/dev/full",
)
_SOUP = {"next": _SCRIPT, "fastapi": _PYTHON}

_WAYS = ("data", "data", "data", "soup", "soup", "line", "spoiled", "long", "other")


@st.composite
def _text(draw: st.DrawFn, framework: str, path: str, text: str) -> tuple[str, str | None]:
    """Another text of a file, and a harmless twin where there can be one."""
    way = draw(st.sampled_from(_WAYS))
    # A broken file of data is refused, as a rule, whatever it has.
    if way in ("data", "soup", "line") and (found := _parsed(path, text)) is not None:
        one, twin = draw(changed(found))
        return _written(path, one), _written(path, twin)
    lines = text.split("\n")
    at = draw(st.integers(0, len(lines)))
    match way:
        case "soup":
            words = draw(st.lists(st.sampled_from(_SOUP[framework]) | latin(8), max_size=30))
            return "\n".join([*lines[:at], " ".join(words), *lines[at:]]), None
        case "line":
            word = draw(latin())
            made = [
                re.sub(r"(?<=['\"])[\w./@-]+(?=['\"])", lambda _: word, line)
                for line in lines[at : at + 1]
            ]
            return "\n".join([*lines[:at], *made, *lines[at + 1 :]]), None
        case "long":
            return "\n".join([*lines[:at], draw(BOMBS), *lines[at:]]), None
        case "other":
            return (
                draw(st.sampled_from(("", "\ufeff" + text, text.replace("\n", "\r\n"))) | ANY),
                None,
            )
        case _:
            return draw(spoiled(text)), None


def _parsed(path: str, text: str) -> Any:
    try:
        return (
            json.loads(text)
            if path.endswith("json")
            else tomllib.loads(text) if path.endswith("toml") else None
        )
    except ValueError:
        return None


def _written(path: str, data: Any) -> str:
    if path.endswith("json"):
        return json.dumps(data, indent=2, ensure_ascii=False)
    return "".join(_toml(data, ())) if isinstance(data, dict) else "x"


def _toml(data: dict[str, Any], above: tuple[str, ...]) -> list[str]:
    """TOML, as JSON's texts and lists are those of TOML, as a rule."""
    plain = {key: value for key, value in data.items() if not isinstance(value, dict)}
    lines = [f"[{'.'.join(map(json.dumps, above))}]\n"] if above else []
    for key, value in plain.items():
        shown = json.dumps(value, ensure_ascii=False, default=str).replace('": ', '" = ')
        lines.append(f"{json.dumps(key)} = {shown}\n")
    for key, value in data.items():
        if isinstance(value, dict):
            lines += _toml(value, (*above, key))
    return lines


@st.composite
def inputs(draw: st.DrawFn, framework: str) -> Input:
    """A project with something strange in one or two of its files, perhaps with files of others."""
    seed = draw(st.sampled_from(seeds(framework)))
    files: dict[str, str] = dict(seed.files)
    for _ in range(draw(st.sampled_from((0, 0, 1, 2)))):
        path = draw(st.sampled_from(sorted(texts(framework))))
        files.setdefault(path, draw(st.sampled_from(texts(framework)[path])))
    tame = dict(files)
    has_twin = True
    first = "package.json" if framework == "next" else "pyproject.toml"
    for _ in range(draw(st.sampled_from((1, 1, 2)))):
        path = draw(st.sampled_from([*sorted(files), first, first]))
        text, twin = draw(_text(framework, path, files.get(path, "")))
        files[path] = text
        tame[path] = text if twin is None else twin
        has_twin = has_twin and twin is not None
    odd: dict[str, str | bytes | Link] = {}
    if draw(st.sampled_from((*(False,) * 7, True))):
        path = draw(st.sampled_from([*sorted(files), *sorted(texts(framework))]))
        has_twin = has_twin and path in files
        files.pop(path, None)
        odd = draw(_odd(path))
        tame.pop(path, None)
    args = seed.args if draw(st.sampled_from((*(True,) * 15, False))) else ("doctor",)
    whole = _paths({**files, **odd})
    twin_input = Input(args, _paths({**tame, **odd})) if has_twin and args[0] != "doctor" else None
    return Input(args, whole, twin_input)


@st.composite
def _odd(draw: st.DrawFn, path: str) -> dict[str, str | bytes | Link]:
    """Something at the path that is no text: bytes, a folder or a link."""
    match draw(st.sampled_from(("bytes", "folder", "link", "link"))):
        case "bytes":
            return {path: draw(st.sampled_from(_BYTES) | st.binary(max_size=30))}
        case "folder":
            return {f"{path}/inside": ""}
        case _:
            return {path: Link(draw(st.sampled_from(_TARGETS)))}


def _paths(files: Mapping[str, str | bytes | Link]) -> dict[str, str | bytes | Link]:
    """Files of which none is in the place of another one's folder."""
    return {
        path: text
        for path, text in files.items()
        if not any(other.startswith(f"{path}/") for other in files)
    }
