"""Archives that somebody sends (.xlsx, .docx, .zip): looked at from the outside, before anything reads them.

`inspect` reads the list of an archive and nothing else, so it may be called anywhere. `scan` unpacks every
member once to see that it is whole, and belongs into a reader process (`app.core.files.reader_process`).
Nobody else opens an archive that came from outside; `tests/app/test_archives.py` looks.
"""

import re
import struct
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, Literal

Why = Literal["broken", "huge", "locked", "unsafe"]
MB = 1024 * 1024
_BLOCK = 256 * 1024
_LONGEST_NAME = 300
_ENTRY = 46 + 2 * _LONGEST_NAME  # bytes of the list for one member, with some room
_END, _END_64, _WHERE_64 = b"PK\x05\x06", b"PK\x06\x06", b"PK\x06\x07"
_PACKED_AS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_ARCHIVES = (b"PK\x03\x04", b"PK\x05\x06", b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b", b"BZh", b"\xfd7zX")
_XML = (".xml", ".rels", ".vml")
_DECLARED = re.compile(rb"<!\s*(DOCTYPE|ENTITY)", re.IGNORECASE)
_OVERLAP = 32
# What the library raises on torn or altered data, passwords and ways of packing that it does not know.
TROUBLE = (
    zipfile.BadZipFile, zlib.error, struct.error, EOFError, OSError, NotImplementedError, RuntimeError,
    ValueError, KeyError, IndexError, OverflowError,
)  # fmt: skip


class Unfit(Exception):
    """An archive is not opened; the message is Chinese and safe to show, `why` says of what kind it is."""

    def __init__(self, why: Why, message: str) -> None:
        super().__init__(message)
        self.why: Why = why
        self.message = message


@dataclass(frozen=True, kw_only=True)
class Limits:
    """How much an archive may hold. `nested` lets it hold further archives, which nobody here opens."""

    members: int = 2000
    unpacked: int = 300 * MB  # of everything
    largest: int = 300 * MB  # of one member
    xml: int = (
        300 * MB
    )  # of the XML of an office document: held in memory at several times its size
    ratio: int = 200  # times as large as it was packed
    small: int = 1 * MB  # below which a member may be packed as well as it can
    nested: bool = False
    encoding: str | None = None  # of names that are not said to be UTF-8


@dataclass(frozen=True)
class Listing:
    """What an archive holds, by the names of its members; folders are left out."""

    members: Mapping[str, zipfile.ZipInfo] = field(default_factory=dict)

    @property
    def unpacked(self) -> int:
        """Bytes of everything."""
        return sum(one.file_size for one in self.members.values())

    def size_of(self, *endings: str) -> int:
        """Bytes of the members whose names end so."""
        return sum(
            one.file_size for name, one in self.members.items() if name.lower().endswith(endings)
        )


def inspect(source: Path | IO[bytes], limits: Limits) -> Listing:
    """Return what an archive holds; Unfit where it is damaged, or more than its limits allow."""
    with opened(source, limits) as archive:
        return Listing({one.filename: one for one in archive.infolist() if not one.is_dir()})


def opened(source: Path | IO[bytes], limits: Limits) -> zipfile.ZipFile:
    """Open an archive after its list was looked at; Unfit as `inspect`. Close what you get."""
    try:
        if isinstance(source, Path):
            with source.open("rb") as file:
                _look_at_end(file, limits)
        else:
            _look_at_end(source, limits)
            source.seek(0)
        archive = zipfile.ZipFile(source, metadata_encoding=limits.encoding)
    except Unfit:
        raise
    except (*TROUBLE, MemoryError) as error:
        raise Unfit("broken", "文件已损坏，或不是完整的压缩文件") from error
    try:
        _look_at_members(archive, limits)
    except BaseException:
        archive.close()
        raise
    return archive


def read(archive: zipfile.ZipFile, one: zipfile.ZipInfo, largest: int) -> bytes:
    """Return a member, however large it says it is; Unfit where it is larger than `largest`, or damaged."""
    return b"".join(_blocks(archive, one, largest))


def scan(archive: zipfile.ZipFile, limits: Limits) -> None:
    """Unpack everything once: Unfit where a member is damaged, declares entities or is an archive itself."""
    left = limits.unpacked
    for one in archive.infolist():
        if one.is_dir():
            continue
        is_xml, before, first = one.filename.lower().endswith(_XML), b"", True
        for block in _blocks(archive, one, min(left, limits.largest)):
            left -= len(block)
            if first and not limits.nested and block.startswith(_ARCHIVES):
                name = one.filename[:60]
                raise Unfit("unsafe", f"文件里还装着另一个压缩文件或嵌入的文档“{name}”，没有打开")
            first = False
            if is_xml:
                text = before + block.replace(b"\0", b"")  # which is all that UTF-16 adds to a tag
                if _DECLARED.search(text):
                    raise Unfit("unsafe", "文件里声明了实体，没有打开")
                before = text[-_OVERLAP:]


def _blocks(archive: zipfile.ZipFile, one: zipfile.ZipInfo, largest: int) -> Iterator[bytes]:
    size = 0
    try:
        with archive.open(one) as file:
            while block := file.read(_BLOCK):
                size += len(block)
                if size > largest:
                    raise Unfit("huge", f"“{one.filename[:60]}”展开后超过 {largest // MB} MB")
                yield block
    except Unfit:
        raise
    except TROUBLE as error:
        raise Unfit("broken", f"“{one.filename[:60]}”已损坏") from error


# --- the list ---------------------------------------------------------------------------------------


def _look_at_end(file: IO[bytes], limits: Limits) -> None:
    """Refuse a list that would be larger than the members allowed, before the library reads it whole."""
    size = file.seek(0, 2)
    start = max(0, size - 22 - 0xFFFF - 20)
    file.seek(start)
    tail = file.read()
    at = tail.rfind(_END)
    if at < 0:
        raise Unfit("broken", "文件已损坏，或不是完整的压缩文件")
    members, listed = struct.unpack_from("<HI", tail, at + 10)
    if at >= 20 and tail[at - 20 : at].startswith(_WHERE_64):
        (place,) = struct.unpack_from("<Q", tail, at - 12)
        file.seek(min(place, size))
        end = file.read(56)
        if not end.startswith(_END_64):
            raise Unfit("broken", "文件已损坏，或不是完整的压缩文件")
        members, listed = struct.unpack_from("<QQ", end, 32)
    if members > limits.members or listed > limits.members * _ENTRY:
        raise Unfit("huge", f"压缩文件里的文件超过 {limits.members:,} 个")


def _look_at_members(archive: zipfile.ZipFile, limits: Limits) -> None:
    members = archive.infolist()
    if len(members) > limits.members:
        raise Unfit("huge", f"压缩文件里的文件超过 {limits.members:,} 个")
    seen: set[str] = set()
    for one in members:
        _look_at_name(one.filename, seen)
        if one.flag_bits & 1:
            raise Unfit("locked", "压缩文件加了密码，请另存为不加密的文件")
        if one.compress_type not in _PACKED_AS:
            raise Unfit("broken", "压缩的方式不能识别，请用普通的 zip 方式重新保存")
        if one.file_size > limits.largest:
            raise Unfit("huge", f"“{one.filename[:60]}”展开后超过 {limits.largest // MB} MB")
        if one.file_size > max(limits.small, one.compress_size * limits.ratio):
            raise Unfit("huge", f"“{one.filename[:60]}”展开后异常大，没有打开")
    if sum(one.file_size for one in members) > limits.unpacked:
        raise Unfit("huge", f"展开后超过 {limits.unpacked // MB} MB")
    text = sum(one.file_size for one in members if one.filename.lower().endswith(_XML))
    if text > limits.xml:
        raise Unfit("huge", f"文字内容展开后超过 {limits.xml // MB} MB")
    _look_at_places(members)


def _look_at_name(name: str, seen: set[str]) -> None:
    parts = name.rstrip("/").split("/")
    strange = any(ord(char) < 32 or 0xD800 <= ord(char) < 0xE000 for char in name)
    if (
        not name.strip("/")
        or strange
        or len(name) > _LONGEST_NAME
        or name.startswith("/")
        or "\\" in name
        or ":" in name
        or any(part in ("", ".", "..") for part in parts)
    ):
        shown = "".join(char if char.isprintable() else "?" for char in name[:60])
        raise Unfit("unsafe", f"压缩文件里有不安全的文件名“{shown}”，没有打开")
    if name.casefold() in seen:
        raise Unfit("unsafe", f"压缩文件里有重名的文件“{name[:60]}”")
    seen.add(name.casefold())


def _look_at_places(members: list[zipfile.ZipInfo]) -> None:
    """Refuse members that share bytes: one kilobyte could be unpacked a thousand times."""
    end = 0
    for one in sorted(members, key=lambda item: item.header_offset):
        if one.header_offset < end:
            raise Unfit("unsafe", "压缩文件里的内容互相重叠，没有打开")
        end = one.header_offset + 30 + one.compress_size


def office_kind(listing: Listing) -> str:
    """Return what an office document is: docx, xlsx, "macros" where it holds some, "" for anything else."""
    names: Any = listing.members
    if "[Content_Types].xml" not in names:
        return ""
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        return "macros"
    if "word/document.xml" in names:
        return "docx"
    return "xlsx" if "xl/workbook.xml" in names else ""


# What an office document may hold that is only kept and handed out again.
OFFICE = Limits(nested=True)
# What a document may hold that is read here and drawn by LibreOffice.
WORD = Limits(members=500, unpacked=80 * MB, largest=40 * MB, xml=16 * MB)
WORKBOOK = Limits(nested=True, small=32 * MB)
