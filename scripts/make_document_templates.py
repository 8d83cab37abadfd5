"""Write the .docx templates of the office's papers below metadata/documents/.

A template is an ordinary Word file: an office may open and change it. What the product needs in it:
Jinja expressions over the bound values, content controls tagged `number` and `sealed_on` that are
filled when the paper is sealed, and bookmarks `seal`, `sealend` and `sign` that say where the
seal and the signature go.
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from docx import Document
from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT, WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

TARGET = Path(__file__).resolve().parent.parent / "metadata" / "documents"
RED = RGBColor(0xD2, 0x13, 0x1B)
HEAD, BODY, BLACK, KAI = "方正小标宋简体", "仿宋_GB2312", "黑体", "楷体_GB2312"
CENTER, LEFT, RIGHT = (
    WD_ALIGN_PARAGRAPH.CENTER,
    WD_ALIGN_PARAGRAPH.LEFT,
    WD_ALIGN_PARAGRAPH.RIGHT,
)
WIDTH = 156  # millimetres between the margins


class Paper:
    """One template being written, from top to bottom."""

    def __init__(self, title: str) -> None:
        self.file = Document()
        self.bookmarks = 0
        self._page(title)

    def _page(self, title: str) -> None:
        section = self.file.sections[0]
        section.page_width, section.page_height = Mm(210), Mm(297)
        section.top_margin, section.bottom_margin = Mm(26), Mm(19)
        section.left_margin, section.right_margin = Mm(28), Mm(26)
        section.footer_distance = Mm(10)
        style = self.file.styles["Normal"]
        style.font.name, style.font.size = "Times New Roman", Pt(14)
        style.element.rPr.rFonts.set(qn("w:eastAsia"), BODY)
        style.paragraph_format.space_after = Pt(0)
        properties = self.file.core_properties
        properties.title, properties.author, properties.comments = title, "", ""
        fixed = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)
        properties.created = properties.modified = fixed
        self._page_number(section.footer.paragraphs[0])

    def _page_number(self, paragraph: Any) -> None:
        paragraph.alignment = CENTER
        for kind, text in (("begin", ""), ("", "PAGE"), ("end", "")):
            run = self.run(paragraph, "", size=10.5)
            if kind:
                mark = OxmlElement("w:fldChar")
                mark.set(qn("w:fldCharType"), kind)
            else:
                mark = OxmlElement("w:instrText")
                mark.text = text
            run._r.append(mark)

    def line(
        self,
        text: str = "",
        *,
        size: float = 14,
        font: str = BODY,
        align: Any = LEFT,
        spacing: float = 25,
        indent: int = 0,
        before: float = 0,
        after: float = 0,
        color: RGBColor | None = None,
        bold: bool = False,
        keep: bool = False,
    ) -> Any:
        """Add a paragraph."""
        paragraph = self.file.add_paragraph()
        self.shape(paragraph, align=align, spacing=spacing, before=before, after=after)
        if indent:
            paragraph.paragraph_format.first_line_indent = Pt(size * indent)
        paragraph.paragraph_format.keep_with_next = keep
        if text:
            self.run(paragraph, text, size=size, font=font, color=color, bold=bold)
        return paragraph

    @staticmethod
    def shape(
        paragraph: Any,
        *,
        align: Any = LEFT,
        spacing: float = 25,
        before: float = 0,
        after: float = 0,
    ) -> None:
        """Set how a paragraph stands."""
        form = paragraph.paragraph_format
        form.alignment = align
        form.line_spacing_rule = WD_LINE_SPACING.EXACTLY
        form.line_spacing = Pt(spacing)
        form.space_before, form.space_after = Pt(before), Pt(after)

    @staticmethod
    def run(
        paragraph: Any,
        text: str,
        *,
        size: float = 14,
        font: str = BODY,
        color: RGBColor | None = None,
        bold: bool = False,
    ) -> Any:
        """Add text to a paragraph, with the typeface of Chinese signs named."""
        run = paragraph.add_run(text)
        run.font.size, run.font.bold = Pt(size), bold
        run.font.name = "Times New Roman"
        run._r.get_or_add_rPr().rFonts.set(qn("w:eastAsia"), font)
        if color is not None:
            run.font.color.rgb = color
        return run

    def control(self, paragraph: Any, tag: str, title: str, text: str, **look: Any) -> None:
        """Add a content control that is filled when the paper is sealed."""
        run = self.run(paragraph, text, **look)
        control, properties, content = (
            OxmlElement(f"w:{name}") for name in ("sdt", "sdtPr", "sdtContent")
        )
        for name, value in (("alias", title), ("tag", tag)):
            part = OxmlElement(f"w:{name}")
            part.set(qn("w:val"), value)
            properties.append(part)
        properties.append(OxmlElement("w:text"))
        run._r.addprevious(control)
        content.append(run._r)
        control.extend((properties, content))

    def bookmark(self, paragraph: Any, name: str, *, at_end: bool = False) -> None:
        """Mark a place of a paragraph."""
        self.bookmarks += 1
        start, end = OxmlElement("w:bookmarkStart"), OxmlElement("w:bookmarkEnd")
        for part in (start, end):
            part.set(qn("w:id"), str(self.bookmarks))
        start.set(qn("w:name"), name)
        if at_end:
            paragraph._p.extend((start, end))
        else:
            first = paragraph._p.find(qn("w:pPr"))
            first.addnext(start)
            start.addnext(end)

    def red_head(self, *, size: float = 25) -> None:
        """Add the red head: whose paper this is, its number, the red line."""
        self.line("{{ owner }}", size=size, font=HEAD, color=RED, align=CENTER, spacing=38, after=6)
        number = self.line(align=CENTER, spacing=24)
        self.control(number, "number", "文号（签章时填写）", "（签章时编号）", size=15)
        border = OxmlElement("w:pBdr")
        bottom = OxmlElement("w:bottom")
        for name, value in (("val", "single"), ("sz", "20"), ("space", "6"), ("color", "D2131B")):
            bottom.set(qn(f"w:{name}"), value)
        border.append(bottom)
        number._p.get_or_add_pPr().insert_element_before(
            border, "w:shd", "w:tabs", "w:spacing", "w:ind", "w:jc", "w:rPr"
        )

    def heading(self, text: str) -> None:
        """Add the title of the paper."""
        self.line(text, size=22, font=HEAD, align=CENTER, spacing=32, before=12, after=6)

    def paragraphs(self, name: str, *, indent: int = 2) -> None:
        """Add a bound text that may have several paragraphs."""
        self.line(f"{{%p for paragraph in {name}|paragraphs %}}")
        self.line("{{ paragraph }}", indent=indent)
        self.line("{%p endfor %}")

    def table(self, widths: Sequence[float]) -> Any:
        """Add a table with thin black lines and fixed widths in millimetres."""
        table = self.file.add_table(rows=0, cols=len(widths))
        table.style = "Table Grid"
        table.alignment = WD_TABLE_ALIGNMENT.CENTER
        table.autofit = False
        for column, width in zip(table.columns, widths, strict=True):
            column.width = Mm(width)
        return table

    def row(
        self,
        table: Any,
        texts: Sequence[str],
        widths: Sequence[float],
        *,
        head: bool = False,
        labels: Sequence[int] = (),
        aligns: Sequence[Any] = (),
        height: float = 7.2,
    ) -> Any:
        """Add a row; `labels` are the columns that name what stands beside them."""
        row = table.add_row()
        row.height = Mm(height)
        properties = row._tr.get_or_add_trPr()
        properties.append(OxmlElement("w:cantSplit"))
        if head:
            properties.append(OxmlElement("w:tblHeader"))
        for place, (cell, text, width) in enumerate(zip(row.cells, texts, widths, strict=True)):
            cell.width = Mm(width)
            cell.vertical_alignment = WD_CELL_VERTICAL_ALIGNMENT.CENTER
            paragraph = cell.paragraphs[0]
            align = aligns[place] if aligns else (CENTER if head or place in labels else LEFT)
            self.shape(paragraph, align=align, spacing=15)
            font = BLACK if head or place in labels else BODY
            self.run(paragraph, text, size=10.5, font=font)
        return row

    def signing(self, *, signature: bool = False) -> None:
        """Add the foot: QR code and what it is for on the left, owner and date on the right."""
        table = self.file.add_table(rows=1, cols=2)
        table.autofit = False
        for column, width in zip(table.columns, (40, WIDTH - 40), strict=True):
            column.width = Mm(width)
        left, right = table.rows[0].cells
        table.rows[0]._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
        left.width, right.width = Mm(40), Mm(WIDTH - 40)
        left.vertical_alignment = WD_CELL_VERTICAL_ALIGNMENT.BOTTOM
        right.vertical_alignment = WD_CELL_VERTICAL_ALIGNMENT.BOTTOM
        self.shape(left.paragraphs[0], align=CENTER)
        self.run(left.paragraphs[0], "{{ qr }}")
        left.paragraphs[0].paragraph_format.line_spacing_rule = WD_LINE_SPACING.SINGLE
        caption = left.add_paragraph()
        self.shape(caption, align=CENTER, spacing=14, after=8)
        self.run(caption, "扫码查验真伪", size=9)
        self._signers(right, signature)

    def _signers(self, cell: Any, signature: bool) -> None:
        first = cell.paragraphs[0]
        self.shape(first, align=CENTER, spacing=30, before=14)
        if signature:
            self.run(first, "签发人：")
            self.bookmark(first, "sign", at_end=True)
            self.run(first, "　　　　　　")
            owner = cell.add_paragraph()
        else:
            owner = first
        self.shape(owner, align=CENTER, spacing=26, before=14 if signature else 34)
        self.run(owner, "{{ owner }}")
        self.bookmark(owner, "seal")
        self.bookmark(owner, "sealend", at_end=True)
        day = cell.add_paragraph()
        self.shape(day, align=CENTER, spacing=26, after=24)
        self.control(day, "sealed_on", "日期（签章时填写）", "（签章日期）", size=14)

    def people(self, columns: Sequence[tuple[str, str, float]], blank: int) -> None:
        """Add the table of people; what stays empty is said to be so."""
        widths = [width for _, _, width in columns]
        table = self.table(widths)
        self.row(table, [title for title, _, _ in columns], widths, head=True)
        count = len(columns)
        self.row(table, ["{%tr for person in members %}", *[""] * (count - 1)], widths)
        aligns = [CENTER if width < 40 else LEFT for width in widths]
        self.row(table, [text for _, text, _ in columns], widths, aligns=aligns)
        self.row(table, ["{%tr endfor %}", *[""] * (count - 1)], widths)
        text = "{% if members|length == " + str(blank) + " %}此行空白{% else %}以下空白{% endif %}"
        row = self.row(table, [text, *[""] * (count - 1)], widths)
        merged = row.cells[0].merge(row.cells[-1])
        for extra in merged.paragraphs[1:]:
            extra._p.getparent().remove(extra._p)
        merged.paragraphs[0].alignment = CENTER
        merged.paragraphs[0].paragraph_format.keep_with_next = True  # no signature on a page alone

    def save(self, name: str) -> Path:
        """Write the file."""
        path = TARGET / name
        TARGET.mkdir(parents=True, exist_ok=True)
        self.file.save(str(path))
        return path


def approval() -> Path:
    """Write 任务批件: who may go where, for what and how long."""
    paper = Paper("任务批件")
    paper.red_head()
    paper.heading("因公出国（境）任务批件")
    paper.line("{{ addressee }}：", keep=True)
    paper.paragraphs("body")
    paper.line(spacing=8)
    _facts(
        paper,
        [
            ("团组名称", "{{ name }}", "出访人数", "{{ headcount }} 人"),
            ("出访国家", "{{ countries }}", "在外停留", "{{ days }} 天"),
            (
                "拟出访日期",
                "{{ depart_on|cn_date }}至{{ return_on|cn_date }}",
                "经费来源",
                '{{ fund_source|title("fund_source") }}',
            ),
            ("出访路线", "{{ route }}", "申报编号", "{{ application_no }}"),
        ],
    )
    paper.line("{%p if stops %}")
    paper.line(spacing=8)
    widths = [34, 34, 22, 66]
    table = paper.table(widths)
    paper.row(table, ["国家（地区）", "城市", "停留天数", "邀请单位"], widths, head=True)
    paper.row(table, ["{%tr for stop in stops %}", "", "", ""], widths)
    cells = [
        "{{ stop.country }}",
        "{{ stop.city or '—' }}",
        "{{ stop.days }}",
        "{{ stop.inviter or '—' }}",
    ]
    paper.row(table, cells, widths, aligns=[CENTER, CENTER, CENTER, LEFT])
    paper.row(table, ["{%tr endfor %}", "", "", ""], widths)
    paper.line("{%p endif %}")
    paper.line(spacing=8)
    paper.people(
        [
            ("序号", "{{ loop.index }}", 12),
            ("姓名", "{{ person.name }}", 22),
            ("性别", '{{ person.sex|title("sex") }}', 12),
            ("年龄", "{{ person.age }}", 12),
            ("单位", "{{ person.unit }}", 56),
            ("职务", "{{ person.post or '—' }}", 42),
        ],
        blank=6,
    )
    note = paper.line(before=4, spacing=16, keep=True)
    paper.run(note, "注：停留时间包含抵离我国国境当日。{{ validity }}{{ note }}", size=11, font=KAI)
    paper.signing()
    return paper.save("approval.docx")


def confirmation() -> Path:
    """Write 任务确认件: to the organiser of another authority's group, that our people take part."""
    paper = Paper("任务确认件")
    paper.red_head()
    paper.heading("因公出国（境）任务确认件")
    paper.line("{{ addressee }}：", keep=True)
    paper.paragraphs("body")
    paper.line(spacing=8)
    _facts(
        paper,
        [
            ("团组名称", "{{ name }}", "参团人数", "{{ headcount }} 人"),
            ("出访国家", "{{ countries }}", "在外停留", "{{ days }} 天"),
            (
                "出访日期",
                "{{ depart_on|cn_date }}至{{ return_on|cn_date }}",
                "申报编号",
                "{{ application_no }}",
            ),
        ],
    )
    paper.line(spacing=8)
    paper.people(
        [
            ("姓名", "{{ person.name }}", 21),
            ("性别", '{{ person.sex|title("sex") }}', 12),
            ("出生日期", "{{ person.birth|cn_date }}", 37),
            ("单位", "{{ person.unit }}", 48),
            ("职务", "{{ person.post or '—' }}", 38),
        ],
        blank=6,
    )
    paper.line("特此确认。", indent=2, before=8, keep=True)
    paper.signing(signature=True)
    return paper.save("confirmation.docx")


