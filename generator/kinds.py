"""The built-in types of fields: what each may be told, and how a column of it is written."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any


@dataclass(frozen=True)
class Kind:
    """A built-in type of fields."""

    name: str
    cls: str  # in app.core.types
    column: str  # SQLAlchemy type; {length} is filled in
    python: str  # annotation of the attribute
    keys: tuple[str, ...] = ()  # keys of a field that it takes
    needs: tuple[str, ...] = ()  # of these, the ones it cannot do without
    length: int = 0


_TEXT = ("length", "pattern", "error")

KINDS: Mapping[str, Kind] = {
    kind.name: kind
    for kind in (
        Kind("string", "String", "String({length})", "str", _TEXT, length=200),
        Kind("text", "Text", "Text", "str", ("length",)),
        Kind("integer", "Integer", "Integer", "int", ("min", "max")),
        Kind("decimal", "Decimal", "BigInteger", "int", ("scale", "min", "max")),
        Kind("money", "Money", "BigInteger", "int", ("min", "max")),
        Kind("date", "Date", "Date", "date"),
        Kind("datetime", "DateTime", "UtcDateTime", "datetime"),
        Kind("year", "Year", "Integer", "int", ("min", "max")),
        Kind("boolean", "Boolean", "Boolean", "bool"),
        Kind("dict", "Dict", "String({length})", "str", ("of",), ("of",), length=40),
        Kind("tree", "Tree", "String({length})", "str", ("of",), ("of",), length=40),
        Kind("ref", "Ref", "", "int", ("to", "choose", "among", "fill", "find"), ("to",)),
        Kind("refs", "Refs", "", "", ("to", "choose", "among"), ("to",)),
        Kind("file", "File", "", "int", ("accept", "max")),
        Kind("image", "Image", "", "int", ("accept", "max")),
        Kind("resident_id", "ResidentId", "String({length})", "str", length=18),
        Kind("credit_code", "CreditCode", "String({length})", "str", length=18),
        Kind("phone", "Phone", "String({length})", "str", ("mobile",), length=30),
        Kind("email", "Email", "String({length})", "str", length=120),
        Kind("bank_account", "BankAccount", "String({length})", "str", length=32),
        Kind("code", "Code", "String({length})", "str", length=60),
        Kind("draft_of", "DraftOf", "Text", "str", ("of", "fields"), ("of", "fields")),
    )
}

# Keys of a field that only some types take, with the words for the message.
TYPED_KEYS = (
    "of",
    "to",
    "choose",
    "among",
    "fill",
    "find",
    "length",
    "scale",
    "min",
    "max",
    "accept",
    "fields",
    "mobile",
)

# What a field takes where it says no min or max of its own: as app.core.types has it.
IMPLIED: Mapping[str, tuple[int | None, int | None]] = {"money": (0, None), "year": (1990, 2099)}
_WHOLE = 2**31 - 1  # what the column of an integer keeps, as app.core.types.Integer.most
_WIDEST = {
    "integer": (-_WHOLE, _WHOLE),
    "year": (1, 9999),
}  # what a min or max may say at all; else what is kept exactly
_KEPT = 2**53  # of a number without its point

NUMERIC = frozenset({"integer", "decimal", "money", "year"})


@dataclass(frozen=True)
class Resolved:
    """The type of one field: a built-in kind and what it is told."""

    kind: Kind
    arguments: tuple[tuple[str, Any], ...]  # for app.core.types, only what differs

    @property
    def length(self) -> int:
        """Longest text."""
        return int(dict(self.arguments).get("length", self.kind.length))

    @property
    def bounds(self) -> tuple[Decimal | None, Decimal | None]:
        """The least and the largest number that the field takes, told or implied; None where it is the type's."""
        told, implied = dict(self.arguments), IMPLIED.get(self.kind.name, (None, None))
        low, high = told.get("min", implied[0]), told.get("max", implied[1])
        return (
            None if low is None else Decimal(str(low)),
            None if high is None else Decimal(str(high)),
        )

    @property
    def widest(self) -> tuple[Decimal, Decimal]:
        """The least and the largest number that the type can keep."""
        if self.kind.name in _WIDEST:
            low, high = _WIDEST[self.kind.name]
            return Decimal(low), Decimal(high)
        most = Decimal(_KEPT).scaleb(-self.scale)
        return -most, most

    @property
    def column(self) -> str:
        """The SQLAlchemy type."""
        return self.kind.column.format(length=self.length)

    @property
    def scale(self) -> int:
        """Digits behind the point of a number."""
        default = 0 if self.kind.name in ("integer", "year") else 2
        return int(dict(self.arguments).get("scale", default))
