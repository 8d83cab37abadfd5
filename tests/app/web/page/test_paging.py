"""The foot of a list: rows shown, pages offered, addresses that keep what was asked."""

from hypothesis import given
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

from app.web.page.paging import Address, Pager, asked_page


@given(st.integers(1, 400), st.sampled_from((20, 50, 100)), st.integers(0, 9000))
def test_the_pages_offered_lead_everywhere(page: int, size: int, total: int) -> None:
    pager = Pager(page, size, total)
    page = min(page, pager.last)
    pager = Pager(page, size, total)
    numbers = [number for number in pager.pages if number is not None]
    assert numbers == sorted(set(numbers))
    assert {1, page, pager.last} <= set(numbers)
    assert pager.more is (page < pager.last)
    assert pager.last_row - pager.first_row < size
    for before, after in zip(pager.pages, pager.pages[1:], strict=False):
        assert before is None or after is None or after == before + 1, "a gap is shown as one"


def test_an_address_that_asks_for_no_page_or_one_too_many_gets_one_that_is() -> None:
    asked = {"": 1, "0": 1, "-3": 1, "²": 1, "2": 2, "99": 3, "9" * 30: 1}
    for text, page in asked.items():
        assert asked_page({"page": text}, 20, 45).page == page, text
    assert asked_page({"page": "3"}, 20, 45).offset == 40
    assert asked_page({}, 20, 0) == Pager(1, 20, 0)


def test_where_counting_stopped_no_last_page_is_promised() -> None:
    pager = Pager(3, 20, 10_000, capped=True)
    assert pager.pages == (1, 2, 3, 4)
    assert pager.all == "10,000+"
    assert Pager(3, 20, 10_000).pages == (1, 2, 3, 4, None, 500)
    assert Pager(1, 20, 0).first_row == 0


def test_an_address_keeps_the_rest_and_begins_anew_at_the_first_page() -> None:
    address = Address(MultiDict({"q": "李", "state": "open", "page": "4", "role": ""}))
    assert address.link(page=5) == "?q=%E6%9D%8E&state=open&page=5"
    assert address.link(state="") == "?q=%E6%9D%8E"
    assert address.others("size") == [("q", "李"), ("state", "open")]
