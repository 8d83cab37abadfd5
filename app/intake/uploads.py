"""Files that somebody sends for a long job: kept beside the jobs until one takes them as its own."""

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from werkzeug.datastructures import FileStorage

from app.core import settings
from app.core.access.actor import current_actor
from app.core.db.database import unit_of_work
from app.core.errors import UserError
from app.core.jobs import background
from app.core.jobs.background import LongJob

BLOCK = 256 * 1024
LONGEST_NAME = 150  # characters; its end says what kind of file it is


@dataclass(frozen=True)
class Sent:
    """A file that was sent: where it lies, its name without folders, its digest and bytes."""

    place: Path
    name: str
    sha256: str
    size: int

    def put(self, kind: str, function: str, title: str, own_name: str) -> LongJob:
        """Put the job that the file is for; from then on it is the job's, under `own_name`."""
        payload = {"name": self.name, "sha256": self.sha256, "ip": current_actor().ip}
        with unit_of_work():
            job = background.put(kind, function, title, payload)
            os.replace(self.place, background.file_of(job.id, own_name))
        return job


def name_of(sent: FileStorage) -> str:
    """Return the name of a file without the folders that some browsers send."""
    return Path((sent.filename or "").replace("\\", "/")).name[-LONGEST_NAME:]


@contextmanager
def received(sent: FileStorage, largest: int, too_large: UserError) -> Iterator[Sent]:
    """Keep a file of at most `largest` bytes for a block; it goes unless a job has taken it."""
    place = settings.folder("jobs") / f"{os.getpid()}-{os.urandom(8).hex()}.upload"
    try:
        digest, size = hashlib.sha256(), 0
        with place.open("wb") as target:
            while block := sent.stream.read(BLOCK):
                size += len(block)
                if size > largest:
                    raise too_large
                digest.update(block)
                target.write(block)
        yield Sent(place, name_of(sent), digest.hexdigest(), size)
    finally:
        place.unlink(missing_ok=True)
