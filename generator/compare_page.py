"""A comparison as a page of its own: one HTML file that needs nothing else, for a review to attach.

Chinese, for people who know the office and not the YAML. What differs is found by `compare`,
`compare_screens` and `compare_outside`; here it is put into words and pictures.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from jinja2 import Environment
from markupsafe import Markup

from generator.compare import Comparison, Difference
from generator.compare_outside import Outside
from generator.compare_screens import Screen
from generator.graph import layout, svg
from generator.manual import words
from generator.migrate.plan import Change
from generator.migrate.schema import Column, Table
from generator.world import Entity, FunctionIn, Linked

TEMPLATE = Path(__file__).with_suffix(".html")
MARKS = {"gained": "新增", "lost": "去掉", "moved": "移动", "changed": "改动", "same": ""}
WHAT = {"added": "新增", "removed": "去掉", "changed": "改动"}
KINDS = {
    "project": "项目", "role": "角色", "object": "业务对象", "field": "字段", "rows": "明细", "material": "材料",
    "hold": "占用", "message": "消息", "rule": "规则", "flow": "流程", "step": "环节", "action": "动作",
    "function": "功能", "document": "函件", "report model": "统计模型", "dimension": "维度", "measure": "指标",
    "report": "统计表", "dashboard": "驾驶舱", "tile": "图块", "written report": "分析报告", "block": "报告段落",
    "score": "评分", "score item": "评分项", "interface": "接口", "exchanged message": "往来报文",
    "exchanged value": "报文数据项", "migration": "迁入", "dictionary": "字典", "entry": "字典条目",
    "policy": "政策", "policy row": "政策版本", "decision": "判定表", "decision row": "判定表版本",
}  # fmt: skip
KEYS = {
    "title": "名称", "type": "类型", "length": "长度", "required": "必填", "when": "适用条件", "value": "计算",
    "default": "默认值", "choose": "可选范围", "among": "可选范围", "fill": "带出", "section": "所在栏", "help": "说明",
    "check": "条件", "error": "提示", "text": "内容", "scope": "查看范围", "columns": "列", "filters": "查找条件",
    "charts": "图", "by": "办理人", "within": "时限", "skip": "跳过的条件", "edit": "可改的内容", "checks": "核对项",
    "remind": "提醒", "escalate": "超期报告", "countersign": "会签", "opinions": "意见栏", "beside": "并列显示",
    "on_pass": "通过时的效果", "end": "结局", "branches": "分支", "wait": "等待", "from": "从哪些环节", "to": "去向",
    "kind": "种类", "comment": "意见", "do": "效果", "resubmit": "重新提交", "until": "到何时", "guard": "办理条件",
    "refusal": "拒绝时的话", "archive": "归档", "level": "轻重", "accept": "接受的文件", "max": "上限", "min": "下限",
    "where": "只看哪些行",
}  # fmt: skip
OTHER = ("flow", "step", "action")  # shown in a section of their own
DRAWN = ("title", "columns", "filters", "charts")  # of a function: shown with its screen


@dataclass(frozen=True)
class Cell:
    """What a role may do with a function, before and after."""

    kept: tuple[str, ...]
    gained: tuple[str, ...]
    lost: tuple[str, ...]


Line = list[
    tuple[str, str, bool]
]  # steps in their order: what became of each, whether it is an end


@dataclass(frozen=True)
class Flow:
    """A flow before and after, drawn, and what of it is not as before."""

    name: str
    title: str
    steps: tuple[Line, Line]  # before, after
    before: Markup
    after: Markup
    differences: tuple[Difference, ...]


def render(
    found: Comparison,
    screens: list[Screen],
    outside: Outside,
    old: Linked,
    new: Linked,
    since: str,
) -> str:
    """Return the page."""
    environment = Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True)
    template = environment.from_string(TEMPLATE.read_text(encoding="utf-8"))
    project = new.data.project
    return template.render(
        project=str(project.title) if project else "", since=since, marks=MARKS, what=WHAT,
        kinds=KINDS, keys=KEYS, screens=screens, flows=list(_flows(found, old, new)),
        tables=[(change.kind, sentence(change), bool(change.loss)) for change in found.tables],
        roles=_roles(found, new, old), matrix=list(_matrix(found, old, new)),
        risks=list(_risks(found)), api=outside.api, sql=outside.sql, note=outside.note,
        others=list(_others(found)),
    )  # fmt: skip


def _others(found: Comparison) -> Iterator[Difference]:
    """Yield what no other section shows."""
    for one in found.differences:
        if one.kind == "function":
            details = tuple(detail for detail in one.details if detail[0] not in DRAWN)
            if details:
                yield replace(one, details=details)
        elif one.kind not in OTHER:
            yield one


# --- permissions ----------------------------------------------------------------------------------


def _changed(found: Comparison) -> dict[str, dict[str, tuple[set[str], set[str]]]]:
    """Return by function and role which operations were gained and lost."""
    by_function: dict[str, dict[str, tuple[set[str], set[str]]]] = {}
    for side, table in enumerate((found.gained, found.lost)):
        for role, pairs in table.items():
            for pair in pairs:
                function, operation = pair.split(" ", 1)
                cell = by_function.setdefault(function, {}).setdefault(role, (set(), set()))
                cell[side].add(operation)
    return by_function


def _roles(found: Comparison, new: Linked, old: Linked) -> list[tuple[str, str]]:
    names = {role for cells in _changed(found).values() for role in cells}
    known = {**old.data.roles, **new.data.roles}
    return [(str(name), str(role.title)) for name, role in known.items() if str(name) in names]


def _matrix(
    found: Comparison, old: Linked, new: Linked
) -> Iterator[tuple[str, str, dict[str, Cell]]]:
    """Yield the functions whose grants differ, with what each role may do."""
    known = {**old.functions, **new.functions}
    for function, cells in sorted(_changed(found).items()):
        item, now = known[function], new.functions.get(function)
        granted = {str(r): list(map(str, w)) for r, w in now.spec.roles.items()} if now else {}
        row: dict[str, Cell] = {}
        for role, _ in _roles(found, new, old):
            gained, lost = cells.get(role, (set(), set()))
            kept = [word for word in granted.get(role, []) if word not in gained]
            row[role] = Cell(
                _called(new, item, kept), _called(new, item, sorted(gained)),
                _called(old, item, sorted(lost)),
            )  # fmt: skip
        yield function, str(item.spec.title), row


def _called(linked: Linked, item: FunctionIn, operations: list[str]) -> tuple[str, ...]:
    entity = linked.entities.get(item.object)
    return tuple(words.operation(entity, word) for word in operations)


# --- flows ----------------------------------------------------------------------------------------


def _flows(found: Comparison, old: Linked, new: Linked) -> Iterator[Flow]:
    for name in [*new.flows, *(name for name in old.flows if name not in new.flows)]:
        before, after = old.flows.get(name), new.flows.get(name)
        entities = {entity.name for entity in (before, after) if entity}
        differences = tuple(
            one
            for one in found.differences
            if (one.kind == "flow" and one.name == name)
            or (one.kind in ("step", "action") and one.name.partition(".")[0] in entities)
        )
        if differences:
            entity = after or before
            assert entity
            assert entity.flow
            pictures = _drawn(old, before, new, after, differences)
            steps = _line(before, differences, "added"), _line(after, differences, "removed")
            yield Flow(str(name), str(entity.flow.title), steps, *pictures, differences)


def _line(entity: Entity | None, differences: tuple[Difference, ...], not_here: str) -> Line:
    """Return the steps of a flow on one line, each marked with what became of it."""
    marks = {one.name.partition(".")[2]: one.what for one in differences if one.kind == "step"}
    steps = entity.flow.steps if entity and entity.flow else {}
    return [
        (str(step.title), "" if mark == not_here else mark, bool(step.end))
        for name, step in steps.items()
        for mark in [marks.get(str(name), "")]
    ]


def _drawn(
    old: Linked,
    before: Entity | None,
    new: Linked,
    after: Entity | None,
    differences: tuple[Difference, ...],
) -> tuple[Markup, Markup]:
    made = [
        layout.picture(linked, entity) if entity else None
        for linked, entity in ((old, before), (new, after))
    ]
    steps = {one.name.partition(".")[2]: one.what for one in differences if one.kind == "step"}
    ways = [{_way(edge) for edge in one.edges} if one else set() for one in made]
    drawn = []
    for side, one in enumerate(made):
        if one is None:
            drawn.append(Markup())
            continue
        marks = {f"{kind}_{name}": what for name, what in steps.items() for kind in ("step", "end")}
        what = "removed" if side == 0 else "added"
        marks |= {edge.id: what for edge in one.edges if _way(edge) not in ways[1 - side]}
        drawn.append(Markup(svg.render(one, marks, id=f"{one.name}-{side}")))  # noqa: S704 - our own
    return drawn[0], drawn[1]


def _way(edge: layout.Edge) -> tuple[str, str, str, str]:
    source, target = (
        node.id.removeprefix("gate_").removeprefix("step_") for node in (edge.source, edge.target)
    )
    return source, target, edge.title, edge.when


# --- tables and risks in words --------------------------------------------------------------------


SENTENCES = {
    "add_table": "新建表 {table}",
    "drop_table": "删除表 {table}，连同其中所有的行",
    "rename_table": "表 {table} 改名为 {name}",
    "add_column": "增加列 {at}",
    "drop_column": "删除列 {at}，连同其中的值",
    "rename_column": "列 {at} 改名为 {name}",
    "alter_column": "列 {at}：{altered}",
    "move_values": "{table}：值从别处移来",
    "add_unique": "{table}：{group} 从此不得重复",
    "drop_unique": "{table}：{group} 可以重复",
    "add_check": "{table}：增加约束 {name}",
    "drop_check": "{table}：去掉约束 {name}",
}


def sentence(change: Change) -> str:
    """Return a change of tables in Chinese."""
    parts = [one for one in (change.after, change.before) if one is not None]
    column = next((one for one in parts if isinstance(one, Column)), None)
    group = next((one for one in parts if isinstance(one, tuple)), ())
    name = next((one.name for one in parts if isinstance(one, (Column, Table))), "")
    at = f"{change.table}.{change.column}"
    return SENTENCES[change.kind].format(
        table=change.table,
        at=f"{at}（{column.title}）" if column and column.title else at,
        name=name or (group[0] if group else ""),
        group="、".join(map(str, group)),
        altered=_altered(change) if change.kind == "alter_column" else "",
    )


def _altered(change: Change) -> str:
    old, new = change.before, change.after
    assert isinstance(old, Column)
    assert isinstance(new, Column)
    parts = [f"{old.type} 变为 {new.type}"] if old.type != new.type else []
    if old.null != new.null:
        parts.append("可以为空" if new.null else "不得为空")
    if old.refers != new.refers:
        parts.append(f"改为引用 {new.refers}" if new.refers else "不再是引用")
    if old.unique != new.unique:
        parts.append("不得重复" if new.unique else "可以重复")
    return "，".join(parts) or "索引"


def _risks(found: Comparison) -> Iterator[tuple[str, str]]:
    """Yield what data is at risk, with how sure the author is of it."""
    for change in found.tables:
        if change.loss:
            sure = (
                "元数据已确认"
                if change.key in found.confirmed
                else "元数据没有确认，migrate 会拒绝"
            )
            yield sentence(change), sure
    for one in found.differences:
        named = f"“{one.title or one.name}”（{one.name}）"
        if one.what == "removed" and one.kind == "step":
            yield f"停在环节{named}的在办件没有环节可停", "可用 rehearse 看有多少件"
        elif one.what == "removed" and one.kind == "entry":
            yield f"已有记录的代码{named}不再有名称", ""
        elif one.what == "removed" and one.kind == "function":
            yield f"功能{named}的地址、保存的筛选和授权随之失效", ""
        elif one.what == "changed":
            yield from _stricter(one, named)


def _stricter(one: Difference, named: str) -> Iterator[tuple[str, str]]:
    for key, was, now in one.details:
        if one.kind in ("field", "material") and key == "required" and now not in ("", "false"):
            became = "变为必填" if was in ("", "false") else "必填的条件变了"
            yield f"{KINDS[one.kind]}{named}{became}，填了一半的草稿须补齐", ""
        if one.kind == "object" and key == "scope":
            yield f"{named}的查看范围由 {was or '默认'} 变为 {now or '默认'}", ""
