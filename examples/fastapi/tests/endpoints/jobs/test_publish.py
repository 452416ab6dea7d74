"""What applies to the job `publish`."""

from uuid import UUID

from .. import values
from ..contract import Relative, accepts, assumes, refuses, requires
from ..factories import factory_of
from ..world import World
from .contract import JobContract, JobSpec


async def body(world: World, owner_id: UUID) -> dict[str, object]:
    """A valid payload."""
    return {
        "course_id": values.id_of(
            await factory_of(
                "courses",
            ).insert_id(world, owner_id),
        ),
        "audience": "students",
    }


CASES = [
    refuses("course_id", "x"),
    refuses("course_id", -7),
    refuses("course_id", None),
    requires("course_id"),
    accepts("audience", "students"),
    accepts("audience", "everyone"),
    refuses("audience", "none of them"),
    refuses("audience", 7),
    refuses("audience", None),
    assumes("audience", "everyone"),
]


class TestPublish(JobContract):
    """The promises of `publish`."""

    spec = JobSpec(
        name="publish",
        body=body,
        roles=[],
        unique=["course_id"],
        parents=[
            Relative(
                property="course_id",
                factory=factory_of("courses"),
                public=False,
            ),
        ],
        cases=CASES,
    )
