"""The patterns a project may use: the compiler's mixins, the product's, its own; what each is for, takes and brings."""

from generator.manual.functions import NOTE
from generator.manual.words import KINDS_OF_PARAMETER
from generator.patterns import Pattern
from generator.source import Mapping, Scalar
from generator.world import Linked

PAGE = "docs/reference/patterns.md"
_SHIPPED = "随产品交付的模式每个项目都能用，不必声明；项目的 `metadata/patterns/` 中有同名的，以项目的为准。"
_USE = (
    "写在 `use: [{名称: {参数: 值}}]` 里；对象文件自己写的词叠在模式之上。没有默认值的参数必须给。"
    "继承来的列表可以只增减几项：在列表的位置写 `{add: […], remove: […]}`，例如 `columns: {add: [flights]}`；"
    "规则按 `name` 去掉。"
)
_MIXINS = "没有参数，写在 `mixins: [名称]` 里；带来的字段可以再写，改标题、分节等。"


def contents() -> list[str]:
    """Return the line of the table of contents."""
    return ["- [模式](patterns.md)"]


def render(linked: Linked) -> dict[str, str]:
    """Return the page: mixins first, then the patterns, each in the order of names."""
    every = sorted(linked.data.patterns.values(), key=lambda one: one.name)
    mixins = [one for one in every if not _of_metadata(one)]
    patterns = [one for one in every if _of_metadata(one)]
    lines = [NOTE, "# 模式", "", _USE, "", _SHIPPED, "", "## 内置的模式", "", _MIXINS, ""]
    lines += [line for one in mixins for line in _mixin(one)]
    for one in patterns:
        lines += _section(one, one.place.path in linked.data.shipped)
    return {PAGE: "\n".join(lines).rstrip("\n") + "\n"}


def _of_metadata(pattern: Pattern) -> bool:
    """Tell the patterns of a project or of the product from the compiler's own mixins."""
    return pattern.place.path.startswith("metadata/")


def _mixin(pattern: Pattern) -> list[str]:
    lines = [f"### {pattern.name}", "", f"{pattern.help}。", ""]
    lines += ["| 字段 | 标题 | 类型 |", "| --- | --- | --- |"]
    fields = pattern.body.get("fields")
    for key, node in fields if isinstance(fields, Mapping) else ():
        lines.append(f"| `{key.value}` | {_word(node, 'title')} | `{_word(node, 'type')}` |")
    further = [f"`{key.value}`" for key, _ in pattern.body if key.value != "fields"]
    return [*lines, "", *([f"还写好了 {'、'.join(further)}。", ""] if further else [])]


def _word(node: object, key: str) -> str:
    value = node.get(key) if isinstance(node, Mapping) else None
    return value.value if isinstance(value, Scalar) else ""


def _section(pattern: Pattern, shipped: bool) -> list[str]:
    lines = [f"## {pattern.name}", ""]
    if pattern.help:
        lines += [f"{pattern.help}。", ""]
    lines += ["| 参数 | 是什么 | 默认 | 说明 |", "| --- | --- | --- | --- |"]
    for item in pattern.parameters.values():
        default = f"`{item.default.value}`" if isinstance(item.default, Scalar) else ""
        kind = KINDS_OF_PARAMETER[str(item.type)]
        lines.append(f"| `{item.name}` | {kind} | {default} | {item.help or ''} |")
    return [*lines, "", "随产品交付。" if shipped else f"文件：`{pattern.place.path}`", ""]
