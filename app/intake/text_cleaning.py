"""Texts as people and other systems write them: what is not printed, wide letters, titles of entries."""

import unicodedata

from app.core import text_input
from app.core.reference import dictionaries
from app.core.types import Dict, Tree

LISTED = 8  # choices named in a message


class Unreadable(ValueError):
    """The text means nothing that the field could take; the message is for the user."""


def clean(text: str) -> str:
    """Drop what is not printed, and the sign by which a spreadsheet is told that a text is one."""
    text = "".join(
        c for c in text if c in "\n\t\0" or unicodedata.category(c) not in ("Cc", "Cf", "Co")
    )
    text = text.strip()
    return text[1:].lstrip() if text.startswith(("'", "’")) else text


def code_of(kind: Dict, text: str) -> str:
    """Return the code that a title (or the code itself) stands for; Unreadable says what there is."""
    known = _codes(kind, text)
    if len(known) == 1:
        return known.pop()
    if known:
        raise Unreadable(f"“{text}”有 {len(known)} 项，请从下拉列表选择全称")
    titles = choices(kind)
    shown = "、".join(titles[:LISTED]) + (" 等" if len(titles) > LISTED else "")
    raise Unreadable(f"没有“{text[:30]}”这一项，可填：{shown}")


class Codes:
    """The titles of a reading, each looked up once: a file names the same few over and over."""

    def __init__(self) -> None:
        self._found: dict[tuple[Dict, str], str | Unreadable] = {}

    def of(self, kind: Dict, text: str) -> str:
        """Return the code of a title as `code_of` does; Unreadable where it means nothing."""
        key = (kind, text)
        if key not in self._found:
            try:
                self._found[key] = code_of(kind, text)
            except Unreadable as error:
                self._found[key] = error
        found = self._found[key]
        if isinstance(found, Unreadable):
            raise Unreadable(*found.args)  # each raise would lengthen the trace of a kept one
        return found


def _codes(kind: Dict, text: str) -> set[str]:
    entries = dictionaries.entries(kind.of)
    wanted = _same(text)
    for read in (lambda e: title_of(kind, e.code), lambda e: e.title, lambda e: e.code):
        found = {entry.code for entry in entries if _same(read(entry)) == wanted}
        if found:
            return found
    return set()


def _same(text: str) -> str:
    return text_input.narrow(text).replace(" ", "").lower()


def title_of(kind: Dict, code: str) -> str:
    """Return what an entry is called; of a tree with everything above it."""
    if isinstance(kind, Tree):
        return dictionaries.path_title(kind.of, code)
    return dictionaries.title(kind.of, code)


def choices(kind: Dict) -> list[str]:
    """Return what can be chosen, as it reads in a cell."""
    return [title_of(kind, entry.code) for entry in dictionaries.entries(kind.of)]
