"""The worker process: outbox, documents and timed jobs, until a signal comes."""

import signal
from typing import Any

from app.settings import Settings


def run(settings: Settings) -> int:
    """Load the application and work."""
    from app.ops.backup import need_whole
    from app.ops.logs import configure
    from app.ops.preconditions import tell_start
    from app.web.factory import create_resident_app

    need_whole(settings)
    configure(settings.logs, "worker", to_terminal=settings.log_to_terminal)
    wsgi = create_resident_app(settings)
    tell_start("后台任务", settings)
    return work(wsgi)


def work(wsgi: Any) -> int:
    """Work with an application that is loaded already: its plugins and jobs are registered."""
    from app.worker import Worker

    worker = Worker(within=wsgi.app_context)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: worker.stop.set())
    with wsgi.app_context():
        worker.run()
    return 0
