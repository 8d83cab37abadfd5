"""BM19: flows are seen with what waits where; tasks are handed on, and every step is told."""

import io
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from app.core import clock
from app.core.access.actor import SYSTEM, acting_as
from app.core.db.database import elevated, session, unit_of_work
from app.core.declare import registry
from app.flow.models import Case, Deputy, StepRecord, Task
from app.messaging.models import InboxMessage
from tests.app.security.people import Statements
from tests.harness.people import Browserlike, open_person, organisation

pytestmark = pytest.mark.functions("BM19")

FLOW = "trip_approval"
MANAGER = "fao_division_head"
HANDLER = "fao_handler"
STEP = "accept"  # the handler's


@pytest.fixture
def manager(client_for: Callable[..., Browserlike]) -> Browserlike:
    return client_for(MANAGER)


def make(title: str, step: str = STEP, role: str = HANDLER, days: int = 2, **more: Any) -> int:
    """Put a case at a step; it is due in so many days. Return its number."""
    flow = registry.flow(FLOW)
    model: Any = registry.object(flow.object).model
    unit = organisation(name=f"{title}单位").id
    ended = bool(flow.step(step).end)
    now = clock.now()
    with acting_as(SYSTEM), elevated(), unit_of_work():
        record = model(unit_id=unit, name=title, state=step)
        session.add(record)
        session.flush()
        case = Case(
            object=flow.object, record_id=record.id, flow=FLOW, flow_version=flow.version,
            state=step, title=title, code=f"号{record.id}", org_id=unit, round=1, steps=1,
            submitted_at=now - timedelta(days=3), ended_at=now if ended else None,
            created_at=now - timedelta(days=4), **more,
        )  # fmt: skip
        if not ended:
            case.tasks = [
                Task(
                    function="PP19", step=step, role=role, org_id=unit, since=1,
                    opened_at=now - timedelta(days=3), due_at=now + timedelta(days=days),
                )
            ]  # fmt: skip
        session.add(case)
        session.flush()
        return case.id


def task_of(pk: int) -> Task:
    session.remove()
    query = select(Task).where(Task.case_id == pk, Task.done_at.is_(None))
    return session.scalars(query).one()


def hand(client: Browserlike, pk: int, to: int | str, comment: str = "", **more: Any) -> Any:
    data = {"task": task_of(pk).id, "to": to, "comment": comment, "expected": "1", **more}
    return client.post(f"/BM19/{FLOW}/{pk}/reassign", data=data)


@pytest.mark.both_databases
@pytest.mark.musts("BM19.1")
def test_the_list_and_the_picture_say_how_much_waits_and_how_much_is_late(
    manager: Browserlike,
) -> None:
    before = manager.get(f"/BM19/{FLOW}").text
    assert "在办 0 件，超期 0 件，今年办结 0 件" in before
    make("甲团", days=2)
    make("乙团", days=-1)
    make("丙团", step="prescreen", role="fao_reception", days=-1)
    make("丁团", step="approved")
    page = manager.get(f"/BM19/{FLOW}").text
    assert "在办 3 件，超期 2 件，今年办结 1 件" in page
    listed = manager.get("/BM19/").text
    flow = registry.flow(FLOW)
    row = listed.split(f">{flow.title}</a>")[1].split("</tr>")[0]
    assert row.count('<td class="num">3</td>') == 1
    assert ">2</span>" in row
    for step in flow.main:
        assert step.title in page, "every step stands in the picture"
    picture = page.split('aria-label="流程图"')[1].split("</section>")[0]
    here = picture.split(f">{flow.step(STEP).title}</a>")[1].split("</li>")[0]
    assert "<strong>2</strong> 件" in here
    assert "超期 1" in here


@pytest.mark.both_databases
def test_cases_are_found_by_step_by_lateness_and_by_name(manager: Browserlike) -> None:
    make("甲团", days=2)
    make("乙团", days=-1)
    make("丙团", step="prescreen", role="fao_reception")
    make("丁团", step="approved")

    def names(query: str) -> set[str]:
        page = manager.get(f"/BM19/{FLOW}?{query}").text
        return {name for name in ("甲团", "乙团", "丙团", "丁团") if f">{name}</span>" in page}

    assert names("") == {"甲团", "乙团", "丙团"}
    assert names("tab=late") == {"乙团"}
    assert names(f"step={STEP}") == {"甲团", "乙团"}
    assert names(f"tab=late&step={STEP}") == {"乙团"}
    assert names("tab=ended") == {"丁团"}
    assert names("q=丙") == {"丙团"}
    assert names("q=%25") == set()
    assert names("tab=nothing&step=nothing&page=abc") == {"甲团", "乙团", "丙团"}


