"""The page of a case over HTTP: what it shows, and what acting on it does."""

import re
from datetime import datetime

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.core import clock
from app.core.access.actor import SYSTEM, acting_as
from app.core.db.database import session, unit_of_work
from app.core.records.materials import Mark
from app.flow.models import Task
from app.security import grants
from tests.app.web.desk.people import (
    act,
    browser,
    complete,
    hidden,
    picture,
    send,
    submitted,
    upload,
)
from tests.app.web.desk.registry import DeskMeeting
from tests.app.web.desk_fixtures import clerk, desk, liaison

__all__ = ["clerk", "desk", "liaison"]
CHECKED = {"check": ["齐全", "属实"]}
LATER = "明年的场地与费用，并请各单位说明人数、时间、设备和餐饮的安排，商定后由办公室逐一通知"


def state(pk: int) -> str | None:
    session.remove()
    with acting_as(SYSTEM):
        return session.get(DeskMeeting, pk).state


def text(client: FlaskClient, address: str) -> str:
    return client.get(address).get_data(as_text=True)


def returned(liaison: FlaskClient, clerk: FlaskClient, **marks: object) -> int:
    """File a meeting and have it sent back with marks."""
    pk = submitted(liaison)
    answer = act(clerk, "/D02", pk, "send_back", comment="请修改", **marks)
    assert answer.status_code == 200, answer.get_data(as_text=True)
    return pk


def test_page_shows_way_record_papers_and_actions(liaison: FlaskClient, clerk: FlaskClient) -> None:
    pk = submitted(liaison)
    page = text(clerk, f"/D02/{pk}")
    assert "会〔2026〕001号" in page
    assert re.search(
        r'route-done">.*?填报.*?route-current" aria-current="step">.*?审核', page, re.S
    )
    assert "经办人 第 1 个工作日，限 3 个" in page
    assert "1,200.50" in page
    assert 'data-act="pass"' in page
    assert 'data-ask="send_back"' in page
    assert "待办 1 件，这是第 1 件" in page
    assert not re.search(r"<script(?![^>]*src=)[^>]*>|\sstyle=|\son\w+=", page), "nothing inline"


def test_a_limit_in_another_year_is_a_whole_day(liaison: FlaskClient, clerk: FlaskClient) -> None:
    pk = submitted(liaison)
    session.remove()
    with acting_as(SYSTEM), unit_of_work():
        for task in session.scalars(select(Task)):
            task.due_at = clock.as_utc(datetime(clock.today().year + 1, 1, 4, 23, 59))
    assert f"限 {clock.today().year + 1}-01-04" in text(clerk, f"/D02/{pk}")


def test_applicant_reads_but_does_not_decide(liaison: FlaskClient) -> None:
    page = text(liaison, f"/D01/{submitted(liaison)}")
    assert 'data-act="pass"' not in page
    assert 'data-act="recall"' in page


def test_passing_needs_every_check(liaison: FlaskClient, clerk: FlaskClient) -> None:
    pk = submitted(liaison)
    answer = act(clerk, "/D02", pk, "pass", check="齐全")
    assert answer.status_code == 422
    assert answer.get_json()["errors"] == [{"path": "checks", "message": "请先确认：属实"}]
    assert state(pk) == "check"
    answer = act(clerk, "/D02", pk, "pass", **CHECKED)
    assert answer.status_code == 200
    assert answer.headers["X-Location"] == "/D02/"
    assert state(pk) == "sign"


def test_acting_leads_to_the_next_of_the_queue(liaison: FlaskClient, clerk: FlaskClient) -> None:
    first, second = submitted(liaison), submitted(liaison, kind="online", link="http://x", room="")
    assert f'href="/D02/{second}" rel="next"' in text(clerk, f"/D02/{first}")
    answer = act(clerk, "/D02", first, "pass", **CHECKED)
    assert answer.headers["X-Location"] == f"/D02/{second}"


