"""What a journey costs: postings stay, sums are those of the entries whatever the order, plugins must add up."""

import io
import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw, ImageFont
from sqlalchemy import text

from app.core import plugin
from app.core.access.actor import SYSTEM, acting_as
from app.core.db.database import elevated, session, unit_of_work
from app.core.declare import registry
from app.core.errors import Conflict, Rejected, UserError
from app.core.files import attachments
from app.core.plugin import Posting
from app.core.records import service as records
from app.flow import engine
from app.flow.execution import ledger
from tests.examples.deeds import do, journey, save
from tests.harness.refusals import refused

PEOPLE = [{"name": "甲", "grade": "head"}, {"name": "乙", "grade": "staff"}]


@pytest.fixture(autouse=True)
def bookkeeper(monkeypatch):
    monkeypatch.setenv("BOOKKEEPER_PLUGIN", "tests.examples.tolls")
    plugin.forget_plugins()
    yield monkeypatch
    plugin.forget_plugins()


def bill(world, trip=None):
    trip = trip or journey(world, travellers=PEOPLE)
    return save(world, "toll_bill", {"journey": str(trip)}, who="officer")


def act(world, pk, who, action, **more):
    do(world, "toll_bill", pk, who, action, **more)


def edit(world, pk, who, raw):
    with world.acting(who), unit_of_work():
        obj = registry.object("toll_bill")
        records.save(obj, records.find(obj, pk), raw, complete=False)


def look(world, pk):
    """The state, and the sums and balance in yuan."""
    with world.acting("officer"):
        one = records.find(registry.object("toll_bill"), pk)
        sums = (one.due, one.paid, one.actual, one.refunded, one.balance)
        return one.state, [amount / 100 for amount in sums]


def vouchers(world, pk):
    with world.acting("officer"):
        obj = registry.object("toll_bill")
        return records.raw_of(obj, records.find(obj, pk))["vouchers"]


def voucher(world, number, amount, payer="甲"):
    """A voucher as its form has it, with a picture on which its number and amount can be read."""
    target, shown = io.BytesIO(), Image.new("RGB", (720, 420), "#fffdf4")
    draw, font = ImageDraw.Draw(shown), ImageFont.load_default(42)
    draw.rectangle((20, 20, 700, 400), outline="#8a1f1f", width=4)
    for at, words in enumerate((f"No. {number}", f"CNY {amount}", "2027-02-26")):
        draw.text((60, 70 + 100 * at), words, fill="#20242c", font=font)
    shown.save(target, "PNG")
    target.seek(0)
    with world.acting("clerk"), unit_of_work():
        file = attachments.store(target, f"{number}.png", ("png",), 10**6)
        return {
            "number": number, "payer": payer, "paid_on": "2027-02-26",
            "amount": amount, "picture": str(file.id),
        }  # fmt: skip


def pay(world, pk, *amounts, payers=("甲",)):
    rows = vouchers(world, pk)
    for at, amount in enumerate(amounts):
        rows.append(voucher(world, f"P{len(rows)}", amount, payers[at % len(payers)]))
    edit(world, pk, "clerk", {"vouchers": rows})
    act(world, pk, "clerk", "hand_in")


def spend(world, pk, *amounts):
    with world.acting("officer"):
        obj = registry.object("toll_bill")
        rows = records.raw_of(obj, records.find(obj, pk))["lines"]
    for row, amount in zip(rows, amounts, strict=True):
        row["actual"] = amount
    edit(world, pk, "officer", {"lines": rows})


def paid(world, *amounts, payers=("甲",), trip=None):
    pk = handed_in(world, *amounts, payers=payers, trip=trip)
    act(world, pk, "officer", "book")
    return pk


def test_the_plugin_prices_each_line_and_the_sum_is_due(world):
    pk = bill(world)
    act(world, pk, "officer", "push")
    assert look(world, pk) == ("pay", [200, 0, 0, 0, 0])
    with pytest.raises(Conflict, match="请先登记"):
        act(world, pk, "clerk", "hand_in")


def handed_in(world, *amounts, payers=("甲",), trip=None):
    """A bill of 200 yuan at its verification, with these vouchers."""
    pk = bill(world, trip)
    act(world, pk, "officer", "push")
    pay(world, pk, *amounts, payers=payers)
    return pk


