"""Between the routes of `lessons` and their rules."""

from fastapi import Response

from app.core import identity
from app.core.database import Session
from app.core.envelope import Slice, Success, slice_of, success
from app.core.paths import locate
from app.core.users import User
from app.repositories.lessons import Repository
from app.schemas import lessons as schemas
from app.services.lessons import Service

show = schemas.LessonRead.model_validate
Shown = Success[schemas.LessonRead]


class Controller:
    """Turns bodies into calls of the service, and rows into bodies."""

    def __init__(self, service: Service) -> None:
        self.service = service

    async def after(
        self, caller: User, query: schemas.LessonQuery
    ) -> Slice[schemas.LessonRead]:
        """The rows behind a cursor."""
        rows, next_cursor = await self.service.after(caller.id, query)
        shown = [show(row) for row in rows]
        return slice_of(shown, limit=query.limit, next_cursor=next_cursor)

    async def get(self, caller: User, row_id: identity.Id) -> Shown:
        """One row."""
        row = await self.service.get(caller.id, row_id)
        return success(show(row))

    async def create(
        self, caller: User, body: schemas.LessonCreate, response: Response
    ) -> Shown:
        """The new row; its place is in the header Location."""
        row = await self.service.create(caller.id, body)
        locate(response, "lessons", row.id)
        return success(show(row))

    async def update(
        self, caller: User, row_id: identity.Id, body: schemas.LessonUpdate
    ) -> Shown:
        """The row as it is now."""
        row = await self.service.update(caller.id, row_id, body)
        return success(show(row))

    async def replace(
        self, caller: User, row_id: identity.Id, body: schemas.LessonCreate
    ) -> Shown:
        """The row as it is now."""
        row = await self.service.replace(caller.id, row_id, body)
        return success(show(row))

    async def delete(self, caller: User, row_id: identity.Id) -> None:
        """No body: the row is gone."""
        await self.service.delete(caller.id, row_id)


async def controller_of(session: Session) -> Controller:
    """The controller of a request: FastAPI would call the class itself in a thread."""
    return Controller(Service(Repository(session)))
