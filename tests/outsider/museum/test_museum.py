"""A loan from the first line to its return, with the values that its author expected."""

import io
from datetime import date

import pytest
from sqlalchemy import select

from app.core.access.actor import SYSTEM, acting_as
from app.core.db.database import session, unit_of_work
from app.core.declare import registry
from app.core.errors import Refused, Rejected
from app.core.files import attachments
from app.core.records import materials
from app.core.records import service as records
from app.documents import template_filling
from app.documents.models import IssuedDocument
from app.flow import engine
from tests.harness.refusals import refused

PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF"
CLERK, REGISTRAR, CONSERVATOR, DIRECTOR = (
    "borrower_clerk",
    "museum_registrar",
    "conservator",
    "museum_director",
)


def save(world, name, raw, who):
    with world.acting(who), unit_of_work():
        return records.save(registry.object(name), None, raw, complete=False).id


def exhibit(world, number, kind, worth):
    raw = {"number": number, "name": f"藏品{number}", "kind": kind, "worth": worth}
    return save(world, "exhibit", raw | {"condition": "sound"}, REGISTRAR)


def loan(world, rows, **changes):
    """A loan with its papers; rows are (exhibit, worth, packing)."""
    items = [
        {"exhibit": str(pk), "worth": worth, "packing": packing} for pk, worth, packing in rows
    ]
    raw = {
        "title": "楚风展", "purpose": "exhibition", "venue": "校史馆", "contact": "13800138000",
        "from_on": "2027-03-01", "to_on": "2027-03-30", "items": items,
    }  # fmt: skip
    pk = save(world, "loan", raw | changes, CLERK)
    with world.acting(CLERK), unit_of_work():
        for line in registry.object("loan").materials:
            file = attachments.store(io.BytesIO(PDF), "a.pdf", ("pdf",), 10**6)
            materials.attach(registry.object("loan"), pk, line, file)
    return pk


def act(world, name, pk, who, action, **more):
    with world.acting(who), unit_of_work():
        engine.act(
            engine.case_of(records.find(registry.object(name), pk)), action, comment="可以", **more
        )


def edit(world, pk, who, **typed):
    obj = registry.object("loan")
    with world.acting(who), unit_of_work():
        record = records.find(obj, pk)
        rows = [row | typed for row in records.raw_of(obj, record)["items"]]
        records.save(obj, record, {"items": rows}, complete=False)


def read(world, name, pk, *fields, who=REGISTRAR):
    with world.acting(who):
        record = records.find(registry.object(name), pk)
        return tuple(getattr(record, field) for field in fields)


CHECKS = {"checks": ("展品均在馆", "估值与账册一致")}


def lent(world, rows, **changes):
    pk = loan(world, rows, **changes)
    act(world, "loan", pk, CLERK, "submit")
    act(world, "loan", pk, REGISTRAR, "pass", **CHECKS)
    act(world, "loan", pk, DIRECTOR, "approve")
    return pk


def test_a_small_loan_goes_out_and_comes_back(world):
    vase = exhibit(world, "B1", "porcelain", "8000")
    pk = loan(world, [(vase, "8000", "crate")])
    found = read(world, "loan", pk, "days", "pieces", "worth", "premium", "risk")
    assert found == (30, 1, 8000_00, 40_00, "low")  # five per mille of 8000
    act(world, "loan", pk, CLERK, "submit")
    with refused(Refused, "这一环节不由您办理"):
        act(world, "loan", pk, CONSERVATOR, "pass")
    act(world, "loan", pk, REGISTRAR, "pass", **CHECKS)
    assert read(world, "loan", pk, "state") == ("approve",)  # little risk: nobody assesses
    act(world, "loan", pk, DIRECTOR, "approve")
    act(world, "loan", pk, REGISTRAR, "hand_over")
    assert read(world, "loan", pk, "state", "handed_on") == ("out", date(2026, 11, 24))
    with pytest.raises(Rejected) as caught:
        act(world, "loan", pk, REGISTRAR, "take_back")
    assert "逐件填写归还状况" in str([fault.message for fault in caught.value.faults])
    edit(world, pk, REGISTRAR, came_back="same")
    act(world, "loan", pk, REGISTRAR, "take_back")
    assert read(world, "loan", pk, "state", "returned_on") == ("returned", date(2026, 11, 24))


def test_a_table_tells_the_risk_by_amount_and_days(world):
    bell = exhibit(world, "A1", "bronze", "2000000")
    for worth, to_on, risk in (
        ("99999.99", "2027-03-30", "low"),
        ("99999.99", "2027-03-31", "medium"),
        ("100000", "2027-03-30", "medium"),
        ("1000000.01", "2027-03-30", "high"),
    ):
        pk = loan(world, [(bell, worth, "crate")], to_on=to_on)
        assert read(world, "loan", pk, "risk") == (risk,)


def test_a_loan_with_risk_is_assessed_first(world):
    bell = exhibit(world, "A1", "bronze", "200000")
    pk = loan(world, [(bell, "200000", "crate")])
    act(world, "loan", pk, CLERK, "submit")
    act(world, "loan", pk, CLERK, "recall")
    assert read(world, "loan", pk, "state") == ("draft",)
    act(world, "loan", pk, CLERK, "submit")
    act(world, "loan", pk, REGISTRAR, "pass", **CHECKS)
    assert read(world, "loan", pk, "state") == ("assess",)
    act(world, "loan", pk, CONSERVATOR, "send_back", target="draft")
    assert read(world, "loan", pk, "state") == ("draft",)


def test_rules_are_kept_row_by_row_and_by_policy(world):
    scroll, vase = exhibit(world, "C1", "painting", "100"), exhibit(world, "B1", "porcelain", "100")
    pk = loan(world, [(scroll, "100", "tube"), (vase, "100", "tube")], to_on="2027-05-31")
    with pytest.raises(Rejected) as caught:
        act(world, "loan", pk, CLERK, "submit")
    assert sorted((fault.path, fault.message) for fault in caught.value.faults) == [
        ("items.0.exhibit", "藏品C1的借期超过规定"),  # 92 days, paintings 60
        ("items.1.packing", "卷筒只能装书画和织绣"),
    ]


def test_the_permit_says_amounts_and_codes_as_people_read_them(world):
    vase = exhibit(world, "B1", "porcelain", "8000")
    lent(world, [(vase, "8000", "crate")])
    with acting_as(SYSTEM):
        (paper,) = session.scalars(select(IssuedDocument))
        assert (paper.title, paper.subject, paper.state) == ("展品出馆凭单", "楚风展", "draft")
        made = template_filling.filled(
            "exit_permit.docx", paper.content, owner="某馆", address="http://x/1"
        )
        text = "".join(template_filling.text_lines(made))
        assert "估值 8,000.00 元" in text
        assert "B1 藏品B1（定制木箱）" in text


def test_a_running_loan_is_changed_by_a_checked_draft(world):
    vase = exhibit(world, "B1", "porcelain", "8000")
    pk = lent(world, [(vase, "8000", "crate")])
    raw = {"target": str(pk), "reason": "展期延长", "after": {"to_on": "2027-04-10"}}
    other = save(world, "loan_amendment", raw, CLERK)
    act(world, "loan_amendment", other, CLERK, "submit")
    assert read(world, "loan", pk, "to_on") == (date(2027, 3, 30),)
    act(world, "loan_amendment", other, DIRECTOR, "approve")
    assert read(world, "loan", pk, "to_on", "days") == (date(2027, 4, 10), 41)
