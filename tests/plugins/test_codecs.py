"""Rows become a file and the same rows again; a file that is none is refused with a reason."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.plugin import Column, Refused, Settings
from plugins import csv_rows, fixed_rows, xml_rows, zip_package

COLUMNS = (
    Column(name="code", title="编号", length=20, required=True),
    Column(name="name", title="名称", length=40),
    Column(name="note", title="备注", length=20),
)
TEXTS = st.text(st.characters(codec="gb18030", exclude_categories=("C", "Z")), max_size=5)
ROWS = st.lists(st.fixed_dictionaries({"code": TEXTS, "name": TEXTS, "note": TEXTS}), max_size=6)
CODECS = {
    "csv": csv_rows.create(Settings("interface_x")),
    "fixed": fixed_rows.create(Settings("interface_x")),
    "xml": xml_rows.create(Settings("interface_x")),
}


@pytest.mark.parametrize("codec", CODECS.values(), ids=CODECS)
@given(rows=ROWS)
def test_what_is_written_is_read(codec, rows):
    read = codec.decode(COLUMNS, codec.encode(COLUMNS, rows))
    assert [{c.name: row.get(c.name, "") for c in COLUMNS} for row in read] == rows


@pytest.mark.parametrize("codec", CODECS.values(), ids=CODECS)
@given(content=st.binary(max_size=60))
def test_whatever_comes_is_read_or_refused(codec, content):
    try:
        rows = codec.decode(COLUMNS, content)
    except Refused:
        return
    assert all(isinstance(value, str) for row in rows for value in row.values())


def test_fixed_rows_are_bytes_of_the_agreed_width():
    codec = CODECS["fixed"]
    written = codec.encode(COLUMNS, [{"code": "W1", "name": "武汉", "note": 3}])
    assert (
        written
        == "W1".ljust(20).encode() + "武汉".encode("gb18030").ljust(40) + b"3".ljust(20) + b"\r\n"
    )
    with pytest.raises(Refused, match="“编号”长 22 字节，约定为 20 字节"):
        codec.encode(COLUMNS, [{"code": "一二三四五六七八九十一"}])
    with pytest.raises(Refused, match="含有换行"):
        codec.encode(COLUMNS, [{"code": "1\n2"}])
    with pytest.raises(Refused, match="第 2 行长 79 字节，应为 80 字节"):
        codec.decode(COLUMNS, b" " * 80 + b"\r\n" + b" " * 79 + b"\r\n")
    with pytest.raises(Refused, match="最后一行不完整"):
        codec.decode(COLUMNS, b" " * 80)


def test_a_cell_beyond_any_table_is_said_with_its_line():
    said = "第 2 行有一格超过 131,072 个字符"
    text = '"code"\r\n"' + "x" * 140_000 + '"\r\n'
    with pytest.raises(Refused, match=said):
        CODECS["csv"].decode(COLUMNS, text.encode())
    with pytest.raises(Refused, match="数据表“a.csv”" + said):
        zip_package._table("a.csv", text.encode())
    with pytest.raises(Refused, match="第 2 行读不出来"):
        CODECS["csv"].decode(COLUMNS, b'code\r\n"a"b\r\n')


def test_csv_wants_its_head():
    codec = CODECS["csv"]
    with pytest.raises(Refused, match="文件缺少列：编号"):
        codec.decode(COLUMNS, b"name,note\na,b\n")
    with pytest.raises(Refused, match="第 3 行有 1 列，表头有 2 列"):
        codec.decode(COLUMNS, b"code,name\na,b\nc\n")


def test_xml_brings_no_entities():
    bomb = b'<!DOCTYPE r [<!ENTITY a "aaaa">]><rows><row><code>&a;</code></row></rows>'
    with pytest.raises(Refused, match="文档类型声明"):
        CODECS["xml"].decode(COLUMNS, bomb)
    with pytest.raises(Refused, match="根元素应为 rows"):
        CODECS["xml"].decode(COLUMNS, b"<other/>")
