"""The approval of an object: steps, what happens at them, and actions between them."""

from dataclasses import dataclass
from typing import ClassVar, Literal

from generator.model.standing import Rule
from generator.reader import Code, Name, Title, Word, by_key, by_node, may, need
from generator.readers import Effect, Target, read_effects, read_targets, read_times, read_workdays
from generator.source import Mapping


@dataclass(frozen=True, kw_only=True)
class Remind:
    """When those who have a case are reminded of its time limit."""

    before: tuple[int, ...] = may("So long before it ends: 1 workday.", (), read=read_times)
    after: tuple[int, ...] = may(
        "So long after it has ended: [1 workday, 3 workdays].", (), read=read_times
    )
    node: Mapping = by_node()


@dataclass(frozen=True, kw_only=True)
class Escalate:
    """To whom it is reported that a time limit was missed."""

    after: int = need("So long after it has ended: 2 workdays.", read=read_workdays)
    to: tuple[Word, ...] = need("Roles, applicant, or a path to an account.")
    node: Mapping = by_node()


@dataclass(frozen=True, kw_only=True)
class Wait:
    """What a case rests for at a step; actions of kind receipt lead on."""

    event: Word | None = may("Name of a receipt from outside; needs `by` and `within`.")
    object: Word | None = may("Object whose cases, started by this one, must have ended.")
    fill: dict[Word, Word] = may(
        "What a receipt brings: own field, or a path to one: its field; own list: its rows, which find "
        "those of the list by key (`unique`, or `key` of rows that follow).",
        {},
    )
    add: tuple[Word, ...] = may(
        "Lists of `fill` that take a row for which there is none; else it is told in the comment.",
        (),
    )
    node: Mapping = by_node()


@dataclass(frozen=True, kw_only=True)
class Send:
    """What leaves for a counterpart when a case arrives; the step waits for the answer."""

    short: ClassVar[str] = "message"

    message: Word = need("INTERFACE.MESSAGE: a message of an interface of metadata/interfaces/.")
    fields: dict[Name, Code] = may(
        "What the step says itself: value of the message: expression; the others are as declared.",
        {},
    )
    materials: tuple[Word, ...] = may("Materials whose files go with it; else the message's.", ())
    node: Mapping = by_node()


@dataclass(frozen=True, kw_only=True)
class Per:
    """A verdict for each row of a child list."""

    rows: Word = need("The child list.")
    field: Word = need(
        "A field of the row, of type dict, that keeps the verdict; nobody types it elsewhere."
    )
    refuses: tuple[Word, ...] = may("Codes after which a row is out; the others go on.", ())
    node: Mapping = by_node()


@dataclass(frozen=True, kw_only=True)
class Branch:
    """One of the ways that a case goes at the same time."""

    name: Name = by_key("Name of the branch.")
    title: Title = need("What users read.")
    steps: tuple[Word, ...] = need("Its steps, in their order; each stands in one branch only.")
    node: Mapping = by_node()


@dataclass(frozen=True, kw_only=True)
class Compare:
    """Rows of the case beside rows elsewhere: what is added, missing or otherwise is shown, or what both add up to."""

    rows: Word = need("The list of the case.")
    other: Code = need("A path to the rows to compare with.", name="with")
    key: dict[Code, Code] = may(
        "Own expression: expression there, by which two rows are the same; with sums: by which rows"
        " are added up together.",
        {},
    )
    fields: dict[Name, Word] = may("Own field: field there, that should be equal.", {})
    sums: dict[Code, Code] = may(
        "Own expression: expression there; added up over the rows they should be equal, in total and"
        " by key.",
        {},
    )
    level: Literal["warning", "error"] = may(
        "error: nothing leads forward from the step while there is a difference.", "warning"
    )
    error: Title | None = may("What to say of a difference, before its figures; fields in braces.")
    node: Mapping = by_node()


