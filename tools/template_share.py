"""How much of a template is control: `python -m tools.template_share` lists the templates with the largest share.

A line of control emits nothing: it holds only `{% … %}` and `{# … #}`. A template is counted together with the macros
of `templates/parts/` that it calls, and with those that they call. Where a value decides which file that is, every
value counts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

from jinja2 import Environment, nodes

from tools.source import ROOT

WORST = 10


class Count(NamedTuple):
    """Lines of control, and all lines."""

    control: int
    lines: int

    def plus(self, other: Count) -> Count:
        """Both together."""
        return Count(self.control + other.control, self.lines + other.lines)

    @property
    def share(self) -> float:
        """Between 0 and 1."""
        return self.control / self.lines if self.lines else 0.0


Macro = tuple[str, str]


class Template:
    """One file, read."""

    def __init__(self, text: str) -> None:
        self.text = text

    @cached_property
    def macros(self) -> dict[str, tuple[int, int]]:
        """Its macros, each with its first and last line."""
        return dict(_macros(self.text))

    @cached_property
    def control(self) -> set[int]:
        """Numbers of the lines of control."""
        return set(_control_lines(self.text))

    def count(self, first: int = 1, last: int | None = None) -> Count:
        """Of the lines from `first` to `last`."""
        last = len(self.text.splitlines()) if last is None else last
        return Count(sum(first <= line <= last for line in self.control), last - first + 1)

    @cached_property
    def tree(self) -> nodes.Template:
        """As Jinja parses it."""
        return Environment().parse(self.text)


class Shares:
    """The templates below a root, each with what it calls."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        self._files = {path: Template(text) for path, text in texts.items()}

    def of(self, path: str) -> Count:
        """A template and the macros that it calls, each once."""
        found = self._files[path].count()
        for part, macro in self._reached(path):
            if part != path:
                found = found.plus(self._files[part].count(*self._files[part].macros[macro]))
        return found

    def _reached(self, path: str) -> set[Macro]:
        reached: set[Macro] = set()
        waiting = list(self._called(path, self._files[path].tree))
        while waiting:
            macro = waiting.pop()
            if macro not in reached:
                reached.add(macro)
                waiting += self._called(macro[0], self._body(macro))
        return reached

    def _body(self, macro: Macro) -> nodes.Node:
        part, name = macro
        trees = self._files[part].tree.find_all(nodes.Macro)
        return next(tree for tree in trees if tree.name == name)

    def _called(self, path: str, body: nodes.Node) -> Iterator[Macro]:
        """Macros that a body names: its file's own, and those of files that its file imports."""
        tree = self._files[path].tree
        modules = {
            item.target: self._matching(item.template) for item in tree.find_all(nodes.Import)
        }
        names: dict[str, tuple[list[str], str]] = {
            name: ([path], name) for name in self._files[path].macros
        }
        for item in tree.find_all(nodes.FromImport):
            for one in item.names:
                name, alias = one if isinstance(one, tuple) else (one, one)
                names[alias] = (self._matching(item.template), name)
        for node in body.find_all((nodes.Getattr, nodes.Name)):
            parts: list[str] = []
            if isinstance(node, nodes.Name) and node.name in names:
                parts, name = names[node.name]
            elif isinstance(node, nodes.Getattr) and isinstance(node.node, nodes.Name):
                parts, name = modules.get(node.node.name, []), node.attr
            for part in parts:
                if name in self._files[part].macros:
                    yield part, name

    def _matching(self, template: nodes.Expr) -> list[str]:
        """Files that an import can mean; what is not a constant stands for any value."""
        operands = template.nodes if isinstance(template, nodes.Concat) else [template]
        words = [item.value if isinstance(item, nodes.Const) else None for item in operands]
        head, tail = words[0] or "", words[-1] or ""
        if words == [head]:
            return [head] if head in self._files else []
        return [
            path
            for path in self._files
            if path.startswith(head) and path.endswith(tail) and "/" not in path[len(head) :]
        ]


def _control_lines(text: str) -> Iterator[int]:
    """Numbers of the lines on which there is a statement or a comment, and nothing that is emitted."""
    control: set[int] = set()
    emitted: set[int] = set()
    inside = ""
    for first, kind, value in Environment(keep_trailing_newline=True).lex(text):
        if kind.endswith("_begin"):
            inside = kind.removesuffix("_begin")
        # A token with `-` holds the white space that it takes away, too.
        lines = {first + at for at, part in enumerate(value.split("\n")) if part.strip()}
        if kind == "data" or inside == "variable":
            emitted |= lines
        else:
            control |= lines
    yield from control - emitted


def _macros(text: str) -> Iterator[tuple[str, tuple[int, int]]]:
    """Each macro of a file with its first and last line."""
    tokens = [token for token in Environment().lex(text) if token[1] in ("block_begin", "name")]
    begun: list[tuple[str, int]] = []
    for at, (number, kind, _) in enumerate(tokens):
        word = tokens[at + 1][2] if kind == "block_begin" and at + 1 < len(tokens) else ""
        if word == "macro":
            begun.append((tokens[at + 2][2], number))
        elif word == "endmacro":
            name, first = begun.pop()
            yield name, (first, number)


def shares(root: Path = ROOT) -> dict[str, Count]:
    """Each template outside of `templates/parts/`, by its short name; the largest share first."""
    texts = {
        path.relative_to(root).as_posix(): path.read_text("utf-8")
        for path in sorted((root / "templates").rglob("*.jinja"))
    }
    every = Shares(texts)
    found = {
        short(path): every.of(path) for path in texts if not path.startswith("templates/parts/")
    }
    return dict(sorted(found.items(), key=lambda item: -item[1].share))


def short(path: str) -> str:
    """`nextjs/orm_prisma/src/resources/<live>/repository.ts` for a template's path."""
    path = re.sub(r"\{% yield \w+ from ([\w.]+) %\}.*?\{% endyield %\}", r"<\1>", path)
    path = re.sub(r"\{\{ (?:use\.)?([\w.]+) \}\}", r"\1", path)
    return path.removeprefix("templates/").removesuffix(".jinja")


def table(found: Mapping[str, Count]) -> str:
    """The templates with the largest share, one a line."""
    return "\n".join(
        f"{count.share:6.1%} {count.control:4} of {count.lines:4}  {path}"
        for path, count in list(found.items())[:WORST]
    )


if __name__ == "__main__":
    print(table(shares()))
