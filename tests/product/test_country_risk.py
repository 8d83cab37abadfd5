"""PP17, BM25: whoever files a trip reads beside the form what is to be known of the countries."""

import re
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from app.core.access.actor import SYSTEM, acting_as
from app.core.db.database import elevated, session, unit_of_work
from app.core.declare import registry
from app.security import accounts
from tests.harness.people import Browserlike, open_person, sign_in


def rows(name: str) -> list[Any]:
    model: Any = registry.object(name).model
    with acting_as(SYSTEM), elevated():
        return list(session.scalars(select(model).order_by(model.id)))


def signed_in(app: Flask, role: str, **more: Any) -> Browserlike:
    app.test_client_class = Browserlike
    client = app.test_client()
    assert isinstance(client, Browserlike)
    return sign_in(client, accounts.get(open_person(role, **more)).user.username)


@pytest.mark.functions("PP17", "BM25")
@pytest.mark.musts("PP17.5", "BM25.2")
def test_a_warning_appears_as_soon_as_its_country_is_chosen(demonstration: Flask) -> None:
    warned = rows("country_risk")
    assert len(warned) == 12, "the demonstration warns of some countries"
    country, title, text = warned[0].country_id, warned[0].title, warned[0].text
    clerk = signed_in(demonstration, "liaison", org=rows("unit")[0])

    def beside(chosen: str) -> str:
        typed = {"kind": "own", "stops": "", "stops.0.country": chosen}
        return clerk.post("/PP17/preview", data=typed).get_json()["asides"]

    assert beside("") == ""
    shown = re.sub(r"<[^>]+>", "", beside(str(country)))
    assert title in shown
    assert text in shown
    with acting_as(SYSTEM), elevated(), unit_of_work():
        for row in rows("country_risk"):
            row.disabled = True
    assert beside(str(country)) == "", "what is out of date is disabled"


@pytest.mark.functions("BM25")
@pytest.mark.musts("BM25.1")
def test_warnings_are_kept_by_the_office_and_read_by_units(demonstration: Flask) -> None:
    office = signed_in(demonstration, "fao_handler")
    page = office.get("/BM25/new").text
    token = re.search(r'name="_token" value="([^"]*)"', page)
    assert token
    values = {
        "title": "示例提醒",
        "level": "avoid",
        "kind": "incident",
        "published_on": "2099-01-01",
    }
    wrong = office.post("/BM25/new", data={**values, "_token": token[1], "_do": "save"})
    assert wrong.status_code == 422
    for words in ("请选择国家", "请填写提示内容", "发布日期不能晚于今天"):
        assert words in wrong.text
    values |= {"country": str(rows("country")[0].id), "text": "请勿前往", "source": "示例"}
    right = {**values, "published_on": "2026-11-20", "_token": token[1], "_do": "save"}
    assert office.post("/BM25/new", data=right).status_code == 303
    reader = signed_in(demonstration, "liaison", org=rows("unit")[0])
    assert "示例提醒" in reader.get("/BM25/?f.level=avoid").text
    for kind in ("attention", "warning"):  # what to mind, how safe it is; the first was an incident
        told = {**right, "title": f"示例{kind}", "kind": kind, "attention": "随身携带证件"}
        token = re.search(r'name="_token" value="([^"]*)"', office.get("/BM25/new").text)
        assert token
        assert office.post("/BM25/new", data={**told, "_token": token[1]}).status_code == 303
        listed = reader.get(f"/BM25/?f.kind={kind}").text
        assert f"示例{kind}" in listed
        assert "示例提醒" not in listed
        pk = next(row.id for row in rows("country_risk") if row.title == f"示例{kind}")
        assert "随身携带证件" in reader.get(f"/BM25/{pk}").text
    assert reader.get("/BM25/new").status_code == 403
