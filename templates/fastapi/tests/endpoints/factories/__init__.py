"""Valid rows of each resource."""

import importlib

from ..factory import Factory


def factory_of(module: str) -> Factory:
    """What makes rows of the resource in that module."""
    found = importlib.import_module(f".{module}", __name__).FACTORY
    assert isinstance(found, Factory)
    return found
