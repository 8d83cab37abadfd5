"""What generated code declares: objects, fields, flows, functions, messages, documents.

Everything here is a frozen value without behaviour. The compiler writes these declarations,
the runtime reads them; neither knows a business word. Strings that name other declarations
(`object="person"`) are resolved through `app.core.registry`, so modules never import each other.

A `Predicate` or `Formula` takes `(this, env)`: `this` is a record (or a row of the form that is
being checked, which answers to the same attribute names), `env` is an `app.core.env.Env` with
`me`, `form`, `today`, `policy`, `parent`. A `Criterion` takes `(cls, env)` and returns a
SQLAlchemy boolean clause; compiler and runtime guarantee that both say the same.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal

from app.core.types import Type

Predicate = Callable[[Any, Any], bool | None]
Formula = Callable[[Any, Any], Any]
Criterion = Callable[[Any, Any], Any]
Level = Literal["error", "warning"]


# --- who ------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Role:
    """A role as shipped; an administrator may change its grants on screen."""

    name: str
    title: str
    reach: Literal["own", "unit", "district", "all"]
    face: Literal["portal", "office"]
    purpose: str = ""
    excludes: tuple[str, ...] = ()  # roles that one person must not hold together with this one


@dataclass(frozen=True, kw_only=True)
class Applicant:
    """`by: applicant`: the people of the organisation that owns the case, in a role that may apply."""


@dataclass(frozen=True, kw_only=True)
class Roles:
    """`by: [role, …]`: whoever holds one of these roles, within that role's reach."""

    names: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Relation:
    """`by: path.to.account`: the person that a field of the record names."""

    path: str


Actors = Applicant | Roles | Relation


# --- objects --------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Field:
    """One field of an object; `name` is the attribute of the model (a reference's without `_id`)."""

    name: str
    title: str
    type: Type
    required: bool | Predicate = False
    when: Predicate | None = None  # the field applies only then; else hidden and stored empty
    value: Formula | None = None  # computed on every save; never typed
    default: Any = None  # a literal or a Formula
    choose: Criterion | None = None  # which rows a reference may take
    depends: tuple[str, ...] = ()  # fields that `when`, `required`, `choose` and `value` read
    fill: dict[str, str] = field(default_factory=dict)  # picking a reference: own field <- its path
    search: bool = False  # found by the quick search of a list
    unique: bool = False
    help: str = ""
    section: str = ""
    mask: bool = False  # 420106********4527 in lists; whole on the record, where a view is logged
    readonly: bool = False
    hidden: bool = False
    edit_by: tuple[str, ...] = ()  # roles that may type it; empty = whoever may edit the record


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
    when: Predicate | None = None


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
    criterion: Criterion | None = None  # expression only


@dataclass(frozen=True, kw_only=True)
class Draft:
    """`draft_of`: this object's `field` holds an editable copy of the record that `target` refers to."""

    field: str
    target: str
    fields: tuple[str, ...]  # what of the target may be changed: fields and children


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
    draft: Draft | None = None
    parent: str = ""  # set on the rows of a child list
    unique: tuple[tuple[str, ...], ...] = ()
    flow: str = ""
    usable: Criterion | None = None  # only such rows may be chosen elsewhere
    order: tuple[str, ...] = ("-id",)
    columns: tuple[str, ...] = ()  # of a list, where a function does not name its own
    sections: tuple[str, ...] = ()  # headings in their order, where the fields' order gives another
    dated: bool = False  # rows have valid_from and disabled
    track: bool = True

    def field(self, name: str) -> Field:
        """Return the field of that name; KeyError says which object lacks it."""
        for item in self.fields:
            if item.name == name:
                return item
        raise KeyError(f"{self.name} has no field {name}")


# --- flows ----------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Effect:
    """Something that a step does in its own transaction: notify, issue, set, apply, start, account …"""

    kind: str
    params: dict[str, Any] = field(default_factory=dict)
    when: Predicate | None = None


@dataclass(frozen=True, kw_only=True)
class Reminder:
    """A message about a step's time limit: `days` working days after the last one, before if negative."""

    days: int
    to: Actors | None = None  # None: those who have the case; else whom its lateness is reported to


