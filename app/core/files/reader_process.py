"""Files from outside are read in a process of their own, which may be killed and takes nobody with it.

The process has limits of memory, time and what it writes; it knows no database and no secret. It never
runs while a transaction is open here, and of several only a few run at the same time, so that
people who send slow files never hold all threads of the web.
"""

import json
import logging
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from app.core import settings
from app.core.db.database import leave_transaction
from app.core.errors import Conflict, Unavailable

logger = logging.getLogger(__name__)

AT_ONCE = 2  # processes that read at the same time for one process of ours
PATIENCE = 10.0  # seconds that one waits for its turn
STALE = 24 * 3600  # seconds after which what a dead process left is cleared away
NO_MEMORY = 3  # how a reader process ends that has none left
_PAUSE = 0.05
_turn = threading.BoundedSemaphore(AT_ONCE)

TOO_LONG = "读取这个文件用了太长时间，已经停止。请删去多余的格式、图片和空白行列，或分成几个文件"
TOO_MUCH = "读取这个文件要用的内存太多，已经停止。请删去图片、格式和空白行列，或分成几个文件"
BROKEN = "文件已损坏，读不出来。请用原来的程序打开后另存，再上传"
BUSY = "正在读取的文件较多，请稍后再试"


@dataclass(frozen=True)
class Bounds:
    """What a reader process may use."""

    seconds: int = 60
    memory: int = 1024 * 1024 * 1024
    written: int = 1024 * 1024 * 1024  # bytes of what it makes of the file


AT_HAND = Bounds(seconds=20)  # while somebody waits for a page
OWN = Bounds(seconds=3600, memory=8 * 1024**3, written=64 * 1024**3)  # an operator's own source


class Unreadable(Conflict):
    """A file cannot be read; the message is for whoever sent it, `why` as of `archives.Unfit`."""

    def __init__(self, message: str, why: str = "broken") -> None:
        super().__init__(message)
        self.why = why


def _nothing() -> None:
    """Most callers have nothing to do while they wait."""


@contextmanager
def folder() -> Iterator[Path]:
    """Lend a folder for what a reader makes of a file."""
    home = settings.folder("reading")
    for left in home.iterdir():
        with suppress(OSError):
            if time.time() - left.stat().st_mtime > STALE:
                shutil.rmtree(left)
    place = Path(tempfile.mkdtemp(dir=home))
    try:
        yield place
    finally:
        shutil.rmtree(place, ignore_errors=True)


def run(
    reader: str,
    source: Path,
    target: Path,
    *,
    bounds: Bounds = Bounds(),
    tick: Callable[[], None] = _nothing,
    **options: Any,
) -> dict[str, Any]:
    """Let a reader read a file into the folder `target`, and return what it says of it.

    `tick` is called several times a second; what it raises ends the process. Unreadable says in words
    why a file was not read, Unavailable that too many are being read just now.
    """
    leave_transaction()
    if not _turn.acquire(timeout=PATIENCE):
        raise Unavailable(BUSY)
    try:
        return _run(reader, source, target, bounds, tick, options)
    finally:
        _turn.release()


def _run(
    reader: str,
    source: Path,
    target: Path,
    bounds: Bounds,
    tick: Callable[[], None],
    options: dict[str, Any],
) -> dict[str, Any]:
    asked = {
        "reader": reader, "source": str(source.resolve()), "target": str(target.resolve()),
        "bounds": asdict(bounds), "options": options,
    }  # fmt: skip
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen(
            [sys.executable, "-E", "-s", "-m", "app.core.files.readers", json.dumps(asked)],
            cwd=settings.ROOT,
            env=_environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=said,
            start_new_session=True,
        )
        try:
            late = _wait(process, bounds.seconds, tick)
        finally:
            _end(process)
        said.seek(0)
        words = said.read(20_000).decode(errors="replace")
    return _answer(target, process.returncode, late, f"{reader}: {words}")


def _environment() -> dict[str, str]:
    """Nothing of ours: the address of the database and other secrets stand in the environment."""
    kept = {name: os.environ[name] for name in ("PATH", "TMPDIR", "VAR") if name in os.environ}
    return {**kept, "LC_ALL": "C.UTF-8", "OPENBLAS_NUM_THREADS": "1"}


def _wait(process: subprocess.Popen[bytes], seconds: float, tick: Callable[[], None]) -> bool:
    """Wait for the end; True where it did not come in time."""
    until = time.monotonic() + seconds
    while True:
        with suppress(subprocess.TimeoutExpired):
            process.wait(_PAUSE)
            return False
        if time.monotonic() > until:
            return True
        tick()


def _end(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _answer(target: Path, code: int, late: bool, words: str) -> dict[str, Any]:
    if late or code == -signal.SIGXCPU:
        raise Unreadable(TOO_LONG, "huge")
    if code == -signal.SIGXFSZ:
        raise Unreadable(TOO_MUCH, "huge")
    try:
        answer: dict[str, Any] = json.loads((target / "answer.json").read_bytes())
    except (OSError, ValueError) as error:
        logger.warning("a reader ended with %s and no answer: %s", code, words[-2000:])
        much = code < 0 or code == NO_MEMORY  # who is killed took more than the machine has
        raise Unreadable(TOO_MUCH if much else BROKEN, "huge" if much else "broken") from error
    if "refused" in answer:
        raise Unreadable(answer["refused"], answer["why"])
    return answer
