"""The screen of accounts: who sees whom, what is asked, what is written down."""

import io
import re

import pytest
from openpyxl import load_workbook
from sqlalchemy import select

from app.core.access.actor import SYSTEM, acting_as
from app.core.audit import history
from app.core.db.database import session, unit_of_work
from app.core.errors import Rejected
from app.flow.models import Case, Task
from app.messaging.models import SmsRecord
from app.security import accounts, handover
from app.security.models import Account
from tests.app.security.office.registry import Society
from tests.app.security.people import account, open_person, post, sign_in
from tests.app.security.test_shipped import role_named


@pytest.fixture
def admin(app, client):
    open_person(app, "system1", "system_admin", name="郑系统")
    sign_in(client, "system1")
    return client


@pytest.fixture
def society(app):
    with app.app_context(), acting_as(SYSTEM), unit_of_work():
        made = Society(name="某某大学", district="洪山")
        session.add(made)
        session.flush()
        return made.id


def kinds(app, pk):
    with app.app_context():
        return [entry.kind for entry in history.changes_of("account", pk)]


@pytest.mark.musts("BM02.1", "BM02.2")
def test_accounts_are_found_by_what_the_office_asks_for(app, admin, society):
    open_person(
        app, "zhou1", "liaison", name="周文静", phone="13800000001", post="科长", org_id=society
    )
    open_person(app, "wu1", "clerk", name="吴立", phone="13800000002", post="主任")
    for search in ("周文", "zhou", "大学", "科长", "00000001", "周文 大学"):
        page = admin.get("/T03/", query_string={"q": search}).text
        assert "周文静" in page, search
        assert "吴立" not in page, search
    assert "没有符合条件的账户" in admin.get("/T03/?q=无此人").text
    page = admin.get("/T03/?role=clerk").text
    assert "吴立" in page
    assert "周文静" not in page


def test_a_telephone_number_is_whole_only_on_the_page_of_its_account_which_is_logged(app, admin):
    pk = open_person(app, "wu1", "clerk", name="吴立", phone="13800000002")
    page = admin.get("/T03/?q=00000002").text
    assert "13*****0002" in page
    assert "13800000002" not in page
    assert "view" not in kinds(app, pk)
    assert "13800000002" in admin.get(f"/T03/{pk}").text
    assert kinds(app, pk).count("view") == 1
    assert "查看" not in admin.get(f"/T03/{pk}").text.split("变更记录")[1]


def test_a_search_is_text_and_not_a_pattern(app, admin):
    open_person(app, "wu1", "clerk", name="吴立")
    assert "吴立" not in admin.get("/T03/?q=%25").text
    assert "吴立" not in admin.get("/T03/?q=_u1").text


def test_states_are_counted_and_filtered(app, admin, moment):
    open_person(app, "open1", "clerk", name="正常人")
    open_person(app, "bare1", name="无角色")
    closed = open_person(app, "closed1", "clerk", name="已离职")
    locked = open_person(app, "locked1", "clerk", name="被锁人")
    with app.app_context(), unit_of_work():
        accounts.close(accounts.get(closed), "离职")
        accounts.get(locked).locked_until = moment.at.replace(tzinfo=None, year=2027)
    page = admin.get("/T03/").text
    for words, n in (("全部", 5), ("正常", 2), ("未授权", 1), ("已锁定", 1), ("已关闭", 1)):
        assert re.search(rf'{words}<span class="n">{n}</span>', page), words
    assert "已离职" in admin.get("/T03/?state=closed").text
    assert "正常人" not in admin.get("/T03/?state=closed").text
    assert "无角色" in admin.get("/T03/?state=unassigned").text


def test_what_makes_no_sense_in_an_address_is_left_out(app, admin):
    query = "?page=abc&size=7&sort=-password&state=x&role=%01"
    assert admin.get(f"/T03/{query}").status_code == 200
    assert admin.get("/T03/?page=999999").status_code == 200


