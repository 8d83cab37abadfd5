"""A trip is filled in and sent with its papers."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.desk import Desk
from tests.browser.main_chain.story import TRIP, Story, liaison


def fill_trip(desk: Desk, story: Story, name: str, people: list[str], **more: str) -> None:
    """Fill in a whole trip but its papers."""
    desk.enter(
        {
            "name": name,
            "kind": "自行组团",
            "nature": "教学科研（区别管理）",
            "purpose": "合作交流",
            "category": "教学科研人员",
            "depart_on": "2027-03-01",
            "return_on": "2027-03-05",
            "route": "武汉—法兰克福—柏林—武汉",
            "task": "与柏林合作院校商定双元制课程共建方案，签署合作备忘录",
            "necessity": "已列入年度计划，须当面商定",
            "outcome": "签署备忘录一份",
            "fund_source": "单位自筹",
            "publicized_from": "2026-11-02",
            "publicized_until": "2026-11-09",
            "publicity_place": "学院门户网站公示栏",
            "contact_phone": "027-87000911",
            **more,
        }
    )
    for person in people:
        desk.pick_row("members", person)
    desk.pick("plan", "德国")
    desk.pick("leader", people[0])
    stop = desk.row("stops")
    desk.more(f"stops.{stop}")
    desk.enter(
        {
            f"stops.{stop}.country": "德国",
            f"stops.{stop}.city": "柏林",
            f"stops.{stop}.arrive_on": "2027-03-01",
            f"stops.{stop}.leave_on": "2027-03-05",
            f"stops.{stop}.inviter": "柏林工业技术学院",
            f"stops.{stop}.inviter_kind": "高校、科研机构",
            f"stops.{stop}.agenda": "商定课程共建方案",
        }
    )
    day = desk.row("itinerary")
    desk.more(f"itinerary.{day}")
    desk.enter(
        {
            f"itinerary.{day}.day": "2027-03-01",
            f"itinerary.{day}.place": "武汉—柏林",
            f"itinerary.{day}.morning": "从武汉出发，经法兰克福抵达柏林",
        }
    )
    line = desk.row("budget")
    desk.more(f"budget.{line}")
    desk.enter({f"budget.{line}.item": "国际旅费", f"budget.{line}.amount": "38000"})


def papers_of_trip(story: Story) -> dict[str, Path]:
    names = ("request", "task_form", "invitation_translation", "schedule", "name_list")
    names += ("budget_form", "publicity_proof", "foreign_contact")
    return {name: story.paper(f"{name}.pdf") for name in names}


@pytest.mark.functions("PP17")
@pytest.mark.musts("PP17.6")
def test_a_trip_is_filled_in_kept_and_taken_up_again(city, story, told):
    desk = liaison(city)
    desk.open("/")
    desk.look("50-liaison-workbench")
    desk.open("/PP17/new")
    desk.look("51-trip-empty")
    late = {"return_on": "2027-03-07", "publicized_until": "2026-11-04"}
    fill_trip(desk, story, TRIP, ["陈志远", "林静怡"], **late)
    expect(desk.page.locator("#saved")).to_contain_text("已自动保存")
    expect(desk.control("days")).to_have_text("7")
    expect(desk.control("headcount")).to_have_text("2")
    expect(desk.control("countries")).to_have_text("德国")
    expect(desk.control("budget_total")).to_have_text("38,000.00")
    expect(desk.page.locator("[data-hold]")).to_contain_text("3")
    trip = desk.page.locator(".fg", has=desk.control("days"))
    expect(trip.locator(".fg-notes .fg-warning")).to_contain_text("超过规定的天数")
    expect(trip.locator(".fg-notes .fg-warning .fg-source").first).to_contain_text("依据")
    expect(desk.material("explanation").locator("[data-need]")).to_have_text("必交")
    desk.page.evaluate("window.scrollTo(0, document.body.scrollHeight)")
    desk.look("52-trip-filled")
    desk.press("保存草稿")
    desk.page.wait_for_url(re.compile("/PP17/\\d+/edit"))
    story.case["trip"] = desk.number

    desk.open("/PP17/")
    desk.look("53-trip-list")
    desk.find("PP17", TRIP)
    expect(desk.control("members.1.post")).to_have_value("机电学院教授")
    desk.enter({"return_on": "2027-03-05"})
    expect(desk.control("days")).to_have_text("5")
    expect(trip.locator(".fg-notes .fg-ok", has_text="在外天数 5")).to_be_visible()
    expect(desk.material("explanation").locator("[data-need]")).to_have_text("选交")
    told()


@pytest.mark.functions("PP17")
@pytest.mark.musts("PP17.2", "PP17.7")
def test_papers_are_dropped_looked_at_and_a_missing_one_is_refused(city, story, told):
    desk = liaison(city)
    desk.open(f"/PP17/{story.case['trip']}/edit")
    desk.enter({"kind": "联合组团", "publicized_until": "2026-11-09", "return_on": "2027-03-05"})
    desk.drop("invitation", story.paper("invitation.pdf"))
    bad = story.folder / "请示.pdf"
    bad.write_bytes("这不是 PDF".encode())
    line = desk.material("request")
    line.locator("[data-file]").set_input_files(bad)
    expect(line.locator("[data-faults]")).to_contain_text("请上传 PDF、JPG、PNG 文件")
    with desk.page.expect_response(re.compile("/preview")):  # whose answer does not take it away
        desk.enter({"publicity_place": "学院门户网站公示栏（首页）"})
    expect(line.locator("[data-faults]")).to_contain_text("请上传 PDF、JPG、PNG 文件")
    desk.look("54-trip-wrong-paper")
    papers = papers_of_trip(story)
    late = papers.pop("foreign_contact")
    desk.hand_in(**papers, participants_consent=story.paper("participants_consent.pdf"))
    desk.material("invitation").locator("a[data-view]").click()
    viewer = desk.page.locator("#viewer")
    expect(viewer).to_be_visible()
    expect(viewer.locator("iframe")).to_have_attribute("src", re.compile(r"/view#"))
    desk.look("55-trip-preview")
    desk.page.keyboard.press("Escape")
    expect(viewer).to_be_hidden()
    desk.press("提交")
    expect(desk.faults).to_have_count(1)
    expect(desk.faults).to_contain_text("缺未通过中介机构联系承诺书")
    desk.look("56-trip-refused")
    desk.faults.locator("a").click()
    desk.drop("foreign_contact", late)
    desk.submit("提交")
    desk.shows("材料预审", "武外出〔2026〕")
    desk.look("57-trip-sent")
    told()
