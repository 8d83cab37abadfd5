"""Starts the processes of the product together, starts again what died, and stops all together."""

import ctypes
import logging
import os
import signal
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field

log = logging.getLogger("supervisor")

GRACE = 15.0  # seconds that a process has to finish what it does
PR_SET_PDEATHSIG = 1  # of <sys/prctl.h>
PATIENCE = 5  # deaths within a minute after which we give up


@dataclass
class Part:
    """One process: what it runs after the fork, and how often it died lately."""

    name: str
    run: Callable[[], int]
    pid: int = 0
    deaths: list[float] = field(default_factory=list)


class Supervisor:
    """Holds the parts; `watch` returns when a signal came or a part cannot be kept alive."""

    def __init__(self, parts: list[Part], idle: Callable[[], object] = lambda: None) -> None:
        self.parts = parts
        self.idle = idle
        self.stopping = False

    def watch(self) -> int:
        """Run until told to stop; return the exit code."""
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, self._on_signal)
        for part in self.parts:
            self._start(part)
        code = 0
        while not self.stopping:
            code = self._revive()
            if code:
                break
            self.idle()
            time.sleep(0.2)
        self._stop()
        return code

    def _on_signal(self, number: int, frame: object) -> None:
        self.stopping = True

    def _start(self, part: Part) -> None:
        part.pid = os.fork()
        if part.pid == 0:
            code = 1
            try:
                # A terminal's Ctrl-C reaches the whole group; only the supervisor decides what it means.
                os.setpgid(0, 0)
                die_with_parent()
                for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
                    signal.signal(number, signal.SIG_DFL)
                code = part.run()
            except SystemExit as error:
                code = error.code if isinstance(error.code, int) else 1
            except BaseException:
                log.exception("%s ended with an error", part.name)
            finally:
                logging.shutdown()
                os._exit(code)

    def _revive(self) -> int:
        for part in self.parts:
            if not part.pid or not _ended(part.pid):
                continue
            now = time.monotonic()
            part.deaths = [moment for moment in part.deaths if now - moment < 60] + [now]
            log.error("%s died (%d in a minute)", part.name, len(part.deaths))
            part.pid = 0
            if self.stopping:
                return 0
            if len(part.deaths) >= PATIENCE:
                return 1
            self._start(part)
        return 0

    def _stop(self) -> None:
        alive = [part for part in self.parts if part.pid]
        for part in alive:
            _tell(os.kill, part.pid, signal.SIGTERM)
        until = time.monotonic() + GRACE
        while alive and time.monotonic() < until:
            alive = [part for part in alive if not _ended(part.pid)]
            time.sleep(0.05)
        for part in alive:
            _tell(os.killpg, part.pid, signal.SIGKILL)
            os.waitpid(part.pid, 0)


def _ended(pid: int) -> bool:
    try:
        return os.waitpid(pid, os.WNOHANG)[0] == pid
    except ChildProcessError:
        return True


def _tell(how: Callable[[int, int], None], pid: int, number: int) -> None:
    with suppress(ProcessLookupError):
        how(pid, number)


def die_with_parent(number: int = signal.SIGTERM) -> None:
    """Ask the system (Linux) to end this process when its parent is gone, however it went."""
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, number)
