"""Valid rows of `lessons`."""

from uuid import UUID

from app.models.lessons import LessonRow as Row
from app.schemas.lessons import LessonCreate, LessonRead

from .. import values
from ..factory import Factory
from ..world import World
from . import factory_of


async def body(world: World, owner_id: UUID) -> dict[str, object]:
    """A valid body of POST."""
    return {
        "course_id": values.id_of(
            await factory_of(
                "courses",
            ).insert_id(world, owner_id),
        ),
        "title": values.text(12),
        "position": values.integer(1, 1000001),
        "body": values.text(12),
    }


FACTORY = Factory(Row, LessonCreate, LessonRead, body)