@pytest.mark.musts("BM02.1")
def test_opening_sends_the_first_password_by_sms_and_shows_it_to_nobody(app, admin, society):
    answer = post(
        admin,
        "/T03/new",
        name="吴新",
        phone="13800000005",
        username="wuxin",
        post="科员",
        org_id=society,
    )
    assert answer.status_code == 200
    assert "已以短信发到 13800000005" in answer.text
    with app.app_context():
        made = accounts.by_phone("13800000005")
        assert (made.org_id, made.must_change_password, made.user.roles) == (society, True, [])
        (text,) = session.scalars(select(SmsRecord.text))
        password = re.search(r"初始密码 (\S+?)，", text)[1]
        pk = made.id
    assert password not in answer.text
    assert "open" in kinds(app, pk)
    assert sign_in(app.test_client(), "wuxin", password).status_code == 302


def test_an_account_with_a_long_user_name_of_old_can_be_changed(app, admin):
    """The name is only shown there: a limit that came later must not lock everything else."""
    pk = open_person(app, "wu1", "clerk", name="吴立")
    with app.app_context(), unit_of_work():
        account(pk).user.username = "w" * 128
    answer = post(admin, f"/T03/{pk}/edit", name="吴立新", phone="", username="w" * 128)
    assert answer.status_code == 302
    wrong = post(admin, f"/T03/{pk}/edit", name="", phone="", username="forged")
    assert wrong.status_code == 422
    assert f'value="{"w" * 128}"' in wrong.text and "forged" not in wrong.text
    with app.app_context():
        assert account(pk).name == "吴立新"


def test_no_door_opens_an_account_whose_name_no_form_takes(app):
    with pytest.raises(Rejected) as refused:
        open_person(app, "w" * 61, "clerk")
    assert refused.value.faults[0].message == "用户名不能超过 60 个字，现有 61 个"


def test_a_first_password_that_did_not_arrive_is_told_on_the_page_of_its_account(app, admin):
    """The gateway refused once, the page went on saying that it was sent, and nobody could sign in."""
    post(admin, "/T03/new", name="吴新", phone="13800000005", username="wuxin")
    with app.app_context(), unit_of_work():
        pk = accounts.by_phone("13800000005").id
        row = session.scalars(select(SmsRecord).where(SmsRecord.account_id == pk)).one()
        row.state, row.error = "failed", "号码不正确"
    page = admin.get(f"/T03/{pk}").text
    assert "初始密码短信发送失败（号码不正确）" in page
    post(admin, f"/T03/{pk}/reset")
    assert "初始密码短信" not in admin.get(f"/T03/{pk}").text, "another one is on its way"


def test_without_a_telephone_the_first_password_is_shown_once(app, admin):
    answer = post(admin, "/T03/new", name="吴新", username="wuxin")
    password = re.search(r"初始密码 <code>([^<]+)</code>", answer.text)[1]
    assert sign_in(app.test_client(), "wuxin", password).status_code == 302
    with app.app_context():
        pk = accounts.by_name("wuxin").id
    assert password not in admin.get(f"/T03/{pk}").text
    with app.app_context():
        assert all(password not in row.detail for row in session.scalars(select(history.Change)))


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"name": "", "username": "x1"}, "请填写姓名"),
        ({"name": "吴", "username": ""}, "请填写用户名，或填写联系电话"),
        ({"name": "吴", "username": "SYSTEM1"}, "用户名已被使用"),
        ({"name": "吴", "phone": "123"}, "11 位手机号码"),
    ],
)
def test_a_form_that_is_not_right_says_where_and_keeps_what_was_typed(app, admin, values, words):
    answer = post(admin, "/T03/new", post="科员甲", **values)
    assert answer.status_code == 422
    assert words in answer.text
    assert 'value="科员甲"' in answer.text


def test_a_number_is_one_persons(app, admin):
    open_person(app, "wu1", "clerk", phone="13800000002")
    answer = post(admin, "/T03/new", name="吴新", phone="13800000002", username="other")
    assert "该手机号已有账户" in answer.text


