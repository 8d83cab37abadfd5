"""Between cells and values: what people and spreadsheet programs do to dates, numbers and codes."""

import re
from collections.abc import Callable, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal as Number
from functools import lru_cache
from typing import Any

from openpyxl.utils.datetime import from_excel

from app.core import clock, text_input
from app.core.declare import Field
from app.core.files.workbooks import Cell
from app.core.types import (
    Boolean,
    Date,
    DateTime,
    Decimal,
    Dict,
    Integer,
    String,
    Text,
    Tree,
    Type,
    Year,
)
from app.intake.text_cleaning import Unreadable, clean, title_of

EXACT = 10**15  # whole numbers that a spreadsheet holds to the last digit
SERIALS = range(1, 109_575)  # day numbers up to 2199

CUT = "号码被表格软件当成数字，末尾几位已丢失。请把该列格式设为“文本”，重新填写完整号码"
FORMULA = "单元格是公式，请复制后“选择性粘贴”为数值"
_EXPONENT = re.compile(r"\d(\.\d+)?[Ee]\+?\d+")
_MIDNIGHT = re.compile(r"[\sT]+0{1,2}:00(:00(\.0+)?)?$")


def text_of(cell: Cell) -> str:
    """Return what a person sees in the cell, for names and for showing a row."""
    value = cell.value
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d}" if value.time() == time() else f"{value:%Y-%m-%d %H:%M}"
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, float) and value.is_integer() and abs(value) < EXACT:
        return str(int(value))
    return clean(str(value))


def shown(cell: Cell, field: Field | None) -> str:
    """Return what a page shows of a cell: masked where a list of the records would be."""
    text = text_of(cell)
    return Type().mask(text) if field is not None and field.mask else text


def raw_of(cell: Cell, kind: Type, epoch: datetime) -> Any:
    """Return what `Type.parse` reads; Unreadable where the cell cannot mean anything."""
    if cell.kind == "f":
        raise Unreadable(FORMULA)
    if cell.kind == "e":
        raise Unreadable(f"单元格是错误值 {cell.value}")
    if isinstance(kind, (Date, DateTime)):
        return _moment(cell, kind, epoch)
    if isinstance(cell.value, (datetime, date, time, timedelta)):
        raise Unreadable("单元格被表格软件当成了日期，请把格式设为“文本”后重新填写")
    if isinstance(cell.value, bool) and not isinstance(kind, Boolean):
        raise Unreadable("单元格是逻辑值，请按列的要求填写")
    text = _number(cell, kind) if isinstance(cell.value, (int, float)) else clean(str(cell.value))
    return _uncut(text, kind)


def _uncut(text: str, kind: Type) -> str:
    """Refuse a number that a spreadsheet has cut; wide signs are the type's own business."""
    is_number = isinstance(kind, String) and (type(kind) is not String or kind.pattern)
    if is_number and _EXPONENT.fullmatch(text) and "E+" in text.upper():
        raise Unreadable(CUT)
    return text


def _number(cell: Cell, kind: Type) -> str:
    value = cell.value
    if isinstance(value, float) and not value.is_integer():
        return repr(value) if not isinstance(kind, Decimal) else _rounded(value, kind.scale)
    if not kind.numeric and abs(value) >= EXACT:
        raise Unreadable(CUT)
    return str(int(value))


def _rounded(value: float, scale: int) -> str:
    """A number such as 0.30000000000000004 means 0.3; a real third place stays and is refused."""
    exact = Number(repr(value))
    near = exact.quantize(Number(1).scaleb(-scale))
    return str(near if abs(exact - near) < Number("1e-9") else exact)


def _moment(cell: Cell, kind: Type, epoch: datetime) -> Any:
    value = cell.value
    if isinstance(value, (bool, time, timedelta)):
        raise Unreadable("请填写日期，例如 2026-11-24")
    if isinstance(value, (int, float)):
        value = from_excel(value, epoch) if int(value) in SERIALS else str(int(value))
    if isinstance(value, datetime):
        if isinstance(kind, Date):
            if value.time() != time():
                raise Unreadable("只填日期，不要填时刻")
            return value.date()
        return value
    if isinstance(value, date):
        return value
    text = text_input.narrow(clean(str(value)))
    return _MIDNIGHT.sub("", text) if isinstance(kind, Date) else text


# --- values into cells --------------------------------------------------------------------------------


def value_of(field: Field, value: Any) -> Any:
    """Return what a cell holds of a stored value that is no reference: text, number, date or None."""
    kind = field.type
    if value is None:
        return None
    if isinstance(kind, Dict):
        return title_of(kind, value)
    if isinstance(kind, Boolean):
        return "是" if value else "否"
    if isinstance(kind, DateTime):
        return clock.local(value).replace(tzinfo=None)
    if isinstance(kind, Date):
        return value
    if isinstance(kind, Decimal):
        exact = Number(value).scaleb(-kind.scale)
        return exact if abs(value) < EXACT else str(exact)
    if kind.numeric:
        return value if abs(value) < EXACT else str(value)
    return str(value)


@lru_cache(maxsize=256)
def words_of(kind: Type) -> str:
    """Say what a column takes."""
    for types, words in _WORDS:
        if isinstance(kind, types):
            return words(kind)
    return "文字"


def _range(low: int | Number | None, high: int | Number | None) -> str:
    parts: Sequence[str] = [
        f"不小于 {low}" if low is not None else "",
        f"不大于 {high}" if high is not None else "",
    ]
    found = "，".join(part for part in parts if part)
    return f"，{found}" if found else ""


def _text_words(kind: Any) -> str:
    return f"文字，最多 {kind.length} 字" + (f"；{kind.error}" if kind.error else "")


_WORDS: tuple[tuple[type[Type], Callable[[Any], str]], ...] = (  # subclasses before their bases
    (Tree, lambda kind: "选项，填全称或末级名称"),
    (Dict, lambda kind: "从下拉列表选择"),
    (Boolean, lambda kind: "是 / 否"),
    (Date, lambda kind: "日期，如 2026-11-24"),
    (DateTime, lambda kind: "时间，如 2026-11-24 09:30"),
    (Year, lambda kind: f"年份，{kind.min} 至 {kind.max}"),
    (Integer, lambda kind: "整数" + _range(kind.min, kind.max)),
    (Decimal, lambda kind: f"数字，最多 {kind.scale} 位小数" + _range(kind.min, kind.max)),
    (Text, lambda kind: f"文字，可分行，最多 {kind.length} 字"),
    (String, _text_words),
)