def asked_again(world, *amounts, payers, trip=None):
    """A bill of 150 and 80 yuan at its second verification: 200 were counted, then these came."""
    pk = paid(world, "120", "80", payers=("甲", "乙"), trip=trip)
    spend(world, pk, "150", "80")
    act(world, pk, "officer", "settle")
    pay(world, pk, *amounts, payers=payers)
    return pk


def test_what_is_even_is_closed(world):
    pk = paid(world, "150", "50")
    spend(world, pk, "120", "80")
    act(world, pk, "officer", "settle")
    assert look(world, pk) == ("closed", [200, 200, 200, 0, 0])


def test_what_was_paid_too_much_is_paid_back(world):
    pk = paid(world, "200")
    spend(world, pk, "100.50", "80")
    act(world, pk, "officer", "settle")
    assert look(world, pk) == ("account", [200, 200, 180.5, 0, 19.5])
    edit(world, pk, "clerk", {"account_name": "东局基本户"})
    act(world, pk, "clerk", "named")
    act(world, pk, "director", "repaid")
    assert look(world, pk) == ("closed", [200, 200, 180.5, 19.5, 0])


def test_what_is_missing_is_asked_for_again_as_at_first(world):
    pk = paid(world, "200")
    spend(world, pk, "150", "80")
    act(world, pk, "officer", "settle")
    assert look(world, pk) == ("supplement", [200, 200, 230, 0, -30])
    pay(world, pk, "10")
    act(world, pk, "officer", "rebook")
    assert look(world, pk) == ("supplement", [200, 210, 230, 0, -20])
    pay(world, pk, "20")
    act(world, pk, "officer", "rebook")
    assert look(world, pk) == ("closed", [200, 230, 230, 0, 0])


def test_a_settlement_that_does_not_add_up_is_refused_whole(world, bookkeeper):
    pk = paid(world, "200")
    spend(world, pk, "120", "80")
    bookkeeper.setenv("BOOKKEEPER_OFF", "1")
    plugin.forget_plugins()
    with pytest.raises(Conflict, match=r"结算结果不平：“实际支出”应为 200.00 元，结算得 200.01 元"):
        act(world, pk, "officer", "settle")
    assert look(world, pk) == ("costs", [200, 200, 0, 0, 200])


def test_without_a_plugin_nothing_is_priced(world, bookkeeper):
    pk = bill(world)
    bookkeeper.delenv("BOOKKEEPER_PLUGIN")
    plugin.forget_plugins()
    with pytest.raises(UserError, match="费用结算未配置"):
        act(world, pk, "officer", "push")
    assert look(world, pk)[0] == "made"


def test_the_page_shows_each_posting_and_what_the_account_came_to(world, client):
    pk = bill(world)
    page = client("officer").get(f"/EX60/{pk}").text
    assert "还没有入账" in page
    act(world, pk, "officer", "push")
    pay(world, pk, "150", "50")
    act(world, pk, "officer", "book")
    spend(world, pk, "120", "80")
    act(world, pk, "officer", "settle")
    page = client("director").get(f"/EX62/{pk}").text.partition('id="p-postings"')[2]
    page, _, history = page.partition("</table>")
    history = history.partition('id="p-history"')[2]
    places = [history.find(words) for words in ("结算", "入账", "已缴款", "通知缴款", "新建")]
    assert -1 not in places and places == sorted(places), "none is left out, the latest first"
    rows = [re.findall(r"<td[^>]*>([^<]*)", row) for row in page.split("<tr>")[2:]]
    assert [row[1:6] for row in rows[:2]] == [
        ["应收", "200.00", "200.00", "通知缴款", "officer"],
        ["已收", "200.00", "200.00", "入账", "officer"],
    ]
    assert {row[1] for row in rows[2:]} == {"实际支出"} and rows[-1][3] == "200.00"


def test_who_gets_a_case_back_at_a_later_step_reads_why(world, client):
    pk = handed_in(world, "150")
    clerk = client("clerk", world.bureaus["east"])
    assert "凭证少一张" not in clerk.get(f"/EX61/{pk}").text
    with world.acting("officer"), unit_of_work():
        case = engine.case_of(records.find(registry.object("toll_bill"), pk))
        engine.act(case, "send_back", comment="凭证少一张")
    page = clerk.get(f"/EX61/{pk}").text.partition('id="p-history"')[0]
    assert re.search(r"officer [^<]* 退回</strong>：凭证少一张", page)
    assert "重新提交" not in page, "that is for the first step"


