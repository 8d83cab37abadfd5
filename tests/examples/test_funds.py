"""What bureaus spend: totals follow every way in which a claim changes, two at once too, and are proved."""

import io
import random
import sys

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, text

from app.core import clock
from app.core.access.actor import SYSTEM, acting_as
from app.core.aggregates import reconciliation, settlement
from app.core.db.database import elevated, session, unit_of_work
from app.core.declare import registry
from app.core.errors import Rejected, UserError
from app.core.jobs import scheduler
from app.core.records import service as records
from app.flow import engine
from tests.app.web.desk.people import hidden
from tests.examples.deeds import do, save
from tests.examples.test_import_of_abstract import post
from tests.harness.refusals import refused
from tests.harness.statements import heard
from tests.harness.threads import at_once
from tests.product.sheets import content, filled


@pytest.fixture
def funds(world):
    return [grant(world, "培训"), grant(world, "出访")]


def grant(world, name):
    raw = {"unit": str(world.bureaus["east"]), "name": name, "granted": "1000"}
    return save(world, "fund", raw, who="officer")


def item(amount, kind="fare", **more):
    return {"kind": kind, "amount": str(amount)} | more


def claim(world, fund, *items):
    return save(world, "claim", {"fund": str(fund), "purpose": "报销", "items": list(items)})


def edit(world, pk, who="officer", name="claim", **raw):
    with world.acting(who), unit_of_work():
        obj = registry.object(name)
        records.save(obj, records.find(obj, pk), raw, complete=False)


def items_of(world, pk):
    with world.acting("officer"):
        obj = registry.object("claim")
        return records.raw_of(obj, records.find(obj, pk))["items"]


def paid(world, fund, *amounts):
    pk = claim(world, fund, *map(item, amounts))
    do(world, "claim", pk, "clerk", "submit")
    do(world, "claim", pk, "officer", "pass")
    do(world, "claim", pk, "officer", "pass")
    return pk


def look(world, pk):
    """What a fund says of itself, in yuan."""
    with world.acting("officer"):
        fund = records.find(registry.object("fund"), pk)
        return fund.spent / 100, fund.asked / 100, fund.left / 100, fund.claims


def proved():
    with acting_as(SYSTEM):
        return [str(one) for one in reconciliation.differences()]


def test_a_claim_moves_its_fund_step_by_step(world, funds):
    pk = claim(world, funds[0], item(100), item(50))
    assert look(world, funds[0]) == (0, 0, 1000, 1)
    do(world, "claim", pk, "clerk", "submit")
    assert look(world, funds[0]) == (0, 150, 850, 1)
    do(world, "claim", pk, "officer", "pass")
    do(world, "claim", pk, "officer", "pass")
    assert look(world, funds[0]) == (150, 0, 850, 1)
    with world.acting("officer"):
        bureau = records.find(registry.object("bureau"), world.bureaus["east"])
        assert bureau.spent == 15000
    assert proved() == []


def test_a_claim_that_is_refused_gives_back_what_it_asked_for(world, funds):
    pk = claim(world, funds[0], item(100))
    do(world, "claim", pk, "clerk", "submit")
    do(world, "claim", pk, "officer", "reject")
    assert look(world, funds[0]) == (0, 0, 1000, 0)


def test_a_claim_goes_from_one_fund_to_another(world, funds):
    pk = claim(world, funds[0], item(100))
    do(world, "claim", pk, "clerk", "submit")
    edit(world, pk, fund=str(funds[1]))
    assert look(world, funds[0]) == (0, 0, 1000, 0)
    assert look(world, funds[1]) == (0, 100, 900, 1)
    assert proved() == []


def test_rows_that_change_and_go_change_the_claim_and_its_fund(world, funds):
    pk = claim(world, funds[0], item(100), item(50), item(7, "meal"))
    do(world, "claim", pk, "clerk", "submit")
    rows = items_of(world, pk)
    rows[0]["amount"] = "80"
    edit(world, pk, items=[*rows[:1], item(20, "hotel", nights="2", fund=str(funds[1]))])
    assert look(world, funds[0]) == (0, 100, 900, 1)
    with world.acting("officer"):
        one = records.find(registry.object("claim"), pk)
        assert (one.amount, one.dearest, one.meals) == (10000, 8000, 0)
    assert proved() == []


