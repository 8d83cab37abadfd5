"""A worker as a process of its own over the small product, for tests that end it."""

import os
import signal
from dataclasses import replace
from datetime import timedelta

from app.core import clock
from app.core.db import database
from app.core.db.database import unit_of_work
from app.core.declare import registry
from app.core.jobs import outbox, scheduler
from app.worker import Worker


def main() -> None:
    """Work with short leases until told to stop."""
    registry.use("tests.papers")
    import app.messaging.sms  # noqa: F401 - registers its handler and job

    outbox.LEASE = timedelta(seconds=2)
    scheduler.LEASE = timedelta(seconds=2)
    database.bind(database.make_engine(os.environ["DATABASE_URL"]))
    scheduler.declare(replace(scheduler.JOBS["sms_receipts"], every=1))
    scheduler.declare(scheduler.Job(name="tick", title="试验", run=tick, every=1))
    worker = Worker(pause=0.05)
    signal.signal(signal.SIGTERM, lambda *_: worker.stop.set())
    print("ready", flush=True)
    worker.run()


def tick() -> str:
    """Do nothing but be written down."""
    with unit_of_work():
        return clock.now().isoformat()


if __name__ == "__main__":
    main()
