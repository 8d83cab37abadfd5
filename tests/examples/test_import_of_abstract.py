"""A workbook names a record of an abstract object as its list shows it; it is kept whichever table it is in."""

import io

import pytest
from sqlalchemy import select

from app.core.access.actor import SYSTEM, acting_as
from app.core.db.database import elevated, session
from app.core.declare import registry
from tests.app.web.desk.people import hidden
from tests.examples.deeds import do, save
from tests.product.sheets import content, filled, words

NUMBERS = {"passport": "PE0000001", "travel_pass": "T00000001"}


@pytest.fixture
def officer(papers, client):
    """Somebody who imports."""
    return client("officer")


def post(person, page, address, **data):
    token = hidden(person, page)["csrf_token"]
    data |= {"csrf_token": token}
    return person.post(address, data=data, content_type="multipart/form-data")


def sent(person, book):
    file = (io.BytesIO(content(book)), "表.xlsx")
    return post(person, "/EX23/import", "/EX23/import", file=file)


@pytest.fixture
def papers(world):
    kept = {"born": "1990-01-01", "issued_on": "2026-01-05"}
    more = {"passport": {"kind": "affairs", **kept}, "travel_pass": {"region": "港澳"}}
    for name, number in NUMBERS.items():
        given = {
            "unit": str(world.bureaus["east"]),
            "number": number,
            "holder": "甲",
            "valid_until": "2036-01-01",
        }
        pk = save(world, name, given | more[name], who="officer")
        do(world, name, pk, "officer", "check_in")  # only what is in custody may be chosen


def sheet(*papers):
    return [{"证件": paper, "查验日期": "2026-11-20", "完好": "是"} for paper in papers]


def test_rows_of_both_tables_are_found_and_kept(officer):
    template = officer.get("/EX23/import/template").data
    named = [f"{NUMBERS['passport']} 甲", NUMBERS["travel_pass"]]  # its name, or its number
    answer = sent(officer, filled(template, sheet(*named)))
    assert answer.status_code == 303, words(answer)
    assert "全部 2 行检查通过" in words(officer.get(answer.location))
    done = post(officer, answer.location, f"{answer.location}/write", mode="all")
    assert "写入 2 条" in words(officer.get(done.location))
    with acting_as(SYSTEM), elevated():
        rows = session.scalars(select(registry.object("paper_check").model)).all()
        assert {(row.paper.variant, row.number) for row in rows} == set(NUMBERS.items())
        assert all(
            (row.paper_passport_id is None) != (row.paper_travel_pass_id is None) for row in rows
        )


def test_what_is_in_no_table_is_said_beside_its_cell(officer):
    template = officer.get("/EX23/import/template").data
    answer = sent(officer, filled(template, sheet("PE9999999 乙")))
    assert "PE9999999 乙" in words(officer.get(answer.location))
    assert "没有找到" in words(officer.get(answer.location))
