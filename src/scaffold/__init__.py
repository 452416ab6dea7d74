"""Working, tested, updatable code from the conventions that a team writes for its AI agents."""

__version__ = "0.1.0"
