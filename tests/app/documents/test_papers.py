"""A paper's whole life with the real LibreOffice and a real seal."""

import io
import json
import subprocess
from datetime import UTC, date, datetime, timedelta

import pytest
from docx import Document as Word
from docx.oxml.ns import qn
from sqlalchemy import select

from app.core import clock
from app.core.access.actor import SYSTEM, acting_as
from app.core.db.database import session, unit_of_work
from app.core.declare import registry
from app.core.errors import Conflict, Rejected, Stale
from app.core.files import attachments
from app.core.jobs import outbox
from app.core.plugin import forget_plugins, plugin
from app.core.records import service as records
from app.documents import (
    drafting,
    log,
    pages,
    pdf_conversion,
    sealing,
    template_filling,
    verification,
)
from app.documents.models import IssuedDocument
from app.generated.documents import DOCUMENTS as PRODUCTS_OWN


@pytest.fixture
def database_url(tmp_path):
    """One kind of database is enough: what is tried here is not SQL."""
    return f"sqlite:///{tmp_path / 'test.db'}"


@pytest.fixture
def papers(world, own_var, monkeypatch):
    monkeypatch.setattr(registry, "_package", "tests.papers")
    monkeypatch.setenv("SEAL_DIRECTORY", str(own_var / "seal"))
    monkeypatch.setenv("PUBLIC_URL", "https://papers.example")
    clock.set_clock(lambda: datetime(2026, 11, 24, 2, tzinfo=UTC))
    forget_plugins()
    return world


def new_paper(world, **changes) -> int:
    with world.acting("anna", "S01"), unit_of_work():
        record = records.save(
            registry.object("meeting"), None, world.meeting(**changes), complete=False
        )
        return drafting.issue("permit", record).id


def get(pk: int) -> IssuedDocument:
    session.rollback()
    query = select(IssuedDocument).where(IssuedDocument.id == pk)
    return session.scalars(query.execution_options(populate_existing=True)).one()


def act(function, pk, *arguments):
    with acting_as(SYSTEM), unit_of_work():
        return function(get_inside(pk), *arguments)


def get_inside(pk):
    return session.scalars(select(IssuedDocument).where(IssuedDocument.id == pk)).one()


def drain():
    while outbox.work_once("test"):
        pass


def text_of(file) -> str:
    with attachments.open_file(file) as pdf:
        said = subprocess.run(
            ["pdftotext", "-layout", "-", "-"], stdin=pdf, capture_output=True, check=True
        )
    return said.stdout.decode().replace(" ", "")


def sealed(pk: int) -> IssuedDocument:
    act(sealing.seal, pk)
    drain()
    with acting_as(SYSTEM):
        return get(pk)


def test_a_paper_lives_from_its_record_to_its_void_mark(papers):
    pk = new_paper(papers)
    with acting_as(SYSTEM):
        assert (get(pk).state, get(pk).pdf, get(pk).number) == ("draft", None, None)
        drain()
        assert "同意举办读书会。" in text_of(get(pk).pdf)
        assert "签章时编号" in text_of(get(pk).pdf)

        act(drafting.edit, pk, {"body": "同意举办读书会。\n请爱护场地。", "name": "不许改"})
        (difference,) = drafting.differences(get(pk))
        assert difference.label == "正文"
        assert difference.pieces == (("same", "同意举办读书会。"), ("new", "\n请爱护场地。"))
        assert verification.verdict_of(get(pk).token).title == "查无此件"

        paper = sealed(pk)
        assert (paper.state, paper.number) == ("sealed", "许字〔2026〕0001号")
        text = text_of(paper.pdf)
        for words in ("请爱护场地。", "许字〔2026〕0001号", "2026年11月24日", "读书会"):
            assert words in text
        with attachments.open_file(paper.pdf) as stream:
            assert plugin("seal").check(stream.read()).valid
        verdict = verification.verdict_of(paper.token)
        assert verdict.title == "有效"
        assert f"由{registry.project().owner}出具" in verdict.words
        assert ("文号", "许字〔2026〕0001号") in verdict.rows

        act(sealing.publish, pk)
        act(sealing.void, pk, "场地变更")
        assert get(pk).shown_pdf is None, "never the one that looks valid"
        drain()
        paper = get(pk)
        assert (paper.state, paper.number) == ("void", "许字〔2026〕0001号")
        assert paper.shown_pdf is not None
        assert paper.shown_pdf.id == paper.void_pdf_id != paper.pdf_id
        assert verification.verdict_of(paper.token).title == "已作废"
        kinds = [event.kind for event in reversed(log.events(paper, making=True))]
        assert kinds == ["created", "edited", "numbered", "sealed", "issued", "voided"]


