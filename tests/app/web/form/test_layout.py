"""The form over HTTP: what it shows, keeps, refuses and writes."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.core.access.actor import SYSTEM, Actor, acting_as
from app.core.audit import history
from app.core.db.database import session, unit_of_work
from app.flow.models import Case
from tests.app.security.people import Statements
from tests.app.web.desk.people import (
    browser,
    complete,
    faults_of,
    hidden,
    picture,
    send,
    submitted,
    upload,
)
from tests.app.web.desk.registry import DeskMeeting, DeskRoom
from tests.app.web.desk_fixtures import clerk, desk, liaison

__all__ = ["clerk", "desk", "liaison"]
JSON = {"Accept": "application/json"}


def stored(pk: int) -> DeskMeeting:
    session.remove()
    with acting_as(SYSTEM):
        return session.get(DeskMeeting, pk)


def ask(client: FlaskClient, address: str, **values: str):
    token = hidden(client, "/D01/new")["csrf_token"]
    return client.post(address, data=values, headers={"X-CSRFToken": token, **JSON})


def test_new_form_shows_what_applies(liaison: FlaskClient) -> None:
    page = liaison.get("/D01/new").get_data(as_text=True)
    assert re.search(r'data-field="room" data-path="room">', page), (
        "the room applies to the default kind"
    )
    assert re.search(r'data-field="link" data-path="link" hidden>', page)
    assert "第一中学" in page, "the default of a fixed field is shown"
    assert 'name="code"' not in page
    assert not re.search(r"<script(?![^>]*src=)[^>]*>|\sstyle=|\son\w+=", page), "nothing inline"


def test_draft_is_saved_as_it_is(liaison: FlaskClient) -> None:
    answer = send(liaison, "/D01/new", {"name": "半成品", "kind": "online", "cost": "1,234.5"})
    assert answer.status_code == 303
    assert answer.location.endswith("/D01/1/edit")
    meeting = stored(1)
    assert (meeting.name, meeting.kind, meeting.cost, meeting.state) == (
        "半成品",
        "online",
        123450,
        "draft",
    )
    assert meeting.room_id is None


def test_incomplete_submission_lists_faults_and_keeps_what_was_typed(liaison: FlaskClient) -> None:
    answer = send(
        liaison,
        "/D01/new",
        {"name": "错的", "kind": "room", "begin_on": "2026-12-05", "end_on": "2026-12-01", "aim": "某目的",
         "seats": "", "seats.0.guest": "1", "seats.0.post": ""},
        "act:submit",
    )  # fmt: skip
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert faults_of(page) == [
        "请选择会议室",
        "结束日期不能早于开始日期",
        "缺来函",
        "缺方案",
    ]
    assert 'value="错的"' in page
    assert "某目的" in page
    assert 'value="2026-12-05"' in page
    assert session.get(DeskMeeting, 1) is None, "a refused submission stores no record"


def test_refused_draft_names_only_what_refused_it(liaison: FlaskClient) -> None:
    wrong = {"kind": "room", "begin_on": "2026-13-45", "cost": "很多"}
    page = send(liaison, "/D01/new", wrong).get_data(as_text=True)
    assert 'data-checked="save"' in page
    found = faults_of(page)
    assert all("：" in words for words in found), "on top a fault says which field it means"
    assert len(found) == 2, "a draft may have gaps; completeness is said at submission"
    assert "草稿没有保存：有 2 处填写有误" in page
    assert "份材料待交" not in page
    assert session.get(DeskMeeting, 1) is None
    live = ask(liaison, "/D01/preview", _checked="save", seats="", **wrong).get_json()["faults"]
    assert {fault["path"] for fault in live if fault["refuses"]} == {"begin_on", "cost"}
    assert {"name", "material.letter"} <= {f["path"] for f in live if not f["refuses"]}
    page = send(liaison, "/D01/new", wrong, "act:submit").get_data(as_text=True)
    assert 'data-checked="submit"' in page
    assert "缺来函" in faults_of(page)


def test_what_has_no_draft_is_asked_for_whole(liaison: FlaskClient) -> None:
    page = send(liaison, "/D07/new", {"name": ""}).get_data(as_text=True)
    assert 'data-checked="submit"' in page
    assert faults_of(page) == ["请填写姓名"]


def test_row_faults_name_the_row(liaison: FlaskClient) -> None:
    values = complete(
        liaison,
        **{"seats.1.guest": "2", "seats.1.post": "", "seats.2.guest": "2", "seats.2.post": "x"},
    )
    page = send(liaison, "/D01/new", values, "act:submit").get_data(as_text=True)
    assert "参会人第 3 行姓名：“赵启明”重复了" in faults_of(page)
    assert re.search(r'id="f-seats.2.guest" data-faults>\s*<li', page)


def test_what_is_wrong_with_several_rows_alike_is_one_line_on_top(liaison: FlaskClient) -> None:
    wrong = {"seats": ["0", "1", "2"], "seats.0.guest": "1"}
    wrong |= {f"seats.{n}.post": "长" * 120 for n in range(3)}
    page = send(liaison, "/D01/new", wrong, "act:submit").get_data(as_text=True)
    found = [words for words in faults_of(page) if words.startswith("参会人")]
    assert [words.partition("：")[0] for words in found if "1 至 3" in words] == [
        "参会人第 1 至 3 行职务"
    ]
    assert "参会人第 2、3 行：请选择姓名" in found
    live = ask(liaison, "/D01/preview", _checked="submit", **wrong).get_json()["faults"]
    alike = [fault["row"] for fault in live if "职务" in fault["summary"]]
    assert [number for _, number, _ in alike] == [1, 2, 3], "beside each row stands its own"
    assert len({(where, rest) for where, _, rest in alike}) == 1, (
        "the page's script puts them together"
    )


def test_refused_form_is_taken_up_again(liaison: FlaskClient) -> None:
    send(liaison, "/D01/new", {"name": "没写完", "kind": "room", "seats": ""}, "act:submit")
    page = liaison.get("/D01/new").get_data(as_text=True)
    assert "自动保存的内容" in page
    assert 'value="没写完"' in page
    send(liaison, "/D01/new", {}, "forget")
    assert 'value="没写完"' not in liaison.get("/D01/new").get_data(as_text=True)


def test_complete_submission_goes_on_its_way(liaison: FlaskClient) -> None:
    pk = submitted(liaison)
    meeting = stored(pk)
    assert (meeting.state, meeting.code, meeting.days, meeting.people) == (
        "check",
        "会〔2026〕001号",
        2,
        1,
    )
    assert [seat.post for seat in meeting.seats] == ["院长"]
    assert session.get(DeskRoom, 1).remaining == 1
    assert "自动保存的内容" not in liaison.get("/D01/new").get_data(as_text=True)


def test_same_form_sent_twice_makes_one_record(liaison: FlaskClient) -> None:
    kept = hidden(liaison, "/D01/new")
    values = {**complete(liaison), **kept, "_do": "act:submit"}
    first = liaison.post("/D01/new", data=values)
    second = liaison.post("/D01/new", data=values)
    assert first.status_code == second.status_code == 303
    assert first.location == second.location
    assert session.query(Case).filter_by(object="meeting").count() == 1


def test_form_sent_twice_leads_to_its_record_though_it_would_be_refused(
    liaison: FlaskClient,
) -> None:
    values = {**complete(liaison), **hidden(liaison, "/D01/new"), "_do": "act:submit"}
    first = liaison.post("/D01/new", data=values)
    again = liaison.post("/D01/new", data={**values, "name": ""})
    assert (again.status_code, again.location) == (303, first.location)


def test_saving_asks_nothing_twice(desk: Flask, liaison: FlaskClient) -> None:
    values = {**hidden(liaison, "/D01/new"), "name": "诗会", "kind": "online", "_do": "save"}
    with Statements(desk) as asked:
        assert liaison.post("/D01/new", data=values).status_code == 303
    reads = [text for text in asked if text.startswith("SELECT")]
    assert len(set(reads)) == len(reads)
    assert not [text for text in asked if text.startswith("SAVEPOINT")]
    for table in ("sys_case", "sys_task", "sys_history"):
        assert len([text for text in asked if table in text]) == 1, "written, and not read"
    assert len(asked) <= 10


def test_script_is_told_where_to_go(liaison: FlaskClient) -> None:
    kept = hidden(liaison, "/D01/new")
    data = {**kept, "name": "x", "kind": "room", "_do": "save"}
    answer = liaison.post("/D01/new", data=data, headers={"X-Form": "1"})
    assert answer.status_code == 200
    assert answer.headers["X-Location"] == "/D01/1/edit"


def test_stale_form_offers_both_versions(desk: Flask, liaison: FlaskClient) -> None:
    send(liaison, "/D01/new", {"name": "原名", "kind": "room", "aim": "原目的"})
    old = hidden(liaison, "/D01/1/edit")
    send(liaison, "/D01/1/edit", {"name": "对方改的", "kind": "room", "aim": "原目的"})
    with acting_as(Actor(user_id=99, name="看过的人")), unit_of_work():
        history.note("meeting", 1, history.LOOK, {"fields": ["电话"]})  # who looks does not save
    mine = {
        **old,
        "name": "我改的",
        "kind": "room",
        "aim": "原目的",
        "_do": "save",
        "_token": "mine",
    }
    answer = liaison.post("/D01/1/edit", data=mine)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 409
    assert "陈思远 已在" in page
    assert "对方改的" in page
    assert 'value="我改的"' in page
    seen = re.search(r'name="_seen" value="(\d+)"', page)[1]
    again = {**mine, "_seen": seen, "_take.name": "theirs", "aim": "新目的"}
    assert liaison.post("/D01/1/edit", data=again).status_code == 303
    assert (stored(1).name, stored(1).aim) == ("对方改的", "新目的")


def test_what_is_kept_by_itself_but_arrives_after_the_save_is_left(liaison: FlaskClient) -> None:
    opened = hidden(liaison, "/D01/new")
    draft = {**opened, "name": "先存的", "kind": "room", "_do": "save"}
    assert liaison.post("/D01/new", data=draft).status_code == 303
    late = {name: value for name, value in draft.items() if name not in ("csrf_token", "_do")}
    assert ask(liaison, "/D01/autosave", **late).status_code == 200
    assert "先存的" not in liaison.get("/D01/new").get_data(as_text=True)


def test_preview_answers_for_the_form_as_it_stands(liaison: FlaskClient) -> None:
    answer = ask(liaison, "/D01/preview", kind="online", begin_on="2026-12-01", end_on="2026-12-09", seats="",
                 _materials="1", **{"seats.0.guest": "1"}).get_json()  # fmt: skip
    assert answer["values"]["days"] == "9"
    assert answer["values"]["people"] == "1"
    assert answer["applies"]["room"] is False
    assert answer["applies"]["link"] is True
    assert answer["required"]["link"] is True
    assert answer["materials"]["plan"] == {"applies": False, "required": False}
    assert "会期 9 天，超过规定" in "".join(answer["notes"].values())
    assert "会议管理办法第五条" in "".join(answer["notes"].values())
    paths = {fault["path"]: fault for fault in answer["faults"]}
    assert paths["name"]["absent"] is True
    assert paths["material.letter"]["message"] == "缺来函"
    assert "material.plan" not in paths


def test_a_computed_number_that_cannot_be_right_is_none(liaison: FlaskClient) -> None:
    values = {"name": "倒置", "begin_on": "2026-12-09", "end_on": "2026-12-01", "seats": ""}
    assert ask(liaison, "/D01/preview", **values).get_json()["values"]["days"] == ""
    send(liaison, "/D01/new", values)
    assert (stored(1).name, stored(1).days) == ("倒置", None)


def test_good_verdict_and_hold_are_said(liaison: FlaskClient) -> None:
    answer = ask(liaison, "/D01/preview", kind="room", room="1", begin_on="2026-12-01", end_on="2026-12-02", seats="",
                 **{"seats.0.guest": "1"}).get_json()  # fmt: skip
    assert "会期 2：符合“会期上限”" in "".join(answer["notes"].values())
    assert re.search(
        r'余座，不算本件已占用的">占用前剩余</dt><dd>2.*本次占用</dt><dd>1.*占用后剩余</dt><dd>1',
        answer["holds"],
        re.S,
    )


@pytest.mark.parametrize(
    "dates",
    [{}, {"begin_on": "2026-12-01"}, {"begin_on": "2026-12-05", "end_on": "2026-12-01"}],
    ids=["nothing", "half", "backwards"],
)
def test_nothing_is_praised_that_is_not_there_or_cannot_be(
    liaison: FlaskClient, dates: dict[str, str]
) -> None:
    answer = ask(liaison, "/D01/preview", kind="room", seats="", **dates).get_json()
    assert "会期上限" not in "".join(answer["notes"].values())


def test_options_obey_scope_criterion_and_text(liaison: FlaskClient) -> None:
    def titles(field: str, text: str, **more: str) -> list[str]:
        answer = ask(liaison, f"/D01/options/{field}", _q=text, kind="room", **more)
        return [option["title"] for option in answer.get_json()["options"]]

    assert titles("room", "") == ["大会议室"], "a full room cannot be chosen"
    assert titles("seats.guest", "", _at="seats") == ["赵启明", "林静"]
    assert titles("seats.guest", "linjing", _at="seats") == ["林静"]
    assert titles("seats.guest", "zqm", _at="seats") == ["赵启明"]
    assert titles("seats.guest", "外人", _at="seats") == []
    answer = ask(liaison, "/D01/options/seats.guest", _q="林静", _at="seats").get_json()
    assert answer["options"][0]["fill"] == {"post": "院长"}


def test_guest_of_another_group_is_refused(liaison: FlaskClient) -> None:
    answer = send(
        liaison, "/D01/new", {"name": "x", "kind": "room", "seats": "", "seats.0.guest": "3"}
    )
    assert answer.status_code == 422
    assert "不在您的范围内" in answer.get_data(as_text=True)


@pytest.mark.parametrize(
    ("slot", "name", "content", "said"),
    [
        ("material.letter", "a.pdf", b"not a pdf", "内容无法识别"),
        ("material.plan", "a.pdf", picture(), "请上传 PDF、DOCX 文件"),
        ("material.letter", "a.png", b"", "文件是空的"),
    ],
)
def test_upload_is_checked_by_content(
    liaison: FlaskClient, slot: str, name: str, content: bytes, said: str
) -> None:
    token = hidden(liaison, "/D01/new")["csrf_token"]
    import io

    answer = liaison.post(
        f"/D01/files/{slot}",
        data={"file": (io.BytesIO(content), name)},
        headers={"X-CSRFToken": token, **JSON},
    )
    assert answer.status_code == 422
    assert said in answer.get_json()["errors"][0]["message"]


def test_file_of_somebody_else_cannot_be_handed_in(desk: Flask, liaison: FlaskClient) -> None:
    theirs = upload(browser(desk, "stranger"), "/D01", "material.letter")["id"]
    answer = send(liaison, "/D01/new", complete(liaison, **{"material.letter": theirs}))
    assert answer.status_code == 422
    assert "文件不存在" in answer.get_data(as_text=True)


def test_files_are_sent_to_those_alone_who_may_see_the_record(
    desk: Flask, liaison: FlaskClient, clerk: FlaskClient
) -> None:
    pk = submitted(liaison)
    with liaison.get(f"/D01/{pk}/file/1") as answer:
        assert answer.headers["Content-Disposition"].startswith("attachment")
    with clerk.get(f"/D02/{pk}/file/1/view") as shown:
        assert shown.status_code == 200
        assert shown.headers["Content-Disposition"].startswith("inline")
    assert browser(desk, "stranger").get(f"/D01/{pk}/file/1").status_code == 404
    assert browser(desk, "stranger").get("/D01/0/file/1").status_code == 404


def test_replaced_file_stays_as_an_older_one(liaison: FlaskClient) -> None:
    send(liaison, "/D01/new", {"name": "x", "kind": "room", "_materials": "1",
                               "material.letter": upload(liaison, "/D01", "material.letter")["id"]})  # fmt: skip
    newer = upload(liaison, "/D01", "material.letter", "b.png", picture("red"))["id"]
    send(
        liaison,
        "/D01/1/edit",
        {"name": "x", "kind": "room", "_materials": "1", "material.letter": newer},
    )
    page = liaison.get("/D01/1/edit").get_data(as_text=True)
    assert "b.png" in page
    assert "以前的 1 份" in page


def test_draft_can_be_deleted_and_a_case_cannot(liaison: FlaskClient) -> None:
    send(liaison, "/D01/new", {"name": "x", "kind": "room"})
    kept = {"csrf_token": hidden(liaison, "/D01/1/edit")["csrf_token"]}
    assert liaison.post("/D01/1/delete", data=kept).status_code == 303
    assert stored(1) is None
    pk = submitted(liaison)
    assert liaison.post(f"/D01/{pk}/delete", data=kept).status_code == 409


def test_submitted_form_is_closed(liaison: FlaskClient) -> None:
    pk = submitted(liaison)
    assert liaison.get(f"/D01/{pk}/edit").status_code == 409
    answer = send(
        liaison,
        f"/D01/{pk}/edit",
        {"name": "改名", "csrf_token": hidden(liaison, "/D01/new")["csrf_token"]},
    )
    assert answer.status_code == 409
    assert stored(pk).name == "春季会议"


def test_expired_page_says_so_without_losing_the_form(liaison: FlaskClient) -> None:
    answer = liaison.post(
        "/D01/new", data={"name": "x", "csrf_token": "old"}, headers={"X-Form": "1"}
    )
    assert answer.status_code == 400
    assert "X-Message" in answer.headers


def test_catalog_row_is_added_changed_disabled(liaison: FlaskClient) -> None:
    assert send(liaison, "/D07/new", {"name": ""}).status_code == 422
    assert send(liaison, "/D07/new", {"name": "周雨", "post": "讲师"}).location == "/D07/"
    page = liaison.get("/D07/4").get_data(as_text=True)
    assert "周雨" in page
    token = hidden(liaison, "/D07/new")["csrf_token"]
    assert liaison.post("/D07/4/disable", data={"csrf_token": token}).status_code == 303
    assert "已停用" in liaison.get("/D07/4").get_data(as_text=True)
    answer = ask(liaison, "/D01/options/seats.guest", _q="周雨", _at="seats")
    assert answer.get_json()["options"] == []


def test_form_of_a_stranger_is_not_found(desk: Flask, liaison: FlaskClient) -> None:
    send(liaison, "/D01/new", {"name": "x", "kind": "room"})
    assert browser(desk, "stranger").get("/D01/1/edit").status_code == 404
    assert browser(desk, "clerk").get("/D01/1/edit").status_code == 403
