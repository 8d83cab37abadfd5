"""An application served within this process: by hand, to be looked at, or to a browser of a test."""

import os
import signal
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from flask import Flask
from werkzeug.serving import make_server

from app.security.demonstration import PASSWORD


def serve(app: Flask, port: int, names: Iterable[str]) -> None:
    """Serve on this port, unless PORT says another, until interrupted or terminated; say where and who may sign in."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    server = make_server("127.0.0.1", int(os.environ.get("PORT", port)), app, threaded=True)
    print(f"http://127.0.0.1:{server.port} {'、'.join(names)} {PASSWORD}", flush=True)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        server.server_close()


@contextmanager
def served(app: Flask) -> Iterator[str]:
    """Serve on a port of its own in a thread; gives the address."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
