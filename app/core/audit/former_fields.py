"""What fields were called and meant before: what was kept of their values is read as it was written.

The history is not written anew by an upgrade: a mac covers it. A revision that renames a field or gives
it another type writes that down with the last entry of any history before; entries up to that one are
read by the former name and meaning, later ones by today's.
"""

from dataclasses import dataclass
from weakref import WeakKeyDictionary

from sqlalchemy import Engine, String, select
from sqlalchemy.orm import Mapped, mapped_column

from app.core.audit import value_meanings
from app.core.db.database import BigId, session
from app.core.db.entity import Table


class FormerField(Table):
    """One change of a field: its name before and after it, its meaning where that changed."""

    __tablename__ = "sys_former_field"

    object: Mapped[str] = mapped_column(String(63))
    former: Mapped[str] = mapped_column(String(63))
    field: Mapped[str] = mapped_column(String(63))
    was: Mapped[str] = mapped_column(String(100))
    now: Mapped[str] = mapped_column(String(100))
    last_entry: Mapped[int] = mapped_column(BigId)


@dataclass(frozen=True)
class Step:
    """What one upgrade did to a field."""

    former: str
    field: str
    was: str
    now: str
    last: int


@dataclass(frozen=True)
class Then:
    """How a field of an entry is found today, and what its values meant when the entry was written."""

    name: str
    meaning: str = ""  # "" is what it means today
    steps: tuple[Step, ...] = ()  # by which it became what it is

    def in_form(self, text: str) -> str:
        """Return what a form held then as the form holds it today."""
        for step in self.steps:
            if step.was != step.now:
                text = value_meanings.in_form(step.was, step.now, text)
        return text


_known: WeakKeyDictionary[Engine, dict[str, tuple[Step, ...]]] = WeakKeyDictionary()


def _steps(owner: str) -> tuple[Step, ...]:
    """Return the steps of an object's fields in their order; a process asks once."""
    engine = session.get_bind().engine
    if engine not in _known:
        found: dict[str, tuple[Step, ...]] = {}
        for row in session.scalars(select(FormerField).order_by(FormerField.id)):
            step = Step(row.former, row.field, row.was, row.now, row.last_entry)
            found[row.object] = (*found.get(row.object, ()), step)
        _known[engine] = found
    return _known[engine].get(owner, ())


def forget() -> None:
    """Ask again: an upgrade has changed fields."""
    _known.clear()


def then(owner: str, name: str, entry: int) -> Then:
    """Return what became of a field of an object since an entry; `name` is as the entry has it."""
    found = _since(owner, name, entry)
    plain = name.removesuffix("_id")  # a reference is kept under its column
    if found.steps or plain == name:
        return found
    other = _since(owner, plain, entry)
    return other if other.steps else found  # the field's own name may end like a column's


def _since(owner: str, name: str, entry: int) -> Then:
    steps: list[Step] = []
    for step in _steps(owner):
        if entry <= step.last and step.former == name:
            steps.append(step)
            name = step.field
    return Then(name, next((s.was for s in steps if s.was != s.now), ""), tuple(steps))
