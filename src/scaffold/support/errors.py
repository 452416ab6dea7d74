"""What goes wrong because of the user's input, as opposed to a bug of ours."""

from __future__ import annotations


class UserError(Exception):
    """A mistake in the input; shown as one message, exit code 2, nothing written.

    `message` says what was given (in backticks) and what is allowed; `hint` is a command or step
    that works.
    """

    exit_code = 2

    def __init__(self, message: str, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
