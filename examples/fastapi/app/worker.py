"""Runs background jobs of a database server: `python -m app.worker`."""

import asyncio
import signal
import sys

from app.core.database import Database
from app.core.jobs.definition import definitions
from app.core.jobs.runner import Runner
from app.core.log import log, set_up
from app.core.settings import Settings, get_settings


async def work(settings: Settings) -> None:
    """Works until the process is told to stop."""
    database = Database(settings)
    runner = Runner(database, definitions(), slots=settings.jobs_slots)
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: loop.call_soon_threadsafe(runner.stop))
    log.info("worker started")
    await runner.run()
    await database.close()
    log.info("worker stopped")


def main(settings: Settings) -> None:
    """The command."""
    if not settings.database_url:
        sys.stderr.write(
            "DATABASE_URL is not set: the embedded database belongs to the server, "
            "which runs its jobs itself\n"
        )
        sys.exit(2)
    set_up(settings.log_level)
    asyncio.run(work(settings))


if __name__ == "__main__":
    main(get_settings())
