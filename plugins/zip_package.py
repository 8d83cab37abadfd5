"""Packages as zip files: tables as NAME.csv or NAME.json, and pictures that their rows name.

Nothing is ever unpacked to disk. Settings of the section: `largest`, megabytes of everything unpacked.
"""

import io
import json
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from app.core.files import archives
from app.core.files.archives import Limits, Unfit
from app.core.plugin import Refused, Settings, Unpacked, delimited_text

MOST_MEMBERS = 5000
LARGEST_TABLE = 50 * 1024 * 1024
LARGEST_FILE = 25 * 1024 * 1024


@dataclass(frozen=True)
class ZipPackage:
    """Opens a zip file with tables and pictures."""

    largest: int = 300 * 1024 * 1024
    suffix: str = "zip"

    def decode(self, content: bytes) -> Unpacked:
        """Return tables and files of a package; Refused where it is none or looks hostile."""
        limits = Limits(
            members=MOST_MEMBERS, unpacked=self.largest, encoding="gb18030", largest=LARGEST_TABLE
        )
        try:
            archive = archives.opened(io.BytesIO(content), limits)
            archives.scan(archive, limits)
        except Unfit as error:
            if error.why == "broken":
                raise Refused("文件不是 zip 压缩包，或已损坏，请重新导出") from error
            raise Refused(f"压缩包没有打开：{error.message}，请重新导出") from error
        members = {one.filename: one for one in archive.infolist() if not one.is_dir()}
        stems = [PurePosixPath(n).stem for n in members if _ending(n) in (".csv", ".json")]
        if len(set(stems)) != len(stems):
            raise Refused("压缩包里有两张同名的数据表，请重新导出")
        tables = {
            PurePosixPath(name).stem: _table(name, _read(archive, one, LARGEST_TABLE))
            for name, one in members.items()
            if _ending(name) in (".csv", ".json")
        }
        if not tables:
            raise Refused("压缩包里没有数据表（.csv 或 .json）")
        return Unpacked(tables=tables, files=_Files(archive, members))


class _Files(Mapping[str, bytes]):
    """The files of a package, read when they are asked for."""

    def __init__(self, archive: zipfile.ZipFile, members: Mapping[str, zipfile.ZipInfo]) -> None:
        self._archive, self._members = archive, members

    def __getitem__(self, name: str) -> bytes:
        return _read(self._archive, self._members[name], LARGEST_FILE)

    def __iter__(self) -> Iterator[str]:
        return iter(self._members)

    def __len__(self) -> int:
        return len(self._members)

    def __contains__(self, name: object) -> bool:
        return name in self._members


def _read(archive: zipfile.ZipFile, one: zipfile.ZipInfo, largest: int) -> bytes:
    """Read a member, however large it says it is."""
    try:
        return archives.read(archive, one, largest)
    except Unfit as error:
        raise Refused(f"{error.message}，请重新导出") from error


def _ending(name: str) -> str:
    return PurePosixPath(name).suffix.lower()


def _table(name: str, content: bytes) -> list[dict[str, str]]:
    text = _text(name, content)
    try:
        if _ending(name) == ".json":
            return [_texts(row) for row in _listed(json.loads(text))]
        lines = delimited_text.lines(text, strict=True)
        heads = [head.strip() for head in next(lines, ())]
        if not heads or len(set(heads)) != len(heads):
            raise Refused(f"数据表“{name}”没有表头，或表头有重复的列")
        return [delimited_text.by_heads(heads, line) for line in lines if line]
    except delimited_text.Unreadable as error:
        raise Refused(f"数据表“{name}”{error}") from error
    except (ValueError, RecursionError) as error:
        raise Refused(f"数据表“{name}”读不出来，请重新导出") from error


def _text(name: str, content: bytes) -> str:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding).replace("\x00", "")
        except UnicodeDecodeError:
            continue
    raise Refused(f"数据表“{name}”不是 UTF-8 或 GB 18030 编码")


def _listed(found: Any) -> list[dict[str, Any]]:
    if not isinstance(found, list) or not all(isinstance(row, dict) for row in found):
        raise ValueError("not a list of rows")
    return found


def _texts(row: Mapping[str, Any]) -> dict[str, str]:
    if any(isinstance(value, (dict, list)) for value in row.values()):
        raise ValueError("a value is no text")
    return {key.strip(): "" if value is None else str(value) for key, value in row.items()}


def create(settings: Settings) -> ZipPackage:
    """Make the opener from `largest`."""
    return ZipPackage(largest=int(settings.number("largest", 300)) * 1024 * 1024)
