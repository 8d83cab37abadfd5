from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.core import clock
from app.core.access.actor import SYSTEM, acting_as
from app.core.db.database import session, unit_of_work
from app.core.declare import registry
from app.flow.models import Case, Task
from app.web.case.deadlines import time_left
from app.web.workbench.page import greeting
from tests.app.security.people import Statements, open_person, sign_in


def queue(app: Flask, number: int, **more: object) -> None:
    """Let things wait for the office, each due a day later than the one before."""
    with app.app_context(), acting_as(SYSTEM), unit_of_work():
        for n in range(number):
            case = Case(
                object="thing", record_id=n + 1, flow="thing_flow", flow_version="1", state="check",
                title=f"第 {n + 1} 件", org_id=n % 5 + 1, created_at=clock.now(), submitted_at=clock.now(),
            )  # fmt: skip
            due = clock.now() + timedelta(days=n - 1)
            fields = {
                "function": "W03",
                "step": "check",
                "role": "clerk",
                "opened_at": clock.now(),
                "due_at": due,
            }
            case.tasks = [Task(**{**fields, **more})]
            session.add(case)


def test_what_waits_stands_in_the_order_of_its_deadline(filled: Flask, clerk: FlaskClient) -> None:
    queue(filled, 20)
    page = clerk.get("/").text
    assert "今天到期 1 件，已超期 1 件" in page
    assert page.index("第 1 件") < page.index("第 2 件") < page.index("第 12 件")
    assert "第 13 件" not in page
    assert "物品审核全部 20 件" in page
    assert 'href="/W03/1"' in page
    kind = registry.flow("thing_flow").title
    assert page.count(f'<span class="second">{kind}') == 12  # none of them has a number


def test_the_workbench_costs_the_same_however_much_waits(filled: Flask, clerk: FlaskClient) -> None:
    def cost() -> int:
        from app.web import shell

        shell.forget_badges()
        with Statements(filled) as statements:
            clerk.get("/")
        return len(statements)

    queue(filled, 2)
    clerk.get("/")  # the working days are read once by each process
    few = cost()
    with filled.app_context(), unit_of_work():
        for case in session.query(Case):
            session.delete(case)
    queue(filled, 40)
    assert cost() == few <= 9


def test_who_has_nothing_to_do_is_told_what_to_do(filled: Flask, clerk: FlaskClient) -> None:
    assert "没有待办" in clerk.get("/").text


def test_badges_are_counted_once_in_thirty_seconds_and_after_every_action(
    filled: Flask, clerk: FlaskClient
) -> None:
    from app.web import shell

    clerk.get("/")
    queue(filled, 3)
    assert '<span class="count red">3</span>' not in clerk.get("/W01/").text
    shell.forget_badges()
    assert '<span class="count red">3</span>' in clerk.get("/W01/").text


def test_this_months_figures_count_what_one_decided(filled: Flask, clerk: FlaskClient) -> None:
    now = clock.now()
    done = {"done_at": now, "done_by_id": 1, "outcome": "pass"}
    queue(filled, 4, opened_at=now - timedelta(days=1), **done)
    with filled.app_context(), acting_as(SYSTEM), unit_of_work():
        for case in session.query(Case):
            given = done | {"opened_at": now, "outcome": "agree", "view_of": case.tasks[0].id}
            case.tasks.append(Task(step="check", role="clerk", **given))  # a view decides nothing
    page = clerk.get("/").text
    assert "本月办理" in page
    assert "4<small>件" in page
    assert "1.0<small>工作日" in page
    assert "75.0<small>%" in page


@pytest.mark.parametrize(
    ("days", "said"),
    [
        (-3, ("超期 2 日", "red")),
        (0, ("今天到期", "red")),
        (1, ("剩 1 日", "amber")),
        (10, ("剩 8 日", "")),
    ],
)
def test_time_left_is_said_in_working_days(app: Flask, days: int, said: tuple[str, str]) -> None:
    with app.app_context():
        due = datetime(2026, 11, 24, 15, 59, 59, tzinfo=UTC).replace(tzinfo=None) + timedelta(
            days=days
        )
        assert time_left(due) == said
    assert time_left(None) == ("", "")


@pytest.mark.parametrize(("hour", "word"), [(8, "上午好"), (12, "下午好"), (19, "晚上好")])
def test_people_are_greeted_by_the_hour(hour: int, word: str) -> None:
    assert greeting(hour) == word


def test_a_unit_sees_its_own_cases_with_their_progress(filled: Flask) -> None:
    queue(filled, 5)
    open_person(filled, "own", "liaison", name="王安", org_id=2)
    client = filled.test_client()
    sign_in(client, "own")
    page = client.get("/").text
    assert "申报门户" in page
    assert "第 2 件" in page
    assert "第 1 件" not in page
    assert "审核：正在办理" in page
