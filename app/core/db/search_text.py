"""The searchable text of a record: its `search` fields with pinyin and initials."""

from typing import Any

from pypinyin import Style, lazy_pinyin

from app.core.declare import Object
from app.core.records.display import text_of

_SHORT = 30  # longer texts are not names; their pinyin finds nothing anybody types


def normalise(text: str) -> str:
    """Return the text as it is compared: lower case, single spaces."""
    return " ".join(text.lower().split())


def initials(text: str) -> str:
    """Return the first letters of the syllables, such as rwsb for 任务申报."""
    return "".join(lazy_pinyin(text, style=Style.FIRST_LETTER)).lower()


def search_text(obj: Object, record: Any) -> str | None:
    """Return what the quick search looks in; None for an object without searchable fields."""
    parts: list[str] = []
    for field in obj.fields:
        if field.search:
            text = normalise(text_of(obj, record, field.name))
            parts.append(text)
            if text and len(text) <= _SHORT and not text.isascii():
                parts += ["".join(lazy_pinyin(text)).lower(), initials(text)]
    return " ".join(part for part in parts if part) or None


def pattern(text: str) -> str:
    """Return the LIKE pattern that contains the text, its wildcards escaped by a backslash."""
    text = normalise(text)
    for char in ("\\", "%", "_"):
        text = text.replace(char, "\\" + char)
    return f"%{text}%"
