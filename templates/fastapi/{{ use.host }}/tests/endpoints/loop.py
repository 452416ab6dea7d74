"""One event loop for all tests, whatever plugin runs those of the project."""

import asyncio
import inspect
from collections.abc import Callable, Coroutine
from functools import wraps
from typing import ParamSpec, TypeVar

RUNNER = asyncio.Runner()
Given = ParamSpec("Given")
Tests = TypeVar("Tests")


def on_one_loop(
    test: Callable[Given, Coroutine[object, object, None]],
) -> Callable[Given, None]:
    """The test as a function that pytest itself can run."""

    @wraps(test)
    def run(*args: Given.args, **kwargs: Given.kwargs) -> None:
        RUNNER.run(test(*args, **kwargs))

    return run


def all_on_one_loop(tests: type[Tests]) -> type[Tests]:
    """The same for each test of a class."""
    for name, test in list(vars(tests).items()):
        if inspect.iscoroutinefunction(test):
            setattr(tests, name, on_one_loop(test))
    return tests
