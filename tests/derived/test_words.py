"""Every message and every paper, filled from a generated record: nothing stays open, nothing is missing."""

import io
import re

import pytest
from docx import Document
from docxtpl import DocxTemplate

from app.core.db.database import session, unit_of_work
from app.core.declare import registry
from app.core.expressions.env import make_env
from app.documents import drafting, template_filling
from app.documents.models import IssuedDocument
from app.messaging import notices, wording

MESSAGES = sorted(registry.registry().messages)
PAPERS = sorted(registry.registry().documents)
HOLES = re.compile(r"[{}]|None|（）|〔〕|“”|\bTrue\b|\bFalse\b")
EXTRA = {
    "comment": "材料不清晰",
    "action": "退回",
    "step": "审核",
    "actor": "李明",
    "link": "http://x/1",
}


@pytest.fixture(scope="module")
def finished(world):
    """`finished(object)` is a record of it at its good end, made once."""
    made = {}

    def give(name):
        obj = registry.object(name)
        if name not in made:
            with unit_of_work():
                row = (
                    _paper(give) if obj.model is IssuedDocument else world.maker(name).finished(obj)
                )
            made[name] = row.id
        return session.get(obj.model, made[name])

    return give


def _paper(give):
    paper = next(p for p in map(registry.document, PAPERS) if p.number)
    row = drafting.issue(paper, give(paper.object))
    row.state, row.number, row.void_reason = "issued", "样1号", "人员变动"
    return row


@pytest.mark.parametrize("name", MESSAGES)
def test_a_message_says_everything(world, finished, name):
    message = registry.message(name)
    with world.acting("system"):
        record = finished(message.object)
        text = wording.text_of(message, message.text, record, EXTRA)
        assert not HOLES.search(text), text
        assert "comment" not in message.variables or EXTRA["comment"] in text
        assert len(text) <= 500
        notices.notify(message, record, None, EXTRA)


@pytest.mark.parametrize("name", PAPERS)
def test_a_paper_is_filled(world, finished, name):

    paper = registry.document(name)
    with world.acting("system"):
        record = finished(paper.object)
        values = drafting.plain(paper.bind(record, make_env()))
        docx = template_filling.filled(
            paper.template, values, owner="某办公室", address="http://x/v/1"
        )
        document = Document(io.BytesIO(docx))
        text = "\n".join(
            p.text for p in document.element.body.iter() if hasattr(p, "text") and p.text
        )
        assert not re.search(r"\{\{|\}\}|\{%|None|undefined", text), text
        template = DocxTemplate(template_filling.TEMPLATES / paper.template)
        used = template.get_undeclared_template_variables(template_filling.environment())
        for value in (values[name] for name in used & set(values)):
            printed = isinstance(value, str) and 1 < len(value) < 40
            if printed and not re.fullmatch(r"\d{4}-\d\d-\d\d|[a-z0-9_]+", value):
                assert value in text, (value, text)
        if not paper.number:
            return  # a list: printed from the record, never issued
        made = drafting.issue(paper, record)
        assert made.unit_id is not None and made.state == "draft"
