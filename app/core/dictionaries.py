"""Codes and their titles: shipped entries, which an administrator extends, renames and disables."""

import json
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Boolean, Index, Integer, String, Text, UniqueConstraint, select
from sqlalchemy.orm import Mapped, mapped_column

from app.core.database import elevated, session
from app.core.entity import Table


class DictionaryEntry(Table):
    """One entry as it stands now; `shipped_title` is what the metadata brought, if they did."""

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


def refresh() -> None:
    """Drop what is remembered if another process changed a dictionary; called once per request."""
    global _seen_version
    with elevated():
        version = session.execute(select(DictionaryVersion.version).limit(1)).scalar()
    if version != _seen_version:
        _cache.clear()
        _seen_version = version


def changed() -> None:
    """Say within the transaction that a dictionary was changed."""
    with elevated():
        row = session.execute(select(DictionaryVersion).limit(1)).scalar()
        if row is None:
            session.add(DictionaryVersion(version=1))
        else:
            row.version += 1
    _cache.clear()


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


def find(name: str, code: str | None) -> Item | None:
    """Return the entry, disabled or not; None if the dictionary has no such code."""
    return _items(name).get(code or "")


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
