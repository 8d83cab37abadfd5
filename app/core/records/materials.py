"""The checklist of scans of a record: what is asked for, what was handed in, what a reviewer marked."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Boolean, ForeignKey, Index, Integer, String, Text, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core import clock
from app.core.access.actor import current_actor
from app.core.db.database import BigId, UtcDateTime, session
from app.core.db.entity import Table
from app.core.declare import Material, Object
from app.core.errors import Fault
from app.core.files.attachments import File


class MaterialFile(Table):
    """A file handed in for a line of the checklist. Replaced ones stay, with the round they served."""

    __tablename__ = "sys_material"
    __table_args__ = (Index(None, "object", "record_id"),)

    object: Mapped[str] = mapped_column(String(63))
    record_id: Mapped[int] = mapped_column(BigId)
    material: Mapped[str] = mapped_column(String(63))
    file_id: Mapped[int] = mapped_column(ForeignKey("sys_file.id"), index=True)
    round: Mapped[int] = mapped_column(Integer, default=1)
    replaced_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    uploaded_at: Mapped[datetime] = mapped_column(UtcDateTime)
    uploaded_by_id: Mapped[int | None] = mapped_column(BigId)
    uploaded_by: Mapped[str | None] = mapped_column(String(100))
    origin: Mapped[str | None] = mapped_column(String(100))  # where it came from, if not the form

    file: Mapped[File] = relationship(File, lazy="joined")


class Mark(Table):
    """A reviewer's labels and comment on one item (a material, a field or a child list) in a round."""

    __tablename__ = "sys_mark"
    __table_args__ = (Index(None, "object", "record_id"),)

    object: Mapped[str] = mapped_column(String(63))
    record_id: Mapped[int] = mapped_column(BigId)
    target: Mapped[str] = mapped_column(String(130))  # material.NAME, field.NAME or child.NAME
    labels: Mapped[str] = mapped_column(Text, default="[]")
    comment: Mapped[str | None] = mapped_column(Text)
    round: Mapped[int] = mapped_column(Integer, default=1)
    step: Mapped[str | None] = mapped_column(String(63))
    open: Mapped[bool] = mapped_column(Boolean, default=True)
    rework: Mapped[bool] = mapped_column(
        Boolean, default=True
    )  # must be replaced before resubmission
    last_file_id: Mapped[int] = mapped_column(BigId, default=0)  # the newest file when it was put
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    by_id: Mapped[int | None] = mapped_column(BigId)
    by: Mapped[str | None] = mapped_column(String(100))

    @property
    def label_list(self) -> list[str]:
        """The labels as codes."""
        return list(json.loads(self.labels or "[]"))


@dataclass(frozen=True)
class MarkInput:
    """A mark as a reviewer enters it."""

    target: str
    labels: tuple[str, ...] = ()
    comment: str = ""
    rework: bool = True


# What was handed in later and belongs to no line of the checklist.
EXTRA = Material(name="extra", title="补充材料", required=False, many=True)


@dataclass(frozen=True)
class Line:
    """A line of the checklist as it stands for one record."""

    material: Material
    required: bool
    files: tuple[MaterialFile, ...]

    @property
    def missing(self) -> bool:
        """Whether it is asked for and was not handed in."""
        return self.required and not self.files


def applicable(obj: Object, this: Any, env: Any) -> list[tuple[Material, bool]]:
    """Return the lines that apply to the record, each with whether it is required."""
    found = []
    for material in obj.materials:
        if material.when is not None and not material.when(this, env):
            continue
        needed = material.required
        found.append((material, bool(needed(this, env)) if callable(needed) else needed))
    return found


def current(obj: Object, record_id: int | None) -> dict[str, list[MaterialFile]]:
    """Return the files in force, by material."""
    found: dict[str, list[MaterialFile]] = {}
    if record_id is not None:
        for row in rows_of(obj, record_id):
            if row.replaced_at is None:
                found.setdefault(row.material, []).append(row)
    return found


