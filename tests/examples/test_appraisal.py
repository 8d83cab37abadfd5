"""An appraisal as people do it: asked for a view and answered, taken back, signed by two of a role."""

import re
from datetime import UTC, datetime

import pytest

from app.core import clock
from app.core.db.database import elevated, session, unit_of_work
from app.core.declare import registry
from app.flow import engine
from app.flow.models import Case, Task
from app.web.shell import forget_badges
from tests.app.security.people import open_person, sign_in, token
from tests.examples.deeds import do, save

RAW = {"name": "铜镜", "found_on": "2026-10-01"}
ANSWERS = {
    "values.appraise.era": "唐",
    "values.appraise.worth": "12,000.00",
    "values.appraise.genuine": "1",
}


@pytest.fixture
def filed(world):
    """An appraisal at its acceptance."""
    pk = save(world, "appraisal", RAW)
    do(world, "appraisal", pk, "clerk", "submit")
    return pk


def enter(app, name, role):
    """Let somebody sign in who holds a role, under a name of their own."""
    pk = open_person(app, name, role)
    made = app.test_client()
    assert sign_in(made, name).status_code < 400
    return made, pk


def post(who, page, where, **data):
    return who.post(f"{page}/{where}", data={"csrf_token": token(who, page), **data})


def state(pk):
    session.remove()
    with elevated():
        case = session.query(Case).filter_by(object="appraisal", record_id=pk).one()
        return case.state, [one.kind for one in engine.history_of(case)]


def view_of(page):
    return re.search(r'name="view" value="(\d+)"', page)[1]


def test_a_view_is_asked_for_and_given_on_the_page(world, filed, app):
    officer, _ = enter(app, "officer-1", "officer")
    counsel, counsel_id = enter(app, "counsel-1", "counsel")
    stranger, _ = enter(app, "counsel-2", "counsel")
    page = f"/EX102/{filed}"
    assert "加签…" in officer.get(page).text
    assert "加签…" not in counsel.get(page).text
    said = post(officer, page, "ask", at="accept", person=str(counsel_id), question="真品吗")
    assert said.status_code == 303
    shown = officer.get(page).text
    assert "officer-1请counsel-1提意见</strong>：真品吗" in shown
    assert "已请counsel-1提意见，意见提出或减签后才能办理" in shown
    assert "officer-1（已请counsel-1提意见）" in shown
    assert "铜镜" in counsel.get("/EX102/").text, "the queue of whoever was asked"
    forget_badges()  # kept for half a minute
    bench = counsel.get("/").text
    assert "铜镜" in bench, "and their workbench"
    assert "加签：请您提意见" in bench
    assert "请您提意见" in counsel.get(page).text
    assert "请您提意见" not in stranger.get(page).text
    assert post(stranger, page, "advise", verdict="agree").status_code == 303
    assert "没有请您提意见" in stranger.get(page).text
    told = post(counsel, page, "advise", view=view_of(counsel.get(page).text), verdict="disagree")
    assert told.status_code == 422
    assert "选择“不同意”时请写明意见" in told.text
    assert re.search(r'value="disagree" checked', told.text)
    words = {"verdict": "disagree", "comment": "像是仿品"}
    assert post(counsel, page, "advise", **words).status_code == 303
    assert state(filed) == ("accept", ["submit", "ask", "advise"])
    shown = officer.get(page).text
    assert "像是仿品" in shown
    assert "不同意" in shown
    assert "像是仿品" in officer.get(f"{page}/print").text
    for number in (1, 2):
        open_person(app, f"surveyor-{number}", "surveyor")
    assert post(officer, page, "do/pass").status_code in (302, 303)
    assert state(filed)[0] == "panel"


def test_what_was_typed_stays_with_its_own_question(world, filed, app):
    officer, _ = enter(app, "officer-1", "officer")
    counsel, counsel_id = enter(app, "counsel-1", "counsel")
    page = f"/EX102/{filed}"
    post(officer, page, "ask", at="accept", person=str(counsel_id))
    with elevated(), unit_of_work():  # as where two who sign ask the same person
        case = session.query(Case).filter_by(object="appraisal", record_id=filed).one()
        one = next(task for task in case.tasks if task.view_of)
        names = ("view_of", "role", "assignee_id", "function", "step", "since", "opened_at")
        case.tasks.append(Task(**{name: getattr(one, name) for name in names}))
    first = view_of(counsel.get(page).text)
    told = post(counsel, page, "advise", view=first, verdict="remark").text
    assert told.count("请您提意见</h2>") == 2
    assert told.count("时请写明意见") == told.count('value="remark" checked') == 1


