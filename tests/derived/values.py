"""Good values for every built-in type, made from what the declaration says of them."""

import io
import random
import re
from datetime import date, timedelta
from typing import Any

try:
    from re import _constants as op
    from re import _parser as parser
except ImportError:  # pragma: no cover - older Python
    import sre_constants as op
    import sre_parse as parser

from app.core import clock, types
from app.core.files import attachments
from app.core.reference import dictionaries

HANZI = "江汉武昌东湖青山光谷文华大学院研究所国际交流合作"
FAMILY, GIVEN = "王李张刘陈杨赵黄周吴徐孙", "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超霞平刚"
AROUND = (
    0,
    1,
    2,
    3,
    4,
    5,
    7,
    10,
    14,
    20,
    30,
    45,
    60,
    90,
    120,
    -1,
    -2,
    -3,
    -5,
    -7,
    -10,
    -14,
    -30,
    -60,
)


def of(kind: types.Type, chance: random.Random) -> Any:
    """Return a good value as a form holds it, None for what is chosen or computed elsewhere."""
    for cls, make in MAKERS:
        if isinstance(kind, cls):
            return make(kind, chance)
    raise AssertionError(f"no values for {kind}")


def _string(kind: Any, chance: random.Random) -> str:
    if kind.pattern:
        return matching(kind.pattern, chance)[: kind.length]
    return "".join(chance.sample(HANZI, min(6, kind.length)))


def _integer(kind: Any, chance: random.Random) -> str:
    low = kind.min if kind.min is not None else 1
    most = low + chance.choice((3, 6, 6, 6, 60))
    return str(chance.randint(low, min(kind.max or most, most)))


def _year(kind: Any, chance: random.Random) -> str:
    return str(clock.today().year + chance.choice((0, 0, 0, 1, 1, 2, 3, 4, -1)))


def _decimal(kind: Any, chance: random.Random) -> str:
    unit, most = 10**kind.scale, chance.choice((3, 30, 900))
    value = (
        chance.randint(1, most) * unit + unit // 2
    )  # small ones too: what is divided by one is large
    least, largest = (
        None if bound is None else int(bound * unit) for bound in (kind.min, kind.max)
    )
    value = value if least is None else max(value, least)
    return kind.dump(value if largest is None else min(value, largest))


def _date(kind: Any, chance: random.Random) -> str:
    return (clock.today() + timedelta(days=chance.choice(AROUND))).isoformat()


def _moment(kind: Any, chance: random.Random) -> str:
    return f"{_date(kind, chance)} 09:30"


def _entry(kind: Any, chance: random.Random) -> str | None:
    found = dictionaries.entries(kind.of)
    return chance.choice(found).code if found else None


def resident_id(chance: random.Random, birth: date | None = None) -> str:
    """Return a resident identity number with its check digit."""
    birth = birth or date(chance.randint(1968, 2000), chance.randint(1, 12), chance.randint(1, 28))
    head = f"420106{birth:%Y%m%d}{chance.randint(1, 999):03}"
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    return head + "10X98765432"[sum(int(a) * b for a, b in zip(head, weights, strict=True)) % 11]


def credit_code(chance: random.Random) -> str:
    """Return a unified social credit code with its check character."""
    letters = "0123456789ABCDEFGHJKLMNPQRTUWXY"
    head = "11420100" + "".join(chance.choice(letters) for _ in range(9))
    total = sum(letters.index(char) * pow(3, at, 31) for at, char in enumerate(head))
    return head + letters[(31 - total % 31) % 31]


def _phone(kind: Any, chance: random.Random) -> str:
    return (
        f"139{chance.randint(0, 99_999_999):08}"
        if kind.mobile
        else f"0278{chance.randint(0, 9_999_999):07}"
    )


def stored(accept: tuple[str, ...], chance: random.Random) -> attachments.File:
    """Return a stored file of one of the kinds that are accepted."""
    kind = next(kind for kind in ("pdf", "png", "jpg", "docx", "xlsx") if kind in accept)
    return attachments.store(io.BytesIO(CONTENT[kind]()), f"样本.{kind}", accept, 10**7)


def _picture(form: str) -> bytes:
    from PIL import Image

    target = io.BytesIO()
    Image.new("RGB", (8, 8), "white").save(target, form)
    return target.getvalue()


def _word() -> bytes:
    from docx import Document

    target = io.BytesIO()
    Document().save(target)
    return target.getvalue()


def _sheet() -> bytes:
    from openpyxl import Workbook

    target = io.BytesIO()
    Workbook().save(target)
    return target.getvalue()


CONTENT = {
    "pdf": lambda: (
        b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj 2 0 obj<</Type/Pages/Kids[]/Count 0>>"
        b"endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
    ),
    "png": lambda: _picture("PNG"),
    "jpg": lambda: _picture("JPEG"),
    "docx": _word,
    "xlsx": _sheet,
}
MAKERS: tuple[tuple[type, Any], ...] = (
    (types.DraftOf, lambda kind, chance: None),
    (types.Code, lambda kind, chance: None),
    (types.ResidentId, lambda kind, chance: resident_id(chance)),
    (types.CreditCode, lambda kind, chance: credit_code(chance)),
    (types.Phone, _phone),
    (types.Email, lambda kind, chance: f"a{chance.randint(1, 10**6)}@example.cn"),
    (types.BankAccount, lambda kind, chance: "".join(chance.choices("0123456789", k=19))),
    (types.String, _string),
    (types.Text, lambda kind, chance: "洽谈" + "".join(chance.sample(HANZI, 8))),
    (types.Year, _year),
    (types.Integer, _integer),
    (types.Decimal, _decimal),
    (types.DateTime, _moment),
    (types.Date, _date),
    (types.Boolean, lambda kind, chance: chance.choice(("1", "0"))),
    (types.Dict, _entry),
    (types.File, lambda kind, chance: str(stored(kind.accept, chance).id)),
)


def matching(pattern: str, chance: random.Random) -> str:
    """Return a text that a regular expression matches; of `name` types a person's name."""
    if "\\u4e00" in pattern or "一" in pattern:
        name = chance.choice(FAMILY) + "".join(chance.choices(GIVEN, k=2))
        if re.fullmatch(pattern, name):
            return name
    text = _spelled(parser.parse(pattern), chance)
    assert re.fullmatch(pattern, text), (pattern, text)
    return text


def _spelled(parts: Any, chance: random.Random) -> str:
    return "".join(_part(kind, value, chance) for kind, value in parts)


def _part(kind: Any, value: Any, chance: random.Random) -> str:
    if kind is op.LITERAL:
        return chr(value)
    if kind is op.IN:
        return _one_of(value, chance)
    if kind in (op.MAX_REPEAT, op.MIN_REPEAT):
        low, high, inner = value
        count = chance.randint(low, min(high, low + 3))
        return "".join(_spelled(inner, chance) for _ in range(count))
    if kind is op.SUBPATTERN:
        return _spelled(value[3], chance)
    if kind is op.BRANCH:
        return _spelled(chance.choice(value[1]), chance)
    if kind is op.ANY:
        return "文"
    if kind is op.AT:
        return ""
    raise AssertionError(f"a pattern with {kind} needs words here")


def _one_of(options: Any, chance: random.Random) -> str:
    kind, value = chance.choice([item for item in options if item[0] is not op.NEGATE])
    if kind is op.RANGE:
        return chr(chance.randint(*value))
    if kind is op.CATEGORY:
        return {op.CATEGORY_DIGIT: "7", op.CATEGORY_WORD: "w", op.CATEGORY_SPACE: " "}[value]
    return chr(value)
