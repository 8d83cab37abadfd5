"""Every kind of screen of the product under axe, at two widths: nothing serious, nothing cut off."""

import pytest
from playwright.sync_api import expect

from tests.browser.desk import LARGE
from tests.harness import axe
from tests.harness.browser import SIZE

pytestmark = pytest.mark.browser

OPEN = ("{}/", "{}/new")
SCREENS = {
    "": ("/sign-in", "/register", "/forgotten", "/verify/unknown"),
    "zhuanban": (
        "/",
        "/PP17/",
        "/PP17/new",
        "/PP11/new",
        "/PP01/new",
        "/PP21/",
        "/PP12/new",
        "/PP28/",
        "/BM05/",
        "/BM06/",
        "/BM14C/",
        "/BM25/",
        "/me",
        "/messages/",
    ),
    "chuangkou": ("/", "/PP18/", "/BM09/", "/PP11Q/?view=charts"),
    "jingban": (
        "/PP02Q/",
        "/PP02Q/new",
        "/PP14/?view=charts",
        "/BM24/",
        "/BM28/",
        "/PP16/new",
        "/BM21/",
        "/DA01/",
        "/DA01/?report=countries",
        "/DA01/rows?report=members&of=delegations",
        "/DA06/?rows=unit&inner=rank&columns=sex&show=travels",
        "/DA06/values?by=unit",
        "/DA04/",
        "/DA04/wall",
    ),
    "lingdao": ("/", "/PP20/", "/PP02/", "/PP10/"),
    "wenshu": ("/PP27/", "/PP29/new"),
    "xitong": (
        "/BM02/",
        "/BM02/new",
        "/BM26/",
        "/BM19/",
        "/BM19/trip_approval",
        "/BM19B/",
        "/BM19C/",
        "/BM21/",
        "/BM21/delegation.sent_back",
        "/IF06/",
        "/BM19D/",
    ),
    "anquan": ("/BM03/", "/BM03/new", "/BM03/people", "/BM03/who", "/BM03/who?function=PP20"),
    "shenji": ("/BM01/", "/BM19A/"),
}
FIRST_OF = {
    "zhuanban": ("PP17", "PP11", "PP01", "PP28"),
    "chuangkou": ("PP18",),
    "lingdao": ("PP20",),
    "wenshu": ("PP27",),
}


@pytest.mark.parametrize("who", SCREENS)
def test_axe_finds_nothing_serious(desk, who):
    person = desk(who)
    page = person.page
    found = {}
    for number, path in enumerate(SCREENS[who]):
        page.set_viewport_size(SIZE if number % 3 else LARGE)
        answer = page.goto(path)
        if answer.status != 404 or who:
            assert answer.status == 200, path
        found[path] = serious(page)
    for function in FIRST_OF.get(who, ()):
        page.set_viewport_size(SIZE)
        page.goto(f"/{function}/")
        link = page.locator("[data-rows] tbody tr a")
        if link.count():
            page.goto(link.first.get_attribute("href"))
            found[page.url] = serious(page)
    assert {path: wrong for path, wrong in found.items() if wrong} == {}


def serious(page):
    """Return what axe finds serious or critical, and whether the page is wider than its window."""
    page.wait_for_load_state("networkidle")
    sideways = [["wide", "the page scrolls sideways"]] if axe.wide(page) else []
    return axe.serious(page) + sideways


def test_a_table_that_goes_on_beyond_its_edge_names_what_lies_there(desk):
    page = desk("xitong").page
    page.set_viewport_size({"width": 640, "height": 800})
    page.goto("/BM02/")
    box, beyond = page.locator(".table-wrap").first, page.locator(".beyond")
    last = box.locator("thead th").last.inner_text().strip()
    expect(beyond).to_contain_text("右侧还有")
    expect(beyond).to_contain_text(last)
    box.evaluate("box => box.scrollTo(box.scrollWidth, 0)")
    expect(beyond).to_be_hidden()
    page.set_viewport_size(LARGE)
    expect(beyond).to_be_hidden()
    page.set_viewport_size(SIZE)
