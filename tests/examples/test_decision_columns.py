"""Columns that belong to a decision are closed to everybody but the step that decides, through every door."""

import re

import pytest
from werkzeug.datastructures import MultiDict

from app.core.access.actor import SYSTEM, acting_as
from app.core.db.database import session, unit_of_work
from app.core.declare import registry
from app.core.errors import Rejected, UserError
from app.core.records import service as records
from app.web.excel.layout import layout_of
from tests.app.security.people import token
from tests.examples.deeds import do, get
from tests.examples.test_cards import act, card, edit, form
from tests.harness.refusals import refused

COLUMNS = {"verdict": "agreed", "result": "同意办理"}
CLOSED = {"verdict": "“结论”在当前环节不能修改", "result": "“办理意见”在当前环节不能修改"}


def rows_of(pk):
    with acting_as(SYSTEM):
        session.expire_all()
        return list(records.find(registry.object("card_application"), pk).applicants)


def results(pk):
    return [row.result for row in rows_of(pk)]


def at_verification(world):
    _, pk = card(world)
    do(world, "card_application", pk, "clerk", "submit")
    do(world, "card_application", pk, "officer", "pass")
    return pk


@pytest.mark.parametrize("name", COLUMNS)
def test_whoever_opens_the_list_or_everything_does_not_open_it(world, name):
    _, pk = card(world)
    with refused(Rejected, CLOSED[name]):
        edit(world, pk, "甲", **{name: COLUMNS[name]})
    raw = form(world, pk)["applicants"]
    raw[0][name] = COLUMNS[name]
    with refused(Rejected, CLOSED[name]), world.acting("clerk"), unit_of_work():
        obj = registry.object("card_application")
        journey = str(get("card_application", pk).journey_id)
        records.save(obj, None, {"journey": journey, "applicants": raw}, complete=False)


def test_the_step_that_names_it_writes_it_and_no_step_after(world):
    pk = at_verification(world)
    edit(
        world, pk, "甲", who="officer", result="同意办理", phone="13912345678"
    )  # this step opens both
    assert results(pk) == ["同意办理", None, None]
    act(world, pk, "officer", "judge", "agreed", "agreed", "agreed")
    with pytest.raises(UserError):
        edit(world, pk, "乙", who="director", result="须补充材料")
    do(world, "card_application", pk, "director", "send_back", target="draft")
    with refused(Rejected, CLOSED["result"]):
        edit(world, pk, "甲", result="照办")


def sent(page):
    """What a browser would send of a page: every named input with its value."""
    found = MultiDict()
    for tag in re.findall(r"<(?:input|select|textarea)\b[^>]*>", page):
        name = re.search(r'\bname="([^"]+)"', tag)
        if name and 'type="checkbox"' not in tag:
            value = re.search(r'\bvalue="([^"]*)"', tag)
            found.add(name[1], value[1] if value else "")
    return found


def test_pages_offer_it_at_its_step_only_and_take_no_forged_one(world, client):
    _, pk = card(world)
    clerk = client("clerk", world.bureaus["east"])
    page = clerk.get(f"/EX40/{pk}/edit").get_data(as_text=True)
    assert 'name="applicants.0.phone"' in page
    for name in COLUMNS:
        assert f'name="applicants.0.{name}"' not in page
    forged = sent(page)
    forged["applicants.0.result"] = "同意办理"
    answer = clerk.post(f"/EX40/{pk}/edit", data=forged).get_data(as_text=True)
    assert CLOSED["result"] in answer
    assert results(pk) == [None] * 3
    do(world, "card_application", pk, "clerk", "submit")
    do(world, "card_application", pk, "officer", "pass")
    officer = client("officer")
    page = officer.get(f"/EX41/{pk}/edit").get_data(as_text=True)
    assert 'name="applicants.0.result"' in page
    assert 'name="applicants.0.verdict"' not in page
    typed = sent(page)
    typed["applicants.1.result"] = "同意办理"
    answer = officer.post(f"/EX41/{pk}/edit", data=typed)
    assert answer.status_code in (302, 303), answer.get_data(as_text=True)
    assert results(pk) == [None, "同意办理", None]


def test_programs_write_it_at_its_step_only(world, client):
    _, pk = card(world)
    first = str(rows_of(pk)[0].id)

    def send(person, **row):
        head = {"X-CSRFToken": token(person, "/me")}
        where = f"/api/v1/card_application/{pk}"
        known = person.get(where).json
        rows = [dict(one) for one in known["values"]["applicants"]]
        rows = [{"id": one["id"], **(row if str(one["id"]) == first else {})} for one in rows]
        body = {"version": known["version"], "values": {"applicants": rows}}
        return person.patch(where, json=body, headers=head)

    clerk = client("clerk", world.bureaus["east"])
    for name, value in COLUMNS.items():
        answer = send(clerk, **{name: value})
        assert answer.status_code == 422, answer.json
        assert results(pk) == [None] * 3
    do(world, "card_application", pk, "clerk", "submit")
    do(world, "card_application", pk, "officer", "pass")
    officer = client("officer")
    assert send(officer, result="同意办理").status_code == 200
    assert send(officer, verdict="agreed").status_code == 422
    assert results(pk)[0] == "同意办理"


def test_no_workbook_has_it(world):
    """Derived: of every list of every object, whatever columns a decision has."""
    found = 0
    for function in registry.registry().functions.values():
        if not function.object or (flow := registry.flow_of(function.object)) is None:
            continue
        first = flow.steps[0]
        closed = {
            (child.name, item.title)
            for child in registry.object(function.object).children
            for item in registry.object(child.object).fields
            if item.at_steps or _judged(function.object, child.name, item.name)
            if f"{child.name}.{item.name}" not in first.edit  # that begins by filling it in
        }
        with world.acting("officer"):
            sheets = layout_of(function).children
        shown = {(sheet.child.name, one.title) for sheet in sheets for one in sheet.columns}
        assert not closed & shown
        found += len(closed)
    assert found


def _judged(name, rows, field):
    steps = registry.flow_of(name).steps
    return any(s.per and (s.per.rows, s.per.field) == (rows, field) for s in steps)
