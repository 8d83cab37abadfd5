"""Changing dictionaries: what an administrator adds, renames, moves, disables and brings back.

What the metadata shipped can be renamed and disabled, never deleted, and every difference from it
can be undone. Records hold codes, so a code never changes.
"""

import re
from collections.abc import Iterator
from typing import Any

from sqlalchemy import func, select

from app.core.audit import history
from app.core.db.database import session
from app.core.errors import Conflict, Fault, Rejected, Stale
from app.core.reference import dictionary_entries
from app.core.reference.dictionaries import DictionaryEntry, changed

LONGEST = 100  # characters of a title
_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,39}")


def add(name: str, code: str, title: str, parent: str = "", like: str = "") -> DictionaryEntry:
    """Add an entry at the end of its level; an empty code is given by the system.

    `like` names an entry whose attributes (what the rules of the product know it by) are taken.
    """
    declared = dictionary_entries.dictionary(name)
    faults = [*_title_faults(name, title, parent, None)]
    if code and not _CODE.fullmatch(code):
        faults.append(Fault("code", "代码由字母、数字、点、横线组成，不超过 40 个字符"))
    elif code and dictionary_entries.by_code(name, code):
        faults.append(Fault("code", f"代码“{code}”已被使用，请换一个"))
    if parent and dictionary_entries.by_code(name, parent) is None:
        faults.append(Fault("parent", "上级条目不存在"))
    model = dictionary_entries.by_code(name, like) if like else None
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
    if seen != dictionary_entries.stamp(entry):
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
    siblings = [
        line.entry for line in dictionary_entries.lines(entry.dictionary, entry.parent or "")
    ]
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
    default = dictionary_entries.defaults(entry.dictionary).get(entry.code)
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
    shipped = dictionary_entries.defaults(name)
    rows = [line.entry for line in dictionary_entries.lines(name)]
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
    number = dictionary_entries.used(entry.dictionary, [entry.code]).get(entry.code, 0)
    if number:
        raise Conflict(f"已有 {number} 处使用这个条目，不能删除，可以停用")
    if dictionary_entries.children(entry.dictionary).get(entry.code):
        raise Conflict("这个条目下还有下级条目，不能删除")
    _note(entry, "delete", {"title": [entry.title, None], "code": [entry.code, None]})
    session.delete(entry)
    session.flush()


def _note(entry: DictionaryEntry, kind: str, detail: dict[str, list[Any]]) -> None:
    history.note(dictionary_entries.OBJECT, entry.id, kind, detail)
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
        DictionaryEntry.dictionary == name,
        DictionaryEntry.title == title,
        dictionary_entries.under(parent),
    )
    for other in session.scalars(query):
        if entry is None or other.id != entry.id:
            words = "（已停用，可直接启用）" if other.disabled else ""
            yield Fault("title", f"已有名为“{title}”的条目{words}")
            return


def _parent_faults(entry: DictionaryEntry, parent: str) -> Iterator[Fault]:
    if not parent or parent == entry.parent:
        return
    above = [row.code for row in dictionary_entries.way(entry.dictionary, parent)]
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