def test_second_of_two_reads_who_was_first(
    desk: Flask, liaison: FlaskClient, clerk: FlaskClient
) -> None:
    pk = submitted(liaison)
    second = browser(desk, "second")
    opened = hidden(second, f"/D02/{pk}")
    act(clerk, "/D02", pk, "pass", **CHECKED)
    answer = second.post(
        f"/D02/{pk}/do/send_back",
        data={**opened, "comment": "不同意"},
        headers={"X-Form": "1", "Accept": "application/json"},
    )
    assert answer.status_code == 409
    assert "已由王晓于" in answer.get_json()["message"]
    assert "通过" in answer.get_json()["message"]


def test_withdrawn_permission_is_said(
    desk: Flask, liaison: FlaskClient, clerk: FlaskClient
) -> None:
    pk = submitted(liaison)
    opened = hidden(clerk, f"/D02/{pk}")
    with desk.app_context(), acting_as(SYSTEM), unit_of_work():
        from flask_appbuilder.security.sqla.models import User

        person = session.query(User).filter_by(username="clerk").one()
        person.roles.clear()
    grants.forget()
    answer = clerk.post(
        f"/D02/{pk}/do/pass",
        data={**opened, **CHECKED},
        headers={"X-Form": "1", "Accept": "application/json"},
    )
    assert answer.status_code == 403
    assert "没有这项操作的权限" in answer.get_json()["message"]
    assert state(pk) == "check"


def test_sending_back_needs_a_reason(liaison: FlaskClient, clerk: FlaskClient) -> None:
    pk = submitted(liaison)
    answer = act(clerk, "/D02", pk, "send_back", comment=" ")
    assert answer.status_code == 422
    assert answer.get_json()["errors"][0]["path"] == "comment"


def test_marks_are_kept_and_shown(liaison: FlaskClient, clerk: FlaskClient) -> None:
    pk = returned(
        liaison, clerk, **{"label|material.letter": "blurred", "note|field.aim": "写具体些"}
    )
    kept = {mark.target: (mark.label_list, mark.comment) for mark in session.query(Mark)}
    assert kept == {"material.letter": (["blurred"], None), "field.aim": ([], "写具体些")}
    page = text(liaison, f"/D04/{pk}/edit")
    assert "请修改" in page
    assert "不清晰" in page
    assert "写具体些" in page


def test_only_what_is_marked_may_be_changed(liaison: FlaskClient, clerk: FlaskClient) -> None:
    pk = returned(liaison, clerk, **{"note|field.aim": "写具体些"})
    page = text(liaison, f"/D04/{pk}/edit")
    assert re.search(r'<textarea[^>]* name="aim"', page)
    assert not re.search(r'<input[^>]* name="name"', page)
    answer = send(liaison, f"/D04/{pk}/edit", {"aim": "新目的", "name": "偷改"})
    assert answer.status_code == 422
    assert "“会议名称”在当前环节不能修改" in answer.get_data(as_text=True)
    assert send(liaison, f"/D04/{pk}/edit", {"aim": "新目的"}, "act:submit").status_code == 303
    assert state(pk) == "check"


def test_a_mark_on_what_nobody_types_opens_the_whole_form(
    liaison: FlaskClient, clerk: FlaskClient
) -> None:
    pk = returned(liaison, clerk, **{"note|field.days": "天数不对", "note|field.aim": "写具体些"})
    page = text(liaison, f"/D04/{pk}/edit")
    assert "天数不对" in page
    assert re.search(r'<input[^>]* name="end_on"', page)
    changed = {"aim": "新目的", "name": "改名"}
    assert send(liaison, f"/D04/{pk}/edit", changed, "act:submit").status_code == 303
    assert state(pk) == "check"


