"""Every key of every kind of file: where it stands, how its value is written, what it means.

The reference shows them and `explain` knows them.
"""

from collections.abc import Iterator
from dataclasses import is_dataclass
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin

from generator import demo, interfaces, loads, model, reports, scores, shared
from generator.chinese import chinese
from generator.reader import Code, Name, Slot, Title, Word, slots
from generator.readers import (
    read_bound,
    read_effects,
    read_largest,
    read_scope,
    read_seconds,
    read_size,
    read_targets,
    read_times,
    read_workdays,
)

FILES = (
    ("业务对象 metadata/子系统/对象.yaml", model.Object),
    ("功能 metadata/子系统/functions.yaml（映射）", model.Function),
    ("项目 metadata/project.yaml", shared.Project),
    ("角色 metadata/roles.yaml（映射）", shared.Role),
    ("类型 metadata/types.yaml（映射）", shared.TypeAlias),
    ("字典 metadata/dictionaries/*.yaml（映射）", shared.Dictionary),
    ("政策 metadata/policies/*.yaml（映射）", shared.Policy),
    ("判定表 metadata/decisions/*.yaml（映射）", shared.Decision),
    ("函件 metadata/documents/*.yaml（映射）", shared.Document),
    ("统计 metadata/reports/*.yaml（映射）", reports.ReportModel),
    ("评分 metadata/scores/*.yaml（映射）", scores.Score),
    ("接口 metadata/interfaces/*.yaml（映射）", interfaces.Interface),
    ("数据迁移 metadata/migration/*.yaml（映射）", loads.Migration),
    ("演示配方 metadata/demo/*.yaml", demo.Recipe),
    ("模式的参数 metadata/patterns/*.yaml", shared.Parameter),
)
_PLAIN: dict[Any, str] = {
    bool: "`true`、`false`",
    int: "整数",
    Name: "名称",
    Word: "词",
    Code: "表达式",
    Title: "文字",
    str: "文字",
}
_READ: dict[Any, str] = {
    read_bound: "数",
    read_largest: "数，或 `20MB`",
    read_size: "数，或 `20MB`",
    read_workdays: "`2 workdays`",
    read_seconds: "`60 seconds`",
    read_times: "`[1 workday, …]`",
    read_targets: "`[环节, …]`，或 `{环节: 表达式}`",
    read_effects: "`[效果, …]`",
    read_scope: "词，或 `{词: …}`",
    loads.read_cleaning: "`[规则, …]`",
}


def parts() -> Iterator[tuple[str, type]]:
    """Return every class of the meta-model once, with the file that it belongs to."""
    shown: set[type] = set()
    for heading, cls in FILES:
        for part in (cls, *parts_of(cls)):
            if part not in shown:
                shown.add(part)
                yield heading, part


def parts_of(cls: type) -> list[type]:
    """Return the classes that the keys of a class hold, depth first."""
    found: list[type] = []
    for slot in slots(cls):
        for part in _classes(slot.hint):
            if part is not cls and part not in found:  # rows of an answer are values again
                found += [part, *(p for p in parts_of(part) if p not in found)]
    return found


def shape(slot: Slot) -> str:
    """Return how the value of a key is written, "" where only the meaning says it."""
    if slot.read:
        return _READ.get(slot.read, "")
    written = _shape(slot.hint)
    default = str(slot.default).lower() if isinstance(slot.default, bool) else slot.default
    if slot.default is False or not isinstance(default, str):
        return written  # what is not written is not so
    return written.replace(f"`{default}`", f"`{default}`（不写时）")


def _shape(hint: Any) -> str:
    origin, arguments = get_origin(hint), get_args(hint)
    if origin is Literal:
        return "、".join(f"`{word}`" for word in arguments if word != "")
    if origin in (Union, UnionType):
        return " 或 ".join(filter(None, map(_shape, (a for a in arguments if a is not NoneType))))
    if origin is tuple:
        return f"`[{_inner(arguments[0])}, …]`"
    if origin is dict:
        return f"`{{{_inner(arguments[0])}: {_inner(arguments[1])}}}`"
    if hint in _PLAIN:
        return _PLAIN[hint]
    if isinstance(hint, type) and is_dataclass(hint):
        whole = f"`{{…}}` {hint.__name__}" if slots(hint) else ""
        return f"文字 或 {whole}" if getattr(hint, "short", "") else whole
    return ""


def _inner(hint: Any) -> str:
    """Return what stands within brackets: a class by its name, everything else as it is written."""
    if isinstance(hint, type) and is_dataclass(hint):
        return hint.__name__
    return _shape(hint).replace("`", "") or "…"


def explain(name: str) -> list[str]:
    """Return what is to be said about a key, or about a part of the language such as Step."""
    found = []
    for heading, part in parts():
        if part.__name__.lower() == name.lower():
            keys = [f"  {s.key:<14} {_said(s)}" for s in slots(part)]
            head = f"part {part.__name__}  {chinese(part.__doc__)}\n  in {heading}"
            found.append("\n".join([head, *keys]) + "\n")
        found += [
            f"key {name} of {part.__name__}  {_said(slot)}\n  in {heading}\n"
            for slot in slots(part)
            if slot.key == name
        ]
    return found


def words() -> tuple[str, ...]:
    """Return all keys and parts."""
    every = [part for _, part in parts()]
    keys = (slot.key for part in every for slot in slots(part))
    return (*dict.fromkeys(keys), *(part.__name__.lower() for part in every))


def _said(slot: Slot) -> str:
    written = shape(slot).replace("`", "")
    needed = "（必须写）" if slot.need else ""
    return f"{needed}{written + '：' if written else ''}{chinese(slot.help)}"


def _classes(hint: Any) -> list[type]:
    if isinstance(hint, type) and is_dataclass(hint) and slots(hint):
        return [hint]
    return [cls for argument in get_args(hint) for cls in _classes(argument)]