@pytest.mark.both_databases
def test_a_task_is_handed_to_a_person_who_learns_of_it(manager: Browserlike) -> None:
    pk = make("甲团")
    other = open_person(HANDLER, name="连承")
    page = manager.get(f"/BM19/{FLOW}/{pk}").text
    assert "连承" in page
    assert hand(manager, pk, other, "他在出差").status_code == 303
    task = task_of(pk)
    assert (task.assignee_id, task.assignee_name) == (other, "连承")
    record = session.scalars(select(StepRecord).where(StepRecord.case_id == pk)).one()
    assert (record.kind, record.comment) == ("reassign", "他在出差")
    assert "甲团" in "".join(
        session.scalars(select(InboxMessage.text).where(InboxMessage.account_id == other))
    )
    page = manager.get(f"/BM19/{FLOW}/{pk}").text
    assert "他在出差" in page
    assert "现由连承办理" in page
    assert hand(manager, pk, 0, expected="2").status_code == 303
    assert task_of(pk).assignee_id is None


def test_what_cannot_be_is_said_beside_the_field(manager: Browserlike) -> None:
    pk = make("甲团")
    stranger = open_person("document_clerk", name="闻书")
    other = open_person(HANDLER, name="连承")
    for to in ("", "x", stranger, 999_999):
        answer = hand(manager, pk, to, "说明还在")
        assert answer.status_code == 422
        assert "请选择可以办理该环节的人员" in answer.text
        assert "说明还在</textarea>" in answer.text
    answer = hand(manager, pk, other, "长" * 501)
    assert answer.status_code == 422
    assert "不能超过 500 个字" in answer.text
    assert task_of(pk).assignee_id is None


@pytest.mark.both_databases
def test_who_comes_second_hears_who_was_first(manager: Browserlike) -> None:
    pk = make("甲团")
    first = open_person(HANDLER, name="连承")
    second = open_person(HANDLER, name="景文")
    assert hand(manager, pk, first).status_code == 303
    late = hand(manager, pk, second)
    assert late.status_code == 409
    assert "该件已由" in late.text
    assert task_of(pk).assignee_id == first
    again = manager.post(
        f"/BM19/{FLOW}/{pk}/reassign", data={"task": "999999", "to": second, "expected": "2"}
    )
    assert again.status_code == 409


def test_a_slip_on_the_way_does_not_hide_that_another_person_handed_it_on(
    manager: Browserlike,
) -> None:
    pk = make("甲团")
    first, second = open_person(HANDLER, name="连承"), open_person(HANDLER, name="景文")
    assert hand(manager, pk, first).status_code == 303
    slip = hand(manager, pk, second, "长" * 501)
    assert slip.status_code == 422
    (seen,) = re.findall(r'name="expected" value="(\d+)"', slip.text)
    assert hand(manager, pk, second, expected=seen).status_code == 409
    assert task_of(pk).assignee_id == first


def test_whoever_applied_is_never_offered_the_decision(manager: Browserlike) -> None:
    applicant = open_person(HANDLER, name="连承")
    pk = make("甲团", applicant_id=applicant)
    assert f'value="{applicant}"' not in manager.get(f"/BM19/{FLOW}/{pk}").text
    assert hand(manager, pk, applicant).status_code == 422


def test_an_ended_case_keeps_its_record_and_is_not_handed_on(manager: Browserlike) -> None:
    pk = make("丁团", step="approved")
    page = manager.get(f"/BM19/{FLOW}/{pk}")
    assert page.status_code == 200
    assert "转办“" not in page.text
    answer = manager.post(f"/BM19/{FLOW}/{pk}/reassign", data={"task": "1", "to": "1"})
    assert answer.status_code == 409


def test_each_operation_needs_its_grant(client_for: Callable[..., Browserlike]) -> None:
    pk = make("甲团")
    other = open_person(HANDLER, name="连承")
    viewer, stranger = client_for("auditor"), client_for("document_clerk")
    page = viewer.get(f"/BM19/{FLOW}/{pk}")
    assert page.status_code == 200
    assert "转办“" not in page.text
    assert hand(viewer, pk, other).status_code == 403
    assert hand(stranger, pk, other).status_code == 403
    for path in ("/BM19/", f"/BM19/{FLOW}", f"/BM19/{FLOW}/{pk}"):
        assert stranger.get(path).status_code == 403
    assert task_of(pk).assignee_id is None


@pytest.mark.parametrize("path", ["nothing", f"{FLOW}/999999", "nothing/1"])
def test_what_is_not_there_is_said_to_be_not_there(manager: Browserlike, path: str) -> None:
    assert manager.get(f"/BM19/{path}").status_code == 404


def test_drafts_are_nobody_elses_business(manager: Browserlike) -> None:
    pk = make("草稿团", step="draft")
    with unit_of_work():
        session.get(Case, pk).submitted_at = None
    assert "草稿团" not in manager.get(f"/BM19/{FLOW}").text
    assert manager.get(f"/BM19/{FLOW}/{pk}").status_code == 404


