"""Written reports: the figures of a model in a Word template, as words, tables and pictures."""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import jinja2
from docx.shared import Mm
from docxtpl import DocxTemplate, InlineImage
from lxml import etree

from app.core import clock
from app.core.access.actor import current_actor
from app.core.declare import registry
from app.core.declare.reports import Block, ReportModel, WrittenReport
from app.documents import template_filling
from app.reports import charts, parts
from app.reports.arguments import Asked
from app.reports.parts import NOTHING, clean
from app.reports.table import Room, Table, number, tables, text

ROOM = {"leading": 3, "table": 100, "bar": 15, "line": 24, "pie": 8}
COLUMNS = 10  # of a table that is divided twice, beside its total
PICTURE = 150  # millimetres


class _Parts:
    """Parts of Word's own that take the place of the paragraph which names them."""

    def __init__(self, parts: Sequence[Any]) -> None:
        self._parts = parts

    def __html__(self) -> str:
        return "".join(etree.tostring(part, encoding="unicode") for part in self._parts)


@dataclass(frozen=True)
class Made:
    """A report that was written: the file, and the figures that stand in it by their blocks."""

    docx: bytes
    tables: dict[str, Table]


def made(model: ReportModel, report: WrittenReport, limits: Asked, days: str, asked: str) -> Made:
    """Return a report over the facts that `limits` leaves, as the present person may see them.

    `days` names the days, `asked` all that was asked, for people. Raises WrongTemplate.
    """
    questions = [_question(model, block, limits) for block in report.blocks]
    found = tables(questions, [_room(block) for block in report.blocks])
    named = {block.name: table for block, table in zip(report.blocks, found, strict=True)}
    path = template_filling.template_path(report.template)
    if not path.is_file():
        raise template_filling.WrongTemplate(f"缺少模板文件 metadata/documents/{report.template}")
    document = DocxTemplate(str(path))
    document.init_docx()
    now = clock.local(clock.now())
    context: dict[str, Any] = {
        "title": report.title,
        "owner": registry.project().owner,
        "asked_by": current_actor().name,
        "asked_at": f"{template_filling.cn_date(now.date())} {now:%H:%M}",
        "days": days,
        "asked": asked,
        "basis": model.basis,
    }
    context = {name: clean(value) for name, value in context.items()}
    for block in report.blocks:
        context[block.name] = _filled(document, block, named[block.name])
    try:
        document.render(context, template_filling.environment(), autoescape=True)
    except jinja2.TemplateError as error:
        raise template_filling.WrongTemplate(f"模板 {report.template} 无法填写：{error}") from error
    target = io.BytesIO()
    document.save(target)
    return Made(target.getvalue(), named)


def _question(model: ReportModel, block: Block, limits: Asked) -> Asked:
    show = tuple(item for item in map(model.measure, block.show) if item is not None)
    sides = [*(model.dimension(name) for name in block.by), None, None]
    return Asked(
        model=model, rows=sides[0], columns=sides[1], show=show,
        since=limits.since, until=limits.until, only=limits.only,
    )  # fmt: skip


def _room(block: Block) -> Room:
    return Room(
        rows=block.most or ROOM.get(block.form, 1),
        columns=COLUMNS,
        largest=block.form in ("leading", "bar", "pie") or bool(block.most),
        unbroken=block.form == "line",
    )


def _filled(document: DocxTemplate, block: Block, table: Table) -> Any:
    """Return what stands in the place of a block."""
    first = table.asked.show[0]
    if block.form == "number":
        return text(first, table.whole[0])
    if block.form == "table":
        return _Parts(parts.table_of(table))
    groups = [(head, table.row_totals.get(head.key, table.empty)[0]) for head in table.rows]
    if block.form == "leading":
        said = [f"{head.title}（{text(first, value)}）" for head, value in groups if value]
        return clean("、".join(said)) or "无"
    points = [
        (clean(head.title), float(number(first, value) or 0), text(first, value))
        for head, value in groups
    ]
    if not any(value for _, value, _ in points):
        return NOTHING
    title = block.title or table.asked.named(first.title)
    picture = charts.drawn(block.form, title, points)
    return InlineImage(document, picture, width=Mm(PICTURE))
