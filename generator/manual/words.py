"""How types, screens, operations and conditions are called in the manual."""

import ast
from collections.abc import Callable, Sequence

from generator import model
from generator.emit.screens import label_of
from generator.reader import Name
from generator.world import Entity, Linked

TYPES = {
    "string": "文字", "text": "长文字", "integer": "整数", "decimal": "小数", "money": "金额（元）",
    "date": "日期", "datetime": "日期和时间", "year": "年份", "boolean": "是或否", "dict": "选项",
    "tree": "选项（分级）", "ref": "选择", "refs": "选择（可多个）", "file": "文件", "image": "图片",
    "resident_id": "居民身份证号", "credit_code": "统一社会信用代码", "phone": "电话", "email": "电子邮箱",
    "bank_account": "银行账号", "code": "编号", "draft_of": "变更后的内容",
}  # fmt: skip
KINDS_OF_PARAMETER = {
    "object": "对象", "dictionary": "数据字典", "document": "函件", "role": "角色", "roles": "角色（可多个）",
    "fields": "字段（可多个）", "function": "功能编号", "text": "文字", "name": "名称", "names": "名称（可多个）",
    "expression": "表达式", "number": "数", "boolean": "是或否", "any": "任意",
}  # fmt: skip
SCREENS = {
    "apply": "填报：本人（本单位）的申请列表，新建、修改、提交", "review": "办理：待办队列和办理页面",
    "rework": "退回重报：被退回的申请", "query": "查询：列表、图表、导出",
    "catalog": "维护：新增、修改、停用；没有被引用的可以删除", "issued": "函件：编辑、签章、发放、下载",
    "progress": "进度：办理进度图", "scan": "扫码台：扫描或输入号码，当即办理",
    "report": "统计：表格、图形、下钻、导出", "dashboard": "驾驶舱：图块、下钻、大屏",
    "explore": "多维分析：自选条件、行、列、指标和图形，下钻、保存、共享、导出",
    "written": "分析报告：按模板生成 Word 和 PDF",
    "score": "评分：得分、明细、手工调整和冲销",
    "intake": "数据收件：交来的文件先检查，再载入，可撤回",
    "runtime": "系统功能",
}  # fmt: skip
OPERATIONS = {
    "view": "查看", "add": "新增", "edit": "修改", "delete": "删除", "disable": "停用", "export": "导出",
    "import": "导入", "download": "下载", "print": "打印", "seal": "签章", "issue": "发放", "void": "作废",
    "submit": "提交", "pass": "通过", "send_back": "退回", "reject": "退案", "recall": "撤回",
    "assign": "授权", "close": "开通关闭", "hand_over": "移交", "reassign": "转办", "resend": "重发", "run": "执行",
    "urge": "催办", "move": "迁移流程", "ask": "加签", "advise": "加签意见",
    "reset": "重置密码", "token": "建立令牌", "unlock": "解锁", "verify": "校验", "override": "调整分数",
}  # fmt: skip
_COMPARED: dict[type[ast.cmpop], str] = {
    ast.Eq: "为", ast.NotEq: "不为", ast.Lt: "小于", ast.LtE: "不超过", ast.Gt: "大于", ast.GtE: "不小于",
    ast.In: "属于", ast.NotIn: "不属于",
}  # fmt: skip


def operation(entity: Entity | None, name: str) -> str:
    """Return what an operation is called: as the flow's button, else in general."""
    flow = entity.flow if entity else None
    action = flow.actions.get(Name(name)) if flow else None
    return str(action.title) if action else OPERATIONS.get(name, name)


def kind(linked: Linked, item: model.Field) -> str:
    """Return the type of a field in words, with the list or object that it chooses from."""
    name = linked.kind(item)
    shown = TYPES.get(name, name)
    book = linked.data.dictionaries.get(str(item.of)) if item.of else None
    if book:
        return f"{shown}：{book.title}"
    target = linked.entities.get(str(item.to)) if item.to else None
    return f"{shown}：{target.title}" if target else shown


def needed(linked: Linked, entity: Entity, item: model.Field | model.Material) -> str:
    """Return whether something must be given, and when it applies."""
    if item.required is True and not item.when:
        return "必填"
    decides = item.required if isinstance(item.required, str) else item.when
    if not decides:
        return ""
    said = condition(linked, entity, str(decides))
    must = "必填" if item.required else "填"
    return f"{said}时{must}" if not said.startswith("`") else f"按填报内容判断是否{must}"


