"""Change of an approved record: a checked copy is applied, places follow, the old version stays."""

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, update

from app.core.access.actor import SYSTEM, acting_as
from app.core.aggregates import reconciliation
from app.core.db.database import elevated, session, unit_of_work
from app.core.declare import registry
from app.core.errors import Conflict, Refused, Rejected, UserError
from app.core.expressions import expr as ex
from app.core.expressions import expr_sql as sql
from app.core.records import materials
from app.core.records import service as records
from app.core.records.change_drafts import RecordVersion
from app.core.reference import dictionaries
from app.core.reference.dictionaries import DictionaryEntry
from tests.examples.deeds import approve, do, form, journey, people, save
from tests.harness.refusals import refused


def change(world, pk, kind="amend", after=None, attach=""):
    raw = {"target": str(pk), "kind": kind, "reason": "邀请方改期"}
    return save(world, "journey_change", raw | ({"after": after} if after else {}), attach=attach)


def used(world, name="east2027"):
    with world.acting("officer"):
        row = records.find(registry.object("allotment"), world.allotments[name])
        return row.used, row.remaining


def test_what_is_held_is_proved_at_night(world):
    journey(world)
    with acting_as(SYSTEM), elevated():
        assert list(reconciliation.differences()) == []
        model = registry.object("allotment").model
        with unit_of_work():
            session.execute(update(model).where(model.name == "east2027").values(used=1))
        (wrong,) = reconciliation.differences()
    assert (wrong.field, wrong.stored, wrong.right) == ("used", 1, 3)
    assert "为 1，按明细应为 3" in str(wrong)


def read(world, pk):
    with world.acting("officer"):
        record = records.find(registry.object("journey"), pk)
        return records.raw_of(registry.object("journey"), record) | {"state": record.state}


def test_places_are_held_from_submission_and_follow_an_amendment(world):
    pk = save(world, "journey", form(world), attach="letter")
    assert used(world) == (0, 10)
    do(world, "journey", pk, "clerk", "submit")
    assert used(world) == (3, 7)
    do(world, "journey", pk, "officer", "pass")
    do(world, "journey", pk, "director", "approve")
    after = change(world, pk, after={"travellers": people(1), "return_on": "2027-05-03"})
    assert used(world) == (3, 7)
    approve(world, "journey_change", after)
    assert used(world) == (1, 9)
    now = read(world, pk)
    assert (now["headcount"], now["days"], now["leader"], now["state"]) == (
        "1",
        "3",
        "人0",
        "approved",
    )


def test_the_old_version_stays(world):
    pk = journey(world)
    approve(world, "journey_change", change(world, pk, after={"name": "改后"}))
    with world.acting("officer"), elevated():
        (kept,) = session.query(RecordVersion).filter_by(object="journey", record_id=pk).all()
        assert json.loads(kept.content)["name"] == "学习交流"
    assert read(world, pk)["name"] == "改后"


def test_an_amendment_may_move_to_another_resource(world):
    pk = journey(
        world,
        depart_on="2026-12-28",
        return_on="2026-12-30",
        allotment=str(world.allotments["east2026"]),
    )
    assert used(world, "east2026") == (3, 7)
    after = {
        "depart_on": "2027-01-02",
        "return_on": "2027-01-04",
        "allotment": str(world.allotments["east2027"]),
    }
    approve(world, "journey_change", change(world, pk, after=after))
    assert (used(world, "east2026"), used(world, "east2027")) == ((0, 10), (3, 7))


def test_a_cancellation_gives_everything_back_and_keeps_the_row(world):
    pk = journey(world)
    approve(world, "journey_change", change(world, pk, "cancel"))
    assert used(world) == (0, 10)
    assert read(world, pk)["state"] == "cancelled"


def test_further_papers_join_those_of_the_record(world):
    pk = journey(world)
    approve(world, "journey_change", change(world, pk, "supplement", attach="proof"))
    with world.acting("officer"):
        lines = materials.current(registry.object("journey"), pk)["letter"]
        assert len(lines) == 2
        assert [bool(line.origin) for line in lines] == [False, True]