def versions(obj: Object, record_id: int, material: str) -> list[MaterialFile]:
    """Return all files of a line, the newest first."""
    return [row for row in reversed(rows_of(obj, record_id)) if row.material == material]


def rows_of(obj: Object, record_id: int) -> list[MaterialFile]:
    """Return every file that was ever handed in for a record, oldest first."""
    query = select(MaterialFile).where(
        MaterialFile.object == obj.name, MaterialFile.record_id == record_id
    )
    return list(session.scalars(query.order_by(MaterialFile.id)))


def checklist(obj: Object, record_id: int | None, this: Any, env: Any) -> list[Line]:
    """Return the whole checklist of a record."""
    files = current(obj, record_id)
    lines = [
        Line(material, required, tuple(files.get(material.name, ())))
        for material, required in applicable(obj, this, env)
    ]
    if files.get(EXTRA.name):
        lines.append(Line(EXTRA, False, tuple(files[EXTRA.name])))
    return lines


def missing(obj: Object, record_id: int | None, this: Any, env: Any) -> list[Fault]:
    """Return a fault for each line that is asked for and was not handed in."""
    return [
        Fault(f"material.{line.material.name}", f"缺少材料：{line.material.title}")
        for line in checklist(obj, record_id, this, env)
        if line.missing
    ]


def attach(
    obj: Object, record_id: int, material: Material, file: File, *, round: int = 1, origin: str = ""
) -> MaterialFile:
    """Hand a file in; it replaces the one in force unless the line takes many."""
    actor = current_actor()
    if not material.many:
        for row in current(obj, record_id).get(material.name, ()):
            row.replaced_at = clock.now()
    row = MaterialFile(
        object=obj.name,
        record_id=record_id,
        material=material.name,
        file_id=file.id,
        file=file,
        round=round,
        uploaded_at=clock.now(),
        uploaded_by_id=actor.user_id,
        uploaded_by=actor.name,
        origin=origin or None,
    )
    session.add(row)
    session.flush()
    return row


def withdraw(row: MaterialFile) -> None:
    """Take a file out of force; it stays as an old version."""
    row.replaced_at = clock.now()


def put_marks(
    obj: Object, record_id: int, marks: Iterable[MarkInput], *, round: int, step: str
) -> None:
    """Write a reviewer's marks; an earlier open mark on the same item is closed by the new one."""
    actor = current_actor()
    existing = {mark.target: mark for mark in open_marks(obj, record_id)}
    last_file_id = max((row.id for row in rows_of(obj, record_id)), default=0)
    for given in marks:
        if given.target in existing:
            existing[given.target].open = False
        session.add(
            Mark(
                object=obj.name,
                record_id=record_id,
                target=given.target,
                labels=json.dumps(list(given.labels), ensure_ascii=False),
                comment=given.comment or None,
                round=round,
                step=step,
                rework=given.rework,
                last_file_id=last_file_id,
                at=clock.now(),
                by_id=actor.user_id,
                by=actor.name,
            )
        )


def marks(obj: Object, record_id: int) -> list[Mark]:
    """Return all marks of a record, oldest first."""
    query = select(Mark).where(Mark.object == obj.name, Mark.record_id == record_id)
    return list(session.scalars(query.order_by(Mark.id)))


def open_marks(obj: Object, record_id: int) -> list[Mark]:
    """Return the marks that have not been dealt with."""
    return [mark for mark in marks(obj, record_id) if mark.open]


def unmet(obj: Object, record_id: int) -> list[Fault]:
    """Return a fault for each marked material that was not replaced since it was marked."""
    files = current(obj, record_id)
    titles = {material.name: material.title for material in obj.materials}
    faults = []
    for mark in open_marks(obj, record_id):
        kind, _, name = mark.target.partition(".")
        if kind != "material" or not mark.rework or name not in titles:
            continue
        if not any(row.id > mark.last_file_id for row in files.get(name, ())):
            faults.append(Fault(mark.target, f"退回时要求更换：{titles[name]}"))
    return faults
