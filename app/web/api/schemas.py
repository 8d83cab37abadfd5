"""JSON Schema of every object, to be read and to be written, from its declaration."""

from typing import Any

from app.core.declare import Child, Field, Object, registry
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
    String,
    Text,
)
from app.web.api.shared_schemas import Schema, array, class_name, described, ref, text
from app.web.api.values import shown_fields


def read_of(item: Field) -> Schema:
    """Return the schema of a field as it is read."""
    kind = item.type
    found: Schema = {"description": _words(item)}
    if isinstance(kind, Refs):
        return {**found, **array(ref("Named"))}
    named = (
        ("Named", Ref),
        ("File", File),
        ("Coded", Dict),
    )
    for name, cls in named:
        if isinstance(kind, cls):
            return {**found, "anyOf": [ref(name), {"type": "null"}]}
    if isinstance(kind, DraftOf):
        content = described(
            {"values": {"type": "object"}, "differences": array({"type": "object"})}
        )
        return {**found, "anyOf": [content, {"type": "null"}]}
    return {**found, **_plain(kind)}


def _plain(kind: Any) -> Schema:
    if isinstance(kind, Boolean):
        return {"type": ["boolean", "null"]}
    if isinstance(kind, Integer):
        return {"type": ["integer", "null"]}
    if isinstance(kind, DateTime):
        return {"type": ["string", "null"], "format": "date-time"}
    if isinstance(kind, Date):
        return {"type": ["string", "null"], "format": "date"}
    return {"type": ["string", "null"]}


def write_of(item: Field) -> Schema:
    """Return the schema of a field as it is sent."""
    kind = item.type
    found: Schema = {"description": _words(item)}
    if isinstance(kind, Refs):
        return {**found, **array({"anyOf": [{"type": "integer"}, ref("Named")]})}
    if isinstance(kind, Ref):
        return {**found, "anyOf": [{"type": ["integer", "null"]}, ref("Named")]}
    if isinstance(kind, File):
        note = f"先上传，得到编号；接受 {'、'.join(kind.accept)}，不超过 {kind.max_bytes // 1024 // 1024} MB"
        return {
            "description": f"{_words(item)}。{note}",
            "anyOf": [{"type": ["integer", "null"]}, ref("File")],
        }
    if isinstance(kind, Dict):
        return {**found, "anyOf": [{"type": ["string", "null"]}, ref("Coded")]}
    if isinstance(kind, DraftOf):
        return {**found, "type": ["object", "null"]}
    return {**found, **_plain(kind), **_limits(kind)}


def _limits(kind: Any) -> Schema:
    if isinstance(kind, Integer):
        least = -kind.most if kind.min is None else kind.min
        return {"minimum": least, "maximum": kind.most if kind.max is None else kind.max}
    if isinstance(kind, Decimal):
        type_ = {"type": ["string", "number", "null"]}
        low = {} if kind.min is None else {"minimum": _number(kind.min)}
        high = {} if kind.max is None else {"maximum": _number(kind.max)}
        return {**type_, **low, **high}
    return {"maxLength": kind.length} if isinstance(kind, (String, Text)) else {}


def _number(bound: Any) -> int | float:
    return bound if isinstance(bound, int) else float(bound)


def _words(item: Field) -> str:
    kind = item.type
    words = [item.title]
    if item.help:
        words.append(item.help)
    if isinstance(kind, Dict):
        words.append(f"字典 {kind.of}")
    elif isinstance(kind, Ref):
        target = registry.registry().objects.get(kind.object)
        words.append(f"引用{target.title if target else ''}")
    if isinstance(kind, Decimal):
        words.append(f"{kind.scale} 位小数")
        words += [f"不小于 {kind.min}"] if kind.min is not None else []  # sent as a text too
        words += [f"不大于 {kind.max}"] if kind.max is not None else []
    return "。".join(words)


# --- objects --------------------------------------------------------------------------------------


