"""Draws the seal and the signature of the test e-seal; both say that they are a test."""

import math
import shutil
import subprocess
from functools import cache
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

RED = (214, 24, 32, 225)
INK = (28, 32, 60, 235)
SIDE = 640
NO_FONT = "服务器没有中文字体，不能绘制测试印章。请管理员执行：apt-get install fonts-noto-cjk"


class NoFont(Exception):
    """There is no Chinese font to draw with."""


def seal_image(owner: str) -> Image.Image:
    """Return a round red seal: star, owner around it, “测试印章” below."""
    image = Image.new("RGBA", (SIDE, SIDE), (0, 0, 0, 0))
    draw = ImageDraw.Draw(image)
    draw.ellipse((10, 10, SIDE - 10, SIDE - 10), outline=RED, width=16)
    draw.polygon(_star(SIDE / 2, SIDE / 2, 92), fill=RED)
    _arc_of_text(image, owner)
    font = _font(46, bold=True)
    draw.text((SIDE / 2, SIDE * 0.735), "测试印章", font=font, fill=RED, anchor="mm")
    return image


def signature_image(name: str) -> Image.Image:
    """Return a name as if written by hand, with a small mark that it is a test."""
    width = max(360, 150 * len(name) + 40)
    image = Image.new("RGBA", (width, 210), (0, 0, 0, 0))
    draw = ImageDraw.Draw(image)
    draw.text((width / 2, 92), name, font=_font(130, hand=True), fill=INK, anchor="mm")
    draw.text((width / 2, 186), "测试签名", font=_font(26), fill=INK, anchor="mm")
    return image.transform(
        image.size, Image.Transform.AFFINE, (1, 0.16, -16, 0, 1, 0), Image.Resampling.BICUBIC
    )


def _star(x: float, y: float, radius: float) -> list[tuple[float, float]]:
    inner = radius * math.sin(math.radians(18)) / math.sin(math.radians(54))
    corners = []
    for corner in range(10):
        angle = math.radians(-90 + 36 * corner)
        reach = radius if corner % 2 == 0 else inner
        corners.append((x + reach * math.cos(angle), y + reach * math.sin(angle)))
    return corners


def _arc_of_text(image: Image.Image, text: str) -> None:
    """Write a text along the upper arc, each sign upright to the centre."""
    size = 84 if len(text) <= 12 else max(44, 84 * 12 // len(text))
    step = min(24.0, 236 / max(1, len(text) - 1))
    radius = SIDE / 2 - 42 - size / 2
    font = _font(size, bold=True)
    for number, sign in enumerate(text):
        angle = (number - (len(text) - 1) / 2) * step
        tile = Image.new("RGBA", (size * 2, size * 2), (0, 0, 0, 0))
        ImageDraw.Draw(tile).text((size, size), sign, font=font, fill=RED, anchor="mm")
        turned = tile.rotate(-angle, Image.Resampling.BICUBIC)
        x = SIDE / 2 + radius * math.sin(math.radians(angle)) - size
        y = SIDE / 2 - radius * math.cos(math.radians(angle)) - size
        image.alpha_composite(turned, (round(x), round(y)))


@cache
def _font(size: int, *, bold: bool = False, hand: bool = False) -> ImageFont.FreeTypeFont:
    wanted = "AR PL KaitiM GB:lang=zh-cn" if hand else "Noto Serif CJK SC:lang=zh-cn"
    path, index = _font_file(wanted + (":bold" if bold else ""))
    return ImageFont.truetype(path, size, index=index)


@cache
def _font_file(pattern: str) -> tuple[str, int]:
    program = shutil.which("fc-match")
    if program:
        said = subprocess.run(
            [program, "-f", "%{file}|%{index}", pattern],
            capture_output=True,
            text=True,
            check=False,
            timeout=20,
        ).stdout
        path, _, index = said.partition("|")
        if path and Path(path).is_file():
            return path, int(index or 0) & 0xFFFF
    for found in sorted(Path("/usr/share/fonts").rglob("*CJK*.ttc")):
        return str(found), 0
    raise NoFont(NO_FONT)
