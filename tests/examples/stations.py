"""Packages of a capture station, as somebody hands them in."""

import csv
import io
import zipfile
from collections.abc import Mapping, Sequence

from PIL import Image

HEADS = ("身份证号", "采集日期", "设备编号", "照片")


def picture(colour: str = "navy") -> bytes:
    """Return a small picture."""
    made = io.BytesIO()
    Image.new("RGB", (60, 80), colour).save(made, "JPEG")
    return made.getvalue()


def table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> bytes:
    """Return a table as a station writes it."""
    text = io.StringIO(newline="")
    csv.writer(text).writerows([heads, *rows])
    return text.getvalue().encode("utf-8-sig")


def package(
    rows: Sequence[Sequence[str]],
    pictures: Mapping[str, bytes],
    *,
    devices: Sequence[Sequence[str]] = (("dev-1", "甲型"),),
    heads: Sequence[str] = HEADS,
) -> bytes:
    """Return a package."""
    members = {"设备.csv": table(("设备编号", "型号"), devices), "采集.csv": table(heads, rows)}
    return packed({**members, **pictures})


def packed(members: Mapping[str, bytes]) -> bytes:
    """Return these members as a zip file."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return made.getvalue()
