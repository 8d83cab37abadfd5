"""The trip's papers are edited, sealed, fetched and checked by anybody."""

import re
import subprocess

import pytest
from docx import Document
from playwright.sync_api import expect

from tests.browser.desk import Desk
from tests.browser.main_chain.story import REGISTRANT, TRIP, UNIT, liaison


def paper_of(desk: Desk, title: str) -> None:
    """Open a paper of the trip."""
    desk.open("/PP27/")
    row = desk.page.locator("[data-rows] tbody tr", has_text=TRIP).filter(has_text=title).first
    row.locator("a").first.click()
    desk.page.wait_for_url(re.compile(r"/PP27/\d+"))


def shown(desk: Desk) -> None:
    """Wait until the pages of a paper have been drawn."""
    expect(desk.page.locator(".paper-panel img").first).to_be_visible(timeout=60_000)


@pytest.mark.functions("PP27")
@pytest.mark.musts("PP27.3")
def test_the_paper_is_edited_and_sealed(city, story, told, tmp_path):
    desk = city.desk("wenshu")
    desk.open("/PP27/")
    desk.look("72-papers")
    paper_of(desk, "任务批件")
    shown(desk)
    desk.look("73-paper")
    page = desk.page
    page.get_by_role("link", name="修改内容").click()
    page.get_by_label(re.compile("^抬头|^主送|^addressee|^收文")).or_(
        page.locator("[name=addressee]")
    ).first.fill(f"{UNIT}并送财务处")
    body = page.locator("[name=body]")
    body.fill(body.input_value() + "\n请于回国后七日内交回护照。")
    desk.look("74-paper-edit")
    expect(page.locator("#unsaved")).to_be_visible()
    page.get_by_role("link", name="下载 Word").click(
        force=True
    )  # does nothing before the text is saved
    page.get_by_role("button", name="保存并更新预览").click()
    expect(page.locator("#messages .notice.success")).to_contain_text("已保存")
    shown(desk)
    desk.shows("与系统生成内容的差别", "请于回国后七日内交回护照")
    desk.look("75-paper-edited")

    page.get_by_role("link", name="修改内容").or_(page.locator("#texts")).first.wait_for()
    if page.get_by_role("link", name="修改内容").count():
        page.get_by_role("link", name="修改内容").click()
    with page.expect_download() as coming:
        page.get_by_role("link", name="下载 Word").click()
    word = tmp_path / "修改稿.docx"
    coming.value.save_as(word)
    document = Document(str(word))
    assert any("请于回国后七日内交回护照" in line.text for line in document.paragraphs)
    document.add_paragraph("附：出访期间联系人周晓岚。")
    document.save(str(word))
    wrong = tmp_path / "不是.docx"
    wrong.write_bytes(b"no document")
    page.locator("#docx").set_input_files(wrong)
    page.get_by_role("button", name="上传").click()
    expect(page.locator("#messages .notice").first).to_be_visible()
    desk.look("76-paper-wrong-upload")
    page.locator("#docx").set_input_files(word)
    page.get_by_role("button", name="上传").click()
    desk.shows("附：出访期间联系人周晓岚")
    paper_of(desk, "任务批件")
    shown(desk)
    desk.look("77-paper-uploaded")
    page.get_by_role("button", name="编号并签章").click()
    desk.confirm()
    desk.shows("武外出任字〔2026〕")
    expect(page.get_by_role("link", name="下载 PDF")).to_be_visible(timeout=60_000)
    desk.look("78-paper-sealed")
    page.get_by_role("button", name="发放").click()
    desk.look("78b-paper-confirm")
    desk.confirm()
    expect(page.locator("#messages .notice.success")).to_be_visible()
    city.text_to(REGISTRANT["phone"], "已发放")
    story.case["paper"] = desk.number
    told()


@pytest.mark.functions("PP27", "PP28")
@pytest.mark.musts("PP28.2")
def test_the_unit_downloads_its_paper_and_anybody_can_check_it(city, story, told, tmp_path):
    desk = liaison(city)
    desk.open("/PP28/")
    desk.look("79-downloads")
    desk.find("PP28", TRIP)
    desk.look("80-download")
    with desk.page.expect_download() as coming:
        desk.page.get_by_role("link", name="下载 PDF").click()
    pdf = tmp_path / "批件.pdf"
    coming.value.save_as(pdf)
    text = subprocess.run(
        ["pdftotext", "-layout", pdf, "-"], capture_output=True, check=True
    ).stdout.decode()
    for words in (
        UNIT,
        "武外出任字〔2026〕",
        "陈志远",
        "林静怡",
        "德国",
        "请于回国后七日内交回护照",
        "联系人周晓岚",
    ):
        assert words in text.replace("\n", ""), f"{words} is not in {text}"
    second = city.desks["second"]
    second.open("/PP28/")
    second.shows(TRIP)
    stranger = city.desk("zhuanban")
    stranger.open("/PP28/")
    expect(stranger.page.locator("#main")).not_to_contain_text(TRIP)
    answer = stranger.page.goto(f"/PP28/{story.case['paper']}")
    assert answer.status == 404

    office = city.desk("wenshu")
    office.open(f"/PP27/{story.case['paper']}")
    address = office.fact_at("查验地址").split()[0]  # a button to copy it stands behind
    story.address = address[address.index("/", 8) :]
    anybody = city.desk()
    anybody.open(story.address)
    expect(anybody.page.locator("h1")).to_have_text("有效")
    anybody.look("81-valid")
    anybody.open(story.address[:-6] + "zzzzzz")
    expect(anybody.page.locator("h1")).to_have_text("查无此件")
    anybody.look("82-unknown")
    told()