def test_what_is_posted_stays(world):
    pk = paid(world, "200")
    with acting_as(SYSTEM), elevated():
        entry = ledger.entries(registry.object("toll_bill"), pk)[0]
        entry.amount += 1
        with pytest.raises(Conflict, match="不能更改"):
            session.flush()
        session.rollback()
        session.delete(ledger.entries(registry.object("toll_bill"), pk)[0])
        with pytest.raises(Conflict, match="不能更改"):
            session.flush()
        session.rollback()


def test_nobody_types_a_sum(world):
    pk = bill(world)
    with refused(Rejected, "“已收”在当前环节不能修改"):
        edit(world, pk, "officer", {"paid": "500"})


def asked_for_more(world):
    """A bill of 230 yuan with a voucher of 200 that is counted, and its vouchers as a form has them."""
    pk = paid(world, "200")
    spend(world, pk, "150", "80")
    act(world, pk, "officer", "settle")
    return pk, vouchers(world, pk)


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (lambda row: [], ("vouchers", "“P0”已确定，不能删除")),
        (lambda row: [{**row, "id": ""}], ("vouchers", "“P0”已确定，不能删除")),
        (lambda row: [row | {"amount": "230"}], ("vouchers.0", "这一行已确定，不能再更改缴款凭证")),
        (lambda row: [row | {"number": "P9"}], ("vouchers.0", "这一行已确定，不能再更改缴款凭证")),
    ],
)
def test_a_voucher_that_was_counted_stays_as_it_is(world, change, fault):
    pk, (row,) = asked_for_more(world)
    with pytest.raises(Rejected) as refused:
        edit(world, pk, "clerk", {"vouchers": change(row)})
    assert fault in [(one.path, one.message) for one in refused.value.faults]
    assert vouchers(world, pk) == [row]
    pay(world, pk, "30")  # beside it, a new one is counted alone
    act(world, pk, "officer", "rebook")
    assert look(world, pk) == ("closed", [200, 230, 230, 0, 0])


def test_a_list_that_no_longer_applies_keeps_what_was_counted(world, monkeypatch):
    pk, rows = asked_for_more(world)
    bill = registry.object("toll_bill")
    child = next(c for c in bill.children if c.name == "vouchers")
    monkeypatch.setitem(vars(child), "when", lambda bill, env: False)
    monkeypatch.setitem(vars(bill), "evaluation", (*bill.evaluation, "vouchers"))
    for raw in ({"vouchers": rows}, {}):
        with pytest.raises(Rejected) as refused:
            edit(world, pk, "clerk", raw)
        (fault,) = refused.value.faults
        assert fault.path == "vouchers"
        assert fault.message.startswith("“P0”已确定，不能删除，因此“缴款凭证”必须保留")
    assert vouchers(world, pk) == rows


def test_a_sum_that_was_changed_behind_the_ledger_is_found_at_night(world):
    pk = paid(world, "200")
    with acting_as(SYSTEM), elevated():
        assert ledger.prove() == "账目与明细相符"
        session.execute(text(f"UPDATE ground_toll_bill SET paid = paid + 1 WHERE id = {pk}"))
        session.commit()
        with pytest.raises(RuntimeError, match="1 处"):
            ledger.prove()


@settings(
    max_examples=10,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["due", "paid", "actual", "refunded"]), st.integers(-(10**9), 10**9)
        ),
        max_size=12,
    ),
    st.randoms(use_true_random=False),
)
def test_sums_are_those_of_the_entries_whatever_the_order(world, amounts, chance):
    """The same postings in any order, at once or one by one, give the same sums and balance."""
    found = []
    for _ in range(2):
        chance.shuffle(amounts)
        obj = registry.object("toll_bill")
        with acting_as(SYSTEM), unit_of_work():
            record = obj.model(unit_id=world.bureaus["east"], due=0, paid=0, actual=0, refunded=0)
            session.add(record)
            session.flush()
            cut = chance.randint(0, len(amounts))
            postings = [Posting(account=name, amount=amount) for name, amount in amounts]
            ledger.post(obj, record, "x", postings[:cut])
            for one in postings[cut:]:
                ledger.post(obj, record, "x", [one])
            found.append((record.due, record.paid, record.actual, record.refunded))
            assert record.balance in (None, record.paid - record.refunded - record.actual)
    expected = tuple(
        sum(amount for name, amount in amounts if name == account)
        for account in ("due", "paid", "actual", "refunded")
    )
    assert found == [expected, expected]
    with acting_as(SYSTEM):
        assert ledger.unproved() == []
