"""Stored files: by the hash of their content, kind checked by content, never named by a user's path."""

import hashlib
import os
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import IO, Any

from PIL import Image as Picture
from sqlalchemy import BigInteger, String, exists, false, or_, select
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.sql.elements import ColumnElement

from app.core import clock, settings
from app.core.access.actor import current_actor
from app.core.db.database import BigId, UtcDateTime, elevated, session
from app.core.db.entity import Table
from app.core.declare import registry
from app.core.errors import Fault, NotFound, Rejected
from app.core.files import archives
from app.core.files.archives import Unfit
from app.core.files.storage import Contents, Missing, contents, room

MEDIA_TYPES = {
    "pdf": "application/pdf",
    "jpg": "image/jpeg",
    "png": "image/png",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
MISSING = "文件不存在，或不在您的查看范围内"
_BLOCK = 256 * 1024
_TAIL = 32 * 1024  # the end mark of a PDF stands here; some programs write more behind it
_LARGEST_PICTURE = 80_000_000  # pixels; a small file may unfold into gigabytes


class File(Table):
    """One stored file. Several rows may share one content."""

    __tablename__ = "sys_file"

    sha256: Mapped[str] = mapped_column(String(64), index=True)
    size: Mapped[int] = mapped_column(BigInteger)
    kind: Mapped[str] = mapped_column(String(10))
    name: Mapped[str] = mapped_column(String(200))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    created_by_id: Mapped[int | None] = mapped_column(BigId, index=True)

    @property
    def media_type(self) -> str:
        """The media type by content."""
        return MEDIA_TYPES[self.kind]


def store(
    stream: IO[bytes], name: str, accept: Iterable[str], max_bytes: int, *, path: str = ""
) -> File:
    """Store what the stream holds; Rejected (at `path`) where kind or size is not accepted."""
    with _copied(stream, tuple(accept), max_bytes, path) as (temporary, kind, sha256, size):
        contents().put(sha256, temporary)
    file = File(
        sha256=sha256,
        size=size,
        kind=kind,
        name=_clean_name(name, kind),
        created_at=clock.now(),
        created_by_id=current_actor().user_id,
    )
    session.add(file)
    session.flush()
    return file


@contextmanager
def received(
    stream: IO[bytes], accept: Iterable[str], max_bytes: int, *, path: str = ""
) -> Iterator[Path]:
    """Keep what the stream holds for a block, to be looked at before it is stored; Rejected as `store`."""
    with _copied(stream, tuple(accept), max_bytes, path) as (place, *_):
        yield place


@contextmanager
def _copied(
    stream: IO[bytes], accept: tuple[str, ...], max_bytes: int, path: str
) -> Iterator[tuple[Path, str, str, int]]:
    """Copy a stream beside the store for a block: place, kind, hash and size of what is accepted."""
    with room():
        handle, name = tempfile.mkstemp(dir=settings.folder("files"))
    place = Path(name)
    try:
        with room(), os.fdopen(handle, "wb") as target:
            sha256, size = _copy(stream, target, max_bytes, path)
            target.flush()
            os.fsync(target.fileno())  # the row must not outlive the content in a power failure
        yield place, _accepted(place, accept, path), sha256, size
    finally:
        place.unlink(missing_ok=True)


def _accepted(place: Path, accept: tuple[str, ...], path: str) -> str:
    wanted = "、".join(item.upper() for item in accept)
    try:
        kind = kind_of(place)
    except Unfit as error:
        raise Rejected([Fault(path, f"请上传 {wanted} 文件：{error.message}")]) from error
    if kind not in accept:
        found = f"，实际是 {kind.upper()}" if kind else "，内容无法识别"
        raise Rejected([Fault(path, f"请上传 {wanted} 文件{found}")])
    if kind == "pdf" and not _ends(place):
        raise Rejected([Fault(path, "PDF 文件不完整，打不开；请重新扫描或导出后再上传")])
    return kind


def _copy(stream: IO[bytes], target: IO[bytes], max_bytes: int, path: str) -> tuple[str, int]:
    sha256, size = hashlib.sha256(), 0
    while block := stream.read(_BLOCK):
        size += len(block)
        if size > max_bytes:
            raise Rejected([Fault(path, f"文件超过 {max_bytes // 1024 // 1024} MB")])
        sha256.update(block)
        target.write(block)
    if not size:
        raise Rejected([Fault(path, "文件是空的")])
    return sha256.hexdigest(), size


def _clean_name(name: str, kind: str) -> str:
    base = name.replace("\\", "/").rsplit("/", 1)[-1]
    base = "".join(char for char in base if char.isprintable() and char not in '<>:"|?*').strip(
        ". "
    )
    stem = base.rsplit(".", 1)[0][:150] or "文件"
    return f"{stem}.{kind}"


def kind_of(path: Path) -> str:
    """Return the kind of a file by its content: pdf, jpg, png, docx, xlsx, or "" for anything else.

    Unfit says what is wrong with an archive.
    """
    with path.open("rb") as file:
        head = file.read(8)
    if head.startswith(b"%PDF-"):
        return "pdf"
    if head.startswith((b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")):
        return _picture_kind(path)
    if head.startswith(b"PK\x03\x04"):
        kind = archives.office_kind(archives.inspect(path, archives.OFFICE))
        return "" if kind == "macros" else kind
    return ""


def _ends(path: Path) -> bool:
    """Tell whether a PDF has its end; one that was cut off while copied shows nobody anything."""
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - _TAIL))
        return b"%%EOF" in file.read()


def _picture_kind(path: Path) -> str:
    try:
        with Picture.open(path) as picture:
            picture.verify()
            width, height = picture.size
    except Exception:  # noqa: BLE001 - Pillow raises many kinds on broken pictures
        return ""
    if width * height > _LARGEST_PICTURE:
        return ""
    return {"JPEG": "jpg", "PNG": "png"}.get(picture.format or "", "")


def get(file_id: int) -> File:
    """Return the row of a file; NotFound if there is none. Access is checked by what refers to it."""
    file = session.scalars(select(File).where(File.id == file_id)).first()
    if file is None:
        raise NotFound(MISSING)
    return file


def is_used(file: File) -> bool:
    """Tell whether anything refers to the file: a record, a checklist, a paper."""
    places = [exists().where(column == file.id) for column in _references()]
    with elevated():
        return bool(session.scalar(select(or_(false(), *places))))


def _references() -> Iterator[ColumnElement[int]]:
    """Return the columns that refer to files: of the runtime's tables and of those in use."""
    models: list[Any] = [obj.model for obj in registry.registry().objects.values()]
    own = {model.__tablename__ for model in models}
    for table in File.metadata.tables.values():
        if table.name.startswith("sys_") or table.name in own:
            for column in table.columns:
                if any(key.column.table is File.__table__ for key in column.foreign_keys):
                    yield column


def open_file(file: File) -> IO[bytes]:
    """Open the content; NotFound with a clear message if it is missing from the store."""
    store = contents()
    try:
        return store.open(file.sha256)
    except Missing:
        if not _make(store, file):
            raise NotFound("文件内容已丢失，请联系系统管理员核查存储") from None
        return store.open(file.sha256)


def _make(store: Contents, file: File) -> bool:
    content = _maker(file) if _maker is not None else None
    if content is None:
        return False
    handle, temporary = tempfile.mkstemp(dir=settings.folder("files"))
    with os.fdopen(handle, "wb") as target:
        target.write(content)
    store.put(file.sha256, Path(temporary))
    Path(temporary).unlink(missing_ok=True)
    return True


_maker: Callable[[File], bytes | None] | None = None


def set_maker(maker: Callable[[File], bytes | None] | None) -> None:
    """Let a function give the content of files that have none yet (papers of the demonstration)."""
    global _maker
    _maker = maker


def check_all() -> list[tuple[int, str]]:
    """Compare every stored file with its hash; return (id, what is wrong)."""
    wrong, store = [], contents()
    for file in session.scalars(select(File).execution_options(yield_per=1000)):
        if len(file.sha256) != 64:
            continue  # not a hash: content that is made when it is asked for
        try:
            with store.open(file.sha256) as content:
                found = hashlib.file_digest(content, "sha256").hexdigest()  # type: ignore[arg-type]
        except Missing:
            wrong.append((file.id, "缺少内容"))
            continue
        if found != file.sha256:
            wrong.append((file.id, "内容与校验值不符"))
    return wrong


def orphans(age: timedelta = timedelta(days=1)) -> Iterator[str]:
    """Return contents that no row speaks of: uploads whose transaction failed. Young ones may still get one."""
    known = set(session.scalars(select(File.sha256)))
    before = (clock.now() - age).replace(tzinfo=UTC)
    for kept in contents().walk():
        if kept.name not in known and kept.at < before:
            yield kept.name


def remove_orphans(age: timedelta = timedelta(days=1)) -> int:
    """Remove contents that no row speaks of; return how many they were."""
    count = 0
    for name in orphans(age):
        contents().remove(name)
        count += 1
    return count
