"""Rules of `courses`."""

from collections.abc import Sequence
from uuid import UUID

from app.core import identity
from app.models.courses import CourseRow
from app.repositories.courses import Repository
from app.schemas import courses as schemas


class Service:
    """What has to hold for `courses`, whoever asks."""

    def __init__(self, repository: Repository) -> None:
        self.repository = repository

    async def page(
        self, owner_id: UUID | None, query: schemas.CourseQuery
    ) -> tuple[Sequence[CourseRow], int]:
        """The rows of one page, and how many there are on all pages."""
        return await self.repository.page(owner_id, query)

    async def get(self, owner_id: UUID | None, row_id: identity.Id) -> CourseRow:
        """One row."""
        return await self.repository.find(owner_id, row_id)

    async def create(self, owner_id: UUID, body: schemas.CourseCreate) -> CourseRow:
        """A new row of this owner."""
        values = body.model_dump()
        row = CourseRow(owner_id=owner_id, **values)
        return await self.repository.add(row)

    async def update(
        self, owner_id: UUID, row_id: identity.Id, body: schemas.CourseUpdate
    ) -> CourseRow:
        """The row after a change of what the body names."""
        values = body.model_dump(exclude_unset=True)
        return await self.repository.change(owner_id, row_id, values)

    async def replace(
        self, owner_id: UUID, row_id: identity.Id, body: schemas.CourseCreate
    ) -> CourseRow:
        """The row with all of it from the body."""
        values = body.model_dump()
        return await self.repository.change(owner_id, row_id, values)

    async def delete(self, owner_id: UUID, row_id: identity.Id) -> None:
        """Hides the row, unless others refer to it."""
        await self.repository.remove(owner_id, row_id)
