"""What a cabinet answers when it is counted: twice, in part, wrongly, for another, or not at all."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from app.core.access.actor import SYSTEM, acting_as
from app.core.db.database import elevated, session, unit_of_work
from app.core.declare import registry
from app.core.declare.interfaces import Content
from app.core.errors import Refused
from app.core.plugin import Answer
from app.core.records import form_binding
from app.exchange import answers, contract, log, outbound
from app.exchange.models import IN, Exchange
from app.flow.deadlines import reminders
from app.flow.execution import external_waits
from app.messaging.registers import Asked
from tests.examples.cabinets import stored
from tests.examples.counting import A, B, doors, lines, ordered, settle, state
from tests.examples.deeds import at, do, paper, work
from tests.examples.test_custody import DUE
from tests.harness.refusals import refused

__all__ = ["doors"]  # a fixture: the cabinet


def why():
    """What the log says of the latest answer that was not taken, and its state."""
    session.remove()
    with acting_as(SYSTEM), elevated():
        row = next(one for one in log.find(Asked()).entries if one.row.direction == IN)
        return row.state, row.error


def test_an_answer_that_comes_twice_counts_once(world, doors):
    stored(world, doors, A)
    pk = ordered(world)
    settle(world, pk)
    key = doors.tasks[-1]["no"]
    rows = [{"slot": "A01", "number": A}, {"slot": "A02", "number": "XX99"}]
    doors.door(tell={"no": key, "event": "done", "total": 2, "rows": rows})
    work()
    assert (state(pk), lines(pk)) == ("settling", {A: ("A01", "A01", "right")})
    with acting_as(SYSTEM):
        assert external_waits.receive(key, "done", {"total": "0", "rows": []}) is False


def test_a_cabinet_that_keeps_some_back_is_not_believed_until_it_tells_all(world, doors):
    for number in (A, B):
        stored(world, doors, number)
    doors.door(counts="short")
    pk = ordered(world)
    assert (state(pk), lines(pk)) == ("counting", {})
    assert why() == ("refused", "柜机报告的册数与带回的明细不一致")
    rows = [{"slot": "A01", "number": A}, {"slot": "A02", "number": B}]
    doors.door(tell={"no": doors.tasks[-1]["no"], "event": "done", "total": 2, "rows": rows})
    work()
    assert (state(pk), lines(pk)[B]) == ("settling", ("A02", "A02", "right"))
    assert why() == ("taken", "")
    with elevated():
        assert session.scalars(select(Exchange.rows).where(Exchange.direction == IN)).one() == 2


def test_nobody_answers_what_was_sent_to_another(world, doors):
    doors.door(counts="silent")
    pk = ordered(world)
    came = Answer(key=doors.tasks[-1]["no"], outcome="done", values={"total": 0, "rows": []})
    with acting_as(SYSTEM):
        assert answers.take(outbound.interfaces()["center"], came) == 0
        assert state(pk) == "counting"
        assert answers.take(outbound.interfaces()["cabinet"], came) == 1
    assert state(pk) == "settling"


GOOD = {"slot": "A01", "number": A}
WRONG = {
    "缺少“柜内证件”": {"rows": None},
    "“柜内证件”应为若干行": {"rows": "A01"},
    "“柜内证件”第 2 行：缺少“柜内位置”": {"rows": [GOOD, {"number": B}]},
    "“柜内证件”第 1 行：不是一行数据": {"rows": [A]},
    "“柜内证件”第 2 行：“门”不在约定之内": {"rows": [GOOD, {"slot": "A2", "number": B, "门": "1"}]},
    "“柜内证件”第 1 行：“门”不在约定之内": {"rows": [GOOD | {"门\x00": "1"}]},
    "“柜内证件”第 1 行：“证件号码”超过 20 个字": {"rows": [{"slot": "A01", "number": "P" * 21}]},
    "“柜内证件”有 41 行，约定最多 40 行": {"rows": [{"slot": f"A{n}", "number": f"P{n}"} for n in range(41)]},
    "第 2 行：与第 1 行重复": {"rows": [GOOD, {"slot": "A02", "number": A}], "total": 2},
    "“柜内册数”的“两册”不是整数": {"rows": [GOOD], "total": "两册"},
    "缺少“柜内册数”": {"rows": [GOOD], "total": None},
}  # fmt: skip


@pytest.mark.parametrize("words", WRONG)
def test_an_answer_with_something_wrong_is_refused_whole(world, doors, words, caplog):
    stored(world, doors, A)
    doors.door(counts="silent")
    pk = ordered(world)
    said = {"total": 1} | WRONG[words]
    said = {name: value for name, value in said.items() if value is not None}
    doors.door(tell={"no": doors.tasks[-1]["no"], "event": "done"} | said)
    work()
    assert (state(pk), lines(pk)) == ("counting", {})
    assert why() == ("refused", words)
    assert "not taken" in caplog.text
    assert words not in caplog.text, "the values that it quotes are in the log of the exchange only"


def test_a_cabinet_that_says_nothing_becomes_a_todo_and_may_be_asked_again(world, doors):
    stored(world, doors, A)
    doors.door(counts="silent")
    pk = ordered(world)
    with refused(Refused, "未到办理时限"):
        do(world, "passport_inventory", pk, "officer", "again")
    first = doors.tasks[-1]["no"]
    at(DUE + timedelta(days=5))
    with acting_as(SYSTEM):
        reminders.run()
    session.remove()
    do(world, "passport_inventory", pk, "officer", "again")
    do(world, "passport_inventory", pk, "officer", "submit")
    work()
    assert doors.tasks[-1]["no"] != first
    assert (state(pk), lines(pk)) == ("settling", {A: ("A01", "A01", "right")})
    doors.door(tell={"no": first, "event": "done", "total": 0, "rows": []})
    work()
    assert lines(pk) == {A: ("A01", "A01", "right")}


def test_a_cabinet_that_cannot_count_says_so(world, doors):
    doors.door(counts="silent")
    pk = ordered(world)
    doors.door(tell={"no": doors.tasks[-1]["no"], "event": "failed", "reason": "柜门未关"})
    work()
    assert state(pk) == "failed"


def test_codes_and_more_rows_than_a_form_has_are_read(world):
    kind = Content(
        name="kind", title="类型", type="dict", dictionary="cabinet_alarm", codes={"open": "O"}
    )
    item = Content(name="rows", title="报警", type="rows", fields=(kind,), most=2)
    assert contract.answered([item], {"rows": [{"kind": "O"}]}) == (
        {"rows": [{"kind": "open"}]},
        [],
    )
    assert contract.answered([item], {"rows": [{"kind": "O"}, {"kind": "X"}]})[1] == [
        "“报警”第 2 行：“类型”的代码“X”不在字典中"
    ]
    many = [{"number": f"P{number}"} for number in range(600)]
    obj = registry.object("passport_inventory")
    with acting_as(SYSTEM), elevated():
        for engine, faults in ((True, 0), (False, 1)):
            bound = form_binding.bind(obj, None, {"lines": many, "told": "0"}, engine=engine)
            said = [one for one in bound.faults if "一次最多 500 行" in one.message]
            assert len(said) == faults


def test_a_list_that_follows_records_takes_no_more_than_it_may(world, doors):
    """More records than the list has room for: the answer is refused, nothing is cut off in silence."""
    stored(world, doors, A)
    doors.door(counts="silent")
    pk = ordered(world)
    for number in range(40):
        paper(world, "passport", number=f"PE9{number:06}", kind="affairs")
    model = registry.object("passport").model
    with acting_as(SYSTEM), elevated(), unit_of_work():
        session.execute(update(model).values(place="slot", device="1"))
    key = doors.tasks[-1]["no"]
    doors.door(tell={"no": key, "event": "done", "total": 1, "rows": [GOOD]})
    work()
    assert (state(pk), why()) == ("counting", ("refused", "“盘点明细”超过 40 行"))
