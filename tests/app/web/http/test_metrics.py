"""Figures for a monitoring system: right over several processes, and nobody else's business."""

import json
import re
from datetime import timedelta

import pytest

from app.core import clock
from app.core.access.actor import SYSTEM, acting_as
from app.core.db.database import session, unit_of_work
from app.core.jobs import outbox
from app.flow.models import Case, Task
from app.web.http import metrics

LINE = re.compile(
    r'(# (HELP|TYPE) [a-z_]+ .+|[a-z_]+(\{[a-z]+="[^"]*"(,[a-z]+="[^"]*")*\})? -?[0-9.]+)'
)
TOKEN = {"Authorization": "Bearer watch"}


@pytest.fixture
def client(app, own_var, monkeypatch):
    monkeypatch.setenv("METRICS_TOKEN", "watch")
    monkeypatch.setattr(metrics, "COUNTS", metrics.Counts())
    return app.test_client()


def figures(client) -> dict[str, float]:
    answer = client.get("/metrics", headers=TOKEN)
    assert answer.status_code == 200
    lines = answer.text.splitlines()
    assert all(LINE.fullmatch(line) for line in lines), lines
    return {
        name: float(value)
        for name, _, value in (line.rpartition(" ") for line in lines if line[0] != "#")
    }


@pytest.mark.parametrize("header", [{}, {"Authorization": "Bearer guess"}, {"Authorization": ""}])
def test_a_stranger_finds_nothing(client, header):
    assert client.get("/metrics", headers=header).status_code == 404


def test_without_a_token_nobody_does(client, monkeypatch):
    monkeypatch.delenv("METRICS_TOKEN")
    assert client.get("/metrics", headers={"Authorization": "Bearer "}).status_code == 404


def test_requests_are_counted_by_status_and_time(client):
    client.get("/sign-in")
    client.get("/nothing-here")
    found = figures(client)
    assert found['platform_http_requests_total{method="GET",status="200"}'] == 1
    assert found['platform_http_requests_total{method="GET",status="404"}'] == 1
    assert found["platform_http_request_duration_seconds_count"] == 2
    assert found['platform_http_request_duration_seconds_bucket{le="+Inf"}'] == 2


def test_other_processes_count_too_also_when_they_are_gone(client, own_var):
    client.get("/sign-in")
    other = {"requests": {"GET 200": 5}, "times": [5] + [0] * 10, "seconds": 0.02}
    (metrics._folder() / "999999-1.json").write_text(json.dumps(other))
    found = figures(client)
    assert found['platform_http_requests_total{method="GET",status="200"}'] == 6
    assert found["platform_web_processes"] == 1


def test_what_waits_to_leave_is_told(client):
    with acting_as(SYSTEM), unit_of_work():
        outbox.put("anything", {}, "m1")
    assert figures(client)['platform_outbox_items{state="pending"}'] >= 1


def test_a_step_that_waits_for_a_view_is_late_once(client):
    before = figures(client)["platform_tasks_late"]
    now = clock.now()
    with acting_as(SYSTEM), unit_of_work():
        case = Case(
            object="late", record_id=1, flow="late", flow_version="1", state="check", created_at=now
        )
        late = {"step": "check", "opened_at": now, "due_at": now - timedelta(days=1)}
        case.tasks = [Task(**late), Task(**late, view_of=1)]
        session.add(case)
    assert figures(client)["platform_tasks_late"] == before + 1
