"""Bringing the entries of a release into the dictionaries, beside what an administrator made of them.

An entry remembers the title, the parent and the place it was shipped with. What still stands as
it was shipped follows the release; what was changed on screen stays, and screens compare it with
what is shipped now. Attributes, which rules judge by and no screen changes, always follow.
"""

import json
from collections.abc import Iterable
from typing import Any

from sqlalchemy import insert, select, update

from app.core.db.database import session
from app.core.reference.dictionaries import DictionaryEntry, changed

Shipped = tuple[
    str, int, str, str, str, dict[str, Any]
]  # dictionary, place, code, title, parent, attributes
VISIBLE = {"title", "parent", "position", "attributes"}


def follow(shipped: Iterable[Shipped]) -> str:
    """Add and adjust what a release ships; return in words what was done."""
    wanted: dict[str, list[Shipped]] = {}
    for entry in shipped:
        wanted.setdefault(entry[0], []).append(entry)
    stored: dict[str, list[Any]] = {}
    for row in session.execute(select(*DictionaryEntry.__table__.columns)):
        stored.setdefault(row.dictionary, []).append(row)
    fresh: list[dict[str, Any]] = []
    changes: list[dict[str, Any]] = []
    for name, entries in wanted.items():
        rows = stored.get(name, [])
        known = {row.code for row in rows}
        fresh += [_fresh(entry) for entry in entries if entry[2] not in known]
        changes += _changes(entries, rows)
    if fresh:
        session.execute(insert(DictionaryEntry), fresh)
    for change in changes:
        row_id = change.pop("id")
        session.execute(
            update(DictionaryEntry).where(DictionaryEntry.id == row_id).values(change)
        )  # fmt: skip
    if fresh or changes:
        changed()
    seen = sum(bool(VISIBLE & change.keys()) for change in changes)
    done = [f"新增字典条目 {len(fresh)} 条"] if fresh else []
    return "，".join([*done, *([f"更新字典条目 {seen} 条"] if seen else [])])


def _fresh(entry: Shipped) -> dict[str, Any]:
    name, position, code, title, parent, attributes = entry
    return {
        "dictionary": name,
        "code": code,
        "title": title,
        "parent": parent or None,
        "position": position,
        "disabled": False,
        "attributes": json.dumps(attributes, ensure_ascii=False) if attributes else None,
        "shipped_title": title,
        "shipped_parent": parent or None,
        "shipped_position": position,
    }


def _changes(entries: list[Shipped], rows: list[Any]) -> list[dict[str, Any]]:
    """Return what changes in the entries that are there, each with its `id`."""
    by_code = {entry[2]: entry for entry in entries}
    ordered = _in_shipped_order(by_code, rows)
    found = []
    for row in rows:
        if row.code in by_code:
            change = _change(row, by_code[row.code], ordered)
            if change:
                found.append({"id": row.id, **change})
    others = sorted(
        (row for row in rows if row.code not in by_code), key=lambda row: (row.position, row.id)
    )
    if ordered and others and others[0].position < len(entries):
        found += [
            {"id": row.id, "position": len(entries) + n}
            for n, row in enumerate(others)
            if row.position != len(entries) + n
        ]
    return found


def _change(row: Any, entry: Shipped, ordered: bool) -> dict[str, Any]:
    default = _fresh(entry)
    remembered = ("shipped_title", "shipped_parent", "shipped_position")
    change = {name: default[name] for name in remembered if getattr(row, name) != default[name]}
    if row.title == row.shipped_title != default["title"]:
        change["title"] = default["title"]
    is_known = row.shipped_position is not None  # an older database does not say what was shipped
    stands = (row.parent or None) == row.shipped_parent
    if is_known and stands and row.shipped_parent != default["parent"]:
        change["parent"] = default["parent"]
    if json.loads(row.attributes or "{}") != entry[5]:
        change["attributes"] = default["attributes"]
    if ordered and row.position != default["position"]:
        change["position"] = default["position"]
    return change


def _in_shipped_order(by_code: dict[str, Shipped], rows: list[Any]) -> bool:
    """Tell whether nobody has moved an entry, so that the order may follow the release."""
    shipped = [row for row in rows if row.shipped_title is not None]
    own = [row for row in rows if row.shipped_title is None]
    last = max((row.position for row in shipped), default=-1)
    if any(row.position <= last for row in own):
        return False
    if all(row.position == row.shipped_position for row in shipped):
        return True
    present = [row for row in shipped if row.code in by_code]
    present.sort(key=lambda row: (row.position, row.id))
    places = [by_code[row.code][1] for row in present]
    return places == sorted(places)
