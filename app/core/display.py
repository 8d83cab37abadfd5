"""How records and their fields read: titles, lists, messages and documents use the same words."""

import re
from typing import Any

from app.core import dictionaries, registry
from app.core.declare import Field, Object
from app.core.types import Dict, File, Ref, Refs, Tree

_VARIABLE = re.compile(r"\{(\w+(?:\.\w+)*)\}")
_OWN = {"state", "id", "created_at", "updated_at", "version"}


def title_of(record: Any) -> str:
    """Return the name of a record, such as lists of choices show it."""
    if record is None:
        return ""
    obj = registry.object_of(type(record)) or getattr(record, "_object", None)
    if obj is None:
        return str(getattr(record, "title", None) or getattr(record, "name", None) or record.id)
    return render(obj.display, obj, record) or f"{obj.title} {record.id or ''}".strip()


def render(template: str, obj: Object, record: Any, extra: dict[str, Any] | None = None) -> str:
    """Fill the variables of a template with the texts of the record's fields; `extra` goes first."""
    extra = extra or {}

    def fill(match: re.Match[str]) -> str:
        path = match[1]
        return str(extra[path]) if path in extra else text_of(obj, record, path)

    return _VARIABLE.sub(fill, template)


def variables(template: str) -> tuple[str, ...]:
    """Return the variables of a template in their order."""
    return tuple(dict.fromkeys(_VARIABLE.findall(template)))


def text_of(obj: Object, record: Any, path: str, *, masked: bool = False) -> str:
    """Return the text of a field path; a path through a list joins the texts with 、."""
    head, _, rest = path.partition(".")
    if record is None:
        return ""
    if head == "state" and _field(obj, "state") is None:
        return state_title(obj, getattr(record, "state", None))
    for child in obj.children:
        if child.name == head:
            rows = getattr(record, head) or []
            inner = registry.object(child.object)
            parts = [text_of(inner, row, rest) if rest else title_of(row) for row in rows]
            return "、".join(dict.fromkeys(part for part in parts if part))
    field = _field(obj, head)
    if field is None:
        return _own(record, head, rest)
    return _field_text(field, record, rest, masked)


def _field(obj: Object, name: str) -> Field | None:
    return next((field for field in obj.fields if field.name == name), None)


def _own(record: Any, head: str, rest: str) -> str:
    value = getattr(record, head, None)
    if rest and value is not None:
        return _own(value, *rest.partition(".")[::2])
    if hasattr(value, "strftime") and head.endswith("_at"):
        from app.core.types import DateTime

        return DateTime().show(value)
    return "" if value is None else str(value)


def _field_text(field: Field, record: Any, rest: str, masked: bool) -> str:
    kind = field.type
    if isinstance(kind, Refs):
        return "、".join(title_of(item) for item in getattr(record, field.name) or ())
    if isinstance(kind, Ref):
        target = getattr(record, field.name)
        obj = registry.registry().objects.get(kind.object)
        if rest and obj and target is not None:
            return text_of(obj, target, rest, masked=masked)
        return title_of(target)
    value = getattr(record, field.name)
    if rest:  # a part of a date
        return str(getattr(value, rest, "")) if value is not None else ""
    return text_of_value(field, value, masked=masked)


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
    """Return the title of a state: that of the step of the object's flow."""
    if not state:
        return ""
    flow = registry.flow_of(obj.name)
    if flow is None:
        return state
    return next((step.title for step in flow.steps if step.name == state), state)


def label_of(obj: Object, path: str) -> str:
    """Return the label of a field path, such as 出访成员 · 姓名."""
    head, _, rest = path.partition(".")
    if head == "state":
        return "状态"
    for child in obj.children:
        if child.name == head:
            inner = registry.object(child.object)
            return f"{child.title} · {label_of(inner, rest)}" if rest else child.title
    field = _field(obj, head)
    if field is None:
        return {"created_at": "建立时间", "updated_at": "更新时间", "id": "序号"}.get(head, head)
    if rest and isinstance(field.type, Ref):
        inner_obj = registry.registry().objects.get(field.type.object)
        return label_of(inner_obj, rest) if inner_obj else field.title
    return field.title