def test_a_condition_on_the_record_of_a_row_is_followed(world, funds):
    pk = claim(world, funds[0], item(20, "hotel", nights="2", fund=str(funds[1])))
    for who, action in (("clerk", "submit"), ("officer", "pass")):
        do(world, "claim", pk, who, action)
    nights = [nights_of(world, funds[1])]
    do(world, "claim", pk, "officer", "pass")
    assert [*nights, nights_of(world, funds[1])] == [0, 2]


def test_a_total_that_no_column_keeps_refuses_what_would_make_it(world, funds):
    pk = claim(world, funds[0], item(20, "hotel", nights="10", fund=str(funds[1])))
    do(world, "claim", pk, "clerk", "submit")
    do(world, "claim", pk, "officer", "pass")
    with acting_as(SYSTEM), elevated(), unit_of_work():
        table = registry.object("fund").model.__table__
        session.execute(table.update().where(table.c.id == funds[1]).values(nights=2**31 - 5))
    with pytest.raises(Rejected) as refused:
        do(world, "claim", pk, "officer", "pass")
    session.rollback()
    assert refused.value.words == "“列入的住宿夜数”算得 2147483653，数值太大，存不下"
    assert nights_of(world, funds[1]) == 2**31 - 5


def nights_of(world, pk):
    with world.acting("officer"):
        return records.find(registry.object("fund"), pk).nights


def test_a_draft_that_is_deleted_counts_no_more(world, funds):
    pk = claim(world, funds[0], item(100))
    with world.acting("clerk"), unit_of_work():
        obj = registry.object("claim")
        records.remove(obj, records.find(obj, pk))
    assert look(world, funds[0]) == (0, 0, 1000, 0)


def test_least_and_most_follow_when_their_row_goes(world, funds):
    pk = claim(world, funds[0], item(100), item(300), item(200))

    def dearest():
        with world.acting("clerk"):
            return records.find(registry.object("claim"), pk).dearest

    found = [dearest()]
    for _ in range(3):  # the dearest row goes each time
        rows = sorted(items_of(world, pk), key=lambda row: float(row["amount"]))
        edit(world, pk, who="clerk", items=rows[:-1])
        found.append(dearest())
    assert found == [30000, 20000, 10000, None]
    assert proved() == []


def test_what_is_on_the_form_counts_for_its_rules(world, funds):
    pk = claim(world, funds[0], *(item(1, "meal") for _ in range(4)))
    with pytest.raises(Rejected) as refused:
        do(world, "claim", pk, "clerk", "submit")
    assert "用餐最多 3 项，现有 4 项" in [fault.message for fault in refused.value.faults]
    obj, rows = registry.object("claim"), items_of(world, pk)[:3]
    with world.acting("clerk"):
        shown = records.preview(obj, records.find(obj, pk), {"items": rows})
        assert shown.values["meals"] == "3"


def test_a_total_is_never_typed(world, funds):
    with refused(Rejected, "“已支出”在当前环节不能修改"):
        edit(world, funds[0], name="fund", spent="5")


def test_a_savepoint_that_is_rolled_back_moves_nothing(world, funds):
    obj = registry.object("claim")
    with world.acting("clerk"), unit_of_work():
        kept = records.save(obj, None, {"fund": str(funds[0]), "purpose": "甲"}, complete=False)
        with pytest.raises(UserError), session.begin_nested():
            records.save(obj, None, {"fund": str(funds[0]), "purpose": "乙"}, complete=False)
            with session.begin_nested():
                records.save(obj, None, {"fund": str(funds[0]), "purpose": "丙"}, complete=False)
            raise UserError("不办了")
        with session.begin_nested():
            records.save(obj, None, {"fund": str(funds[0]), "purpose": "丁"}, complete=False)
        assert kept.id
    assert look(world, funds[0])[3] == 2
    assert proved() == []


def test_an_action_that_fails_in_a_savepoint_takes_nothing_of_what_was_saved_before(world, funds):
    obj = registry.object("claim")
    raw = {"fund": str(funds[0]), "purpose": "报销", "items": [item(600)]}
    with world.acting("clerk"), unit_of_work():
        record = records.save(obj, None, raw, complete=False)
        pk = record.id
        with pytest.raises(UserError), session.begin_nested():
            engine.act(engine.case_of(record), "submit")
            raise UserError("不办了")
    with world.acting("clerk"):
        assert records.find(obj, pk).amount == 60000
    assert look(world, funds[0]) == (0, 0, 1000, 1)
    assert proved() == []


