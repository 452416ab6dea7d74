"""The templates' language: Jinja in a sandbox, as Copier sets it up."""

from __future__ import annotations

import hashlib
import json
import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import jinja2.compiler
from jinja2 import BytecodeCache, FunctionLoader, Template, TemplateError, TemplateNotFound
from jinja2.bccache import Bucket
from jinja2.environment import TemplateModule
from jinja2.loaders import split_template_path
from jinja2.runtime import Context, LoopContext, Macro
from jinja2.sandbox import SandboxedEnvironment
from jinja2.utils import Namespace

from scaffold import __version__
from scaffold.rendering.bounds import Budget, TooMuch
from scaffold.support.cache_dir import cache_dir, put, trim
from scaffold.support.errors import UserError
from scaffold.support.text import printable
from scaffold.support.yaml import load as load_yaml

# What `_envops` of a copier.yml may say. We render templates of strangers too: other options load code, or change what
# the text of another template means.
_OPTIONS = ("keep_trailing_newline", "lstrip_blocks", "trim_blocks")


# How many compiled templates to keep: those of some ten versions.
_MOST = 4000
_OF_DICTS = frozenset(dir(dict))
# The sandbox wraps the two that format, as they reach into their arguments.
_OF_TEXTS = {name for name in dir(str) if name[0] != "_"} - {"format", "format_map"}
_HOLDERS = {TemplateModule, Namespace, LoopContext}
_HARMLESS = {Macro, str, int, bool, list, dict, tuple}


class Sandbox(SandboxedEnvironment):
    """Jinja's sandbox, with the same answers and a shortcut for what templates ask for most."""

    def getattr(self, obj: Any, attribute: str) -> Any:
        kind = type(obj)
        if kind is dict and attribute not in _OF_DICTS:
            return obj[attribute] if attribute in obj else self.undefined(obj=obj, name=attribute)
        if kind is str and attribute in _OF_TEXTS:
            return getattr(obj, attribute)
        if kind in _HOLDERS and attribute[:1] != "_":
            found = getattr(obj, attribute, None)
            if type(found) in _HARMLESS:
                return found
        return super().getattr(obj, attribute)

    def call(__self, __context: Context, __obj: Any, *args: Any, **kwargs: Any) -> Any:
        if type(__obj) is not Macro:
            return super().call(__context, __obj, *args, **kwargs)
        # These are for callables that ask for the context.
        kwargs.pop("_block_vars", None)
        kwargs.pop("_loop_vars", None)
        return __obj(__context.eval_ctx, *args, **kwargs)


class _Compiled(BytecodeCache):
    """Compiled templates, by name, text and all else that decides the code: one that did not change compiles once."""

    def __init__(self, options: Mapping[str, Any]) -> None:
        self.folder = cache_dir() / "bytecode"
        self._writes = False
        # Another Jinja has another compiler; its version is slow to ask for.
        compiler = os.stat(jinja2.compiler.__file__)
        decides = [__version__, sys.version, compiler.st_size, compiler.st_mtime_ns]
        self._compiler = json.dumps([*decides, sorted(options.items())])

    def get_cache_key(self, name: str, filename: str | None = None) -> str:
        return hashlib.sha256(f"{self._compiler}\0{name}".encode()).hexdigest()[:20]

    def _place(self, bucket: Bucket) -> Path:
        return self.folder / f"{bucket.key}-{bucket.checksum[:20]}"

    def load_bytecode(self, bucket: Bucket) -> None:
        with suppress(FileNotFoundError), open(self._place(bucket), "rb") as file:
            bucket.load_bytecode(file)

    def dump_bytecode(self, bucket: Bucket) -> None:
        place = self._place(bucket)
        with suppress(OSError):
            if not self._writes:
                self.folder.mkdir(parents=True, exist_ok=True)
                trim(self.folder, _MOST)
                self._writes = True
            put(place, bucket.bytecode_to_string())


