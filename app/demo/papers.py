"""Scans of the demonstration, drawn when they are first opened: letters with a seal, signatures, seals.

A stored file whose hash is a key of ours has no content yet. `install` makes the file store ask
here for it; what a paper says is taken from the record that it belongs to.
"""

import hashlib
import io
import math
import random
import re
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from PIL import Image, ImageDraw, ImageFilter, ImageFont
from PIL.ImageFont import FreeTypeFont
from sqlalchemy import select

from app.core.db.database import elevated, session
from app.core.declare import Object, registry
from app.core.files import attachments
from app.core.files.attachments import File
from app.core.records import display
from app.core.settings import ROOT
from app.documents import drafting, pdf_conversion, sealing, template_filling
from app.documents.models import IssuedDocument

MARK = "demo-"
ALWAYS = frozenset({"signatory_signature", "seal"})
_PAGE = (1240, 1754)  # A4 at 150 dots an inch
_RED = (200, 30, 30)
_FONTS = (
    "/usr/share/fonts/opentype/noto/NotoSerifCJK-Regular.ttc",
    "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc",
    "/usr/share/fonts/truetype/wqy/wqy-zenhei.ttc",
)


def key_of(object_name: str, pk: int, name: str) -> str:
    """Return what stands for the hash of a paper that is not drawn yet."""
    return f"{MARK}{object_name}-{pk}-{name}"[:63]


def install() -> None:
    """Let the file store ask here for the content of papers that are not drawn yet."""
    attachments.set_maker(make)


def make(file: File) -> bytes | None:
    """Draw a paper; None if it is none of ours."""
    if not file.sha256.startswith(MARK):
        return None
    object_name, pk, name = file.sha256.removeprefix(MARK).split("-", 2)
    if object_name == "paper":
        return _issued(int(pk))
    obj = registry.object(object_name)
    model: Any = obj.model
    with elevated():
        record = session.scalars(select(model).where(model.id == int(pk))).first()
        if record is None:
            return None
        return _draw(obj, record, name, file)


def _issued(pk: int) -> bytes | None:
    """Return a sealed paper as PDF, made by the same steps as any other."""
    with elevated():
        document = session.get(IssuedDocument, pk)
        if document is None or document.number is None or document.dated_on is None:
            return None
        docx = template_filling.completed(
            drafting.docx_of(document), number=document.number, day=document.dated_on
        )
        declared, signer = drafting.declared_of(document), document.sealed_by_name or ""
    return sealing.sealed(pdf_conversion.pdf_of(docx), declared.seal, signer, document.token)


def _draw(obj: Object, record: Any, name: str, file: File) -> bytes:
    material = next((item for item in obj.materials if item.name == name), None)
    if material is None:
        picture = _picture(obj, record, name)
    else:
        picture = _letter(obj, record, name, material.title, material.facts)
    out = io.BytesIO()
    if file.kind == "pdf":
        picture.convert("RGB").save(out, "PDF", resolution=150.0, quality=60)
    else:
        picture.save(out, {"jpg": "JPEG"}.get(file.kind, "PNG"))
    return out.getvalue()


@cache
def _font(size: int) -> FreeTypeFont | ImageFont.ImageFont:
    for path in _FONTS:
        if Path(path).exists():
            return ImageFont.truetype(path, size)
    return ImageFont.load_default(size)


@cache
def _wordings() -> dict[str, Any]:
    path = ROOT / "metadata" / "demo" / "90_papers.yaml"
    return dict(yaml.safe_load(path.read_text("utf-8"))["papers"]) if path.exists() else {}


