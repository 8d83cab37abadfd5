"""Values of fields as JSON has them: how they read, and what may be sent for them.

A code reads as {code, title}, a reference as {id, title}, a file as {id, name, size, kind}; each
may be sent back in the same form or as the bare code or number. Amounts are texts, so that
nothing is lost on the way.
"""

from collections.abc import Iterable
from typing import Any

from app.core import clock
from app.core.declare import Field, Object, registry
from app.core.errors import Fault
from app.core.records import change_drafts, display
from app.core.reference import dictionaries
from app.core.types import (
    Boolean,
    Code,
    Date,
    DateTime,
    Decimal,
    Dict,
    DraftOf,
    File,
    Integer,
    Ref,
    Refs,
    Tree,
)
from app.web.form.controls import stored

Json = Any


# --- reading --------------------------------------------------------------------------------------


def shown_fields(obj: Object) -> Iterable[Field]:
    """Return the fields that a person gets to see."""
    return (item for item in obj.fields if not item.hidden)


def paths(obj: Object) -> list[str]:
    """Return the references and child lists that `record` reads, to be loaded along."""
    found = [item.name for item in shown_fields(obj) if isinstance(item.type, Ref)]
    for child in obj.children:
        inner = registry.object(child.object)
        own = [item.name for item in shown_fields(inner) if isinstance(item.type, Ref)]
        found += [f"{child.name}.{name}" for name in own] or [child.name]
    return found


def record(obj: Object, row: Any) -> dict[str, Json]:
    """Return all values of a record, with the rows of its child lists."""
    found = {item.name: value(obj, item, row) for item in shown_fields(obj)}
    for child in obj.children:
        inner = registry.object(child.object)
        found[child.name] = [
            {"id": line.id, **record(inner, line)} for line in getattr(row, child.name)
        ]
    return found


def value(obj: Object, item: Field, row: Any, *, masked: bool = False) -> Json:
    """Return the value of a field of a record."""
    kind = item.type
    if isinstance(kind, DraftOf):
        return _draft(obj, item, row)
    if isinstance(kind, Refs):
        return [named(target) for target in getattr(row, item.name) or ()]
    if isinstance(kind, Ref):
        return named(getattr(row, item.name))
    if isinstance(kind, File):
        return file(getattr(row, f"{item.name}_id"))
    return plain(item, getattr(row, item.name), masked=masked)


def plain(item: Field, found: Any, *, masked: bool = False) -> Json:
    """Return a value that stands in the record itself."""
    kind = item.type
    if found is None or found == "":
        return None
    if isinstance(kind, Dict):
        title = dictionaries.path_title if isinstance(kind, Tree) else dictionaries.title
        return {"code": found, "title": title(kind.of, found)}
    if isinstance(kind, DateTime):
        return clock.local(found).isoformat()
    if isinstance(kind, Date):
        return found.isoformat()
    if isinstance(kind, (Boolean, Integer)):
        return found
    return kind.mask(found) if masked and item.mask else kind.dump(found)


def named(target: Any) -> dict[str, Json] | None:
    """Return a referenced record by its number and name."""
    return None if target is None else {"id": target.id, "title": display.title_of(target)}


def file(pk: int | None) -> dict[str, Json] | None:
    """Return a stored file."""
    found = stored(pk) if pk else None
    if found is None:
        return None
    return {"id": found.id, "name": found.name, "size": found.size, "kind": found.kind}


def _draft(obj: Object, item: Field, row: Any) -> dict[str, Json] | None:
    """Return the copy that a change edits: its values as a form has them, and what differs."""
    content = change_drafts.read(getattr(row, item.name))
    if content["version"] is None:
        return None
    differences = [line for line in change_drafts.comparison(obj, row) if line.changed]
    return {
        "values": content["values"],
        "differences": [
            {"path": line.path, "title": line.label, "before": line.before, "after": line.after}
            for line in differences
        ],
    }


# --- writing --------------------------------------------------------------------------------------


