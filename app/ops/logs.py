"""Logs as JSON lines: one event a line, with the request that caused it.

A log is bounded whatever happens: its file is put aside at `LIMIT` by whichever process writes beyond it, and an error
that comes again and again at the same place (a database that is away) leaves its traceback once a minute, else a line.
"""

import fcntl
import json
import logging
import logging.handlers
import mmap
import sys
import time
from collections.abc import Callable
from contextvars import ContextVar
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

request_id: ContextVar[str] = ContextVar("request_id", default="")

KEEP = 10  # old files
LIMIT = 50 * 1024 * 1024  # bytes before a file is put aside
QUIET = 60.0  # seconds in which an error of one place leaves one traceback

PLACES = 1000  # of errors that a process remembers

_STANDARD = set(vars(logging.makeLogRecord({}))) | {"message", "asctime", "color_message"}


class JsonLine(logging.Formatter):
    """One record as one line of JSON; what `extra=` brought stands beside the usual keys."""

    def __init__(self, process: str) -> None:
        super().__init__()
        self.process = process

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        moment = datetime.fromtimestamp(record.created, UTC)
        line = {
            "time": moment.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "level": record.levelname.lower(),
            "process": self.process,
            "pid": record.process,
            "logger": record.name,
            "message": record.getMessage(),
        }
        if request_id.get():
            line["request"] = request_id.get()
        line.update({key: value for key, value in vars(record).items() if key not in _STANDARD})
        if record.exc_info:
            line["error"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False, default=str)


class Repeats(logging.Filter):
    """Leaves out the traceback of an error that has just left one at the same place; counts what it left out."""

    def __init__(self, quiet: float = QUIET, now: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self.quiet, self.now = quiet, now
        self._seen: dict[tuple[Any, ...], tuple[float, int]] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        """Let every record pass, a repeated one in a single line."""
        error = record.exc_info[1] if record.exc_info else None
        if error is None:
            return True
        place = _origin(error)
        at, count = self._seen.get(place, (-self.quiet, 0))
        if self.now() - at < self.quiet:
            self._seen[place] = at, count + 1
            record.exc_info = record.exc_text = None
            record.repeats = f"{type(error).__name__}, as in the last traceback of this kind"
            return True
        if count:
            record.left_out = count
        if len(self._seen) > PLACES:
            self._seen.clear()
        self._seen[place] = self.now(), 0
        return True


def _origin(error: BaseException) -> tuple[Any, ...]:
    """Return what tells one error from another: its kind, and where it was raised."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    where = (trace.tb_frame.f_code.co_filename, trace.tb_lineno) if trace else ()
    return type(error), *where


class BoundedFile(logging.handlers.WatchedFileHandler):
    """A file that many processes append to and whoever fills it puts aside; all others notice."""

    def __init__(self, path: Path) -> None:
        super().__init__(path, encoding="utf-8")
        self.path = path

    def emit(self, record: logging.LogRecord) -> None:
        """Write a line; put the file aside if it has grown too large."""
        super().emit(record)
        if self.stream is not None and self.stream.tell() >= LIMIT:
            rotate(self.path)


def configure(folder: Path, process: str, *, to_terminal: bool = False) -> None:
    """Send every log of this process to `folder`/platform.log, or to the terminal."""
    handler = (
        logging.StreamHandler(sys.stdout) if to_terminal else BoundedFile(folder / "platform.log")
    )
    handler.setFormatter(JsonLine(process))
    handler.addFilter(Repeats())
    for former in logging.root.handlers[:]:
        logging.root.removeHandler(former)
        if isinstance(former.formatter, JsonLine):
            former.close()
    logging.root.addHandler(handler)
    logging.root.setLevel(logging.INFO)
    logging.getLogger("apscheduler").setLevel(logging.WARNING)  # it tells of each run of each job
    logging.captureWarnings(True)


def rotate(path: Path, *, limit: int | None = None, keep: int = KEEP) -> bool:
    """Put a file aside that has grown beyond `limit`; tell whether that was so."""
    limit = LIMIT if limit is None else limit
    if not path.exists() or path.stat().st_size < limit:
        return False
    with path.with_name(f".{path.name}.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        return _put_aside(path, limit, keep)


def _put_aside(path: Path, limit: int, keep: int) -> bool:
    if not path.exists() or path.stat().st_size < limit:
        return False  # another process was first
    for number in range(keep - 1, 0, -1):
        older = path.with_name(f"{path.name}.{number}")
        if older.exists():
            older.replace(path.with_name(f"{path.name}.{number + 1}"))
    path.replace(path.with_name(f"{path.name}.1"))
    return True


def find(folder: Path, request: str, logger: str) -> dict[str, Any] | None:
    """Return the last line that a logger wrote about a request, from the present file and the one before."""
    wanted = f'"request": {json.dumps(request)}'.encode()
    for name in ("platform.log", "platform.log.1"):
        path = folder / name
        if not path.exists() or not path.stat().st_size:
            continue
        with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as text:
            found = _last(text, wanted, logger)
        if found is not None:
            return found
    return None


def _last(text: mmap.mmap, wanted: bytes, logger: str) -> dict[str, Any] | None:
    end = len(text)
    while (at := text.rfind(wanted, 0, end)) >= 0:
        start = text.rfind(b"\n", 0, at) + 1
        stop = text.find(b"\n", at)
        line = _object(text[start : stop if stop >= 0 else len(text)])
        if line is not None and line.get("logger") == logger:
            return line
        end = start
    return None


def _object(line: bytes) -> dict[str, Any] | None:
    try:
        found = json.loads(line)
    except ValueError:  # a line that is being written
        return None
    return found if isinstance(found, dict) else None
