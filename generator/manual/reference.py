"""The reference of a project: its objects, flows, dictionaries, roles, policies and papers."""

from app.core.reference import decisions
from generator import shared
from generator.graph import layout, svg
from generator.manual import words
from generator.manual.functions import NOTE
from generator.world import Entity, Linked

FOLDER = "docs/reference"


def render(linked: Linked, further: list[str]) -> dict[str, str]:
    """Return the pages and pictures by path; `further` are lines for the table of contents."""
    own = [e for e in linked.entities.values() if not e.parent and not e.runtime]
    pages = {
        f"{FOLDER}/README.md": _contents(own, further),
        f"{FOLDER}/roles.md": _roles(linked),
        f"{FOLDER}/dictionaries.md": _dictionaries(linked),
        f"{FOLDER}/policies.md": _policies(linked),
    }
    for entity in own:
        pages[f"{FOLDER}/objects/{entity.name}.md"] = _object(linked, entity)
    for name, entity in linked.flows.items():
        pages[f"{FOLDER}/flows/{name}.svg"] = svg.render(layout.picture(linked, entity))
    return pages


def _page(title: str, lines: list[str]) -> str:
    return "\n".join([NOTE, f"# {title}", "", *lines]).rstrip("\n") + "\n"


def _contents(own: list[Entity], further: list[str]) -> str:
    lines = [
        "- [角色](roles.md)", "- [数据字典](dictionaries.md)", "- [政策](policies.md)",
        "- [元数据语言](language.md)", "- [错误代码](errors.md)", "", "## 业务对象", "",
    ]  # fmt: skip
    lines += [f"- [{entity.title}（{entity.name}）](objects/{entity.name}.md)" for entity in own]
    return _page("参考手册", [*lines, *further])


def _object(linked: Linked, entity: Entity) -> str:
    spec = entity.spec
    assert spec is not None
    lines = [f"数据表 `{entity.table}`，元数据 `{entity.file.path}`。", ""]
    if spec.scope:
        paths = ", ".join(map(str, (spec.scope.path, *spec.scope.also))) if spec.scope.path else ""
        detail = paths or spec.scope.where or ""
        lines += [f"可见范围：`{spec.scope.kind}{f' {detail}' if detail else ''}`。", ""]
    if spec.usable:
        said = words.condition(linked, entity, str(spec.usable))
        lines += [f"其他业务只能选用满足此条件的记录：{said}。", ""]
    lines += ["## 字段", "", *_fields(linked, entity)]
    for row in linked.rows_of(entity):
        lines += [f"## {row.title}（`{row.name}`）", "", *_fields(linked, row)]
    if spec.flow:
        lines += [
            f"## 流程：{spec.flow.title}",
            "",
            f"![{spec.flow.title}](../flows/{spec.flow.name}.svg)",
            "",
        ]
    functions = [item.spec for item in linked.functions_of(entity.name)]
    if functions:
        lines += [
            "## 功能",
            "",
            *(f"- [{f.id} {f.title}](../../manual/{f.id}.md)" for f in functions),
            "",
        ]
    rows = [(f"`{m.name}`", str(m.text), "、".join(m.to)) for m in spec.messages.values()]
    if rows:
        lines += ["## 消息", "", *words.table(("名称", "内容", "收件人"), rows)]
    papers = [d for d in linked.data.documents.values() if d.object == entity.name]
    if papers:
        lines += [
            "## 函件",
            "",
            *(f"- {d.title}：{_numbered(d)}，模板 `{d.template}`" for d in papers),
        ]
    return _page(f"{entity.title}（{entity.name}）", lines)


def _numbered(document: shared.Document) -> str:
    return f"编号 `{document.number}`" if document.number else "清单，随环节打印"


def _fields(linked: Linked, entity: Entity) -> list[str]:
    rows = [
        (
            f"`{name}`", str(item.title), words.kind(linked, item),
            words.needed(linked, entity, item), f"`{item.value}`" if item.value else "",
        )
        for name, item in entity.fields.items()
    ]  # fmt: skip
    return words.table(("名称", "标题", "类型", "要求", "计算"), rows)


