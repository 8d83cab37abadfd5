"""Warnings: stand as long as a condition holds, told once, listed where people see them, cleared by themselves."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select

from app.core import clock
from app.core.access.actor import SYSTEM, acting_as
from app.core.db.database import elevated, session, unit_of_work
from app.core.declare import registry
from app.core.errors import Rejected
from app.core.records import display
from app.core.records import service as records
from app.core.reference import policies
from app.flow.deadlines import warnings
from app.messaging.models import InboxMessage
from tests.app.security.people import open_person
from tests.examples.deeds import KINDS, do, paper, save

KEPT = {"passport": "EX21", "travel_pass": "EX22"}


def on(year, month, day):
    clock.set_clock(lambda: datetime(year, month, day, 2, tzinfo=UTC))


def look(job=warnings.run):
    with acting_as(SYSTEM):
        note = job()
    session.remove()
    return note


def rows():
    with elevated():
        model = registry.object("paper_warning").model
        query = select(model.cause, model.warned_on, model.cleared_on).order_by(model.cause)
        return [tuple(row) for row in session.execute(query)]


def stands():
    with elevated():
        query = select(warnings.Standing.object, warnings.Standing.text).order_by(
            warnings.Standing.id
        )
        return [tuple(row) for row in session.execute(query)]


def told(start):
    with elevated():
        found = session.scalars(select(InboxMessage.text))
        return [text for text in found if text.startswith(start)]


def renew(kind, pk, day):
    with acting_as(SYSTEM), unit_of_work():
        obj = registry.object(kind)
        record = records.find(obj, pk)
        raw = records.raw_of(obj, record) | {"valid_until": day}
        records.save(obj, record, raw, complete=True, engine=True)
    session.remove()


@pytest.fixture(params=list(KINDS))
def kind(request):
    return request.param


@pytest.fixture
def expiring(app, world, kind):
    """A paper that is valid for a year and a day more than what is warned of."""
    open_person(app, "clerk-9", "clerk", org_id=world.bureaus["east"])
    open_person(app, "clerk-8", "clerk", org_id=world.bureaus["west"])
    on(2027, 1, 1)
    return paper(world, kind, **KINDS[kind] | {"valid_until": "2028-01-01"})


def test_it_stands_from_the_day_on_is_told_once_and_ends_by_itself(world, kind, expiring):
    on(2027, 7, 2)  # 183 days before
    assert look() == "新预警 0 项，解除 0 项"
    on(2027, 7, 3)
    assert look() == "新预警 1 项，解除 0 项"
    cause = f"到期 {KINDS[kind]['number']}"
    assert rows() == [(cause, date(2027, 7, 3), None)]
    text = "证件即将到期：2028-01-01到期"
    assert stands() == [(kind, text)]
    assert told("证件即将") == [text]  # the clerk of its bureau, no other
    on(2027, 7, 20)
    assert look() == "新预警 0 项，解除 0 项"
    assert told("证件即将") == [text]
    renew(kind, expiring, "2032-01-01")
    assert look() == "新预警 0 项，解除 1 项"
    assert rows() == [(cause, date(2027, 7, 3), date(2027, 7, 20))]
    assert stands() == []
    on(2031, 12, 1)
    assert look() == "新预警 1 项，解除 0 项"
    assert rows() == [(cause, date(2031, 12, 1), None)]  # the same row: one for subject and cause
    assert len(told("证件即将")) == 2


def test_a_number_that_lists_hide_is_hidden_in_the_warning(kind, expiring, monkeypatch):
    obj, number = registry.object(kind), KINDS[kind]["number"]
    hidden = replace(
        obj,
        fields=tuple(replace(one, mask=one.name == "number") for one in obj.fields),
        warnings=tuple(replace(one, text="{number}到期") for one in obj.warnings),
    )
    monkeypatch.setitem(registry.registry().objects, kind, hidden)
    monkeypatch.setattr(display, "_readers", {})
    on(2027, 7, 3)
    assert look() == "新预警 1 项，解除 0 项"
    assert stands() == [(kind, f"{number[:2]}*****{number[-2:]}到期")]


def test_a_change_counts_and_so_does_another_version_of_the_policy(world, kind, expiring):
    on(2027, 2, 1)
    assert look() == "新预警 0 项，解除 0 项"
    renew(kind, expiring, "2027-05-01")
    assert look() == "新预警 1 项，解除 0 项"
    with acting_as(SYSTEM), unit_of_work():
        session.add(
            policies.PolicyVersion(
                policy="paper_warning_days", valid_from=date(2027, 2, 1), content='{"value": 30}',
                level="error", source="处务会", profile="本市", shipped=False,
            )
        )  # fmt: skip
    session.remove()
    assert look() == "新预警 0 项，解除 1 项"
    on(2027, 4, 2)
    assert look() == "新预警 1 项，解除 0 项"


def test_who_may_see_the_record_sees_the_warning_in_the_list_and_on_its_page(
    world, kind, expiring, client
):
    on(2027, 8, 1)
    look()
    number = KINDS[kind]["number"]
    office = client("officer")
    assert number in office.get("/WN01/").text
    clerk = client("clerk", world.bureaus["east"])
    assert number in clerk.get("/WN01/").text
    assert clerk.get("/WN02/").status_code == 403  # what is over is the office's
    text = "证件即将到期：2028-01-01到期"
    assert text in office.get(f"/{KEPT[kind]}/{expiring}").text
    renew(kind, expiring, "2032-01-01")
    look()
    assert number not in office.get("/WN01/").text
    assert number in office.get("/WN02/").text
    assert text not in office.get(f"/{KEPT[kind]}/{expiring}").text.split("变更记录")[0]


def test_another_bureau_sees_neither(world, kind, expiring, client):
    on(2027, 8, 1)
    look()
    other = client("clerk", world.bureaus["west"])
    page = other.get("/WN01/")
    assert page.status_code == 200
    assert KINDS[kind]["number"] not in page.text


def test_of_a_record_that_is_gone_nothing_stands(world, kind, expiring):
    on(2027, 8, 1)
    look()
    with acting_as(SYSTEM), unit_of_work():
        session.execute(warnings.Standing.__table__.update().values(record_id=expiring + 1000))
    assert look() == "新预警 1 项，解除 1 项"
    assert len(stands()) == 1


def test_one_that_cannot_be_written_holds_up_no_other_and_is_tried_again(
    world, kind, expiring, monkeypatch
):
    number = f"{KINDS[kind]['number'][:-1]}0"
    second = paper(world, kind, **KINDS[kind] | {"valid_until": "2028-01-01", "number": number})
    on(2027, 8, 1)
    run = warnings.effects.run

    def refuse(effect, context):
        if context.record.id == expiring:
            raise Rejected([], "不能写入")
        run(effect, context)

    monkeypatch.setattr(warnings.effects, "run", refuse)
    assert look() == "新预警 1 项，解除 0 项，1 项未能处理"
    assert [cause for cause, _, _ in rows()] == [f"到期 {number}"]
    monkeypatch.setattr(warnings.effects, "run", run)
    assert look() == "新预警 1 项，解除 0 项"
    assert second != expiring


@pytest.fixture
def permit(app, world):
    """A permit that was accepted so late that it will be back after it is needed."""
    on(2027, 3, 1)
    raw = {"name": "过境", "send_on": "2027-03-04", "days": "5", "needed_by": "2027-03-19"}
    pk = save(world, "permit", raw)
    open_person(app, "clerk-9", "clerk", org_id=world.bureaus["east"])
    do(world, "permit", pk, "clerk", "submit")
    return pk


def test_what_is_expected_too_late_is_told_once_a_node_until_it_is_in_time_again(world, permit):
    on(2027, 3, 5)
    do(world, "permit", permit, "officer", "pass")
    assert look(warnings.run_timelines) == "新预警 0 项，解除 0 项"
    on(2027, 3, 12)  # it should have been sent on the 9th
    said = "过境：预计 2027-03-24 领回，晚于需用日期 2027-03-19，请与对方联系或调整行程"
    assert look(warnings.run_timelines) == "新预警 1 项，解除 0 项"
    assert set(told("过境")) == {said}
    many = len(told("过境"))
    on(2027, 3, 15)
    assert look(warnings.run_timelines) == "新预警 0 项，解除 0 项"
    assert len(told("过境")) == many
    with acting_as(SYSTEM), unit_of_work():
        records.find(registry.object("permit"), permit).needed_by = date(2027, 4, 30)
    session.remove()
    assert look(warnings.run_timelines) == "新预警 0 项，解除 1 项"
    assert stands() == []
    on(2027, 5, 10)
    assert look(warnings.run_timelines) == "新预警 1 项，解除 0 项"
    assert len(told("过境")) == 2 * many
