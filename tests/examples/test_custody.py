"""Custody of papers by patterns: two objects, entries in pairs, scanned back, dunned in steps, locked and freed."""

import json
from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from app.core.access.actor import SYSTEM, acting_as
from app.core.db.database import elevated, session, unit_of_work
from app.core.declare import registry
from app.core.devices import mrz
from app.core.errors import Rejected, UserError
from app.core.jobs.outbox import OutboxItem
from app.core.records import service as records
from app.exchange.models import Exchange
from app.flow.deadlines import escalations
from app.flow.execution import external_waits
from app.flow.execution.cases import case_of
from app.messaging.models import SmsRecord
from app.scores.models import ScoreEntry
from tests.examples.deeds import KINDS, at, do, form, get, paper, save, write
from tests.harness.refusals import refused

DUE = date(2026, 6, 10)


def shut(kind, pk):
    """The passport stays at the counter: its cabinet says that it was not put in."""
    if kind == "passport":
        with elevated():
            model = registry.object("passport_store").model
            tasks = session.scalars(
                select(model).where(model.paper_id == pk, model.state == "open")
            )
            keys = [external_waits.key_of(case_of(task)) for task in tasks]
        for key in keys:
            external_waits.receive(key, "failed")
        session.remove()


def lend(world, kind, pk, **more):
    shut(kind, pk)
    if kind == "passport":
        more = {"taker_card": "420106199001011231"} | more
    raw = {"paper": str(pk), "borrower": "王伟", "phone": "13912345678", "due_on": DUE.isoformat()}
    loan = save(world, f"{kind}_loan", raw | more, who="officer")
    do(world, f"{kind}_loan", loan, "officer", "lend")
    return loan


def balance(kind, pk):
    """How many of one paper there are at each place, by the entries."""
    model = registry.object(f"{kind}_movement").model
    with elevated():
        found = session.execute(
            select(model.place, func.sum(model.amount))
            .where(model.paper_id == pk)
            .group_by(model.place)
        ).tuples()
        return {place: int(amount) for place, amount in found if amount}


@pytest.fixture(params=list(KINDS))
def kind(request):
    return request.param


@pytest.fixture
def stored(world, kind):
    """A paper in custody, and the day on which a loan may begin."""
    at(date(2026, 6, 1))
    pk = paper(world, kind, **KINDS[kind])
    do(world, kind, pk, "officer", "check_in")
    return pk


def test_a_paper_goes_out_and_comes_back_and_every_move_is_two_entries(world, kind, stored):
    assert balance(kind, stored) == {"outside": -1, "counter": 1}
    loan = lend(world, kind, stored)
    assert balance(kind, stored) == {"outside": -1, "person": 1}
    assert (get(kind, stored).place, get(kind, stored).remaining) == ("person", 0)
    do(world, f"{kind}_loan", loan, "officer", "give_back")
    assert balance(kind, stored) == {"outside": -1, "counter": 1}
    with pytest.raises(Rejected) as found:
        do(world, f"{kind}_loan", loan, "officer", "verify")
    wanted = f"填写{registry.object(kind).title}上的出入境日期"
    assert [fault.message for fault in found.value.faults] == [wanted]
    stamps = {"exited_on": "2026-06-03", "entered_on": "2026-06-12"}
    with world.acting("officer"), unit_of_work():
        obj = registry.object(f"{kind}_loan")
        record = records.find(obj, loan)
        records.save(obj, record, records.raw_of(obj, record) | stamps, complete=False)
    do(world, f"{kind}_loan", loan, "officer", "verify")
    row = get(f"{kind}_loan", loan)
    assert (row.state, row.late_days) == ("returned", 2)
    assert get(kind, stored).remaining == 1


def test_a_paper_that_is_out_cannot_be_lent_again(world, kind, stored):
    raw = {"paper": str(stored), "borrower": "李芳", "phone": "13912345679", "due_on": "2026-06-10"}
    if kind == "passport":
        raw["taker_card"] = "420106199001011231"
    second = save(world, f"{kind}_loan", raw, who="officer")
    lend(world, kind, stored)
    words = {"passport": "证件不在柜台", "travel_pass": "剩余 0，本次需要 1"}[kind]
    with refused(UserError, words):
        do(world, f"{kind}_loan", second, "officer", "lend")
    assert balance(kind, stored) == {"outside": -1, "person": 1}


