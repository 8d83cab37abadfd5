"""Word files: the names of their places and their text."""

import json
from pathlib import Path
from typing import Any

from app.core.files import archives
from app.core.files.archives import Unfit

NO_WORD = "文件不是可用的 Word 文档，请用 .docx 格式保存"


def parts(source: Path, target: Path) -> dict[str, Any]:
    """Return the tags of content controls, the names of bookmarks, and the text line by line."""
    from docx import Document
    from docx.oxml.ns import qn

    limits = archives.WORD
    with archives.opened(source, limits) as archive:
        archives.scan(archive, limits)
    try:
        with source.open("rb") as file:
            document = Document(file)
        roots = [document.element.body]
        for section in document.sections:
            roots += [section.header._element, section.footer._element]
        tags = [
            str(tag.get(qn("w:val")))
            for root in roots
            for control in root.iter(qn("w:sdt"))
            if (tag := control.find(f"{qn('w:sdtPr')}/{qn('w:tag')}")) is not None
        ]
        marks = [one.get(qn("w:name")) for one in document.element.iter(qn("w:bookmarkStart"))]
        lines = []
        for paragraph in document.element.body.iter(qn("w:p")):
            text = "".join(part.text or "" for part in paragraph.iter(qn("w:t"))).strip()
            if text:
                lines.append(text)
    except MemoryError:
        raise
    except Exception as error:
        raise Unfit("broken", NO_WORD) from error
    (target / "lines.json").write_text(json.dumps(lines), "ascii")
    return {"tags": tags, "marks": [mark for mark in marks if mark]}
