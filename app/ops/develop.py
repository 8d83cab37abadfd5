"""A server for whoever writes metadata: keeps the runtime loaded and takes up what was built on SIGHUP.

The parent listens and holds everything but what is generated. Each child imports that afresh and
brings the database up; only when it is ready does the one before it end. Whoever asks in between
waits at the socket, and where a child does not come up, the one before it goes on.
"""

import argparse
import gc
import os
import select
import signal
import socket
import sys
from dataclasses import dataclass, replace
from pathlib import Path

from app.ops import logs
from app.ops.ports import why_not
from app.ops.preconditions import CannotRun
from app.ops.supervisor import die_with_parent
from app.settings import Settings

READY = b"."  # said by a child that could serve, and said back when it shall
PAUSE = 0.02  # seconds between two looks at signals


@dataclass(frozen=True)
class Child:
    """A process of one build, and the line on which it says that it is ready."""

    pid: int
    line: socket.socket

    def end(self) -> None:
        """End it at once: what it has not written to the database by then is not written."""
        os.kill(self.pid, signal.SIGKILL)
        self.gone()

    def gone(self) -> None:
        """Take note that it has ended."""
        os.waitpid(self.pid, 0)
        self.line.close()


class Server:
    """Holds the child that serves, and the one that is about to."""

    def __init__(
        self, settings: Settings, listening: socket.socket, faults: Path | None = None
    ) -> None:
        self.settings = settings
        self.faults = faults
        self.listening = listening
        self.serving: Child | None = None
        self.coming: Child | None = None
        self.again = True
        self.stopping = False

    def run(self) -> int:
        """Serve until told to stop."""
        from app.upgrade import load_runtime

        signal.signal(signal.SIGHUP, self._on_hup)
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._on_stop)
        die_with_parent()
        print("· 正在装载……", flush=True)  # from now on SIGHUP is understood
        load_runtime()
        gc.freeze()  # the children shall not walk it, nor copy it by doing so
        while not self.stopping:
            if self.again:
                self.again = False
                self._start()
            self._look()
        for child in (self.coming, self.serving):
            if child:
                child.end()
        return 0

    def _on_hup(self, number: int, frame: object) -> None:
        self.again = True

    def _on_stop(self, number: int, frame: object) -> None:
        self.stopping = True

    def _start(self) -> None:
        if self.coming:
            self.coming.end()  # a later build has come before it was ready
        ours, theirs = socket.socketpair()
        pid = os.fork()
        if not pid:
            ours.close()
            self._be_child(theirs)
        theirs.close()
        self.coming = Child(pid, ours)

    def _be_child(self, line: socket.socket) -> None:
        code = 1
        try:
            gc.disable()  # until the application is made, which turns it on again
            os.setpgid(0, 0)
            die_with_parent()
            for number in (signal.SIGHUP, signal.SIGTERM, signal.SIGINT):
                signal.signal(number, signal.SIG_DFL)
            code = _serve(self.settings, self.listening, line, self.faults)
        except SystemExit as error:
            code = error.code if isinstance(error.code, int) else 1
        except Exception as error:  # noqa: BLE001 - whatever it is, the author must read it
            print(f"✗ {type(error).__name__}: {error}", file=sys.stderr, flush=True)
        finally:
            os._exit(code)

    def _look(self) -> None:
        """Wait a moment; let the next child take over once it is ready."""
        lines = [self.coming.line] if self.coming else []
        if not select.select(lines, [], [], PAUSE)[0] or not self.coming:
            return
        child, self.coming = self.coming, None
        if child.line.recv(1) != READY:
            child.gone()  # it has said why; the next build tries again
            return
        if self.serving:
            self.serving.end()
        self.serving = child
        child.line.send(READY)
        print(f"✓ http://{self.settings.host}:{self.settings.port}", flush=True)


def develop(settings: Settings, options: argparse.Namespace) -> int:
    """Serve for development; the exit code is 0 when it was told to stop."""
    if refusal := why_not(settings.host, settings.port):
        raise CannotRun(refusal)
    logs.configure(settings.logs, "develop", to_terminal=settings.log_to_terminal)
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    with socket.create_server((settings.host, settings.port), family=family) as listening:
        return Server(replace(settings, web_processes=1), listening, options.faults).run()


def _serve(
    settings: Settings, listening: socket.socket, line: socket.socket, faults: Path | None
) -> int:
    from jinja2 import FileSystemBytecodeCache
    from werkzeug.serving import make_server

    from app.ops.live_reload import Quiet, Reloading
    from app.upgrade import upgrade
    from app.web.factory import create_resident_app

    for said in upgrade(settings, adopt=True):  # a draft of a flow is no release
        print(f"· {said}", flush=True)
    app = create_resident_app(settings)
    app.jinja_env.bytecode_cache = FileSystemBytecodeCache(str(settings.run))  # of earlier builds
    server = make_server(
        settings.host, settings.port, Reloading(app, str(os.getpid()), faults),
        threaded=True, request_handler=Quiet, fd=listening.fileno(),
    )  # fmt: skip
    line.send(READY)
    if line.recv(1) == READY:
        server.serve_forever()
    return 0
