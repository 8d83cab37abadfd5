"""What keys and error codes mean, in Chinese: for the reference, the editor and `explain`.

The code says it in English where it declares a word; the catalogue beside this module, a gettext
file that the usual tools edit, has the Chinese of each. A test asks that none is missing.
"""

from functools import cache
from pathlib import Path

from babel.messages.pofile import read_po

CATALOGUE = Path(__file__).with_name("zh_CN.po")


def chinese(text: str | None) -> str:
    """Return the Chinese of a meaning; the meaning itself where the catalogue has none."""
    meaning = " ".join((text or "").split())
    return catalogue().get(meaning, meaning)


@cache
def catalogue() -> dict[str, str]:
    """Return the Chinese by the English."""
    with CATALOGUE.open("rb") as file:
        read = read_po(file, locale="zh_CN")
    return {str(entry.id): str(entry.string) for entry in read if entry.id and entry.string}
