"""What a reviewer read in a paper, field by field, beside what the record states."""

from datetime import datetime
from typing import Any

from sqlalchemy import String, Text, UniqueConstraint, select
from sqlalchemy.orm import Mapped, mapped_column

from app.core import clock
from app.core.access.actor import current_actor
from app.core.db.database import BigId, UtcDateTime, session
from app.core.db.entity import Table
from app.core.declare import Object, registry
from app.core.errors import NotFound
from app.core.records import display, materials
from app.web.case.content import Compared, CrossCheck
from app.web.form.page import Note


class Reading(Table):
    """A value as it stands in a paper. It counts for the files that were there when it was read."""

    __tablename__ = "sys_reading"
    __table_args__ = (UniqueConstraint("object", "record_id", "material", "field"),)

    object: Mapped[str] = mapped_column(String(63))
    record_id: Mapped[int] = mapped_column(BigId)
    material: Mapped[str] = mapped_column(String(63))
    field: Mapped[str] = mapped_column(String(130))
    value: Mapped[str] = mapped_column(Text)
    files: Mapped[str] = mapped_column(Text)  # ids of the files that were read
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    by_id: Mapped[int | None] = mapped_column(BigId)
    by: Mapped[str | None] = mapped_column(String(100))


def _files(obj: Object, pk: int) -> dict[str, str]:
    there = materials.current(obj, pk)
    return {name: ",".join(str(row.file_id) for row in rows) for name, rows in there.items()}


def readings(obj: Object, pk: int) -> dict[tuple[str, str], str]:
    """Return what was read, by material and field; a replaced paper has to be read again."""
    files = _files(obj, pk)
    rows = session.scalars(
        select(Reading).where(Reading.object == obj.name, Reading.record_id == pk)
    )
    return {
        (row.material, row.field): row.value for row in rows if files.get(row.material) == row.files
    }


def put(obj: Object, pk: int, material: str, field: str, value: str) -> None:
    """Write down what a paper says of a field; an empty value takes the reading back."""
    known = next((item for item in obj.materials if item.name == material), None)
    files = _files(obj, pk).get(material)
    if known is None or field not in known.facts or files is None:
        raise NotFound("没有这一项可以核对")
    row = session.scalars(
        select(Reading).where(
            Reading.object == obj.name,
            Reading.record_id == pk,
            Reading.material == material,
            Reading.field == field,
        )
    ).first()
    if not value.strip():
        if row is not None:
            session.delete(row)
        return
    if row is None:
        row = Reading(object=obj.name, record_id=pk, material=material, field=field)
        session.add(row)
    actor = current_actor()
    row.value, row.files, row.at = value.strip()[:500], files, clock.now()
    row.by_id, row.by = actor.user_id, actor.name
    session.flush()


def cross_check(obj: Object, record: Any, rulings: tuple[Note, ...], shown: set[str]) -> CrossCheck:
    """Return the table of the record against its papers; `shown` are the materials that are there."""
    papers = [item for item in obj.materials if item.facts and item.name in shown]
    fields = list(dict.fromkeys(field for item in papers for field in item.facts))
    known = readings(obj, record.id) if papers else {}
    rows = [_compared(obj, record, field, papers, known) for field in fields]
    return CrossCheck(
        papers=tuple((item.name, item.title) for item in papers),
        rows=tuple(row for row in rows if row.stated),
        rulings=rulings,
    )


def _compared(
    obj: Object, record: Any, field: str, papers: list[Any], known: dict[tuple[str, str], str]
) -> Compared:
    stated = display.text_of(obj, record, field)
    cells = tuple(
        known.get((item.name, field), "") if field in item.facts else None for item in papers
    )
    read = [cell for cell in cells if cell]
    verdict = (
        "" if not read else "same" if all(agrees(stated, cell) for cell in read) else "different"
    )
    return Compared(
        field=field,
        label=short_label(obj, field),
        stated=stated,
        cells=cells,
        verdict=verdict,
    )


def agrees(stated: str, read: str) -> bool:
    """Tell whether two texts say the same, spaces and punctuation apart."""
    return _letters(stated) == _letters(read)


def _letters(text: str) -> str:
    return "".join(char for char in text.casefold() if char.isalnum())


def short_label(obj: Object, path: str) -> str:
    """Return the label of a field path, without the child list's name where the field says enough."""
    head, _, rest = path.partition(".")
    child = next((item for item in obj.children if item.name == head), None)
    if child is None or not rest:
        return display.label_of(obj, path)
    return display.label_of(registry.object(child.object), rest)
