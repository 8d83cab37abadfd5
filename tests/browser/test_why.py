"""Somebody is refused and calls; whoever administers rights finds out why, mistyping on the way."""

import re

import pytest
from playwright.sync_api import expect

pytestmark = [pytest.mark.browser, pytest.mark.functions("BM03")]


def test_the_number_of_a_refused_page_leads_to_the_reason_past_two_mistakes(desk):
    caller = desk("zhuanban")
    assert caller.page.goto("/PP19/").status == 403
    expect(caller.page.get_by_text("告诉管理员：凭它可以查明原因")).to_be_visible()
    number = caller.page.locator(".empty kbd").inner_text()

    admin = desk("anquan")
    admin.open("/BM03/")
    admin.page.get_by_role("link", name="权限追查").click()
    expect(admin.page.get_by_text("某人看不到某个页面或某条记录")).to_be_visible()
    who, what = admin.page.get_by_label("哪个账户"), admin.page.get_by_label("看不到的页面")
    who.fill("没有这个人")
    what.fill("/nowhere/at/all")
    admin.page.get_by_role("button", name="追查").click()
    expect(admin.page.locator("#why-who-note")).to_have_text("没有这个账户，或不在您的管理范围内")
    expect(admin.page.locator("#why-page-note")).to_contain_text("不是本系统的页面地址")
    expect(who).to_have_value("没有这个人")
    expect(what).to_have_value("/nowhere/at/all")

    who.fill("zhuanban")
    admin.page.get_by_role("option", name="（zhuanban）").click()
    expect(who).to_have_value(re.compile("（zhuanban）$"))
    what.fill(number)
    admin.page.get_by_role("button", name="追查").click()
    expect(admin.page.locator("#verdict")).to_contain_text("不能打开“审批电子接案”")
    expect(admin.page.locator("#verdict")).to_contain_text("不授予")
    expect(admin.page.locator(".why-line").first).to_have_text(
        re.compile(r"^metadata/.+\.yaml:\d+$")
    )
    admin.look("why-refused")
    admin.page.locator(".why-roles a").first.click()
    expect(admin.page.get_by_role("heading", name="能做什么")).to_be_visible()
