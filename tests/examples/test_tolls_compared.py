"""What is due beside the vouchers: what does not add up is shown, and not booked where the step says so."""

import re

import pytest

from app.core.access.actor import SYSTEM, acting_as
from app.core.declare import registry
from app.core.errors import Conflict
from app.security import accounts
from app.web.why import pages
from app.web.why.answer import answer
from app.web.why.asking import Target
from tests.app.security.people import Statements
from tests.examples.test_tolls import (
    act,
    asked_again,
    bookkeeper,
    edit,
    handed_in,
    look,
    voucher,
)

__all__ = ["bookkeeper"]  # a fixture


@pytest.mark.parametrize(
    ("amounts", "apart"), [(["150"], "少 50.00"), (["150", "50.01"], "多 0.01")]
)
def test_vouchers_that_do_not_add_up_to_what_is_due_are_not_booked(world, amounts, apart):
    pk = handed_in(world, *amounts)
    with pytest.raises(
        Conflict, match=f"凭证金额与应收不符，请退回更正（.*应收 200.00，.*{apart}）"
    ):
        act(world, pk, "officer", "book")
    assert look(world, pk) == ("verify", [200, 0, 0, 0, 0])
    act(world, pk, "officer", "send_back")
    edit(world, pk, "clerk", {"vouchers": [voucher(world, "P7", "200")]})
    act(world, pk, "clerk", "hand_in")
    act(world, pk, "officer", "book")
    assert look(world, pk) == ("costs", [200, 200, 0, 0, 200])


def compared(person, pk):
    """What REST says of the comparison, the sums as the page shows them, and that part of the page."""
    told = person.get(f"/api/v1/toll_bill/{pk}").get_json()["comparison"]
    page = person.get(f"/EX62/{pk}").text.partition('aria-label="合计比对"')[2]
    page = page.partition("</section>")[0]
    lines = re.findall(r'<tr class="[^"]*">(<th scope="row">.*?)</tr>', page)
    rows = [re.findall(r"<t[hd][^>]*>(?:<span[^>]*>)?([^<]*)", line) for line in lines]
    return told, rows, page


def test_who_paid_less_than_was_spent_for_them_is_seen_and_stands_in_nobodys_way(world, client):
    pk = asked_again(world, "10", "20", payers=("甲", "丙"))
    told, rows, part = compared(client("officer"), pk)
    assert rows == [
        ["甲", "150.00", "130.00", "少 20.00"],
        ["乙", "80.00", "80.00", "—"],
        ["丙", "0.00", "20.00", "多 20.00"],
        ["合计", "230.00", "230.00", "—"],
    ]
    assert [
        (one["key"], one["here"]["amount"], one["there"]["amount"], one["apart"])
        for one in told["sums"]
    ] == [
        ("甲", "150.00", "130.00", "少 20.00"),
        ("乙", "80.00", "80.00", ""),
        ("丙", "0.00", "20.00", "多 20.00"),
        ("合计", "230.00", "230.00", ""),
    ]
    assert told["told"].startswith("补缴后与实际支出仍不符（甲：费用明细实际支出 150.00")
    assert not told["refuses"] and told["told"] in part
    act(world, pk, "officer", "rebook")
    assert look(world, pk)[0] == "closed"


def test_the_page_shows_both_sides_with_the_pictures_and_why_nothing_is_booked(world, app, client):
    pk, officer = handed_in(world, "120", "30"), client("officer")
    told, rows, part = compared(officer, pk)
    assert rows == [["合计", "200.00", "150.00", "少 50.00"]]
    assert told["refuses"] and told["told"] in part
    for words in ("甲", "乙", "120.00", "80.00", "P0", "P1", "30.00", "2027-02-26"):
        assert f">{words}<" in part
    page = officer.get(f"/EX62/{pk}").text
    assert "P0 凭证图片" in page.partition("case-side")[2]
    pictures = set(re.findall(rf'src="(/EX62/{pk}/file/\d+/view)"', page))
    assert len(pictures) == 2
    for place in pictures:
        with officer.get(place) as sent:
            assert sent.mimetype == "image/png"
    offers = officer.get(f"/api/v1/toll_bill/{pk}").get_json()["offers"]
    refusals = {one["action"]: one["refusal"] for one in offers}
    assert refusals == {"book": told["told"], "send_back": ""}


def test_who_asks_why_nothing_is_booked_is_not_told_the_sums(world, app, client):
    pk = handed_in(world, "120", "30")
    client("officer")
    with app.app_context(), acting_as(SYSTEM):
        officer = accounts.by_name("officer-1")
        found = answer(officer, Target(object=registry.object("toll_bill"), pk=pk), "EX62")
    book = next(button for button in found.buttons if button.name == "book")
    assert (book.state, book.why) == ("closed", pages.GENERAL["compare"])
    assert "150.00" not in str(found)


def test_nothing_differs_where_both_sides_add_up(world, app, client):
    told, rows, part = compared(client("officer"), handed_in(world, "150", "50"))
    assert rows == [["合计", "200.00", "200.00", "—"]]
    assert told["told"] == "" and "两边合计相符" in part


def test_what_was_compared_stands_on_paper(world, app, client):
    pk = handed_in(world, "120", "30")
    paper = client("officer").get(f"/EX62/{pk}/print").text
    assert "<td>合计</td><td>200.00</td><td>150.00</td><td>少 50.00</td>" in paper


def test_a_page_with_many_vouchers_asks_the_database_no_more(world, app, client):
    few, many = handed_in(world, "150", "50"), handed_in(world, *["10"] * 20)
    officer, asked = client("officer"), []
    for pk in (few, many, few, many):
        with Statements(app) as statements:
            assert officer.get(f"/EX62/{pk}").status_code == 200
        asked.append(len(statements))
    assert asked[2] == asked[3], "the first look at each is noted"