def climb(day):
    at(day)
    with acting_as(SYSTEM):
        note = escalations.run()
    session.remove()
    return note


def told():
    with elevated():
        return [(row.phone, row.text[:3]) for row in session.scalars(select(SmsRecord))]


def test_who_does_not_return_it_is_dunned_in_steps_and_the_bureau_is_locked(world, kind, stored):
    loan = lend(world, kind, stored)
    assert climb(DUE - timedelta(days=4)) == "到期事项 0 项"
    assert climb(DUE - timedelta(days=3)) == "到期事项 1 项"
    assert ("13912345678", "王伟：") in told()  # who travels has no account
    assert climb(DUE - timedelta(days=2)) == "到期事项 0 项"
    save(world, "journey", form(world))
    assert climb(DUE + timedelta(days=1)) == "到期事项 1 项"
    assert climb(DUE + timedelta(days=2)) == "到期事项 0 项"
    number = KINDS[kind]["number"]
    way_out = f"本单位有证件 {number} 逾期未还（应于 2026-06-10 归还），暂不能申报。交还证件或办理报失后自动解除"
    with pytest.raises(Rejected) as found:
        save(world, "journey", form(world))
    assert [(f.path, f.message) for f in found.value.faults] == [("name", way_out)]
    with world.acting("other"):
        west = {"allotment": str(world.allotments["west2027"])}
        assert not records.check(
            registry.object("journey"), None, form(world) | west, complete=False
        )
    do(world, f"{kind}_loan", loan, "officer", "give_back")
    save(world, "journey", form(world))
    assert climb(DUE + timedelta(days=40)) == "到期事项 0 项"


def test_a_lock_also_refuses_what_was_drafted_before(world, kind, stored):
    trip = save(world, "journey", form(world), attach="letter")
    lend(world, kind, stored)
    climb(DUE + timedelta(days=1))
    at(date(2026, 1, 15))
    with pytest.raises(Rejected) as found:
        do(world, "journey", trip, "clerk", "submit")
    assert "逾期未还" in found.value.faults[0].message


def test_of_missed_stages_all_are_done_and_the_last_one_tells(world, kind, stored):
    lend(world, kind, stored)
    assert climb(DUE + timedelta(days=31)) == "到期事项 3 项"
    with elevated():
        texts = [row.text for row in session.scalars(select(SmsRecord))]
        assert len(texts) == len([text for text in texts if text.startswith("王伟领用的证件")]) > 0
        lock = registry.object("paper_lock").model
        assert session.scalar(select(func.count()).select_from(lock)) == 1
        stages = session.scalars(
            select(escalations.Climbed.days).order_by(escalations.Climbed.days)
        ).all()
    assert stages == [-3, 1, 30]


def test_each_stage_after_its_day_takes_points_once_and_up_to_the_cap(world, kind, stored):
    def taken():
        with elevated():
            query = select(ScoreEntry).where(ScoreEntry.item == "custody").order_by(ScoreEntry.id)
            return [(one.points, one.full, one.period) for one in session.scalars(query)]

    lend(world, kind, stored)
    climb(DUE - timedelta(days=3))
    assert taken() == []  # a reminder before the day is no fault
    climb(DUE + timedelta(days=1))
    climb(DUE + timedelta(days=2))
    scored = kind == "passport"  # the score is about passports alone
    assert taken() == [(-2, -2, "2026")] * scored
    climb(DUE + timedelta(days=31))
    assert taken() == [(-2, -2, "2026"), (-6, -8, "2026")] * scored


def test_one_that_cannot_be_dunned_does_not_hold_up_the_others(world, kind, stored, monkeypatch):
    second = paper(world, kind, **{**KINDS[kind], "number": f"{KINDS[kind]['number'][:-1]}0"})
    do(world, kind, second, "officer", "check_in")
    bad, good = lend(world, kind, stored), lend(world, kind, second)
    run = escalations.effects.run

    def refuse(effect, context):
        if context.record.id == bad:
            raise Rejected([], "不能写入")
        run(effect, context)

    monkeypatch.setattr(escalations.effects, "run", refuse)
    assert climb(DUE - timedelta(days=3)) == "到期事项 1 项，1 项未能处理"
    monkeypatch.setattr(escalations.effects, "run", run)
    assert climb(DUE - timedelta(days=3)) == "到期事项 1 项"
    assert good != bad


