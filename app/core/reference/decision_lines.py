"""The lines of a decision as an administrator types them: read, checked for gaps and overlaps."""

from collections.abc import Sequence
from typing import Any

from app.core.declare import Input, Policy
from app.core.errors import Fault
from app.core.reference import decisions, dictionaries

MOST_ROWS = 60
LONGEST = 200


def read(
    item: Policy, rows: Sequence[tuple[tuple[str, ...], str]], faults: list[Fault]
) -> dict[str, Any]:
    """Read the lines of a decision: each must be readable, and whatever is asked exactly one must fit."""
    lines: list[list[str]] = []
    cells: list[list[decisions.Condition]] = []
    before = len(faults)
    filled = [(n, keys, text) for n, (keys, text) in enumerate(rows) if any(keys) or text]
    if not filled:
        faults.append(Fault("rows", "请至少填写一行"))
    if len(filled) > MOST_ROWS:
        faults.append(Fault("rows", f"不能超过 {MOST_ROWS} 行"))
        return {"lines": []}
    gives = {entry.code for entry in dictionaries.entries(item.of)}
    for place, keys, text in filled:
        if text not in gives:
            faults.append(Fault(f"value.{place}", "请选择结论"))
        stored = [
            _condition(one, key, place, faults) for one, key in zip(item.takes, keys, strict=True)
        ]
        lines.append([*(words for words, _ in stored), text])
        cells.append([cell for _, cell in stored])
    if len(faults) == before:
        faults += _doubts(item, cells, [place for place, _, _ in filled])
    return {"lines": lines}


def _condition(
    one: Input, typed: str, place: int, faults: list[Fault]
) -> tuple[str, decisions.Condition]:
    if len(typed) > LONGEST:
        said = f"{one.title}不能超过 {LONGEST} 个字，现有 {len(typed)} 个"
        faults.append(Fault(f"key.{place}", said))
        return typed, decisions.Condition()
    known = {entry.title: entry.code for entry in dictionaries.entries(one.of)} if one.of else {}
    text = decisions.stored(typed, one.kind, known)
    try:
        cell = decisions.read(one.kind, text)
    except ValueError as error:
        faults.append(Fault(f"key.{place}", f"{one.title}“{typed}”：{error}"))
        return text, decisions.Condition()
    if len(text) > LONGEST:
        faults.append(Fault(f"key.{place}", f"{one.title}不能超过 {LONGEST} 个字符"))
    if one.kind == "dict":
        strange = sorted(set(cell.named or ()) - set(known.values()))
        if strange:
            faults.append(Fault(f"key.{place}", f"{one.title}没有“{'、'.join(strange)}”这一项"))
    return text, cell


def _doubts(item: Policy, cells: list[list[decisions.Condition]], places: list[int]) -> list[Fault]:
    codes = [
        [entry.code for entry in dictionaries.entries(one.of)] if one.of else []
        for one in item.takes
    ]
    try:
        found = decisions.first(decisions.doubts([one.kind for one in item.takes], cells, codes))
    except decisions.TooMany:
        return [Fault("rows", "条件的组合太多，请减少行或条件")]
    faults = []
    for doubt in found:
        asked = "，".join(
            f"{one.title} {_asked(one, value)}"
            for one, value in zip(item.takes, doubt.values, strict=True)
        )
        if doubt.lines:
            numbers = " 行和第 ".join(str(number + 1) for number in doubt.lines)
            faults.append(
                Fault(f"key.{places[doubt.lines[1]]}", f"第 {numbers} 行都适用于：{asked}")
            )
        else:
            faults.append(Fault("rows", f"没有一行适用于：{asked}"))
    return faults


def _asked(one: Input, value: Any) -> str:
    if value == decisions.OTHER:
        return "其他"
    if value is None:
        return "空"
    if isinstance(value, bool):
        return "是" if value else "否"
    return dictionaries.title(one.of, value) if one.of else str(decisions.said(one.kind, value))
