"""Changing dictionaries: what an administrator adds, renames, moves, disables and brings back.

What the metadata shipped stays recognisable: it can be renamed and disabled, never deleted, and
every difference from it can be undone. Records hold codes, so a code never changes.
"""

import hashlib
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, or_, select, union_all

from app.core import dictionaries, history, reference, registry
from app.core.database import elevated, session
from app.core.declare import Dictionary, Field, Object
from app.core.dictionaries import DictionaryEntry, changed
from app.core.errors import Conflict, Fault, NotFound, Rejected, Stale
from app.core.types import Dict, Tree

OBJECT = "dictionary"  # of the history
LONGEST = 100  # characters of a title
_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,39}")
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


# -- reading -------------------------------------------------------------------------------------


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
        query = query.where(_under(parent))
    shipped = defaults(name)
    below = _children(name) if parent is not None else {}
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
        for _, position, code, title, parent, _ in reference.shipped_entries(name)
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


def _under(parent: str) -> ColumnElement[bool]:
    if parent:
        return DictionaryEntry.parent == parent
    return or_(DictionaryEntry.parent.is_(None), DictionaryEntry.parent == "")


def _children(name: str) -> dict[str, int]:
    query = (
        select(DictionaryEntry.parent, func.count(DictionaryEntry.id))
        .where(DictionaryEntry.dictionary == name, DictionaryEntry.parent.is_not(None))
        .group_by(DictionaryEntry.parent)
    )
    return {parent or "": number for parent, number in session.execute(query)}


# -- changing ------------------------------------------------------------------------------------


def add(name: str, code: str, title: str, parent: str = "", like: str = "") -> DictionaryEntry:
    """Add an entry at the end of its level; an empty code is given by the system.

    `like` names an entry whose attributes (what the rules of the product know it by) are taken.
    """
    declared = dictionary(name)
    faults = [*_title_faults(name, title, parent, None)]
    if code and not _CODE.fullmatch(code):
        faults.append(Fault("code", "代码由字母、数字、点、横线组成，不超过 40 个字符"))
    elif code and by_code(name, code):
        faults.append(Fault("code", f"代码“{code}”已被使用，请换一个"))
    if parent and by_code(name, parent) is None:
        faults.append(Fault("parent", "上级条目不存在"))
    model = by_code(name, like) if like else None
    if declared.attributes and model is None:
        faults.append(Fault("like", "请选择照哪个条目办理"))
    if faults:
        raise Rejected(faults)
    entry = DictionaryEntry(
        dictionary=name,
        code=code or _free_code(name),
        title=title,
        parent=parent or None,
        position=_last_position(name) + 1,
        disabled=False,
        attributes=model.attributes if model else None,
    )
    session.add(entry)
    session.flush()
    _note(entry, "create", {"title": [None, title]})
    return entry


def change(entry: DictionaryEntry, title: str, parent: str, seen: str) -> bool:
    """Rename an entry or put it under another one; False if nothing differs. `seen`: its stamp."""
    if seen != stamp(entry):
        raise Stale("这个条目刚被别人修改过，您的内容没有保存。请核对当前内容后再保存。")
    faults = [*_title_faults(entry.dictionary, title, parent, entry)]
    faults += _parent_faults(entry, parent)
    if faults:
        raise Rejected(faults)
    detail: dict[str, list[Any]] = {}
    if title != entry.title:
        detail["title"] = [entry.title, title]
    if parent != (entry.parent or ""):
        detail["parent"] = [entry.parent, parent or None]
    if detail:
        entry.title, entry.parent = title, parent or None
        _note(entry, "update", detail)
    return bool(detail)


def set_disabled(entry: DictionaryEntry, disabled: bool) -> bool:
    """Take an entry out of use or bring it back; False if it was so already."""
    if entry.disabled == disabled:
        return False
    if disabled and not _others_in_use(entry):
        raise Conflict("这是最后一个在用的条目，停用后将无可选项，不能停用")
    entry.disabled = disabled
    _note(entry, "disable" if disabled else "enable", {"disabled": [not disabled, disabled]})
    return True


