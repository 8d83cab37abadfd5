"""Starts the processes of the product together, starts again what died, and stops all together.

What keeps dying is started ever more slowly and said on the terminal, but never given up: what it lacks (a port that
is still taken, a database that is away) may come back while nobody looks.
"""

import ctypes
import logging
import os
import signal
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field

log = logging.getLogger("supervisor")

GRACE = 15.0  # seconds that a process has to finish what it does
PR_SET_PDEATHSIG = 1  # of <sys/prctl.h>
LATELY = 600.0  # seconds in which deaths count
SLOWEST = 60.0  # seconds at most before what died is started again


@dataclass
class Part:
    """One process: what it runs after the fork, and how often it died lately."""

    name: str
    run: Callable[[], int]
    pid: int = 0
    deaths: list[float] = field(default_factory=list)
    due: float = 0.0  # when what died is started again


class Supervisor:
    """Holds the parts; `watch` returns when a signal came."""

    def __init__(self, parts: list[Part], idle: Callable[[], object] = lambda: None) -> None:
        self.parts = parts
        self.idle = idle
        self.stopping = False

    def watch(self) -> int:
        """Run until told to stop; return the exit code 0."""
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, self._on_signal)
        for part in self.parts:
            self._start(part)
        while not self.stopping:
            self._revive()
            self.idle()
            time.sleep(0.2)
        self._stop()
        return 0

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

    def _revive(self) -> None:
        """Note what died, and start again what is due."""
        now = time.monotonic()
        for part in self.parts:
            if part.pid and _ended(part.pid):
                part.pid = 0
                part.deaths = [moment for moment in part.deaths if now - moment < LATELY] + [now]
                part.due = now + pause(len(part.deaths))
                self._tell(part)
            if not part.pid and now >= part.due and not self.stopping:
                self._start(part)

    def _tell(self, part: Part) -> None:
        count, wait = len(part.deaths), pause(len(part.deaths))
        log.error("%s died (%d lately), started again in %.0f s", part.name, count, wait)
        if not self.stopping:
            print(
                f"! {part.name} 意外退出（10 分钟内第 {count} 次），{wait:.0f} 秒后重新启动；原因见日志",
                file=sys.stderr,
                flush=True,
            )

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


def pause(deaths: int) -> float:
    """Return how many seconds to wait after so many deaths lately: at once, then twice as long each time."""
    return 0.0 if deaths < 2 else min(SLOWEST, 2.0 ** (deaths - 2))


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
