"""What lies in the cabinet against what the system believes: differences that somebody settles."""

import pytest
from sqlalchemy import select, update

from app.core.access.actor import SYSTEM, acting_as
from app.core.db.database import elevated, session, unit_of_work
from app.core.declare import registry
from app.core.errors import Refused, Rejected
from app.core.records import form_binding
from app.core.records import service as records
from app.documents import pdf_conversion
from app.flow.execution import external_waits
from tests.app.web.desk.people import hidden
from tests.examples.cabinets import lend, place, stored, taken_in
from tests.examples.counting import (
    CLOSED,
    A,
    B,
    C,
    close,
    doors,
    faults,
    lined,
    lines,
    mixed,
    ordered,
    settle,
    state,
)
from tests.examples.deeds import do, get, paper, work
from tests.examples.test_custody import DUE, balance
from tests.harness.refusals import refused
from tests.harness.statements import heard

__all__ = ["doors"]  # a fixture: the cabinet


def test_what_lies_where_it_should_leaves_nothing_to_settle(world, doors):
    for number in (A, B):
        stored(world, doors, number)
    taken_in(world, C)  # at the counter: nobody looks for it in the cabinet
    pk = ordered(world)
    task = doors.tasks[-1]
    assert (task["kind"], task["device"], task["operator"]) == ("count", "1", "officer")
    row = get("passport_inventory", pk)
    assert (row.state, row.known, row.told, row.found, row.differing) == ("settling", 2, 2, 2, 0)
    assert (row.asked_by, row.asked_on) == ("officer", DUE)
    assert lines(pk) == {A: ("A01", "A01", "right"), B: ("A02", "A02", "right")}
    close(world, pk)
    assert state(pk) == "done"


def test_each_difference_is_a_line_with_its_kind(world, doors):
    papers, pk = mixed(world, doors)
    found = {
        A: ("A01", "A05", "moved"),
        B: ("A02", None, "missing"),
        C: (None, "A06", "strange"),
        "XX99": (None, "A07", "strange"),
    }
    assert lines(pk) == lines(pk, "differences") == found
    rows = lined(pk)
    assert (rows[C].paper_id, rows[C].place, rows["XX99"].paper_id) == (papers[C], "counter", None)
    assert get("passport_inventory", pk).differing == 4


def test_it_is_not_closed_before_every_difference_is_settled(world, doors):
    _, pk = mixed(world, doors)
    assert faults(world, pk) == ["请选择处理方式"] * 4
    corrected = {"way": "corrected"}
    settle(world, pk, **{A: {"way": "explained"}, B: corrected, C: corrected, "XX99": corrected})
    assert faults(world, pk) == ["请填写处理说明"]
    settle(world, pk, **{A: {"way": "explained", "reason": "已核实"}})
    assert faults(world, pk) == ["系统中没有这本证件，不能更正；先登记，或说明、转查找"]
    settle(world, pk, XX99={"way": "search", "reason": "无登记"})
    with pytest.raises(Rejected) as refused:
        do(world, "passport_inventory", pk, "officer", "pass")
    assert refused.value.faults[0].message == f"请先确认：{CLOSED[0]}"
    assert state(pk) == "settling"


def test_what_is_corrected_moves_and_what_is_sought_is_a_case(world, doors):
    papers, pk = mixed(world, doors)
    settle(
        world,
        pk,
        **{
            A: {"way": "corrected"},
            B: {"way": "corrected"},
            C: {"way": "corrected"},
            "XX99": {"way": "search", "reason": "无登记"},
        },
    )
    close(world, pk)
    row = get("passport", papers[C])
    assert (row.place, row.slot, row.device) == ("slot", "A06", "1")
    assert (place(papers[A]), place(papers[B])) == (("slot", "A05"), ("counter", None))
    assert get("passport", papers[B]).device is None
    assert balance("passport", papers[A]) == {"outside": -1, "slot": 1}
    assert balance("passport", papers[B]) == {"outside": -1, "counter": 1}
    assert balance("passport", papers[C]) == {"outside": -1, "slot": 1}
    with elevated():
        (sought,) = session.scalars(select(registry.object("passport_search").model)).all()
        assert (sought.number, sought.slot, sought.cause) == ("XX99", "A07", "无登记")
        number = sought.id
    with refused(Rejected, "请填写查找结果"):
        do(world, "passport_search", number, "officer", "pass")
    again = ordered(world)
    assert set(lines(again)) == {A, C, "XX99"} and lines(again)[A][2] == "right"