def test_a_rolled_back_step_leaves_no_paper(papers):
    def fail():
        with papers.acting("anna", "S01"), unit_of_work():
            record = records.save(
                registry.object("meeting"), None, papers.meeting(), complete=False
            )
            drafting.issue("permit", record)
            raise RuntimeError("late")

    with pytest.raises(RuntimeError, match="late"):
        fail()
    with acting_as(SYSTEM):
        assert session.scalars(select(IssuedDocument)).all() == []
        assert outbox.work_once("test") is False


def test_numbers_have_no_gap_when_sealing_fails(papers, monkeypatch):
    first, second = new_paper(papers), new_paper(papers, name="棋赛")
    with acting_as(SYSTEM):
        drain()
        monkeypatch.setenv("DOCUMENTS_SOFFICE", "/nowhere/soffice")
        paper = sealed(first)
        assert (paper.state, paper.number) == ("sealing", "许字〔2026〕0001号")
        assert "LibreOffice" in sealing.trouble(paper)
        monkeypatch.delenv("DOCUMENTS_SOFFICE")
        assert sealed(second).number == "许字〔2026〕0002号"
        clock.set_clock(lambda: datetime(2026, 11, 24, 3, tzinfo=UTC))
        drain()
        assert (get(first).state, get(first).number) == ("sealed", "许字〔2026〕0001号")
        assert sealing.trouble(get(first)) == ""


def test_a_conversion_that_hangs_is_ended(papers, monkeypatch, tmp_path):
    hang = tmp_path / "soffice"
    hang.write_text("#!/bin/sh\nsleep 60\n")
    hang.chmod(0o755)
    monkeypatch.setenv("DOCUMENTS_SOFFICE", str(hang))
    monkeypatch.setenv("DOCUMENTS_TIMEOUT", "1")
    pk = new_paper(papers)
    with acting_as(SYSTEM):
        drain()
        assert "1 秒内没有完成" in sealing.trouble(get(pk))


def test_a_conversion_that_would_take_all_memory_is_ended(papers, monkeypatch):
    monkeypatch.setenv("DOCUMENTS_MEMORY", "64")  # MiB: too little for LibreOffice itself
    pk = new_paper(papers)
    with acting_as(SYSTEM):
        drain()
        assert "LibreOffice 没有生成 PDF" in sealing.trouble(get(pk))
        monkeypatch.delenv("DOCUMENTS_MEMORY")
        clock.set_clock(lambda: datetime.now(UTC) + timedelta(days=1))
        drain()
        assert sealing.trouble(get(pk)) == "", "with the memory that it is given it is drawn"


def test_an_edited_word_file_takes_the_place_of_the_generated_one(papers):
    pk = new_paper(papers)
    with acting_as(SYSTEM):
        drain()
        with attachments.open_file(get(pk).docx) as stream:
            document = Word(io.BytesIO(stream.read()))
        line = next(p for p in document.paragraphs if "同意举办" in p.text)
        line.runs[0].text = "经研究，不再收取押金。"
        changed = io.BytesIO()
        document.save(changed)
        changed.seek(0)
        drafting.upload(lambda: get(pk), changed, "修改稿.docx")
        drain()
        (difference,) = drafting.differences(get(pk))
        assert ("new", "经研究，不再收取押金") in difference.pieces
        paper = sealed(pk)
        text = text_of(paper.pdf)
        assert "不再收取押金" in text
        assert paper.number is not None
        assert paper.number in text, "number and date are filled into an uploaded file too"


def test_a_word_file_that_lost_its_places_is_refused(papers):
    pk = new_paper(papers)
    plain = io.BytesIO()
    Word().save(plain)
    plain.seek(0)
    with pytest.raises(Rejected) as refused, acting_as(SYSTEM):
        drafting.upload(lambda: get(pk), plain, "别的.docx")
    assert "文号位置、落款日期位置、印章位置" in refused.value.faults[0].message


def test_somebody_elses_edit_is_not_overwritten(papers):
    pk = new_paper(papers)
    act(drafting.edit, pk, {"body": "一"}, 1)
    with pytest.raises(Stale):
        act(drafting.edit, pk, {"body": "二"}, 1)


