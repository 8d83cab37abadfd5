"""A project served by hand, to be looked at."""

import os
import signal
from collections.abc import Iterable

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
