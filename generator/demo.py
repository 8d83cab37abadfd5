"""The meta-model of metadata/demo: recipes by which the demonstration's records are drawn."""

from dataclasses import dataclass
from typing import Any

from generator.reader import Name, Word, by_key, by_node, may, need
from generator.source import Mapping

# What expressions may call or name beside the names of their recipe (app/demo/load.py).
FUNCTIONS = frozenset({
    "all", "amount", "birth", "chance", "credit_code", "date", "dates", "day", "days_between", "each_of",
    "false", "hour", "int", "landline", "later", "len", "local", "mobile", "none", "number", "person_name",
    "pick", "pinyin", "plus", "resident_id", "sample", "some", "split", "steady", "str", "today",
    "true", "weighted",
})  # fmt: skip
# Those that find records of the object named first; whether they give one.
RECORDS = {"all": False, "some": True, "steady": True, "each_of": False}
# What an expression may consist of, as Python calls it (app/demo/closures.py).
GRAMMAR = frozenset({
    "Attribute", "BinOp", "BoolOp", "Call", "Compare", "Constant", "Dict", "IfExp", "List", "ListComp",
    "Name", "Subscript", "Slice", "Tuple", "UnaryOp",
})  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class RecipeRows:
    """Rows of a child list that a record is given."""

    name: Name = by_key("Name of the child list.")
    each: Any = may("How many rows, or a list of which each row is one `item`; one unless said.")
    names: dict[str, Any] = may(
        "Values for this recipe only, in order; later ones may use them.", {}, name="with"
    )
    values: dict[str, Any] = may(
        "What the fields hold: a literal, =expression, a text with {{ }}, a list to choose from, or"
        " choices with their weights.",
        {},
    )


@dataclass(frozen=True, kw_only=True)
class RecipeLife:
    """How far the case of a record goes, and what people say on the way."""

    start: Any = need("The day or moment at which the case was filed.")
    ends: Any = need("The step at which it rests: its name, or steps with their weights.")
    by: Any = may("Username of the applicant; one of the record's organisation unless said.")
    returned: Any = may("How often a case is sent back once: 0 to 1, or an expression.")
    pace: tuple[Any, ...] = may("Least and most working days between two steps; [0, 2].", ())
    queues: dict[Word, Any] = may("At which function a case that rests there waits, by step.", {})
    say: dict[Word, tuple[Any, ...]] = may(
        "Comments to choose from, by kind of action, or by kind:step.", {}
    )
    node: Mapping = by_node()


@dataclass(frozen=True, kw_only=True)
class RecipeAccount:
    """The account that the person behind a record gets."""

    role: Word = need("The role it has.")
    username: Word = need("Field with the name to sign in by.")
    name: Word = need("Field with the person's name.")
    phone: Word = need("Field with the telephone number.")
    post: Word | None = may("Field with the post.")
    states: tuple[Word, ...] = need("Only records at these steps have one.")


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """How many records of an object the demonstration has, and what they hold."""

    object: Word = need("The object whose records are drawn.")
    size: dict[str, Any] = may(
        "How many, by size of the demonstration: {city: 2000, small: 40}.", {}
    )
    owner: Word | None = may(
        "Instead of size: for each record of this object, which is called `owner`.", name="for"
    )
    where: Any = may("Only for the owners for which this expression holds.")
    each: Any = may("How many for each owner; one unless said.")
    names: dict[str, Any] = may(
        "Values for this recipe only, in order; later ones may use them.", {}, name="with"
    )
    values: dict[str, Any] = may(
        "What the fields hold: a literal, =expression, a text with {{ }}, a list to choose from, or"
        " choices with their weights. A name with _ before it is remembered for later recipes.",
        {},
    )
    children: dict[Name, RecipeRows] = may("Rows of child lists.", {})
    life: RecipeLife | None = may("How far the case goes; needed where the object has a flow.")
    account: RecipeAccount | None = may("Whose records bring an account.")
    papers: bool = may("Whether files are made for the materials that a record needs.", False)
    node: Mapping = by_node()
