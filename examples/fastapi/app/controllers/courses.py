"""Between the routes of `courses` and their rules."""

from fastapi import Response

from app.core import identity
from app.core.database import Session
from app.core.envelope import Page, Success, page_of, success
from app.core.paths import locate
from app.core.users import User
from app.repositories.courses import Repository
from app.schemas import courses as schemas
from app.services.courses import Service

show = schemas.CourseRead.model_validate
Shown = Success[schemas.CourseRead]


class Controller:
    """Turns bodies into calls of the service, and rows into bodies."""

    def __init__(self, service: Service) -> None:
        self.service = service

    async def page(
        self, caller: User, query: schemas.CourseQuery
    ) -> Page[schemas.CourseRead]:
        """One page of rows."""
        rows, total = await self.service.page(caller.id, query)
        shown = [show(row) for row in rows]
        return page_of(shown, page=query.page, limit=query.limit, total=total)

    async def get(self, caller: User, row_id: identity.Id) -> Shown:
        """One row."""
        row = await self.service.get(caller.id, row_id)
        return success(show(row))

    async def create(
        self, caller: User, body: schemas.CourseCreate, response: Response
    ) -> Shown:
        """The new row; its place is in the header Location."""
        row = await self.service.create(caller.id, body)
        locate(response, "courses", row.id)
        return success(show(row))

    async def update(
        self, caller: User, row_id: identity.Id, body: schemas.CourseUpdate
    ) -> Shown:
        """The row as it is now."""
        row = await self.service.update(caller.id, row_id, body)
        return success(show(row))

    async def replace(
        self, caller: User, row_id: identity.Id, body: schemas.CourseCreate
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
