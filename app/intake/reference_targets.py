"""References in cells: which record a text names, and by which text a record is named.

A record is named by its title, by a unique key of its own (a code, a number), or by both as
`title（key）`; where none is called so, by a part of its title by which it is also searched. All
texts of a column are looked up together.
"""

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import String as SqlString
from sqlalchemy import cast, func, literal, or_

from app.core.db.database import session
from app.core.declare import Field, Object, registry
from app.core.expressions.env import make_env
from app.core.records import bulk_lookups, display, queries, validation
from app.core.types import Code, Ref, Refs, String
from app.intake.text_cleaning import Unreadable

MOST_READ = 5000  # records whose titles are compared where SQL cannot do it
DROPPED = 300  # records that still make a usable drop-down list
_BOTH = re.compile(r"(.+)（([^（）]+)）", re.DOTALL)
_APART = re.compile(r"[、；;,，\n]+")


@dataclass
class Lookup:
    """What the texts of one reference field stand for."""

    target: Object
    found: dict[str, set[int]]
    complete: bool = True

    def ids(self, field: Field, text: str) -> list[int]:
        """Return the ids of a cell; Unreadable where a part names none or several."""
        return [self._one(part) for part in parts_of(field, text)]

    def _one(self, text: str) -> int:
        ids = self.found.get(text, set())
        if len(ids) == 1:
            return next(iter(ids))
        key = key_of(self.target)
        title = self.target.field(key).title if key else ""
        if ids:
            how = f"请填{title}" if key else "无法区分，请改在页面上填写"
            raise Unreadable(f"有 {len(ids)} 个“{text[:40]}”，{how}")
        raise Unreadable(
            f"没有找到{self.target.title}“{text[:40]}”，或不可选用、不在您的范围内"
            + (f"；可填名称或{title}" if key else "")
        )


def parts_of(field: Field, text: str) -> list[str]:
    """Return the names in a cell: one, or several for a field that takes several."""
    text = " ".join(text.split(" ")).strip()
    if not isinstance(field.type, Refs):
        return [text] if text else []
    return [part.strip() for part in _APART.split(text) if part.strip()]


def key_of(obj: Object) -> str:
    """Return the field that alone tells the object's records apart, empty if there is none."""
    singles = [group[0] for group in validation.keys(obj) if len(group) == 1]
    singles += [item.name for item in obj.fields if isinstance(item.type, Code)]
    texts = [name for name in singles if isinstance(obj.field(name).type, String)]
    return texts[0] if texts else ""


def name_of(obj: Object, record: Any) -> str:
    """Return the text by which a cell names a record; what pages hide is hidden in it too."""
    title = display.title_of(record, masked=True)
    key = key_of(obj)
    value = display.text_of(obj, record, key, masked=True) if key else ""
    return f"{title}（{value}）" if value and value != title else title


def look_up(field: Field, texts: Iterable[str]) -> Lookup:
    """Find the records that the texts of a column name, within the person's reach."""
    assert isinstance(field.type, Ref)
    target = registry.object(field.type.object)
    wanted = {part for text in texts for part in parts_of(field, text)}
    found: dict[str, set[int]] = defaultdict(set)
    _by_columns(target, field, wanted, found)
    rest = wanted - set(found)
    if rest and _plain_title(target) is None:
        _by_titles(target, field, rest, found)
    rest = wanted - set(found)
    if rest:
        _by_parts(target, field, rest, found)
    return Lookup(target, dict(found))


def _choices(target: Object, field: Field) -> Any:
    """Return what may be chosen at all; what only this row may choose is checked with the row."""
    open_field = Field(name=field.name, title=field.title, type=field.type)
    return validation.choices(target, open_field, make_env())