def prescreen() -> Path:
    """Write 预审件: the materials are in order, what may begin while the approval goes on."""
    paper = Paper("预审件")
    paper.red_head()
    paper.heading("因公出国（境）任务预审件")
    paper.line("{{ unit }}：", keep=True)
    paper.paragraphs("body")
    paper.line(spacing=8)
    _facts(
        paper,
        [
            ("团组名称", "{{ name }}", "出访人数", "{{ headcount }} 人"),
            ("出访国家", "{{ countries }}", "申报编号", "{{ application_no }}"),
            (
                "拟出访日期",
                "{{ depart_on|cn_date }}至{{ return_on|cn_date }}",
                "团长",
                "{{ leader }}",
            ),
        ],
    )
    paper.line(spacing=8)
    paper.people(
        [
            ("序号", "{{ loop.index }}", 16),
            ("姓名", "{{ person.name }}", 32),
            ("性别", '{{ person.sex|title("sex") }}', 20),
            ("职务", "{{ person.post or '—' }}", 56),
            ("职级", '{{ person.rank|title("rank") }}', 32),
        ],
        blank=6,
    )
    note = paper.line(before=4, spacing=16, keep=True)
    paper.run(note, "注：本件不是出国任务批件，不得据此出境。", size=11, font=KAI)
    paper.signing()
    return paper.save("prescreen.docx")


def _facts(paper: Paper, rows: Sequence[tuple[str, str, str, str]]) -> None:
    widths = [23, 69, 20, 44]
    table = paper.table(widths)
    for texts in rows:
        paper.row(table, texts, widths, labels=(0, 2))


if __name__ == "__main__":
    for made in (approval(), confirmation(), prescreen()):
        print(made.name)
