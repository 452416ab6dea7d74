"""The rows of services' faults: which styles each is tried in."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.e2e.shell import Postgres
from tests.e2e.stacks import LOCAL, Stack
from tests.trust.figures import Figures
from tests.trust.services import disk, faults
from tests.trust.services.project import FILES, project

ON_POSTGRES = ("supabase", "clerk", "prisma", "fastapi")
ROWS = {
    "service-kill": (*ON_POSTGRES, FILES),
    "service-database": ON_POSTGRES,
    "service-redis": ("supabase", "clerk", "fastapi"),
    "service-disk": (FILES,),
}
TITLES = {
    "service-kill": "`kill -9` under load",
    "service-database": "the database stops, and is back",
    "service-redis": "Redis stops, and is back",
    "service-disk": "a disk that is full, and has room again",
}


def run(row: str, style: str, scratch: Path, say: Callable[[str], None]) -> Figures:
    """The figures of a fault in a style; its project is built once."""
    made = project(style, scratch / "services" / style / "clinic")
    if row == "service-disk":
        return disk.run(made.folder, say)
    with TemporaryDirectory(prefix="scaffold-postgres-") as folder:
        drill = faults.Drill(made, {**LOCAL}, lambda text: say(f"{style}: {text}"))
        try:
            if style == FILES:
                drill.files = made.folder / "data"
                faults.kills(drill)
            else:
                _on_postgres(row, drill, made, Postgres(Path(folder) / "server"))
        except AssertionError as error:
            # It never noticed, or never came back: the rest of the run goes on.
            drill.say(f"--- {row}: {error}")
            drill.figures.add(Figures(tries=1, wrong=1))
        return drill.figures


def _on_postgres(row: str, drill: faults.Drill, made: Stack, postgres: Postgres) -> None:
    postgres.start()
    try:
        drill.env["DATABASE_URL"] = postgres.database("drill")
        made.migrate(**drill.env)
        if row == "service-kill":
            faults.kills(drill)
        elif row == "service-database":
            faults.database(drill, postgres)
        else:
            faults.redis(drill)
    finally:
        postgres.stop()
