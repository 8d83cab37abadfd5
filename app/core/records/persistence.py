"""Parsed values become a record: fields, references, files and child rows, wherever they differ."""

from typing import Any

from app.core.declare import Field
from app.core.records import form_binding, typed_row
from app.core.records.typed_row import Row
from app.core.types import Boolean, Code, File, Ref, Refs


def write(row: Row, record: Any | None) -> Any:
    """Write a row with its child rows to its record, a new one if there is none; return it.

    Only what differs is written; numbers of a series and totals are left to those who give them.
    """
    obj = row._object
    target: Any = record if record is not None else obj.model()
    for item in obj.fields:
        if item.total is not None:
            if record is None:
                setattr(target, item.name, item.default)
        elif not isinstance(item.type, Code):
            _write_field(target, item, row)
    for child in obj.children:
        if child.name in row._raw or record is None or not row._children.get(child.name):
            _write_children(target, child.name, row._children.get(child.name, []))
        else:
            for inner in row._children[child.name]:
                if inner._record is not None and form_binding.differs(inner):
                    write(inner, inner._record)
    return target


def write_rows(row: Row, record: Any, name: str) -> None:
    """Write the rows of one list to the record."""
    _write_children(record, name, row._children.get(name, []))


def _write_field(target: Any, item: Field, row: Row) -> None:
    value = row._values.get(item.name)
    if isinstance(item.type, Refs):
        _write_refs(target, item.name, item.type.object, value or [])
    elif isinstance(item.type, (Ref, File)):
        if getattr(target, f"{item.name}_id") != value:
            setattr(target, f"{item.name}_id", value)
            if not isinstance(item.type, File):
                setattr(target, item.name, getattr(row, item.name))
    else:
        never_empty = item.required is True and item.when is None  # so is the column
        if value is None and isinstance(item.type, Boolean) and never_empty:
            value = False
        if getattr(target, item.name) != value:
            setattr(target, item.name, value)


def _write_refs(target: Any, name: str, object_name: str, ids: list[int]) -> None:
    if [item.id for item in getattr(target, name)] != ids:
        setattr(target, name, [typed_row.target_of(object_name, pk) for pk in ids])


def _write_children(target: Any, name: str, rows: list[Row]) -> None:
    kept = []
    for position, row in enumerate(rows):
        inner = write(row, row._record)
        if inner.position != position:
            inner.position = position
        kept.append(inner)
    if getattr(target, name) != kept:
        setattr(target, name, kept)