class Language:
    """Templates by their names, and those of copier.yml by their text, each compiled once; in a sandbox.

    Raises UserError if an option is not allowed.
    """

    def __init__(self, texts: Mapping[str, str], options: Mapping[str, Any]) -> None:
        odd = sorted(
            name
            for name, value in options.items()
            if name not in _OPTIONS or type(value) is not bool
        )
        if odd:
            raise UserError(
                f"`_envops` in the templates' copier.yml has `{printable(odd[0])}`, which scaffold does not allow",
                f"allowed, each true or false: {', '.join(_OPTIONS)}",
            )
        self._cache = _Compiled(options)
        self._env = Sandbox(
            loader=FunctionLoader(lambda name: texts.get("/".join(split_template_path(name)))),
            bytecode_cache=self._cache,
            auto_reload=False,
            cache_size=-1,
            # Folding constants takes longer than rendering them a hundred times.
            optimized=False,
            **options,
        )
        self._env.filters["from_yaml"] = load_yaml
        self._env.filters["to_json"] = json.dumps
        self._env.filters["from_json"] = json.loads
        self._expressions: dict[str, Template] = {}

    def template(self, name: str) -> Template:
        """The template of that name."""
        return self._env.get_template(name)

    def expression(self, text: str) -> Template:
        """The template with that text, of copier.yml."""
        found = self._expressions.get(text)
        if found is None:
            found = self._expressions[text] = self._compile(text)
        return found

    def _compile(self, text: str) -> Template:
        # Under its own name, or the bytecode cache would not see it.
        name = "copier.yml#" + hashlib.sha256(text.encode()).hexdigest()[:16]
        bucket = self._cache.get_bucket(self._env, name, name, text)
        if bucket.code is None:
            bucket.code = self._env.compile(text, name, name)
            self._cache.set_bucket(bucket)
        return self._env.template_class.from_code(
            self._env, bucket.code, self._env.make_globals(None)
        )


class Jinja:
    """What a command renders, within its bounds. Raises UserError if a template is wrong."""

    def __init__(self, language: Language) -> None:
        self._language = language
        self._budget = Budget()

    @contextmanager
    def bounded(self) -> Iterator[None]:
        """Around many of the calls below, so that bounds are set once and not for each."""
        try:
            with self._budget.spending():
                yield
        except (TooMuch, MemoryError) as error:
            raise _too_much("copier.yml", error) from None

    def render(self, name: str, variables: Mapping[str, Any]) -> str:
        """A template's text."""
        with _explained(name), self._budget.spending():
            return self._language.template(name).render(variables)

    def expression(self, text: str, variables: Mapping[str, Any]) -> str:
        """The text of a template in copier.yml."""
        with _explained("copier.yml"), self._budget.spending():
            return str(self._language.expression(text).render(variables))


@contextmanager
def _explained(name: str) -> Iterator[None]:
    """Turns what Jinja says about a template into a UserError that names it."""
    try:
        yield
    except TemplateNotFound as error:
        raise UserError(
            f"the templates have no `{error.name}`, which `{name}` asks for",
            "add it to the repository of the templates, commit, and tag a version",
        ) from error
    except (TooMuch, MemoryError) as error:
        raise _too_much(name, error) from None
    except (
        ArithmeticError,
        AttributeError,
        LookupError,
        RecursionError,
        TypeError,
        ValueError,
    ) as error:
        # What a template computes is its own: a division by zero, a macro without an end.
        why = f"{type(error).__name__}: {str(error)[:200]}"
        raise UserError(
            f"the template `{name}`{_line_of(error)} cannot be rendered: {printable(why)}",
            "correct it in the repository of the templates, commit, and tag a version",
        ) from error
    except TemplateError as error:
        where, line = getattr(error, "name", None) or name, getattr(error, "lineno", None)
        raise UserError(
            f"the template `{where}`{f', line {line}' if line else ''} cannot be rendered: {error.message}",
            "correct it in the repository of the templates, commit, and tag a version",
        ) from error


def _too_much(name: str, error: Exception) -> UserError:
    what = "memory" if isinstance(error, MemoryError) else "time"
    return UserError(
        f"the template `{name}` takes too much {what} to render",
        "correct it in the repository of the templates, commit, and tag a version",
    )


def _line_of(error: BaseException) -> str:
    """The line of a template, which Jinja puts in the place of its code's."""
    step, line = error.__traceback__, 0
    while step is not None:
        if step.tb_frame.f_code.co_filename == "<template>":
            line = step.tb_lineno
        step = step.tb_next
    return f", line {line}" if line else ""
