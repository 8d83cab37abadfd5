"""Rules of cleaning mend what they know and leave alone what they do not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core import types
from app.core.declare.loads import Cleaning, SourceColumn
from app.intake import cleaning, text_cleaning
from app.intake.text_cleaning import Codes
from generator.loads import CLEANING


def column(kind, *rules):
    return SourceColumn(name="x", heading="X", title="列", type=kind, clean=rules)


def test_the_language_and_the_runtime_know_the_same_rules():
    assert set(CLEANING) == set(cleaning.RULES)


@pytest.mark.parametrize(
    ("rule", "given", "clean"),
    [
        (Cleaning(name="trim"), "  甲 ", "甲"),
        (Cleaning(name="squeeze"), "甲  乙\t丙", "甲 乙 丙"),
        (Cleaning(name="no_blanks"), "1 2　3", "123"),
        (Cleaning(name="half_width"), "（Ａ１）", "(A1)"),
        (Cleaning(name="digits"), "+86 138-0000", "861380000"),
        (Cleaning(name="id15_to_18"), "420106700101001", "420106197001010010"),
        (Cleaning(name="id15_to_18"), "42010670010100X", "42010670010100X"),
        (Cleaning(name="empty", texts=("无", "-")), "无", ""),
        (Cleaning(name="empty", texts=("无", "-")), "无锡", "无锡"),
        (Cleaning(name="replace", table={"元": ""}), "100元", "100"),
        (Cleaning(name="cut", number=2), "甲乙丙", "甲乙"),
        (Cleaning(name="codes", table={"M": "1"}), "M", "1"),
        (Cleaning(name="codes", table={"M": "1"}), "MM", "MM"),
        (Cleaning(name="dates", texts=("YYYYMMDD",)), "20200229", "2020-02-29"),
        (Cleaning(name="dates", texts=("YY.M.D",)), "99.1.2", "1999-01-02"),
        (Cleaning(name="dates", texts=("YY.M.D",)), "05.1.2", "2005-01-02"),
        (Cleaning(name="dates", texts=("YYYY年M月D日", "D/M/YYYY")), "3/12/1988", "1988-12-03"),
        (Cleaning(name="dates", texts=("YYYYMMDD",)), "2020-2-9", "2020-2-9"),
    ],
)
def test_a_rule(rule, given, clean):
    assert cleaning.clean(given, (rule,)) == clean


def test_what_no_rule_mends_is_refused_in_words():
    dates = Cleaning(name="dates", texts=("YYYYMMDD",))
    with pytest.raises(ValueError, match="没有这一天"):
        cleaning.value_of(column(types.Date(), dates), "20200230", Codes())
    with pytest.raises(ValueError, match="日期请写成"):
        cleaning.value_of(column(types.Date(), dates), "去年", Codes())


def test_a_title_is_looked_up_once_whether_it_means_something_or_not(monkeypatch):
    asked = []

    def look_up(kind, text):
        asked.append(text)
        if text == "甲":
            return "A"
        raise text_cleaning.Unreadable(f"没有“{text}”这一项")

    monkeypatch.setattr(text_cleaning, "code_of", look_up)
    codes, grades = text_cleaning.Codes(), types.Dict(of="grade")
    assert [codes.of(grades, "甲") for _ in range(3)] == ["A"] * 3
    faults = []
    for _ in range(2):
        with pytest.raises(text_cleaning.Unreadable, match="没有“乙”这一项") as refused:
            cleaning.value_of(column(grades), "乙", codes)
        faults.append(refused.value)
    assert faults[0] is not faults[1]
    assert asked == ["甲", "乙"]


@given(st.text(max_size=40), st.sampled_from(sorted(CLEANING)))
def test_no_text_breaks_a_rule(text, name):
    rule = Cleaning(name=name, texts=("YYYYMMDD", "D.M.YY"), table={"a": "b"}, number=3)
    once = cleaning.clean(text, (rule,))
    if name != "replace":
        assert cleaning.clean(once, (rule,)) == once