def test_a_sealed_paper_cannot_be_changed(papers):
    pk = new_paper(papers)
    with acting_as(SYSTEM):
        drain()
        sealed(pk)
    with pytest.raises(Conflict, match="不能再修改"):
        act(drafting.edit, pk, {"body": "一"})
    with pytest.raises(Conflict, match="不能签章"):
        act(sealing.seal, pk)


def test_a_reissued_paper_takes_the_place_of_a_void_one(papers):
    pk = new_paper(papers)
    with acting_as(SYSTEM):
        drain()
        sealed(pk)
        with pytest.raises(Conflict, match="作废后才能重出"):
            act(drafting.reissue, pk)
        act(sealing.void, pk, "遗失")
        with unit_of_work():
            new = drafting.reissue(get_inside(pk)).id
        drain()
        assert sealed(new).number == "许字〔2026〕0002号"
        assert get(new).replaces_id == pk
        assert get(pk).state == "void"


def test_only_the_owning_club_sees_its_paper(papers):
    pk = new_paper(papers)
    with papers.acting("anna", "S01"):
        assert get(pk).id == pk
    with papers.acting("bert", "S01"):
        assert session.scalars(select(IssuedDocument)).all() == []


def test_values_cannot_break_the_template(papers):
    pk = new_paper(papers, name="<b>&{{ 7*7 }}</b>")
    with acting_as(SYSTEM):
        drain()
        assert "<b>&{{7*7}}</b>" in text_of(get(pk).pdf)


def test_the_code_leads_to_the_public_page(papers):
    pk = new_paper(papers)
    with acting_as(SYSTEM):
        paper = get(pk)
        assert drafting.address_of(paper) == f"https://papers.example/verify/{paper.token}"
        assert json.loads(paper.values)["body"] == "同意举办读书会。"


def test_the_public_page_shows_the_ends_of_what_is_masked(papers):
    guest = {"name": "赵云", "id_number": "420106199001011231"}
    pk = new_paper(papers, guests=[guest])
    with acting_as(SYSTEM):
        drain()
        shown = dict(json.loads(sealed(pk).public_values))
    assert "420106********1231" in shown.values(), shown


TEMPLATES = sorted({template_filling.template_path(one.template) for one in PRODUCTS_OWN})


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_every_template_has_the_places_that_sealing_needs(path):
    document = Word(str(path))
    tags = {part.get(qn("w:val")) for part in document.element.iter(qn("w:tag"))}
    marks = {part.get(qn("w:name")) for part in document.element.iter(qn("w:bookmarkStart"))}
    assert {template_filling.NUMBER, template_filling.DAY} <= tags
    assert {template_filling.SEAL, template_filling.SEAL_END} <= marks


def test_an_address_may_ask_so_often_and_no_more():
    assert all(verification.allowed("192.0.2.1") for _ in range(verification.PER_MINUTE))
    assert not verification.allowed("192.0.2.1")
    assert verification.allowed("192.0.2.2")


def test_pages_are_found_by_their_bookmarks(papers):
    pk = new_paper(papers)
    with acting_as(SYSTEM):
        drain()
        with attachments.open_file(get(pk).pdf) as stream:
            pdf = stream.read()
    found = pages.spots(pdf)
    assert found["seal"].x < found["sealend"].x
    assert found["seal"].page == pages.page_count(pdf) - 1


def test_a_template_may_write_its_places_as_words(papers, tmp_path, monkeypatch):
    """Number, date and seal need no content controls and bookmarks made by hand in Word."""
    word = Word()
    word.add_paragraph("编号 {{ number }}，{{ sealed_on }}")
    word.add_paragraph("{{ seal }}{{ owner }}")
    word.save(tmp_path / "plain.docx")
    monkeypatch.setattr(template_filling, "TEMPLATES", tmp_path)
    made = template_filling.filled("plain.docx", {}, owner="某馆", address="https://x/1")
    (tmp_path / "made.docx").write_bytes(made)
    template_filling.check_upload(tmp_path / "made.docx", sealed=True)
    done = template_filling.completed(made, number="馆〔2026〕1号", day=date(2026, 12, 6))
    assert template_filling.text_lines(done) == ["编号 馆〔2026〕1号，2026年12月6日", "某馆"]
    assert template_filling.SEAL in pages.spots(pdf_conversion.pdf_of(done))
