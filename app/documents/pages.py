"""What is asked of and done to a finished PDF: where bookmarks are, how many pages, the void mark."""

import shutil
import subprocess
from dataclasses import dataclass
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

from PIL import Image, ImageDraw, ImageFont
from pyhanko.pdf_utils.images import PdfImage
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.layout import AxisAlignment, BoxConstraints, SimpleBoxLayoutRule
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.stamp import StaticStampStyle

RED = (200, 24, 32, 110)
MARK_WIDTH = 360  # points
_CENTRED = SimpleBoxLayoutRule(x_align=AxisAlignment.ALIGN_MID, y_align=AxisAlignment.ALIGN_MID)


@dataclass(frozen=True)
class Spot:
    """A place on a page: number from 0, points from the bottom left."""

    page: int
    x: float
    y: float


def spots(pdf: bytes) -> dict[str, Spot]:
    """Return the places of the bookmarks of the document that the PDF was made from."""
    reader = PdfFileReader(BytesIO(pdf), strict=False)
    numbers = {reader.find_page_for_modification(n)[0].idnum: n for n in range(_count(reader))}
    found = {}
    for name, target in _resolved(reader.root.get("/Dests", {})).items():
        array = _resolved(target)
        if hasattr(array, "keys"):
            array = _resolved(array["/D"])
        page = numbers.get(array.raw_get(0).idnum)
        if page is not None and str(array[1]) == "/XYZ":
            found[str(name).lstrip("/")] = Spot(page, float(array[2]), float(array[3]))
    return found


def page_count(pdf: bytes) -> int:
    """Return how many pages a PDF has."""
    return _count(PdfFileReader(BytesIO(pdf), strict=False))


def voided(pdf: bytes, words: str = "作废") -> bytes:
    """Return the PDF with a mark across every page that says it is void; what was signed stays below."""
    writer = IncrementalPdfFileWriter(BytesIO(pdf), strict=False)
    picture = _mark(words)
    height = MARK_WIDTH * picture.height / picture.width
    style = StaticStampStyle(
        background=PdfImage(
            picture, box=BoxConstraints(width=picture.width, height=picture.height)
        ),
        background_opacity=1,
        border_width=0,
        background_layout=_CENTRED,
    )
    box = BoxConstraints(width=MARK_WIDTH, height=round(height))
    stamp = style.create_stamp(writer, box, {})
    for number in range(_count(writer.prev)):
        width, tall = _size(writer.prev, number)
        stamp.apply(number, round((width - MARK_WIDTH) / 2), round((tall - height) / 2))
    target = BytesIO()
    writer.write(target)
    return target.getvalue()


def _resolved(value: Any) -> Any:
    return value.get_object() if hasattr(value, "get_object") else value


def _count(reader: PdfFileReader) -> int:
    return int(reader.root["/Pages"]["/Count"])


def _size(reader: PdfFileReader, number: int) -> tuple[float, float]:
    page: Any = reader.find_page_for_modification(number)[0].get_object()
    box = page.get("/MediaBox") or page["/Parent"]["/MediaBox"]
    return float(box[2]) - float(box[0]), float(box[3]) - float(box[1])


@cache
def _mark(words: str) -> Image.Image:
    """Draw the words in a frame, slanted."""
    font = _font(190)
    plate = Image.new("RGBA", (190 * len(words) + 130, 290), (0, 0, 0, 0))
    draw = ImageDraw.Draw(plate)
    draw.rounded_rectangle(
        (8, 8, plate.width - 8, plate.height - 8), radius=26, outline=RED, width=14
    )
    draw.text((plate.width / 2, plate.height / 2), words, font=font, fill=RED, anchor="mm")
    return plate.rotate(24, Image.Resampling.BICUBIC, expand=True)


def _font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    program = shutil.which("fc-match")
    if program:
        said = subprocess.run(
            [program, "-f", "%{file}|%{index}", "Noto Sans CJK SC:bold:lang=zh-cn"],
            capture_output=True,
            text=True,
            check=False,
            timeout=20,
        ).stdout
        path, _, index = said.partition("|")
        if path and Path(path).is_file():
            return ImageFont.truetype(path, size, index=int(index or 0) & 0xFFFF)
    return ImageFont.load_default(size)
