"""Templates and a manifest as a tree of files: what Copier would write, without importing it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from scaffold.kinds.thing import Thing
from scaffold.manifest.manifest import Manifest
from scaffold.rendering import tree_cache
from scaffold.rendering.loaded import RESOURCE_VARIABLES, load
from scaffold.sources.pack import Texts
from scaffold.support.errors import UserError
from scaffold.support.text import printable
from scaffold.support.yaml import load as load_yaml

if TYPE_CHECKING:
    from scaffold.kinds.definition import Kind
    from scaffold.rendering.sandbox import Jinja

Tree = dict[str, str]
Context = dict[str, Any]
_Conventions = Mapping[str, Mapping[str, Any]]

_OVERLAY = re.compile(r"\{\{ use(?:_kind)?\.\w+ \}\}")
_YIELD = re.compile(r"\{% yield (\w+) from ([\w.]+) %\}(.*)\{% endyield %\}")
_VARIABLE = re.compile(r"\{\{ ([\w.]+) \}\}")
_AGENT = re.compile(r"agents/([^/]+)\.md")


class _Rendered(NamedTuple):
    """What follows from a manifest; `made_of` has for each rendered path what its text depends on."""

    context: Context
    tree: Tree
    made_of: Mapping[str, str]


class Templates:
    """One version of the templates, loaded from the pack that `scaffold.sources.address.fetch` gives, or from a folder.

    It keeps trees, in memory and on disk, and remembers rendered texts by everything that they depend on.
    So a plan, which renders two manifests that differ in one resource, renders the rest once, and not at
    all if an earlier command did.
    """

    def __init__(self, root: Path) -> None:
        self._loaded = load(root)
        self._stamp = self._loaded.stamp
        self._rendered: dict[str, _Rendered] = {}
        self._contexts: dict[str, Context] = {}
        self._conventions: dict[str, _Conventions] = {}
        # One command asks again and again for the same manifests, whose keys cost more than the answers.
        self._asked: tuple[Manifest | None, _Conventions | None] = (None, None)
        self._keys: list[tuple[Manifest, Context, str]] = []
        self._texts: dict[str, str] = {}

    @property
    def texts(self) -> Texts:
        """The files of this version."""
        return self._loaded.texts

    @property
    def config(self) -> Mapping[str, Any]:
        """What `copier.yml` says."""
        return self._loaded.config

    @property
    def schema(self) -> dict[str, Any]:
        """The conventions, with defaults and what is allowed: `templates/conventions.yml`."""
        return self._loaded.schema

    @cached_property
    def _jinja(self) -> Jinja:
        # Imported only to render something: often all of it is kept already.
        from scaffold.rendering.sandbox import Jinja

        return Jinja(self._loaded.language)

    @cached_property
    def styles(self) -> list[str]:
        """Names of the agents that this version has."""
        return [match[1] for match in map(_AGENT.fullmatch, self.texts) if match]

    @cached_property
    def kinds(self) -> Mapping[str, Kind]:
        """What this version can add, by name. Raises UserError if a definition is wrong."""
        # Most projects have no things.
        from scaffold.kinds.definition import index_of, read_kind

        return {name: read_kind(name, self.texts) for name in index_of(self.texts)}

    def agent(self, manifest: Manifest) -> Mapping[str, Any]:
        """What the project's agent states, as copier.yml derives it: `conventions` and `entities`."""
        if manifest.document:
            return {"conventions": manifest.stated, "entities": manifest.entities}
        text = self.texts[f"agents/{manifest.style}.md"]
        front_matter: Mapping[str, Any] = load_yaml(text.split("---\n")[1])
        return front_matter

    def context(self, manifest: Manifest) -> Context:
        """All variables of a template: the answers, then what copier.yml derives, in its order."""
        return self._context(*self._answers(manifest))

    def conventions(self, manifest: Manifest) -> _Conventions:
        """What holds in the project. No resource changes it, so a large project costs no more than an empty one."""
        asked, found = self._asked
        if asked is manifest and found is not None:
            return found
        answers, key = self._answers(replace(manifest, resources=(), things=()), once=True)
        if key not in self._conventions:
            rendered = self._known(self._answers(manifest)[1])
            context = rendered.context if rendered else self._context(answers, key)
            self._conventions[key] = context["conventions"]
        self._asked = manifest, self._conventions[key]
        return self._conventions[key]

    def render(self, manifest: Manifest) -> Tree:
        """The project's tree, `{posix path: text}`.

        A pure function of the template version and the manifest.
        """
        answers, key = self._answers(manifest)
        rendered = self._known(key)
        if rendered is None:
            with self._jinja.bounded():
                context = self._context(answers, key)
                rendered = self._rendered[key] = self._render(context, {*manifest.foreign})
            if self._stamp:
                tree_cache.store("trees", key, tuple(rendered))
        return dict(rendered.tree)

    def _answers(self, manifest: Manifest, *, once: bool = False) -> tuple[Context, str]:
        """The answers of a manifest and their key; `once`: nobody asks for this one again."""
        for asked, answers, key in self._keys:
            if asked is manifest:
                return answers, key
        answers = manifest.answers()
        key = tree_cache.key_of(self._stamp or "", json.dumps(answers))
        if not once:
            self._keys = [*self._keys[-3:], (manifest, answers, key)]
        return answers, key

    def _known(self, key: str) -> _Rendered | None:
        """What was rendered for a manifest before, now or by an earlier command."""
        rendered = self._rendered.get(key)
        if rendered is None and self._stamp and (data := tree_cache.load("trees", key)):
            rendered = self._rendered[key] = _Rendered(*data)
            self._texts.update(
                {depends: rendered.tree[path] for path, depends in rendered.made_of.items()}
            )
        return rendered

    def _context(self, answers: Context, key: str) -> Context:
        if key not in self._contexts:
            rendered = self._known(key)
            if rendered is not None:
                return rendered.context
            with self._jinja.bounded():
                self._contexts[key] = self._derived(answers)
        return self._contexts[key]

    def _derived(self, answers: Context) -> Context:
        for entry in answers.get("things", ()):
            self._require_fit(Thing.from_data(entry))
        context: Context = {"_copier_answers": answers}
        for name, question in self.config.items():
            if name.startswith("_"):
                continue
            if question.get("when") is not False and name in answers:
                context[name] = answers[name]
            elif "default" in question:
                context[name] = self._derive(question["default"], context)
            else:
                raise UserError(
                    f"copier.yml of the templates asks `{printable(name)}`, which scaffold does not know, and "
                    "has no default for it",
                    "add a `default` in the repository of the templates, commit, and tag a version",
                )
        return context

    def _require_fit(self, thing: Thing) -> None:
        """Raises UserError if a manifest has a thing that these templates would not have added."""
        from scaffold.kinds.fit import require_fit

        kind = self.kinds.get(thing.kind)
        if kind is None:
            raise UserError(
                f"the templates have no kind `{thing.kind}`, and this project has `{thing.address}`",
                f"`scaffold remove {thing.address}` with templates that have it, or bring the kind back there",
            )
        require_fit(thing, kind)

    def _derive(self, expression: str, context: Context) -> Any:
        text = self._jinja.expression(expression, context)
        if text[:1] in ("{", "["):
            # Macros return JSON, which parses the same as YAML and an order of magnitude faster.
            try:
                return json.loads(text)
            except json.JSONDecodeError:
                pass
        return load_yaml(text)

    def _render(self, context: Context, foreign: set[str]) -> _Rendered:
        bare = {key: value for key, value in context.items() if key not in RESOURCE_VARIABLES}
        shared = {
            False: tree_cache.key_of(json.dumps(bare)),
            True: tree_cache.key_of(json.dumps(context)),
        }
        subdirectory = self._subdirectory(context)
        tree: Tree = {}
        made_of: dict[str, str] = {}
        # The same few resources are in the paths of all templates.
        keys: dict[tuple[tuple[str, int], ...], str] = {}
        for template, names_resources in self._loaded.index(subdirectory).items():
            target = f"{subdirectory}/{template}"
            for path, extra in _paths(template.split("/"), context):
                if path in foreign:
                    continue
                if not path.endswith(".jinja"):
                    tree[path] = self._text(target, "", {})
                    continue
                items = tuple((name, id(variable)) for name, variable in extra.items())
                if items not in keys:
                    keys[items] = json.dumps(extra)
                depends = tree_cache.key_of(target, shared[names_resources], keys[items])
                text = self._text(target, depends, {**context, **extra})
                path = path.removesuffix(".jinja")
                if path not in foreign:
                    tree[path], made_of[path] = text, depends
        return _Rendered(context, {path: tree[path] for path in sorted(tree)}, made_of)

    def once(self, manifest: Manifest) -> set[str]:
        """Paths of the tree that are the user's from their birth: those of `_skip_if_exists` in copier.yml."""
        patterns = self.config.get("_skip_if_exists")
        if not patterns or not manifest.things:
            return set()
        # Imported only where a template asks for it.
        from scaffold.rendering.patterns import matching

        context = self.context(manifest)
        rendered = [self._jinja.expression(str(pattern), context) for pattern in patterns]
        return matching(rendered, (path for _, path, _ in self._places(manifest)))

    def origins(self, manifest: Manifest) -> dict[str, str]:
        """Where each path of the tree comes from: its template, with the table, step or thing of each loop in it.

        Two manifests in which a resource or a thing has another name share origins, not paths. So do two versions of
        the templates that put a file into different overlays, `{{ use.… }}`.
        """
        found = {}
        for template, path, extra in self._places(manifest):
            inside = "/".join(part for part in template.split("/") if not _OVERLAY.fullmatch(part))
            found[path] = " ".join([inside, *map(_identity, extra.values())])
        return found

    def paths_of(self, manifest: Manifest, table: str) -> list[str]:
        """The paths that are there for one table only: its resource's files, and its migrations."""
        context = {
            name: (
                [one for one in value if not _is_other(one, table)]
                if isinstance(value, list)
                else value
            )
            for name, value in self.context(manifest).items()
        }
        return [
            path
            for _, path, extra in self._places(manifest, context)
            if any(_is_of(variable, "table", table) for variable in extra.values())
        ]

    def paths_of_thing(self, manifest: Manifest, thing: Thing) -> list[str]:
        """The paths that are there for one thing only."""
        return [
            path
            for _, path, extra in self._places(manifest)
            if any(
                _is_of(variable, "key", thing.key) and _is_of(variable, "kind", thing.kind)
                for variable in extra.values()
            )
        ]

    def text_of_service(self, manifest: Manifest, path: str) -> str | None:
        """One file of a whole service with these answers; None if it has no such file."""
        service = replace(manifest, service=True, foreign=())
        context = self.context(service)
        for template, found, extra in self._places(service):
            if found == path:
                target = f"{self._subdirectory(context)}/{template}"
                if not template.endswith(".jinja"):
                    return self.texts[target]
                return self._jinja.render(target, {**context, **extra})
        return None

    def _places(
        self, manifest: Manifest, context: Context | None = None
    ) -> Iterator[tuple[str, str, Context]]:
        """Every template with each path that it stands for, and the variables that its loops set there.

        In a `context` of the manifest that has fewer of them, if one is given.
        """
        context = context or self.context(manifest)
        for template in self._loaded.index(self._subdirectory(context)):
            for path, extra in _paths(template.split("/"), context):
                yield template, path.removesuffix(".jinja"), extra

    def _text(self, target: str, depends: str, variables: Context) -> str:
        """The text of a template, or of a file that is none (it depends on nothing)."""
        if not depends:
            return self.texts[target]
        text = self._texts.get(depends)
        if text is None:
            text = self._texts[depends] = self._jinja.render(target, variables)
        return text

    def _subdirectory(self, context: Context) -> str:
        return self._jinja.expression(self.config["_subdirectory"], context)