def test_changes_are_written_down_in_words(app, admin):
    pk = open_person(app, "wu1", "clerk", name="吴立", post="科员")
    assert post(admin, f"/T03/{pk}/edit", name="吴立", post="处长", phone="").status_code == 302
    page = admin.get(f"/T03/{pk}").text
    assert "职务：科员 → 处长" in page
    assert "郑系统" in page


@pytest.mark.musts("BM02.1")
def test_closing_wants_a_reason_and_ends_what_runs(app, admin):
    pk = open_person(app, "wu1", "clerk")
    other = app.test_client()
    sign_in(other, "wu1")
    post(admin, f"/T03/{pk}/close", why="")
    assert other.get("/T02/").status_code == 200
    post(admin, f"/T03/{pk}/close", why="离职")
    assert other.get("/T02/").status_code == 302
    assert sign_in(other, "wu1").status_code == 403
    post(admin, f"/T03/{pk}/reopen")
    assert sign_in(other, "wu1").status_code == 302
    assert kinds(app, pk)[-2:] == ["close", "open"]


@pytest.mark.musts("BM02.1")
def test_resetting_ends_what_runs_and_asks_for_a_new_password(app, admin):
    pk = open_person(app, "wu1", "clerk")
    other = app.test_client()
    sign_in(other, "wu1")
    answer = post(admin, f"/T03/{pk}/reset")
    password = re.search(r"初始密码 <code>([^<]+)</code>", answer.text)[1]
    assert other.get("/T02/").status_code == 302
    assert sign_in(other, "wu1").status_code == 401
    sign_in(other, "wu1", password)
    assert other.get("/T02/").headers["Location"] == "/me/password"


def test_unlocking_lets_in_at_once(app, admin):
    pk = open_person(app, "wu1", "clerk")
    other = app.test_client()
    for _ in range(5):
        sign_in(other, "wu1", "wrong")
    assert sign_in(other, "wu1").status_code == 403
    assert "连续 5 次输错密码" in admin.get(f"/T03/{pk}").text
    post(admin, f"/T03/{pk}/unlock")
    assert sign_in(other, "wu1").status_code == 302


def test_an_administrator_ends_one_session_or_all(app, admin):
    from app.security.models import ServerSession

    pk = open_person(app, "wu1", "clerk")
    browsers = [app.test_client() for _ in range(3)]
    for browser in browsers:
        sign_in(browser, "wu1")
    with app.app_context():
        query = (
            select(ServerSession.id).where(ServerSession.user_id == pk).order_by(ServerSession.id)
        )
        first = session.scalars(query).first()
    post(admin, f"/T03/{pk}/sessions/end", session=first)
    assert [b.get("/T02/").status_code for b in browsers] == [302, 200, 200]
    post(admin, f"/T03/{pk}/sessions/end")
    assert [b.get("/T02/").status_code for b in browsers] == [302, 302, 302]


def test_nobody_closes_or_resets_himself_here(app, admin):
    with app.app_context():
        own = accounts.by_name("system1").id
    for what in ("close", "reset", "unlock"):
        assert post(admin, f"/T03/{own}/{what}", why="x").status_code == 403


def test_an_account_out_of_reach_does_not_exist(app, client, society):
    with app.app_context(), acting_as(SYSTEM), unit_of_work():
        far = Society(name="外区单位", district="江岸")
        session.add(far)
        session.flush()
        far_id = far.id
        from app.security import roles

        values = {
            "title": "系统管理员",
            "reach": "district",
            "face": "office",
            "purpose": "",
            "excludes": "",
        }
        roles.change(role_named("system_admin"), values)
    open_person(app, "local1", "system_admin", district="洪山")
    near = open_person(app, "near1", "liaison", name="近处人", org_id=society)
    away = open_person(app, "away1", "liaison", name="远处人", org_id=far_id)
    sign_in(client, "local1")
    page = client.get("/T03/").text
    assert "近处人" in page
    assert "远处人" not in page
    assert client.get(f"/T03/{near}").status_code == 200
    assert client.get(f"/T03/{away}").status_code == 404
    assert post(client, f"/T03/{away}/close", why="x").status_code == 404
    with app.app_context():
        assert account(away).user.is_active


