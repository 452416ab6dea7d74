"""Plain Copier, as somebody without scaffold has it: `copier copy` and `copier update`, in this process.

Half of an update is Copier compiling templates that it compiled for the test before: here each text is
compiled once. `tests/templates/test_parity.py` and `tests/repository/test_wheel.py` start it as a process of
its own, too.
"""

from __future__ import annotations

import io
from collections.abc import Hashable, Iterator
from contextlib import chdir, contextmanager, redirect_stderr, redirect_stdout
from pathlib import Path
from types import CodeType
from typing import Any

import copier
import jinja2
import pytest
from copier._cli import CopierApp

from scaffold.manifest.manifest import Manifest

_COMPILED: dict[Hashable, CodeType] = {}
_compile = jinja2.Environment.compile


def copy(manifest: Manifest, target: Path) -> None:
    """`copier copy` with the answers of a manifest, from its source at its commit."""
    answers = {key: value for key, value in manifest.answers().items() if not key.startswith("_")}
    with _compiled_once():
        copier.run_copy(
            manifest.version.src_path,
            target,
            data=answers,
            defaults=True,
            quiet=True,
            vcs_ref=manifest.version.commit,
        )


def update(project: Path) -> None:
    """`copier update` as a colleague without scaffold would run it: no flag, no terminal."""
    said = io.StringIO()
    with chdir(project), redirect_stdout(said), redirect_stderr(said), _compiled_once():
        _, code = CopierApp.run(["copier", "update"], exit=False)
    assert code == 0, said.getvalue()


@contextmanager
def _compiled_once() -> Iterator[None]:
    def remembered(
        self: jinja2.Environment,
        source: str,
        name: str | None = None,
        filename: str | None = None,
        *more: Any,
    ) -> CodeType:
        key = (source, name, more, type(self), self.lexer, tuple(sorted(self.extensions)))
        if key in _COMPILED:
            # Copier's own extension starts anew with each text.
            self.preprocess(source, name, filename)
        else:
            _COMPILED[key] = _compile(self, source, name, filename, *more)
        return _COMPILED[key]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(jinja2.Environment, "compile", remembered)
        yield
