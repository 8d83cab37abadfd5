"""The description of the whole interface for programs: OpenAPI 3.1, from the declarations."""

from functools import cache
from typing import Any

from flask import Response, jsonify
from flask_appbuilder.api import BaseApi, expose
from flask_appbuilder.security.decorators import permission_name

from app.core.declare import Object, registry
from app.core.errors import NotFound
from app.core.reference import dictionaries
from app.documents.models import IssuedDocument
from app.web.api import schemas
from app.web.api.shared_schemas import SHARED, array, class_name, described, ref, text
from app.web.views.list_query import SIZES

Operation = dict[str, Any]
INTRODUCTION = (
    "与页面相同的数据、规则和权限：看到的行、能填的字段、能办的操作都与本人在页面上一致。\n\n"
    "用访问令牌调用：请求头 `Authorization: Bearer …`，令牌在“我的账户”中建立，只能调用它列明的功能。"
    "浏览器内也可用登录会话调用，写入时须带请求头 `X-CSRFToken`。\n\n"
    "出错时一律答 JSON：`message` 说明，`faults` 逐项指出字段路径。有一项不对，什么都不会写入。\n\n"
    "代码字段读出为 {code, title}，引用读出为 {id, title}；写入时可以原样送回，也可以只送代码或编号。"
    "金额和小数读出为文字，以免失真。"
)
REFUSALS = {
    "400": "请求不完整或不是合法的 JSON",
    "401": "没有登录或令牌无效",
    "403": "没有权限",
    "404": "没有这条记录，或不在查看范围内",
    "405": "这个地址不支持所用的方法",
    "409": "状态已变化，或期间被他人修改",
    "413": "内容太大",
    "415": "内容的格式不支持",
    "422": "填写有误，faults 逐项说明",
}
READING = ("400", "401", "403", "404", "405")
WRITING = tuple(REFUSALS)


class DescriptionApi(BaseApi):
    """Serves the description, and the dictionaries that it speaks of."""

    route_base = "/api/v1"
    csrf_exempt = False

    @expose("/openapi.json")
    @permission_name("view")
    def description(self) -> Response:
        """Return the description."""
        return jsonify(described_api(registry.module()))

    @expose("/dictionaries/<name>")
    @permission_name("view")
    def dictionary(self, name: str) -> Response:
        """Return the entries of a dictionary that may be chosen now."""
        declared = registry.registry().dictionaries.get(name)
        if declared is None:
            raise NotFound(f"没有字典“{name[:60]}”")
        entries = [
            {"code": item.code, "title": item.title, "parent": item.parent}
            for item in dictionaries.entries(name)
        ]
        return jsonify(name=name, title=declared.title, entries=entries)


@cache
def described_api(package: str) -> dict[str, Any]:
    """Return the description of the declarations of one generated package."""
    declared = registry.registry()
    served = served_objects()
    components = dict(SHARED)
    paths: dict[str, Any] = {}
    for obj in served:
        components |= schemas.of_object(obj)
        paths |= _paths(obj)
    paths["/api/v1/dictionaries/{name}"] = {
        "get": _operation(
            "字典",
            "dictionary",
            "读取字典",
            {"200": _json("条目", ref("Dictionary"))},
            READING,
            [_in_path("name", "字典", text())],
        )
    }
    return {
        "openapi": "3.1.0",
        "info": {"title": declared.project.title, "version": "1", "description": INTRODUCTION},
        "servers": [{"url": "/"}],
        "security": [{"token": []}, {"session": []}],
        "tags": [{"name": obj.title} for obj in served] + [{"name": "字典"}],
        "paths": paths,
        "components": {
            "schemas": components,
            "responses": {code: _json(words, ref("Error")) for code, words in REFUSALS.items()},
            "securitySchemes": {
                "token": {"type": "http", "scheme": "bearer", "description": "访问令牌"},
                "session": {
                    "type": "apiKey",
                    "in": "cookie",
                    "name": "s",
                    "description": "登录会话",
                },
            },
        },
    }


def served_objects() -> list[Object]:
    """Return the objects that have routes: those that a function works on."""
    declared = registry.registry()
    own = {api.object_name for api in declared.apis}
    return [o for o in declared.objects.values() if o.name in own or declared.by_object[o.name]]


