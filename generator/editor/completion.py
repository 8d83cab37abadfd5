"""What may be typed at the cursor: keys with what they mean, names, codes and words of expressions."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from generator.editor import expressions
from generator.editor.here import Stand, stand
from generator.editor.names import DOTTED, Names, codes, holes, names
from generator.editor.outline import Token, outline
from generator.editor.standing import Form, keys_of, slot_of
from generator.keys import shape
from generator.vocabulary import FUNCTIONS
from generator.world import Linked

CURSOR = "\ue000"  # stands in the text for the cursor while it is read


@dataclass(frozen=True)
class Offer:
    """One thing that may be typed; it takes the place of the last `typed` characters."""

    label: str
    typed: int
    kind: str  # key, word, name, function
    detail: str = ""
    help: str = ""
    insert: str = ""


def complete(linked: Linked, path: str, text: str, line: int, column: int) -> list[Offer]:
    """Return what may be typed at a place of a text, in the order in which it is to be shown."""
    rows = text.split("\n")
    if not 0 <= line < len(rows):
        return []
    column = min(column, len(rows[line].rstrip("\r")))
    rows[line] = rows[line][:column] + CURSOR + rows[line][column:]
    found = outline("\n".join(rows))
    token = next((one for one in found.tokens if one.line == line and CURSOR in one.text), None)
    if token is None:
        return []
    way = token.way[:-1] if token.role == "key" else token.way
    place = stand(linked, path, found, way)
    typed = token.text.partition(CURSOR)[0]
    return [offer for offer in _offers(linked, place, token, typed) if CURSOR not in offer.label]


def _offers(linked: Linked, place: Stand, token: Token, typed: str) -> Iterator[Offer]:
    form = place.form.one
    item = token.role == "value" and isinstance(place.way[-1], int)
    if form.keyed and (token.role != "value" or item):
        yield from _keys(linked, place, typed, colon=token.role != "key")
    if token.role != "key" and (token.role == "value" or not form.keyed or form.names):
        yield from _values(linked, form, place, typed)


def _keys(linked: Linked, place: Stand, typed: str, *, colon: bool) -> Iterator[Offer]:
    form, written = place.form.one, set(place.here.outline.keys.get(place.way, ()))
    behind = ": " if colon else ""
    for key, help in keys_of(form).items():
        if key not in written:
            slot = slot_of(form, key)
            detail = shape(slot).replace("`", "") if slot else ""
            needed = "必须写。" if slot and slot.need else ""
            yield Offer(key, len(typed), "key", detail, needed + help, key + behind)
    if form.key_names:
        before, last = _split(form.key_names, typed)
        for named in names(linked, place.here, form.key_names, before).values():
            if named.name not in written:
                insert = named.name + behind
                yield Offer(named.name, len(last), "name", named.title, "", insert)


def _split(kind: str, typed: str) -> tuple[str, str]:
    """Return what stands before the last point of a path, and what stands behind it."""
    typed = typed.lstrip("-")
    before, _, last = typed.rpartition(".") if kind in DOTTED else ("", "", typed)
    return before, last


def _values(linked: Linked, form: Form, place: Stand, typed: str) -> Iterator[Offer]:
    if hole := re.search(r"\$\{?(\w*)\Z", typed):
        yield from _named(holes(place.here), len(hole[1]))
        return
    for word in form.words:
        yield Offer(word, len(typed), "word", insert=word)
    if form.names == "default":
        of = place.here.outline.value(*place.way[:-1], "of")
        yield from _named(codes(linked, of), len(typed))
    elif form.names:
        before, last = _split(form.names, typed)
        yield from _named(names(linked, place.here, form.names, before), len(last))
    if form.code and (form.names != "default" or typed.startswith("=")):
        known = expressions.offered(linked, place.here, typed)
        yield from _named(known.names, len(known.typed))
    if form.text and typed.rfind("{") > typed.rfind("}"):
        known = expressions.offered(linked, place.here, typed[typed.rfind("{") + 1 :])
        yield from _named(known.names, len(known.typed))


def _named(found: Names, typed: int) -> Iterator[Offer]:
    for one in found.values():
        kind = "function" if one.place is None and one.about in FUNCTIONS else "name"
        yield Offer(one.name, typed, kind, one.title, "", one.name)
