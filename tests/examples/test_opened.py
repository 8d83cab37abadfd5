"""What a step opens is all that it takes, from the first save on, through every door."""

import io

import pytest

from app.core.access.actor import SYSTEM, acting_as
from app.core.db.database import session, unit_of_work
from app.core.declare import registry
from app.core.errors import Rejected, UserError
from app.core.files import attachments
from app.core.records import materials
from app.core.records import service as records
from app.core.records.materials import MarkInput
from tests.app.security.people import token
from tests.examples.deeds import PDF, do, get, save, write
from tests.examples.test_decision_columns import sent
from tests.examples.test_import_of_abstract import content, filled, post, words
from tests.harness.refusals import refused

CLOSED = "“答复”在当前环节不能修改"
POINTS = [{"question": "何时出访", "source": "来信"}, {"question": "何人付费"}]
TYPED = {"topic": "出访费用", "points": POINTS}


@pytest.fixture
def clerk(world, client):
    """Who asks."""
    return client("clerk", world.bureaus["east"])


def asked(world, to=""):
    """An inquiry at its first step, or led further."""
    pk = save(world, "inquiry", TYPED, attach="letter")
    if to:
        do(world, "inquiry", pk, "clerk", "submit")
    if to == "check":
        change(world, pk, "officer", answer="均由单位承担")
        attach(world, pk, "evidence", "officer")
        do(world, "inquiry", pk, "officer", "pass")
    return pk


def attach(world, pk, name, who):
    obj = registry.object("inquiry")
    with world.acting(who), unit_of_work():
        line = next(one for one in obj.materials if one.name == name)
        file = attachments.store(io.BytesIO(PDF), "a.pdf", ("pdf",), 10**6)
        materials.attach(obj, pk, line, file)


def change(world, pk, who, *points, **values):
    """Change a record as somebody does; `points` are what becomes of its rows, one after another."""
    obj = registry.object("inquiry")
    with world.acting(who), unit_of_work():
        record = records.find(obj, pk)
        rows = [
            {"id": str(row.id)} | more for row, more in zip(record.points, points, strict=False)
        ]
        records.save(obj, record, values | ({"points": rows} if rows else {}), complete=False)


def points(pk):
    with acting_as(SYSTEM):
        session.expire_all()
        rows = records.find(registry.object("inquiry"), pk).points
        return [(row.question, row.reply, row.verdict) for row in rows]


def made():
    with acting_as(SYSTEM):
        session.expire_all()
        return session.query(registry.object("inquiry").model).count()


# -- a new record


def test_a_form_offers_what_the_first_step_opens_and_takes_no_more(world, clerk):
    page = clerk.get("/EX114/new").get_data(as_text=True)
    assert 'name="topic"' in page and 'name="answer"' not in page
    forged = sent(page)
    forged.update({"topic": "出访费用", "points.0.question": "何时出访", "answer": "照办"})
    answer = clerk.post("/EX114/new", data=forged)
    assert CLOSED in answer.get_data(as_text=True)
    assert "出访费用" in answer.get_data(as_text=True)  # what was typed stays
    assert made() == 0
    del forged["answer"]
    assert clerk.post("/EX114/new", data=forged).status_code in (302, 303)
    with acting_as(SYSTEM):
        (record,) = session.query(registry.object("inquiry").model).all()
        assert (record.topic, record.channel) == (
            "出访费用",
            "网上",
        )  # the function gives that itself


def test_a_file_that_the_first_step_does_not_open_is_refused(world, clerk):
    page = clerk.get("/EX114/new").get_data(as_text=True)
    with world.acting("clerk"), unit_of_work():
        file = attachments.store(io.BytesIO(PDF), "a.pdf", ("pdf",), 10**6).id
    forged = sent(page)
    forged.update({"topic": "出访费用", "points.0.question": "何时出访", "_materials": "1"})
    forged["material.evidence"] = str(file)
    answer = clerk.post("/EX114/new", data=forged)
    assert "“佐证材料”在当前环节不能修改" in answer.get_data(as_text=True)
    assert made() == 0


def test_programs_are_refused_likewise(world, clerk):
    head = {"X-CSRFToken": token(clerk, "/me")}
    where = "/api/v1/inquiry/"
    answer = clerk.post(where, json={"values": TYPED | {"answer": "照办"}}, headers=head)
    assert answer.status_code == 422 and CLOSED in answer.get_data(as_text=True)
    rows = [{"question": "何时出访", "reply": "五月", "verdict": "属实"}]
    answer = clerk.post(where, json={"values": TYPED | {"points": rows}}, headers=head)
    said = answer.get_data(as_text=True)
    assert answer.status_code == 422 and "“回复”在当前环节不能修改" in said and "“复核意见”" in said
    assert made() == 0
    answer = clerk.post(where, json={"values": TYPED}, headers=head)
    assert answer.status_code == 201
    known = clerk.get(f"{where}{answer.json['id']}").json
    assert known["editable"] == ["topic", "points", "points.source", "letter"]
    assert [row["source"] for row in known["values"]["points"]] == ["来信", None]


