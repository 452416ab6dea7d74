"""The caller of a request."""

from dataclasses import dataclass
from uuid import UUID, uuid5

# Names that are no UUIDs get one that is always the same.
NAMES = UUID("6b1b36cb-9d0f-4f6e-8c63-1f0a6d3c2a11")


@dataclass(frozen=True)
class User:
    """Somebody who signed in, or another service."""

    id: UUID
    roles: frozenset[str] = frozenset()


def id_of_name(name: str) -> UUID:
    """The id of a name: a UUID stands for itself."""
    try:
        return UUID(name)
    except ValueError:
        return uuid5(NAMES, name)