def test_a_loss_frees_the_bureau_too(world, kind, stored):
    loan = lend(world, kind, stored)
    climb(DUE + timedelta(days=1))
    do(world, f"{kind}_loan", loan, "officer", "report_lost")
    assert balance(kind, stored) == {"outside": -1, "lost": 1}
    save(world, "journey", form(world))


_numbers = iter(range(10**6))
MOVES = ("lend", "give_back", "verify", "report_lost", "void", "hand_over")


@settings(
    max_examples=max(12, settings.default.max_examples // 10),
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
@given(moves=st.lists(st.tuples(st.integers(0, 1), st.sampled_from(MOVES)), max_size=10))
def test_whatever_happens_each_paper_is_at_one_place_and_the_sum_is_nought(world, moves):
    at(date(2026, 6, 1))
    kind = "passport"
    own = {**KINDS[kind]}
    pks = []
    for _ in range(2):
        own["number"] = f"PE{next(_numbers):07}"
        pks.append(paper(world, kind, **own))
        do(world, kind, pks[-1], "officer", "check_in")
    loans = {}
    for which, move in moves:
        pk = pks[which]
        try:
            if move == "lend":
                loans[pk] = lend(world, kind, pk)
            elif move in ("void", "hand_over"):
                do(world, kind, pk, "officer", move)
            elif pk in loans:
                do(world, f"{kind}_loan", loans[pk], "officer", move)
        except UserError:
            session.rollback()
        for one in pks:
            places = balance(kind, one)
            assert sum(places.values()) == 0
            assert [place for place, n in places.items() if n > 0] == [get(kind, one).place]


def test_the_number_is_read_from_the_machine_readable_zone():
    zone = (
        "P<CHNWANG<<WEI<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<\nE123456784CHN8001014M3001012<<<<<<<<<<<<<<00"
    )
    number = "E12345678"
    zone = zone.replace("E123456784", f"{number}{mrz.check_digit(number)}")
    assert mrz.number_of(zone) == mrz.number_of(zone.replace("\n", "")) == number
    assert mrz.check_digit("L898902C<") == 3  # the example of ICAO 9303
    assert mrz.number_of(" PE1234567 ") == "PE1234567"
    wrong = zone.replace(number, "E12345679")
    with pytest.raises(mrz.Unreadable, match="校验不符"):
        mrz.number_of(wrong)


CENTRES = {"passport": "mfa", "travel_pass": "hkmao"}


def test_the_centre_of_each_kind_is_told_of_lending_and_return(world, kind, stored):
    loan = lend(world, kind, stored)
    do(world, f"{kind}_loan", loan, "officer", "give_back")
    write(f"{kind}_loan", loan, exited_on=date(2026, 6, 3), entered_on=date(2026, 6, 9))
    do(world, f"{kind}_loan", loan, "officer", "verify")
    with elevated():
        rows = session.scalars(
            select(Exchange)
            .where(Exchange.object == f"{kind}_loan", Exchange.interface != "cabinet")
            .order_by(Exchange.id)
        ).all()
        sent = [
            json.loads(session.get(OutboxItem, row.outbox_id).payload)["values"] for row in rows
        ]
    assert [(row.interface, row.message, row.place) for row in rows] == [
        (CENTRES[kind], "loan", "lent"), (CENTRES[kind], "loan", "returned"),
    ]  # fmt: skip
    out, back = sent
    number = KINDS[kind]["number"]
    assert (out["number"], out["lent_on"], out["due_on"]) == (number, "2026-06-01", "2026-06-10")
    assert "returned_on" not in out and back["returned_on"] == "2026-06-01"
    if kind == "passport":
        assert (back["lent_by"], back["returned_by"], back["borrower"]) == (
            "officer", "officer", "王伟",
        )  # fmt: skip
