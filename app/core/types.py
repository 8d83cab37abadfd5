"""Semantic types of fields: how a value is read, written, shown and entered.

`parse` takes what a form, an API call or a spreadsheet cell gives and returns the stored value,
or raises ValueError with a message for the user. Empty input is None. `dump` is its inverse
(the text of a form field), `show` the text of a list or a document.
"""

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal as Number
from decimal import InvalidOperation
from typing import Any, ClassVar

from app.core import clock, identity_numbers, text_input
from app.core.db.row_ids import id_of

_FIRST_YEAR, _LAST_YEAR = 1800, 2200  # beyond, a date is a slip of the hand
_LARGEST = 2**53  # what a spreadsheet and a browser can hold exactly


@dataclass(frozen=True)
class Type:
    """Base of all types; `widget` names the template that edits it."""

    widget: ClassVar[str] = "text"
    numeric: ClassVar[bool] = False

    def parse(self, raw: Any) -> Any:
        """Return the value that `raw` stands for; ValueError with a message for the user."""
        text = self._text(raw)
        return None if text is None else self.parse_text(text)

    def _text(self, raw: Any) -> str | None:
        """Return what was typed, wide signs written as the type has them; None where it is nothing."""
        text = _text(raw)
        return None if text is None else self.narrowed(text)

    def narrowed(self, text: str) -> str:
        """Return a text with wide signs written narrow, where the value is no running text."""
        return text

    def parse_text(self, text: str) -> Any:
        """Return the value of a text that is not empty."""
        return text

    def dump(self, value: Any) -> str:
        """Return the text with which a form shows a value for editing."""
        return "" if value is None else str(value)

    def show(self, value: Any) -> str:
        """Return the text with which a list or a document shows a value."""
        return self.dump(value)

    def within(self, value: Any) -> bool:
        """Tell whether a computed value lies within the bounds of the type; nothing always does."""
        return True

    def fits(self, value: Any) -> bool:
        """Tell whether the column keeps a computed value, whatever the bounds of the field are."""
        return True

    def mask(self, value: Any) -> str:
        """Return the text with the middle hidden, for lists."""
        text = self.show(value)
        if len(text) < 5:
            return text[:1] + "*" * (len(text) - 1)
        keep = 6 if len(text) >= 15 else max(1, len(text) // 4)
        tail = 4 if len(text) >= 11 else max(1, len(text) // 4)
        return text[:keep] + "*" * (len(text) - keep - tail) + text[-tail:]


def _text(raw: Any) -> str | None:
    if raw is None:
        return None
    if isinstance(raw, (list, dict, tuple, set)):
        raise ValueError("这里只能填一个值")
    return text_input.storable(str(raw).strip()) or None


@dataclass(frozen=True)
class String(Type):
    """One line of text."""

    length: int = 200
    pattern: str = ""  # regular expression that the whole text must match
    error: str = ""  # what to say when it does not

    def narrowed(self, text: str) -> str:
        return text_input.narrow_letters(text) if self.pattern or type(self) is not String else text

    def parse_text(self, text: str) -> str:
        text = " ".join(text.split())
        if len(text) > self.length:
            raise ValueError(f"不能超过 {self.length} 个字，现有 {len(text)} 个")
        if self.pattern and not re.fullmatch(self.pattern, text):
            raise ValueError(self.error or "格式不正确")
        return text


@dataclass(frozen=True)
class Code(String):
    """A number that the system gives by the pattern `series` at submission; never typed."""

    length: int = 60
    series: str = ""


@dataclass(frozen=True)
class Text(Type):
    """Several lines of text."""

    widget: ClassVar[str] = "textarea"
    length: int = 5000

    def parse_text(self, text: str) -> str:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
        if len(text) > self.length:
            raise ValueError(f"不能超过 {self.length} 个字，现有 {len(text)} 个")
        return text


@dataclass(frozen=True)
class Integer(Type):
    """A whole number."""

    widget: ClassVar[str] = "number"
    numeric: ClassVar[bool] = True
    most: ClassVar[int] = 2**31 - 1  # either way: what its column keeps on every database
    min: int | None = None
    max: int | None = None

    def narrowed(self, text: str) -> str:
        return text_input.narrow(text)

    def parse(self, raw: Any) -> int | None:
        if isinstance(raw, bool):
            raise ValueError("请填写整数")
        if isinstance(raw, float) and raw.is_integer():
            raw = int(raw)
        text = self._text(raw)
        if text is None:
            return None
        text = text.replace(",", "").replace("，", "")
        if not re.fullmatch(r"[+-]?[0-9]{1,16}", text):
            raise ValueError("请填写整数")
        value = int(text)
        low = -self.most if self.min is None else max(self.min, -self.most)
        high = self.most if self.max is None else min(self.max, self.most)
        if value < low:
            raise ValueError(f"不能小于 {low}")
        if value > high:
            raise ValueError(f"不能大于 {high}")
        return value

    def fits(self, value: Any) -> bool:
        return value is None or abs(value) <= self.most

    def within(self, value: Any) -> bool:
        return value is None or not (
            (self.min is not None and value < self.min)
            or (self.max is not None and value > self.max)
        )


@dataclass(frozen=True)
class Year(Integer):
    """A calendar year."""

    min: int | None = 1990
    max: int | None = 2099


@dataclass(frozen=True)
class Decimal(Type):
    """An exact decimal, stored as an integer of 10^-scale."""

    widget: ClassVar[str] = "number"
    numeric: ClassVar[bool] = True
    scale: int = 2
    min: int | Number | None = None  # as people write it, such as 0.5, not as it is stored
    max: int | Number | None = None

    def narrowed(self, text: str) -> str:
        return text_input.narrow(text)

    def parse(self, raw: Any) -> int | None:
        if isinstance(raw, bool):
            raise ValueError("请填写数字")
        text = self._text(raw)
        if text is None:
            return None
        try:
            number = Number(text.replace(",", "").replace("，", "")).scaleb(self.scale)
            whole = int(number.to_integral_value()) if number.is_finite() else None
        except (InvalidOperation, OverflowError, ValueError):
            whole = None
        if whole is None or abs(whole) > _LARGEST:
            raise ValueError("请填写数字")
        if number != whole:
            raise ValueError(f"最多 {self.scale} 位小数")
        if self._below(whole):
            raise ValueError(f"不能小于 {self.min}")
        if self._above(whole):
            raise ValueError(f"不能大于 {self.max}")
        return whole

    def fits(self, value: Any) -> bool:
        return value is None or abs(value) <= _LARGEST

    def within(self, value: Any) -> bool:
        return value is None or not (self._below(value) or self._above(value))

    def _below(self, whole: int) -> bool:
        return self.min is not None and whole < Number(self.min).scaleb(self.scale)

    def _above(self, whole: int) -> bool:
        return self.max is not None and whole > Number(self.max).scaleb(self.scale)

    def dump(self, value: Any) -> str:
        return "" if value is None else f"{Number(value).scaleb(-self.scale):.{self.scale}f}"

    def show(self, value: Any) -> str:
        return "" if value is None else f"{Number(value).scaleb(-self.scale):,.{self.scale}f}"


@dataclass(frozen=True)
class Money(Decimal):
    """An amount of money, stored in fen."""

    widget: ClassVar[str] = "money"
    currency: str = "CNY"
    min: int | Number | None = 0


@dataclass(frozen=True)
class Date(Type):
    """A calendar day."""

    widget: ClassVar[str] = "date"

    def narrowed(self, text: str) -> str:
        return text_input.narrow(text)

    def parse(self, raw: Any) -> date | None:
        if isinstance(raw, datetime):
            return raw.date()
        if isinstance(raw, date):
            return raw
        day = self._read(raw)
        _check_year(day)
        return day

    def _read(self, raw: Any) -> date | None:
        text = self._text(raw)
        if text is None:
            return None
        match = re.fullmatch(
            r"(\d{4})(?:[-/.年](\d{1,2})[-/.月](\d{1,2})日?|(\d{2})(\d{2}))(?:[ T]00:00(?::00)?)?",
            text,
        )
        if not match:
            raise ValueError("日期请写成 2026-11-24 的样子")
        if not 1900 <= int(match[1]) < 2200:
            raise ValueError("年份应在 1900 至 2199 之间")
        try:
            return date(int(match[1]), int(match[2] or match[4]), int(match[3] or match[5]))
        except ValueError:
            raise ValueError("没有这一天") from None

    def dump(self, value: Any) -> str:
        return "" if value is None else value.isoformat()


def _check_year(day: date | None) -> None:
    if day is not None and not _FIRST_YEAR <= day.year <= _LAST_YEAR:
        raise ValueError(f"年份应在 {_FIRST_YEAR} 至 {_LAST_YEAR} 之间")


@dataclass(frozen=True)
class DateTime(Type):
    """A moment; entered and shown in the office's zone, stored as naive UTC."""

    widget: ClassVar[str] = "datetime"

    def narrowed(self, text: str) -> str:
        return text_input.narrow(text)

    def parse(self, raw: Any) -> datetime | None:
        if isinstance(raw, datetime):
            moment = raw if raw.tzinfo else raw.replace(tzinfo=clock.ZONE)
        else:
            text = self._text(raw)
            if text is None:
                return None
            try:
                moment = datetime.fromisoformat(text.replace("/", "-"))
            except ValueError:
                raise ValueError("时间请写成 2026-11-24 09:30 的样子") from None
            moment = moment if moment.tzinfo else moment.replace(tzinfo=clock.ZONE)
        _check_year(moment)
        offset = moment.utcoffset() or timedelta(0)
        return (moment.replace(tzinfo=None) - offset).replace(microsecond=0)

    def dump(self, value: Any) -> str:
        return "" if value is None else f"{clock.local(value):%Y-%m-%dT%H:%M}"

    def show(self, value: Any) -> str:
        return "" if value is None else f"{clock.local(value):%Y-%m-%d %H:%M}"


@dataclass(frozen=True)
class Boolean(Type):
    """Yes or no."""

    widget: ClassVar[str] = "boolean"
    _yes: ClassVar[frozenset[str]] = frozenset({"1", "true", "on", "yes", "是", "y"})
    _no: ClassVar[frozenset[str]] = frozenset({"0", "false", "off", "no", "否", "n"})

    def narrowed(self, text: str) -> str:
        return text_input.narrow(text)

    def parse(self, raw: Any) -> bool | None:
        if isinstance(raw, bool):
            return raw
        text = self._text(raw)
        if text is None:
            return None
        if text.lower() in self._yes:
            return True
        if text.lower() in self._no:
            return False
        raise ValueError("请填“是”或“否”")

    def dump(self, value: Any) -> str:
        return "" if value is None else ("1" if value else "0")

    def show(self, value: Any) -> str:
        return "" if value is None else ("是" if value else "否")


@dataclass(frozen=True)
class Dict(Type):
    """A code of a dictionary. Which codes exist is asked of `app.core.reference.dictionaries`."""

    widget: ClassVar[str] = "dict"
    of: str = ""
    length: int = 40


@dataclass(frozen=True)
class Tree(Dict):
    """A code of a dictionary whose entries have parents, such as administrative divisions."""

    widget: ClassVar[str] = "tree"


@dataclass(frozen=True)
class Ref(Type):
    """A record of another object, by id."""

    widget: ClassVar[str] = "ref"
    object: str = ""

    def parse(self, raw: Any) -> int | None:
        if isinstance(raw, bool):
            raise ValueError("请从列表中选择")
        text = _text(raw)
        if text is None:
            return None
        number = id_of(text)
        if not number:  # 0 is nobody's number: what asks whether something was chosen would take it for a choice
            raise ValueError("请从列表中选择")
        return number


@dataclass(frozen=True)
class Refs(Ref):
    """Several records of another object."""

    widget: ClassVar[str] = "refs"

    def parse(self, raw: Any) -> Any:
        if raw is None or raw == "":
            return []
        parts = raw if isinstance(raw, (list, tuple)) else str(raw).split(",")
        return list(dict.fromkeys(Ref.parse(self, part) for part in parts if _text(part)))

    def dump(self, value: Any) -> str:
        return ",".join(str(part) for part in value or ())


@dataclass(frozen=True)
class File(Type):
    """A stored file, by id. `accept` lists kinds by content."""

    widget: ClassVar[str] = "file"
    accept: tuple[str, ...] = ("pdf", "jpg", "png", "docx", "xlsx")
    max_bytes: int = 20 * 1024 * 1024

    def parse(self, raw: Any) -> int | None:
        return Ref.parse(Ref(), raw)


@dataclass(frozen=True)
class Image(File):
    """A stored picture, by id."""

    widget: ClassVar[str] = "image"
    accept: tuple[str, ...] = ("jpg", "png")
    max_bytes: int = 5 * 1024 * 1024


@dataclass(frozen=True)
class ResidentId(String):
    """A resident identity number, GB 11643, all kinds of card."""

    length: int = 18

    def parse_text(self, text: str) -> str:
        return identity_numbers.check_resident_id(text)


@dataclass(frozen=True)
class CreditCode(String):
    """A unified social credit code, GB 32100."""

    length: int = 18

    def parse_text(self, text: str) -> str:
        return identity_numbers.check_credit_code(text)


@dataclass(frozen=True)
class Phone(String):
    """A telephone number: mobile by default, or any with area code."""

    widget: ClassVar[str] = "phone"
    length: int = 30
    mobile: bool = True

    def parse_text(self, text: str) -> str:
        digits = re.sub(r"[\s-]", "", text)
        digits = re.sub(r"^(\+86|0086)(?=1\d{10}$)", "", digits)
        if self.mobile and not re.fullmatch(r"1[3-9]\d{9}", digits):
            raise ValueError("请填写 11 位手机号码")
        if not self.mobile and not re.fullmatch(r"[+]?[0-9]{5,20}", digits):
            raise ValueError("请填写电话号码，区号与号码之间可用短横线")
        return digits if self.mobile else text.strip()


@dataclass(frozen=True)
class Email(String):
    """An e-mail address."""

    length: int = 120

    def parse_text(self, text: str) -> str:
        if not re.fullmatch(r"[^@\s]+@[^@\s.]+(\.[^@\s.]+)+", text) or len(text) > self.length:
            raise ValueError("电子邮箱格式不正确")
        return text


@dataclass(frozen=True)
class BankAccount(String):
    """A bank account number."""

    length: int = 32

    def parse_text(self, text: str) -> str:
        digits = re.sub(r"[\s-]", "", text)
        if not re.fullmatch(r"\d{8,32}", digits):
            raise ValueError("银行账号应为 8 至 32 位数字")
        return digits


@dataclass(frozen=True)
class DraftOf(Type):
    """An editable copy of an approved record, kept as JSON text."""

    widget: ClassVar[str] = "draft_of"

    def parse(self, raw: Any) -> Any:
        return raw
