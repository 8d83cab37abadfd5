"""What stands in a queue, and in which order: the list, the badge, the page and the next case agree."""

import re
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.core import clock
from app.core.access.actor import SYSTEM, Actor, acting_as
from app.core.db.database import session, unit_of_work
from app.core.declare import registry
from app.flow.models import Case, Task
from app.security import request_identity
from app.security.models import Account
from app.web import shell
from app.web.page import record_links
from tests.app.web.case.test_page import CHECKED, returned, text
from tests.app.web.desk.people import act, browser, complete, send, submitted
from tests.app.web.desk_fixtures import clerk, desk, liaison

__all__ = ["clerk", "desk", "liaison"]
ONLINE = {"kind": "online", "link": "http://x", "room": ""}


def online(liaison: FlaskClient, *names: str) -> list[int]:
    return [submitted(liaison, **ONLINE, name=name) for name in names]


def due_in(pk: int, days: int | None) -> None:
    """Let the open task of a meeting be due so many days from now."""
    with acting_as(SYSTEM), unit_of_work():
        query = session.query(Task).join(Case).filter(Case.record_id == pk, Task.done_at.is_(None))
        for task in query:
            task.due_at = None if days is None else clock.now() + timedelta(days=days)


def actor_of(username: str) -> Actor:
    with acting_as(SYSTEM):
        return request_identity.actor_of(
            session.query(Account).filter(Account.user.has(username=username)).one().id
        )


def rows(page: str) -> list[int]:
    return [int(pk) for pk in re.findall(r'<tr data-id="(\d+)"', page)]


def badge(client: FlaskClient, function: str) -> int:
    shell.forget_badges()
    found = re.search(
        rf'href="/{function}/"[^>]*>(?:(?!</a>).)*?<span class="count[^"]*">(\d+)',
        text(client, "/"),
        re.S,
    )
    return int(found[1]) if found else 0


@pytest.fixture
def four(liaison: FlaskClient) -> list[int]:
    """Four meetings: the first has no limit, the second is due soon, the third is late."""
    found = online(liaison, "甲", "乙", "丙", "丁")
    for pk, days in zip(found, (None, 1, -5, 10), strict=True):
        due_in(pk, days)
    return found


def test_a_queue_stands_in_the_order_of_its_limits(clerk: FlaskClient, four: list[int]) -> None:
    first, second, third, fourth = four
    page = text(clerk, "/D02/")
    assert rows(page) == [third, second, fourth, first]
    assert "办理时限 ↑" in page
    assert re.search(r'11-19 <span class="tag red">超期 3 日</span>', page)
    assert re.search(r'11-25 <span class="tag amber">剩 1 日</span>', page)
    assert rows(text(clerk, "/D02/?tab=all")) == [third, second, fourth, first]
    assert rows(text(clerk, "/D02/?sort=-name")) == four  # by the letters of 甲乙丙丁


def test_the_next_case_is_the_next_of_the_list(clerk: FlaskClient, four: list[int]) -> None:
    first, second, third, fourth = four
    page = text(clerk, f"/D02/{second}")
    assert "待办 4 件，这是第 2 件" in page
    answer = act(clerk, "/D02", second, "pass", **CHECKED)
    assert answer.headers["X-Location"] == f"/D02/{fourth}"
    assert rows(text(clerk, "/D02/")) == [third, fourth, first]
    assert second in rows(text(clerk, "/D02/?tab=past"))


def test_a_queue_opens_what_it_lists_and_nothing_else(
    desk: Flask, clerk: FlaskClient, liaison: FlaskClient
) -> None:
    waiting, passed = online(liaison, "甲", "乙")
    act(clerk, "/D02", passed, "pass", **CHECKED)
    chief = browser(desk, "chief")
    assert rows(text(chief, "/D03/")) == [passed]
    assert chief.get(f"/D03/{passed}").status_code == 200
    assert chief.get(f"/D03/{waiting}").status_code == 404
    assert chief.get(f"/open/meeting/{waiting}").status_code == 404
    assert chief.get(f"/open/meeting/{passed}").location == f"/D03/{passed}"
    second = browser(desk, "second")  # has the same duty, and reads who was first
    assert second.get(f"/D02/{passed}").status_code == 200
    assert second.get("/open/nothing/1").status_code == 404
    meeting = registry.object("meeting")
    with desk.app_context(), acting_as(actor_of("chief")):
        assert record_links.links(meeting, [waiting, passed]) == {passed: f"/open/meeting/{passed}"}


def test_what_was_sent_back_is_listed_counted_and_opened_alike(
    clerk: FlaskClient, liaison: FlaskClient
) -> None:
    recalled, fresh = online(liaison, "甲", "乙")
    back = returned(liaison, clerk)
    act(liaison, "/D01", recalled, "recall")
    assert rows(text(liaison, "/D04/")) == [back]
    assert badge(liaison, "D04") == 1
    assert badge(liaison, "D01") == 1  # what its unit has called back
    for pk in (recalled, fresh):
        assert liaison.get(f"/D04/{pk}").status_code == 404
        assert liaison.get(f"/D04/{pk}/edit").status_code == 404
    answer = send(liaison, f"/D04/{back}/edit", complete(liaison), "act:submit")
    assert answer.location == f"/D01/{back}"
    assert rows(text(liaison, "/D04/")) == []
    assert liaison.get(f"/D04/{back}").status_code == 404
    act(liaison, "/D01", back, "recall")  # in its second round: not sent back either
    assert rows(text(liaison, "/D04/")) == []
    assert badge(liaison, "D04") == 0


def test_a_page_of_a_queue_costs_the_same_however_long_it_is(
    desk: Flask, clerk: FlaskClient, liaison: FlaskClient
) -> None:
    from tests.app.security.people import Statements

    def cost() -> int:
        clerk.get("/D02/")
        shell.forget_badges()
        with Statements(desk) as statements:
            clerk.get("/D02/")
        return len(statements)

    online(liaison, "甲")
    few = cost()
    online(liaison, "乙", "丙", "丁")
    assert cost() == few


def test_a_task_of_somebody_else_moves_nobodys_queue(clerk: FlaskClient, four: list[int]) -> None:
    """Two have tasks of one case in one function: each one's list follows the limit of his own."""
    first, second, third, fourth = four
    with acting_as(SYSTEM), unit_of_work():
        own = (
            session.query(Task)
            .join(Case)
            .filter(Case.record_id == fourth, Task.done_at.is_(None))
            .one()
        )
        session.add(
            Task(
                case_id=own.case_id, function=own.function, step=own.step,
                assignee_id=actor_of("liaison").user_id, assignee_name="别人",
                opened_at=own.opened_at, due_at=clock.now() - timedelta(days=30),
            )
        )  # fmt: skip
    assert rows(text(clerk, "/D02/")) == [third, second, fourth, first]
