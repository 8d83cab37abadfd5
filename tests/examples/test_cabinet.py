"""Passports in a cabinet of its own process: tasks over HTTP, doors that people use or do not, alarms."""

import pytest
from sqlalchemy import func, select

from app.core.access.actor import SYSTEM, acting_as
from app.core.db.database import elevated, session
from app.core.declare import registry
from app.core.errors import Conflict, Refused, Rejected
from app.exchange.models import Exchange
from app.flow.execution import cases, external_waits
from app.flow.models import StepRecord
from tests.examples.cabinets import CARD, lend, place, standing, stored, taken_in
from tests.examples.deeds import do, get, paper, work
from tests.examples.test_custody import balance
from tests.harness.refusals import refused

FIELDS = ["device", "operator", "number", "name", "born", "issued_on", "valid_until"]


@pytest.fixture
def doors(monkeypatch):
    yield from standing(monkeypatch, slots=2)


def cases_of(name):
    with elevated():
        session.expire_all()
        model = registry.object(name).model
        return [(row.state, row.slot) for row in session.scalars(select(model).order_by(model.id))]


def test_a_passport_that_is_taken_in_is_stored_and_its_slot_is_known(world, doors):
    pk = taken_in(world)
    assert (place(pk), get("passport", pk).storing) == (("counter", None), 1)
    work()
    (task,) = doors.tasks
    assert sorted(task) == sorted(["no", "kind", *FIELDS])
    assert (task["kind"], task["number"], task["operator"]) == ("store", "PE1234567", "officer")
    assert place(pk) == ("counter", None)  # a task is not a deed
    doors.door(no=task["no"], did="put")
    work()
    assert (place(pk), get("passport", pk).storing) == (("slot", "A01"), 0)
    assert doors.slots == {"A01": "PE1234567"}
    assert balance("passport", pk) == {"outside": -1, "slot": 1}


def test_it_is_lent_only_when_the_cabinet_has_given_it_out(world, doors):
    pk = stored(world, doors)
    loan = lend(world, pk)
    with pytest.raises(Conflict, match="证件不在柜台"):
        do(world, "passport_loan", loan, "officer", "lend")
    do(world, "passport_loan", loan, "officer", "fetch")
    with pytest.raises(Conflict, match="已下发任务"):
        do(world, "passport_loan", loan, "officer", "fetch")
    work()
    task = doors.tasks[-1]
    assert (task["kind"], task["taker_card"]) == ("take", CARD)
    with pytest.raises(Conflict, match="柜机任务还没有完成"):
        do(world, "passport_loan", loan, "officer", "lend")
    doors.door(no=task["no"], did="took")
    work()
    assert place(pk) == ("counter", None) and doors.slots == {}
    do(world, "passport_loan", loan, "officer", "lend")
    assert balance("passport", pk) == {"outside": -1, "person": 1}


def test_what_was_not_put_in_is_told_and_nothing_has_moved(world, doors):
    pk = taken_in(world)
    work()
    doors.door(no=doors.tasks[0]["no"], did="nothing")
    work()
    assert cases_of("passport_store") == [("failed", None)]
    assert (place(pk), balance("passport", pk)) == (
        ("counter", None),
        {"outside": -1, "counter": 1},
    )
    with elevated():
        said = session.scalars(select(StepRecord.comment).where(StepRecord.action == "refused"))
        assert said.all() == ["柜门打开后没有存取证件"]
    do(world, "passport", pk, "officer", "put_back")
    work()
    doors.door(no=doors.tasks[1]["no"], did="put")
    work()
    assert place(pk) == ("slot", "A01")


def test_a_cabinet_that_is_full_or_empty_says_so(world, doors):
    for number in ("PE0000001", "PE0000002", "PE0000003"):
        pk = stored(world, doors, number)
    assert place(pk) == ("counter", None)
    assert [state for state, _ in cases_of("passport_store")] == ["done", "done", "failed"]


def test_a_passport_in_the_cabinet_cannot_be_voided_and_comes_out_for_a_while(world, doors):
    pk = stored(world, doors)
    with pytest.raises(Conflict, match="在柜内"):
        do(world, "passport", pk, "officer", "void")
    do(world, "passport", pk, "officer", "fetch")
    work()
    doors.door(no=doors.tasks[-1]["no"], did="took")
    work()
    assert place(pk) == ("counter", None)
    do(world, "passport", pk, "officer", "void")


def test_an_answer_that_comes_twice_or_late_moves_it_once(world, doors):
    pk = stored(world, doors)
    key = doors.tasks[0]["no"]
    doors.door(no=key, did="put")  # the manager tells of the same task again
    work()
    with acting_as(SYSTEM):
        assert external_waits.receive(key, "done", {"slot": "B09"}) is False
    assert (place(pk), balance("passport", pk)) == (("slot", "A01"), {"outside": -1, "slot": 1})


def test_nobody_pretends_that_the_cabinet_has_answered(world, doors):
    taken_in(world)
    with elevated():
        task = session.scalars(select(registry.object("passport_store").model)).one()
        number, case = task.id, cases.case_of(task)
    assert case.state == "open"
    for who, action, words in (
        ("officer", "by_hand", "未到办理时限"),
        ("officer", "finished", "由回执推进，不能人工办理"),
        ("clerk", "give_up", "没有这项操作的权限"),
    ):
        with refused(Refused, words):
            do(world, "passport_store", number, who, action)


def test_what_the_cabinet_reports_on_its_own_stands_in_a_list_once(world, doors):
    taken_in(world)  # somebody waits, so the cabinet is asked
    alarm = {"alarm": "forced", "slot": "A02", "at": "2026-06-10T03:15:00Z"}
    doors.door(**alarm)
    work()
    work()
    doors.door(**alarm | {"alarm": "unheard-of"})
    work()
    with elevated():
        rows = session.scalars(select(registry.object("cabinet_alarm").model)).all()
        found = [(row.device, row.kind, row.slot) for row in rows]
        refused = session.scalars(select(Exchange).where(Exchange.direction == "in")).all()
    assert found == [("1", "forced", "A02")]
    assert any("不在字典中" in (row.own_error or "") for row in refused)


def test_a_passport_without_what_the_cabinet_wants_is_refused_with_the_reason(world, doors):
    if session.get_bind().dialect.name == "postgresql":
        pytest.skip("no column holds such a name")
    pk = paper(world, "passport", number="PE1234567", kind="affairs")
    with elevated():
        session.get(registry.object("passport").model, pk).holder = "王" * 41
        session.commit()
    with pytest.raises(Rejected) as found:
        do(world, "passport", pk, "officer", "check_in")
    assert "“姓名”超过 40 个字" in str([one.message for one in found.value.faults])
    assert get("passport", pk).state == "ordered"


def test_a_mistaken_task_is_given_up_at_once_and_does_not_leave_any_more(world, doors):
    """Its keeper had to wait for the limit, while the cabinet would still have opened."""
    pk = taken_in(world)
    with elevated():
        number = session.scalars(select(registry.object("passport_store").model.id)).one()
    do(world, "passport_store", number, "officer", "give_up")
    work()
    assert doors.tasks == []
    assert [state for state, _ in cases_of("passport_store")] == ["failed"]
    assert place(pk) == ("counter", None)
    pk = taken_in(
        world, "PE0000002"
    )  # one that the cabinet has already: its late answer moves nothing
    work()
    with elevated():
        number = session.scalars(select(func.max(registry.object("passport_store").model.id))).one()
    do(world, "passport_store", number, "officer", "give_up")
    doors.door(no=doors.tasks[-1]["no"], did="put")
    work()
    assert place(pk) == ("counter", None)
