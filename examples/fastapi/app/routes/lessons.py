"""Routes of `lessons`."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Response

from app.controllers.lessons import Controller, controller_of
from app.core.algorithm import Limit
from app.core.answers import READING, SIGNED_IN, WRITING, documented
from app.core.callers import guard
from app.core.envelope import Slice, Success
from app.core.paths import RowId
from app.core.request import JsonRoute
from app.core.users import User
from app.schemas import lessons as schemas

RATE = Limit(100, seconds=60)

router = APIRouter(prefix="/lessons", tags=["lessons"], route_class=JsonRoute)


@router.get("", responses=documented(*SIGNED_IN, *READING))
async def list_lessons(
    caller: Annotated[User, Depends(guard(rate=RATE))],
    controller: Annotated[Controller, Depends(controller_of)],
    query: Annotated[schemas.LessonQuery, Query()],
) -> Slice[schemas.LessonRead]:
    """Lists rows, the newest first unless `sort` says otherwise."""
    return await controller.after(caller, query)


@router.post("", status_code=201, responses=documented(*SIGNED_IN, *WRITING))
async def create_lesson(
    caller: Annotated[User, Depends(guard(rate=RATE))],
    controller: Annotated[Controller, Depends(controller_of)],
    body: schemas.LessonCreate,
    response: Response,
) -> Success[schemas.LessonRead]:
    """Makes a row that belongs to the caller."""
    return await controller.create(caller, body, response)


@router.get("/{id}", responses=documented(*SIGNED_IN, "not_found"))
async def get_lesson(
    caller: Annotated[User, Depends(guard(rate=RATE))],
    controller: Annotated[Controller, Depends(controller_of)],
    row_id: RowId,
) -> Success[schemas.LessonRead]:
    """Gives one row."""
    return await controller.get(caller, row_id)


@router.patch("/{id}", responses=documented(*SIGNED_IN, *WRITING, "not_found"))
async def update_lesson(
    caller: Annotated[User, Depends(guard(rate=RATE))],
    controller: Annotated[Controller, Depends(controller_of)],
    row_id: RowId,
    body: schemas.LessonUpdate,
) -> Success[schemas.LessonRead]:
    """Changes what the body names."""
    return await controller.update(caller, row_id, body)


@router.put("/{id}", responses=documented(*SIGNED_IN, *WRITING, "not_found"))
async def replace_lesson(
    caller: Annotated[User, Depends(guard(rate=RATE))],
    controller: Annotated[Controller, Depends(controller_of)],
    row_id: RowId,
    body: schemas.LessonCreate,
) -> Success[schemas.LessonRead]:
    """Replaces the row; what is left out goes back to its default."""
    return await controller.replace(caller, row_id, body)


@router.delete(
    "/{id}", status_code=204, responses=documented(*SIGNED_IN, "not_found", "conflict")
)
async def delete_lesson(
    caller: Annotated[User, Depends(guard(rate=RATE))],
    controller: Annotated[Controller, Depends(controller_of)],
    row_id: RowId,
) -> None:
    """Hides the row, unless others refer to it."""
    await controller.delete(caller, row_id)
