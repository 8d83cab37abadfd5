"""The web processes: gunicorn around the application, loaded once and then shared by forking."""

import logging
from typing import Any

from gunicorn.app.base import BaseApplication
from gunicorn.glogging import Logger

from app.settings import Settings


class Web(BaseApplication):
    """Gunicorn with our settings instead of a configuration file."""

    def __init__(self, settings: Settings, application: Any) -> None:
        self.settings = settings
        self.application = application
        super().__init__()

    def load_config(self) -> None:
        """Hand our settings to gunicorn."""
        options = {
            "bind": f"{self.settings.host}:{self.settings.port}",
            "workers": self.settings.web_processes,
            # Browsers open connections ahead of need; a thread must not wait for them.
            "worker_class": "gthread",
            "threads": 4,
            "preload_app": True,
            "timeout": 60,
            "graceful_timeout": 10,
            "keepalive": 5,
            "worker_tmp_dir": str(self.settings.run),
            "control_socket_disable": True,
            "proc_name": "platform-web",
            "post_fork": _post_fork,
            "logger_class": PlainLogger,
        }
        for name, value in options.items():
            self.cfg.set(name, value)

    def load(self) -> Any:
        """Return the application that was loaded before the fork."""
        return self.application


class PlainLogger(Logger):
    """Gunicorn's own events go where all logs go; requests are logged by the application."""

    def setup(self, cfg: Any) -> None:
        """Leave handlers to the root logger."""
        for logger in (self.error_log, self.access_log):
            logger.handlers.clear()
            logger.propagate = True
        self.error_log.setLevel(logging.INFO)
        self.access_log.disabled = True

    def reopen_files(self) -> None:
        """The root handler notices by itself that its file was put aside."""


def _post_fork(server: Any, worker: Any) -> None:
    from app.core.db.database import session
    from app.ops.supervisor import die_with_parent

    die_with_parent()  # else a worker whose master was killed holds the port against the next one
    session.remove()
    session.get_bind().engine.dispose(close=False)


def run(settings: Settings) -> int:
    """Load the application and serve it until told to stop."""
    from app.ops.backup import need_whole
    from app.ops.logs import configure
    from app.ops.ports import why_not
    from app.ops.preconditions import CannotRun, tell_start
    from app.web.factory import create_resident_app

    need_whole(settings)
    if refusal := why_not(settings.host, settings.port):
        raise CannotRun(refusal)
    configure(settings.logs, "web", to_terminal=settings.log_to_terminal)
    wsgi = create_resident_app(settings)
    tell_start(f"网站：http://{settings.host}:{settings.port}", settings)
    Web(settings, wsgi).run()
    return 0
