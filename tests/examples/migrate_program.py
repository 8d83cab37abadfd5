"""A migration of the examples as a process of its own, for tests that kill it: DATABASE_URL, names of migrations.

DIES_AT says before which of its SQL statements it is killed: wherever that is, on every machine the same place.
"""

import os
import signal
import sys
from itertools import count
from pathlib import Path

from sqlalchemy import Engine, event

from app import upgrade
from app.core.access.actor import SYSTEM, acting_as
from app.core.db import database
from app.core.jobs.background import work
from app.intake import loading, runner
from tests.harness import project


def main() -> None:
    """Carry out the migrations that are named, in small batches and under a short lease."""
    project.use(Path(__file__).parent)
    upgrade.load_runtime()
    work.LEASE = work.LEASE.__class__(seconds=1)
    loading.BATCH = 15
    engine = database.make_engine(os.environ["DATABASE_URL"])
    database.bind(engine)
    _die(engine, int(os.environ.get("DIES_AT", 0)))
    with acting_as(SYSTEM):
        for name in sys.argv[1:]:
            job = runner.finish(runner.find(name), f"test:{os.getpid()}")
            print(job.note, flush=True)


def _die(engine: Engine, at: int) -> None:
    number = count(1)

    def before(*_: object) -> None:
        if next(number) == at:
            os.kill(os.getpid(), signal.SIGKILL)

    event.listen(engine, "before_cursor_execute", before)


if __name__ == "__main__":
    main()
