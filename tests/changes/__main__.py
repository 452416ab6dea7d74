"""`python -m tests.changes` (`make changes`): the lists again."""

from tests.changes import rewrite

rewrite()
