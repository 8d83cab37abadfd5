"""What spreadsheet programs do to dates, numbers and codes is undone, or said plainly."""

from datetime import date, datetime, time
from decimal import Decimal as Number

import pytest
from openpyxl.utils.datetime import MAC_EPOCH, WINDOWS_EPOCH

from app.core import types
from app.core.declare import Field
from app.core.files.workbooks import Cell
from app.intake.text_cleaning import Unreadable
from app.web.excel import cells

KINDS = {str: "s", bool: "b", datetime: "d", date: "d", time: "d"}


def cell(value: object, kind: str = "") -> Cell:
    return Cell(value, kind or KINDS.get(type(value), "n"), 1)


def read(value: object, kind: types.Type, *, sign: str = "", epoch: datetime = WINDOWS_EPOCH):
    return kind.parse(cells.raw_of(cell(value, sign), kind, epoch))


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (datetime(2026, 11, 24), date(2026, 11, 24)),
        (46350, date(2026, 11, 24)),
        (46350.0, date(2026, 11, 24)),
        (20261124, date(2026, 11, 24)),
        ("2026-11-24", date(2026, 11, 24)),
        ("2026/11/24", date(2026, 11, 24)),
        ("2026.11.24", date(2026, 11, 24)),
        ("2026年11月24日", date(2026, 11, 24)),
        ("20261124", date(2026, 11, 24)),
        ("２０２６－１１－２４", date(2026, 11, 24)),
        ("'2026-11-24", date(2026, 11, 24)),
        ("2026-11-24 0:00:00", date(2026, 11, 24)),
    ],
)
def test_dates_are_read_however_they_were_typed(value: object, expected: date) -> None:
    assert read(value, types.Date()) == expected


def test_day_numbers_follow_the_workbook() -> None:
    assert read(44888, types.Date(), epoch=MAC_EPOCH) == date(2026, 11, 24)


@pytest.mark.parametrize(
    "value",
    ["八五年三月", "2026-02-30", datetime(2026, 11, 24, 9, 30), time(9, 30), True, 0.5, -3],
)
def test_what_is_no_day_is_refused(value: object) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        read(value, types.Date())


ID = "420106199001014520"


@pytest.mark.parametrize(
    "value", [ID, f"'{ID}", f" {ID}\u200b", "４２０１０６１９９００１０１４５２０"]
)
def test_identity_numbers_are_read_as_texts(value: str) -> None:
    assert read(value, types.ResidentId()) == ID


@pytest.mark.parametrize(
    "value", [4.20106199001014e17, 420106199001014500, "4.20106E+17", "1.23E+17"]
)
def test_numbers_that_lost_their_end_are_refused_in_words(value: object) -> None:
    with pytest.raises(Unreadable, match="末尾几位已丢失"):
        read(value, types.ResidentId())


def test_short_numbers_in_columns_of_texts_are_texts() -> None:
    assert read(13900001234, types.Phone()) == "13900001234"
    assert read(13900001234.0, types.Phone()) == "13900001234"
    assert read(430000, types.String(length=6, pattern="[0-9]{6}")) == "430000"
    assert read("４３００００", types.String(length=6, pattern="[0-9]{6}")) == "430000"
    assert read("Ａ座", types.String()) == "Ａ座", "running text stays as it was typed"


def test_amounts_are_exact() -> None:
    assert read(0.1 + 0.2, types.Money()) == 30
    assert read(1234.5, types.Money()) == 123450
    assert read("1，234.50", types.Money()) == 123450
    assert read("１２３４", types.Integer()) == 1234
    with pytest.raises(ValueError, match="最多 2 位小数"):
        read(0.125, types.Money())
    with pytest.raises(ValueError, match="整数"):
        read(1.5, types.Integer())


@pytest.mark.parametrize("kind", [types.String(), types.Integer(), types.Date(), types.Boolean()])
def test_formulas_and_errors_are_said(kind: types.Type) -> None:
    with pytest.raises(Unreadable, match="公式"):
        read("=A1", kind, sign="f")
    with pytest.raises(Unreadable, match="#N/A"):
        read("#N/A", kind, sign="e")


def test_a_number_has_a_smallest_and_a_largest_value() -> None:
    kind = types.Decimal(scale=1, min=Number("0.5"), max=99)
    assert [read(value, kind) for value in (0.5, "0.5", 99, "99.0")] == [5, 5, 990, 990]
    assert cells.words_of(kind).endswith("，不小于 0.5，不大于 99")
    for value, words in ((0.4, "不能小于 0.5"), ("99.1", "不能大于 99"), (-1, "不能小于 0.5")):
        with pytest.raises(ValueError, match=words):
            read(value, kind)


def test_yes_and_no() -> None:
    boolean = types.Boolean()
    assert [read(value, boolean) for value in ("是", "否", True, 0, "Ｙ")] == [
        True, False, True, False, True,
    ]  # fmt: skip
    with pytest.raises(ValueError, match="是”或“否"):
        read("也许", boolean)


def test_a_day_is_no_text() -> None:
    with pytest.raises(Unreadable, match="当成了日期"):
        read(datetime(2026, 3, 1), types.String())


@pytest.mark.parametrize(
    ("kind", "stored"),
    [
        (types.String(), "=1+1"),
        (types.String(), "'quoted"),
        (types.Text(), "第一行\n第二行"),
        (types.Integer(), -7),
        (types.Year(), 2027),
        (types.Money(), 123450),
        (types.Decimal(scale=1), 1005),
        (types.Date(), date(1949, 10, 1)),
        (types.Boolean(), False),
        (types.Phone(), "13900001234"),
    ],
)
def test_a_value_survives_the_way_into_a_cell_and_back(kind: types.Type, stored: object) -> None:
    held = cells.value_of(Field(name="x", title="x", type=kind), stored)
    if isinstance(held, Number):
        held = float(held)
    if isinstance(held, date):
        held = datetime(held.year, held.month, held.day)
    if stored == "'quoted":
        assert read(held, kind) == "quoted", "a leading quote means that a text follows"
    else:
        assert read(held, kind) == stored
