"""Long jobs: what takes longer than a page may, done by the worker for the person who asked for it.

A job goes waiting → running → done, failed or cancelled; what it made expires. `queue` holds the
jobs, `work` does them, `folder` holds their files.
"""

from app.core.jobs.background.folder import Progress, file_of
from app.core.jobs.background.queue import (
    KEPT,
    STATES,
    LongJob,
    cancel,
    find,
    kept_file,
    progress_of,
    put,
    recent,
    set_aside,
)
from app.core.jobs.background.work import BROKEN, Kind, Work, register, work_now, work_once

__all__ = [
    "BROKEN",
    "KEPT",
    "STATES",
    "Kind",
    "LongJob",
    "Progress",
    "Work",
    "cancel",
    "file_of",
    "find",
    "kept_file",
    "progress_of",
    "put",
    "recent",
    "register",
    "set_aside",
    "work_now",
    "work_once",
]
