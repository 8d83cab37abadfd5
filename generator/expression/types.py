"""The static types of the expression language."""

from dataclasses import dataclass, replace

from generator.expression.scope import CHILD, Member
from generator.language import tr

TEXTS = frozenset({"string", "text", "dict"})
NUMBERS = frozenset({"integer", "decimal", "money"})

_KINDS = {
    "string": "string",
    "code": "string",
    "phone": "string",
    "email": "string",
    "resident_id": "string",
    "credit_code": "string",
    "bank_account": "string",
    "text": "text",
    "draft_of": "text",
    "integer": "integer",
    "year": "integer",
    "decimal": "decimal",
    "money": "money",
    "date": "date",
    "datetime": "datetime",
    "boolean": "boolean",
    "dict": "dict",
    "tree": "dict",
    "codes": "dict",
    "ref": "ref",
    "refs": "ref",
    CHILD: "ref",
    "file": "ref",
    "image": "ref",
}


@dataclass(frozen=True)
class Type:
    """A type. Decimals are integers of 10^-scale and money is fen, in Python and in SQL alike."""

    kind: str  # string text integer decimal money date datetime boolean dict ref days null
    many: bool = False
    target: str = ""  # ref: the object
    dictionary: str = ""  # dict
    codes: tuple[str, ...] = ()  # dict
    scale: int = 0  # decimal; money has 2

    def __str__(self) -> str:
        names = {"ref": self.target or "file", "days": tr("difference of dates")}
        name = names.get(self.kind, self.kind)
        return tr("list of {name}", name=name) if self.many else name

    @property
    def one(self) -> "Type":
        """The type of one element."""
        return replace(self, many=False)

    @property
    def list(self) -> "Type":
        """The type of a list of these."""
        return replace(self, many=True)


BOOLEAN = Type("boolean")
INTEGER = Type("integer")
STRING = Type("string")
DATE = Type("date")
MONEY = Type("money", scale=2)
DAYS = Type("days")
NULL = Type("null")


def decimal(scale: int) -> Type:
    """Return the decimal type with that many digits after the point."""
    return Type("decimal", scale=scale)


def type_of(member: Member) -> Type:
    """Return the type of a member's value."""
    kind = _KINDS[member.type]
    scale = {"decimal": member.scale, "money": 2}.get(kind, 0)
    return Type(
        kind,
        many=member.many or member.type == "codes",
        target=member.target,
        dictionary=member.dictionary,
        codes=member.codes,
        scale=scale,
    )
