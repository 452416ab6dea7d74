"""What the API keeps in an application, apart from what others keep there."""

from starlette.applications import Starlette
from starlette.datastructures import State


def state_of(app: Starlette) -> State:
    """The API's own part of the application's state: settings, database, limiter."""
    if not hasattr(app.state, __name__):
        setattr(app.state, __name__, State())
    found: State = getattr(app.state, __name__)
    return found
