"""Workbooks and comma-separated texts that somebody sends: read by a process of their own, then row by row.

What is read here is what that process wrote (`app.core.files.readers.tables`), never the file itself.
"""

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from openpyxl.utils import get_column_letter

from app.core.errors import Fault, Rejected
from app.core.files import archives, reader_process
from app.core.files.archives import Unfit
from app.core.files.reader_process import Bounds, Unreadable

LARGEST_FILE = 20 * 1024 * 1024
LARGEST_TEXTS = 80 * 1024 * 1024  # the table of texts is held in memory
SMALL = 700 * 1024  # unpacked: some hundred rows, which are read while a page waits

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


def _nothing() -> None:
    """Most callers have nothing to do while they wait."""


class Book:
    """A table that was sent, and that is open for reading. Open it before a unit of work, never within one."""

    def __init__(
        self,
        path: Path,
        *,
        reader: str = "workbook",
        bounds: Bounds = reader_process.AT_HAND,
        tick: Callable[[], None] = _nothing,
        **options: Any,
    ) -> None:
        """Let it be read; Rejected with a clear message where it is not what we read.

        `tick` is called while one waits. `options` are those of the reader.
        """
        if reader == "workbook":
            inspect(path)
        self._open = ExitStack()
        try:
            self._place = self._open.enter_context(reader_process.folder())
            said = reader_process.run(
                reader, path, self._place, bounds=bounds, tick=tick, **options
            )
        except Unreadable as error:
            self.close()
            plain = reader == "workbook" and error.message == reader_process.BROKEN
            raise refused(BROKEN if plain else error.message) from error
        except BaseException:
            self.close()
            raise
        self.epoch = datetime.fromisoformat(said["epoch"])
        self._sheets: dict[str, dict[str, Any]] = {one["title"]: one for one in said["sheets"]}
        self.titles: list[str] = list(self._sheets)

    def close(self) -> None:
        """Let what was read go."""
        self._open.close()

    def __enter__(self) -> "Book":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def is_hidden(self, title: str) -> bool:
        """Tell whether the sheet cannot be seen."""
        return bool(self._sheets[title]["hidden"])

    def shape(self, title: str) -> Shape:
        """Return what the source of a sheet tells besides its rows."""
        said = self._sheets[title]
        return Shape(
            said["rows"], tuple(said["merged"]), said["hidden_rows"], said["hidden_columns"]
        )

    def rows(self, title: str) -> Iterator[tuple[int, list[Cell]]]:
        """Return the rows that have anything in them, with their numbers."""
        said = self._sheets[title]
        with (self._place / "rows").open("rb") as file:
            file.seek(said["begin"])
            while file.tell() < said["end"]:
                number, cells = json.loads(file.readline())
                yield number, [Cell(_value(value), kind, at) for at, kind, value in cells]


def _value(kept: Any) -> Any:
    """Return a value as the cell had it; moments are kept with what they are."""
    if not isinstance(kept, list):
        return kept
    kind, text = kept
    if kind == "timedelta":
        return timedelta(seconds=text)
    types: dict[str, Any] = {"datetime": datetime, "date": date, "time": time}
    return types[kind].fromisoformat(text)


def refused(message: str) -> Rejected:
    """Return the refusal of a whole file."""
    return Rejected([Fault("file", message)], message)


def is_small(path: Path) -> bool:
    """Tell whether reading a workbook takes no longer than a page may; Rejected as `inspect`."""
    return inspect(path).size_of(".xml") < SMALL


def inspect(path: Path) -> archives.Listing:
    """Look at what a file is before anything unpacks it; Rejected where it is no workbook."""
    if not path.stat().st_size:
        raise refused("文件是空的")
    with path.open("rb") as file:
        head = file.read(8)
    if head.startswith(b"\xd0\xcf\x11\xe0"):
        raise refused(OLD)
    if not head.startswith(b"PK"):
        raise refused(OTHER)
    try:
        found = archives.inspect(path, archives.WORKBOOK)
    except Unfit as error:
        words = {"huge": HUGE, "locked": error.message}
        raise refused(words.get(error.why, BROKEN)) from error
    kind = archives.office_kind(found)
    if kind == "macros":
        raise refused(MACROS)
    if kind != "xlsx":
        raise refused(OTHER)
    texts = [one for name, one in found.members.items() if "sharedstrings" in name.lower()]
    if sum(one.file_size for one in texts) > LARGEST_TEXTS:
        raise refused(HUGE)
    return found
