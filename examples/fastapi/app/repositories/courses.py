"""Queries of `courses`."""

from app.core import repository as base
from app.models.courses import CourseRow


class Repository(base.Repository[CourseRow]):
    """Rows of `courses`; queries that only they need go here."""

    model = CourseRow