def raw(
    obj: Object, sent: Any, row: Any, faults: list[Fault], prefix: str = "", only: Any = None
) -> dict[str, Any]:
    """Return what was sent as the values that `app.core.records.service` reads; faults are added.

    `row` is the stored record, None for a new one. What the system itself gives may be sent back
    as it is, never changed.
    """
    if not isinstance(sent, dict):
        faults.append(Fault(prefix.rstrip("."), "应为 JSON 对象"))
        return {}
    found: dict[str, Any] = {}
    fields = {item.name: item for item in obj.fields if not item.hidden}
    children = {child.name: child for child in obj.children}
    for name, given in sent.items():
        path = prefix + name
        if (only is not None and name not in only) or name not in {*fields, *children}:
            if name != "id" or not prefix:
                faults.append(Fault(path[:130], f"没有“{name[:60]}”这一项"))
        elif name in children:
            found[name] = _rows(children[name], given, row, faults, path)
        else:
            _field(obj, fields[name], given, row, faults, path, found)
    return found


def _field(
    obj: Object,
    item: Field,
    given: Any,
    row: Any,
    faults: list[Fault],
    path: str,
    found: dict[str, Any],
) -> None:
    if isinstance(item.type, DraftOf):
        found[item.name] = _raw_draft(obj, given, row, faults, path)
        return
    try:
        one = bare(item, given)
        if item.value is not None or isinstance(item.type, Code):
            _check_given(item, one, row)
            return
    except ValueError as error:
        faults.append(Fault(path, str(error)))
        return
    found[item.name] = one


def _check_given(item: Field, one: Any, row: Any) -> None:
    """Let a value that the system gives be sent back as it was read, but not changed."""
    reference = isinstance(item.type, Ref) and not isinstance(item.type, Refs)
    before = getattr(row, f"{item.name}_id" if reference else item.name, None)
    if item.type.parse(one) not in (before, None):
        raise ValueError(f"“{item.title}”由系统生成，不能填写")


def _rows(child: Any, given: Any, row: Any, faults: list[Fault], path: str) -> Any:
    if not isinstance(given, list) or not all(isinstance(part, dict) for part in given):
        faults.append(Fault(path, f"“{child.title}”应为 JSON 对象的列表"))
        return []
    inner = registry.object(child.object)
    stored_rows = {line.id: line for line in getattr(row, child.name)} if row is not None else {}
    found = []
    for index, part in enumerate(given):
        pk = part.get("id")
        if pk is not None and (isinstance(pk, bool) or not isinstance(pk, int)):
            faults.append(Fault(f"{path}.{index}.id", "应为整数"))
            continue
        line = stored_rows.get(pk) if pk is not None else None
        values = raw(inner, part, line, faults, f"{path}.{index}.")
        found.append({"id": "" if pk is None else str(pk), **values})
    return found


def _raw_draft(obj: Object, given: Any, row: Any, faults: list[Fault], path: str) -> Any:
    if given is None or obj.draft is None:
        return {}
    if isinstance(given, dict) and set(given) <= {"values", "differences"} and "values" in given:
        given = given["values"]
    target = getattr(row, obj.draft.target, None) if row is not None else None
    inner = change_drafts.target_object(obj)
    return raw(inner, given, target, faults, f"{path}.", only=obj.draft.fields)


def bare(item: Field, given: Any) -> Any:
    """Return what was sent for a field without its title; ValueError where the type is wrong."""
    kind = item.type
    if given is None:
        return [] if isinstance(kind, Refs) else ""
    if isinstance(kind, Refs):
        return _bare_list(given)
    if isinstance(kind, (Ref, File)):
        return _number(_unwrapped(given, "id"))
    if isinstance(kind, Dict):
        given = _unwrapped(given, "code")
    if isinstance(kind, Boolean):
        if not isinstance(given, bool):
            raise ValueError("应为 true 或 false")
        return given
    if isinstance(kind, (Integer, Decimal)):
        if isinstance(given, bool) or not isinstance(given, (int, float, str)):
            raise ValueError("应为数字")
        return given
    if not isinstance(given, str):
        raise ValueError("应为文字")
    return given


def _bare_list(given: Any) -> list[int | str]:
    if not isinstance(given, list):
        raise ValueError("应为列表")
    return [_number(_unwrapped(part, "id")) for part in given]


def _unwrapped(given: Any, key: str) -> Any:
    if isinstance(given, dict):
        if key not in given:
            raise ValueError(f"应为 {key}，或含 {key} 的对象")
        return given[key]
    return given


def _number(given: Any) -> int | str:
    if isinstance(given, bool) or not isinstance(given, (int, str)):
        raise ValueError("应为编号")
    return given
