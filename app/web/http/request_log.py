"""One log line per request: what was asked, by whom, how it ended, how long it took."""

import logging
import time

from flask import Flask, Response, g, request

from app.core.access.actor import current_actor
from app.ops import logs
from app.web.http.headers import request_number

log = logging.getLogger("access")
QUIET = ("static", "health.alive", "health.ready")
SLOW = 1.0  # seconds


def install(app: Flask) -> None:
    """Number the log lines of every request, and write one at its end."""
    app.before_request(_begin)
    app.after_request(_end)
    app.teardown_request(_forget)


def _begin() -> None:
    g.began = time.perf_counter()
    logs.request_id.set(request_number())


def _end(response: Response) -> Response:
    if request.endpoint in QUIET and response.status_code < 400:
        return response
    seconds = time.perf_counter() - g.get("began", time.perf_counter())
    level = logging.WARNING if response.status_code >= 500 or seconds > SLOW else logging.INFO
    # The path only: what people search for (names, identity numbers) stands in the query.
    log.log(
        level,
        "%s %s",
        request.method,
        request.path,
        extra={
            "status": response.status_code,
            "ms": round(seconds * 1000, 1),
            "user": current_actor().user_id,
            "address": request.remote_addr,
        },
    )
    return response


def _forget(error: BaseException | None) -> None:
    logs.request_id.set("")