# --- paths ----------------------------------------------------------------------------------------


def _paths(obj: Object) -> dict[str, Any]:
    base = f"/api/v1/{obj.name}"
    if obj.model is IssuedDocument:
        return _paper_paths(obj, base)
    found: dict[str, Any] = {
        f"{base}/": {"get": _list(obj)},
        f"{base}/{{pk}}": {"get": _one(obj)},
        f"{base}/{{pk}}/files/{{file_id}}": {"get": _file(obj)},
    }
    if obj.parent or not any(a.object_name == obj.name for a in registry.registry().apis):
        return found
    found[f"{base}/"]["post"] = _create(obj)
    found[f"{base}/{{pk}}"] |= {"patch": _update(obj), "delete": _delete(obj)}
    found |= _form_paths(obj, base)
    if obj.flow:
        found[f"{base}/{{pk}}/actions/{{action}}"] = {"post": _act(obj)}
        if any(step.ask for step in registry.flow(obj.flow).steps):
            found |= {f"{base}/{{pk}}/{name}": {"post": _view(obj, name)} for name in VIEWS}
    if obj.captures:
        found |= {
            f"{base}/{{pk}}/captures/{{name}}": {"post": _capture(obj)},
            f"{base}/{{pk}}/captures/{{name}}/confirm": {"post": _confirm_capture(obj)},
        }
    if obj.dated:
        for name, words in (("disable", "停用"), ("enable", "恢复使用")):
            found[f"{base}/{{pk}}/{name}"] = {"post": _switch(obj, name, words)}
    return found


def _form_paths(obj: Object, base: str) -> dict[str, Any]:
    name = class_name(obj.name)
    partial = {
        **_body_of(obj),
        "id": {"type": ["integer", "null"], "description": "已有记录的编号"},
    }
    choice = {
        "values": ref(f"{name}ToWrite"),
        "id": {"type": ["integer", "null"]},
        "at": text("第几行，例如 0"),
        "q": text("查找的文字"),
    }
    return {
        f"{base}/preview": {
            "post": _operation(
                obj.title,
                f"preview_{obj.name}",
                f"试算{obj.title}",
                {"200": _json("计算值、必填项和问题，什么都不写入", ref("Preview"))},
                WRITING,
                body=described(partial, additionalProperties=False),
            )
        },
        f"{base}/options/{{field}}": {
            "post": _operation(
                obj.title,
                f"options_{obj.name}",
                "查找引用字段可选的记录",
                {"200": _json("可选的记录", ref("Options"))},
                WRITING,
                [_in_path("field", "字段路径，例如 members.person", text())],
                body=described(choice, additionalProperties=False),
            )
        },
        f"{base}/files/{{slot}}": {"post": _upload(obj)},
    }


def _list(obj: Object) -> Operation:
    functions = [item for item in registry.functions_of(obj.name) if item.screen != "runtime"]
    parameters = [
        _query("function", "只看一个功能的列表，与其页面一致", {"enum": [f.id for f in functions]}),
        _query("q", "快速查找", text(maxLength=60)),
        _query("tab", "按状态", text()),
        _query("sort", "按列排序，降序加 -", text()),
        _query("page", "第几页", {"type": "integer", "minimum": 1}),
        _query("size", "每页行数", {"enum": list(SIZES)}),
        _query("columns", "要读的列，用逗号隔开", text()),
    ]
    parameters.append(
        {
            "name": "conditions",
            "in": "query",
            "style": "form",
            "explode": True,
            "description": "条件：f.路径=值（可重复），f.路径.from、f.路径.to（含两端），f.路径.is=编号",
            "schema": {"type": "object", "additionalProperties": {"type": "string"}},
        }
    )
    page = {"200": _json("一页记录", ref(f"{class_name(obj.name)}Page"))}
    return _operation(obj.title, f"list_{obj.name}", f"查询{obj.title}", page, READING, parameters)


def _one(obj: Object) -> Operation:
    check = _query("check", "同时说明提交前还缺什么", {"enum": ["1"]})
    answer = {"200": _json(obj.title, ref(class_name(obj.name)))}
    return _operation(
        obj.title, f"read_{obj.name}", f"读取{obj.title}", answer, READING, [_PK, check]
    )


