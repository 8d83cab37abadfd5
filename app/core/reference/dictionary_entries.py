"""Looking at dictionaries as they stand beside what this release ships: levels, differences, use.

What the metadata shipped stays recognisable, and so does what was added here.
"""

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, or_, select, union_all

from app.core.db.database import elevated, session
from app.core.declare import Dictionary, Field, Object, registry
from app.core.errors import NotFound
from app.core.reference import dictionaries, reference_data
from app.core.reference.dictionaries import DictionaryEntry
from app.core.types import Dict, Tree

OBJECT = "dictionary"  # of the history
_DEEPEST = 8


@dataclass(frozen=True)
class Shipped:
    """An entry as this release ships it."""

    position: int
    title: str
    parent: str = ""


@dataclass(frozen=True)
class Line:
    """One entry with what this release ships in its place, if anything."""

    entry: DictionaryEntry
    shipped: Shipped | None
    children: int = 0

    @property
    def own(self) -> bool:
        """Whether the entry was added here."""
        return self.entry.shipped_title is None

    @property
    def differences(self) -> tuple[str, ...]:
        """What differs from the shipped entry, in words."""
        found = []
        default = self.entry.shipped_title
        if default is not None and self.entry.title != default:
            found.append(f"名称默认为“{default}”")
        if default is not None and self.entry.disabled:
            found.append("默认在用")
        if self.shipped and (self.entry.parent or "") != self.shipped.parent:
            parent = self.shipped.parent
            where = dictionaries.title(self.entry.dictionary, parent) or "（最上级）"
            found.append(f"上级默认为“{where}”")
        if not self.own and not self.shipped:
            found.append("默认已没有这一条")
        return tuple(found)


@dataclass(frozen=True)
class Totals:
    """How many entries a dictionary has, and how many of them are special."""

    entries: int = 0
    disabled: int = 0
    own: int = 0
    changed: int = 0


def dictionary(name: str) -> Dictionary:
    """Return the declaration; NotFound for an unknown name."""
    found = registry.registry().dictionaries.get(name)
    if found is None:
        raise NotFound("没有这个字典")
    return found


def totals() -> dict[str, Totals]:
    """Return the numbers of every dictionary, in one query."""
    entry = DictionaryEntry
    is_changed = and_(
        entry.shipped_title.is_not(None),
        or_(
            entry.title != entry.shipped_title,
            entry.disabled.is_(True),
            and_(
                entry.shipped_position.is_not(None),
                func.coalesce(entry.parent, "") != func.coalesce(entry.shipped_parent, ""),
            ),
        ),
    )
    query = select(
        entry.dictionary,
        func.count(entry.id),
        func.sum(case((entry.disabled.is_(True), 1), else_=0)),
        func.sum(case((entry.shipped_title.is_(None), 1), else_=0)),
        func.sum(case((is_changed, 1), else_=0)),
    ).group_by(entry.dictionary)
    return {row[0]: Totals(*(int(number) for number in row[1:])) for row in session.execute(query)}


def having(search: str) -> set[str]:
    """Return the names of the dictionaries that have an entry with this word."""
    word = or_(
        DictionaryEntry.title.contains(search, autoescape=True),
        DictionaryEntry.code.contains(search, autoescape=True),
    )
    return set(session.scalars(select(DictionaryEntry.dictionary).where(word).distinct()))


def lines(name: str, parent: str | None = None, search: str = "") -> list[Line]:
    """Return the entries of one level (None: all levels) that contain a word, in their order."""
    query = select(DictionaryEntry).where(DictionaryEntry.dictionary == name)
    if search:
        query = query.where(
            or_(
                DictionaryEntry.title.contains(search, autoescape=True),
                DictionaryEntry.code.contains(search, autoescape=True),
            )
        )
    elif parent is not None:
        query = query.where(under(parent))
    shipped = defaults(name)
    below = children(name) if parent is not None else {}
    return [
        Line(row, shipped.get(row.code), below.get(row.code, 0))
        for row in session.scalars(query.order_by(DictionaryEntry.position, DictionaryEntry.id))
    ]


def in_order(listed: Sequence[Line]) -> bool:
    """Tell whether the shipped ones among these lines stand in the order of this release."""
    places = [line.shipped.position for line in listed if line.shipped]
    return places == sorted(places)


