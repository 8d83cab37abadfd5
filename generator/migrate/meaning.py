"""What the values of a column mean, and what becomes of them when the metadata gives it another meaning.

The database cannot tell: 510 in a BigInteger is 5.10, 0.0510 or a code of nothing, as its field says.
"""

from dataclasses import dataclass

from generator.language import tr
from generator.migrate.schema import Column

NUMBERS = frozenset({"integer", "year", "decimal", "money"})
TEXTS = frozenset(
    {"string", "text", "resident_id", "credit_code", "phone", "email", "bank_account", "code"}
)
CODES = frozenset({"dict", "tree"})
FILES = frozenset({"file", "image"})
_WRITTEN = NUMBERS | {"boolean", "date", "datetime"}  # what can be written as text and read again
_READ = frozenset({"decimal", "integer", "text", "boolean", "date", "datetime", "dict"})
_LONGEST_NUMBER = 20  # 2**53 with a sign, a point and a zero before it


@dataclass(frozen=True)
class Conversion:
    """What becomes of the values: `how` is same, scale (other digits), carry (written anew) or never.

    `loss` says what may be lost on the way, "" where every value says the same afterwards.
    """

    how: str = "same"
    digits: int = 0
    loss: str = ""


def conversion(old: Column, new: Column) -> Conversion:
    """Return what must happen to the values of a column so that they go on meaning what they meant."""
    was, now = _kind(old), _kind(new)
    if not old.kind and (old.type, old.refers) == (new.type, new.refers):
        return Conversion()  # a snapshot that did not know it: as it is now, so it was
    if was in NUMBERS and now in NUMBERS:
        return _number(old, new)
    if was in TEXTS and now in TEXTS:
        return Conversion(loss=_shorter(old, new))
    if was == now or {was, now} <= FILES or {was, now} <= CODES:
        return _other_of(old, new)
    if {was, now} <= CODES | TEXTS:
        became = tr("codes stand as text") if was in CODES else tr("texts are taken for codes")
        return Conversion(loss=f"{became}; {_shorter(old, new)}".removesuffix("; "))
    if was in _WRITTEN and now in TEXTS:
        fits = now == "text" or _length(new) >= _LONGEST_NUMBER
        return Conversion("carry", loss="" if fits else tr("texts that are longer do not fit"))
    if was in TEXTS and now in _WRITTEN:
        return Conversion("carry", loss=tr("texts that are no {kind} stop the upgrade", kind=now))
    if (was, now) == ("date", "datetime"):
        return Conversion("carry")
    if (was, now) == ("datetime", "date"):
        return Conversion("carry", loss=tr("the time of day goes"))
    return _never(old, new)


def _never(old: Column, new: Column) -> Conversion:
    loss = tr("nothing can turn {old} into {new}", old=word(old), new=word(new))
    return Conversion("never", loss=loss)


def word(column: Column) -> str:
    """Return the meaning in a word, as values are written and read by: decimal(4), text, dict(sex)."""
    kind = _kind(column)
    if kind in NUMBERS:
        return f"decimal({_scale(column)})" if kind in ("decimal", "money") else "integer"
    if kind in CODES or kind in ("ref", "draft_of"):
        of = column.refers or column.of
        return f"{kind}({of})" if of else kind
    return "text" if kind in TEXTS else kind


def meant(column: Column) -> str:
    """Return the word by which what is kept of a column's values is read, "" where there is but one way."""
    said = word(column).replace("tree(", "dict(")
    return said if said.split("(")[0] in _READ else ""


def _number(old: Column, new: Column) -> Conversion:
    digits = _scale(new) - _scale(old)
    losses = []
    if digits < 0:
        losses.append(
            tr("only {new} of {old} digits behind the point stay", new=_scale(new), old=_scale(old))
        )
    if (old.type, new.type) == ("BigInteger", "Integer"):
        losses.append(tr("numbers beyond 2147483647 stop the upgrade"))
    return Conversion("scale" if digits else "same", digits, "; ".join(losses))


def _other_of(old: Column, new: Column) -> Conversion:
    """The same kind: of another dictionary, of another object, or only shorter."""
    if old.refers != new.refers or (_kind(old) == "ref" and old.of != new.of):
        return _never(old, new)
    if old.of != new.of and old.of and new.of:
        return Conversion(
            loss=tr("codes of {old} are taken for codes of {new}", old=old.of, new=new.of)
        )
    return Conversion(loss=_shorter(old, new))


def _shorter(old: Column, new: Column) -> str:
    fits = new.type == "Text" or (old.type != "Text" and _length(old) <= _length(new))
    if fits:
        return ""
    return tr("{old} becomes {new}; longer texts stop the upgrade", old=old.type, new=new.type)


def _length(column: Column) -> int:
    return int(column.type[7:-1]) if column.type.startswith("String(") else 0


def _scale(column: Column) -> int:
    return 2 if column.kind == "money" else column.scale


def _kind(column: Column) -> str:
    """Return the kind; of a snapshot that did not know it, what its type lets suppose."""
    if column.kind:
        return column.kind
    supposed = {"Text": "text", "Integer": "integer", "Date": "date", "Boolean": "boolean"}
    if column.type.startswith("String("):
        return "string"
    if column.type == "BigId":
        return "ref"
    return supposed.get(column.type, {"UtcDateTime": "datetime"}.get(column.type, ""))
