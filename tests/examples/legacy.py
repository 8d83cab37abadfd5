"""A system that is to be replaced: a SQLite file with some hundred dirty rows, each with its own fault."""

import random
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from app.core import identity_numbers

Row = tuple[object, ...]
BUREAUS = (("D1", "东局"), ("D2", "西 局 "), ("D3", "南局"))
TABLES = """
create table T_DW (DW_ID text, DWMC text, QY text);
create table T_RYXX (RY_ID integer, BH text, SFZH text, XM text, XB text, CSRQ text, DW_ID text,
  SJ text, YJ text, BZ text);
create table T_CGJL (ID integer, RY_ID integer, GJ text, CJRQ text, TS text);
"""
PERSON = "insert into T_RYXX values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
TRIP = "insert into T_CGJL values (?, ?, ?, ?, ?)"


def card_no(number: int, year: int = 1970) -> str:
    """Return the number of a person of the last century."""
    first = f"420106{year}0101{number:03}"
    return first + identity_numbers.check_digit(first)


def person(number: int, **other: str) -> Row:
    """Return a clean row, but for what is said otherwise."""
    row = {
        "BH": f"旧{number:04}", "SFZH": card_no(number), "XM": f"人{number}", "XB": "男",
        "CSRQ": "19700101", "DW_ID": "D1", "SJ": "13800000000", "YJ": "100", "BZ": "",
    }  # fmt: skip
    return (number, *{**row, **other}.values())


def make(place: Path, persons: Sequence[Row], trips: Sequence[Row] = ()) -> str:
    """Write the file and return its address."""
    place.unlink(missing_ok=True)
    with closing(sqlite3.connect(place)) as file, file:
        file.executescript(TABLES)
        file.executemany("insert into T_DW values (?, ?, '武昌')", BUREAUS)
        file.executemany(PERSON, persons)
        file.executemany(TRIP, trips)
    return f"sqlite:///{place}"


def change(place: Path, statement: str, *values: object) -> None:
    """Change the file, as somebody does who corrects the old system."""
    with closing(sqlite3.connect(place)) as file, file:
        file.execute(statement, values)


DIRT = (
    {"SFZH": card_no(900)[:17] + "0"},  # very likely a wrong check digit, see `dirty`
    {"SFZH": ""},
    {"DW_ID": "D9"},
    {"CSRQ": "1970-13-45"},
    {"XB": "第三种"},
    {"YJ": "一百"},
    {"SJ": "12345"},
)
STYLES = (
    {"SFZH": "４２０１０６", "CSRQ": "1970.1.1"},
    {"XB": "M", "SJ": "无"},
    {"XB": "不详", "CSRQ": "0000-00-00"},
    {"XM": " 买买提•艾力 ", "YJ": "￥1200元"},
)


def dirty(number: int, seed: int = 1) -> tuple[list[Row], set[int], dict[int, int]]:
    """Return so many rows, the ids of those that are wrong, and of those that repeat another: id → first."""
    chance = random.Random(seed)
    rows: list[Row] = []
    wrong: set[int] = set()
    again: dict[int, int] = {}
    good: list[int] = []
    for pk in range(1, number + 1):
        what = chance.random()
        if what < 0.15:
            fault = dict(chance.choice(DIRT))
            if fault.get("SFZH"):
                right = card_no(pk)
                fault["SFZH"] = right[:17] + ("0" if right[17] != "0" else "1")
            rows.append(person(pk, **fault))
            wrong.add(pk)
        elif what < 0.3 and good:
            first = chance.choice(good)
            rows.append(person(pk, SFZH=card_no(first), BZ=f"重复{pk}"))
            again[pk] = first
        else:
            style = dict(chance.choice(STYLES)) if what < 0.7 else {}
            if style.get("SFZH"):
                style["SFZH"] = card_no(pk).translate(
                    {ord(c): ord(c) + 0xFEE0 for c in "0123456789"}
                )
            rows.append(person(pk, **style))
            good.append(pk)
    return rows, wrong, again
