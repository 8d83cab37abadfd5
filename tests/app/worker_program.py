"""A worker as a process of its own over the small product, for tests that end it."""

import os
import signal
from dataclasses import replace
from datetime import timedelta

from app.core import clock, database, jobs, outbox, registry
from app.core.database import unit_of_work
from app.worker import Worker


def main() -> None:
    """Work with short leases until told to stop."""
    registry.use("tests.papers")
    import app.messaging.sms  # noqa: F401 - registers its handler and job

    outbox.LEASE = timedelta(seconds=2)
    jobs.LEASE = timedelta(seconds=2)
    database.bind(database.make_engine(os.environ["DATABASE_URL"]))
    jobs.declare(replace(jobs.JOBS["sms_receipts"], every=1))
    jobs.declare(jobs.Job(name="tick", title="试验", run=tick, every=1))
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
