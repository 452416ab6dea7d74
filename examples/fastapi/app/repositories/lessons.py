"""Queries of `lessons`."""

from app.core import repository as base
from app.models.lessons import LessonRow


class Repository(base.Repository[LessonRow]):
    """Rows of `lessons`; queries that only they need go here."""

    model = LessonRow
