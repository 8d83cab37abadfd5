"""What the word under the cursor means: a key of the language, or a name that is declared somewhere."""

import re
from dataclasses import dataclass

from generator.editor import expressions
from generator.editor.here import Stand, stand
from generator.editor.names import DOTTED, Named, codes, find, holes
from generator.editor.naming import DECLARED
from generator.editor.outline import Outline, Token
from generator.editor.standing import keys_of, slot_of
from generator.keys import shape
from generator.patterns import HOLE, hole_of
from generator.world import Linked

FIELDS = re.compile(r"\{([A-Za-z_][\w.]*)")


@dataclass(frozen=True)
class Meaning:
    """What stands at a place; columns count from 0."""

    line: int
    start: int
    end: int
    named: Named | None = None
    kind: str = ""  # of the name, see `naming`
    help: str = ""  # what the key means that stands here, or behind which the value stands


def meaning(linked: Linked, path: str, found: Outline, line: int, column: int) -> Meaning | None:
    """Return what the word at a place means, None where no word stands."""
    token = found.at(line, column)
    return of_token(linked, path, found, token, column) if token else None


def of_token(linked: Linked, path: str, found: Outline, token: Token, column: int) -> Meaning:
    """Return what a word of an outline means, in a text the one at a column."""
    if token.role == "key":
        place = stand(linked, path, found, token.way[:-1])
        kind = _kind(place)
        named = find(linked, place.here, kind, token.text) if kind else None
        named, start, end = _hole(place, token.text, column - token.column) or (
            named, 0, len(token.text),
        )  # fmt: skip
        help = _help(place, token.text)
        return Meaning(token.line, token.column + start, token.column + end, named, kind, help)
    place = stand(linked, path, found, token.way)
    named, start, end = _value(linked, place, token, column - token.column)
    help = ""
    keys = [step for step in token.way if isinstance(step, str)]
    if keys:
        at = len(token.way) - 1 - token.way[::-1].index(keys[-1])
        help = _help(stand(linked, path, found, token.way[:at]), keys[-1])
    kind = place.form.one.names or place.form.one.declares
    return Meaning(token.line, token.column + start, token.column + end, named, kind, help)


def _help(place: Stand, key: str) -> str:
    text = keys_of(place.form).get(key, "")
    slot = slot_of(place.form, key)
    written = shape(slot) if slot else ""
    return f"**{key}**{'：' + written if written else ''}\n\n{text}" if text else ""


def _hole(place: Stand, text: str, offset: int) -> tuple[Named, int, int] | None:
    """Return the parameter of a pattern that a `$` at an offset names, None where none does."""
    known = holes(place.here)
    for found in HOLE.finditer(text) if known else ():
        if found.start() <= offset <= found.end():
            name = hole_of(found, known)
            start = found.start(1) if found[1] else found.start(2)
            return (known[name], start, start + len(name)) if name in known else None
    return None


def _kind(place: Stand) -> str:
    """Return the kind of name that a key here is: one that is meant, or one that is declared."""
    form = place.form.one
    item = form.item.record if form.item else None
    return form.key_names or (DECLARED.get(item, "") if item else "")


def _value(
    linked: Linked, place: Stand, token: Token, offset: int
) -> tuple[Named | None, int, int]:
    """Return what a value means, with the stretch of it that is meant."""
    form, here, text = place.form.one, place.here, token.text
    whole = (None, 0, len(text))
    if hole := _hole(place, text, offset):
        return hole
    kind = form.names or form.declares
    if kind:
        cut = text.find(".", offset) if kind in DOTTED else -1
        path = text[:cut] if cut >= 0 else text
        named = find(linked, here, kind, path)
        if named is None and form.names == "default":
            of = here.outline.value(*place.way[:-1], "of")
            named = codes(linked, of).get(text)
        if named is not None or not form.code:
            start = path.rfind(".") + 1 if kind in DOTTED else 0
            return named, start + path[start:].startswith("-"), len(path)
    if form.code:
        return expressions.meant(linked, here, text, min(offset, len(text)))
    if form.text:
        for braces in FIELDS.finditer(text):
            if braces.start(1) <= offset <= braces.end(1):
                named, start, end = expressions.meant(
                    linked, here, braces[1], offset - braces.start(1)
                )
                return named, start + braces.start(1), end + braces.start(1)
    return whole
