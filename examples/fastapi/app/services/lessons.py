"""Rules of `lessons`."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from app.core import identity
from app.models.courses import CourseRow
from app.models.lessons import LessonRow
from app.repositories.lessons import Repository
from app.schemas import lessons as schemas


class Service:
    """What has to hold for `lessons`, whoever asks."""

    def __init__(self, repository: Repository) -> None:
        self.repository = repository

    async def after(
        self, owner_id: UUID | None, query: schemas.LessonQuery
    ) -> tuple[Sequence[LessonRow], str | None]:
        """The rows behind a cursor, and the cursor of those that follow."""
        return await self.repository.after(owner_id, query)

    async def get(self, owner_id: UUID | None, row_id: identity.Id) -> LessonRow:
        """One row."""
        return await self.repository.find(owner_id, row_id)

    async def create(self, owner_id: UUID, body: schemas.LessonCreate) -> LessonRow:
        """A new row of this owner."""
        values = body.model_dump()
        await self._check(owner_id, values)
        row = LessonRow(owner_id=owner_id, **values)
        return await self.repository.add(row)

    async def update(
        self, owner_id: UUID, row_id: identity.Id, body: schemas.LessonUpdate
    ) -> LessonRow:
        """The row after a change of what the body names."""
        values = body.model_dump(exclude_unset=True)
        await self._check(owner_id, values)
        return await self.repository.change(owner_id, row_id, values)

    async def replace(
        self, owner_id: UUID, row_id: identity.Id, body: schemas.LessonCreate
    ) -> LessonRow:
        """The row with all of it from the body."""
        values = body.model_dump()
        await self._check(owner_id, values)
        return await self.repository.change(owner_id, row_id, values)

    async def delete(self, owner_id: UUID, row_id: identity.Id) -> None:
        """Hides the row, unless others refer to it."""
        await self.repository.remove(owner_id, row_id)

    async def _check(self, owner_id: UUID, values: Mapping[str, object]) -> None:
        """Raises ApiError where a parent is not there for this caller."""
        await self.repository.require(
            CourseRow,
            owner_id,
            "course_id",
            values.get("course_id"),
        )
