"""Figures for a monitoring system, in the text form of Prometheus, behind a token.

Each process counts for itself and writes its counts to a file every few seconds; whichever
process is asked adds them all up. A process that is gone leaves its counts behind, so that
nothing ever counts backwards.
"""

import bisect
import hmac
import json
import os
import threading
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from flask import Blueprint, Flask, Response, abort, g, request
from sqlalchemy import func, select

from app.core import clock, settings
from app.core.db.database import elevated, session
from app.core.jobs.outbox import OutboxItem
from app.core.jobs.scheduler import JobRun, Lease
from app.flow.models import Case, Task

BUCKETS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)  # seconds
PAUSE = 2.0  # seconds between two writings of the counts
blueprint = Blueprint("metrics", __name__)


class Counts:
    """What this process has served: requests by kind and status, and how long they took."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.pid = 0
        self.written = 0.0
        self._begin()

    def _begin(self) -> None:
        self.pid = os.getpid()
        self.requests: Counter[str] = Counter()
        self.times = [0] * (len(BUCKETS) + 1)
        self.seconds = 0.0

    def add(self, method: str, status: int, seconds: float) -> None:
        """Count a request."""
        with self.lock:
            if self.pid != os.getpid():  # forked since: the counts before belong to the other
                self._begin()
            self.requests[f"{method} {status}"] += 1
            self.times[bisect.bisect_left(BUCKETS, seconds)] += 1
            self.seconds += seconds
            if time.monotonic() - self.written > PAUSE:
                self.write()

    def write(self) -> None:
        """Let the other processes know."""
        self.written = time.monotonic()
        place = _folder() / f"{self.pid}-{_started(self.pid)}.json"
        fresh = place.with_suffix(f".{threading.get_ident()}.new")
        content = {"requests": self.requests, "times": self.times, "seconds": self.seconds}
        fresh.write_text(json.dumps(content))
        fresh.replace(place)


COUNTS = Counts()


def _folder() -> Path:
    return settings.folder("run/metrics")


def _started(pid: int) -> str:
    """Return when a process began, since numbers of processes come round again."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[19]
    except (OSError, IndexError):
        return "0"


def install(app: Flask) -> None:
    """Count every request of an application."""
    app.after_request(_count)
    app.register_blueprint(blueprint)


def _count(response: Response) -> Response:
    began = g.get("began")
    if began is not None and request.endpoint not in ("static", "metrics.metrics"):
        COUNTS.add(request.method, response.status_code, time.perf_counter() - began)
    return response


@blueprint.get("/metrics")
def metrics() -> Response:
    """Answer with all figures; who does not bring the token finds nothing here."""
    token = os.environ.get("METRICS_TOKEN", "")
    given = request.headers.get("Authorization", "").removeprefix("Bearer ").strip()
    if not token or not hmac.compare_digest(token.encode(), given.encode()):
        abort(404)
    lines = [*_served(), *_stored()]
    return Response("\n".join(lines) + "\n", mimetype="text/plain; version=0.0.4")


def _served() -> Iterator[str]:
    with COUNTS.lock:
        COUNTS.write()
    requests: Counter[str] = Counter()
    times, seconds, processes = [0] * (len(BUCKETS) + 1), 0.0, 0
    for place in _folder().glob("*.json"):
        content = json.loads(place.read_text())
        requests.update(content["requests"])
        times = [one + two for one, two in zip(times, content["times"], strict=True)]
        seconds += content["seconds"]
        pid, _, started = place.stem.partition("-")
        processes += _started(int(pid)) == started
    yield from _head("platform_http_requests_total", "counter", "Requests by method and status.")
    for key, number in sorted(requests.items()):
        method, _, status = key.partition(" ")
        yield f'platform_http_requests_total{{method="{method}",status="{status}"}} {number}'
    name = "platform_http_request_duration_seconds"
    yield from _head(name, "histogram", "How long requests took.")
    total = 0
    for bound, number in zip((*BUCKETS, "+Inf"), times, strict=True):
        total += number
        yield f'{name}_bucket{{le="{bound}"}} {total}'
    yield f"{name}_sum {seconds:.6f}"
    yield f"{name}_count {total}"
    yield from _figure("platform_web_processes", "Web processes that have served.", processes)


def _stored() -> Iterator[str]:
    now = clock.now()
    with elevated():
        yield from _head("platform_outbox_items", "gauge", "What is to leave, by state.")
        by_state = select(OutboxItem.state, func.count()).group_by(OutboxItem.state)
        for state, number in sorted(session.execute(by_state).all()):
            yield f'platform_outbox_items{{state="{state}"}} {number}'
        oldest = session.scalar(
            select(func.min(OutboxItem.created_at)).where(OutboxItem.state == "pending")
        )
        age = (now - oldest).total_seconds() if oldest else 0
        yield from _figure(
            "platform_outbox_oldest_pending_seconds", "Age of the oldest that waits.", round(age)
        )
        open_cases = session.scalar(select(func.count(Case.id)).where(Case.ended_at.is_(None)))
        yield from _figure("platform_cases_open", "Cases under way.", open_cases)
        late = select(func.count(Task.id)).where(Task.done_at.is_(None), Task.due_at < now)
        late = late.where(Task.view_of.is_(None))  # the task for which it was asked is late as well
        yield from _figure(
            "platform_tasks_late", "Open tasks past their limit.", session.scalar(late)
        )
        yield from _head("platform_job_runs", "gauge", "Runs of timed jobs kept, by state.")
        runs = select(JobRun.job, JobRun.state, func.count()).group_by(JobRun.job, JobRun.state)
        for job, state, number in sorted(session.execute(runs).all()):
            yield f'platform_job_runs{{job="{job}",state="{state}"}} {number}'
        lead = session.scalar(select(func.max(Lease.until)))
        left = (lead - now).total_seconds() if lead else 0
        yield from _figure(
            "platform_worker_lease_seconds",
            "How long the leading worker's lease lasts.",
            round(left),
        )


def _head(name: str, kind: str, text: str) -> Iterator[str]:
    yield f"# HELP {name} {text}"
    yield f"# TYPE {name} {kind}"


def _figure(name: str, text: str, value: Any) -> Iterator[str]:
    yield from _head(name, "gauge", text)
    yield f"{name} {value or 0}"
