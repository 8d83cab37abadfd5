"""A table that somebody put together, as a Word file of its own: what was asked, picture, table."""

import io
from collections.abc import Sequence
from dataclasses import dataclass

from docx import Document as Word
from docx.enum.section import WD_ORIENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Mm

from app.core.declare.reports import Measure
from app.reports import charts, parts
from app.reports.table import Room, Table, number, text

SHORT, LONG, MARGIN = 210, 297, 22  # millimetres of a page
UPRIGHT = 6  # so many columns of values stand upright, more lie
MOST_COLUMNS = 14  # of values that a page has room for
MOST_ROWS = 200
GROUPS = {"bar": 15, "line": 24, "pie": 8}  # that a picture has room for
SERIES = 10
PICTURE = 150  # millimetres


@dataclass(frozen=True)
class Told:
    """What stands above the figures: heading, what was asked, and who asked when of what basis."""

    heading: str
    asked: str
    origin: str


def room(measures: int, divided: bool) -> Room:
    """Return how much of a table a page shows."""
    columns = max(MOST_COLUMNS // max(measures, 1) - 1, 1) if divided else 0
    return Room(rows=MOST_ROWS, columns=columns, cells=MOST_ROWS * MOST_COLUMNS)


def picture(
    table: Table, form: str, measure: Measure, title: str, stacked: bool
) -> io.BytesIO | None:
    """Return the picture of a measure of a table, None where there is nothing to draw.

    `stacked`: the columns are parts of a row.
    """
    place = table.asked.show.index(measure)
    latest = table.asked.rows is not None and bool(table.asked.rows.period)
    known = [row for row in table.rows if row.key is not None] if latest else table.rows
    rows = known[-GROUPS[form] :] if latest else known[: GROUPS[form]]

    def drawn(values: Sequence[object]) -> float:
        return float(number(measure, values[place]) or 0)

    if table.asked.columns is not None:
        names = [parts.clean(row.title) for row in rows]
        series = [
            (parts.clean(side.title), [drawn(table.cell(row.key, side.key)) for row in rows])
            for side in table.columns[:SERIES]
        ]
        if not any(value for _, values in series for value in values):
            return None
        look = "line" if form == "line" else "stack" if stacked else "bar"
        return charts.divided(look, title, names, series)
    groups = [(row.title, table.row_totals.get(row.key, table.empty)) for row in rows]
    points = [
        (parts.clean(name), drawn(values), text(measure, values[place])) for name, values in groups
    ]
    return charts.drawn(form, title, points) if any(value for _, value, _ in points) else None


def document(table: Table, told: Told, png: bytes | None) -> bytes:
    """Return the Word file."""
    file = Word()
    wide = (len(table.columns) + 1 if table.asked.columns else 1) * len(table.asked.show) > UPRIGHT
    section = file.sections[0]
    across, high = (LONG, SHORT) if wide else (SHORT, LONG)
    section.orientation = WD_ORIENT.LANDSCAPE if wide else WD_ORIENT.PORTRAIT
    section.page_width, section.page_height = Mm(across), Mm(high)
    section.left_margin = section.right_margin = Mm(MARGIN)
    section.top_margin = section.bottom_margin = Mm(MARGIN)
    heading = parts.write(file.add_paragraph(), told.heading, 18, parts.HEADING)
    heading.alignment = WD_ALIGN_PARAGRAPH.CENTER
    parts.write(file.add_paragraph(), told.asked, 12)
    if png is not None:
        place = file.add_paragraph()
        place.alignment = WD_ALIGN_PARAGRAPH.CENTER
        place.add_run().add_picture(io.BytesIO(png), width=Mm(PICTURE))
    end = file.element.body.find(qn("w:sectPr"))
    for part in parts.table_of(table, across - 2 * MARGIN):
        end.addprevious(part)
    last = parts.write(file.add_paragraph(), told.origin, 9, parts.NOTE)
    last.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    target = io.BytesIO()
    file.save(target)
    return target.getvalue()
