"""The manual: one page for each function, for whoever uses it."""

from generator import model
from generator.emit.screens import label_of, list_columns, operations_of
from generator.manual import words
from generator.reader import Name
from generator.routes import kind_of, lead, routes_of
from generator.world import Entity, FunctionIn, Linked

FOLDER = "docs/manual"
NOTE = "<!-- 由 metadata/ 生成，请勿直接修改：python -m generator build -->"
FORMS = ("apply", "review", "rework", "catalog")


def render(linked: Linked) -> dict[str, str]:
    """Return the pages by path."""
    pages = {f"{FOLDER}/README.md": _contents(linked)}
    for name, item in linked.functions.items():
        pages[f"{FOLDER}/{name}.md"] = page(linked, item)
    return pages


def _contents(linked: Linked) -> str:
    project = linked.data.project
    assert project is not None
    lines = [NOTE, f"# {project.title}操作手册", "", "按菜单排列，每个功能一页。", ""]
    for subsystem in project.subsystems.values():
        lines += [f"## {subsystem.title}", ""]
        for module, title in [*subsystem.modules.items(), (Name(""), "其他")]:
            items = [
                item
                for item in linked.functions.values()
                if item.subsystem == subsystem.name and str(item.spec.module or "") == str(module)
            ]
            if items:
                items.sort(key=lambda item: (item.spec.order, str(item.spec.id)))
                lines += [f"### {title}", ""]
                lines += [f"- [{i.spec.id} {i.spec.title}]({i.spec.id}.md)" for i in items]
                lines.append("")
    return "\n".join(lines).rstrip("\n") + "\n"


def page(linked: Linked, item: FunctionIn) -> str:
    """Return the page of one function."""
    spec, entity = item.spec, linked.entities.get(item.object)
    lines = [NOTE, f"# {spec.id} {spec.title}", ""]
    if spec.help:
        lines += [f"{spec.help}。" if spec.help[-1] not in "。！？" else str(spec.help), ""]
    lines += [
        f"- 菜单：{_menu(linked, item)}",
        f"- 界面：{words.SCREENS.get(item.screen, '系统功能')}",
    ]
    if entity and not entity.runtime:
        owner = linked.flow_owner(entity)
        lines.append(f"- 业务对象：[{owner.title}](../reference/objects/{owner.name}.md)")
    lines += ["", "## 谁可以使用", "", *_roles(linked, item, entity)]
    if entity and not entity.runtime and item.screen in FORMS:
        lines += _form(linked, entity)
    if entity and item.screen in ("query", "review", "apply", "catalog", "issued", "rework"):
        lines += _list(linked, item, entity)
    if item.screen == "explore":
        lines += _analysed(linked, item)
    if entity and entity.flow and item.screen in ("apply", "review", "rework"):
        lines += _way(linked, item, entity, entity.flow)
    return "\n".join(lines).rstrip("\n") + "\n"


def _menu(linked: Linked, item: FunctionIn) -> str:
    project = linked.data.project
    subsystem = project.subsystems.get(Name(item.subsystem)) if project else None
    if subsystem is None:
        return item.subsystem or "不在菜单中"
    module = subsystem.modules.get(Name(str(item.spec.module or "")))
    return " › ".join(str(part) for part in (subsystem.title, module, item.spec.title) if part)


def _roles(linked: Linked, item: FunctionIn, entity: Entity | None) -> list[str]:
    rows = [
        (
            str(linked.data.roles[str(role)].title)
            if str(role) in linked.data.roles
            else str(role),
            "、".join(words.operation(entity, str(word)) for word in operations),
        )
        for role, operations in item.spec.roles.items()
    ]
    shown = words.table(("角色", "出厂授权"), rows) or ["出厂时未授权，由安全管理员授予。", ""]
    further = [
        words.operation(entity, word)
        for word in operations_of(linked, item)
        if not any(word in map(str, granted) for granted in item.spec.roles.values())
    ]
    return shown + ([f"还可以授予：{'、'.join(further)}。", ""] if further else [])


def _form(linked: Linked, entity: Entity) -> list[str]:
    lines = ["## 填写内容", "", *fields(linked, entity)]
    for row in linked.rows_of(entity):
        assert row.child is not None
        child = row.child
        bounds = [
            f"至少 {child.min} 行" if isinstance(child.min, int) and child.min else "",
            f"至多 {child.max} 行" if child.max else "",
        ]
        said = "，".join(part for part in bounds if part)
        lines += [f"### {child.title}{f'（{said}）' if said else ''}", "", *fields(linked, row)]
    spec = entity.spec
    assert spec is not None
    lines += _materials(linked, entity, spec)
    if spec.rules:
        lines += ["## 提交时的检查", ""]
        lines += [f"- {rule.error}{_weight(linked, rule)}" for rule in spec.rules]
        lines.append("")
    return lines


def fields(linked: Linked, entity: Entity) -> list[str]:
    """Return the table of what is typed, and of what fills itself in."""
    rows = [
        (
            str(item.title), words.kind(linked, item), words.needed(linked, entity, item),
            _said(linked, entity, item),
        )
        for item in entity.fields.values()
        if not item.hidden
    ]  # fmt: skip
    return words.table(("项目", "类型", "要求", "说明"), rows)


