"""Rows of fixed width: each value fills as many bytes as its agreed length, padded with blanks.

A line ends in CR LF. Settings of the interface's section: `encoding`, gb18030 unless it says otherwise;
widths are bytes of that encoding.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.core.plugin import Column, Refused, Settings
from plugins.csv_rows import written

END = b"\r\n"


@dataclass(frozen=True)
class FixedRows:
    """Writes and reads lines of fixed width."""

    encoding: str = "gb18030"
    suffix: str = "txt"

    def encode(self, columns: Sequence[Column], rows: Sequence[Mapping[str, Any]]) -> bytes:
        """Return the rows as a file; Refused where a value is wider than agreed."""
        return b"".join(
            b"".join(self._cell(column, row.get(column.name)) for column in columns) + END
            for row in rows
        )

    def decode(self, columns: Sequence[Column], content: bytes) -> list[dict[str, str]]:
        """Return the rows of a file; Refused where a line has another width."""
        width = sum(column.length for column in columns)
        lines = content.split(END)
        if lines.pop():
            raise Refused("文件的最后一行不完整")
        rows = []
        for number, line in enumerate(lines, start=1):
            if len(line) != width:
                raise Refused(f"第 {number} 行长 {len(line)} 字节，应为 {width} 字节")
            row, at = {}, 0
            for column in columns:
                part, at = line[at : at + column.length], at + column.length
                try:
                    row[column.name] = part.decode(self.encoding).rstrip(" ")
                except UnicodeDecodeError as error:
                    raise Refused(
                        f"第 {number} 行“{column.title}”不是 {self.encoding} 编码"
                    ) from error
            rows.append(row)
        return rows

    def _cell(self, column: Column, value: Any) -> bytes:
        text = written(value)
        if not column.length:
            raise Refused(f"“{column.title}”没有约定长度，不能写成定长行")
        if "\r" in text or "\n" in text:
            raise Refused(f"“{column.title}”含有换行，不能写成定长行")
        try:
            cell = text.encode(self.encoding)
        except UnicodeEncodeError as error:
            raise Refused(f"“{text[error.start]}”不能用 {self.encoding} 编码") from error
        if len(cell) > column.length:
            raise Refused(f"“{column.title}”长 {len(cell)} 字节，约定为 {column.length} 字节")
        return cell.ljust(column.length, b" ")


def create(settings: Settings) -> FixedRows:
    """Make the codec from `encoding`."""
    return FixedRows(encoding=settings.get("encoding", "gb18030"))