def _file(obj: Object) -> Operation:
    answer = {"200": {"description": "文件内容", "content": {"application/octet-stream": {}}}}
    parameters = [_PK, _in_path("file_id", "文件编号", {"type": "integer"})]
    return _operation(obj.title, f"file_{obj.name}", "下载文件", answer, READING, parameters)


def _body_of(obj: Object) -> dict[str, Any]:
    listed = {
        item.name: array({"anyOf": [{"type": "integer"}, ref("File")]}, description=item.title)
        for item in obj.materials
    }
    return {
        "values": ref(f"{class_name(obj.name)}ToWrite"),
        "materials": described(
            listed,
            description="材料：先上传，再填文件编号；不写的材料不变",
            additionalProperties=False,
        ),
    }


def _create(obj: Object) -> Operation:
    token = {
        "name": "Idempotency-Key",
        "in": "header",
        "description": "本人对同类记录用同一个值重复发送，只新建一次；内容不同则答 422",
        "schema": text(maxLength=64),
    }
    words = f"新建{obj.title}" + ("（存为草稿，提交另行办理）" if obj.flow else "")
    made = _json("新建的记录", ref(class_name(obj.name)))
    answers = {"201": made, "200": {**made, "description": "先前已经新建的记录"}}
    body = described(_body_of(obj), ("values",), additionalProperties=False)
    return _operation(obj.title, f"create_{obj.name}", words, answers, WRITING, [token], body)


def _update(obj: Object) -> Operation:
    version = {"type": "integer", "description": "读取时的 version；期间被他人修改则答 409"}
    body = described(
        {**_body_of(obj), "version": version}, ("version",), additionalProperties=False
    )
    answers = {"200": _json("修改后的记录", ref(class_name(obj.name)))}
    words = f"修改{obj.title}，没有写到的字段不变；子表按送来的整体替换"
    return _operation(obj.title, f"update_{obj.name}", words, answers, WRITING, [_PK], body)


def _delete(obj: Object) -> Operation:
    words = "删除从未提交过的草稿"
    answers = {"204": {"description": "已删除"}}
    return _operation(obj.title, f"delete_{obj.name}", words, answers, (*READING, "409"), [_PK])


def _switch(obj: Object, name: str, words: str) -> Operation:
    answers = {"200": _json("记录", ref(class_name(obj.name)))}
    return _operation(obj.title, f"{name}_{obj.name}", words, answers, (*READING, "409"), [_PK])


def _act(obj: Object) -> Operation:
    flow = registry.flow(obj.flow)
    words = "；".join(f"{action.name} {action.title}" for action in flow.actions)
    action = _in_path("action", words, {"enum": [action.name for action in flow.actions]})
    answers = {"200": _json("办理后的记录", ref(class_name(obj.name)))}
    body = ref("ActionToTake")
    return _operation(
        obj.title, f"act_{obj.name}", f"办理：{flow.title}", answers, WRITING, [_PK, action], body
    )


def _capture(obj: Object) -> Operation:
    nothing = described({}, additionalProperties=False)
    words = "由设备采集并写入记录"
    return _of_capture(obj, f"capture_{obj.name}", words, nothing)


def _confirm_capture(obj: Object) -> Operation:
    reason = described({"reason": text("理由，记入历史")}, ("reason",), additionalProperties=False)
    words = "采集结果不合要求时人工确认"
    return _of_capture(obj, f"confirm_capture_{obj.name}", words, reason)


def _of_capture(obj: Object, name: str, words: str, body: dict[str, Any]) -> Operation:
    told = "；".join(f"{one.name} {one.title}" for one in obj.captures)
    which = _in_path("name", told, {"enum": [one.name for one in obj.captures]})
    answers = {"200": _json("采集后的记录", ref(class_name(obj.name)))}
    return _operation(obj.title, name, words, answers, WRITING, [_PK, which], body)


VIEWS = {
    "ask": ("加签：请人提意见", "ViewToAsk"),
    "unask": ("减签：不再请人提意见", "ViewToTakeBack"),
    "advise": ("提出加签意见", "ViewToGive"),
}