def test_what_was_sought_and_found_is_put_right(world, doors):
    papers, pk = mixed(world, doors)
    told = {"way": "explained", "reason": "已核实"}
    settle(world, pk, **{A: told, C: told, "XX99": told, B: {"way": "search", "reason": "未见"}})
    close(world, pk)
    assert place(papers[B]) == ("slot", "A02")  # explained or sought: nothing has moved yet
    obj = registry.object("passport_search")
    with world.acting("officer"), unit_of_work():
        record = session.scalars(select(obj.model)).one()
        records.save(obj, record, {"outcome": "在抽屉里", "now_at": "slot"}, complete=False)
        number = record.id
    with refused(Rejected, "这里只填柜台或遗失"):
        do(world, "passport_search", number, "officer", "pass")
    with world.acting("officer"), unit_of_work():
        records.save(obj, records.find(obj, number), {"now_at": "counter"}, complete=False)
    do(world, "passport_search", number, "officer", "pass")
    assert (place(papers[B]), balance("passport", papers[B])) == (
        ("counter", None),
        {"outside": -1, "counter": 1},
    )


def test_what_has_moved_since_the_count_is_not_put_right_by_it(world, doors):
    papers, pk = mixed(world, doors)
    do(world, "passport", papers[B], "officer", "fetch")
    told = {"way": "explained", "reason": "已核实"}
    settle(
        world,
        pk,
        **{A: told, C: told, "XX99": told, B: {"way": "corrected"}},
    )
    assert faults(world, pk) == ["盘点之后又有出入库，请另行盘库"]
    assert place(papers[B]) == ("slot", "A02")


def test_a_lent_one_that_lies_in_the_cabinet_comes_back_by_its_loan(world, doors):
    pk = stored(world, doors, A)
    loan = lend(world, pk)
    do(world, "passport_loan", loan, "officer", "fetch")
    work()
    doors.door(no=doors.tasks[-1]["no"], did="took")
    work()
    do(world, "passport_loan", loan, "officer", "lend")
    doors.door(slot="A03", number=A)
    order = ordered(world)
    assert lines(order) == {A: (None, "A03", "strange")}
    settle(world, order, **{A: {"way": "corrected"}})
    assert faults(world, order) == ["系统记录为已领出或未入库，先办理归还或入库"]


def test_another_cabinet_is_another_count(world, doors):
    stored(world, doors, A)
    pk = ordered(world, "2")
    assert (lines(pk), get("passport_inventory", pk).told) == ({}, 0)


def test_nobody_counts_or_sees_who_was_not_granted_it(world, doors, client):
    _, pk = mixed(world, doors)
    with refused(Refused, "没有这项操作的权限"):
        do(world, "passport_inventory", pk, "director", "pass", checks=CLOSED)
    clerk = client("clerk", world.bureaus["east"])
    for page in (f"/CB02/{pk}", f"/CB03/{pk}", f"/CB04/{pk}", f"/api/v1/passport_inventory/{pk}"):
        assert clerk.get(page).status_code == 403, page


def test_what_nobody_types_is_not_typed(world, doors):
    _, pk = mixed(world, doors)
    obj = registry.object("passport_inventory")
    for raw, field in (({"lines": []}, "盘点明细"), ({"told": "1"}, "柜机册数")):
        words = f"“{field}”在当前环节不能修改"
        with world.acting("officer"), unit_of_work(), refused(Rejected, words):
            records.save(obj, records.find(obj, pk), raw, complete=False)
    settle(world, pk, **{A: {"slot": "A01", "result": "right"}})
    assert lines(pk, "differences")[A] == ("A01", "A05", "moved")


def test_a_count_costs_no_statement_for_each_line(world, doors):
    spent = []
    for many in (2, 6):
        for number in range(many):
            doors.door(slot=f"A0{number + 1}", number=f"XX{number}")
        doors.door(counts="silent")
        pk = ordered(world)
        rows = [{"slot": f"A0{n + 1}", "number": f"XX{n}"} for n in range(many)]
        key = doors.tasks[-1]["no"]
        with heard() as said, acting_as(SYSTEM):
            assert external_waits.receive(key, "done", {"total": str(many), "rows": rows})
        assert len(lined(pk, "differences")) == many
        spent.append(len([one for one in said if one.startswith("SELECT")]))
    assert spent[0] == spent[1], spent


