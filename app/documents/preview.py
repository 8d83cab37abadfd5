"""Pictures of the pages of a PDF, for browsers that show none; made once and kept."""

import os
import shutil
import subprocess
from pathlib import Path
from typing import IO

from app.core import settings
from app.core.errors import NotFound
from app.core.files import attachments
from app.core.files.attachments import File

WIDTH = 1240  # pixels: sharp at 200 % zoom
MOST_PAGES = 60


def available() -> bool:
    """Tell whether pictures of pages can be made here."""
    return shutil.which("pdftoppm") is not None


def page(file: File, number: int) -> Path:
    """Return the picture of a page, counted from 1."""
    if not 1 <= number <= MOST_PAGES:
        raise NotFound("没有这一页")
    target = settings.folder("cache") / f"{file.sha256}-{number}.png"
    if not target.is_file():
        with attachments.open_file(file) as pdf:
            _draw(pdf, number, target)
    return target


def _draw(pdf: IO[bytes], number: int, target: Path) -> None:
    stem = target.with_suffix(f".{os.getpid()}")
    subprocess.run(
        [
            "pdftoppm", "-png", "-singlefile", "-f", str(number), "-l", str(number),
            "-scale-to-x", str(WIDTH), "-scale-to-y", "-1", "-", str(stem),
        ],
        stdin=pdf,
        check=False,
        timeout=60,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )  # fmt: skip
    made = Path(f"{stem}.png")
    if not made.is_file():
        raise NotFound("没有这一页")
    made.replace(target)
