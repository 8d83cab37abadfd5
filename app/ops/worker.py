"""The worker process: outbox, documents and timed jobs, until told to stop."""

import signal
import threading

from app.settings import Settings


def run(settings: Settings) -> int:
    """Load the application and work until a signal comes."""
    from app.ops.logs import configure
    from app.web.factory import create_app

    configure(settings.logs, "worker", to_terminal=settings.log_to_terminal)
    return work(settings, create_app(settings))


def work(settings: Settings, wsgi: object) -> int:
    """Work with an application that is loaded already."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    stop.wait()
    return 0
