"""Bodies of `lessons`."""

from typing import Annotated

from pydantic import Field

from app.core import fields, identity, query
from app.core.bodies import Answer, Body, Change, unset
from app.core.query import CursorQuery

CourseIdField = identity.IdField
TitleField = Annotated[fields.Text, Field(min_length=1, max_length=200)]
PositionField = Annotated[fields.Int, Field(ge=1)]
BodyField = Annotated[fields.Text, Field(max_length=100000)] | None


class LessonCreate(Body):
    """The body of POST: a whole row, with defaults for what is left out."""

    course_id: CourseIdField
    title: TitleField
    position: PositionField = Field(default=1)
    body: BodyField = None


class LessonUpdate(Change):
    """The body of PATCH: only what changes."""

    course_id: CourseIdField = unset()
    title: TitleField = unset()
    position: PositionField = unset()
    body: BodyField = unset()


class LessonRead(Answer):
    """What the API answers with."""

    id: identity.Id
    owner_id: fields.Uuid
    course_id: identity.IdField
    title: fields.Text
    position: fields.Int
    body: fields.Text | None
    created_at: fields.Moment
    updated_at: fields.Moment


class LessonQuery(CursorQuery):
    """What a list may be narrowed down by."""

    course_id: query.Id = unset()
    title: query.Text = unset()
    position: query.Int = unset()