def test_what_was_saved_in_the_same_transaction_is_seen_by_the_action(world, funds):
    """A second claim of the same moment is compared with what the first has left."""
    obj = registry.object("claim")
    raw = {"fund": str(funds[0]), "purpose": "报销", "items": [item(600)]}
    with world.acting("clerk"), unit_of_work():
        first, second = (records.save(obj, None, raw, complete=False) for _ in range(2))
        engine.act(engine.case_of(first), "submit")
        assert first.amount == 60000
        engine.act(engine.case_of(second), "submit")
        assert (second.fund.asked, second.fund.left) == (60000, 40000)
    assert look(world, funds[0]) == (0, 1200, -200, 2)


def test_looking_ahead_costs_the_same_whatever_else_waits(world, funds):
    pk = claim(world, funds[0], item(100))
    assert looked_ahead(world, pk, []) == looked_ahead(world, pk, [grant(world, "调研")] * 30)


def looked_ahead(world, pk, others):
    """How many lines run to see a claim as it will be, while claims on other funds wait to be counted."""
    counted = 0

    def trace(frame, kind, value):
        nonlocal counted
        counted += kind == "line"
        return trace if frame.f_code.co_filename == settlement.__file__ else None

    obj = registry.object("claim")
    with world.acting("clerk"), unit_of_work():
        for fund in others:
            raw = {"fund": str(fund), "purpose": "报销", "items": [item(10)]}
            records.save(obj, None, raw, complete=False)
        record = records.find(obj, pk)
        records.save(obj, record, {"items": [item(120)]}, complete=False)
        sys.settrace(trace)
        try:
            settlement.foresee(record)
        finally:
            sys.settrace(None)
        session.rollback()
    return counted


def test_a_form_that_was_open_overwrites_nothing(world, funds):
    """Whoever changes what is granted does not put back what was left when he opened the form."""
    obj = registry.object("fund")
    with world.acting("officer"):
        opened = records.find(obj, funds[0])
        version = opened.version
    paid(world, funds[0], 100)
    with world.acting("officer"), unit_of_work():
        record = records.find(obj, funds[0])
        records.save(obj, record, {"granted": "2000"}, complete=True, version=version)
    assert look(world, funds[0]) == (100, 0, 1900, 1)


def test_a_total_that_was_changed_behind_it_is_found_at_night_and_put_right(world, funds):
    paid(world, funds[0], 100)
    with acting_as(SYSTEM), elevated(), unit_of_work():
        session.execute(text(f"UPDATE ground_fund SET spent = 1, claims = 9 WHERE id = {funds[0]}"))
    found = proved()
    assert len(found) == 3  # and the bureau's, which follows the fund
    assert "“已支出”为 0.01，按明细应为 100.00" in found[1] + found[2]
    with acting_as(SYSTEM), pytest.raises(RuntimeError, match="3 处与明细不符"):
        scheduler.JOBS["totals"].run()
    with acting_as(SYSTEM), elevated():
        scheduler.run(scheduler.JOBS["totals"], "test", clock.now())
        ((_, told),) = [pair for pair in scheduler.proofs() if pair[0].name == "totals"]
        assert told.state == "failed"
        assert told.note.startswith("3 处与明细不符")  # as administrators read it
    with acting_as(SYSTEM), elevated(), unit_of_work():
        assert reconciliation.repair() == 3
    assert proved() == []
    assert look(world, funds[0]) == (100, 0, 900, 1)
    with acting_as(SYSTEM):
        assert scheduler.JOBS["totals"].run() == "汇总数与明细相符"


def test_a_row_costs_the_same_however_many_there_are(world, funds):
    """The statements of one more claim, and the rows that the database reads for them."""

    def statements():
        with heard() as said:
            paid(world, funds[0], 1)
        return len(said), [one for one in said if "sum(" in one.lower() and "ground_claim" in one]

    statements()
    few, summing = statements()
    for _ in range(15):
        claim(world, funds[0], item(1))
    many, summed = statements()
    assert few == many
    assert summing == summed == []


def test_fifty_at_once_lose_nothing_and_none_waits_for_one_who_waits(world, funds):
    """Claims upon two funds in either order, fifty transactions that begin together."""
    model, row = (registry.object(name).model for name in ("claim", "claim_item"))
    unit = world.bureaus["east"]

    def write(number):
        with acting_as(SYSTEM), unit_of_work():
            for fund in funds if number % 2 else reversed(funds):
                items = [row(kind="fare", amount=100 * number, position=0)]
                session.add(model(unit_id=unit, fund_id=fund, state="review", items=items))
                session.flush()
        return number

    assert at_once(50, write) == list(range(50))
    total = sum(range(50))
    for fund in funds:
        assert look(world, fund) == (0, total, 1000 - total, 50)
    assert proved() == []


