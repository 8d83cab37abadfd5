"""Faces for the simulated workstation: drawn for a person at any size, and compared as pictures."""

import hashlib
import io
import math

from PIL import Image, ImageDraw

GRID = (48, 60)  # pictures are compared on this many points


def drawn(person: str, width: int, height: int) -> bytes:
    """Return a PNG of a person's face; the same person has the same features at every size."""
    seed = hashlib.sha256(person.encode()).digest()
    picture = Image.new("RGB", (width, height), (238, 242, 246))
    pen = ImageDraw.Draw(picture)

    def box(x: float, y: float, w: float, h: float) -> tuple[float, float, float, float]:
        return ((x - w) * width, (y - h) * height, (x + w) * width, (y + h) * height)

    def part(number: int, low: float, high: float) -> float:
        return low + (high - low) * seed[number] / 255

    hair = (seed[0] // 3, seed[1] // 4, seed[2] // 4)
    face_w, face_h = part(3, 0.22, 0.34), part(4, 0.26, 0.36)
    pen.ellipse(box(0.5, part(5, 0.34, 0.46), face_w * part(6, 1.05, 1.5), face_h), fill=hair)
    pen.ellipse(box(0.5, 0.5, face_w, face_h), fill=(232, 196 - seed[7] // 5, 170 - seed[8] // 5))
    for side in (-1, 1):
        pen.ellipse(
            box(0.5 + side * part(9, 0.08, 0.15), part(10, 0.4, 0.5), 0.03, 0.02), fill=hair
        )
    pen.ellipse(box(0.5, part(11, 0.62, 0.74), part(12, 0.05, 0.14), 0.02), fill=(170, 60, 60))
    pen.rectangle(box(0.5, 1.0, part(13, 0.3, 0.5), part(14, 0.08, 0.16)), fill=hair[::-1])
    return _png(picture)


def score(first: bytes, second: bytes) -> int:
    """Return how alike two pictures are, of 100: the correlation of their brightness."""
    one, other = (_points(content) for content in (first, second))
    product = sum(a * b for a, b in zip(one, other, strict=True))
    length = math.sqrt(sum(a * a for a in one) * sum(b * b for b in other))
    return max(0, round(100 * product / length)) if length else 0


def _points(content: bytes) -> list[float]:
    with Image.open(io.BytesIO(content)) as picture:
        bright = picture.convert("L").resize(GRID).tobytes()
    middle = sum(bright) / len(bright)
    return [value - middle for value in bright]


def _png(picture: Image.Image) -> bytes:
    written = io.BytesIO()
    picture.save(written, "PNG")
    return written.getvalue()
