"""What a step of a flow does with papers: `issue`, `void`, `reissue`."""

from typing import Any

from app.core.db.database import elevated
from app.core.errors import Conflict
from app.documents import drafting, sealing
from app.documents.models import IssuedDocument
from app.flow.execution.effects import Context, register


@register("issue")
def issue(context: Context) -> None:
    """`issue: DOCUMENT`: make the paper of the record."""
    with elevated():
        drafting.issue(context.params["document"], context.record, context.case)


@register("void")
def void(context: Context) -> None:
    """`void: PATH`: declare the paper that a field names void."""
    with elevated():
        for paper in _papers(context):
            sealing.void(paper, context.step.comment or _reason(context))


@register("reissue")
def reissue(context: Context) -> None:
    """`reissue: PATH`: make the paper that a field names anew from its record."""
    with elevated():
        for paper in _papers(context):
            sealing.void(paper, context.step.comment or _reason(context))
            drafting.reissue(paper, context.case)


def _papers(context: Context) -> list[IssuedDocument]:
    value: Any = context.record
    for part in context.params["path"].split("."):
        value = getattr(value, part, None)
    found = value if isinstance(value, list) else [value]
    papers = [item for item in found if isinstance(item, IssuedDocument)]
    if not papers:
        raise Conflict("没有找到要作废或重出的函件，请在表单中选择")
    return papers


def _reason(context: Context) -> str:
    return f"{context.obj.title} {context.case.code or ''}".strip()
