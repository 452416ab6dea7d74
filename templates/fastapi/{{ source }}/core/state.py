"""What the API keeps in an application, apart from what others keep there."""

from starlette.applications import Starlette
from starlette.datastructures import State

OURS = __name__


def state_of(app: Starlette) -> State:
    """The API's own part of the application's state: settings, database, limiter."""
    if not hasattr(app.state, OURS):
        setattr(app.state, OURS, State())
    found = getattr(app.state, OURS)
    assert isinstance(found, State)
    return found
