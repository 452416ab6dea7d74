"""Templates and a manifest as a tree of files: what Copier would write, without importing it."""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

from jinja2 import FileSystemBytecodeCache, FileSystemLoader, Template
from jinja2.sandbox import SandboxedEnvironment

from scaffold.manifest import FILE, Manifest
from scaffold.source import cache_dir
from scaffold.yamltext import load as load_yaml

Tree = dict[str, str]
Context = dict[str, Any]

_YIELD = re.compile(r"\{% yield (\w+) from (\w+) %\}(.*)\{% endyield %\}")
_VARIABLE = re.compile(r"\{\{ ([\w.]+) \}\}")
# A template that names none of these looks the same whatever resources the project has.
_RESOURCE_VARIABLES = (
    "resources",
    "models",
    "table_steps",
    "live",
    "endpoints",
    "items",
    "_copier_answers",
)
_NAMES_RESOURCES = re.compile(r"(?<![\w.])(?:" + "|".join(_RESOURCE_VARIABLES) + r")\b")
_JINJA = re.compile(r"\{[{%](.*?)[}%]\}", re.DOTALL)


class Templates:
    """One version of the templates, loaded from the folder that `scaffold.source.fetch` gives.

    Rendered texts are remembered by everything that they depend on, so that a plan, which renders
    two manifests that differ in one resource, renders the rest once.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self.config: dict[str, Any] = load_yaml((root / "copier.yml").read_text("utf-8"))
        bytecode = cache_dir() / "bytecode" / hashlib.sha256(str(root).encode()).hexdigest()[:12]
        bytecode.mkdir(parents=True, exist_ok=True)
        self.env = SandboxedEnvironment(
            loader=FileSystemLoader(root),
            bytecode_cache=FileSystemBytecodeCache(str(bytecode)),
            auto_reload=False,
            cache_size=-1,
            **self.config["_envops"],
        )
        self.env.filters["from_yaml"] = load_yaml
        self.env.filters["to_json"] = json.dumps
        self._memo: dict[tuple[str, str], str] = {}
        self._expressions: dict[str, Template] = {}
        self._contexts: dict[str, Context] = {}

    @cached_property
    def styles(self) -> list[str]:
        """Names of the agents that this version has."""
        return sorted(path.stem for path in (self.root / "agents").glob("*.md"))

    @cached_property
    def schema(self) -> dict[str, Any]:
        """The conventions, with defaults and what is allowed: `templates/conventions.yml`."""
        schema: dict[str, Any] = load_yaml(self._read("templates/conventions.yml"))
        return schema

    def agent(self, manifest: Manifest) -> Mapping[str, Any]:
        """What the project's agent states, as copier.yml derives it: `conventions` and `entities`."""
        if manifest.document:
            return {"conventions": manifest.stated, "entities": manifest.entities}
        text = self._read(f"agents/{manifest.style}.md")
        front_matter: Mapping[str, Any] = load_yaml(text.split("---\n")[1])
        return front_matter

    def context(self, manifest: Manifest) -> Context:
        """All variables of a template: the answers, then what copier.yml derives, in its order."""
        answers = manifest.answers()
        key = json.dumps(answers)
        known = self._contexts.get(key)
        if known is not None:
            return known
        context: Context = {"_copier_answers": answers}
        for name, question in self.config.items():
            if name.startswith("_"):
                continue
            if question.get("when") is not False:
                context[name] = answers[name]
            else:
                context[name] = self._derive(question["default"], context)
        self._contexts[key] = context
        return context

    def _derive(self, expression: str, context: Context) -> Any:
        text = self._text(expression, context)
        if text[:1] in ("{", "["):
            # Macros return JSON, which parses the same as YAML and an order of magnitude faster.
            try:
                return json.loads(text)
            except json.JSONDecodeError:
                pass
        return load_yaml(text)

    def _text(self, expression: str, context: Context) -> str:
        # Compiled under a name of its own, or the bytecode cache would not see it.
        name = "copier.yml#" + hashlib.sha256(expression.encode()).hexdigest()[:16]
        template = self._expressions.get(name)
        if template is None:
            template = self._compile(expression, name)
        return str(template.render(context))

    def _compile(self, expression: str, name: str) -> Template:
        cache = self.env.bytecode_cache
        assert cache is not None
        bucket = cache.get_bucket(self.env, name, name, expression)
        if bucket.code is None:
            bucket.code = self.env.compile(expression, name, name)
            cache.set_bucket(bucket)
        template = self.env.template_class.from_code(
            self.env, bucket.code, self.env.make_globals(None)
        )
        self._expressions[name] = template
        return template

    def render(self, manifest: Manifest) -> Tree:
        """The project's tree, `{posix path: text}`.

        A pure function of the template version and the manifest.
        """
        context = self.context(manifest)
        foreign = set(manifest.foreign)
        globals_key = json.dumps(
            {key: context[key] for key in context if key not in _RESOURCE_VARIABLES}
        )
        everything_key = json.dumps(context)
        tree: Tree = {}
        for template in self._files(context):
            for path, extra in _paths(template.split("/"), context):
                if path in foreign:
                    continue
                target = f"{self.config['_subdirectory_rendered']}/{template}"
                if not path.endswith(".jinja"):
                    tree[path] = self._remember(target, "", self._read)
                    continue
                shared = everything_key if self._names_resources(target) else globals_key
                key = f"{shared}{json.dumps(extra)}"
                variables = {**context, **extra}
                tree[path.removesuffix(".jinja")] = self._remember(
                    target,
                    key,
                    lambda name, variables=variables: self.env.get_template(name).render(variables),
                )
        return {path: tree[path] for path in sorted(tree) if path not in foreign}

    def origins(self, manifest: Manifest) -> dict[str, str]:
        """Where each path of the tree comes from: its template, with the table of each resource in it.

        Two manifests in which a resource has another name share origins, not paths.
        """
        context = self.context(manifest)
        found = {}
        for template in self._files(context):
            for path, extra in _paths(template.split("/"), context):
                tables = [item["table"] for item in extra.values() if "table" in item]
                found[path.removesuffix(".jinja")] = " ".join([template, *tables])
        return found

    def _remember(self, name: str, key: str, make: Any) -> str:
        memo = self._memo.get((name, key))
        if memo is None:
            memo = self._memo[name, key] = make(name)
        return memo

    def _read(self, name: str) -> str:
        return (self.root / name).read_text("utf-8")

    def _names_resources(self, name: str) -> bool:
        flags = self._memo.get((name, "#resources"))
        if flags is None:
            code = " ".join(_JINJA.findall(self._read(name)))
            flags = self._memo[name, "#resources"] = (
                "yes" if _NAMES_RESOURCES.search(code) else "no"
            )
        return flags == "yes"

    def _files(self, context: Context) -> list[str]:
        subdirectory = self._text(self.config["_subdirectory"], context)
        self.config["_subdirectory_rendered"] = subdirectory
        return self._walk(subdirectory)

    def _walk(self, subdirectory: str) -> list[str]:
        top = self.root / subdirectory
        found = []
        for folder, folders, files in os.walk(top):
            folders.sort()
            relative = Path(folder).relative_to(top).as_posix()
            found += [name if relative == "." else f"{relative}/{name}" for name in sorted(files)]
        return found


