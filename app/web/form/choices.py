"""Answers of the search boxes: records that a reference may take here, under the person's scope."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from app.core.db import search_text
from app.core.db.database import session
from app.core.declare import Field, Object, registry
from app.core.errors import NotFound
from app.core.expressions.env import make_env
from app.core.records import display, form_binding, queries, typed_row, validation
from app.core.records.typed_row import Row
from app.core.reference import dictionaries
from app.core.types import Ref, Refs, Tree
from app.web.form.page import Option

MOST = 20
SCANNED = 500  # rows of an object without searchable fields that are looked through by title


def answer(root: Row, path: str, at: str, text: str) -> dict[str, Any]:
    """Return the options of the field at `path`, asked for in the row at `at`."""
    row, item = place(root, path, at)
    if isinstance(item.type, Tree):
        found, more = tree(item, text)
    elif isinstance(item.type, Ref):
        found, more = records(row, item, text)
    else:
        raise NotFound("这一项没有可选的记录")
    return {
        "options": [asdict(option) for option in found],
        "more": more,
        "among": item.among,
        "first": [] if found else unfilled(row, item),
    }


def unfilled(row: Row, item: Field) -> list[str]:
    """Return the titles of what is still empty on the form and decides what may be picked."""
    titles = []
    for path in item.asks:
        name, _, rest = path.partition(".")
        owner = row
        if name == "parent" and row._parent is not None:
            owner, name = row._parent, rest.partition(".")[0]
        field = next((one for one in owner._object.fields if one.name == name), None)
        if field is not None and owner._values.get(name) in (None, "", []):
            titles.append(field.title)
    return titles


def place(root: Row, path: str, at: str) -> tuple[Row, Field]:
    """Return the row in which a field stands (an empty one for a row that is to be added) and the field."""
    names = path.split(".")
    numbers = [int(part) for part in at.split(".") if part.isascii() and part.isdigit()]
    row = root
    for name in names[:-1]:
        row = _inner(row, name, numbers)
    try:
        return row, row._object.field(names[-1])
    except KeyError:
        raise NotFound("没有这一项") from None


def _inner(row: Row, name: str, numbers: list[int]) -> Row:
    child = next((item for item in row._object.children if item.name == name), None)
    if child is None:
        return _draft_row(row, name)
    rows_of_child = row._children.get(name, [])
    index = numbers.pop(0) if numbers else -1
    if 0 <= index < len(rows_of_child):
        return rows_of_child[index]
    inner = registry.object(child.object)
    empty = Row(inner, None, row)
    empty._values = {
        item.name: [] if isinstance(item.type, Refs) else None for item in inner.fields
    }
    return empty


def _draft_row(row: Row, name: str) -> Row:
    from app.core.records import change_drafts

    obj = row._object
    target = getattr(row, obj.draft.target) if obj.draft and obj.draft.field == name else None
    if target is None:
        raise NotFound("没有这一项")
    values = change_drafts.read(row._values.get(name))["values"]
    return form_binding.bind(change_drafts.target_object(obj), target, values).row


def tree(item: Field, text: str) -> tuple[list[Option], bool]:
    """Return the entries of a tree whose way from the root contains the text."""
    assert isinstance(item.type, Tree)
    wanted = search_text.normalise(text)
    found = []
    for entry in dictionaries.entries(item.type.of):
        way = dictionaries.path_title(item.type.of, entry.code)
        if _hits(wanted, way) or entry.code.startswith(wanted):
            found.append(Option(value=entry.code, title=way, detail=entry.code))
            if len(found) > MOST:
                break
    return found[:MOST], len(found) > MOST


def _hits(wanted: str, title: str) -> bool:
    return wanted in title.lower() or (
        wanted.isascii()
        and bool(wanted)
        and search_text.initials(title).startswith(wanted.replace(" ", ""))
    )


def records(row: Row, item: Field, text: str) -> tuple[list[Option], bool]:
    """Return the records that the field may take and that the text finds."""
    assert isinstance(item.type, Ref)
    target = registry.object(item.type.object)
    env = typed_row.own_env(row, make_env())
    query = validation.choices(target, item, env)
    found: Sequence[Any]
    if text and not hasattr(target.model, "search_text"):
        scanned = session.scalars(query.limit(SCANNED)).unique().all()
        wanted = search_text.normalise(text)
        found = [one for one in scanned if _hits(wanted, display.title_of(one))]
    else:
        if text:
            query = query.where(queries.found(target, target.model, text))
        query = query.order_by(*queries.order_by(target, ())).limit(MOST + 1)
        found = (
            session.scalars(query.options(*queries.eager(target, target.columns))).unique().all()
        )
    return [option(target, one, item, row._object) for one in found[:MOST]], len(found) > MOST


def listed(row: Row, item: Field) -> tuple[Option, ...]:
    """Return the records that the field may take, to be listed at once; of very many only the first."""
    assert isinstance(item.type, Ref)
    target = registry.object(item.type.object)
    query = validation.choices(target, item, typed_row.own_env(row, make_env()))
    query = query.order_by(*queries.order_by(target, ())).limit(SCANNED)
    found = session.scalars(query.options(*queries.eager(target, target.columns))).unique().all()
    return tuple(option(target, one, item, row._object) for one in found)


def option(target: Object, record: Any, item: Field, owner: Object) -> Option:
    """Return one record as a choice, with what picking it copies into the fields beside."""
    fill, shows = {}, {}
    for name, path in item.fill.items():
        own = owner.field(name)
        value = typed_row.follow(record, path)
        fill[name] = own.type.dump(value)
        shows[name] = (
            display.text_of(target, record, path)
            if isinstance(own.type, Ref)
            else display.text_of_value(own, value)
        )
    return Option(
        value=str(record.id),
        title=display.title_of(record),
        detail=detail(target, record),
        fill=fill,
        shows=shows,
    )


def detail(target: Object, record: Any) -> str:
    """Return what tells records of one name apart: the first columns of the list that are not the name."""
    named = {path.partition(".")[0] for path in display.variables(target.display)} | {"state"}
    parts = []
    for path in target.columns:
        if path.partition(".")[0] not in named:
            text = display.text_of(target, record, path, masked=True)
            parts += [text] if text else []
        if len(parts) == 2:
            break
    return " ".join(parts)