def _letter(obj: Object, record: Any, name: str, title: str, facts: tuple[str, ...]) -> Image.Image:
    page = Image.new("RGB", _PAGE, (253, 252, 248))
    pen = ImageDraw.Draw(page)
    wording = _wordings().get(f"{obj.name}.{name}", {})
    pen.text(
        (_PAGE[0] // 2, 190),
        wording.get("title", title),
        font=_font(52),
        fill=(20, 20, 20),
        anchor="mm",
    )
    y = 300
    lines = [display.render(text, obj, record) for text in wording.get("lines", [])]
    said = "".join(lines)
    for path in facts:
        value = display.text_of(obj, record, path)
        if value not in said:
            lines.append(f"{display.label_of(obj, path).rsplit(' ', 1)[-1]}：{value}")
    for line in lines:
        for part in _wrapped(line, 32):
            pen.text((150, y), part, font=_font(30), fill=(30, 30, 30))
            y += 54
        y += 10
    if "by" in wording:
        by = display.render(wording["by"], obj, record)
        pen.text((1090, max(y + 120, 1150)), by, font=_font(32), fill=(30, 30, 30), anchor="rm")
        page.paste(
            *_pasted(_signature(wording.get("hand", "Director"), 90), (640, max(y + 170, 1200)))
        )
    else:
        _sign(page, obj, record, max(y + 90, 1150))
    return _scanned(page, f"{obj.name}{record.id}{name}")


def _wrapped(text: str, width: int) -> list[str]:
    """Break a line by the width of its characters: a Latin letter takes half a Chinese one's."""
    parts, current, used = [], "", 0.0
    for word in re.findall(r"[!-~]+|.", text):
        size = sum(0.55 if char.isascii() else 1 for char in word)
        if used + size > width and current:
            parts.append(current)
            current, used = "", 0.0
        current, used = current + word, used + size
    return [*parts, current]


def _sign(page: Image.Image, obj: Object, record: Any, y: int) -> None:
    org = _organisation(obj, record)
    if org is None:
        return
    pen = ImageDraw.Draw(page)
    name = display.title_of(org)
    pen.text((1090, y), name, font=_font(32), fill=(30, 30, 30), anchor="rm")
    signatory = getattr(org, "signatory_name", None) or ""
    page.paste(*_pasted(_signature(signatory, 150), (780, y + 40)))
    seal = _seal(name, 330)
    page.paste(seal, (800, y - 150), seal)


def _pasted(
    picture: Image.Image, at: tuple[int, int]
) -> tuple[Image.Image, tuple[int, int], Image.Image]:
    return picture, at, picture


def _organisation(obj: Object, record: Any) -> Any:
    if obj.scope.kind != "org":
        return None
    if obj.scope.path == "id":
        return record
    target = record
    for part in obj.scope.path.split("."):
        target = getattr(target, part.removesuffix("_id"), None)
    return target


def _picture(obj: Object, record: Any, name: str) -> Image.Image:
    """Return a specimen on white paper: the seal, or the signature."""
    org = _organisation(obj, record)
    text = display.title_of(org) if org is not None else display.title_of(record)
    mark = (
        _seal(text, 420)
        if name == "seal"
        else _signature(getattr(record, "signatory_name", None) or text, 260)
    )
    page = Image.new("RGB", (mark.width + 60, mark.height + 60), (255, 255, 255))
    page.paste(mark, (30, 30), mark)
    return page


def _seal(text: str, size: int) -> Image.Image:
    """Return a round red seal: the name along the rim, a star in the middle."""
    seal = Image.new("RGBA", (size, size), (0, 0, 0, 0))
    pen = ImageDraw.Draw(seal)
    pen.ellipse((6, 6, size - 6, size - 6), outline=(*_RED, 215), width=max(4, size // 55))
    middle, radius = size / 2, size * 0.385
    glyph = max(18, min(size // 8, int(size * 1.75 / max(len(text), 8))))
    span = min(math.radians(290), math.radians(26) * len(text))
    for index, char in enumerate(text):
        share = index / (len(text) - 1) if len(text) > 1 else 0.5
        angle = -math.pi / 2 - span / 2 + span * share
        tile = Image.new("RGBA", (glyph * 2, glyph * 2), (0, 0, 0, 0))
        ImageDraw.Draw(tile).text(
            (glyph, glyph), char, font=_font(glyph), fill=(*_RED, 215), anchor="mm"
        )
        tile = tile.rotate(-math.degrees(angle) - 90, resample=Image.Resampling.BICUBIC)
        x, y = middle + radius * math.cos(angle), middle + radius * math.sin(angle)
        seal.alpha_composite(tile, (int(x - glyph), int(y - glyph)))
    star = []
    for corner in range(10):
        reach = size * (0.15 if corner % 2 == 0 else 0.06)
        angle = -math.pi / 2 + corner * math.pi / 5
        star.append((middle + reach * math.cos(angle), middle + reach * math.sin(angle)))
    pen.polygon(star, fill=(*_RED, 215))
    return seal


def _signature(name: str, height: int) -> Image.Image:
    """Return a name as if written by hand: slanted, its characters uneven."""
    chance = random.Random(name)  # noqa: S311 - a drawing
    picture = Image.new("RGBA", (height * max(2, len(name)), height), (0, 0, 0, 0))
    for index, char in enumerate(name):
        size = int(height * chance.uniform(0.55, 0.8))
        tile = Image.new("RGBA", (height, height), (0, 0, 0, 0))
        ImageDraw.Draw(tile).text(
            (height // 2, height // 2), char, font=_font(size), fill=(25, 30, 60, 235), anchor="mm"
        )
        tile = tile.rotate(chance.uniform(-9, 12), resample=Image.Resampling.BICUBIC)
        picture.alpha_composite(tile, (int(index * height * 0.72), 0))
    slant = (1, 0.28, -0.14 * height, 0, 1, 0)
    return picture.transform(picture.size, Image.Transform.AFFINE, slant, Image.Resampling.BICUBIC)


def _scanned(page: Image.Image, seed: str) -> Image.Image:
    """Turn the page a little and soften it, as a scanner does."""
    angle = (hashlib.sha256(seed.encode()).digest()[0] / 255 - 0.5) * 1.2
    turned = page.rotate(angle, resample=Image.Resampling.BICUBIC, fillcolor=(240, 239, 235))
    return turned.filter(ImageFilter.GaussianBlur(0.4))