def test_the_page_says_what_closing_will_do(world, doors, client):
    _, pk = mixed(world, doors)
    told = {"way": "explained", "reason": "已核实"}
    settle(world, pk, **dict.fromkeys((A, B, C, "XX99"), told))
    officer = client("officer")
    assert "生成护照查找" not in officer.get(f"/CB03/{pk}").text
    settle(world, pk, XX99={"way": "search", "reason": "无登记"})
    assert "生成护照查找" in officer.get(f"/CB03/{pk}").text


def test_a_line_that_neither_side_has_any_more_goes(world, doors):
    _, pk = mixed(world, doors)
    obj = registry.object("passport_inventory")
    with acting_as(SYSTEM), elevated(), unit_of_work():
        record = records.find(obj, pk)
        raw = records.raw_of(obj, record)["lines"]
        raw = [row | ({"slot": ""} if row["number"] == "XX99" else {}) for row in raw]
        records.save(
            obj, record, {"lines": raw}, complete=False, engine=True, follows=frozenset({"lines"})
        )
    assert set(lines(pk)) == {A, B, C}


def test_records_out_of_reach_are_not_followed(world, doors):
    """What a list follows is what the person may see who saves it; the system sees all."""
    for unit, number in (("east", A), ("west", B)):
        paper(world, "passport", unit, number=number, kind="affairs")
    model = registry.object("passport").model
    with acting_as(SYSTEM), elevated(), unit_of_work():
        session.execute(update(model).values(place="slot", device="1", slot=model.number))
    obj, found = registry.object("passport_inventory"), {}
    for who in ("clerk", "officer"):
        with world.acting(who):
            raw = {"device": "1", "told": "0", "lines": []}
            row = form_binding.bind(obj, None, raw, engine=True, follows=frozenset(raw)).row
            found[who] = [one.number for one in row.lines]
    assert found == {"clerk": [A], "officer": [A, B]}


def test_the_page_says_of_which_difference_it_speaks(world, doors, client):
    for number in range(7):
        doors.door(slot=f"A0{number + 1}", number=f"XX{number}")
    pk = ordered(world)
    officer = client("officer")
    token = hidden(officer, f"/CB03/{pk}")["csrf_token"]
    said = officer.post(
        f"/CB03/{pk}/do/pass",
        data={"check": CLOSED[0], "csrf_token": token},
        headers={"Accept": "application/json"},
    )
    words = [one["message"] for one in said.get_json()["errors"]]
    assert words == [*(f"XX{n}：请选择处理方式" for n in range(5)), "另有 2 处"]


def test_a_page_costs_no_statement_for_each_line(world, doors, client):
    """Passports that the system has in the cabinet and that nobody finds there: two, then eight."""
    officer, spent, model = client("officer"), [], registry.object("passport").model
    for many in ((0, 1), range(2, 8)):
        for number in many:
            paper(world, "passport", number=f"PE9{number:06}", kind="affairs")
        with acting_as(SYSTEM), elevated(), unit_of_work():
            session.execute(update(model).values(place="slot", device="1", slot=model.number))
        pk = ordered(world)
        asked = []
        for page in (f"/CB03/{pk}", f"/CB03/{pk}/edit"):
            officer.get(page)
            with heard() as said:
                answer = officer.get(page)
            assert "PE9000001" in answer.text
            asked.append(len(said))
        spent.append(asked)
    assert spent[0] == spent[1]


@pytest.mark.skipif(not pdf_conversion.soffice(), reason="needs LibreOffice")
def test_the_report_is_printed_before_it_is_closed(world, doors, client):
    from tests.examples.test_prints import printed, text_of

    _, pk = mixed(world, doors)
    officer = client("officer")
    assert "护照柜盘库报告" in officer.get(f"/CB03/{pk}").text
    answer = printed(officer, pk, "inventory_report", "1", "CB03")
    assert answer.mimetype == "application/pdf"
    text = text_of(answer.data)
    assert "位置不符" in text and "盘亏" in text and "XX99" in text and "一号柜" in text
