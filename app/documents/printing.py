"""Prints the lists of a step from a record as it stands, and writes each print to its history."""

from typing import Any

from app.core.audit import history
from app.core.db.database import unit_of_work
from app.core.declare import Document, Object, registry
from app.core.errors import Conflict, Fault, NotFound, Rejected
from app.core.expressions.env import make_env
from app.documents import pdf_conversion, template_filling
from app.documents.drafting import plain
from app.flow.execution import cases
from app.flow.execution.places import places

PRINTED = "print"  # kind of the entry in the history
MOST = 99  # copies


def offered(obj: Object, record: Any) -> list[Document]:
    """Return what the steps at which a record rests print, in their order; none without a case."""
    if obj.flow is None:
        return []
    try:
        case = cases.case_of(record)
    except NotFound:  # taken over from elsewhere, as it was settled there
        return []
    names = [name for place in places(cases.flow_of(case), case) for name in place.step.prints]
    return [registry.document(name) for name in dict.fromkeys(names)]


def copies_of(text: str) -> int:
    """Return how many copies somebody asked for; Rejected where that is no number from 1 to 99."""
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= MOST):
        raise Rejected([Fault("copies", f"份数请填 1 到 {MOST} 的整数，现为“{text[:20]}”")])
    return int(text)


def printed(obj: Object, record: Any, name: str, copies: int) -> bytes:
    """Return a list as PDF, after writing down who takes how many copies of it.

    NotFound where the step does not print it; Conflict where it could not be made, and then
    nothing is written.
    """
    found = next((item for item in offered(obj, record) if item.name == name), None)
    if found is None:
        raise NotFound("当前环节没有这份清单可打印，请返回刷新页面")
    pdf = _pdf(found, record)
    with unit_of_work():
        detail = {"document": found.name, "title": found.title, "copies": copies}
        history.note(obj.name, record.id, PRINTED, detail)
    return pdf


def _pdf(document: Document, record: Any) -> bytes:
    from app.settings import load

    values = plain(document.bind(record, make_env()))
    try:
        docx = template_filling.filled(
            document.template, values, owner=registry.project().owner, address=load().public_url
        )
        return pdf_conversion.pdf_of(docx)
    except (template_filling.WrongTemplate, pdf_conversion.ConversionFailed) as error:
        raise Conflict(f"“{document.title}”没有打印：{error}") from error