def _said(linked: Linked, entity: Entity, item: model.Field) -> str:
    parts = [str(item.help or "")]
    if item.value:
        parts.append("自动计算")
    elif item.readonly:
        parts.append("系统填写")
    if item.choose:
        parts.append(f"只列出{item.among or '符合条件的'}")
    if item.fill:
        titles = [label_of(linked, entity, str(name)) for name in item.fill]
        parts.append(f"选定后自动带出{'、'.join(titles)}")
    if item.mask:
        parts.append("列表中只显示首尾")
    return "；".join(part for part in parts if part)


def _materials(linked: Linked, entity: Entity, spec: model.Object) -> list[str]:
    rows = []
    for item in spec.materials.values():
        size = f"{item.max // (1024 * 1024)} MB" if isinstance(item.max, int) else "20 MB"
        accept = "、".join(item.accept) or "pdf、jpg、png"
        need = words.needed(linked, entity, item).replace("填", "交").replace("交报", "填报")
        rows.append((str(item.title), need, f"{accept}，每个不超过 {size}", str(item.help or "")))
    shown = words.table(("材料", "要求", "格式", "说明"), rows)
    return ["## 材料", "", *shown] if shown else []


def _weight(linked: Linked, rule: model.Rule) -> str:
    policy = linked.data.policies.get(str(rule.policy)) if rule.policy else None
    level = str(policy.level) if policy else str(rule.level)
    said = ["提醒，不阻止提交" if level == "warning" else ""]
    if policy and policy.rows:
        said.append(f"依据：{policy.rows[-1].source}")
    shown = "；".join(part for part in said if part)
    return f"（{shown}）" if shown else ""


def _list(linked: Linked, item: FunctionIn, entity: Entity) -> list[str]:
    columns = [label_of(linked, entity, name) for name in list_columns(linked, entity, item.spec)]
    filters = [label_of(linked, entity, str(name)) for name in item.spec.filters]
    lines = ["## 列表", "", f"- 显示：{'、'.join(columns)}"]
    if filters:
        lines.append(f"- 查询条件：{'、'.join(filters)}")
    lines += [f"- 图表：{chart.title}" for chart in item.spec.charts]
    if "export" in operations_of(linked, item):
        lines.append("- 可以导出为 Excel（需要“导出”权限）")
    return [*lines, ""]


def _analysed(linked: Linked, item: FunctionIn) -> list[str]:
    """Say what people can choose: of each model its dimensions, measures and ready tables."""
    lines = ["## 可以选的内容", ""]
    for name in item.spec.models:
        model = linked.data.reports[str(name)]
        sides = "、".join(str(side.title) for side in model.dimensions.values())
        measures = []
        for measure in model.measures.values():
            never = "、".join(
                str(model.dimensions[Name(word)].title) for word in model.never_by(measure)
            )
            measures.append(f"{measure.title}（不按{never}划分）" if never else str(measure.title))
        ready = "、".join(str(report.title) for report in model.reports.values())
        lines += [
            f"### {model.title}",
            "",
            f"- 行、列、条件：{sides}",
            f"- 指标：{'、'.join(measures)}",
            f"- 常用的表：{ready}",
            "",
        ]
    return lines


def _way(linked: Linked, item: FunctionIn, entity: Entity, flow: model.Flow) -> list[str]:
    lines = ["## 办理过程", "", f"![{flow.title}](../reference/flows/{flow.name}.svg)", ""]
    own = {str(step) for step in item.spec.steps}
    for step in flow.steps.values():
        if step.end:
            continue
        who = _who(linked, step)
        limit = f"，限 {step.within} 个工作日" if step.within else ""
        mark = "（本功能办理）" if str(step.name) in own else ""
        lines.append(f"- **{step.title}**{mark}：{who}{limit}")
        if step.skip:
            lines.append(f"  - {words.condition(linked, entity, str(step.skip))}时跳过")
        if step.checks:
            lines.append(f"  - 通过前确认：{'、'.join(step.checks)}")
        lines += _actions(linked, flow, step)
    ends = "、".join(str(step.title) for step in flow.steps.values() if step.end)
    return [*lines, "", f"结果：{ends}。", ""]


def _who(linked: Linked, step: model.Step) -> str:
    roles = linked.data.roles
    names = [
        "申报人"
        if word == "applicant"
        else str(roles[str(word)].title)
        if str(word) in roles
        else str(word)
        for word in step.by
    ]
    return "、".join(names)


def _actions(linked: Linked, flow: model.Flow, step: model.Step) -> list[str]:
    lines = []
    for action in flow.actions.values():
        goals = [to for source, to, _ in routes_of(flow, action) if source == step.name]
        if goals:
            ways = dict.fromkeys(
                "记录在案，环节不变" if to == step.name else lead(linked, flow, kind_of(action), to)
                for to in goals
            )
            lines.append(f"  - {action.title}：{'；'.join(ways)}")
    return lines
