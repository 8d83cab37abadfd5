"""Codes and their titles: shipped entries, which an administrator extends, renames and disables."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Boolean, Index, Integer, String, Text, UniqueConstraint, select, update
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db.database import elevated, session
from app.core.db.entity import Table


class DictionaryEntry(Table):
    """One entry as it stands now; `shipped_…` is what the metadata brought, if they did."""

    __tablename__ = "sys_dictionary_entry"
    __table_args__ = (
        UniqueConstraint("dictionary", "code"),
        Index(None, "dictionary", "parent"),
    )

    dictionary: Mapped[str] = mapped_column(String(63))
    code: Mapped[str] = mapped_column(String(40))
    title: Mapped[str] = mapped_column(String(200))
    parent: Mapped[str | None] = mapped_column(String(40))
    position: Mapped[int] = mapped_column(Integer, default=0)
    disabled: Mapped[bool] = mapped_column(Boolean, default=False)
    attributes: Mapped[str | None] = mapped_column(Text)
    shipped_title: Mapped[str | None] = mapped_column(String(200))
    shipped_parent: Mapped[str | None] = mapped_column(String(40))
    shipped_position: Mapped[int | None] = mapped_column(Integer)


class DictionaryVersion(Table):
    """Counts up when a dictionary changes, so that every process reads it anew."""

    __tablename__ = "sys_dictionary_version"

    version: Mapped[int] = mapped_column(Integer, default=0)


@dataclass(frozen=True)
class Item:
    """An entry as pages and rules see it."""

    code: str
    title: str
    parent: str = ""
    disabled: bool = False
    attributes: dict[str, Any] = field(default_factory=dict)


_cache: dict[str, dict[str, Item]] = {}
_seen_version: int | None = None
_also: list[Callable[[], object]] = []


def forgets(forget: Callable[[], object]) -> None:
    """Let another table that is remembered be forgotten together with the dictionaries."""
    _also.append(forget)


def refresh() -> None:
    """Drop what is remembered if another process changed it; costs one query."""
    with elevated():
        saw(session.execute(select(DictionaryVersion.version).limit(1)).scalar())


def saw(version: int | None) -> None:
    """Drop what is remembered if it is of another version than the database now has.

    Every request comes by with the version that the query for the person brought along.
    """
    global _seen_version
    if version != _seen_version:
        _forget()
        _seen_version = version


def changed() -> None:
    """Say within the transaction that something was changed that processes remember."""
    with elevated():
        query = update(DictionaryVersion).values(version=DictionaryVersion.version + 1)
        if not session.execute(query.execution_options(synchronize_session=False)).rowcount:  # type: ignore[attr-defined]
            session.add(DictionaryVersion(version=1))
    _forget()


def _forget() -> None:
    _cache.clear()
    for forget in _also:
        forget()


def _items(name: str) -> dict[str, Item]:
    if name not in _cache:
        query = (
            select(DictionaryEntry)
            .where(DictionaryEntry.dictionary == name)
            .order_by(DictionaryEntry.position, DictionaryEntry.id)
        )
        with elevated():
            rows = session.scalars(query).all()
        _cache[name] = {
            row.code: Item(
                row.code,
                row.title,
                row.parent or "",
                row.disabled,
                json.loads(row.attributes or "{}"),
            )
            for row in rows
        }
    return _cache[name]


def entries(name: str, *, also: str | None = None) -> list[Item]:
    """Return the entries that may be chosen now; `also` keeps a disabled one that a record has."""
    return [item for item in _items(name).values() if not item.disabled or item.code == also]


def all_entries(name: str) -> list[Item]:
    """Return the entries that records may hold, those out of use among them."""
    return list(_items(name).values())


def find(name: str, code: str | None) -> Item | None:
    """Return the entry, disabled or not; None if the dictionary has no such code."""
    return _items(name).get(code or "")


def approves(item: Item | None) -> bool:
    """Tell whether an entry says that what it is put on is in order: `verdict: pass`."""
    return item is not None and item.attributes.get("verdict") == "pass"


def title(name: str, code: str | None) -> str:
    """Return the title of a code; the code itself where the dictionary has none."""
    if not code:
        return ""
    item = _items(name).get(code)
    return item.title if item else code


def path_title(name: str, code: str | None) -> str:
    """Return the titles from the root of a tree down to the code, such as 湖北省武汉市江岸区."""
    parts: list[str] = []
    item = find(name, code)
    while item and len(parts) < 8:
        parts.append(item.title)
        item = find(name, item.parent) if item.parent else None
    return "".join(reversed(parts)) or (code or "")