class Side(NamedTuple):
    """A manifest, and the templates to which it goes."""

    templates: Templates
    manifest: Manifest

    def tree(self) -> Tree:
        """The files that they make."""
        return self.templates.render(self.manifest)


class Sides(NamedTuple):
    """A project before a command (None: it was none of ours) and after it."""

    before: Side | None
    after: Side


def _paths(parts: list[str], context: Mapping[str, Any]) -> Iterator[tuple[str, Context]]:
    """All paths that a template's path stands for, each with the variables that its loops set."""

    def expand(index: int, done: list[str], extra: Context) -> Iterator[tuple[str, Context]]:
        if index == len(parts):
            yield "/".join(done), extra
            return
        part = parts[index]
        loop = _YIELD.fullmatch(part.removesuffix(".jinja")) or _YIELD.search(part)
        choices: list[tuple[str, Context]] = [(part, extra)]
        if loop:
            body = part[: loop.start()] + loop[3] + part[loop.end() :]
            choices = [(body, {**extra, loop[1]: item}) for item in context[loop[2]]]
        for text, variables in choices:
            scope = {**context, **variables}
            rendered = _fill(text, scope)
            if rendered:
                yield from expand(
                    index + 1, done if rendered == "." else [*done, rendered], variables
                )

    yield from expand(0, [], {})


def _fill(text: str, scope: Mapping[str, Any]) -> str:
    return _VARIABLE.sub(lambda match: str(_look_up(match[1], scope)), text)


def _look_up(dotted: str, scope: Mapping[str, Any]) -> Any:
    value: Any = scope
    for key in dotted.split("."):
        value = value[key]
    return value


__all__ = ["FILE", "Side", "Sides", "Templates", "Tree"]
