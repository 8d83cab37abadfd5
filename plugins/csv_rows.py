"""Rows as comma-separated text: a head with the agreed names, then one line a row.

Settings of the interface's section: `encoding`, utf-8-sig (spreadsheets open it) unless it says otherwise.
"""

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.core.plugin import Column, Refused, Settings, delimited_text


@dataclass(frozen=True)
class CsvRows:
    """Writes and reads comma-separated text."""

    encoding: str = "utf-8-sig"
    suffix: str = "csv"

    def encode(self, columns: Sequence[Column], rows: Sequence[Mapping[str, Any]]) -> bytes:
        """Return the rows as a file."""
        text = io.StringIO(newline="")
        writer = csv.writer(text)
        writer.writerow([column.name for column in columns])
        for row in rows:
            writer.writerow([written(row.get(column.name)) for column in columns])
        try:
            return text.getvalue().encode(self.encoding)
        except UnicodeEncodeError as error:
            sign = text.getvalue()[error.start]
            raise Refused(f"“{sign}”不能用 {self.encoding} 编码") from error

    def decode(self, columns: Sequence[Column], content: bytes) -> list[dict[str, str]]:
        """Return the rows of a file; Refused where it is none."""
        try:
            read = delimited_text.lines(content.decode(self.encoding), strict=True)
            head = next(read, None)
            lines = [line for line in read if line]
        except UnicodeDecodeError as error:
            raise Refused(f"文件不是 {self.encoding} 编码的 CSV") from error
        except delimited_text.Unreadable as error:
            raise Refused(f"文件{error}") from error
        if head is None or len(set(head)) != len(head):
            raise Refused("文件没有表头，或表头有重复的列")
        lacking = [c.title for c in columns if c.required and c.name not in head]
        if lacking:
            raise Refused(f"文件缺少列：{'、'.join(lacking)}")
        for number, line in enumerate(lines, start=2):
            if len(line) != len(head):
                raise Refused(f"第 {number} 行有 {len(line)} 列，表头有 {len(head)} 列")
        return [dict(zip(head, line, strict=True)) for line in lines]


def written(value: Any) -> str:
    """Return a value of a message as text."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)


def create(settings: Settings) -> CsvRows:
    """Make the codec from `encoding`."""
    return CsvRows(encoding=settings.get("encoding", "utf-8-sig"))
