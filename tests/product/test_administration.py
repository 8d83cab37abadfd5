"""BM01–BM03: who signs in, whose accounts there are, and what each role may do, as administrators see it."""

import re
from collections.abc import Callable
from io import BytesIO

import pytest
from flask import Flask
from openpyxl import load_workbook

from app.core.access.actor import SYSTEM, acting_as
from app.core.db.database import session
from app.security import roles
from tests.harness.people import Browserlike
from tests.product import office as made

CLERK = "fao_handler"


def role(name: str) -> tuple[int, list[str]]:
    """Return the number of a role, and what it may do."""
    session.remove()
    with acting_as(SYSTEM):
        found = next(one for one in roles.all_roles() if one.role.name == name)
        return found.id, sorted(f"{f}.{operation}" for f, operation in roles.pairs_of(found))


@pytest.mark.functions("BM03")
@pytest.mark.musts("BM03.1")
def test_a_role_has_the_pages_and_the_buttons_that_it_is_granted(
    at_office: Flask, client_for: Callable[..., Browserlike]
) -> None:
    admin, clerk = client_for("security_admin"), client_for(CLERK)
    pk, grants = role(CLERK)

    def granted(*without: str) -> None:
        kept = [one for one in grants if one not in without]
        assert admin.post(f"/BM03/{pk}/grants", data={"grant": kept}).status_code == 302

    def may() -> tuple[bool, bool, bool, int, int]:
        """The entry of the menu, the button, the export; and what typing the address gives."""
        menu = '"/BM24/"' in clerk.get("/").text
        page = clerk.get("/BM24/").text
        button, export = "/BM24/new" in page, "/BM24/export" in page
        return (
            menu,
            button,
            export,
            clerk.get("/BM24/").status_code,
            clerk.get("/BM24/new").status_code,
        )

    assert may() == (True, True, True, 200, 200)
    granted("BM24.add")
    assert may() == (True, False, True, 200, 403)
    granted("BM24.add", "BM24.export")
    assert may() == (True, False, False, 200, 403)
    granted(
        "BM24.view",
        "BM24.add",
        "BM24.edit",
        "BM24.disable",
        "BM24.delete",
        "BM24.export",
        "BM24.import",
    )
    assert may() == (False, False, False, 403, 403)
    assert clerk.get("/BM28/").status_code == 200, "nothing else was taken"
    granted()
    assert may() == (True, True, True, 200, 200)
    assert clerk.post(f"/BM03/{pk}/grants", data={"grant": grants}).status_code == 403


@pytest.mark.functions("BM01")
@pytest.mark.musts("BM01.7")
def test_sign_ins_are_told_apart_by_account_time_and_result(
    at_office: Flask, client_for: Callable[..., Browserlike]
) -> None:
    client_for(CLERK, username="lisi", name="李四")
    stranger = at_office.test_client()
    assert isinstance(stranger, Browserlike)
    stranger.look("/sign-in")
    for name in ("lisi", "nobody"):
        answer = stranger.post("/sign-in", data={"username": name, "password": "wrong"})
        assert answer.status_code == 401
    auditor = client_for("auditor", username="shenji")

    def rows(query: str) -> list[tuple[str, str]]:
        page = auditor.get(f"/BM01/?{query}").text
        listed = page.partition('aria-label="登录记录"')[2].partition("</section>")[0]
        body = listed.partition("<tbody>")[2].partition("</tbody>")[0]
        found = [re.findall(r"<td[^>]*>(.*?)</td>", row, re.S) for row in body.split("</tr>")[:-1]]
        assert all("09:30" in row[0] for row in found), "the time of the office"
        return [(row[1], re.sub(r"<[^>]+>", "", row[3]).strip()) for row in found]

    everything = rows("")
    assert everything[1:] == [("nobody", "密码错误"), ("lisi", "密码错误"), ("lisi", "成功")]
    assert rows("result=wrong") == everything[1:3]
    assert rows("q=lisi") == everything[2:]
    assert rows("q=李四&result=ok") == everything[3:]
    assert rows("since=2026-11-25") == []
    tabs = re.sub(r"<[^>]+>|\s", "", auditor.get("/BM01/").text)
    assert "密码错误2" in tabs, "the results are counted"
    sheet = load_workbook(BytesIO(auditor.get("/BM01/export?result=wrong").data)).active
    assert sheet is not None
    assert [row[1] for row in sheet.iter_rows(min_row=2, values_only=True)] == ["nobody", "lisi"]
    keeper = client_for("system_admin")
    assert keeper.get("/BM01/").status_code == 200
    assert keeper.get("/BM01/export").status_code == 403
    assert client_for(CLERK).get("/BM01/").status_code == 403


@pytest.mark.functions("BM01", "BM08")
@pytest.mark.musts("BM01.5")
def test_who_signs_in_for_the_first_time_is_led_to_the_filing_of_the_unit(
    at_office: Flask, client_for: Callable[..., Browserlike]
) -> None:
    newcomer = made.register(at_office, "13871000005", "郑经办").client
    home = newcomer.get("/", follow_redirects=True)
    assert "/BM08/new" in home.text, "the one thing there is to do is at hand"
    assert "/PP17/" not in home.text
    page = newcomer.get("/BM08/new").text
    assert "办理前请阅读办事指南" in page
    for words in ("统一社会信用代码证书", "备案登记表", "专办员授权书"):
        assert words in page, words
    assert newcomer.get("/PP17/").status_code == 403


@pytest.mark.functions("BM02")
def test_an_account_is_opened_found_closed_and_signs_in_no_more(
    at_office: Flask, client_for: Callable[..., Browserlike]
) -> None:
    keeper = client_for("system_admin")
    person = client_for(CLERK, username="wangwu", name="王五")
    page = keeper.get("/BM02/?q=王五").text
    found = re.search(r'/BM02/(\d+)"', page)
    assert found and "wangwu" in page
    assert "没有符合条件" in keeper.get("/BM02/?q=没有这个人").text
    keeper.post(f"/BM02/{found[1]}/close", data={"why": ""})
    assert "原因" in keeper.get(f"/BM02/{found[1]}").text
    assert person.get("/PP19/").status_code == 200, "without a reason nothing is closed"
    assert keeper.post(f"/BM02/{found[1]}/close", data={"why": "调离"}).status_code == 302
    assert person.get("/PP19/").status_code == 302, "what runs ends at once"
    assert person.post(f"/BM02/{found[1]}/reopen").status_code in (302, 401)