def defaults(name: str) -> dict[str, Shipped]:
    """Return what this release ships, by code."""
    return {
        code: Shipped(position, title, parent)
        for _, position, code, title, parent, _ in reference_data.shipped_entries(name)
    }


def get(name: str, pk: int, *, lock: bool = False) -> DictionaryEntry:
    """Return an entry of the dictionary; NotFound if it has none of that number."""
    query = select(DictionaryEntry).where(
        DictionaryEntry.dictionary == dictionary(name).name, DictionaryEntry.id == pk
    )
    row = session.scalars(query.with_for_update() if lock else query).first()
    if row is None:
        raise NotFound("没有这个条目，可能已被删除")
    return row


def by_code(name: str, code: str) -> DictionaryEntry | None:
    """Return the entry with that code."""
    query = select(DictionaryEntry).where(
        DictionaryEntry.dictionary == name, DictionaryEntry.code == code
    )
    return session.scalars(query).first()


def line_of(entry: DictionaryEntry) -> Line:
    """Return an entry with what is shipped in its place."""
    return Line(entry, defaults(entry.dictionary).get(entry.code))


def is_tree(name: str) -> bool:
    """Tell whether entries stand under one another."""
    if any(isinstance(field.type, Tree) for _, field in uses(name)):
        return True
    query = select(DictionaryEntry.id).where(
        DictionaryEntry.dictionary == name, DictionaryEntry.parent.is_not(None)
    )
    return session.scalars(query.limit(1)).first() is not None


def way(name: str, code: str) -> list[DictionaryEntry]:
    """Return the entries from the root of a tree down to the code."""
    found: list[DictionaryEntry] = []
    while code and len(found) < _DEEPEST:
        row = by_code(name, code)
        if row is None:
            break
        found.insert(0, row)
        code = row.parent or ""
    return found


def stamp(entry: DictionaryEntry) -> str:
    """Return a mark of what the entry holds now; a form gives it back to show what it began with."""
    held = [entry.title, entry.parent or "", entry.disabled, entry.attributes or ""]
    return hashlib.sha256(json.dumps(held, ensure_ascii=False).encode()).hexdigest()[:16]


def uses(name: str) -> Iterator[tuple[Object, Field]]:
    """Yield the fields that take their values from the dictionary."""
    for obj in registry.registry().objects.values():
        for field in obj.fields:
            if isinstance(field.type, Dict) and field.type.of == name:
                yield obj, field


def used(name: str, codes: Sequence[str]) -> dict[str, int]:
    """Count the values of all records that are one of these codes, in one statement."""
    parts = []
    for obj, field in uses(name):
        column = getattr(obj.model, field.name, None)
        if column is not None and codes:
            parts.append(
                select(column.label("code"), func.count().label("n"))
                .where(column.in_(codes))
                .group_by(column)
            )
    if not parts:
        return {}
    every = union_all(*parts).subquery()
    with elevated():
        rows = session.execute(select(every.c.code, func.sum(every.c.n)).group_by(every.c.code))
        return {code: int(number) for code, number in rows}


def used_where(entry: DictionaryEntry) -> list[tuple[str, str, int]]:
    """Return object, field and number of the values that are this entry, in one statement."""
    found = list(uses(entry.dictionary))
    numbers = []
    for place, (obj, field) in enumerate(found):
        column: Any = getattr(obj.model, field.name, None)
        if column is not None:
            numbers.append(
                select(func.count())
                .where(column == entry.code)
                .scalar_subquery()
                .label(f"n{place}")
            )
    if not numbers:
        return []
    with elevated():
        row = session.execute(select(*numbers)).one()._mapping
    return [
        (obj.title, field.title, int(row[f"n{place}"]))
        for place, (obj, field) in enumerate(found)
        if f"n{place}" in row
    ]


def under(parent: str) -> ColumnElement[bool]:
    """Return the condition of standing under an entry; "" is the top."""
    if parent:
        return DictionaryEntry.parent == parent
    return or_(DictionaryEntry.parent.is_(None), DictionaryEntry.parent == "")


def children(name: str) -> dict[str, int]:
    """Return how many entries stand under each, by its code."""
    query = (
        select(DictionaryEntry.parent, func.count(DictionaryEntry.id))
        .where(DictionaryEntry.dictionary == name, DictionaryEntry.parent.is_not(None))
        .group_by(DictionaryEntry.parent)
    )
    return {parent or "": number for parent, number in session.execute(query)}