@dataclass(frozen=True, kw_only=True)
class Wait:
    """What a case rests for: a receipt from outside, or the end of the cases that it started."""

    event: str = ""  # name of the receipt
    object: str = ""  # or the object whose cases must end
    fill: dict[str, str] = field(default_factory=dict)  # own field <- what the receipt brings


@dataclass(frozen=True, kw_only=True)
class Per:
    """A verdict for each row of a child list, kept in a field of the row; refused rows are out."""

    rows: str
    field: str
    refuses: tuple[str, ...] = ()  # codes after which a row is not asked about any more


@dataclass(frozen=True, kw_only=True)
class Branch:
    """One of the ways that a case goes at the same time; `steps` in their order."""

    name: str
    title: str
    steps: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Step:
    """A place where a case rests until somebody acts. `end` marks a final one.

    With `branches` nobody acts at the step itself: the case goes all ways at once and passes the
    step when every branch has come through.
    """

    name: str
    title: str
    by: Actors | None = None
    edit: tuple[str, ...] | Literal["all"] = ()  # what may be changed here
    within: int | None = None  # working days
    reminders: tuple[Reminder, ...] = ()
    labels: str = ""  # dictionary of the labels that a reviewer puts on materials
    checks: tuple[str, ...] = ()  # confirmations that a reviewer ticks before passing
    beside: tuple[str, ...] = ()  # paths of images or materials shown next to each other
    opinions: tuple[str, ...] = ("办理意见",)
    countersign: Literal["", "all", "any"] | int = ""  # several deciders: all, any, or n of them
    skip: Predicate | None = None
    branches: tuple[Branch, ...] = ()
    wait: Wait | None = None  # nobody acts before the limit; then `by` does it by hand
    per: Per | None = None
    effects: tuple[Effect, ...] = ()  # on leaving forwards
    end: Literal["", "done", "rejected", "cancelled"] = ""


@dataclass(frozen=True, kw_only=True)
class Route:
    """From one step to another; several from one step: the first whose condition holds, or the person's choice."""

    source: str
    target: str
    when: Predicate | None = None
    consequence: str = ""  # where this way leads, in words; empty: the action says it


ActionKind = Literal[
    "submit", "pass", "send_back", "reject", "recall", "cancel", "note", "receipt", "other"
]


@dataclass(frozen=True, kw_only=True)
class Action:
    """What a person may do to a case. `kind` gives it its meaning, `routes` where it leads."""

    name: str
    title: str
    kind: ActionKind
    routes: tuple[Route, ...]
    by: Actors | None = None  # None: whoever the step is for
    guard: Predicate | None = None
    refusal: str = ""  # why the guard refuses, in words
    comment: Literal["none", "optional", "required"] = "optional"
    until: Literal["", "opened"] = ""  # recall: only until the next one has opened it
    resubmit: Literal["again", "direct", "choose"] = "again"  # send_back: the way it comes back
    on: str = (
        ""  # receipt: the outcome that takes it (done, rejected, cancelled of a case); empty: any
    )
    bulk: bool = False
    self_approval: bool = False
    effects: tuple[Effect, ...] = ()
    consequence: str = ""  # said beside the button; the compiler's where the author gives none


@dataclass(frozen=True, kw_only=True)
class Flow:
    """The approval of one object: steps in the order in which a case usually takes them, and actions."""

    name: str
    title: str
    object: str
    steps: tuple[Step, ...]
    actions: tuple[Action, ...]
    version: str  # changes when steps or actions change; a running case keeps its own
    archive: int | None = None  # working days after its end, from which nothing changes any more

    @cached_property
    def inner(self) -> dict[str, tuple[Step, Branch]]:
        """The steps that stand in a branch, with the step that divides and the branch."""
        return {
            name: (step, branch)
            for step in self.steps
            for branch in step.branches
            for name in branch.steps
        }

    @property
    def main(self) -> tuple[Step, ...]:
        """The steps of which one at a time is the state of a case."""
        return tuple(step for step in self.steps if step.name not in self.inner)

    def step(self, name: str) -> Step:
        """Return the step of that name; KeyError if the flow has none."""
        for item in self.steps:
            if item.name == name:
                return item
        raise KeyError(f"{self.name} has no step {name}")

    def action(self, name: str) -> Action:
        """Return the action of that name; KeyError if the flow has none."""
        for item in self.actions:
            if item.name == name:
                return item
        raise KeyError(f"{self.name} has no action {name}")