def move(entry: DictionaryEntry, step: int) -> bool:
    """Move an entry up (-1) or down (1) among those of its level; False at the end."""
    siblings = [line.entry for line in lines(entry.dictionary, entry.parent or "")]
    at = siblings.index(entry)
    to = at + (1 if step > 0 else -1)
    if not 0 <= to < len(siblings):
        return False
    places = sorted({row.position for row in siblings})
    if len(places) < len(siblings):  # an upgrade may have given two the same place
        places = list(range(len(siblings)))
    siblings[at], siblings[to] = siblings[to], siblings[at]
    for place, row in zip(places, siblings, strict=True):
        row.position = place
    _note(entry, "move", {"position": [at + 1, to + 1]})
    return True


def restore(entry: DictionaryEntry) -> None:
    """Bring a shipped entry back to what this release ships."""
    if entry.shipped_title is None:
        raise Conflict("这是自行增加的条目，没有默认内容")
    default = defaults(entry.dictionary).get(entry.code)
    detail: dict[str, list[Any]] = {}
    if entry.title != entry.shipped_title:
        detail["title"] = [entry.title, entry.shipped_title]
        entry.title = entry.shipped_title
    if entry.disabled:
        detail["disabled"] = [True, False]
        entry.disabled = False
    if default and default.parent != (entry.parent or ""):
        detail["parent"] = [entry.parent, default.parent or None]
        entry.parent = default.parent or None
    if detail:
        _note(entry, "restore", detail)


def restore_order(name: str) -> None:
    """Bring shipped entries back to their order; own ones follow behind."""
    shipped = defaults(name)
    rows = [line.entry for line in lines(name)]
    last = len(shipped) + len(rows)
    rows.sort(key=lambda row: shipped[row.code].position if row.code in shipped else last)
    moved = [row for place, row in enumerate(rows) if row.position != place]
    for place, row in enumerate(rows):
        row.position = place
    if moved:
        _note(rows[0], "order", {"position": [None, "默认顺序"]})


def delete(entry: DictionaryEntry) -> None:
    """Delete an entry that was added here and that no record has."""
    if entry.shipped_title is not None:
        raise Conflict("系统预置的条目不能删除，可以停用")
    number = used(entry.dictionary, [entry.code]).get(entry.code, 0)
    if number:
        raise Conflict(f"已有 {number} 处使用这个条目，不能删除，可以停用")
    if _children(entry.dictionary).get(entry.code):
        raise Conflict("这个条目下还有下级条目，不能删除")
    _note(entry, "delete", {"title": [entry.title, None], "code": [entry.code, None]})
    session.delete(entry)
    session.flush()


def _note(entry: DictionaryEntry, kind: str, detail: dict[str, list[Any]]) -> None:
    history.note(OBJECT, entry.id, kind, detail)
    changed()


def _title_faults(
    name: str, title: str, parent: str, entry: DictionaryEntry | None
) -> Iterator[Fault]:
    if not title:
        yield Fault("title", "请填写名称")
        return
    if len(title) > LONGEST:
        yield Fault("title", f"名称不能超过 {LONGEST} 个字，现有 {len(title)} 个")
        return
    query = select(DictionaryEntry).where(
        DictionaryEntry.dictionary == name, DictionaryEntry.title == title, _under(parent)
    )
    for other in session.scalars(query):
        if entry is None or other.id != entry.id:
            words = "（已停用，可直接启用）" if other.disabled else ""
            yield Fault("title", f"已有名为“{title}”的条目{words}")
            return


def _parent_faults(entry: DictionaryEntry, parent: str) -> Iterator[Fault]:
    if not parent or parent == entry.parent:
        return
    above = [row.code for row in way(entry.dictionary, parent)]
    if not above:
        yield Fault("parent", "上级条目不存在")
    elif entry.code in above:
        yield Fault("parent", "不能放在自己或自己的下级之下")


def _others_in_use(entry: DictionaryEntry) -> bool:
    query = select(DictionaryEntry.id).where(
        DictionaryEntry.dictionary == entry.dictionary,
        DictionaryEntry.disabled.is_(False),
        DictionaryEntry.id != entry.id,
    )
    return session.scalars(query.limit(1)).first() is not None


def _last_position(name: str) -> int:
    query = select(func.max(DictionaryEntry.position)).where(DictionaryEntry.dictionary == name)
    return session.scalar(query) or 0


def _free_code(name: str) -> str:
    query = select(DictionaryEntry.code).where(DictionaryEntry.dictionary == name)
    taken = set(session.scalars(query))
    number = len(taken) + 1
    while f"u{number}" in taken:
        number += 1
    return f"u{number}"
