"""The product's worker as a process of its own with short leases and pauses, for tests that kill it."""

import signal
from dataclasses import replace
from datetime import timedelta

from app import settings
from app.core.jobs import outbox, scheduler
from app.web.factory import create_app
from app.worker import Worker


def main() -> None:
    """Work until told to stop."""
    outbox.LEASE = timedelta(seconds=2)
    scheduler.LEASE = timedelta(seconds=2)
    app = create_app(settings.load())
    for kind, handler in outbox.HANDLERS.items():
        outbox.HANDLERS[kind] = replace(handler, delays=(1,) * 60)
    scheduler.declare(replace(scheduler.JOBS["sms_receipts"], every=1))
    worker = Worker(pause=0.05)
    signal.signal(signal.SIGTERM, lambda *_: worker.stop.set())
    with app.app_context():
        worker.run()


if __name__ == "__main__":
    main()