def _by_columns(target: Object, field: Field, wanted: set[str], found: dict[str, set[int]]) -> None:
    model: Any = target.model
    key, title = key_of(target), _plain_title(target)
    columns = {"key": getattr(model, key)} if key else {}
    columns |= {"title": title} if title is not None else {}
    if not columns:
        return
    split = _split(wanted) if key else {}
    asked = wanted | {one.strip() for part in split.values() for one in part}
    keys: dict[int, str] = {}
    by: dict[str, dict[str, set[int]]] = {name: defaultdict(set) for name in columns}
    for piece in bulk_lookups.pieces(sorted(asked)):
        query = _choices(target, field).where(or_(*(c.in_(piece) for c in columns.values())))
        query = query.with_only_columns(model.id, *columns.values())
        for pk, *values in session.execute(query):
            for name, value in zip(columns, values, strict=True):
                by[name][str(value)].add(pk)
                if name == "key":
                    keys[pk] = str(value)
    for text in wanted:
        ids = by.get("title", {}).get(text) or by.get("key", {}).get(text)
        if not ids and text in split:
            called, number = (part.strip() for part in split[text])
            ids = by["key"].get(number) or _masked(target, by, keys, called, number)
        if ids:
            found[text] = set(ids)


def _split(wanted: set[str]) -> dict[str, tuple[str, ...]]:
    """Return title and key of texts that have both."""
    return {text: match.groups() for text in wanted if (match := _BOTH.fullmatch(text))}


def _masked(
    target: Object,
    by: dict[str, dict[str, set[int]]],
    keys: dict[int, str],
    called: str,
    number: str,
) -> set[int]:
    """Return the records that a template or an export of ours names so, their key masked."""
    field = target.field(key_of(target))
    same = by.get("title", {}).get(called, set()) if field.mask else set()
    return {pk for pk in same if field.type.mask(keys.get(pk)) == number}


def _plain_title(target: Object) -> Any:
    """Return the title as SQL where it is made of plain texts of the record itself, else None."""
    model: Any = target.model
    parts: list[Any] = []
    end = 0
    for match in display.VARIABLE.finditer(target.display):
        field = next((item for item in target.fields if item.name == match[1]), None)
        if field is None or field.mask or not isinstance(field.type, String):
            return None
        parts += (
            [literal(target.display[end : match.start()], SqlString)] if match.start() > end else []
        )
        parts.append(func.coalesce(cast(getattr(model, match[1]), SqlString), ""))
        end = match.end()
    if end < len(target.display):
        parts.append(literal(target.display[end:], SqlString))
    if not parts:
        return None
    whole = parts[0]
    for part in parts[1:]:
        whole = whole.concat(part)
    return getattr(model, display.variables(target.display)[0]) if len(parts) == 1 else whole


def _by_titles(target: Object, field: Field, wanted: set[str], found: dict[str, set[int]]) -> None:
    """Compare titles that only Python can make, where there are not too many."""
    query = _choices(target, field).options(
        *queries.eager(target, display.variables(target.display))
    )
    records = session.scalars(query.limit(MOST_READ + 1)).unique().all()
    if len(records) > MOST_READ:
        return
    for record in records:
        for text in {display.title_of(record), name_of(target, record)}:
            if text in wanted:
                found[text].add(record.id)


def _by_parts(target: Object, field: Field, wanted: set[str], found: dict[str, set[int]]) -> None:
    """Find records by one of the fields that their titles are made of: a place without its province."""
    model: Any = target.model
    names = display.variables(target.display)
    columns = [
        getattr(model, item.name)
        for item in target.fields
        if item.name in names and item.search and isinstance(item.type, String)
    ]
    if not columns:
        return
    for piece in bulk_lookups.pieces(sorted(wanted)):
        query = _choices(target, field).where(or_(*(column.in_(piece) for column in columns)))
        for pk, *values in session.execute(query.with_only_columns(model.id, *columns)):
            for value in wanted.intersection(values):
                found[value].add(pk)


def drop_down(field: Field) -> list[str]:
    """Return the names of all records that may be chosen, nothing where they are too many."""
    assert isinstance(field.type, Ref)
    target = registry.object(field.type.object)
    query = _choices(target, field).options(
        *queries.eager(target, display.variables(target.display))
    )
    query = query.order_by(*queries.order_by(target, ())).limit(DROPPED + 1)
    records = session.scalars(query).unique().all()
    if len(records) > DROPPED or isinstance(field.type, Refs):
        return []
    return [name_of(target, record) for record in records]
