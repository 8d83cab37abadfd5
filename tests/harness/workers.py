"""Processes of their own that work for a test: started, ready, and gone at the end."""

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from app.settings import ROOT


@contextmanager
def started(module: str, environment: Mapping[str, str]) -> Iterator[subprocess.Popen[str]]:
    """Run a module that says `ready` once it works; whatever becomes of it, it is gone at the end."""
    with subprocess.Popen(
        [sys.executable, "-m", module],
        env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
        cwd=ROOT, stdout=subprocess.PIPE, text=True,
    ) as process:  # fmt: skip
        try:
            assert process.stdout
            assert process.stdout.readline() == "ready\n"
            yield process
        finally:
            process.kill()