def test_a_workbook_has_no_column_of_a_later_step_and_takes_none(world, clerk):
    template = clerk.get("/EX114/import/template").data
    rows = [{"序号": 1, "核查事项": "出访费用"}]
    book = filled(template, rows, [{"所属序号": 1, "问题": "何时出访", "依据": "来信"}])
    heads = {cell.value for sheet in book.worksheets for cell in sheet[1]}
    assert not {"答复", "来函途径", "回复", "复核意见"} & {str(one).strip(" *＊") for one in heads}
    sheet = book.worksheets[0]
    at = sheet.max_column + 1
    sheet.cell(1, at, "答复")
    sheet.cell(2, at, "照办")
    file = (io.BytesIO(content(book)), "表.xlsx")
    page = post(clerk, "/EX114/import", "/EX114/import", file=file).location
    assert "不认识的列没有读取：C 列“答复”" in words(clerk.get(page))
    post(clerk, page, f"{page}/write", mode="all")
    with acting_as(SYSTEM):
        (record,) = session.query(registry.object("inquiry").model).all()
        assert (record.topic, record.channel, record.answer) == ("出访费用", "网上", None)
        assert [row.source for row in record.points] == ["来信"]


def test_whoever_saves_in_code_is_held_to_it_too(world):
    with refused(Rejected, CLOSED):
        save(world, "inquiry", TYPED | {"answer": "照办"})


# -- the steps after it


def test_a_step_that_opens_columns_opens_them_alone(world):
    pk = asked(world, to="reply")
    change(world, pk, "officer", {"reply": "五月"}, {"reply": "本单位"}, answer="见各问")
    assert points(pk) == [("何时出访", "五月", None), ("何人付费", "本单位", None)]
    with refused(Rejected, "“核查问题”在当前环节不能修改"):
        change(world, pk, "officer", {"question": "何地"})
    with refused(Rejected, "“复核意见”在当前环节不能修改"):
        change(world, pk, "officer", {"verdict": "属实"})
    with refused(Rejected, "“核查事项”在当前环节不能修改"):
        change(world, pk, "officer", topic="另一事项")


def test_a_step_that_opens_all_and_a_column_opens_both_and_no_other_column(world):
    pk = asked(world, to="check")
    change(
        world,
        pk,
        "director",
        {"verdict": "属实", "question": "何时出境"},
        {},
        topic="费用",
        channel="来人",
    )
    assert points(pk) == [("何时出境", None, "属实"), ("何人付费", None, None)]
    record = get("inquiry", pk)
    assert (record.topic, record.channel) == ("费用", "来人")
    with refused(Rejected, "“回复”在当前环节不能修改"):
        change(world, pk, "director", {"reply": "六月"})


def test_programs_are_told_columns_and_materials_among_what_they_may_change(world, client):
    pk = asked(world, to="reply")
    officer, where = client("officer"), f"/api/v1/inquiry/{pk}"
    assert officer.get(where).json["editable"] == ["answer", "points.reply", "evidence"]
    change(world, pk, "officer", answer="见各问")
    attach(world, pk, "evidence", "officer")
    do(world, "inquiry", pk, "officer", "pass")
    assert officer.get(where).json["editable"] == []
    told = client("director").get(where).json["editable"]
    assert told == [
        "topic", "channel", "answer", "points", "points.verdict", "letter", "evidence",
    ]  # fmt: skip


def test_a_mark_on_a_list_leaves_the_columns_that_the_step_opens(world, clerk):
    pk = asked(world, to="check")
    mark = MarkInput("child.points", (), "写明依据")
    do(world, "inquiry", pk, "director", "send_back", target="draft", marks=[mark])
    editable = clerk.get(f"/api/v1/inquiry/{pk}").json["editable"]
    assert editable == ["points", "points.source", "letter"]
    page = clerk.get(f"/EX114/{pk}/edit").get_data(as_text=True)
    assert 'name="points.1.source"' in page and 'name="topic"' not in page
    typed = sent(page)
    typed["points.1.source"] = "来电"
    assert clerk.post(f"/EX114/{pk}/edit", data=typed).status_code in (302, 303)
    with acting_as(SYSTEM):
        session.expire_all()
        rows = records.find(registry.object("inquiry"), pk).points
        assert [row.source for row in rows] == ["来信", "来电"]


def test_a_draft_whose_first_step_opens_a_part_can_be_deleted_by_a_program(world, clerk):
    pk = asked(world)
    head = {"X-CSRFToken": token(clerk, "/me")}
    assert clerk.delete(f"/api/v1/inquiry/{pk}", headers=head).status_code in (200, 204)
    assert made() == 0


def test_what_left_its_first_step_is_not_deleted(world, clerk):
    pk = asked(world, to="reply")
    head = {"X-CSRFToken": token(clerk, "/me")}
    assert clerk.delete(f"/api/v1/inquiry/{pk}", headers=head).status_code == 409
    write("inquiry", pk, topic="还在")
    with pytest.raises(UserError):
        change(world, pk, "clerk", topic="不可")