def test_an_export_holds_what_is_filtered_and_no_formula(app, admin, society):
    open_person(app, "zhou1", "liaison", name="周文静", org_id=society, post="=1+1")
    open_person(app, "wu1", "clerk", name="吴立")
    answer = admin.get("/T03/export?q=周文静")
    sheet = load_workbook(io.BytesIO(answer.data)).active
    rows = list(sheet.iter_rows(values_only=True))
    assert rows[0][:5] == ("姓名", "用户名", "单位", "职务", "联系电话")
    assert [row[:4] for row in rows[1:]] == [("周文静", "zhou1", "某某大学", "=1+1")]
    assert sheet["D2"].data_type == "s"


def test_organisations_are_offered_by_name(app, admin, society):
    answer = admin.get("/T03/organisations?q=大学")
    assert answer.json == {"rows": [{"id": society, "title": "某某大学"}]}


def test_everything_under_way_is_handed_over_to_somebody_who_may(app, admin, society):
    leaver = open_person(app, "zhou1", "liaison", name="周文静", org_id=society)
    heir = open_person(app, "wu1", "liaison", name="吴新", org_id=society)
    stranger = open_person(app, "sun1", "liaison", name="孙外")
    with app.app_context(), acting_as(SYSTEM), unit_of_work():
        now = moment_of()
        case = Case(
            object="society", record_id=1, flow="f", flow_version="1", state="s", title="申请一",
            applicant_id=leaver, org_id=society, created_at=now,
        )  # fmt: skip
        case.tasks.append(Task(step="s", assignee_id=leaver, opened_at=now))
        session.add(case)
    page = admin.get(f"/T03/{leaver}/hand-over").text
    assert "吴新" in page
    assert "孙外" not in page
    post(admin, f"/T03/{leaver}/hand-over", to=stranger)
    with app.app_context():
        assert handover.count(session.get(Account, leaver)) == (1, 1)
    assert post(admin, f"/T03/{leaver}/hand-over", to=heir).status_code == 302
    with app.app_context():
        assert handover.count(session.get(Account, leaver)) == (0, 0)
        assert handover.count(session.get(Account, heir)) == (1, 1)
        assert history.changes_of("society", 1)[-1].kind == "hand_over"
    assert "hand_over" in kinds(app, leaver)


def test_nobody_takes_over_who_signs_there_too_or_was_asked_there(app, society):
    names = ("leaver", "signer", "signed", "asked", "heir")
    people = {name: open_person(app, f"{name}9", "liaison", org_id=society) for name in names}
    with app.app_context(), acting_as(SYSTEM), unit_of_work():
        now = moment_of()
        case = Case(
            object="society", record_id=2, flow="f", flow_version="1", state="s", created_at=now
        )
        given = {"step": "s", "since": 1, "opened_at": now}
        own = Task(assignee_id=people["leaver"], **given)
        case.tasks = [
            own,
            Task(assignee_id=people["signer"], **given),
            Task(assignee_id=people["signed"], done_by_id=people["signed"], done_at=now, **given),
        ]
        session.add(case)
        session.flush()
        case.tasks.append(
            Task(step="s", since=2, opened_at=now, assignee_id=people["asked"], view_of=own.id)
        )
    with app.app_context(), acting_as(SYSTEM), unit_of_work():
        found = {
            account.id: account
            for account in handover.candidates(session.get(Account, people["leaver"]))
        }
        assert {name for name in names if people[name] in found} == {"heir"}
        asked = handover.candidates(session.get(Account, people["asked"]))
        assert people["leaver"] not in {account.id for account in asked}
        heir = found[people["heir"]]
        handover.hand_over(session.get(Account, people["leaver"]), heir)
        (task,) = handover.open_tasks(heir)
        assert task.assignee_name == heir.name


def moment_of():
    from app.core import clock

    return clock.now()
