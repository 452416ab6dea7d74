"""What the job `publish` takes."""

from typing import Literal

from pydantic import Field

from app.core import identity
from app.core.bodies import Body

CourseIdField = identity.IdField
AudienceField = Literal["students", "everyone"]


class PublishPayload(Body):
    """What it needs to know, with defaults for what is left out."""

    course_id: CourseIdField
    audience: AudienceField = Field(default="everyone")


# The class has a name of its own for the OpenAPI document.
Payload = PublishPayload
