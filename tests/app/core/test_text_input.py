"""One rule for what is typed wide and for what cannot be stored, whichever door it comes in by."""

from datetime import date, datetime

import pytest

from app.core.files.workbooks import Cell
from app.core.types import (
    BankAccount,
    Boolean,
    CreditCode,
    Date,
    Decimal,
    Email,
    Integer,
    Phone,
    ResidentId,
    String,
    Text,
    Type,
    Year,
)  # fmt: skip
from app.web.excel import cells

WIDE = {
    ResidentId(): ("１１０１０１１９９００３０７７７７Ｘ", None),
    Phone(): ("１３８００００００００", "13800000000"),
    Phone(mobile=False): ("０２７-８２８２００００", "027-82820000"),
    BankAccount(): ("１２３４５６７８９", "123456789"),
    Email(): ("ａ@b.cn", "a@b.cn"),
    Integer(): ("－１２", -12),
    Year(): ("２０２６", 2026),
    Decimal(scale=2): ("１．５", 150),
    Date(): ("２０２６－１１－２４", date(2026, 11, 24)),
    Boolean(): ("ｙ", True),
    String(pattern="[A-Z][0-9]+"): ("Ｅ１２", "E12"),
    String(): ("１号楼", "１号楼"),
    Text(): ("１号楼", "１号楼"),
}
EPOCH = datetime(1899, 12, 30)


@pytest.mark.parametrize("kind", WIDE, ids=repr)
def test_wide_signs_mean_the_same_in_a_form_and_in_a_workbook(kind: Type) -> None:
    typed, wanted = WIDE[kind]
    said = []
    for raw in (typed, cells.raw_of(Cell(typed, "s", 1), kind, EPOCH)):
        try:
            said.append(kind.parse(raw))
        except ValueError as error:
            said.append(str(error))
    assert said[0] == said[1]
    assert wanted is None or said[0] == wanted


@pytest.mark.parametrize(
    "kind", [String(), Text(), Integer(), Date(), Decimal(), Boolean(), CreditCode()]
)
@pytest.mark.parametrize("sign", [chr(0xD800), chr(0)], ids=["half", "nul"])
def test_what_cannot_be_stored_is_refused_in_words_and_never_dropped(kind: Type, sign: str) -> None:
    with pytest.raises(ValueError, match=rf"第 2 个字符无法识别（U\+{ord(sign):04X}）"):
        kind.parse(f"1{sign}2")
