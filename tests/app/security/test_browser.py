"""Signing in, accounts and roles as people use them, in a real browser."""

import re
from collections.abc import Iterator

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select, update

from app.core.db.database import session, unit_of_work
from app.messaging.models import SmsRecord
from app.security.models import ServerSession
from tests.app.security.people import PASSWORD, open_person
from tests.app.security.test_passwords import NEW
from tests.harness import axe
from tests.harness.serving import served

pytestmark = pytest.mark.browser
WIDTHS = (1366, 1920)
ROLES = ("/T04/", "/T04/1", "/T04/1/grants", "/T04/new", "/T04/people", "/T04/people/3")


@pytest.fixture
def address(app: Flask) -> Iterator[str]:
    """The small office, served on a port of its own."""
    open_person(app, "system1", "system_admin", name="郑系统")
    open_person(app, "secure1", "security_admin", name="孙安全")
    open_person(app, "clerk1", "clerk", name="陈立", phone="13800000001")
    session.remove()
    with served(app) as where:
        yield where


@pytest.fixture
def page(address: str, browser: Browser) -> Iterator[Page]:
    """A window; an error of a script or a refusal by the content policy fails the test."""
    context = browser.new_context(
        viewport={"width": 1366, "height": 768}, base_url=address, locale="zh-CN"
    )
    page = context.new_page()
    said: list[str] = []
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("console", lambda m: said.append(m.text) if "Refused to" in m.text else None)
    yield page
    context.close()
    assert said == []


def enter(page: Page, username: str, path: str = "/") -> None:
    page.goto(path)
    page.fill("#username", username)
    page.fill("#password", PASSWORD)
    page.press("#password", "Enter")
    page.wait_for_url(lambda url: "/sign-in" not in url)


def test_whoever_is_asked_to_sign_in_comes_back_to_where_he_was(page: Page) -> None:
    enter(page, "system1", "/T03/?q=%E9%99%88%E7%AB%8B")
    expect(page).to_have_url(re.compile(r"/T03/\?q=%E9%99%88%E7%AB%8B$"))
    expect(page.get_by_role("link", name="陈立")).to_be_visible()


def test_a_session_that_ended_leads_back_after_signing_in_again(page: Page, app: Flask) -> None:
    enter(page, "system1", "/T03/?state=open")
    with app.app_context(), unit_of_work():
        session.execute(update(ServerSession).values(ended_at=ServerSession.created_at))
    page.reload()
    expect(page.locator("#username")).to_be_visible()
    page.fill("#username", "system1")
    page.fill("#password", PASSWORD)
    page.press("#password", "Enter")
    expect(page).to_have_url(re.compile(r"/T03/\?state=open$"))


def test_a_forgotten_password_by_the_page_alone(page: Page, app: Flask) -> None:
    page.goto("/sign-in")
    page.get_by_role("link", name="忘记密码").click()
    page.get_by_role("button", name="获取验证码").click()
    expect(page.locator("#code-said")).to_have_text("请先填写 11 位手机号码")
    page.fill("#phone", "13800000001")
    page.get_by_role("button", name="获取验证码").click()
    expect(page.locator("#code-said")).to_contain_text("验证码已经发出")
    expect(page.get_by_role("button", name="秒后可重发")).to_be_disabled()
    with app.app_context():
        code = re.search(r"\d{6}", session.scalars(select(SmsRecord.text)).one())[0]
    page.fill("#code", code)
    page.fill("#password", NEW)
    page.fill("#again", NEW)
    page.get_by_role("button", name="重设密码").click()
    expect(page.get_by_text("密码已重设，请用新密码登录")).to_be_visible()


def test_a_password_can_be_looked_at_while_typing(page: Page) -> None:
    page.goto("/sign-in")
    page.fill("#password", "typed")
    page.get_by_role("button", name="显示").click()
    expect(page.locator("#password")).to_have_attribute("type", "text")
    page.get_by_role("button", name="隐藏").click()
    expect(page.locator("#password")).to_have_attribute("type", "password")


def test_the_matrix_finds_a_function_and_says_what_will_change(page: Page) -> None:
    enter(page, "secure1", "/T04/")
    page.get_by_role("link", name="经办人", exact=True).click()
    page.get_by_role("link", name="调整权限").click()
    page.fill("#find-line", "立户")
    expect(page.get_by_role("row", name="审批 T02")).to_be_hidden()
    page.get_by_label("提交", exact=True).first.check()
    said = page.locator("#grant-said")
    expect(said).to_have_text("将新增 2 项，收回 0 项")  # whoever submits must be able to open it
    page.get_by_role("button", name="保存权限").click()
    expect(page.get_by_text("已保存：新增 2 项，收回 0 项")).to_be_visible()
    expect(page.get_by_text("与系统默认不同")).to_be_visible()


def test_closing_an_account_asks_why(page: Page) -> None:
    enter(page, "system1", "/T03/")
    page.get_by_role("link", name="陈立").click()
    page.get_by_role("button", name="关闭账户").click()
    dialog = page.get_by_role("dialog", name="关闭账户")
    dialog.get_by_role("button", name="关闭账户").click()
    expect(dialog).to_be_visible()  # the reason is missing
    dialog.get_by_label("关闭原因").fill("调离")
    dialog.get_by_role("button", name="关闭账户").click()
    expect(page.get_by_text("账户已关闭，该用户的登录已全部结束")).to_be_visible()
    expect(page.get_by_role("button", name="重新开通")).to_be_visible()


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("path", ["/sign-in", "/register", "/forgotten"])
def test_axe_finds_nothing_serious_before_signing_in(page: Page, path: str, width: int) -> None:
    assert serious(page, path, width) == []


@pytest.mark.parametrize("width", WIDTHS)
def test_axe_finds_nothing_serious_on_the_administrators_screens(page: Page, width: int) -> None:
    enter(page, "system1")
    for path in (
        "/T03/",
        "/T03/3",
        "/T03/new",
        "/T03/3/edit",
        "/T03/3/hand-over",
        "/me",
        "/me/password",
        "/me/tokens",
    ):
        assert serious(page, path, width) == [], path
    page.context.clear_cookies()
    enter(page, "secure1")
    for path in (
        "/T04/",
        "/T04/1",
        "/T04/1/grants",
        "/T04/new",
        "/T04/people",
        "/T04/people/3",
        "/T04/who?function=T02",
    ):
        assert serious(page, path, width) == [], path


def serious(page: Page, path: str, width: int) -> list[list[object]]:
    """What axe finds on a page at a width, and whether the page is wider than its window."""
    page.set_viewport_size({"width": width, "height": 768 if width < 1500 else 1080})
    page.goto(path)
    assert not axe.wide(page), f"{path} scrolls sideways at {width}"
    return axe.serious(page)
