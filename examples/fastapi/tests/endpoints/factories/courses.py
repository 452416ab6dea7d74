"""Valid rows of `courses`."""

from uuid import UUID

from app.models.courses import CourseRow as Row
from app.schemas.courses import CourseCreate, CourseRead

from .. import values
from ..factory import Factory
from ..world import World


async def body(_world: World, _owner_id: UUID) -> dict[str, object]:
    """A valid body of POST."""
    return {
        "title": values.text(12),
        "code": values.text(12, "courses.code"),
        "status": "draft",
        "starts_on": values.day(),
    }


FACTORY = Factory(Row, CourseCreate, CourseRead, body)
