"""Bodies of `courses`."""

from typing import Annotated, Literal

from pydantic import Field

from app.core import fields, identity, query
from app.core.bodies import Answer, Body, Change, unset
from app.core.query import PageQuery

TitleField = Annotated[fields.Text, Field(min_length=1, max_length=200)]
CodeField = Annotated[fields.Text, Field(min_length=3, max_length=12)]
StatusField = Literal["draft", "published"]
StartsOnField = fields.Date | None


class CourseCreate(Body):
    """The body of POST: a whole row, with defaults for what is left out."""

    title: TitleField
    code: CodeField
    status: StatusField = Field(default="draft")
    starts_on: StartsOnField = None


class CourseUpdate(Change):
    """The body of PATCH: only what changes."""

    title: TitleField = unset()
    code: CodeField = unset()
    status: StatusField = unset()
    starts_on: StartsOnField = unset()


class CourseRead(Answer):
    """What the API answers with."""

    id: identity.Id
    owner_id: fields.Uuid
    title: fields.Text
    code: fields.Text
    status: StatusField
    starts_on: fields.Date | None
    created_at: fields.Moment
    updated_at: fields.Moment


class CourseQuery(PageQuery):
    """What a list may be narrowed down by."""

    title: query.Text = unset()
    code: query.Text = unset()
    status: query.Text = unset()
    starts_on: query.Date = unset()
