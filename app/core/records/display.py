"""How records and their fields read: titles, lists, messages and documents use the same words."""

import re
from collections.abc import Callable, Iterable
from typing import Any

from app.core.declare import Field, Object, registry
from app.core.reference import dictionaries
from app.core.types import DateTime, Dict, File, Ref, Refs, Tree

VARIABLE = re.compile(r"\{(\w+(?:\.\w+)*)\}")
_WHEN = DateTime()
_MOST_READERS = 10_000  # paths come from declarations, and from addresses that were checked


def title_of(record: Any, *, masked: bool = False) -> str:
    """Return the name of a record, such as lists of choices show it."""
    if record is None:
        return ""
    obj = registry.object_of(type(record)) or getattr(record, "_object", None)
    if obj is None:
        return str(getattr(record, "title", None) or getattr(record, "name", None) or record.id)
    return (
        render(obj.display, obj, record, masked=masked) or f"{obj.title} {record.id or ''}".strip()
    )


def render(
    template: str,
    obj: Object,
    record: Any,
    extra: dict[str, Any] | None = None,
    *,
    masked: bool = False,
) -> str:
    """Fill the variables of a template with the texts of the record's fields; `extra` goes first."""
    extra = extra or {}

    def fill(match: re.Match[str]) -> str:
        path = match[1]
        return str(extra[path]) if path in extra else text_of(obj, record, path, masked=masked)

    return VARIABLE.sub(fill, template)


def variables(template: str) -> tuple[str, ...]:
    """Return the variables of a template in their order."""
    return tuple(dict.fromkeys(VARIABLE.findall(template)))


def text_of(obj: Object, record: Any, path: str, *, masked: bool = False) -> str:
    """Return the text of a field path; a path through a list joins the texts with 、."""
    return "" if record is None else reader(obj, path, masked=masked)(record)


Reader = Callable[[Any], str]
_readers: dict[tuple[type, str, bool], Reader] = {}


def reader(obj: Object, path: str, *, masked: bool = False) -> Reader:
    """Return what gives the text of a field path of a record; worked out once for all rows."""
    key = (obj.model, path, masked)
    found = _readers.get(key)
    if found is None:
        found = _reader(obj, path, masked)
        if len(_readers) < _MOST_READERS:
            _readers[key] = found
    return found


def _reader(obj: Object, path: str, masked: bool) -> Reader:
    head, _, rest = path.partition(".")
    field = _field(obj, head)
    if head == "state" and field is None:
        return lambda record: state_title(obj, getattr(record, "state", None))
    if head == "entry" and field is None:
        return lambda record: entry_title(obj, getattr(record, "entry", None))
    child = next((child for child in obj.children if child.name == head), None)
    if child is not None:
        inner = (
            reader(registry.object(child.object), rest, masked=masked) if rest else _titles(masked)
        )
        return lambda record: _joined(inner(row) for row in getattr(record, head) or ())
    if field is None:
        return lambda record: _own(record, head, rest)
    return _field_reader(field, rest, masked)


def _titles(masked: bool) -> Reader:
    return lambda record: title_of(record, masked=masked)


def _joined(parts: Iterable[str]) -> str:
    return "、".join(dict.fromkeys(part for part in parts if part))


def _field(obj: Object, name: str) -> Field | None:
    return next((field for field in obj.fields if field.name == name), None)


def _own(record: Any, head: str, rest: str) -> str:
    value = getattr(record, head, None)
    if rest and value is not None:
        return _own(value, *rest.partition(".")[::2])
    return moment(value) if head.endswith("_at") else "" if value is None else str(value)


def moment(value: Any) -> str:
    """Return the text of a moment of the runtime's own, such as when a row was made."""
    if hasattr(value, "strftime"):
        return _WHEN.show(value)
    return "" if value is None else str(value)


def _field_reader(field: Field, rest: str, masked: bool) -> Reader:
    kind, name = field.type, field.name
    if isinstance(kind, Refs):
        title = _titles(masked)
        return lambda record: "、".join(title(item) for item in getattr(record, name) or ())
    if isinstance(kind, Ref):
        target = registry.registry().objects.get(kind.object)
        if not rest or target is None:
            title = _titles(masked)
            return lambda record: title(getattr(record, name))
        inner = reader(target, rest, masked=masked)
        return lambda record: "" if (found := getattr(record, name)) is None else inner(found)
    if rest:  # a part of a date
        return lambda record: (
            "" if (value := getattr(record, name)) is None else str(getattr(value, rest, ""))
        )
    return lambda record: text_of_value(field, getattr(record, name), masked=masked)


def text_of_value(field: Field, value: Any, *, masked: bool = False) -> str:
    """Return the text of a field's own value (not of a reference)."""
    kind = field.type
    if value is None:
        return ""
    if isinstance(kind, Tree):
        return dictionaries.path_title(kind.of, value)
    if isinstance(kind, Dict):
        return dictionaries.title(kind.of, value)
    if isinstance(kind, File):
        return "已上传"
    return kind.mask(value) if masked and field.mask else kind.show(value)


def state_title(obj: Object, state: str | None) -> str:
    """Return the title of a state: that of the step of the object's flow, or of its entry."""
    if not state:
        return ""
    flow = registry.states_of(obj)
    if flow is None:
        field = next((item for item in obj.fields if item.name == "state"), None)
        return text_of_value(field, state) if field is not None else state
    return next((step.title for step in flow.steps if step.name == state), state)


def entry_title(obj: Object, name: str | None) -> str:
    """Return the title of the way in which a case began."""
    flow = registry.flow_of(obj.name)
    return next((way.title for way in flow.entries if way.name == name), "") if flow else ""


def label_of(obj: Object, path: str) -> str:
    """Return the label of a field path, such as 成员 · 姓名."""
    head, _, rest = path.partition(".")
    if head == "state":
        return "状态"
    for child in obj.children:
        if child.name == head:
            inner = registry.object(child.object)
            return f"{child.title} · {label_of(inner, rest)}" if rest else child.title
    field = _field(obj, head)
    if field is None:
        return {
            "entry": "来路",
            "created_at": "建立时间",
            "updated_at": "更新时间",
            "id": "序号",
        }.get(head, head)
    if rest and isinstance(field.type, Ref):
        inner_obj = registry.registry().objects.get(field.type.object)
        return label_of(inner_obj, rest) if inner_obj else field.title
    return field.title
