"""Parts of a Word file that are put together here: tables of figures, paragraphs."""

import re
from typing import Any

from docx import Document as Word
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

from app.reports import grid
from app.reports.table import Table, text

NOTHING = "（没有符合条件的记录）"
WIDTH = 156  # millimetres between the margins of a page
FIRST = 2.2  # times the width of another column, for the names
HEADING, BODY, NOTE = "黑体", "仿宋_GB2312", "楷体_GB2312"
_FORBIDDEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")  # XML has no such signs


def clean(value: str) -> str:
    """Return a text without the signs that no Word file can hold."""
    return _FORBIDDEN.sub("", value)


def table_of(table: Table, width: float = WIDTH) -> list[Any]:
    """Return the parts of Word's own that a table of that many millimetres consists of, its notes below it."""
    if not table.rows:
        file = Word()
        return [write(file.add_paragraph(), NOTHING, 12)._p]
    names = 1 if table.asked.inner is None else 2
    lines = [grid.heads(table), *grid.lines(table, text)]
    file = Word()
    made = file.add_table(rows=len(lines), cols=len(lines[0]))
    made.alignment = WD_TABLE_ALIGNMENT.CENTER
    made.autofit = False
    values = len(lines[0]) - names
    wide = width * FIRST / (FIRST * names + values)
    rest = (width - wide * names) / values
    for place, column in enumerate(made.columns):
        column.width = Mm(wide if place < names else rest)
    _borders(made)
    for place, (row, texts) in enumerate(zip(made.rows, lines, strict=True)):
        ends = place in (0, len(lines) - 1)
        for column, (cell, words) in enumerate(zip(row.cells, texts, strict=True)):
            cell.width = Mm(wide if column < names else rest)
            paragraph = write(cell.paragraphs[0], words, 10.5, HEADING if ends else BODY)
            if column >= names:
                paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
        about = row._tr.get_or_add_trPr()
        about.append(OxmlElement("w:cantSplit"))
        if place == 0:
            about.append(OxmlElement("w:tblHeader"))  # again on each page
    said = grid.notes(table)
    below = write(file.add_paragraph(), "注：" + "".join(said) if said else "", 9, NOTE)
    return [made._tbl, below._p]


def write(paragraph: Any, words: str, size: float, font: str = BODY) -> Any:
    """Write words into a paragraph in a typeface and a size in points, and return it."""
    run = paragraph.add_run(clean(words))
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
