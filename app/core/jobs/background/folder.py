"""The folder of long jobs: var/jobs, where every file begins with the number of its job.

How far a job has got and the wish to cancel it are files too: on SQLite the one writer of a long
import would otherwise keep both from being written.
"""

import json
import os
import threading
import time
from dataclasses import dataclass
from pathlib import Path

from app.core import settings


@dataclass(frozen=True)
class Progress:
    """How far a job has got; `total` 0 where nobody knows yet."""

    done: int = 0
    total: int = 0
    words: str = ""

    @property
    def percent(self) -> int:
        """Whole per cent, below 100 until the end."""
        return min(99, self.done * 100 // self.total) if self.total else 0


def file_of(pk: int, name: str) -> Path:
    """Return where a file of a job lies."""
    return settings.folder("jobs") / f"{pk}.{name}"


def forget(pk: int, which: str = "*") -> None:
    """Remove files of a job: all, or those of a pattern."""
    for place in settings.folder("jobs").glob(f"{pk}.{which}"):
        place.unlink(missing_ok=True)


def keep_only(alive: set[int]) -> int:
    """Remove the files of all other jobs; return how many they were."""
    gone = 0
    for place in settings.folder("jobs").iterdir():
        number = place.name.partition(".")[0]
        if number.isdigit() and int(number) not in alive and _old(place):
            place.unlink(missing_ok=True)
            gone += 1
    return gone


def note_progress(pk: int, done: int, total: int, words: str) -> None:
    """Write down how far a job has got."""
    place = file_of(pk, "progress")
    fresh = place.with_name(f"{place.name}.{os.getpid()}.{threading.get_ident()}")
    fresh.write_bytes(json.dumps([done, total, words]).encode())
    os.replace(fresh, place)


def progress(pk: int) -> Progress:
    """Return how far a job has got."""
    try:
        done, total, words = json.loads(file_of(pk, "progress").read_bytes())
    except (OSError, ValueError):
        return Progress()
    return Progress(done, total, words)


def wish_away(pk: int) -> None:
    """Note that a job is not wanted any more."""
    file_of(pk, "cancel").touch()


def is_unwanted(pk: int) -> bool:
    """Tell whether somebody does not want the job any more."""
    return file_of(pk, "cancel").exists()


def _old(place: Path) -> bool:
    """A file that was written just now may belong to a job that is not committed yet."""
    try:
        return time.time() - place.stat().st_mtime > 3600
    except OSError:
        return False