def _roles(linked: Linked) -> str:
    reach = {"own": "本人", "unit": "本单位", "district": "本区", "all": "全部"}
    face = {"portal": "申报端", "office": "办公端"}
    lines: list[str] = []
    for role in linked.data.roles.values():
        lines += [f"## {role.title}（`{role.name}`）", ""]
        if role.purpose:
            lines += [str(role.purpose) + "。", ""]
        lines += [f"可见范围：{reach[role.reach]}；界面：{face[role.face]}。", ""]
        if role.excludes:
            titles = [
                str(linked.data.roles[str(word)].title)
                for word in role.excludes
                if str(word) in linked.data.roles
            ]
            lines += [f"不能同时担任：{'、'.join(titles)}。", ""]
        rows = [
            (
                f"[{f.spec.id}](../manual/{f.spec.id}.md)",
                str(f.spec.title),
                "、".join(words.operation(linked.entities.get(f.object), str(w)) for w in granted),
            )
            for f in linked.functions.values()
            for name, granted in f.spec.roles.items()
            if name == role.name
        ]
        lines += words.table(("功能", "名称", "出厂授权"), rows)
    return _page("角色与权限", lines)


def _dictionaries(linked: Linked) -> str:
    lines: list[str] = []
    for name, book in sorted(linked.data.dictionaries.items()):
        lines += [f"## {book.title}（`{name}`）", ""]
        if book.source:
            lines += [f"来源：{book.source}。", ""]
        rows = []
        for code, entry in book.entries.items():
            shown = entry if isinstance(entry, dict) else {"title": entry}
            more = "，".join(
                f"{k}：{_plain(v)}" for k, v in shown.items() if k not in ("title", "parent")
            )
            rows.append(
                (f"`{code}`", str(shown.get("title", "")), str(shown.get("parent", "")), more)
            )
        lines += words.table(("代码", "名称", "上级", "属性"), rows)
    return _page("数据字典", lines)


def _plain(value: object) -> str:
    return (
        {True: "是", False: "否"}.get(value, str(value)) if isinstance(value, bool) else str(value)
    )


def _policies(linked: Linked) -> str:
    lines: list[str] = []
    for name, policy in sorted(linked.data.policies.items()):
        level = "提醒" if policy.level == "warning" else "不得违反"
        unit = f"，单位：{policy.unit}" if policy.unit else ""
        lines += [f"## {policy.title}（`{name}`）", "", f"违反时：{level}{unit}。", ""]
        rows = [
            (
                str(row.valid_from),
                str(row.profile),
                "，".join(f"{k}：{_plain(v)}" for k, v in row.table.items()) or _plain(row.value),
                str(row.source),
            )
            for row in policy.rows
        ]
        lines += words.table(("起始日期", "适用", "数值", "依据"), rows)
    for name, decision in sorted(linked.data.decisions.items()):
        lines += _decision(linked, name, decision)
    return _page("政策和判定表" if linked.data.decisions else "政策", lines)


def _decision(linked: Linked, name: str, decision: shared.Decision) -> list[str]:
    """Return a decision as a table: a column for each input, one for what it gives."""
    inputs = list(decision.takes.values())
    lines = [f"## {decision.title}（`{name}`）", ""]
    for row in decision.rows:
        lines += [f"{row.valid_from} 起，{row.profile}。依据：{row.source}", ""]
        shown = [
            (
                *(_condition(linked, one, line.when.get(one.name, "*")) for one in inputs),
                _entry(linked, decision.of, line.then),
            )
            for line in row.lines
        ]
        lines += words.table((*(str(one.title) for one in inputs), "结论"), shown)
    return lines


def _condition(linked: Linked, one: shared.Input, text: str) -> str:
    return decisions.words(text, one.type, lambda code: _entry(linked, one.of or "", code))


def _entry(linked: Linked, book: str, code: str) -> str:
    known = linked.data.dictionaries.get(book)
    entry = next((v for k, v in known.entries.items() if k == code), code) if known else code
    return str(entry.get("title", code)) if isinstance(entry, dict) else str(entry)