def test_marked_paper_must_be_replaced_and_others_stay(
    liaison: FlaskClient, clerk: FlaskClient
) -> None:
    pk = returned(liaison, clerk, **{"label|material.letter": "blurred"})
    page = text(liaison, f"/D04/{pk}/edit")
    letter, plan = (
        re.search(rf'data-material="{name}".*?</li>', page, re.S)[0] for name in ("letter", "plan")
    )
    assert "data-choose" in letter
    assert "data-choose" not in plan
    same = {"_materials": "1", "material.letter": "1", "material.plan": "2"}
    answer = send(liaison, f"/D04/{pk}/edit", same, "act:submit")
    assert answer.status_code == 422
    newer = upload(liaison, "/D01", "material.letter", "new.png", picture("blue"))["id"]
    locked = {**same, "material.letter": newer, "material.plan": newer}
    assert send(liaison, f"/D04/{pk}/edit", locked, "act:submit").status_code == 403
    good = {**same, "material.letter": newer}
    assert send(liaison, f"/D04/{pk}/edit", good, "act:submit").status_code == 303


def test_second_round_marks_what_changed(liaison: FlaskClient, clerk: FlaskClient) -> None:
    pk = returned(liaison, clerk)
    values = {
        "name": "夏季会议",
        "kind": "room",
        "room": "1",
        "begin_on": "2026-12-01",
        "end_on": "2026-12-02",
        "aim": f"商议{LATER}",
        "seats": "",
        "seats.0.guest": "2",
        "seats.0.post": "处长",
    }
    assert send(liaison, f"/D04/{pk}/edit", values, "act:submit").status_code == 303
    page = text(clerk, f"/D02/{pk}")
    assert "退回后第 2 次" in page
    assert re.search(r"<del>春季会议</del> <span class=\"fact-new\">夏季会议</span>", page)
    assert f"商议<ins>{LATER}</ins>" in page  # what is longer shows which part is new
    assert re.search(r'class="line-new has-changes".*?赵启明', page, re.S)
    assert re.search(r'class="line-gone has-changes".*?<del>林静</del>', page, re.S)
    assert "只看修改过的" in page


def test_rework_lists_what_was_sent_back(liaison: FlaskClient, clerk: FlaskClient) -> None:
    assert "春季会议" not in text(liaison, "/D04/")
    returned(liaison, clerk)
    page = text(liaison, "/D04/")
    assert "春季会议" in page
    assert "请修改" in page


def test_recall_ends_when_somebody_has_looked(liaison: FlaskClient, clerk: FlaskClient) -> None:
    first = submitted(liaison)
    assert act(liaison, "/D01", first, "recall").status_code == 200
    assert state(first) == "draft"
    second = submitted(liaison)
    text(clerk, f"/D02/{second}")
    assert "办理人已经打开，不能撤回" in text(liaison, f"/D01/{second}")
    assert act(liaison, "/D01", second, "recall").status_code == 409


def test_readings_compare_papers_with_the_record(liaison: FlaskClient, clerk: FlaskClient) -> None:
    pk = submitted(liaison)
    token = hidden(clerk, f"/D02/{pk}")["csrf_token"]

    def read(field: str, value: str):
        data = {"csrf_token": token, "material": "letter", "field": field, "value": value}
        return clerk.post(f"/D02/{pk}/readings", data=data, headers={"Accept": "application/json"})

    assert read("name", "春季 会议").get_json() == {"verdict": "same"}
    assert read("people", "5").get_json() == {"verdict": "different"}
    assert read("aim", "x").status_code == 404
    page = text(clerk, f"/D02/{pk}")
    assert page.count('<span class="tag green">一致</span>') >= 1
    assert page.count('<span class="tag amber">不一致</span>') >= 1


def test_applicant_cannot_write_readings(liaison: FlaskClient) -> None:
    pk = submitted(liaison)
    liaison_token = hidden(liaison, f"/D01/{pk}")["csrf_token"]
    act(liaison, "/D01", pk, "recall")
    data = {"csrf_token": liaison_token, "material": "letter", "field": "name", "value": "x"}
    assert liaison.post(f"/D01/{pk}/readings", data=data).status_code == 403


def test_batch_tells_of_each(desk: Flask, liaison: FlaskClient, clerk: FlaskClient) -> None:
    ready, waiting = submitted(liaison), submitted(liaison, kind="online", link="http://x", room="")
    act(clerk, "/D02", ready, "pass", **CHECKED)
    chief = browser(desk, "chief")
    assert "批量批准" in text(chief, "/D03/")
    token = hidden(chief, f"/D03/{ready}")["csrf_token"]
    data = {"csrf_token": token, "ids": f"{ready},{waiting},99"}
    page = chief.post("/D03/bulk/grant", data=data).get_data(as_text=True)
    assert "共 3 件，办成 1 件，未办 2 件" in page
    assert state(ready) == "granted"
    assert state(waiting) == "check"
    assert chief.post("/D03/bulk/reject", data=data).status_code == 404, "nobody does that to many"


