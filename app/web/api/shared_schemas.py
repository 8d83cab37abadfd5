"""JSON Schemas that are the same whatever the metadata say, and the words in which schemas are written."""

from typing import Any

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
            "questions": array(
                described(
                    {
                        "view": {"type": "integer", "description": "加签的编号"},
                        "who": text("请谁提意见"),
                        "asker": text("谁加签"),
                        "question": text("请其看什么"),
                        "mine": {"type": "boolean", "description": "请的是本人"},
                        "own": {"type": "boolean", "description": "本人可以减签"},
                    }
                ),
                description="还没有提出的加签意见",
            ),
            "askings": array(
                described(
                    {
                        "at": text("环节"),
                        "people": array(described({"id": {"type": "integer"}, "name": text()})),
                    }
                ),
                description="本人可以加签的环节和可以请的人",
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
    "Judged": described(
        {
            "list": text("哪个子表"),
            "rows": array(ref("Named"), description="要给结论的行"),
            "verdicts": array(ref("Coded"), description="可给的结论"),
        },
        ("list", "rows", "verdicts"),
    ),
    "Capture": described(
        {
            "name": text("采集项"),
            "title": text("名称"),
            "counts": {"type": "boolean", "description": "已采集并且有效"},
            "refusal": text("采集结果为何不算；空表示没有问题"),
            "confirmed": text("人工确认的理由"),
            "may_confirm": {"type": "boolean", "description": "可以人工确认"},
        },
        ("name", "title", "counts", "refusal", "may_confirm"),
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
            "judges": {
                "anyOf": [ref("Judged"), {"type": "null"}],
                "description": "逐人（逐项）要给的结论，在 verdicts 里送来",
            },
            "asks": array(
                described({"field": text(), "title": text()}, ("field", "title")),
                description="办理时须一并填写的内容，在 values 里按字段送来，值的写法同该对象",
            ),
            "lacks": array(
                described({"path": text(), "message": text()}, ("path", "message")),
                description="办理前记录还缺什么",
            ),
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
            "values": {
                "type": "object",
                "description": "操作要求填写的内容（offers 的 asks）：字段名和值，全部都要",
                "additionalProperties": True,
            },
            "copies": array({"type": "integer"}, description="抄送给谁：人员编号，限可选的人"),
            "verdicts": {
                "type": "object",
                "additionalProperties": {"type": "string"},
                "description": "逐人（逐项）的结论（offers 的 judges）：行的编号与结论的代码",
            },
            "expected": {
                "type": ["integer", "null"],
                "description": "读取时的 case.steps；期间有人办理则答 409",
            },
        },
        additionalProperties=False,
    ),
    "ViewToAsk": described(
        {
            "person": {"type": "integer", "description": "请谁提意见，见 case.askings"},
            "question": text("请其看什么", maxLength=500),
            "at": text("在哪个环节；只在一个环节时不必说"),
            "expected": {
                "type": ["integer", "null"],
                "description": "读取时的 case.steps；期间有人办理则答 409",
            },
        },
        ("person",),
        additionalProperties=False,
    ),
    "ViewToTakeBack": described(
        {
            "view": {"type": "integer", "description": "加签的编号，见 case.questions"},
            "comment": text("说明", maxLength=500),
        },
        ("view",),
        additionalProperties=False,
    ),
    "ViewToGive": described(
        {
            "verdict": {
                "enum": ["agree", "disagree", "remark"],
                "description": "同意、不同意、提出意见；后两种须写明意见",
            },
            "comment": text("意见", maxLength=2000),
            "view": {
                "type": ["integer", "null"],
                "description": "加签的编号；只有一项时不必说",
            },
        },
        ("verdict",),
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
