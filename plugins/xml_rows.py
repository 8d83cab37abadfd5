"""Rows as XML: <rows><row><NAME>value</NAME>…</row>…</rows>, written and read by lxml.

A document may bring no entities and no document type of its own; what it names is never fetched.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from lxml import etree

from app.core.plugin import Column, Refused, Settings
from plugins.csv_rows import written


@dataclass(frozen=True)
class XmlRows:
    """Writes and reads XML."""

    suffix: str = "xml"

    def encode(self, columns: Sequence[Column], rows: Sequence[Mapping[str, Any]]) -> bytes:
        """Return the rows as a document."""
        root = etree.Element("rows")
        for row in rows:
            element = etree.SubElement(root, "row")
            for column in columns:
                text = written(row.get(column.name))
                if text:
                    try:
                        etree.SubElement(element, column.name).text = text
                    except ValueError as error:
                        raise Refused(f"“{column.title}”含有不能写入 XML 的字符") from error
        return bytes(etree.tostring(root, encoding="UTF-8", xml_declaration=True))

    def decode(self, columns: Sequence[Column], content: bytes) -> list[dict[str, str]]:
        """Return the rows of a document; Refused where it is none."""
        parser = etree.XMLParser(
            resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False
        )
        try:
            root = etree.fromstring(content, parser)
        except etree.XMLSyntaxError as error:
            raise Refused(f"文件不是完整的 XML，第 {error.lineno or 1} 行读不下去") from error
        if root.getroottree().docinfo.doctype:
            raise Refused("文件带有文档类型声明，未接收")
        if root.tag != "rows":
            raise Refused(f"文件的根元素应为 rows，现为 {root.tag}")
        rows = []
        for number, element in enumerate(root, start=1):
            names = [str(one.tag) for one in element]
            if element.tag != "row" or len(set(names)) != len(names):
                raise Refused(f"第 {number} 个元素不是一行，或有重复的值")
            rows.append({str(one.tag): one.text or "" for one in element})
        return rows


def create(settings: Settings) -> XmlRows:
    """Make the codec."""
    return XmlRows()