def test_a_question_does_not_begin_the_days_of_the_step_anew(world, app):
    clock.set_clock(lambda: datetime(2027, 3, 1, 2, tzinfo=UTC))  # a Monday
    pk = save(world, "appraisal", RAW)
    do(world, "appraisal", pk, "clerk", "submit")
    clock.set_clock(lambda: datetime(2027, 3, 3, 2, tzinfo=UTC))
    officer, _ = enter(app, "officer-1", "officer")
    counsel, counsel_id = enter(app, "counsel-1", "counsel")
    page = f"/EX102/{pk}"
    assert post(officer, page, "ask", at="accept", person=str(counsel_id)).status_code == 303
    assert "（已请counsel-1提意见） 第 3 个工作日，限 3 个" in officer.get(page).text
    assert post(counsel, page, "advise", verdict="agree").status_code == 303
    assert "officer-1 第 3 个工作日，限 3 个" in officer.get(page).text


def test_a_question_is_taken_back_on_the_page(world, filed, app):
    officer, _ = enter(app, "officer-1", "officer")
    counsel, counsel_id = enter(app, "counsel-1", "counsel")
    page = f"/EX102/{filed}"
    lines = "问\r\n" * 250  # 500 letters where it is typed
    post(officer, page, "ask", at="accept", person=str(counsel_id), question=lines)
    view = view_of(officer.get(page).text)
    assert post(counsel, page, "unask", view=view).status_code == 403
    assert post(officer, page, "unask", view=view).status_code == 303
    assert state(filed) == ("accept", ["submit", "ask", "unask"])
    assert "请您提意见" not in counsel.get(page).text
    late = post(officer, page, "unask", view=view)
    assert (late.status_code, "办理（减签）" in late.text) == (409, True)


def test_two_of_the_surveyors_sign(world, filed, app):
    surveyors = [enter(app, f"surveyor-{number}", "surveyor")[0] for number in (1, 2, 3)]
    do(world, "appraisal", filed, "officer", "pass")
    page = f"/EX103/{filed}"
    shown = surveyors[0].get(page).text
    assert "surveyor-1、surveyor-2、surveyor-3" in shown
    assert "通过 → 会签齐后送“审定”" in shown
    post(surveyors[2], page, "do/pass")
    assert state(filed)[0] == "panel"
    assert "已通过：铜镜" in surveyors[2].get("/EX103/").text
    assert "铜镜" not in surveyors[2].get("/EX103/").text
    assert "surveyor-1、surveyor-2 第" in surveyors[0].get(page).text
    post(surveyors[0], page, "do/pass")
    assert state(filed)[0] == "decide"
    assert "铜镜" not in surveyors[1].get("/EX103/").text


def test_where_too_few_can_sign_the_page_says_so(world, filed, app):
    enter(app, "surveyor-1", "surveyor")
    officer, _ = enter(app, "officer-1", "officer")
    answer = post(officer, f"/EX102/{filed}", "do/pass")
    assert answer.status_code == 409
    assert "“专家鉴定”须 2 人会签，现有 1 人可以会签" in answer.text
    assert state(filed) == ("accept", ["submit"])


