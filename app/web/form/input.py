"""What a browser sent, as the nested values that `app.core.records.service` reads; and what a form starts with."""

from collections.abc import Iterable
from typing import Any

from werkzeug.datastructures import MultiDict

from app.core.db.row_ids import id_of
from app.core.declare import Field, Object, registry
from app.core.records import change_drafts, form_binding
from app.core.records import service as records
from app.core.records.typed_row import Row
from app.core.types import DraftOf, Money, Refs

Raw = dict[str, Any]


def read(
    obj: Object, sent: MultiDict[str, str], *, prefix: str = "", only: Iterable[str] | None = None
) -> Raw:
    """Return what was typed; what did not stand on the page is left out."""
    raw: Raw = {}
    wanted = None if only is None else frozenset(only)
    for item in obj.fields:
        if wanted is not None and item.name not in wanted:
            continue
        path = prefix + item.name
        if isinstance(item.type, DraftOf):
            _read_draft(obj, item, sent, path, raw)
        elif path in sent:
            raw[item.name] = _value(item, sent.getlist(path))
    for child in obj.children:
        path = prefix + child.name
        if path in sent and (wanted is None or child.name in wanted):
            inner = registry.object(child.object)
            raw[child.name] = [
                {
                    "id": sent.get(f"{path}.{key}.id", ""),
                    **read(inner, sent, prefix=f"{path}.{key}."),
                }
                for key in keys_of(sent, path)
            ]
    return raw


def _read_draft(obj: Object, item: Field, sent: MultiDict[str, str], path: str, raw: Raw) -> None:
    draft = obj.draft
    if draft is None or path not in sent:
        return
    inner = change_drafts.target_object(obj)
    raw[item.name] = read(inner, sent, prefix=f"{path}.", only=draft.fields)


def _value(item: Field, values: list[str]) -> Any:
    if isinstance(item.type, Refs):
        return [value for value in values if value]
    value = values[-1]
    return value.replace(",", "").replace("，", "") if isinstance(item.type, Money) else value


def answers(obj: Object, sent: MultiDict[str, str], action: str) -> Raw:
    """Return what was typed into the dialog of an action: `values.ACTION.FIELD`, as a page asks for several."""
    begin, fields = f"values.{action}.", {item.name: item for item in obj.fields}
    found: Raw = {}
    for path in sent:
        name = path.removeprefix(begin)
        if name != path:
            typed = sent.getlist(path)
            found[name] = _value(fields[name], typed) if name in fields else typed[-1]
    return found


def keys_of(sent: MultiDict[str, str], path: str) -> list[int]:
    """Return the numbers of the rows of a child list, in their order."""
    begin = len(path) + 1
    found = set()
    for name in sent:
        if name.startswith(f"{path}."):
            key = name[begin:].partition(".")[0]
            if key.isascii() and key.isdigit() and len(key) < 6:
                found.add(int(key))
    return sorted(found)


def files_of(obj: Object, sent: MultiDict[str, str]) -> dict[str, list[int]] | None:
    """Return the files that stand in the checklist, None if the page had no checklist."""
    if "_materials" not in sent:
        return None
    return {
        material.name: [
            number
            for number in map(id_of, sent.getlist(f"material.{material.name}"))
            if number is not None
        ]
        for material in obj.materials
    }


def start(obj: Object, record: Any) -> Raw:
    """Return what the form of a record holds, defaults for a new one."""
    raw = (
        records.raw_of(obj, record)
        if record is not None
        else raw_of_row(form_binding.bind(obj, None, {}).row)
    )
    if obj.draft and record is not None:
        raw[obj.draft.field] = change_drafts.read(getattr(record, obj.draft.field))["values"]
    return raw


def raw_of_row(row: Row) -> Raw:
    """Return the texts of a row that is not stored."""
    obj = row._object
    raw: Raw = {}
    for item in obj.fields:
        if not isinstance(item.type, DraftOf):
            value = row._values.get(item.name)
            raw[item.name] = (
                [str(pk) for pk in value or ()]
                if isinstance(item.type, Refs)
                else item.type.dump(value)
            )
    for child in obj.children:
        raw[child.name] = [raw_of_row(inner) for inner in row._children.get(child.name, ())]
    return raw


def prefilled(obj: Object, raw: Raw, asked: MultiDict[str, str]) -> Raw:
    """Put values of the address (`/new?plan=7`) into a new form; only fields that a person types."""
    for item in form_binding.typed_fields(obj):
        if item.name in asked and not item.readonly:
            raw[item.name] = (
                asked.getlist(item.name) if isinstance(item.type, Refs) else asked[item.name]
            )
    return raw