@dataclass(frozen=True, kw_only=True)
class Step:
    """A place where a case rests until somebody acts; or, with `end`, where it ends."""

    name: Name = by_key("Name of the step; the value of `state`.")
    title: Title = need("What users read.")
    like: Word | None = may("Another step: what this one does not say itself is as there.")
    by: tuple[Word, ...] = may("Who acts: applicant, roles, or a path to an account.", ())
    within: int | None = may("Time allowed, such as 2 workdays.", read=read_workdays)
    remind: Remind | None = may("Messages about the time limit: {before: …, after: …}.")
    escalate: Escalate | None = may("Who is told of a missed limit: {after: …, to: …}.")
    labels: Word | None = may("Dictionary of the labels that a reviewer puts on materials.")
    edit: tuple[Word, ...] = may(
        "What may be changed here: all, or fields, children, materials. LIST.FIELD is a column of this step: who opens"
        " the list or all does not open it, [all, LIST.FIELD] opens both. What the first step opens is all that may be"
        " filled in of a new record.",
        (),
    )
    checks: tuple[Title, ...] = may("Confirmations that a reviewer ticks before passing.", ())
    beside: tuple[Word, ...] = may(
        "Paths of images, materials or drafts shown next to each other.", ()
    )
    compare: Compare | None = may(
        "Differences that are shown: {rows: …, with: PATH, key: {…}, fields: {…}}, or of what both"
        " add up to: {rows: …, with: PATH, sums: {…}}."
    )
    print: tuple[Word, ...] = may(
        "Documents without a number that are printed here from the record as it stands; each print"
        " is written to the history. A function grants it by `print`.",
        (),
    )
    opinions: tuple[Title, ...] = may("Names of the comments asked for.", ())
    countersign: Literal["all", "any"] | int = may(
        "Several roles of `by` decide, each once, whoever holds it: all, any, or how many of them.",
        "",
    )
    signers: Literal["roles", "people"] = may(
        "With countersign: who signs once, each role (roles), or each person who holds one when the"
        " case arrives (people).",
        "roles",
    )
    ask: tuple[Word, ...] = may(
        "Roles whose holders the decider may ask for a view before deciding, who then waits for it"
        " or takes the question back. Functions grant it by `ask`, giving the view by `advise`.",
        (),
    )
    rules: tuple[Rule, ...] = may(
        "Conditions that must hold when the step is passed; of rows that are out, none is asked.",
        (),
    )
    skip: Code | None = may("The step is passed over then.")
    branches: dict[Name, Branch] = may(
        "The case goes all these ways at once and passes the step when each has come through.", {}
    )
    send: Send | None = may(
        "What leaves on arrival: INTERFACE.MESSAGE, or {message: …, fields: {…}}; goes with wait:"
        " {event: …}."
    )
    wait: Wait | None = may(
        "The case rests for {event: …} or {object: …}; late, it is `by`'s todo."
    )
    per: Per | None = may("The decider judges row by row: {rows: …, field: …, refuses: […]}.")
    copy_to: tuple[Word, ...] = may(
        "Roles whose holders get the case to read when it is left forwards.", ()
    )
    on_pass: tuple[Effect, ...] = may("Effects of leaving forwards.", (), read=read_effects)
    end: Literal["done", "rejected", "cancelled"] = may("The case ends here, and how.", "")
    node: Mapping = by_node()


KINDS = ("submit", "pass", "send_back", "reject", "recall", "cancel", "note", "receipt", "other")


@dataclass(frozen=True, kw_only=True)
class Action:
    """What a person may do to a case, and where it leads."""

    name: Name = by_key("Name of the action; also the operation that roles are granted.")
    title: Title = need("The word on the button.")
    kind: Literal[
        "submit", "pass", "send_back", "reject", "recall", "cancel", "note", "receipt", "other"
    ] = may(
        "Its meaning; follows from the name submit, pass, send_back, reject, recall, cancel.", ""
    )
    on: Word | None = may(
        "receipt: the outcome that takes it: a word of the receipt, or done, rejected, cancelled of a case; else any."
    )
    sources: tuple[Word, ...] = need("Steps at which it is offered.", name="from")
    targets: tuple[Target, ...] = need(
        "A step, next, previous, same, a list, or {step: condition}.", name="to", read=read_targets
    )
    by: tuple[Word, ...] = may("Who may; else whoever the step is for.", ())
    self_approval: bool | None = may(
        "The applicant may do it to an own case: true where it is work that goes on, false where somebody else decides."
    )
    guard: Code | None = may("Offered only then.")
    needs: tuple[Word, ...] = may("Captures that must be there: all, or their names.", ())
    asks: tuple[Word, ...] = may(
        "Fields that whoever takes it must fill in, in its dialog; each is readonly elsewhere.", ()
    )
    refusal: Title | None = may("What to say when the guard refuses.")
    comment: Literal["none", "optional", "required"] = may(
        "Whether a comment is asked for; send_back and reject require one.", ""
    )
    until: Literal["opened"] = may("recall: only until the next person has opened the case.", "")
    resubmit: Literal["again", "direct", "choose"] = may(
        "send_back: the way back: all steps again, direct to whoever returned it, or as they choose.",
        "again",
    )
    bulk: bool = may("May be done to several cases at once.", False)
    copy_to: tuple[Word, ...] = may(
        "Roles whose holders get the case to read from then on, as far as their role reaches.", ()
    )
    copy_choice: tuple[Word, ...] = may(
        "Roles of whose holders whoever acts may choose people to get the case to read.", ()
    )
    do: tuple[Effect, ...] = may("Effects, in the same transaction.", (), read=read_effects)
    consequence: Title | None = may("Said beside the button; else made from where it leads.")
    node: Mapping = by_node()


@dataclass(frozen=True, kw_only=True)
class WayIn:
    """One of the ways in which cases begin; the record knows it as `entry`."""

    short: ClassVar[str] = "title"

    name: Name = by_key("Name of the way in; the value of `entry`.")
    title: Title = need("What users read.")
    by_hand: bool = may("People begin a case this way; else only other cases do.", False)
    node: Mapping = by_node()


@dataclass(frozen=True, kw_only=True)
class Flow:
    """The approval of an object: steps in the order in which a case usually takes them, and actions."""

    name: Name = need("Name of the flow; unique in the project.")
    title: Title = need("What users read.")
    archive: int | None = may(
        "So long after its end a case is archived: 30 workdays. From then on nothing changes it.",
        read=read_workdays,
    )
    entries: dict[Name, WayIn] = may(
        "The ways in: NAME: title, or {title: …, by_hand: true} for the one that people take.", {}
    )
    steps: dict[Name, Step] = need("The steps; a case begins at the first, ends come last.")
    actions: dict[Name, Action] = need("The actions.")
    node: Mapping = by_node()

    def __post_init__(self) -> None:
        """Put the ends last: what a file adds to the steps of a pattern stands behind the pattern's."""
        ordered = sorted(self.steps.items(), key=lambda item: bool(item[1].end))
        object.__setattr__(self, "steps", dict(ordered))
