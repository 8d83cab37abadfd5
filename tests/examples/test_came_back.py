"""Drafts that came back read so in lists and in exports of both kinds, and over REST; on both databases."""

import io
from dataclasses import replace

import pytest
from openpyxl import load_workbook

from app.core.declare import registry
from tests.app.web.desk.people import hidden
from tests.examples.deeds import do, form, save

TITLES = {"退回": "退回修改", "撤回": "撤回修改", "新填": "填报"}


@pytest.fixture
def person(world, client):
    for name, steps in (
        ("退回", [("clerk", "submit"), ("officer", "send_back")]),
        ("撤回", [("clerk", "submit"), ("clerk", "recall")]),
        ("新填", []),
    ):
        pk = save(world, "journey", form(world, 1, name=name), attach="letter")
        for who, action in steps:
            do(
                world,
                "journey",
                pk,
                who,
                action,
                **({"target": "draft"} if who == "officer" else {}),
            )
    return client("clerk", world.bureaus["east"])


@pytest.mark.parametrize(
    "columns", [["name", "state"], ["name", "travellers", "state"]], ids=["columns", "records"]
)
def test_an_export_says_how_drafts_came_back(person, columns):
    token = hidden(person, "/EX05/")["csrf_token"]
    person.post("/EX05/columns", data={"column": columns, "csrf_token": token})
    answer = person.get("/EX05/export")
    rows = list(load_workbook(io.BytesIO(answer.data)).worksheets[0].iter_rows(values_only=True))
    assert len(rows[0]) == len(columns)
    name, state = rows[0].index("名称"), rows[0].index("状态")
    assert {row[name]: row[state] for row in rows[1:]} == TITLES


def test_a_list_over_rest_says_it_and_keeps_the_state(person):
    found = person.get("/api/v1/journey/?columns=name,state").get_json()["items"]
    assert {one["texts"]["name"]: one["texts"]["state"] for one in found} == TITLES
    assert {one["state"]["code"] for one in found} == {"draft"}


def test_the_list_behind_a_figure_says_it(person, monkeypatch):
    model = registry.report_model("journeys")
    shown = replace(model, where=None, date_of=None, columns=("parent.name", "parent.state"))
    monkeypatch.setitem(registry.registry().reports, "journeys", shown)
    page = person.get("/RP01/rows?of=persons").text
    for words in ("退回修改", "撤回修改", "填报"):
        assert words in page