def test_what_was_decided_is_given_to_read(world, filed, app):
    surveyors = [enter(app, f"surveyor-{number}", "surveyor")[0] for number in (1, 2, 3)]
    officer, _ = enter(app, "officer-1", "officer")
    director, _ = enter(app, "director-1", "director")
    counsel, counsel_id = enter(app, "counsel-1", "counsel")
    post(officer, f"/EX102/{filed}", "do/pass")
    for one in surveyors[:2]:
        post(one, f"/EX103/{filed}", "do/pass")
    assert "抄送我的" not in surveyors[2].get("/").text
    assert counsel.get(f"/EX104/{filed}").status_code == 200  # it rests there
    shown = director.get(f"/EX104/{filed}").text
    assert re.search(rf'name="copy" value="{counsel_id}"> counsel-1', shown)
    assert "抄送（不予鉴定时）" in shown
    box_of_another_button = {"copy": str(counsel_id)}
    post(director, f"/EX104/{filed}", "do/appraise", **box_of_another_button, **ANSWERS)
    bench = surveyors[2].get("/").text
    assert "抄送我的" in bench
    assert "共 1 件，未读 1 件" in bench
    assert "director-1 审定" in bench
    assert "抄送我的" not in counsel.get("/").text
    page = surveyors[2].get(f"/open/appraisal/{filed}", follow_redirects=True)
    assert page.status_code == 200
    assert "铜镜" in page.text
    assert "抄送：" in page.text
    assert "共 1 件</div>" in surveyors[2].get("/").text, "read"
    assert "未读 1 件" in surveyors[0].get("/").text


def test_whoever_rejects_gives_it_to_whom_they_choose(world, filed, app):
    officer, officer_id = enter(app, "officer-1", "officer")
    counsel, counsel_id = enter(app, "counsel-1", "counsel")
    path = f"/api/v1/appraisal/{filed}/actions/reject"

    def send(**body):
        headers = {"X-CSRFToken": token(officer, "/me")}
        return officer.post(path, json={"comment": "不收"} | body, headers=headers)

    assert send(copies="x").get_json()["faults"][0]["message"] == "应为人员编号的列表"
    assert send(copies=[officer_id]).get_json()["faults"][0]["message"] == "请选择可以抄送的人员"
    assert state(filed)[0] == "accept"
    assert send(copies=[counsel_id]).status_code == 200
    assert state(filed)[0] == "rejected"
    assert "officer-1 不予鉴定" in counsel.get("/").text


def test_programs_ask_answer_and_take_back(world, filed, app):
    officer, _ = enter(app, "officer-1", "officer")
    counsel, counsel_id = enter(app, "counsel-1", "counsel")
    path = f"/api/v1/appraisal/{filed}"
    case = officer.get(path).get_json()["case"]
    assert case["askings"] == [
        {"at": "accept", "people": [{"id": counsel_id, "name": "counsel-1"}]}
    ]
    assert case["questions"] == []

    def send(who, deed, **body):
        return who.post(f"{path}/{deed}", json=body, headers={"X-CSRFToken": token(who, "/me")})

    answer = send(officer, "ask", person=counsel_id, question="真品吗", expected=case["steps"])
    (question,) = answer.get_json()["case"]["questions"]
    assert (question["who"], question["own"], question["mine"]) == ("counsel-1", True, False)
    assert send(counsel, "ask", person=counsel_id).status_code == 403
    assert send(officer, "advise", verdict="agree").status_code == 403
    told = send(counsel, "advise", verdict="remark")
    assert told.status_code == 422
    assert told.get_json()["faults"][0]["message"] == "选择“提出意见”时请写明意见"
    assert (
        send(counsel, "advise", verdict="remark", comment="可", view=question["view"]).status_code
        == 200
    )
    assert send(counsel, "advise", verdict="agree").status_code == 409
    again = send(officer, "ask", person=counsel_id).get_json()["case"]["questions"][0]["view"]
    assert send(officer, "unask", view=again).get_json()["case"]["questions"] == []
    assert send(officer, "unask", view=again).status_code == 409
    assert state(filed) == ("accept", ["submit", "ask", "advise", "ask", "unask"])
    described = officer.get("/api/v1/openapi.json").get_json()["paths"]
    assert {"ask", "unask", "advise"} <= {
        one.rsplit("/", 1)[1] for one in described if one.startswith("/api/v1/appraisal/{pk}/")
    }
    assert not any(one.startswith("/api/v1/journey/") and one.endswith("/ask") for one in described)


def test_the_flow_page_and_the_grants_have_words_for_it(world):
    steps = {step.name: step for step in registry.flow("appraising").steps}
    assert (steps["panel"].signers, steps["panel"].countersign) == ("people", 2)
    assert steps["accept"].ask == ("surveyor", "counsel")
    assert {"ask", "advise"} <= set(registry.function("EX102").operations)
    assert not {"ask", "advise"} & set(registry.function("EX103").operations)
