"""The quick parser means what Typer means, on every line of tests/cases, or leaves the line to Typer."""

from __future__ import annotations

import inspect
import shlex
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import typer
import yaml

from scaffold.cli import plainly
from scaffold.cli.typed import typed

FOLDER = Path(__file__).parents[1] / "cases"
# Options at their edges: values with an equals sign, between the arguments, several times, empty.
MORE = [
    "endpoint a b:int --role x --role y c:int --dry-run",
    "endpoint a --set=rate_limit.max=5 --set data.id=int",
    "endpoint a --local-stack --json",
    "endpoint a --no-local-stack",
    "endpoint a --style=",
    "endpoint --project x a",
    "apply f.yml --drop",
    "set a=1 b=2",
    "set",
    "rename a b --diff",
    "remove a --drop-table",
    "undo",
    "status --check --diff",
    "field add a b:int c:int? --dry-run",
    "field rename a b c",
]
# What people get wrong, and what only Typer does.
NOT_PLAIN = [
    "endpoint",
    "endpoint a --rol x",
    "endpoint a --style",
    "endpoint a --style --json",
    "endpoint a --paginate page --paginate none",
    "endpoint a --json=1",
    "endpoint a -- --json",
    "endpoint a -h",
    "endpoint --help",
    "rename a",
    "rename a b c",
    "status extra",
    "apply --schema",
    "field",
    "field ad a b:int",
    "field add a",
    "add job x",
    "kinds",
    "nothing",
    "",
]


def lines() -> list[str]:
    """Every line that a case types, and those above."""
    found = []
    for path in sorted(FOLDER.glob("*.yml")):
        for case in yaml.safe_load(path.read_text("utf-8"))["cases"]:
            found += [case["run"], *case.get("before", [])]
    return [*found, *MORE]


def by_typer(verb: Callable[..., None], words: list[str]) -> dict[str, Any] | None:
    """The arguments that Typer calls the verb with; None if it does not."""
    seen: list[dict[str, Any]] = []

    def record(**arguments: Any) -> None:
        seen.append(arguments)

    record.__dict__["__signature__"] = inspect.signature(verb, eval_str=True)
    app = typer.Typer(add_completion=False)
    app.command(context_settings={"help_option_names": ["-h", "--help"]})(typed(record))
    try:
        typer.main.get_command(app).main(words, standalone_mode=False)
    except Exception:
        return None
    return seen[0] if seen else None


def test_it_means_what_typer_means() -> None:
    plain = 0
    for line in lines():
        words = shlex.split(line)
        found = plainly(words)
        if found is None:
            continue
        plain += 1
        verb, arguments = found
        assert arguments == by_typer(verb, words[2 if words[0] == "field" else 1 :]), line
    # Nearly all of them are plain.
    assert plain > 900


@pytest.mark.parametrize("line", NOT_PLAIN)
def test_the_rest_is_typers(line: str) -> None:
    assert plainly(shlex.split(line)) is None
