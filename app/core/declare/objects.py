"""Objects: fields, rows, materials, rules, and what guards or follows their records."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal

from app.core.declare.terms import Criterion, Effect, Formula, Level, Predicate
from app.core.declare.timelines import Timeline
from app.core.declare.warnings import Warned
from app.core.errors import Fault, Rejected
from app.core.types import Type


@dataclass(frozen=True, kw_only=True)
class Total:
    """A number over rows that refer to a record, stored with the record; moved by `app.core.aggregates.totals`."""

    kind: Literal["sum", "count", "least", "most"]
    object: str  # whose rows
    key: str  # attribute of a row: the id of the record
    value: str = ""  # attribute of a row that is taken; none for count
    where: Criterion | None = None  # only these rows
    reads: tuple[str, ...] = ()  # attributes that `where` reads; "parent.state" of the row's record
    rows: str = ""  # the record's own child list, where that holds the rows
    holds: Predicate | None = None  # `where` for the rows of a form


@dataclass(frozen=True, kw_only=True)
class Field:
    """One field of an object; `name` is the attribute of the model (a reference's without `_id`)."""

    name: str
    title: str
    type: Type
    required: bool | Predicate = False
    when: Predicate | None = None  # the field applies only then; else hidden and stored empty
    value: Formula | None = None  # computed on every save; never typed
    reads: tuple[str, ...] = ()  # paths that `value` and its `when` read: "visit.ends_on"
    as_of: tuple[str, ...] = ()  # "now", "save", or steps: until when it follows other records
    total: Total | None = None  # kept from rows elsewhere; never typed
    propose: bool = False  # follows NAME_proposed until a person overrides it with NAME_reason
    once: str = ""  # the rows' object, where what is picked stands in one record under way
    default: Any = None  # a literal or a Formula
    choose: Criterion | None = None  # which rows a reference may take
    among: str = ""  # in words which rows `choose` lets through
    asks: tuple[str, ...] = ()  # what `choose` reads of the form
    depends: tuple[str, ...] = ()  # fields that `when`, `required`, `choose` and `value` read
    fill: dict[str, str] = field(default_factory=dict)  # picking a reference: own field <- its path
    find: dict[str, str] = field(default_factory=dict)  # found by what was typed: own <- its path
    search: bool = False  # found by the quick search of a list
    unique: bool = False
    help: str = ""
    section: str = ""
    mask: bool = False  # 420106********4527 in lists; whole on the record, where a view is logged
    readonly: bool = False
    at_steps: bool = (
        False  # of a row, readonly: typed at steps that name it, LIST.FIELD, all the same
    )
    hidden: bool = False
    edit_by: tuple[str, ...] = ()  # roles that may type it; empty = whoever may edit the record

    def computed(self, row: Any, env: Any) -> Any:
        """Return the computed value; None where it cannot be right, being out of the type's bounds.

        Raises Rejected where no column keeps it: none would take it for nothing to compute.
        """
        assert self.value is not None
        value = self.value(row, env)
        if not self.type.within(value):
            return None
        self.fit(value)
        return value

    def fit(self, value: Any) -> None:
        """Refuse a computed or summed number that is larger than its column keeps."""
        if not self.type.fits(value):
            shown = self.type.show(value)
            raise Rejected([Fault(self.name, f"“{self.title}”算得 {shown}，数值太大，存不下")])


@dataclass(frozen=True, kw_only=True)
class Rows:
    """The rows of a list follow rows elsewhere, or the records of an object.

    `source` gives for each row what is taken over; of records `each` gives it for one of them.
    """

    fill: tuple[str, ...]  # fields that are taken over
    key: tuple[str, ...]  # by which a row is the same one again
    source: Callable[[Any, Any], list[dict[str, Any] | None]] | None = None  # None: not followed
    object: str = ""  # whose records are followed, those within reach
    where: Criterion | None = None  # which of them; `env.form` is the record
    each: Formula | None = None
    sample: Formula | None = None  # how many of them are drawn by chance
    seed: str = ""  # the field that keeps what the draw began with
    reads: tuple[str, ...] = ()  # paths from the record to what is taken over
    as_of: tuple[str, ...] = ()  # as of a field
    others: bool = (
        False  # rows that follow nothing stay, as long as they hold something of their own
    )
    add: bool = False  # people add rows of their own, whose `added` is true
    by_hand: bool = False  # people put them in order; else that of the source


@dataclass(frozen=True, kw_only=True)
class Child:
    """Rows that belong to a record and are edited on its form. The model has a list of this name."""

    name: str
    title: str
    object: str
    min: int | Formula = 0
    max: int | None = None
    unique: tuple[str, ...] = ()  # fields that no two rows may share
    pick: str = ""  # a reference field of the row: rows are added by choosing its target
    section: str = (
        ""  # the heading behind whose fields the rows stand on the form; empty: at the end
    )
    rows: Rows | None = None  # nobody adds or removes rows: they follow others
    when: Predicate | None = None
    fixed: Predicate | None = None  # of a row: people no longer change it or take it away


@dataclass(frozen=True, kw_only=True)
class Material:
    """One line of the checklist of scans that go with a record."""

    name: str
    title: str
    required: bool | Predicate = True
    when: Predicate | None = None
    accept: tuple[str, ...] = ("pdf", "jpg", "png")  # checked by content, not by name
    max_bytes: int = 20 * 1024 * 1024
    many: bool = False
    help: str = ""
    facts: tuple[str, ...] = ()  # fields of the record that are to be compared with this paper


@dataclass(frozen=True, kw_only=True)
class Rule:
    """A condition that must hold. `at` is a field path beside which the message stands."""

    name: str
    check: Predicate
    error: str  # may name fields in braces
    at: str = ""
    level: Level = "error"
    policy: str = ""  # the policy that the rule applies: gives its source, and may set its level
    reads: tuple[
        str, ...
    ] = ()  # of a rule with a policy: the fields and child lists that `check` reads
    each: str = ""  # a child list: checked row by row, `this` is the row, `env.parent` the record
    when: Predicate | None = None


@dataclass(frozen=True, kw_only=True)
class Hold:
    """Reserves an amount of the record that `field` refers to while the case is under way."""

    field: str
    amount: Formula
    start: str  # the action that begins the hold
    until: tuple[str, ...] = ()  # end states that give the amount back
    capacity: str = "remaining"  # attribute of the resource: what is left
    used: str = "used"  # stored attribute of the resource: what is held or spent
    over: Level = "error"


@dataclass(frozen=True, kw_only=True)
class Scope:
    """Which rows a person may see. `path` leads from the record to the organisation that owns it."""

    kind: Literal["org", "everyone", "own", "parent", "expression"]
    path: str = ""  # org: attribute path to the organisation's id, such as "unit_id" or "id"; parent: relationship
    also: tuple[str, ...] = ()  # org: paths to further organisations whose people see the record
    criterion: Criterion | None = None  # expression only


@dataclass(frozen=True, kw_only=True)
class Draft:
    """`draft_of`: this object's `field` holds an editable copy of the record that `target` refers to."""

    field: str
    target: str
    fields: tuple[str, ...]  # what of the target may be changed: fields and children


@dataclass(frozen=True, kw_only=True)
class Capture:
    """What a device of a workstation reads into a record; nobody types it."""

    name: str
    title: str
    device: str
    fill: dict[str, str]  # own field <- what the device calls it
    least: int = 0  # quality, of 100
    settings: "dict[str, Formula]" = field(default_factory=dict)  # what the device is told
    compare: tuple[str, ...] = ()  # two own pictures that the device compares
    passes: Predicate | None = None  # what was read counts only then
    error: str = ""  # what is said otherwise; fields in braces
    by_hand: str = ""  # own field: why a person confirmed it nevertheless
    when: Predicate | None = None
    # paths that `settings`, `passes` and `compare` read, without what the capture fills itself
    reads: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Block:
    """Rows of another object that refuse a new record, and its submission."""

    name: str
    object: str
    when: Criterion  # of those rows; `env.form` is the record
    error: str  # why, and the way out; fields of the blocking row in braces
    at: str = ""


@dataclass(frozen=True, kw_only=True)
class Stage:
    """What is done so many days after a ladder's date, before it if negative."""

    days: int
    effects: "tuple[Effect, ...]"


@dataclass(frozen=True, kw_only=True)
class Ladder:
    """Stages by days from a date until an event; each is climbed once for a record and its date."""

    name: str
    title: str
    date: str
    until: Criterion
    stages: tuple[Stage, ...]  # by days


@dataclass(frozen=True, kw_only=True)
class Slots:
    """Rows that are made by themselves: one for each of these hours on each working day ahead."""

    hours: tuple[str, ...]
    capacity: int
    ahead: int = 10  # working days


@dataclass(frozen=True, kw_only=True)
class Object:
    """A business object: its model, what its form holds, and what guards it."""

    name: str
    title: str
    model: type
    subsystem: str
    scope: Scope
    fields: tuple[Field, ...]
    display: str  # template of a record's name, such as "{name}"
    children: tuple[Child, ...] = ()
    materials: tuple[Material, ...] = ()
    rules: tuple[Rule, ...] = ()
    holds: tuple[Hold, ...] = ()
    captures: tuple[Capture, ...] = ()
    blocks: tuple[Block, ...] = ()
    ladders: tuple[Ladder, ...] = ()
    slots: Slots | None = None
    timeline: Timeline | None = None
    warnings: tuple[Warned, ...] = ()
    draft: Draft | None = None
    parent: str = ""  # set on the rows of a child list
    unique: tuple[tuple[str, ...], ...] = ()
    flow: str = ""
    usable: Criterion | None = None  # only such rows may be chosen elsewhere
    order: tuple[str, ...] = ("-id",)
    columns: tuple[str, ...] = ()  # of a list, where a function does not name its own
    sections: tuple[str, ...] = ()  # headings in their order, where the fields' order gives another
    variants: tuple[str, ...] = ()  # abstract: the objects of which this is the list
    extends: str = ""  # the abstract object of which this is one
    dated: bool = False  # rows have valid_from and disabled
    track: bool = True
    accounts: tuple[str, ...] = ()  # fields that are sums of postings
    # what is worked out, each after what it reads: "days", "lines" (a list), "lines.amount"
    sequence: tuple[str, ...] = ()

    @cached_property
    def named(self) -> dict[str, Field]:
        """The fields by their names: expressions ask for one with every value that they read."""
        return {item.name: item for item in self.fields}

    @cached_property
    def evaluation(self) -> tuple[str, ...]:
        """What is worked out, in its order; where nobody said it, as it is declared."""
        fields = (item.name for item in self.fields if item.value or item.when or item.propose)
        lists = (child.name for child in self.children if child.when or child.rows)
        return self.sequence or (*fields, *lists)

    def field(self, name: str) -> Field:
        """Return the field of that name; KeyError says which object lacks it."""
        found = self.named.get(name)
        if found is None:
            raise KeyError(f"{self.name} has no field {name}")
        return found
