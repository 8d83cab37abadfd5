"""A server for whoever writes metadata: keeps the runtime loaded and starts anew on SIGHUP.

The parent holds everything but what is generated; each child imports that afresh, brings the
database up and serves. So a change is seen about a second after it is built.
"""

import gc
import os
import signal
import sys
import time
from dataclasses import replace

from app.ops import logs
from app.ops.ports import is_taken
from app.ops.starting import CannotRun
from app.ops.supervisor import die_with_parent
from app.settings import Settings

PATIENCE = 5.0  # seconds until a child that does not end is killed


class Server:
    """Holds one child that serves."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.pid = 0
        self.again = False
        self.stopping = False
        self.told = False

    def run(self) -> int:
        """Serve until told to stop."""
        from app.upgrade import load_runtime

        signal.signal(signal.SIGHUP, self._on_hup)
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._on_stop)
        die_with_parent()
        print("· 正在装载……", flush=True)  # from now on SIGHUP is understood
        load_runtime()
        self._start()
        while not self.stopping:
            if self.again:
                self.again = False
                self._end()
                self._start()
            self._look()
            time.sleep(0.05)
        self._end()
        return 0

    def _on_hup(self, number: int, frame: object) -> None:
        self.again = True

    def _on_stop(self, number: int, frame: object) -> None:
        self.stopping = True

    def _start(self) -> None:
        self.told = False
        self.pid = os.fork()
        if self.pid:
            return
        code = 1
        try:
            gc.disable()  # until the application is made, which turns it on again
            os.setpgid(0, 0)
            die_with_parent()
            for number in (signal.SIGHUP, signal.SIGTERM, signal.SIGINT):
                signal.signal(number, signal.SIG_DFL)
            code = _serve(self.settings)
        except SystemExit as error:
            code = error.code if isinstance(error.code, int) else 1
        except Exception as error:  # noqa: BLE001 - whatever it is, the author must read it
            print(f"✗ {type(error).__name__}: {error}", file=sys.stderr, flush=True)
        finally:
            os._exit(code)

    def _look(self) -> None:
        if self.pid and os.waitpid(self.pid, os.WNOHANG)[0] == self.pid:
            self.pid = 0  # it said why; the next build tries again
        if self.pid and not self.told and is_taken(self.settings.host, self.settings.port):
            self.told = True
            print(f"✓ http://{self.settings.host}:{self.settings.port}", flush=True)

    def _end(self) -> None:
        if not self.pid:
            return
        os.kill(
            self.pid, signal.SIGINT
        )  # gunicorn's quick way: open connections are not waited for
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            if os.waitpid(self.pid, os.WNOHANG)[0] == self.pid:
                self.pid = 0
                return
            time.sleep(0.02)
        os.killpg(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)
        self.pid = 0


def develop(settings: Settings, options: object) -> int:
    """Serve for development; the exit code is 0 when it was told to stop."""
    if is_taken(settings.host, settings.port):
        raise CannotRun(f"端口 {settings.port} 已被占用，请换一个端口：PORT={settings.port + 1}")
    logs.configure(settings.logs, "develop", to_terminal=settings.log_to_terminal)
    return Server(replace(settings, web_processes=1)).run()


def _serve(settings: Settings) -> int:
    from app.ops.web import Web
    from app.upgrade import upgrade
    from app.web.factory import create_app

    for line in upgrade(settings):
        print(f"· {line}", flush=True)
    Web(settings, create_app(settings)).run()
    return 0
