"""The reference of the language itself: every key of every kind of file, and every error code."""

from dataclasses import is_dataclass
from typing import Any, get_args

from generator import kinds, model, shared
from generator.codes import CODES, FAMILIES
from generator.expression.functions import FUNCTIONS
from generator.manual.functions import NOTE
from generator.manual.words import TYPES, table
from generator.reader import slots

FOLDER = "docs/reference"
FILES = (
    ("业务对象 metadata/子系统/对象.yaml", model.Object),
    ("功能 metadata/子系统/functions.yaml（映射）", model.Function),
    ("项目 metadata/project.yaml", shared.Project),
    ("角色 metadata/roles.yaml（映射）", shared.Role),
    ("类型 metadata/types.yaml（映射）", shared.TypeAlias),
    ("字典 metadata/dictionaries/*.yaml（映射）", shared.Dictionary),
    ("政策 metadata/policies/*.yaml（映射）", shared.Policy),
    ("函件 metadata/documents/*.yaml（映射）", shared.Document),
    ("模式的参数 metadata/patterns/*.yaml", shared.Parameter),
)


def render() -> dict[str, str]:
    """Return the pages by path."""
    return {f"{FOLDER}/language.md": _language(), f"{FOLDER}/errors.md": _errors()}


def _language() -> str:
    lines = [
        NOTE, "# 元数据语言", "",
        "每一节是一种文件或其中的一段；带 * 的键必须写。编辑器按 metadata/schema/ 中的 JSON Schema 补全和检查。", "",
    ]  # fmt: skip
    shown: set[type] = set()
    for heading, cls in FILES:
        lines += [f"## {heading}", ""]
        for part in [cls, *_parts(cls)]:
            if part not in shown:
                shown.add(part)
                lines += [f"### {part.__name__}", "", (part.__doc__ or "").strip(), ""]
                lines += table(
                    ("键", "含义"),
                    [(f"`{s.key}`{' *' if s.need else ''}", s.help) for s in slots(part)],
                )
    lines += ["## 字段类型", ""]
    rows = [
        (f"`{k.name}`", TYPES.get(k.name, ""), "、".join(f"`{key}`" for key in k.keys))
        for k in kinds.KINDS.values()
    ]
    lines += table(("类型", "含义", "可用的键"), rows)
    lines += [
        "## 表达式中的函数",
        "",
        "、".join(f"`{name}`" for name in sorted(FUNCTIONS)) + "。",
        "",
    ]
    return "\n".join(lines).rstrip("\n") + "\n"


def _parts(cls: type) -> list[type]:
    """Return the classes that the keys of a class hold, depth first."""
    found: list[type] = []
    for slot in slots(cls):
        for part in _classes(slot.hint):
            if part not in found:
                found += [part, *(p for p in _parts(part) if p not in found)]
    return found


def _classes(hint: Any) -> list[type]:
    if isinstance(hint, type) and is_dataclass(hint) and slots(hint):
        return [hint]
    return [cls for argument in get_args(hint) for cls in _classes(argument)]


def _errors() -> str:
    lines = [NOTE, "# 错误代码", "", "`python -m generator explain 代码` 显示同样的说明。", ""]
    for family, title in FAMILIES.items():
        lines += [f"## {family} {title}", ""]
        for code in CODES.values():
            if code.code.startswith(family):
                lines += [f"### {code.code} {code.title}", "", code.text, ""]
    return "\n".join(lines).rstrip("\n") + "\n"