def _view(obj: Object, name: str) -> Operation:
    words, body = VIEWS[name]
    answers = {"200": _json("办理后的记录", ref(class_name(obj.name)))}
    return _operation(obj.title, f"{name}_{obj.name}", words, answers, WRITING, [_PK], ref(body))


def _upload(obj: Object) -> Operation:
    slots = [f"material.{item.name} {item.title}" for item in obj.materials]
    slot = _in_path("slot", "、".join(slots) or "文件字段的名称", text())
    content = {"multipart/form-data": {"schema": _SENT_FILE}}
    found = _operation(
        obj.title,
        f"upload_{obj.name}",
        "上传文件，得到编号；保存到记录之前只属于上传人",
        {"201": _json("文件", ref("File"))},
        WRITING,
        [slot],
    )
    return {**found, "requestBody": {"required": True, "content": content}}


# --- papers ---------------------------------------------------------------------------------------


def _paper_paths(obj: Object, base: str) -> dict[str, Any]:
    name = class_name(obj.name)
    answer = {"200": _json(obj.title, ref(name))}
    texts = described(
        {
            "texts": {"type": "object", "additionalProperties": {"type": "string"}},
            "revision": _SEEN,
        },
        ("texts", "revision"),
        additionalProperties=False,
    )
    acting = described(
        {
            "revision": {"type": ["integer", "null"], "description": "签章必填：读取时的 revision"},
            "reason": text("作废原因"),
        },
        additionalProperties=False,
    )
    content = {"multipart/form-data": {"schema": _SENT_WORD}}
    replace = _operation(
        obj.title, f"replace_{obj.name}", "上传 Word 修改稿", answer, WRITING, [_PK]
    )
    actions = {"enum": ["seal", "issue", "void"]}
    return {
        f"{base}/": {"get": _list(obj)},
        f"{base}/{{pk}}": {
            "get": _one(obj),
            "patch": _operation(
                obj.title, f"update_{obj.name}", "修改签章前的文字", answer, WRITING, [_PK], texts
            ),
        },
        f"{base}/{{pk}}/pdf": {
            "get": _content(obj, "pdf", "下载 PDF，下载留痕", "application/pdf")
        },
        f"{base}/{{pk}}/docx": {
            "get": _content(obj, "docx", "下载 Word 稿", "application/octet-stream"),
            "post": {**replace, "requestBody": {"required": True, "content": content}},
        },
        f"{base}/{{pk}}/actions/{{action}}": {
            "post": _operation(
                obj.title,
                f"act_{obj.name}",
                "签章、发放、作废",
                answer,
                WRITING,
                [_PK, _in_path("action", "seal 签章；issue 发放；void 作废", actions)],
                acting,
            )
        },
    }


def _content(obj: Object, name: str, words: str, media: str) -> Operation:
    answers = {"200": {"description": "文件内容", "content": {media: {}}}}
    return _operation(obj.title, f"{name}_{obj.name}", words, answers, READING, [_PK])


# --- parts ----------------------------------------------------------------------------------------

_FILE = {"type": "string", "contentMediaType": "application/octet-stream"}
_SENT_FILE = described({"file": _FILE}, ("file",))
_SEEN = {"type": "integer", "description": "读取时的 revision"}
_SENT_WORD = described({"file": _FILE, "revision": _SEEN}, ("file", "revision"))


def _in_path(name: str, words: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"name": name, "in": "path", "required": True, "description": words, "schema": schema}


def _query(name: str, words: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"name": name, "in": "query", "description": words, "schema": schema}


_PK = _in_path("pk", "记录的编号", {"type": "integer", "minimum": 1})


def _json(words: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"description": words, "content": {"application/json": {"schema": schema}}}


def _operation(
    tag: str,
    name: str,
    words: str,
    answers: dict[str, Any],
    refusals: tuple[str, ...],
    parameters: list[dict[str, Any]] | None = None,
    body: dict[str, Any] | None = None,
) -> Operation:
    refused = {code: {"$ref": f"#/components/responses/{code}"} for code in refusals}
    found: Operation = {
        "tags": [tag],
        "operationId": name,
        "summary": words,
        "responses": {**answers, **refused},
    }
    if parameters:
        found["parameters"] = parameters
    if body is not None:
        found["requestBody"] = {"required": True, "content": {"application/json": {"schema": body}}}
    return found