def test_change_shows_before_and_after_and_is_applied(
    desk: Flask, liaison: FlaskClient, clerk: FlaskClient
) -> None:
    pk = submitted(liaison)
    act(clerk, "/D02", pk, "pass", **CHECKED)
    act(browser(desk, "chief"), "/D03", pk, "grant")
    page = send(liaison, "/D05/new", {"target": str(pk), "after": "1", "reason": ""}, "restore")
    assert 'name="after.name"' in page.get_data(as_text=True)
    assert 'name="after.aim"' not in page.get_data(as_text=True)
    values = {
        "target": str(pk),
        "after": "1",
        "after.name": "改名会议",
        "after.begin_on": "2026-12-01",
        "after.end_on": "2026-12-02",
        "after.seats": "",
        "after.seats.0.id": "1",
        "after.seats.0.guest": "1",
        "after.seats.0.post": "院长",
        "after.seats.1.guest": "2",
        "after.seats.1.post": "处长",
        "reason": "扩大",
    }
    wrong = send(liaison, "/D05/new", {**values, "after.end_on": "2026-11-30"}, "act:submit")
    assert wrong.status_code == 422
    assert re.search(
        r'id="f-after.end_on" data-faults>\s*<li[^>]*>结束日期不能早于开始日期',
        wrong.get_data(as_text=True),
    )
    answer = send(liaison, "/D05/new", values, "act:submit")
    assert answer.status_code == 303, answer.get_data(as_text=True)
    change = int(answer.location.rsplit("/", 1)[-1])
    page = text(clerk, f"/D06/{change}")
    assert re.search(r"<del>春季会议</del></td>\s*<td class=\"pre\"><ins>改名会议</ins>", page)
    assert act(clerk, "/D06", change, "agree").status_code == 200
    session.remove()
    with acting_as(SYSTEM):
        meeting = session.get(DeskMeeting, pk)
        assert (meeting.name, [seat.guest.name for seat in meeting.seats]) == (
            "改名会议",
            ["林静", "赵启明"],
        )


def test_print_view_and_history(liaison: FlaskClient, clerk: FlaskClient) -> None:
    pk = submitted(liaison)
    act(clerk, "/D02", pk, "pass", comment="材料属实", **CHECKED)
    page = text(liaison, f"/D01/{pk}/print")
    assert "办理过程" in page
    assert "材料属实" in page
    assert "已确认：齐全、属实" in text(liaison, f"/D01/{pk}")


def test_phrases_are_a_persons_own(desk: Flask, liaison: FlaskClient, clerk: FlaskClient) -> None:
    pk = submitted(liaison)
    token = hidden(clerk, f"/D02/{pk}")["csrf_token"]
    headers = {"Accept": "application/json"}
    kept = clerk.post(
        "/D02/phrases", data={"csrf_token": token, "text": "照此办理"}, headers=headers
    )
    assert "照此办理" in text(clerk, f"/D02/{pk}")
    second = browser(desk, "second")
    assert "照此办理" not in text(second, f"/D02/{pk}")
    other = hidden(second, f"/D02/{pk}")["csrf_token"]
    stolen = {"csrf_token": other, "drop": kept.get_json()["id"]}
    assert second.post("/D02/phrases", data=stolen, headers=headers).status_code == 404
    own = {"csrf_token": token, "drop": kept.get_json()["id"]}
    assert clerk.post("/D02/phrases", data=own, headers=headers).status_code == 200
    assert "照此办理" not in text(clerk, f"/D02/{pk}")


def test_complete_helper_is_complete(liaison: FlaskClient) -> None:
    assert send(liaison, "/D01/new", complete(liaison)).status_code == 303
