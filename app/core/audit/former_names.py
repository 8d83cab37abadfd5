"""What objects were called before: their history keeps the names it was written under, and is found by them.

An entry's name is covered by its mac, so an upgrade that renames an object leaves the entries as they
are. It writes down the former name and the last entry written under it: another object that takes
the name afterwards has a history of its own.
"""

from collections import defaultdict
from weakref import WeakKeyDictionary

from sqlalchemy import ColumnElement, Engine, String, and_, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Mapped, mapped_column

from app.core.db.database import BigId, session
from app.core.db.entity import Table

Span = tuple[str, int, int | None]  # a name; the entries behind this number; up to that one


class FormerName(Table):
    """A name that an object had, and the number of the last entry of any history at that moment."""

    __tablename__ = "sys_former_name"

    object: Mapped[str] = mapped_column(String(63))
    former: Mapped[str] = mapped_column(String(63))
    last_entry: Mapped[int] = mapped_column(BigId)


_known: WeakKeyDictionary[Engine, tuple[tuple[str, str, int], ...]] = WeakKeyDictionary()


def _all() -> tuple[tuple[str, str, int], ...]:
    """Return object, former name and last entry; a process asks once, names change by an upgrade only."""
    engine = session.get_bind().engine
    if engine not in _known:
        query = select(FormerName.object, FormerName.former, FormerName.last_entry)
        rows = session.execute(query.order_by(FormerName.last_entry))
        _known[engine] = tuple((row.object, row.former, row.last_entry) for row in rows)
    return _known[engine]


def forget() -> None:
    """Ask again: an upgrade has changed names."""
    _known.clear()


def spans(name: str) -> list[Span]:
    """Return the names under which entries of an object stand, with the entries that are its own."""
    ends: dict[str, int] = defaultdict(int)
    found: list[Span] = []
    for owner, former, last in _all():
        if owner == name:
            found.append((former, ends[former], last))
        ends[former] = last
    return [*found, (name, ends[name], None)]


def written_for(
    name: str, column: InstrumentedAttribute[str], number: InstrumentedAttribute[int]
) -> ColumnElement[bool]:
    """Return the condition for entries of an object, whatever it was called when they were written."""
    parts = []
    for former, after, until in spans(name):
        limits = [number > after] if after else []
        limits += [number <= until] if until is not None else []
        parts.append(and_(column == former, *limits))
    return or_(*parts)


def now(name: str, entry: int) -> str:
    """Return what the object of an entry is called today."""
    for owner, former, last in _all():
        if former == name and entry <= last:
            return owner
    return name


def were(name: str) -> set[str]:
    """Return every name that an object has had, today's too."""
    return {former for former, _, _ in spans(name)}
