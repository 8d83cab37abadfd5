"""JSON Schema of every object, to be read and to be written, from its declaration."""

from typing import Any

from app.core import registry
from app.core.declare import Child, Field, Object
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
from app.web.api.values import shown_fields

Schema = dict[str, Any]


def ref(name: str) -> Schema:
    """Return a pointer to a schema of the description."""
    return {"$ref": f"#/components/schemas/{name}"}


def array(items: Schema, **more: Any) -> Schema:
    """Return a list of something."""
    return {"type": "array", "items": items, **more}


def described(properties: dict[str, Any], required: Any = (), **more: Any) -> Schema:
    """Return an object of named properties."""
    needed = {"required": list(required)} if required else {}
    return {"type": "object", "properties": properties, **needed, **more}


def text(description: str = "", **more: Any) -> Schema:
    """Return a text."""
    return {"type": "string", **({"description": description} if description else {}), **more}


def class_name(name: str) -> str:
    """Return the name under which an object stands in the description."""
    return "".join(part.capitalize() for part in name.split("_"))


SHARED: dict[str, Schema] = {
    "Fault": described(
        {
            "path": text("字段路径，例如 members.0.person、material.invitation；空表示整条记录"),
            "message": text("说明"),
            "level": {"enum": ["error", "warning"]},
            "source": text("依据"),
        },
        ("path", "message", "level", "source"),
    ),
    "Error": described(
        {
            "message": text("说明"),
            "number": text("请求编号，报告问题时请提供"),
            "faults": array(ref("Fault")),
        },
        ("message", "faults"),
    ),
    "Named": described({"id": {"type": "integer"}, "title": text("名称")}, ("id", "title")),
    "Coded": described({"code": text("代码"), "title": text("名称")}, ("code", "title")),
    "File": described(
        {
            "id": {"type": "integer"},
            "name": text("文件名"),
            "size": {"type": "integer", "description": "字节数"},
            "kind": text("按内容识别的类型"),
        },
        ("id", "name", "size", "kind"),
    ),
    "Material": described(
        {
            "name": text("材料"),
            "title": text("名称"),
            "required": {"type": "boolean"},
            "applies": {"type": "boolean"},
            "many": {"type": "boolean", "description": "可以有多个文件"},
            "missing": {"type": "boolean"},
            "locked": {"type": "boolean"},
            "files": array(
                described(
                    {
                        "id": {"type": "integer"},
                        "name": text("文件名"),
                        "size": {"type": "integer"},
                        "kind": text(),
                        "round": {"type": "integer", "description": "第几次提交"},
                        "current": {"type": "boolean", "description": "是否现行，否则为旧版"},
                        "uploaded_at": {"type": ["string", "null"], "format": "date-time"},
                        "uploaded_by": {"type": ["string", "null"]},
                    }
                )
            ),
        },
        ("name", "title", "required", "files"),
    ),
    "Mark": described(
        {
            "target": text("material.名称、field.名称 或 child.名称"),
            "labels": array(ref("Coded")),
            "comment": text("批注"),
            "round": {"type": "integer"},
            "open": {"type": "boolean"},
            "at": {"type": ["string", "null"], "format": "date-time"},
            "by": text(),
        },
        ("target", "labels", "comment"),
    ),
    "MarkToWrite": described(
        {
            "target": text("material.名称、field.名称 或 child.名称"),
            "labels": array(text(), description="标签代码"),
            "comment": text("批注"),
            "rework": {
                "type": "boolean",
                "default": True,
                "description": "重新提交前必须更换或修改",
            },
        },
        ("target",),
        additionalProperties=False,
    ),
    "Case": described(
        {
            "code": {"type": ["string", "null"], "description": "编号"},
            "round": {"type": "integer", "description": "第几次提交"},
            "steps": {"type": "integer", "description": "已办步数；办理时作为 expected 送回"},
            "unit": text("申请单位"),
            "submitted_at": {"type": ["string", "null"], "format": "date-time"},
            "opened_at": {"type": ["string", "null"], "format": "date-time"},
            "ended_at": {"type": ["string", "null"], "format": "date-time"},
            "waits": text("等谁办理"),
            "late": {"type": "boolean"},
            "route": array(
                described(
                    {
                        "step": text("环节"),
                        "title": text("环节名称"),
                        "state": {"enum": ["done", "current", "next", "skipped", "ended"]},
                        "who": text(),
                        "when": {"type": ["string", "null"], "format": "date-time"},
                        "due": {"type": ["string", "null"], "format": "date-time"},
                    }
                )
            ),
        },
        ("steps", "round", "route"),
    ),
    "Side": described({"title": text("名称"), "amount": text("合计")}, ("title", "amount")),
    "Comparison": described(
        {
            "told": text("哪里不符；空表示相符"),
            "refuses": {"type": "boolean", "description": "相符以前不能向前办理"},
            "rows": array(
                described(
                    {
                        "kind": {"enum": ["added", "missing", "changed"]},
                        "row": text("哪一行"),
                        "field": text("不同的字段"),
                        "here": text("本件"),
                        "there": text("来源"),
                    },
                    ("kind", "row"),
                ),
                description="逐行比对的差异",
            ),
            "sums": array(
                described(
                    {
                        "key": text("按什么合计；总数为“合计”"),
                        "total": {"type": "boolean", "description": "是总数"},
                        "here": ref("Side"),
                        "there": ref("Side"),
                        "apart": text("另一边多或少多少；相等为空"),
                    },
                    ("key", "total", "here", "there", "apart"),
                ),
                description="两边的合计",
            ),
        },
        ("told", "refuses", "rows", "sums"),
    ),
    "Offer": described(
        {
            "action": text("操作"),
            "title": text("操作名称"),
            "kind": text(),
            "at": text("在哪个环节；几个环节同时在办时，办理时送回"),
            "for": text("代谁办理；空表示本人"),
            "resubmit": text("退回后重新提交的去向：direct 直送，again 重走，choose 由办理人选"),
            "consequence": text("办理后到哪里"),
            "refusal": text("现在为何不能办理；空表示可以"),
            "comment": {"enum": ["none", "optional", "required"]},
            "targets": array(ref("Coded")),
            "checks": array(text(), description="通过前须逐项确认"),
            "opinions": array(text(), description="可填的意见栏"),
        },
        ("action", "title", "refusal", "targets"),
    ),
    "Happened": described(
        {
            "who": text(),
            "when": text(),
            "what": text(),
            "where": text(),
            "why": text(),
            "opinions": array(array(text())),
            "checks": array(text()),
            "changes": array(
                described({"label": text(), "before": text(), "after": text()}),
            ),
            "tone": text(),
        },
        ("who", "when", "what"),
    ),
    "ActionToTake": described(
        {
            "comment": text("意见", maxLength=2000),
            "target": text("退到哪个环节；不说时取第一个"),
            "at": text("在哪个环节办理；只在一个环节时不必说"),
            "resubmit": {"enum": ["", "direct", "again"], "description": "退回后重新提交的去向"},
            "marks": array(ref("MarkToWrite")),
            "checks": array(text(), description="已确认的事项"),
            "opinions": {"type": "object", "additionalProperties": {"type": "string"}},
            "expected": {
                "type": ["integer", "null"],
                "description": "读取时的 case.steps；期间有人办理则答 409",
            },
        },
        additionalProperties=False,
    ),
    "Preview": described(
        {
            "values": {"type": "object", "additionalProperties": {"type": "string"}},
            "texts": {"type": "object", "additionalProperties": {"type": "string"}},
            "hidden": array(text()),
            "required": array(text()),
            "materials": array(
                described({"name": text(), "title": text(), "required": {"type": "boolean"}})
            ),
            "faults": array(ref("Fault")),
        },
        ("values", "hidden", "required", "faults"),
    ),
    "Options": described(
        {
            "options": array(
                described(
                    {
                        "value": text("编号或代码"),
                        "title": text("名称"),
                        "detail": text(),
                        "fill": {"type": "object", "additionalProperties": {"type": "string"}},
                        "shows": {"type": "object", "additionalProperties": {"type": "string"}},
                    }
                )
            ),
            "more": {"type": "boolean"},
        },
        ("options", "more"),
    ),
    "Dictionary": described(
        {
            "name": text(),
            "title": text(),
            "entries": array(
                described({"code": text(), "title": text(), "parent": text()}, ("code", "title"))
            ),
        },
        ("name", "title", "entries"),
    ),
}


# --- fields ---------------------------------------------------------------------------------------


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
    if isinstance(kind, Decimal):
        return {"type": ["string", "number", "null"]}
    if isinstance(kind, Integer):
        low = {} if kind.min is None else {"minimum": kind.min}
        high = {} if kind.max is None else {"maximum": kind.max}
        return {**low, **high}
    return {"maxLength": kind.length} if isinstance(kind, (String, Text)) else {}


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
        and not item.readonly
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
            "editable": array(text(), description="当前可以修改的字段和子表"),
            "materials": array(ref("Material")),
            "marks": array(ref("Mark")),
            "case": {"anyOf": [ref("Case"), {"type": "null"}]},
            "comparison": {
                "anyOf": [ref("Comparison"), {"type": "null"}],
                "description": "当前环节比对的内容",
            },
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
