"""BM18: the system administrator tells of maintenance; everybody reads it and takes its attachments."""

import re

import pytest

from tests.product.callers import PDF, caller
from tests.product.filing import PHONE, Unit, at_screen
from tests.product.test_filings import sent


@pytest.mark.functions("BM18", "BM18Q")
@pytest.mark.musts("BM18.1", "BM18.2", "BM18.3")
def test_an_announcement_is_written_read_changed_and_deleted(filed: Unit) -> None:
    keeper, unit = at_screen(filed.app, "system_admin"), at_screen(filed.app, username=PHONE)
    typed = {
        "title": "示例停机通知",
        "kind": "maintenance",
        "published": "1",
        "published_at": "2026-11-23T09:00",
        "ends_on": "2026-11-01",
    }
    bare = sent(keeper, "/BM18/new", typed)
    assert bare.status_code == 422
    assert "请填写内容" in bare.text
    assert "展示截止日不能早于发布时间" in bare.text
    assert 'value="示例停机通知"' in bare.text, "what was typed is kept"

    person = caller(filed.app, "system_admin")
    paper = person.upload("announcement", "material.attachments", PDF, "停机安排.pdf")
    values = {
        "title": "示例停机通知",
        "kind": "maintenance",
        "text": "周六机房维护，请提前办理。",
        "published": True,
        "published_at": "2026-11-23T09:00:00+08:00",
    }
    pk = person.post("announcement/", values=values, materials={"attachments": [paper]})["id"]
    assert "示例停机通知" in unit.get("/BM18Q/?q=机房维护").text
    assert "示例停机通知" in keeper.get("/BM18/?f.kind=maintenance").text
    assert "示例停机通知" not in keeper.get("/BM18/?f.kind=patch").text
    page = unit.get(f"/BM18Q/{pk}").text
    for words in ("示例停机通知", "周六机房维护，请提前办理。", "2026-11-23", "停机安排.pdf"):
        assert words in page, words
    link = re.search(rf'href="(/BM18Q/{pk}/file/\d+)"', page)
    assert link
    with unit.get(link[1]) as file:
        assert file.data == PDF, "taken away"
    with unit.get(f"{link[1]}/view") as view:
        assert view.status_code == 200, "and looked at on the page"

    person.patch(f"announcement/{pk}", values={"published": False})
    assert "示例停机通知" not in unit.get("/BM18Q/").text, "withdrawn for the moment"
    assert unit.get(f"/BM18Q/{pk}").status_code == 404
    later = {"published": True, "published_at": "2026-11-25T09:00:00+08:00", "title": "改期通知"}
    person.patch(f"announcement/{pk}", values=later)
    assert "改期通知" not in unit.get("/BM18Q/").text, "not before its day"
    person.patch(f"announcement/{pk}", values={"published_at": "2026-11-24T09:00:00+08:00"})
    assert "改期通知" in unit.get("/BM18Q/").text
    assert unit.get("/BM18/").status_code == 403
    assert unit.post(f"/BM18/{pk}/delete").status_code == 403
    assert "已删除" in keeper.post(f"/BM18/{pk}/delete", follow_redirects=True).text
    assert "改期通知" not in unit.get("/BM18Q/").text
