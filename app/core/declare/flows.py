"""Flows: the steps a case takes, what people may do at them, and where that leads."""

from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

from app.core.declare.objects import Rule
from app.core.declare.terms import Actors, Effect, Formula, Level, Predicate


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
    add: tuple[str, ...] = ()  # lists that brought rows are added to where none has their key


@dataclass(frozen=True, kw_only=True)
class Send:
    """What leaves for a counterpart when a case arrives at a step; the step waits for the answer."""

    interface: str
    message: str
    fields: dict[str, Formula] = field(default_factory=dict)  # over what the message says itself
    materials: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Per:
    """A verdict for each row of a child list, kept in a field of the row; refused rows are out."""

    rows: str
    field: str
    refuses: tuple[str, ...] = ()  # codes after which a row is not asked about any more


@dataclass(frozen=True, kw_only=True)
class Pair:
    """A value of a row of the case and one of a row elsewhere that belong together."""

    here: Formula
    there: Formula
    titles: tuple[str, str]  # what the two are called
    paths: tuple[str, str] = ("", "")  # where a value is a field and nothing more: its path
    scale: int = 0  # digits behind the point, of what is added up


@dataclass(frozen=True, kw_only=True)
class Compare:
    """Rows of the case that are compared with rows elsewhere: one by one, or with `sums` added up."""

    rows: str
    path: str  # to the rows to compare with
    object: str  # theirs
    key: tuple[Pair, ...] = ()  # by which two rows are the same, or are added up together
    fields: dict[str, str] = field(default_factory=dict)  # own field: field there
    sums: tuple[Pair, ...] = ()
    level: Level = "warning"  # error: nothing leads forward while there is a difference
    error: str = ""


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
    prints: tuple[str, ...] = ()  # documents that are printed from the record as it stands
    opinions: tuple[str, ...] = ("办理意见",)
    countersign: Literal["", "all", "any"] | int = ""  # several deciders: all, any, or n of them
    signers: Literal["roles", "people"] = (
        "roles"  # who signs once: each role, or each holder of one
    )
    ask: tuple[str, ...] = ()  # roles whose holders the decider may ask for a view before deciding
    rules: tuple[Rule, ...] = ()  # must hold when the step is passed
    skip: Predicate | None = None
    branches: tuple[Branch, ...] = ()
    wait: Wait | None = None  # nobody acts before the limit; then `by` does it by hand
    send: Send | None = None  # what leaves on arrival
    per: Per | None = None
    compare: Compare | None = None
    copy_to: tuple[str, ...] = ()  # roles whose holders get the case to read on leaving forwards
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
    needs: tuple[str, ...] = ()  # captures that must be there; "all" for every one that applies
    asks: tuple[str, ...] = ()  # fields whose values are typed when it is taken, all of them
    refusal: str = ""  # why the guard refuses, in words
    comment: Literal["none", "optional", "required"] = "optional"
    until: Literal["", "opened"] = ""  # recall: only until the next one has opened it
    resubmit: Literal["again", "direct", "choose"] = "again"  # send_back: the way it comes back
    on: str = (
        ""  # receipt: the outcome that takes it (done, rejected, cancelled of a case); empty: any
    )
    bulk: bool = False
    self_approval: bool = False
    copy_to: tuple[str, ...] = ()  # roles whose holders get the case to read
    copy_choice: tuple[str, ...] = ()  # roles of whose holders whoever acts may choose
    effects: tuple[Effect, ...] = ()
    consequence: str = ""  # said beside the button; the compiler's where the author gives none


@dataclass(frozen=True, kw_only=True)
class WayIn:
    """One of the ways in which cases begin; the record keeps its name in `entry`."""

    name: str
    title: str
    by_hand: bool = False  # people begin a case this way; else only other cases do


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
    entries: tuple[WayIn, ...] = ()

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
        """The steps of which one at a time is the state of a case, ends last."""
        found = [step for step in self.steps if step.name not in self.inner]
        return tuple(sorted(found, key=lambda step: bool(step.end)))

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