@pytest.mark.parametrize(
    ("after", "path"),
    [
        ({"return_on": "2027-04-01"}, "after.return_on"),
        ({"travellers": []}, "after.travellers"),
        ({"travellers": people(11)}, "after.allotment"),
        ({"name": "学习交流"}, "after"),
    ],
)
def test_the_copy_is_checked_by_the_rules_of_the_record(world, after, path):
    pk = journey(world)
    with pytest.raises(Rejected) as caught:
        do(world, "journey_change", change(world, pk, after=after), "clerk", "submit")
    assert path in [fault.path for fault in caught.value.faults if fault.level == "error"]
    assert used(world) == (3, 7)


def test_what_was_changed_meanwhile_is_not_overwritten(world):
    pk = journey(world)
    first, second = (change(world, pk, after={"name": name}) for name in ("一", "二"))
    for who, action in (("clerk", "submit"), ("officer", "pass")):
        do(world, "journey_change", first, who, action)
        do(world, "journey_change", second, who, action)
    do(world, "journey_change", first, "director", "approve")
    with refused(Conflict, "提交后已被修改"):
        do(world, "journey_change", second, "director", "approve")
    assert read(world, pk)["name"] == "一"


def test_only_approved_records_of_the_own_unit_may_be_changed(world):
    pk = save(world, "journey", form(world))
    with refused(Rejected, "所选出行不存在、不可选用"):
        change(world, pk, after={"name": "早了"})
    done = journey(world)
    with refused(Rejected, "所选出行不存在、不可选用"):
        save(
            world, "journey_change",
            {"target": str(done), "kind": "cancel", "reason": "x"}, who="other",
        )  # fmt: skip
    mine = change(world, done, "cancel")
    do(world, "journey_change", mine, "clerk", "submit")
    do(world, "journey_change", mine, "officer", "pass")
    with refused(Refused, "没有这项操作的权限"):
        do(world, "journey_change", mine, "clerk", "approve")


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["file", "approve", "reject", "amend", "cancel"]),
        st.integers(1, 6),
        st.integers(0, 5),
    ),
    min_size=4,
    max_size=14,
)


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    max_examples=max(6, settings.default.max_examples // 10),
)
@given(STEPS)
def test_after_any_history_what_is_used_is_what_the_cases_in_force_need(world, history):
    pks = list(_all(world))
    for what, count, which in history:
        try:
            if what == "file":
                pk = save(world, "journey", form(world, count), attach="letter")
                pks.append(pk)
                do(world, "journey", pk, "clerk", "submit")
            elif pks:
                _step(world, what, count, pks[which % len(pks)])
        except UserError:
            pass  # refused: nothing may have changed, which is what is checked below
        in_force = sum(count for state, count in _all(world).values() if state in IN_FORCE)
        assert used(world) == (in_force, 10 - in_force)


IN_FORCE = ("review", "sign_off", "approved")


def _all(world):
    with world.acting("officer"):
        model = registry.object("journey").model
        return {row.id: (row.state, row.headcount) for row in session.query(model)}


def _step(world, what, count, pk):
    if what == "approve":
        do(world, "journey", pk, "officer", "pass")
        do(world, "journey", pk, "director", "approve")
    elif what == "reject":
        do(world, "journey", pk, "officer", "reject")
    elif what == "amend":
        approve(world, "journey_change", change(world, pk, after={"travellers": people(count)}))
    else:
        approve(world, "journey_change", change(world, pk, "cancel"))


def test_an_entry_that_an_administrator_adds_takes_the_effect_that_was_chosen_for_it(world):
    """Conditions ask for what an entry does, not for its code; Python and SQL say the same."""
    with acting_as(SYSTEM), unit_of_work():
        session.add(
            DictionaryEntry(
                dictionary="amendment_kind", code="shorten", title="缩短行程", position=9,
                attributes=json.dumps({"effect": "amend"}),
            )
        )  # fmt: skip
        session.add(
            DictionaryEntry(dictionary="amendment_kind", code="none", title="其他", position=10)
        )
        dictionaries.changed()
    pk = journey(world)
    approve(world, "journey_change", change(world, pk, "shorten", after={"name": "改后"}))
    assert read(world, pk)["name"] == "改后"
    change(world, pk, "none"), change(world, pk, "cancel")
    with world.acting("officer"):
        model = registry.object("journey_change").model
        clause = sql.entry(model.kind, "amendment_kind", "effect")
        rows = session.execute(select(model.kind, clause)).all()
        assert sorted(rows, key=str) == [("cancel", "cancel"), ("none", None), ("shorten", "amend")]
        assert all(ex.entry(kind, "amendment_kind", "effect") == effect for kind, effect in rows)
