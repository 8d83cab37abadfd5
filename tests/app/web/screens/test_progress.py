"""BM06: whoever has a number sees how far the case has come, as it is at this moment."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from app.core import clock
from app.core.access.actor import SYSTEM, acting_as
from app.core.db.database import elevated, session, unit_of_work
from app.core.declare import registry
from app.flow.models import Case, StepRecord, Task
from tests.app.security.people import Statements
from tests.harness.people import Browserlike, organisation

pytestmark = pytest.mark.functions("BM06")

FLOW = "trip_approval"


def make(unit: Any, number: str, name: str, state: str = "accept") -> int:
    """Put a case of a unit at a step; return its number."""
    flow = registry.flow(FLOW)
    model: Any = registry.object(flow.object).model
    now = clock.now()
    with acting_as(SYSTEM), elevated(), unit_of_work():
        record = model(unit_id=unit.id, code=number, name=name, state=state, search_text=name)
        session.add(record)
        session.flush()
        case = Case(
            object=flow.object, record_id=record.id, flow=FLOW, flow_version=flow.version,
            state=state, title=name, code=number, org_id=unit.id, round=1, steps=0,
            submitted_at=now, created_at=now,
        )  # fmt: skip
        case.tasks = [
            Task(function="PP19", step=state, role="fao_handler", org_id=unit.id, opened_at=now,
                 due_at=now + timedelta(days=2))
        ]  # fmt: skip
        session.add(case)
        session.flush()
        _taken(case, "draft", "prescreen", "submit", "李慧敏")
        _taken(case, "prescreen", "accept", "pass", "窦晓明")
        return case.id


def _taken(case: Case, source: str, target: str, kind: str, who: str) -> None:
    flow = registry.flow(FLOW)
    case.steps += 1
    session.add(
        StepRecord(
            case_id=case.id, seq=case.steps, round=1, action=kind, action_title=kind, kind=kind,
            source=source, source_title=flow.step(source).title, target=target,
            target_title=flow.step(target).title, at=clock.now(), actor_name=who,
        )
    )  # fmt: skip


def stops(page: str) -> dict[str, str]:
    """Return the titles of the picture with the state of each."""
    found = re.findall(r'<li class="route-(\w+).*?route-title">([^<]+)<', page, re.S)
    return {title.strip(): state for state, title in found}


@pytest.fixture
def unit(app: Flask) -> Any:
    return organisation(name="东湖示例集团")


@pytest.mark.both_databases
@pytest.mark.musts("BM06.1")
def test_a_number_shows_the_way_with_who_and_when(
    unit: Any, client_for: Callable[..., Browserlike]
) -> None:
    make(unit, "武外出〔2026〕0876号", "赴荷兰团组")
    liaison = client_for("liaison", org=unit)
    page = liaison.get("/BM06/?q=0876").text
    flow = registry.flow(FLOW)
    assert stops(page)[flow.step("prescreen").title] == "done"
    assert stops(page)[flow.step("accept").title] == "current"
    assert stops(page)[flow.step("sign_off").title] == "next"
    assert "窦晓明" in page
    assert 'hx-trigger="every 30s"' in page, "it follows what the office does"


@pytest.mark.both_databases
@pytest.mark.musts("BM06.2")
def test_what_the_office_does_is_seen_at_once(
    unit: Any, client_for: Callable[..., Browserlike]
) -> None:
    pk = make(unit, "武外出〔2026〕0876号", "赴荷兰团组")
    liaison = client_for("liaison", org=unit)
    flow = registry.flow(FLOW)
    with acting_as(SYSTEM), elevated(), unit_of_work():
        case = session.get(Case, pk)
        assert case is not None
        _taken(case, "accept", "review", "pass", "景文博")
        case.state = "review"
        case.tasks[0].step = "review"
    page = liaison.get("/BM06/?q=0876").text
    assert stops(page)[flow.step("accept").title] == "done"
    assert stops(page)[flow.step("review").title] == "current"
    assert "景文博" in page


def test_other_units_cases_are_not_found(unit: Any, client_for: Callable[..., Browserlike]) -> None:
    make(unit, "武外出〔2026〕0876号", "赴荷兰团组")
    other = client_for("liaison", org=organisation(name="汉江示例学院"))
    page = other.get("/BM06/?q=0876")
    assert page.status_code == 200
    assert "赴荷兰团组" not in page.text
    assert "没有找到“0876”" in page.text
    assert "赴荷兰团组" in client_for("fao_handler").get("/BM06/?q=0876").text
    assert client_for("auditor").get("/BM06/").status_code == 403


def test_odd_numbers_are_only_text(unit: Any, client_for: Callable[..., Browserlike]) -> None:
    liaison = client_for("liaison", org=unit)
    for odd in ("%25", "_", "<script>alert(1)</script>", "9" * 500, "'"):
        page = liaison.get("/BM06/", query_string={"q": odd})
        assert page.status_code == 200
        assert "<script>alert(1)" not in page.text


def test_many_found_cases_are_a_list_that_costs_no_more(
    app: Flask, unit: Any, client_for: Callable[..., Browserlike]
) -> None:
    liaison = client_for("liaison", org=unit)

    def cost() -> int:
        liaison.get("/BM06/?q=团组")
        with Statements(app) as ran:
            assert liaison.get("/BM06/?q=团组").status_code == 200
        return len(ran)

    for n in range(4):
        make(unit, f"武外出〔2026〕{n:04}号", f"第{n}团组")
    four = cost()
    for n in range(4, 19):
        make(unit, f"武外出〔2026〕{n:04}号", f"第{n}团组")
    assert cost() == four
    page = liaison.get("/BM06/?q=团组").text
    assert stops(page) == {}
    assert page.count('<ol class="way"') == 19
