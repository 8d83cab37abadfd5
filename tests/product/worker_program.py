"""The product's worker as a process of its own with short leases, for tests that end it."""

import signal
from datetime import timedelta

from app import settings
from app.core.jobs.background import work
from app.web.excel import intake
from app.web.factory import create_app
from app.worker import Worker


def main() -> None:
    """Work until told to stop."""
    work.LEASE = timedelta(seconds=2)
    work.PULSE = 0.0
    intake.BATCH = 40
    app = create_app(settings.load())
    worker = Worker(pause=0.05, deliverers=1, within=app.app_context)
    signal.signal(signal.SIGTERM, lambda *_: worker.stop.set())
    print("ready", flush=True)
    with app.app_context():
        worker.run()


if __name__ == "__main__":
    main()
