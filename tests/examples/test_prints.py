"""Lists of a batch: printed at their step by who may, each print in the history, nothing of another step."""

import json
import subprocess

import pytest

from app.core.audit import history
from app.core.db.database import session
from app.core.declare import registry
from app.core.errors import NotFound
from app.core.records import service as records
from app.documents import pdf_conversion, printing
from tests.app.web.desk.people import hidden
from tests.examples.test_batches import batch, issued, to_route


@pytest.fixture
def routed(world):
    """A batch that rests where its lists are printed."""
    rows = issued(world)
    pk = batch(world, rows[0], rows[1])
    to_route(world, pk)
    return pk


def printed(person, pk, name="card_register", copies="2", function="EX51"):
    token = hidden(person, f"/{function}/{pk}")["csrf_token"]
    asked = {"copies": copies, "csrf_token": token}
    return person.post(f"/{function}/{pk}/print/{name}", data=asked)


def said(person, pk):
    return person.get(f"/EX51/{pk}").get_data(as_text=True)


def logged(pk):
    session.remove()
    changes = history.changes_of("card_batch", pk)
    return [(one.actor_name, json.loads(one.detail)) for one in changes if one.kind == "print"]


def text_of(pdf):
    command = ["pdftotext", "-layout", "-", "-"]
    said = subprocess.run(command, input=pdf, capture_output=True, check=True).stdout.decode()
    return said.replace(" ", "")


@pytest.mark.skipif(not pdf_conversion.soffice(), reason="needs LibreOffice")
def test_the_lists_of_a_step_are_printed_and_who_took_them_is_told(world, routed, client):
    officer = client("officer")
    shown = said(officer, routed)
    assert "送制登记表" in shown and "送制行程表" in shown
    answer = printed(officer, routed)
    assert answer.mimetype == "application/pdf" and answer.headers["Cache-Control"] == "no-store"
    text = text_of(answer.data)
    assert "送制登记表" in text and text.count("2027年4月26日") == 2, text
    assert "送制行程表" in text_of(printed(officer, routed, "card_legs", "1").data)
    assert [(one["title"], one["copies"]) for _, one in logged(routed)] == [
        ("送制登记表", 2),
        ("送制行程表", 1),
    ]
    assert all(name for name, _ in logged(routed))
    assert "打印送制登记表 2 份" in said(officer, routed)


@pytest.mark.parametrize("copies", ["0", "100", "-1", "两", "1.5", "", "²"])
def test_a_wrong_number_of_copies_prints_nothing(world, routed, client, copies):
    officer = client("officer")
    assert printed(officer, routed, copies=copies).status_code == 303
    assert "份数请填 1 到 99 的整数" in said(officer, routed)
    assert logged(routed) == []


def test_who_lacks_the_grant_neither_sees_nor_prints_them(world, routed, client):
    director = client("director")
    assert "打印清单" not in said(director, routed)
    assert printed(director, routed).status_code == 403
    assert logged(routed) == []


def test_another_list_or_another_step_prints_nothing(world, routed, client):
    officer = client("officer")
    assert printed(officer, routed, "no_such_list").status_code == 303
    assert "没有这份清单" in said(officer, routed)
    rows = issued(world)
    early = batch(world, rows[0], name="二批")
    assert printed(officer, early, function="EX50").status_code == 403
    obj = registry.object("card_batch")
    with world.acting("officer"):  # still being written: no list of the later step
        assert len(printing.offered(obj, records.find(obj, routed))) == 2
        with pytest.raises(NotFound, match="当前环节没有这份清单"):
            printing.printed(obj, records.find(obj, early), "card_register", 1)
    assert logged(routed) == [] and logged(early) == []


def test_what_cannot_be_made_is_not_said_to_be_printed(world, routed, client, monkeypatch):
    monkeypatch.setattr(pdf_conversion, "soffice", lambda: "")
    officer = client("officer")
    assert printed(officer, routed).status_code == 303
    assert "没有打印" in said(officer, routed)
    assert logged(routed) == []


def test_a_record_without_a_case_prints_nothing(world):
    obj = registry.object("card_batch")
    with world.acting("officer"):
        assert printing.offered(obj, obj.model(name="旧批次")) == []
