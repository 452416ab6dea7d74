"""Errors in the user's input, as opposed to bugs in scaffold."""

from __future__ import annotations


class UserError(Exception):
    """A mistake in the input: the command prints one message, exits with 2 and writes nothing.

    `message` quotes the input in backticks and says what is allowed; `hint` is a command or step
    that works.
    """

    exit_code = 2

    def __init__(self, message: str, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
