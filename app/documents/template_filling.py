"""Fills .docx templates: bound values, QR code, and what is only known at sealing."""

import io
import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import jinja2
import segno
from docx import Document as Word
from docx.oxml.ns import qn
from docx.shared import Mm
from docxtpl import DocxTemplate, InlineImage

from app.core import settings
from app.core.errors import Fault, Rejected
from app.core.files import reader_process
from app.core.reference import dictionaries
from app.core.types import Money

TEMPLATES = settings.ROOT / "metadata" / "documents"
QR_SIDE = 24  # millimetres
NUMBER, DAY = "number", "sealed_on"  # tags of the content controls that are filled at sealing
SEAL, SEAL_END, SIGN = (
    "seal",
    "sealend",
    "sign",
)  # bookmarks; letters only, LibreOffice escapes others


class _Place:
    """A name in a template for what is only known at sealing; it becomes a part of Word's own there."""

    def __init__(self, part: str) -> None:
        self._part = part

    def __html__(self) -> str:
        return f'</w:t></w:r>{self._part}<w:r><w:t xml:space="preserve">'


def _control_named(tag: str, shown: str) -> _Place:
    about = f'<w:sdtPr><w:alias w:val="{shown}"/><w:tag w:val="{tag}"/><w:text/></w:sdtPr>'
    text = f"<w:sdtContent><w:r><w:t>（{shown}）</w:t></w:r></w:sdtContent>"
    return _Place(f"<w:sdt>{about}{text}</w:sdt>")


def _bookmark_named(name: str, number: int) -> _Place:
    start = f'<w:bookmarkStart w:id="{number}" w:name="{name}"/>'
    return _Place(f'{start}<w:bookmarkEnd w:id="{number}"/>')


# What a template may write instead of making content controls and bookmarks in Word.
PLACES = {
    NUMBER: _control_named(NUMBER, "签章时编号"),
    DAY: _control_named(DAY, "签章日期"),
    SEAL: _bookmark_named(SEAL, 9001),
    SIGN: _bookmark_named(SIGN, 9002),
}


class WrongTemplate(Exception):
    """A template cannot be filled; the message is Chinese and names the place."""


def filled(template: str, values: dict[str, Any], *, owner: str, address: str) -> bytes:
    """Return the .docx of a template filled with values, with the QR code of `address`."""
    path = TEMPLATES / template
    if not path.is_file():
        raise WrongTemplate(f"缺少模板文件 metadata/documents/{template}")
    document = DocxTemplate(str(path))
    document.init_docx()
    picture = InlineImage(document, _qr(address), width=Mm(QR_SIDE))
    context = {**PLACES, **values, "owner": owner, "qr": picture}
    try:
        document.render(context, environment(), autoescape=True)
    except jinja2.TemplateError as error:
        raise WrongTemplate(f"模板 {template} 无法填写：{error}") from error
    target = io.BytesIO()
    document.save(target)
    return target.getvalue()


def completed(docx: bytes, *, number: str, day: date) -> bytes:
    """Return a .docx with number and date in their places."""
    document = Word(io.BytesIO(docx))
    for control in _controls(document):
        tag = _tag(control)
        if tag in (NUMBER, DAY):
            _write(control, number if tag == NUMBER else cn_date(day))
    target = io.BytesIO()
    document.save(target)
    return target.getvalue()


def check_upload(place: Path, *, sealed: bool) -> None:
    """Refuse an edited .docx that cannot be read, or has lost the places which are filled at sealing.

    Call it before a unit of work: the file is read by a process of its own.
    """
    said, _ = _read(place)
    tags, marks = set(said["tags"]), set(said["marks"])
    missing = [
        title
        for title, there in (
            ("文号位置", NUMBER in tags),
            ("落款日期位置", DAY in tags),
            ("印章位置", not sealed or SEAL in marks),
        )
        if not there
    ]
    if missing:
        raise Rejected(
            [
                Fault(
                    "docx",
                    f"文档缺少{'、'.join(missing)}：请在下载的文档上修改，不要删除灰色填写框",
                )
            ]
        )


def text_lines(docx: bytes) -> list[str]:
    """Return the text of a .docx of our own making, paragraph by paragraph and cell by cell."""
    lines = []
    for paragraph in Word(io.BytesIO(docx)).element.body.iter(qn("w:p")):
        text = "".join(part.text or "" for part in paragraph.iter(qn("w:t")))
        if text.strip():
            lines.append(text.strip())
    return lines


def uploaded_lines(place: Path) -> list[str]:
    """Return the text of a .docx that somebody made elsewhere; call it as `check_upload`."""
    return _read(place)[1]


def _read(place: Path) -> tuple[dict[str, Any], list[str]]:
    with reader_process.folder() as target:
        try:
            said = reader_process.run("word", place, target, bounds=reader_process.AT_HAND)
        except reader_process.Unreadable as error:
            raise Rejected([Fault("docx", error.message)]) from error
        return said, json.loads((target / "lines.json").read_bytes())


def cn_date(value: Any) -> str:
    """Return a date as papers write it: 2026年12月6日."""
    if not value:
        return ""
    day = date.fromisoformat(value[:10]) if isinstance(value, str) else value
    return f"{day.year}年{day.month}月{day.day}日"


def paragraphs(value: Any) -> list[str]:
    """Return the paragraphs of a text."""
    return [line.strip() for line in str(value or "").splitlines() if line.strip()]


def _title(value: Any, dictionary: str) -> str:
    return dictionaries.title(dictionary, value)


def _money(value: Any) -> str:
    return Money().show(value)


def _finalize(value: Any) -> Any:
    return "" if value is None else value


def environment() -> jinja2.Environment:
    """Return where templates are filled: what they name must be bound, and values are escaped."""
    made = jinja2.Environment(autoescape=True, undefined=jinja2.StrictUndefined, finalize=_finalize)
    made.filters.update(cn_date=cn_date, paragraphs=paragraphs, title=_title, money=_money)
    return made


def _qr(address: str) -> io.BytesIO:
    picture = io.BytesIO()
    segno.make(address, error="m", micro=False).save(picture, kind="png", scale=8, border=1)
    picture.seek(0)
    return picture


def _controls(document: Any) -> Iterator[Any]:
    yield from document.element.body.iter(qn("w:sdt"))
    for section in document.sections:
        for part in (section.header, section.footer):
            yield from part._element.iter(qn("w:sdt"))


def _tag(control: Any) -> str:
    tag = control.find(f"{qn('w:sdtPr')}/{qn('w:tag')}")
    return "" if tag is None else str(tag.get(qn("w:val")))


def _write(control: Any, text: str) -> None:
    """Put a text into a content control, in the look of its first run."""
    texts = list(control.iter(qn("w:t")))
    for number, part in enumerate(texts):
        part.text = text if number == 0 else ""
    for placeholder in list(control.iter(qn("w:showingPlcHdr"))):
        placeholder.getparent().remove(placeholder)


def template_path(template: str) -> Path:
    """Return where a template lies."""
    return TEMPLATES / template
