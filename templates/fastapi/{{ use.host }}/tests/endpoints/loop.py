"""One event loop for all tests, whatever plugin runs those of the project."""

import asyncio
from collections.abc import Callable, Coroutine
from functools import wraps

RUNNER = asyncio.Runner()
Test = Callable[..., Coroutine[object, object, None]]


def on_one_loop(test: Test) -> Callable[..., None]:
    """The test as a function that pytest itself can run."""

    @wraps(test)
    def run(*args: object, **kwargs: object) -> None:
        RUNNER.run(test(*args, **kwargs))

    return run