def condition(linked: Linked, entity: Entity, text: str) -> str:
    """Return a condition in words; what cannot be said shortly is shown as it is written."""
    plain = text.replace("is not empty", "is not None").replace("is empty", "is None")
    try:
        return _Speaker(linked, entity).say(ast.parse(plain.strip(), mode="eval").body)
    except (_Unsaid, SyntaxError):
        return f"`{text}`"


_ME = {"me": "本人", "me.unit": "本单位", "me.district": "本区"}


class _Unsaid(Exception):
    """There are no short words for this."""


class _Speaker:
    """Says a condition over the fields of an object."""

    def __init__(self, linked: Linked, entity: Entity) -> None:
        self.linked = linked
        self.entity = entity

    def say(self, node: ast.expr) -> str:
        """Return the words for one part."""
        for form, words in self._ways().items():
            if isinstance(node, form):
                return words(node)
        raise _Unsaid

    def _ways(self) -> dict[type[ast.expr], Callable[..., str]]:
        return {
            ast.BoolOp: self._both,
            ast.UnaryOp: self._not,
            ast.Compare: self._compare,
            ast.Name: self._yes,
            ast.Attribute: self._yes,
        }

    def _both(self, node: ast.BoolOp) -> str:
        word = "且" if isinstance(node.op, ast.And) else "或"
        return word.join(
            f"（{self.say(part)}）" if isinstance(part, ast.BoolOp) else self.say(part)
            for part in node.values
        )

    def _not(self, node: ast.UnaryOp) -> str:
        if isinstance(node.op, ast.Not) and isinstance(node.operand, (ast.Name, ast.Attribute)):
            return f"{self._title(node.operand)}为否"
        raise _Unsaid

    def _yes(self, node: ast.expr) -> str:
        return f"{self._title(node)}为是"

    def _title(self, node: ast.expr) -> str:
        path = ast.unparse(node)
        if path in _ME:
            return _ME[path]
        label = label_of(self.linked, self.entity, path)
        if label == path or label in path.split("."):
            raise _Unsaid
        return label

    def _compare(self, node: ast.Compare) -> str:
        if len(node.ops) != 1:
            raise _Unsaid
        operator, right = node.ops[0], node.comparators[0]
        title = self._title(node.left)
        if isinstance(operator, (ast.Is, ast.IsNot)):
            return f"{title}{'为空' if isinstance(operator, ast.Is) else '不为空'}"
        values = right.elts if isinstance(right, (ast.Tuple, ast.List)) else [right]
        said = "或".join(self._value(node.left, value) for value in values)
        if isinstance(operator, (ast.In, ast.NotIn)):
            return f"{title}{'为' if isinstance(operator, ast.In) else '不为'}{said}"
        if isinstance(right, ast.Constant) and isinstance(right.value, bool):
            yes = right.value == isinstance(operator, ast.Eq)
            return f"{title}为{'是' if yes else '否'}"
        return f"{title}{_COMPARED[type(operator)]}{said}"

    def _value(self, left: ast.expr, node: ast.expr) -> str:
        if not isinstance(node, ast.Constant):
            return self._title(node)
        if not isinstance(node.value, str):
            return str(node.value)
        return f"“{self._entry(ast.unparse(left), node.value)}”"

    def _entry(self, path: str, code: str) -> str:
        entity: Entity | None = self.entity
        *heads, last = path.split(".")
        for head in heads:
            item = entity.fields.get(Name(head)) if entity else None
            to = entity.parent if entity and head == "parent" else item.to if item else None
            entity = self.linked.entities.get(str(to)) if to else None
        if entity and last == "state" and entity.flow:
            step = entity.flow.steps.get(Name(code))
            return str(step.title) if step else code
        item = entity.fields.get(Name(last)) if entity else None
        book = self.linked.data.dictionaries.get(str(item.of)) if item and item.of else None
        entry = next((v for k, v in book.entries.items() if k == code), None) if book else None
        return str(entry.get("title", code)) if isinstance(entry, dict) else str(entry or code)


def table(head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> list[str]:
    """Return a Markdown table; nothing where there are no rows."""
    if not rows:
        return []
    lines = [head, tuple("---" for _ in head), *rows]
    return ["| " + " | ".join(_cell(cell) for cell in row) + " |" for row in lines] + [""]


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")
