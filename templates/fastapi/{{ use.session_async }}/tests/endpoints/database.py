"""A database of the tests, in place of the project's own: SQLite in a file."""

import sqlite3
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.ext.asyncio import (
    AsyncSession,
    async_sessionmaker,
    create_async_engine,
)
from sqlalchemy.pool import ConnectionPoolEntry


def connected(connection: sqlite3.Connection, _record: ConnectionPoolEntry) -> None:
    """Python would begin a transaction before the first write only."""
    connection.isolation_level = None
    connection.execute("PRAGMA foreign_keys = ON")


def begun(connection: sa.Connection) -> None:
    """The transaction begins with the first statement."""
    connection.exec_driver_sql("BEGIN")


class Database:
    """Its engine, and the sessions on it."""

    def __init__(self, folder: Path) -> None:
        url = f"sqlite+aiosqlite:///{folder / 'test.db'}"
        self.engine = create_async_engine(url)
        event.listen(self.engine.sync_engine, "connect", connected)
        event.listen(self.engine.sync_engine, "begin", begun)
        self._make = async_sessionmaker(self.engine, expire_on_commit=False)

    def session(self, *, writes: bool = True) -> AsyncSession:
        """A session for the tests themselves."""
        return self._make()

    async def get_session(self) -> AsyncIterator[AsyncSession]:
        """In place of the project's own dependency."""
        async with self.session() as session:
            yield session

    async def run(self, do: Callable[[sa.Connection], None]) -> None:
        """Does something in a transaction of its own."""
        async with self.engine.begin() as connection:
            await connection.run_sync(do)

    async def close(self) -> None:
        """Ends all connections."""
        await self.engine.dispose()