class Side(NamedTuple):
    """A manifest, and the templates that it belongs to."""

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
            values = _items(context, extra, loop[2])
            choices = [(body, {**extra, loop[1]: value}) for value in values]
        for text, variables in choices:
            scope = {**context, **variables}
            rendered = _fill(text, scope)
            if rendered:
                yield from expand(
                    index + 1, done if rendered == "." else [*done, rendered], variables
                )

    yield from expand(0, [], {})


def _items(context: Mapping[str, Any], extra: Context, name: str) -> list[Any]:
    """What a path's `yield` goes through: `kinds.job`, or something of a loop around it, `job.options.formats`.

    Raises UserError if the templates have no list of that name.
    """
    first, *keys = name.split(".")
    found = extra.get(first, context.get(first))
    for key in keys:
        found = found.get(key) if isinstance(found, dict) else None
    if isinstance(found, list):
        return found
    raise UserError(
        f"a path of the templates goes through `{printable(name)}`, which is no list of theirs",
        "correct it in the repository of the templates, commit, and tag a version",
    )


def _identity(variable: Any) -> str:
    """What stays of a loop's variable when the names in it change: a table, a step, a thing, or a plain value."""
    if not isinstance(variable, dict):
        return str(variable)
    if "kind" in variable and "key" in variable and "table" not in variable:
        return f"{variable['kind']}/{variable['key']}"
    return " ".join(variable[key] for key in ("table", "file") if key in variable)


def _is_other(variable: Any, table: str) -> bool:
    """Whether it belongs to another table than that one."""
    return isinstance(variable, dict) and variable.get("table", table) != table


def _is_of(variable: Any, key: str, value: str) -> bool:
    return isinstance(variable, dict) and variable.get(key) == value


def _fill(text: str, scope: Mapping[str, Any]) -> str:
    return _VARIABLE.sub(lambda match: str(_look_up(match[1], scope)), text)


def _look_up(dotted: str, scope: Mapping[str, Any]) -> Any:
    value: Any = scope
    for key in dotted.split("."):
        value = value[key]
    return value


__all__ = ["Side", "Sides", "Templates", "Tree"]
