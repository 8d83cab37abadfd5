"""A process of tests keeps its files in memory where there is room, and looks rarely for what is no longer used.

A database on a disk waits for it at every commit; what power failures leave behind no test of one process sees.
"""

import gc
import os
import shutil

import pytest

SHARED, ROOM = "/dev/shm", 6 << 30  # bytes; a whole run leaves less behind
RARELY = (20_000, 20, 20)  # of new objects, and of the collections before one of all

if "PYTEST_XDIST_WORKER" not in os.environ and os.access(SHARED, os.W_OK):
    if shutil.disk_usage(SHARED).free > ROOM:
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", SHARED)


@pytest.hookimpl(trylast=True)
def pytest_collection_finish() -> None:
    """What was read by now stays to the end."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*RARELY)
