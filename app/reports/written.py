"""Written reports: the figures of a model in a Word template, as words, tables and pictures."""

import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import jinja2
from docx import Document as Word
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt
from docxtpl import DocxTemplate, InlineImage
from lxml import etree

from app.core import clock, registry
from app.core.actor import current_actor
from app.core.reports import Block, ReportModel, WrittenReport
from app.documents import filling
from app.reports import charts
from app.reports.asking import Asked
from app.reports.table import Head, Room, Table, number, tables, text

ROOM = {"leading": 3, "table": 100, "bar": 15, "line": 24, "pie": 8}
COLUMNS = 10  # of a table that is divided twice, beside its total
NOTHING = "（没有符合条件的记录）"
PICTURE, WIDTH = 150, 156  # millimetres
FIRST = 2.2  # times the width of another column, for the names
HEADING, BODY = "黑体", "仿宋_GB2312"
_FORBIDDEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")  # XML has no such signs


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
    path = filling.template_path(report.template)
    if not path.is_file():
        raise filling.WrongTemplate(f"缺少模板文件 metadata/documents/{report.template}")
    document = DocxTemplate(str(path))
    document.init_docx()
    now = clock.local(clock.now())
    context: dict[str, Any] = {
        "title": report.title,
        "owner": registry.project().owner,
        "asked_by": current_actor().name,
        "asked_at": f"{filling.cn_date(now.date())} {now:%H:%M}",
        "days": days,
        "asked": asked,
        "basis": model.basis,
    }
    context = {name: clean(value) for name, value in context.items()}
    for block in report.blocks:
        context[block.name] = _filled(document, block, named[block.name])
    try:
        document.render(context, filling.environment(), autoescape=True)
    except jinja2.TemplateError as error:
        raise filling.WrongTemplate(f"模板 {report.template} 无法填写：{error}") from error
    target = io.BytesIO()
    document.save(target)
    return Made(target.getvalue(), named)


def clean(value: str) -> str:
    """Return a text without the signs that no Word file can hold."""
    return _FORBIDDEN.sub("", value)


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
        return _Parts(_table_parts(table))
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
    title = block.title or f"{first.title}（按{_by(table)}）"
    picture = charts.drawn(block.form, title, points)
    return InlineImage(document, picture, width=Mm(PICTURE))


def _by(table: Table) -> str:
    return table.asked.rows.title if table.asked.rows else ""


def _lines(table: Table) -> list[list[str]]:
    """Return a table as texts: heads, a line for each group, the total last."""
    show, sides = table.asked.show, table.columns

    def line(title: str, groups: Sequence[tuple[Any, ...]]) -> list[str]:
        cells = [text(m, v) for group in groups for m, v in zip(show, group, strict=True)]
        return [clean(title), *cells]

    def row(head: Head) -> list[str]:
        cells = [table.cell(head.key, side.key) for side in sides]
        return line(head.title, [*cells, table.row_totals[head.key]])

    divided = table.asked.columns is not None
    heads = [*(clean(side.title) for side in sides), "合计"] if divided else [m.title for m in show]
    below = [table.column_totals[side.key] for side in sides]
    return [
        [_by(table), *heads],
        *(row(head) for head in table.rows),
        line("合计", [*below, table.whole]),
    ]


def _notes(table: Table) -> str:
    sides = (table.asked.rows, table.asked.columns)
    found = []
    if any(side is not None and side.many for side in sides):
        found.append("一件可能列入几行或几列，各计一次，合计只计一次，所以各项之和可能大于合计。")
    if table.rows_cut:
        found.append(f"另有 {table.rows_cut} 行没有列出，合计包括它们。")
    if table.columns_cut:
        found.append(f"另有 {table.columns_cut} 列没有列出，合计包括它们。")
    return "注：" + "".join(found) if found else ""


def _table_parts(table: Table) -> list[Any]:
    """Return the parts of Word's own that a table consists of, its notes below it."""
    if not table.rows:
        file = Word()
        return [_paragraph(file.add_paragraph(), NOTHING, 12)._p]
    lines = _lines(table)
    file = Word()
    made = file.add_table(rows=len(lines), cols=len(lines[0]))
    made.alignment = WD_TABLE_ALIGNMENT.CENTER
    made.autofit = False
    wide = WIDTH * FIRST / (FIRST + len(lines[0]) - 1)
    rest = (WIDTH - wide) / (len(lines[0]) - 1)
    for place, column in enumerate(made.columns):
        column.width = Mm(rest if place else wide)
    _borders(made)
    for place, (row, texts) in enumerate(zip(made.rows, lines, strict=True)):
        ends = place in (0, len(lines) - 1)
        for column, (cell, words) in enumerate(zip(row.cells, texts, strict=True)):
            cell.width = Mm(rest if column else wide)
            paragraph = _paragraph(cell.paragraphs[0], words, 10.5, HEADING if ends else BODY)
            if column:
                paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
        about = row._tr.get_or_add_trPr()
        about.append(OxmlElement("w:cantSplit"))
        if place == 0:
            about.append(OxmlElement("w:tblHeader"))  # again on each page
    below = _paragraph(file.add_paragraph(), _notes(table), 9, "楷体_GB2312")
    return [made._tbl, below._p]


def _paragraph(paragraph: Any, words: str, size: float, font: str = BODY) -> Any:
    run = paragraph.add_run(words)
    run.font.size, run.font.name = Pt(size), "Times New Roman"
    run._r.get_or_add_rPr().rFonts.set(qn("w:eastAsia"), font)
    form = paragraph.paragraph_format
    form.space_before, form.space_after = Pt(2), Pt(2)
    return paragraph


def _borders(table: Any) -> None:
    """Draw all lines of a table; a style would have to be in the template."""
    about = table._tbl.tblPr
    for style in about.findall(qn("w:tblStyle")):
        about.remove(style)
    borders = OxmlElement("w:tblBorders")
    for side in ("top", "left", "bottom", "right", "insideH", "insideV"):
        line = OxmlElement(f"w:{side}")
        for name, value in (("val", "single"), ("sz", "4"), ("space", "0"), ("color", "8A94A6")):
            line.set(qn(f"w:{name}"), value)
        borders.append(line)
    layout = about.find(qn("w:tblLayout"))
    place = len(about) if layout is None else list(about).index(layout)
    about.insert(place, borders)
