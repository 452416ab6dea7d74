"""How a document divides its handlers: composed of wrappers, all inline, or in layers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from scaffold.documents.evidence import SAMPLE, STATED, Evidence, of_code, of_line
from scaffold.documents.markdown import Code, Line, Page
from scaffold.documents.patterns import ignoring_case
from scaffold.documents.wording import is_refused, weight_of

KEY: Final = "code.handlers"
_LAYERS: Final = ignoring_case(
    # router → service
    r"\b(?:routes?|routers?)\b[^.;,]{0,16}(?:→|->|=>)[^.;,]{0,16}\bservices?\b",
    r"\b(?:routes?|routers?)\b[^.\w]{1,12}\b(?:controllers?|handlers?)?\b[^.\w]{0,12}\bservices?\b",
    r"\bcontrollers?\b\W{1,6}\bservices?\b\W{1,6}\b(?:repositor|models?)",
    r"\brouters?\b[^.]{0,60}\bservices?\b[^.]{0,60}\brepositor",
    r"\bservice layer\b",
)
_ONE_LAYER: Final = "service layer"
_FOLDER: Final = ignoring_case(
    r"\b(routes?|routers?|controllers?|endpoints?|services?|repositor(?:y|ies)|models?|schemas?)/"
)
_FRONT: Final = frozenset(["route", "router", "controller", "endpoint"])
_STYLES: Final = (
    (
        "composed",
        re.compile(
            r"export const (?:\w+) = with\w+\("
            r"|with(?:Auth|RateLimit|ErrorHandl\w+)\(\)?\(?\s*(?:with|rateLimit|async)"
        ),
    ),
    (
        "inline",
        re.compile(
            r"export async function (?:GET|POST|PUT|PATCH|DELETE)\b[^{]*\{\s*"
            r"(?:const [^\n{]*;\s*){0,2}try\b"
        ),
    ),
)
_SHOWS_HANDLERS: Final = ignoring_case(
    "pattern", "strukt?u", "template", "standard", "must", "handler", "route"
)
_SHOWS_FOLDERS: Final = ignoring_case(
    "structure", "architecture", "layout", "organi[sz]", "convention"
)
_ROUTES: Final = re.compile(r"\brout(?:er|e)s?/")
_SERVICES: Final = re.compile(r"\bservices?/")


def handlers_of(page: Page) -> list[Evidence]:
    """Evidence for the way in which handlers are written."""
    found: list[Evidence] = []
    for line in page.prose:
        layers = _LAYERS.search(line.text)
        if layers and not is_refused(line.text, *layers.span()):
            weight = SAMPLE if layers[0].lower() == _ONE_LAYER else weight_of(line)
            found.append(of_line(KEY, "layered", weight, line))
    for code in page.samples:
        found += _in_code(code)
    return [*found, *_of_folders(page)]


def _in_code(code: Code) -> Iterator[Evidence]:
    for style, pattern in _STYLES:
        match = pattern.search(code.text)
        if match:
            weight = STATED if _SHOWS_HANDLERS.search(code.intro) else SAMPLE
            yield of_code(KEY, style, weight, code, match.start(), match[0])
    if _ROUTES.search(code.text) and _SERVICES.search(code.text):
        weight = STATED if _SHOWS_FOLDERS.search(code.intro) else SAMPLE
        yield of_code(KEY, "layered", weight, code, code.text.index("service"), "services/")


def _of_folders(page: Page) -> Iterator[Evidence]:
    """Layers, where the paths of a document are those of layers."""
    layers: dict[str, Line] = {}
    for line in page.prose:
        for match in _FOLDER.finditer(line.text):
            layers.setdefault(match[1].lower().rstrip("s"), line)
    if "service" in layers and layers.keys() & _FRONT:
        weight = STATED if len(layers) > 2 else SAMPLE
        yield of_line(KEY, "layered", weight, layers["service"])