def of_object(obj: Object) -> dict[str, Schema]:
    """Return every schema of an object and of its rows, by name."""
    name = class_name(obj.name)
    found = {
        f"{name}Values": _values(obj, write=False),
        name: _one(obj, name),
        f"{name}Page": _page(obj),
        f"{name}ToWrite": _values(obj, write=True),
    }
    for child in obj.children:
        inner = registry.object(child.object)
        row = class_name(child.object)
        found[f"{row}Row"] = _values(inner, write=False, row=True)
        found[f"{row}RowToWrite"] = _values(inner, write=True, row=True)
    return found


def _values(obj: Object, *, write: bool, row: bool = False) -> Schema:
    fields = shown_fields(obj)
    if write:
        fields = (item for item in fields if is_typed(item))
    properties = {item.name: (write_of if write else read_of)(item) for item in fields}
    properties |= {child.name: _rows(child, write) for child in obj.children}
    if row:
        note = "已有的行带上编号，新行不带" if write else "行的编号"
        properties = {"id": {"type": "integer", "description": note}, **properties}
    more = {"additionalProperties": False} if write else {}
    return described(properties, title=obj.title, **more)


def is_typed(item: Field) -> bool:
    """Tell whether somebody may send the field at all."""
    return (
        item.value is None
        and (not item.readonly or item.at_steps)
        and not item.hidden
        and not isinstance(item.type, Code)
    )


def _rows(child: Child, write: bool) -> Schema:
    name = f"{class_name(child.object)}Row{'ToWrite' if write else ''}"
    more = {"maxItems": child.max} if write and child.max is not None else {}
    return array(ref(name), description=child.title, **more)


def _one(obj: Object, name: str) -> Schema:
    return described(
        {
            "id": {"type": "integer"},
            "title": text("记录的名称"),
            "version": {"type": "integer", "description": "修改时送回"},
            "state": {"anyOf": [ref("Coded"), {"type": "null"}]},
            "created_at": {"type": ["string", "null"], "format": "date-time"},
            "updated_at": {"type": ["string", "null"], "format": "date-time"},
            "values": ref(f"{name}Values"),
            "editable": array(
                text(), description="当前可以修改的字段、子表、子表的列（子表.字段）和材料"
            ),
            "materials": array(ref("Material")),
            "marks": array(ref("Mark")),
            "case": {"anyOf": [ref("Case"), {"type": "null"}]},
            "comparison": {
                "anyOf": [ref("Comparison"), {"type": "null"}],
                "description": "当前环节比对的内容",
            },
            "captures": array(ref("Capture"), description="当前可以由设备采集的内容"),
            "offers": array(ref("Offer"), description="当前可以办理的操作"),
            "history": array(ref("Happened")),
            "faults": array(ref("Fault"), description="提交前还缺什么、有什么不对"),
        },
        ("id", "title", "version", "values"),
        title=obj.title,
    )


def _page(obj: Object) -> Schema:
    line = described(
        {
            "id": {"type": "integer"},
            "title": text("记录的名称"),
            "version": {"type": "integer"},
            "state": {"anyOf": [ref("Coded"), {"type": "null"}]},
            "limit": {
                "anyOf": [
                    described(
                        {"at": text("到期的时刻"), "left": text("还剩几个工作日")}, ("at", "left")
                    ),
                    {"type": "null"},
                ]
            },
            "values": {"type": "object", "description": "各列的值，键为字段路径"},
            "texts": {
                "type": "object",
                "additionalProperties": {"type": "string"},
                "description": "各列在列表中显示的文字",
            },
        },
        ("id", "title", "values", "texts"),
    )
    return described(
        {
            "items": array(line),
            "columns": array(described({"path": text(), "title": text()}, ("path", "title"))),
            "page": {"type": "integer"},
            "size": {"type": "integer"},
            "total": {"type": "integer"},
            "capped": {"type": "boolean", "description": "总数超过可数的上限"},
            "notes": array(text(), description="没有理解或被限制的参数"),
        },
        ("items", "columns", "page", "size", "total", "capped", "notes"),
        title=f"{obj.title}列表",
    )
