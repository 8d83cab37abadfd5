"""Logs as JSON lines: one event a line, with the request that caused it."""

import json
import logging
import logging.handlers
import mmap
import sys
from contextvars import ContextVar
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

request_id: ContextVar[str] = ContextVar("request_id", default="")

KEEP = 10  # old files
LIMIT = 50 * 1024 * 1024  # bytes before a file is put aside

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


def configure(folder: Path, process: str, *, to_terminal: bool = False) -> None:
    """Send every log of this process to `folder`/platform.log, or to the terminal."""
    handler: logging.Handler
    if to_terminal:
        handler = logging.StreamHandler(sys.stdout)
    else:
        # Several processes append to the file; whoever puts it aside, all others notice.
        handler = logging.handlers.WatchedFileHandler(folder / "platform.log", encoding="utf-8")
    handler.setFormatter(JsonLine(process))
    for former in logging.root.handlers[:]:
        logging.root.removeHandler(former)
        if isinstance(former.formatter, JsonLine):
            former.close()
    logging.root.addHandler(handler)
    logging.root.setLevel(logging.INFO)
    logging.getLogger("apscheduler").setLevel(logging.WARNING)  # it tells of each run of each job
    logging.captureWarnings(True)


def rotate(path: Path, *, limit: int = LIMIT, keep: int = KEEP) -> bool:
    """Put a file aside that has grown beyond `limit`; tell whether that was so."""
    if not path.exists() or path.stat().st_size < limit:
        return False
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