def test_deputies_of_today_and_later_are_listed(manager: Browserlike) -> None:
    today = clock.today()
    with acting_as(SYSTEM), unit_of_work():
        for n, (first, last) in enumerate(((-9, -1), (-1, 3), (4, 5))):
            session.add(
                Deputy(
                    person_id=1, person_name=f"甲{n}", deputy_id=2, deputy_name="乙",
                    first_day=today + timedelta(days=first), last_day=today + timedelta(days=last),
                    created_at=clock.now(),
                )
            )  # fmt: skip
    page = manager.get("/BM19/").text
    assert "甲0" not in page
    assert "代理中" in page.split("甲1")[1].split("</tr>")[0]
    assert "未开始" in page.split("甲2")[1].split("</tr>")[0]


def test_a_page_costs_the_same_for_many_cases(app: Flask, manager: Browserlike) -> None:
    make("甲团")

    def cost(path: str) -> int:
        manager.get(path)
        with Statements(app) as ran:
            assert manager.get(path).status_code == 200
        return len(ran)

    paths = ("/BM19/", f"/BM19/{FLOW}")
    few = [cost(path) for path in paths]
    for n in range(15):
        make(f"第{n}团", days=n - 5)
    assert [cost(path) for path in paths] == few
    assert max(few) <= 15


# -- moving a case to the flow in force -------------------------------------------------------------------

PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


def shift(client: Browserlike, pk: int, content: bytes | None = PDF, **more: Any) -> Any:
    data: dict[str, Any] = {"target": "prescreen", "reason": "旧版流程停用", **more}
    if content is not None:
        data["proof"] = (io.BytesIO(content), "同意.pdf")
    return client.post(f"/BM19/{FLOW}/{pk}/move", data=data)


@pytest.mark.both_databases
def test_a_case_of_a_former_version_is_moved_on_a_paper(
    client_for: Callable[..., Browserlike],
) -> None:
    admin = client_for("system_admin")
    pk = make("甲团")
    with unit_of_work():
        session.get(Case, pk).flow_version = "former"
    assert "旧版流程" in admin.get(f"/BM19/{FLOW}").text
    assert "旧版流程" in admin.get(f"/BM19/{FLOW}/{pk}").text
    assert shift(admin, pk).status_code == 303
    session.remove()
    case = session.get(Case, pk)
    assert (case.state, case.flow_version) == ("prescreen", registry.flow(FLOW).version)
    assert task_of(pk).step == "prescreen"
    page = admin.get(f"/BM19/{FLOW}/{pk}").text
    assert "旧版流程停用" in page
    step = session.scalars(select(StepRecord).where(StepRecord.case_id == pk)).one()
    paper = admin.get(f"/BM19/{FLOW}/{pk}/proof/{step.proof_id}")
    assert paper.data == PDF
    paper.close()
    assert admin.get(f"/BM19/{FLOW}/{pk}/proof/{step.proof_id + 1}").status_code == 404


@pytest.mark.parametrize(
    ("content", "typed", "said"),
    [
        (None, {}, "请上传同意迁移的依据"),
        (b"MZ no paper", {}, "请上传 PDF、JPG、PNG、DOCX 文件"),
        (PDF, {"reason": " "}, "请填写迁移原因"),
        (PDF, {"reason": "长" * 501}, "原因不能超过 500 个字"),
        (PDF, {"target": "nowhere"}, "请选择现行流程中的环节"),
        (PDF, {"target": "approved"}, "不能直接迁移到办结环节"),
        (PDF, {"target": STEP}, "该件已按现行流程处于这一环节"),
    ],
)
def test_what_is_missing_for_moving_is_said_and_nothing_moves(
    client_for: Callable[..., Browserlike], content: bytes | None, typed: dict[str, str], said: str
) -> None:
    admin = client_for("system_admin")
    pk = make("甲团")
    answer = shift(admin, pk, content, **typed)
    assert answer.status_code == 422
    assert said in answer.text
    assert f"{typed.get('reason', '旧版流程停用')}</textarea>" in answer.text
    assert task_of(pk).step == STEP


def test_moving_needs_its_own_grant(
    manager: Browserlike, client_for: Callable[..., Browserlike]
) -> None:
    pk = make("甲团")
    assert "迁移流程" not in manager.get(f"/BM19/{FLOW}/{pk}").text
    assert shift(manager, pk).status_code == 403
    assert hand(client_for("system_admin"), pk, 1).status_code == 403
    assert task_of(pk).step == STEP


def test_a_limit_in_another_year_says_which(manager: Browserlike) -> None:
    """The picture of the route shows the day only, and of another year the whole day."""
    pk = make("甲团", days=2)
    with acting_as(SYSTEM), unit_of_work():
        case = session.get(Case, pk)
        for task in case.tasks:
            task.due_at = clock.as_utc(datetime(clock.today().year + 1, 1, 4, 23, 59))
    page = manager.get(f"/BM19/{FLOW}/{pk}").text
    assert f"限 {clock.today().year + 1}-01-04<" in re.sub(r"\s+<", "<", page)