def test_ten_at_once_move_claims_from_one_fund_to_another(world, funds):
    """Each moves a claim of its own to the other fund; the totals of both stay those of their rows."""
    claims = [claim(world, funds[0], item(2)) for _ in range(10)]
    obj = registry.object("claim")

    def move(number):
        with acting_as(world.actors["clerk"]), unit_of_work():
            record = records.find(obj, claims[number])
            records.save(obj, record, {"fund": str(funds[1])}, complete=False)

    assert at_once(10, move) == [None] * 10
    assert [look(world, fund)[3] for fund in funds] == [0, 10]
    assert proved() == []


@settings(
    max_examples=max(8, settings.default.max_examples // 10),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(seed=st.integers(0, 2**32))
def test_random_histories(world, funds, seed):
    """Whatever is claimed, edited, moved, sent on and deleted: every total is that of its rows."""
    chance = random.Random(seed)
    known: list[int] = []
    for _ in range(20):
        try:
            something(world, funds, known, chance)
        except UserError:
            session.rollback()
        finally:
            session.remove()
        assert proved() == []


def something(world, funds, known, chance):
    ways = ("new", "new", "rows", "move", "act", "act", "delete")
    way = chance.choice(ways if known else ways[:1])
    amounts = [
        item(chance.randint(0, 90), chance.choice(("fare", "meal")))
        for _ in range(chance.randint(0, 4))
    ]
    if way == "new":
        known.append(claim(world, chance.choice(funds), *amounts))
        return
    pk = chance.choice(known)
    if way == "rows":
        rows = items_of(world, pk)
        chance.shuffle(rows)
        edit(world, pk, who=chance.choice(("clerk", "officer")), items=rows[1:] + amounts)
    elif way == "move":
        edit(world, pk, who=chance.choice(("clerk", "officer")), fund=str(chance.choice(funds)))
    elif way == "act":
        action = chance.choice(("submit", "pass", "pass", "send_back", "reject"))
        do(world, "claim", pk, "clerk" if action == "submit" else "officer", action)
    else:
        with world.acting("clerk"), unit_of_work():
            obj = registry.object("claim")
            records.remove(obj, records.find(obj, pk))
            known.remove(pk)


def test_lists_can_be_asked_for_a_total(world, funds, client):
    paid(world, funds[1], 250)
    page = client("officer").get("/FU01/?f.left.to=800").get_data(as_text=True)
    assert "出访" in page
    assert "培训</a>" not in page
    assert "250.00" in page


def test_totals_follow_what_a_workbook_and_a_program_write(world, funds, client):
    clerk = client("clerk", world.bureaus["east"])
    template = clerk.get("/FU02/import/template").data
    claims = [{"序号": 1, "经费": "培训", "事由": "报表"}]
    rows = [
        {"所属序号": 1, "类别": "用餐", "金额": 20},
        {"所属序号": 1, "类别": "用餐", "金额": 30},
    ]
    file = (io.BytesIO(content(filled(template, claims, rows))), "表.xlsx")
    page = post(clerk, "/FU02/import", "/FU02/import", file=file).location
    post(clerk, page, f"{page}/write", mode="all")
    token = hidden(clerk, "/FU02/import")["csrf_token"]
    values = {
        "fund": funds[0], "purpose": "程序", "items": [{"kind": "meal", "amount": "70.00"}]
    }  # fmt: skip
    made = clerk.post("/api/v1/claim/", json={"values": values}, headers={"X-CSRFToken": token})
    assert made.status_code == 201, made.get_json()
    session.remove()
    with acting_as(SYSTEM), elevated():
        model = registry.object("claim").model
        found = session.scalars(select(model).order_by(model.id)).all()
        assert [(one.purpose, one.amount, one.dearest, one.meals) for one in found] == [
            ("报表", 5000, 3000, 2), ("程序", 7000, 7000, 1)
        ]  # fmt: skip
    for one in found:
        do(world, "claim", one.id, "clerk", "submit")
    assert look(world, funds[0])[1] == 120
    assert proved() == []
