"""What people see of a refusal and of an action that asks for values, in a real browser on the examples."""

import re

import pytest
from playwright.sync_api import expect

from app.core.db.database import session
from tests.app.security.people import PASSWORD, open_person
from tests.examples.deeds import do, save
from tests.examples.test_appraisal import RAW, enter, post
from tests.examples.test_prompts import kept
from tests.harness.browser import PATIENCE, SIZE
from tests.harness.serving import served

pytestmark = pytest.mark.browser
BLINK = 1500  # milliseconds: longer than a live answer takes


@pytest.fixture
def window(app, browser):
    """Open a window in which somebody of a role has signed in; whatever its console says is an error."""
    said, contexts = [], []
    with served(app) as where:

        def enter_as(name, role, **more):
            open_person(app, name, role, **more)
            session.remove()
            context = browser.new_context(base_url=where, viewport=SIZE, locale="zh-CN")
            context.set_default_timeout(PATIENCE)
            contexts.append(context)
            page = context.new_page()
            page.on("pageerror", lambda error: said.append(str(error)))
            page.goto("/sign-in")
            page.fill("[name=username]", name)
            page.fill("[name=password]", PASSWORD)
            page.press("[name=password]", "Enter")
            page.wait_for_url(lambda url: "/sign-in" not in url)
            return page

        yield enter_as
        for context in contexts:
            context.close()
    assert said == []


def test_why_a_new_form_was_refused_stays_said(world, window):
    page = window("west", "clerk", org_id=world.bureaus["west"])
    page.goto("/EX70/new")
    page.fill('[name="number"]', "PE0000000")
    page.fill('[name="holder"]', "王伟")
    page.fill('[name="reason"]', "调入")
    with page.expect_response(lambda answer: answer.url.endswith("/new")):
        page.locator("#form-head .btn-primary").click()
    words = "没有证件号码、持证人与所填完全一致的护照，请核对后再填"
    top = page.locator("#form-faults")
    expect(top).to_contain_text(words)
    page.wait_for_timeout(BLINK)  # the live answer has come by then, and knows nothing of it
    expect(top).to_contain_text(words)
    expect(page.locator('[id="f-number"]')).to_contain_text(words)
    page.fill('[name="number"]', "PE1111111")
    page.locator('[name="number"]').dispatch_event("change")
    expect(page.locator('[id="f-number"]')).not_to_contain_text(words)
    expect(top).not_to_contain_text(words)


@pytest.fixture
def due(world, app):
    """An appraisal that waits for the director."""
    pk = save(world, "appraisal", RAW)
    do(world, "appraisal", pk, "clerk", "submit")
    surveyors = [enter(app, f"surveyor-{number}", "surveyor")[0] for number in (1, 2)]
    do(world, "appraisal", pk, "officer", "pass")
    for one in surveyors:
        post(one, f"/EX103/{pk}", "do/pass")
    session.remove()
    return pk


def test_what_an_action_asks_for_is_typed_in_its_dialog(due, window):
    page = window("boss", "director")
    page.goto(f"/EX104/{due}")
    page.keyboard.press("Control+Enter")
    dialog = page.locator("#ask-appraise")
    expect(dialog).to_be_visible()
    expect(page.locator("#confirm")).to_be_hidden()
    expect(dialog.get_by_label("年代")).to_be_focused()
    dialog.get_by_role("button", name="审定").click()
    expect(dialog).to_contain_text("请填写年代")
    expect(dialog).to_contain_text("请填写鉴定价值")
    assert kept(due)[0] == "decide"
    session.remove()
    dialog.get_by_label("年代").fill("唐")
    dialog.get_by_label("鉴定价值").fill("很多")
    dialog.get_by_role("button", name="审定").click()
    expect(dialog).to_contain_text("请填写数字")
    expect(dialog).not_to_contain_text("请填写年代")
    expect(dialog.get_by_label("年代")).to_have_value("唐")
    dialog.get_by_label("鉴定价值").fill("12000")
    dialog.get_by_role("button", name="审定").click()
    expect(dialog).to_contain_text("请选择真品")
    dialog.get_by_label("真品").select_option(label="是")
    with page.expect_navigation():
        dialog.get_by_role("button", name="审定").click()
    assert kept(due) == ("appraised", "唐", 1200000, True)


def test_many_are_asked_once(due, window):
    page = window("boss", "director")
    page.goto("/EX104/")
    page.locator("[name=row]").first.check()
    page.get_by_role("button", name=re.compile("批量审定")).click()
    dialog = page.locator("#bulk-appraise")
    dialog.get_by_label("年代").fill("宋")
    dialog.get_by_label("鉴定价值").fill("800")
    dialog.get_by_label("真品").select_option(label="否")
    with page.expect_navigation():
        dialog.get_by_role("button", name="批量审定").click()
    assert kept(due) == ("appraised", "宋", 80000, False)
