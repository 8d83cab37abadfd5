"""The page of each interface: what is exchanged with whom, as the office and the other side read it."""

from collections.abc import Iterable, Iterator

from generator.contracts import contract
from generator.explain_interfaces import sent_by
from generator.interfaces import Content, Incoming, Interface, Offer, Outgoing
from generator.manual.functions import NOTE
from generator.manual.words import table
from generator.world import Linked

FOLDER = "docs/reference/interfaces"
LARGEST_PAGE = 500  # app.exchange.offers.LARGEST
KINDS = {
    "string": "文字", "integer": "整数", "decimal": "小数", "money": "金额（元，两位小数）", "date": "日期",
    "datetime": "时间（UTC）", "boolean": "是否", "dict": "代码", "rows": "若干行",
    "file": "文件（随报文发出，此处为其名称）",
}  # fmt: skip


def render(linked: Linked) -> dict[str, str]:
    """Return a page and a contract (JSON Schema) for each interface, by path."""
    pages = {}
    for name, spec in linked.data.interfaces.items():
        pages[f"{FOLDER}/{name}.md"] = _page(linked, spec)
        pages[f"{FOLDER}/{name}.schema.json"] = contract(linked.data, spec)
    return pages


def contents(linked: Linked) -> list[str]:
    """Return the lines of a table of contents."""
    found = [
        f"- [{spec.title}（{name}）](interfaces/{name}.md)"
        for name, spec in linked.data.interfaces.items()
    ]
    return ["", "## 接口", "", *found] if found else []


def _page(linked: Linked, spec: Interface) -> str:
    reached = (
        f"传输：`plugins/{spec.transport}.py`；连接的地址与密钥在 settings.ini 的 `[interface_{spec.name}]` 一节。"
        if spec.transport
        else ""
    )
    lines = [
        NOTE, f"# {spec.title}（{spec.name}）", "",
        reached
        + (f"文件格式：`plugins/{spec.codec}.py`。" if spec.codec else "")
        + f"约定的机器可读形式：[{spec.name}.schema.json]({spec.name}.schema.json)（JSON Schema）。", "",
    ]  # fmt: skip
    for item in spec.messages.values():
        lines += _message(linked, spec, item)
    for taken in spec.takes.values():
        lines += _taken(linked, taken)
    for offer in spec.provide.values():
        lines += _offered(linked, spec, offer)
    return "\n".join(lines).rstrip("\n") + "\n"


def _message(linked: Linked, spec: Interface, item: Outgoing) -> list[str]:
    lines = [f"## {item.title}（`{item.name}`）", ""]
    said = _when(linked, spec, item)
    lines += [said, ""] if said else []
    lines += _table(item.fields.values())
    if item.materials:
        entity = linked.entities.get(str(item.object))
        known = entity.spec.materials if entity and entity.spec else {}
        titles = [str(known[word].title) for word in item.materials if word in known]  # type: ignore[index]
        lines += [f"附件：{'、'.join(titles)}。", ""]
    if item.answers:
        lines += ["对方的回执：", ""]
        rows = [
            (
                f"`{r.name}`",
                str(r.title),
                "、".join(_brought(c) for c in r.fields.values()),
            )
            for r in item.answers.values()
        ]
        lines += table(("结果", "含义", "带回的值"), rows)
    return lines


def _brought(item: Content) -> str:
    """Say a value that an answer brings, of rows also what each holds."""
    said = f"`{item.name}` {item.title}"
    if item.type != "rows":
        return said
    inner = "、".join(f"`{c.name}` {c.title}" for c in item.fields.values())
    return f"{said}（最多 {item.max} 行，每行：{inner}）"


def _taken(linked: Linked, item: Incoming) -> list[str]:
    entity = linked.entities.get(str(item.object))
    title = entity.title if entity else item.object
    how = "有一行不合格则整件不接收" if item.mode == "all" else "不合格的行不接收，其余写入"
    return [
        f"## 接收：{item.title}（`{item.name}`）", "",
        f"对方发来的每一行写入“{title}”，按 {'、'.join(f'`{word}`' for word in item.key)} 识别同一条；{how}。", "",
        *_table(item.fields.values()),
    ]  # fmt: skip


def _offered(linked: Linked, spec: Interface, item: Offer) -> list[str]:
    by = [
        f.spec for f in linked.functions.values()
        if str(f.spec.params.get("offer", "")) == f"{spec.name}.{item.name}"  # type: ignore[call-overload]
    ]  # fmt: skip
    entity = linked.entities.get(str(item.object))
    where = f"满足 `{item.where}` 的" if item.where else ""
    lines = [
        f"## 提供：{item.title}（`{item.name}`）", "",
        f"对方凭令牌分页取用{where}“{entity.title if entity else item.object}”的下列各项，此外什么都看不到；"
        "每次取用都有记录。`next` 用于翻页；要取新增和变动的，从 0 重新取起。", "",
    ]  # fmt: skip
    for function in by:
        lines += [
            f"`GET /{function.id}/rows?after=上一页的 next&size=1–{LARGEST_PAGE}`，"
            '请求头 `Authorization: Bearer 令牌` 和 `Accept: application/json`；'
            '应答 `{"items": […], "next": "…", "more": true|false}`。', "",
        ]  # fmt: skip
    return [*lines, *_table(item.fields.values())]


def _when(linked: Linked, spec: Interface, item: Outgoing) -> str:
    steps = [f"`{one}`" for one in sent_by(linked, f"{spec.name}.{item.name}")]
    steps += [f"`{item.object}.{step}`" for step in item.on]
    condition = f"，条件 `{item.when}`" if item.when else ""
    if item.at:
        where = f"，条件 `{item.where}`" if item.where else ""
        return f"每天 {item.at} 起，把尚未报送的记录写入一个文件发出{where}；每条只报送一次。"
    return f"办理件到达 {'、'.join(steps)} 时发出{condition}。" if steps else ""


def _bound(item: Content) -> str:
    if item.type == "rows":
        return f"，最多 {item.max} 行"
    return f"，不超过 {item.length} 字" if item.length else ""


def _listed(fields: Iterable[Content], prefix: str = "") -> Iterator[tuple[str, Content]]:
    """Yield the values with their names; those of a row stand behind the rows."""
    for one in fields:
        yield f"{prefix}{one.name}", one
        yield from _listed(one.fields.values(), f"{one.name}[].")


def _table(fields: Iterable[Content]) -> list[str]:
    rows = [
        (
            f"`{name}`{' *' if one.required else ''}",
            str(one.title),
            KINDS[str(one.type)] + _bound(one),
            f"`{one.value}`" if one.value else f"写入 `{one.to}`" if one.to else "",
            "、".join(f"{ours} → {theirs}" for ours, theirs in one.codes.items()),
        )
        for name, one in _listed(fields)
    ]
    return table(("名称（* 必填）", "含义", "类型", "取值", "代码对照"), rows)
