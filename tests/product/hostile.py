"""Values that a field must refuse, or take without harm, by its type."""

from decimal import Decimal as Number
from typing import Any

from app.core.types import (
    Boolean,
    Date,
    DateTime,
    Decimal,
    Dict,
    DraftOf,
    File,
    Integer,
    Ref,
    Refs,
    String,
    Text,
    Type,
)

NOWHERE = 999_999_999
TEXTS = (
    "<script>alert(1)</script>",
    "'; DROP TABLE sys_case; --",
    "{{ 7 * 7 }} ${7*7} %s %(x)s {name}",
    '=HYPERLINK("http://x")',
    "😀\u202e\u0301 龘",
    "  \t 前后有空格 \r\n ",
    "\ud800 半个字符",
    "../../etc/passwd",
)
NOT_TEXT = (5, True, 1.5, ["甲"], {"a": "甲"})


def wrong(kind: Type) -> list[Any]:
    """Return what a field of the type refuses, whatever else stands in the record."""
    for cls, values in _WRONG:
        if isinstance(kind, cls):
            return [*values, *_of_limits(kind)]
    raise AssertionError(kind)


_WRONG: tuple[tuple[type, tuple[Any, ...]], ...] = (
    (Refs, ("1", 5, [NOWHERE], [True], [[1]], [{"title": "x"}], {"id": 1}, [-1], ["x"])),
    (Ref, ("abc", -1, NOWHERE, 10**18, 10**30, True, 1.5, [1], {"title": "x"}, {"id": "x"})),
    (File, ("abc", -1, NOWHERE, 10**30, True, [1], {"name": "x"})),
    (Dict, ("没有这个代码", "x" * 500, 5, True, [], ["a"], {"title": "x"}, {"code": 5})),
    (DraftOf, ("文字", 5, [], {"没有这一项": 1}, {"values": 5})),
    (Boolean, ("true", 1, 0, "是", [], {})),
    (Integer, ("abc", 1.5, True, 10**20, "1e5", [], {}, "9" * 400, "0x10")),
    (Decimal, ("abc", True, "1.1234567", "NaN", "Infinity", "1e400", 10**20, [], {}, 1e300)),
    (DateTime, ("明天", "2026-13-01T00:00", 5, True, [], {}, "0001-01-01T00:00", "9999-12-31")),
    (Date, ("明天", "2026-02-30", 20260101, True, [], "10000-01-01", "0001-01-01", "9999-12-31")),
    (Text, NOT_TEXT),
    (String, NOT_TEXT),
)


def _of_limits(kind: Type) -> list[Any]:
    if isinstance(kind, Dict):
        return []
    if isinstance(kind, (String, Text)):
        return ["长" * (kind.length + 1)]
    if isinstance(kind, Integer):
        low = [] if kind.min is None else [kind.min - 1]
        return low + ([] if kind.max is None else [kind.max + 1])
    if isinstance(kind, Decimal):
        step = Number(1).scaleb(-kind.scale)
        low = [] if kind.min is None else [str(kind.min - step)]
        return low + ([] if kind.max is None else [str(kind.max + step)])
    return []


def strange(kind: Type) -> tuple[Any, ...]:
    """Return what a field of the type may take or refuse, but never chokes on."""
    return TEXTS if isinstance(kind, (String, Text)) and not isinstance(kind, Dict) else ()