# --- functions, messages, documents, policies -------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Chart:
    """A chart over the rows of a list: how many (or the sum of a field) by a dimension."""

    title: str
    kind: Literal["bar", "line", "pie"]
    by: str  # field path; dates take `.month`, `.year`
    sum: str = ""  # field path; empty = count


@dataclass(frozen=True, kw_only=True)
class Function:
    """What a role is granted, what a menu entry opens, what the manual describes and a test walks."""

    id: str  # PP17; also the permission's name
    title: str
    subsystem: str
    module: str
    screen: str  # apply | review | rework | query | catalog | issued | progress | runtime.NAME
    object: str = ""
    steps: tuple[str, ...] = ()  # review: whose queue this is
    states: tuple[str, ...] = ()  # query, rework: only rows in these states
    columns: tuple[str, ...] = ()
    filters: tuple[str, ...] = ()
    charts: tuple[Chart, ...] = ()
    where: Criterion | None = None
    params: dict[str, Any] = field(default_factory=dict)
    grants: tuple[tuple[str, tuple[str, ...]], ...] = ()  # (role, operations) as shipped
    operations: tuple[
        str, ...
    ] = ()  # what can be granted: view add edit delete export import, actions
    guide: str = ""
    help: str = ""
    order: int = 0


@dataclass(frozen=True, kw_only=True)
class Message:
    """A notice to people, by SMS and in-site; the wording can be changed on screen (BM21-like)."""

    name: str
    title: str
    object: str
    text: str  # variables in braces: field paths, comment, action, step, actor, link
    variables: tuple[str, ...]
    to: tuple[Actors, ...]
    sms: bool = True
    inbox: bool = True


@dataclass(frozen=True, kw_only=True)
class Document:
    """A paper made from a template, bound to a record."""

    name: str
    title: str
    object: str
    template: str  # file below metadata/documents/
    number: str  # pattern: {yyyy}, {n}, {n:04}
    bind: Formula  # (record, env) -> dict for the template
    seal: str = ""
    edit: tuple[str, ...] = ()  # names of bound values that may be edited before sealing
    public: tuple[str, ...] = ()  # what the QR page may show: number, title, state or field paths
    body: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Policy:
    """A dated rule of an authority. Rows live in the database; these are the shipped ones."""

    name: str
    title: str
    returns: Literal["integer", "decimal", "boolean", "date", "string"]
    by: tuple[str, ...] = ()  # what the table's keys mean
    rows: tuple["PolicyRow", ...] = ()
    level: Level = "warning"
    unit: str = ""


@dataclass(frozen=True, kw_only=True)
class PolicyRow:
    """One version of a policy: in force from a day on, with the text that it comes from."""

    valid_from: str  # ISO date
    source: str
    profile: str
    value: Any = None  # where the policy takes no argument
    table: dict[str, Any] = field(default_factory=dict)  # by argument; "*" = any other


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One entry of a dictionary."""

    code: str
    title: str
    parent: str = ""
    attributes: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Dictionary:
    """A list of codes that an administrator can extend and disable on screen."""

    name: str
    title: str
    entries: tuple[Entry, ...]
    source: str = ""
    attributes: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Module:
    """A heading in the menu."""

    name: str
    title: str


@dataclass(frozen=True, kw_only=True)
class Subsystem:
    """A top entry of the menu."""

    name: str
    title: str
    icon: str
    modules: tuple[Module, ...]


@dataclass(frozen=True, kw_only=True)
class Project:
    """What holds for the whole product."""

    title: str
    short_title: str
    owner: str  # whose product this is, printed in heads and feet
    organisation: str  # object that people and cases belong to
    organisation_district: str  # its field that names the district
    registration: str  # function by which a newcomer registers an organisation
    subsystems: tuple[Subsystem, ...]
    timezone: str = "Asia/Shanghai"
    parallel_label: str = ""
