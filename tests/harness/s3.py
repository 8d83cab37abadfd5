"""A server that speaks the S3 protocol, as a process of its own."""

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.error import URLError
from urllib.request import Request, urlopen

from app.ops.ports import free_port

SECONDS = 30


@contextmanager
def server(port: int | None = None) -> Iterator[str]:
    """Run the server; yield the address of a bucket that is made."""
    port = port or free_port()
    command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    address = f"http://127.0.0.1:{port}/papers"
    try:
        _make(address, process)
        yield address
    finally:
        process.terminate()
        process.wait(10)


def _make(address: str, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + SECONDS
    while True:
        try:
            with urlopen(Request(address, method="PUT"), timeout=5):
                return
        except URLError:
            if time.monotonic() > until or process.poll() is not None:
                raise
            time.sleep(0.1)
