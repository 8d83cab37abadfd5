"""A counterpart applies: what it sends begins a case, once, under the rules of its flow; over real HTTP."""

import pytest

from app.core import clock
from app.core.access.actor import SYSTEM, acting_as
from app.core.db.database import elevated, session
from app.core.declare import registry
from app.flow import engine
from app.flow.execution import actions
from tests.examples import test_tours
from tests.examples.deeds import do, get, work
from tests.examples.test_exchange import entries
from tests.examples.test_invitation import NOW
from tests.harness import counterpart
from tests.harness.counterpart import Counterpart


@pytest.fixture
def port(monkeypatch):
    with counterpart.running() as one:
        one.section = "interface_port"
        one.connect(monkeypatch)
        clock.set_clock(lambda: NOW)
        yield one


def comes(other: Counterpart, key: str, **values: str) -> None:
    """Let the port apply for a permit."""
    said = {"name": "许可甲", "unit": "east", "send_on": "2027-01-04", "needed_by": "2027-02-01"}
    told = {"key": key, "message": "permit", "values": said | values}
    other.tell("/v1/answers", told)


def permits():
    with acting_as(SYSTEM), elevated():
        session.expire_all()
        return session.query(registry.object("permit").model).all()


def test_a_case_begins_and_stands_at_the_office(world, port):
    comes(port, "p1")
    work()
    (row,) = permits()
    assert (row.state, row.unit_id) == ("accept", world.bureaus["east"])
    with acting_as(SYSTEM):
        case = engine.case_of(row)
        (step,) = engine.history_of(case)
    assert (step.action, step.actor_name, step.comment) == (
        "submit", "系统", "由“通行许可申请”报送",
    )  # fmt: skip
    assert (case.applicant_id, case.org_id) == (None, world.bureaus["east"])
    do(world, "permit", row.id, "officer", "send_back")
    do(world, "permit", row.id, "clerk", "submit")  # of its unit, though it was not theirs
    do(world, "permit", row.id, "officer", "pass")
    assert get("permit", row.id).state == "send"


def test_the_same_one_begins_once_and_is_not_changed_by_a_message(world, port):
    comes(port, "p1")
    comes(port, "p1", needed_by="2027-03-01")
    comes(port, "p2", needed_by="2027-04-01")
    work()
    (row,) = permits()
    assert str(row.needed_by) == "2027-02-01"
    refused, taken = entries()
    assert (taken.state, refused.state) == ("taken", "refused")
    assert refused.error == "第 1 行：已有同一件通行许可，不再另起一件，也不改动它"


def test_what_its_flow_refuses_is_in_the_log_and_nothing_is_left(world, port):
    comes(port, "p1", send_on="")
    comes(port, "p2", unit="nowhere")
    work()
    assert permits() == []
    assert [one.error for one in entries()] == [
        "第 1 行：“单位”为“nowhere”的单位不存在", "第 1 行：缺少“计划送出”",
    ]  # fmt: skip


def test_a_case_that_rests_at_the_office_is_asked_there_for_what_it_lacks(world, port):
    told = {"key": "w1", "message": "walk_in", "values": {"name": "张三", "unit": "east"}}
    port.tell("/v1/answers", told)
    work()
    (taken,) = entries()
    assert (taken.state, taken.error) == ("taken", "")
    with acting_as(SYSTEM), elevated():
        (row,) = session.query(registry.object("enrolment").model).all()
    assert (row.state, row.name, row.purpose) == ("open", "张三", None)
    with world.acting("officer"):
        case = engine.case_of(row)
        (offer,) = [one for one in actions.offers(case, row) if one.action.name == "finish"]
        assert "purpose" in [fault.path for fault in actions.lacking(case, row, offer)]


def papers():
    with acting_as(SYSTEM), elevated():
        session.expire_all()
        return session.query(registry.object("tour_paper").model).all()


def for_tour(port, key, tour, unit="east"):
    told = {"key": key, "message": "papers", "values": {"tour": tour, "unit": unit}}
    port.tell("/v1/answers", told)
    work()
    return entries()[0]


NOT_TO_CHOOSE = "第 1 行：所选团组不存在、不可选用或不在您的范围内，请从列表中重新选择"


@pytest.mark.parametrize("kind", test_tours.KINDS)
def test_what_a_message_refers_to_must_be_such_as_people_may_choose(world, port, kind):
    """`usable` and `choose` hold for counterparts too, also of an object that others extend."""
    pk = test_tours.filed(world, kind, title="在办团组")
    one = for_tour(port, "t1", "在办团组")
    assert (one.state, one.error, papers()) == ("refused", NOT_TO_CHOOSE, [])
    test_tours.approve(world, kind, pk)
    one = for_tour(port, "t2", "在办团组", "west")  # the tour of another unit
    assert (one.state, one.error, papers()) == ("refused", NOT_TO_CHOOSE, [])
    assert for_tour(port, "t3", "在办团组").state == "taken"
    assert [row.state for row in papers()] == ["making"]
