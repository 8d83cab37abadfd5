"""Reference data as it is shipped in tables."""

from pathlib import Path

from app.core.reference import reference_data


def test_a_table_is_read_with_and_without_the_mark_of_its_encoding(tmp_path: Path) -> None:
    rows = [{"code": "CN", "title": "中国"}]
    for mark in ("", "\ufeff"):
        path = tmp_path / "country.csv"
        path.write_text(f"{mark}# 来源：国家标准\ncode,title\nCN,中国\n", encoding="utf-8")
        assert list(reference_data.read(path)) == rows
        path.write_text(f"{mark}code,title\nCN,中国\n", encoding="utf-8")
        assert list(reference_data.read(path)) == rows
