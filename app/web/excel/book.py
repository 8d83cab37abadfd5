"""Workbooks that somebody sends: opened with care, read row by row, in memory that does not grow."""

import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from openpyxl import load_workbook
from openpyxl.utils import get_column_letter

from app.core.errors import Fault, Rejected

LARGEST_FILE = 20 * 1024 * 1024
LARGEST_UNPACKED = 300 * 1024 * 1024
LARGEST_TEXTS = 80 * 1024 * 1024  # the table of texts is held in memory
SMALL = 700 * 1024  # unpacked: some hundred rows, which are read while a page waits
MOST_PARTS = 2000
WIDEST = 200  # columns that are looked at
_BLOCK = 1024 * 1024
_MERGED = re.compile(rb'<(?:\w+:)?mergeCell\s[^>]*?ref="([A-Z]{1,3}\d{1,7}:[A-Z]{1,3}\d{1,7})"')
_HIDDEN_ROW = re.compile(rb'<(?:\w+:)?row\s[^>]*?hidden="(?:1|true)"')
_HIDDEN_COLUMN = re.compile(rb'<(?:\w+:)?col\s[^>]*?hidden="(?:1|true)"')
_ROW = re.compile(rb"<(?:\w+:)?row[\s>]")

OLD = (
    "这是旧版 .xls 文件或加了打开密码的文件，请用 Excel 或 WPS 打开，另存为不加密的 .xlsx 后再上传"
)
MACROS = "文件含有宏，不能导入。请另存为不含宏的 .xlsx 后再上传"
OTHER = "这不是 Excel 工作簿（.xlsx）。请下载模板填写，保存为 .xlsx 后上传"
BROKEN = "文件已损坏或不是标准的 .xlsx，请用 Excel 或 WPS 打开后另存为 .xlsx 再上传"
HUGE = "文件展开后太大，不能导入。请删去图片、格式和空白行列，或分成几个文件"


@dataclass(frozen=True)
class Cell:
    """One cell with something in it."""

    value: Any
    kind: str  # n number, s text, d date, b boolean, f formula, e error
    column: int

    @property
    def letter(self) -> str:
        """The column's letters."""
        return get_column_letter(self.column)


@dataclass(frozen=True)
class Shape:
    """What one look at a sheet's source tells."""

    rows: int
    merged: tuple[str, ...]
    hidden_rows: int
    hidden_columns: int


class Book:
    """A workbook that is open for reading."""

    def __init__(self, path: Path) -> None:
        """Open it; Rejected with a clear message where it is not what we read."""
        _inspect(path)
        self._file = path.open("rb")  # a path would be judged by its ending
        try:
            self._book: Any = load_workbook(self._file, read_only=True, keep_links=False)
        except Exception as error:
            self._file.close()
            raise refused(BROKEN) from error
        self.epoch = self._book.epoch
        self.titles: list[str] = [
            sheet.title for sheet in self._book.worksheets if hasattr(sheet, "_worksheet_path")
        ]

    def close(self) -> None:
        """Let the file go."""
        self._book.close()
        self._file.close()

    def __enter__(self) -> "Book":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def small(self) -> bool:
        """Whether reading it takes no longer than a page may."""
        parts = self._book._archive.infolist()
        return sum(part.file_size for part in parts if part.filename.endswith(".xml")) < SMALL

    def is_hidden(self, title: str) -> bool:
        """Tell whether the sheet cannot be seen."""
        return bool(self._book[title].sheet_state != "visible")

    def shape(self, title: str) -> Shape:
        """Look through the source of a sheet for what reading by rows does not tell."""
        merged: list[str] = []
        rows = hidden_rows = hidden_columns = 0
        try:
            for text in self._tags(title):
                rows += len(_ROW.findall(text))
                hidden_rows += len(_HIDDEN_ROW.findall(text))
                hidden_columns += len(_HIDDEN_COLUMN.findall(text))
                merged += [ref.decode() for ref in _MERGED.findall(text)]
        except Exception as error:
            raise refused(BROKEN) from error
        return Shape(rows, tuple(merged[:1000]), hidden_rows, hidden_columns)

    def _tags(self, title: str) -> Iterator[bytes]:
        """Return the source in pieces that cut no tag."""
        sheet = self._book[title]
        rest = b""
        with sheet._get_source() as source:
            while block := source.read(_BLOCK):
                text = rest + block
                cut = text.rfind(b"<")
                cut = len(text) if cut < 0 or len(text) - cut > 4096 else cut
                yield text[:cut]
                rest = text[cut:]
        yield rest

    def rows(self, title: str) -> Iterator[tuple[int, list[Cell]]]:
        """Return the rows that have anything in them, with their numbers."""
        sheet = self._book[title]
        sheet.reset_dimensions()  # what the file says of its size may be wrong
        try:
            for number, row in enumerate(sheet.iter_rows(max_col=WIDEST), 1):
                cells = [cell for place, item in enumerate(row, 1) if (cell := _cell(item, place))]
                if cells:
                    yield number, cells
        except Rejected:
            raise
        except Exception as error:
            raise refused(BROKEN) from error


def _cell(item: Any, place: int) -> Cell | None:
    value = item.value
    if value is None or (isinstance(value, str) and not value.strip()):
        return None
    kind = item.data_type
    if kind not in ("n", "b", "f", "e", "d"):
        kind, value = "s", str(value)
    return Cell(value, kind, place)


def refused(message: str) -> Rejected:
    """Return the refusal of a whole file."""
    return Rejected([Fault("file", message)], message)


def _inspect(path: Path) -> None:
    """Look at what a file is before anything unpacks it."""
    if not path.stat().st_size:
        raise refused("文件是空的")
    with path.open("rb") as file:
        head = file.read(8)
    if head.startswith(b"\xd0\xcf\x11\xe0"):
        raise refused(OLD)
    if not head.startswith(b"PK"):
        raise refused(OTHER)
    try:
        with zipfile.ZipFile(path) as archive:
            _inspect_parts(archive)
    except (zipfile.BadZipFile, OSError, NotImplementedError, RuntimeError, EOFError) as error:
        raise refused(BROKEN) from error


def _inspect_parts(archive: zipfile.ZipFile) -> None:
    parts = archive.infolist()
    names = {part.filename for part in parts}
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        raise refused(MACROS)
    if "[Content_Types].xml" not in names or "xl/workbook.xml" not in names:
        raise refused(OTHER)
    texts = sum(part.file_size for part in parts if "sharedstrings" in part.filename.lower())
    whole = sum(part.file_size for part in parts)
    if len(parts) > MOST_PARTS or whole > LARGEST_UNPACKED or texts > LARGEST_TEXTS:
        raise refused(HUGE)
    for part in parts:
        if part.filename.endswith((".xml", ".rels")):
            with archive.open(part) as source:
                if b"<!DOCTYPE" in source.read(4096).upper():
                    raise refused(BROKEN)
