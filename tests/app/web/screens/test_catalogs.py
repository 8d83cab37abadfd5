"""BM24, BM28, BM05E: what the office added itself and nothing uses can be deleted; the rest not."""

from collections.abc import Callable
from typing import Any

import pytest

from app.core import registry
from app.core.actor import SYSTEM, acting_as
from app.core.database import elevated, session, unit_of_work
from tests.harness.people import Browserlike


def put(object_name: str, **values: Any) -> int:
    model: Any = registry.object(object_name).model
    with acting_as(SYSTEM), elevated(), unit_of_work():
        row = model(**values)
        session.add(row)
        session.flush()
        return row.id


def exists(object_name: str, pk: int) -> bool:
    session.remove()
    with acting_as(SYSTEM), elevated():
        return session.get(registry.object(object_name).model, pk) is not None


def first(object_name: str) -> int:
    session.remove()
    model: Any = registry.object(object_name).model
    with acting_as(SYSTEM), elevated():
        return session.query(model).order_by(model.id).first().id


@pytest.fixture
def clerk(client_for: Callable[..., Browserlike]) -> Browserlike:
    return client_for("fao_handler")


FLAGS = (
    "visa_free",
    "schengen",
    "centrally_handled",
    "visa_on_arrival",
    "fingerprints",
    "interview",
)
COUNTRY = {"code": "XX", "name": "示例国", "name_en": "Example", "short": "示例"} | dict.fromkeys(
    FLAGS, "unknown"
)


@pytest.mark.both_databases
def test_what_was_added_by_mistake_is_deleted(clerk: Browserlike) -> None:
    pk = put("country", **COUNTRY)
    assert ">删除</button>" in clerk.get(f"/BM24/{pk}").text
    answer = clerk.post(f"/BM24/{pk}/delete", follow_redirects=True)
    assert "已删除" in answer.text
    assert not exists("country", pk)


@pytest.mark.both_databases
def test_what_is_used_stays_and_it_is_said_where(clerk: Browserlike) -> None:
    pk = put("country", **COUNTRY)
    put("city", kind="foreign", country_id=pk, name="示例城", code="XX-001")
    answer = clerk.post(f"/BM24/{pk}/delete", follow_redirects=True)
    assert "已被使用，不能删除，可以停用" in answer.text
    assert registry.object("city").title in answer.text
    assert exists("country", pk)


@pytest.mark.parametrize(
    ("function", "name"), [("BM24", "country"), ("BM28", "city"), ("BM05E", "guide")]
)
def test_what_shipped_is_only_disabled(clerk: Browserlike, function: str, name: str) -> None:
    pk = first(name)
    answer = clerk.post(f"/{function}/{pk}/delete", follow_redirects=True)
    assert "系统预置的资料不能删除，可以停用" in answer.text
    assert exists(name, pk)
    clerk.post(f"/{function}/{pk}/disable")
    assert exists(name, pk)


def test_deleting_needs_its_grant(client_for: Callable[..., Browserlike]) -> None:
    pk = put("country", **COUNTRY)
    reader = client_for("fao_reception")
    assert ">删除</button>" not in reader.get(f"/BM24/{pk}").text
    assert reader.post(f"/BM24/{pk}/delete").status_code == 403
    assert exists("country", pk)
