"""The meta-model of objects: what may stand in an object's file.

The text beside each key is the reference manual of the language and the description in the
JSON Schema. Nothing here has behaviour; `generator.reader` fills it, `generator.check` judges it.
"""

from dataclasses import dataclass
from typing import Any, ClassVar, Literal

from generator.reader import Code, Name, Title, Word, by_key, by_node, may, need
from generator.readers import (
    Effect,
    Scope,
    Target,
    read_effects,
    read_scope,
    read_size,
    read_targets,
    read_times,
    read_workdays,
)
from generator.source import Mapping


@dataclass(frozen=True, kw_only=True)
class Field:
    """One field of an object: a column, a line of the form, an attribute of the API."""

    name: Name = by_key("Name of the column and attribute; a reference is stored as NAME_id.")
    type: Word = need("Type of the value: string, date, ref … or one of metadata/types.yaml.")
    title: Title = need("What users read beside the field.")
    required: bool | Code = may(
        "Whether a value must be given on submit, or the condition when.", False
    )
    when: Code | None = may("The field applies only then; otherwise it is hidden and stored empty.")
    value: Code | None = may("Computed on every save from other fields; never typed.")
    default: Any = may(
        "What a new record starts with: a literal, or an expression with `=` before it."
    )
    choose: Code | None = may(
        "Which rows a reference may take; names are fields of the target, `form` is the form."
    )
    fill: dict[Name, Word] = may("Picking a reference copies: own field: path on the target.", {})
    search: bool = may("Found by the quick search of a list.", False)
    unique: bool = may("No two records may share the value.", False)
    help: Title | None = may("A hint below the field.")
    section: Word | None = may("The heading (key of `sections`) under which the field stands.")
    mask: bool = may(
        "Lists show only the ends of the value; looking at the record is logged.", False
    )
    readonly: bool = may("Nobody types it; the system or an effect writes it.", False)
    hidden: bool = may("Not on the form.", False)
    edit_by: tuple[Word, ...] = may("Roles that may type it; else whoever may edit the record.", ())
    of: Word | None = may(
        "dict, tree: the dictionary. draft_of: the reference field whose record is copied."
    )
    to: Word | None = may("ref, refs: the object referred to.")
    length: int | None = may("Longest text in characters.")
    scale: int | None = may("decimal: digits behind the point.")
    min: int | None = may("Smallest number.")
    max: Any = may("Largest number; of a file its largest size, such as 5MB.", read=read_size)
    accept: tuple[Word, ...] = may("file, image: kinds of file, judged by content.", ())
    fields: tuple[Word, ...] = may(
        "draft_of: fields and children of the target that may be changed.", ()
    )
    mobile: bool | None = may("phone: false allows landlines and numbers abroad.")
    renamed_from: Word | None = may("Former name; the migration renames instead of dropping.")
    narrowed: bool = may("That the type changed, or the field became required, is meant.", False)
    node: Mapping = by_node()


@dataclass(frozen=True, kw_only=True)
class Child:
    """Rows that belong to a record and are edited on its form."""

    name: Name = by_key("Name of the list on the record.")
    title: Title = need("Heading above the rows.")
    object: Name = need("Name of the rows' own object; unique in the project.")
    fields: dict[Name, Field] = may("Fields of a row.", {})
    min: int | Code = may("Fewest rows on submit.", 0)
    max: int | None = may("Most rows.")
    unique: tuple[Word, ...] = may("Fields of the row that together must differ.", ())
    pick: Word | None = may("A reference of the row: rows are added by choosing its target.")
    when: Code | None = may("The rows apply only then.")
    display: Title | None = may('How a row is named, such as "{person.name}".')
    renamed_from: Word | None = may("Former name of the rows' object.")
    node: Mapping = by_node()


@dataclass(frozen=True, kw_only=True)
class Material:
    """One line of the checklist of scans that go with a record."""

    short: ClassVar[str] = "title"

    name: Name = by_key("Name of the material.")
    title: Title = need("What users read.")
    required: bool | Code = may("Whether it must be there on submit, or the condition when.", True)
    when: Code | None = may("The material applies only then.")
    accept: tuple[Word, ...] = may("Kinds of file: pdf, jpg, png, docx, xlsx …", ())
    max: Any = may("Largest size of one file, such as 20MB.", read=read_size)
    many: bool = may("Several files.", False)
    help: Title | None = may("A hint below it.")
    facts: tuple[Word, ...] = may("Fields of the record to be compared with this paper.", ())
    node: Mapping = by_node()


@dataclass(frozen=True, kw_only=True)
class Rule:
    """A condition that must hold when a record is submitted."""

    check: Code = need("What must hold.")
    error: Title = need("What to say when it does not; fields in braces.")
    name: Name | None = may("A name for tests; else made from its place.")
    at: Word | None = may("Field beside which the message stands.")
    level: Literal["error", "warning"] = may("A warning does not stop the record.", "error")
    policy: Word | None = may("The policy it applies: gives source and level.")
    each: Word | None = may("A child list: checked row by row; `parent` is the record.")
    when: Code | None = may("Checked only then.")
    node: Mapping = by_node()


@dataclass(frozen=True, kw_only=True)
class Hold:
    """Reserves an amount of the record that a field refers to while the case is under way."""

    field: Name = by_key("The reference field whose record is the resource.")
    amount: Code = need("How much is reserved.")
    start: Word = need("The action that begins it.")
    until: tuple[Word, ...] = may("End steps that give the amount back.", ())
    capacity: Word = may("Field of the resource: what is left.", "remaining")
    used: Word = may("Stored field of the resource: what is held or spent.", "used")
    over: Literal["error", "warning"] = may("Whether more than is left is refused.", "error")
    node: Mapping = by_node()


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
    fill: dict[Name, Word] = may("What a receipt brings: own field: its field.", {})
    node: Mapping = by_node()


@dataclass(frozen=True, kw_only=True)
class Per:
    """A verdict for each row of a child list."""

    rows: Word = need("The child list.")
    field: Word = need("A field of the row, of type dict, that keeps the verdict.")
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
class Step:
    """A place where a case rests until somebody acts; or, with `end`, where it ends."""

    name: Name = by_key("Name of the step; the value of `state`.")
    title: Title = need("What users read.")
    by: tuple[Word, ...] = may("Who acts: applicant, roles, or a path to an account.", ())
    edit: tuple[Word, ...] = may(
        "What may be changed here: all, or fields, children, materials.", ()
    )
    within: int | None = may("Time allowed, such as 2 workdays.", read=read_workdays)
    remind: Remind | None = may("Messages about the time limit: {before: …, after: …}.")
    escalate: Escalate | None = may("Who is told of a missed limit: {after: …, to: …}.")
    labels: Word | None = may("Dictionary of the labels that a reviewer puts on materials.")
    checks: tuple[Title, ...] = may("Confirmations that a reviewer ticks before passing.", ())
    beside: tuple[Word, ...] = may(
        "Paths of images, materials or drafts shown next to each other.", ()
    )
    opinions: tuple[Title, ...] = may("Names of the comments asked for.", ())
    countersign: Literal["all", "any"] | int = may("Several deciders: all, any, or how many.", "")
    skip: Code | None = may("The step is passed over then.")
    branches: dict[Name, Branch] = may(
        "The case goes all these ways at once and passes the step when each has come through.", {}
    )
    wait: Wait | None = may(
        "The case rests for {event: …} or {object: …}; late, it is `by`'s todo."
    )
    per: Per | None = may("The decider judges row by row: {rows: …, field: …, refuses: […]}.")
    on_pass: tuple[Effect, ...] = may("Effects of leaving forwards.", (), read=read_effects)
    end: Literal["done", "rejected", "cancelled"] = may("The case ends here, and how.", "")
    node: Mapping = by_node()


KINDS = ("submit", "pass", "send_back", "reject", "recall", "cancel", "note", "receipt", "other")


@dataclass(frozen=True, kw_only=True)
class Action:
    """What a person may do to a case, and where it leads."""

    name: Name = by_key("Name of the action; also the operation that roles are granted.")
    title: Title = need("The word on the button.")
    sources: tuple[Word, ...] = need("Steps at which it is offered.", name="from")
    targets: tuple[Target, ...] = need(
        "A step, next, previous, same, a list, or {step: condition}.", name="to", read=read_targets
    )
    kind: Literal[
        "submit", "pass", "send_back", "reject", "recall", "cancel", "note", "receipt", "other"
    ] = may(
        "Its meaning; follows from the name submit, pass, send_back, reject, recall, cancel.", ""
    )
    on: Word | None = may(
        "receipt: the outcome that takes it: a word of the receipt, or done, rejected, cancelled of a case; else any."
    )
    by: tuple[Word, ...] = may("Who may; else whoever the step is for.", ())
    guard: Code | None = may("Offered only then.")
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
    self_approval: bool = may("The applicant may do it to an own case.", False)
    do: tuple[Effect, ...] = may("Effects, in the same transaction.", (), read=read_effects)
    consequence: Title | None = may("Said beside the button; else made from where it leads.")
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
    steps: dict[Name, Step] = need("The steps; a case begins at the first.")
    actions: dict[Name, Action] = need("The actions.")
    node: Mapping = by_node()


@dataclass(frozen=True, kw_only=True)
class Chart:
    """A chart over the rows of a list."""

    title: Title = need("Heading.")
    kind: Literal["bar", "line", "pie"] = need("Form of the chart: bar, line or pie.")
    by: Word = need("Field path; dates take .month and .year.")
    sum: Word | None = may("Number to add up; else rows are counted.")
    node: Mapping = by_node()


@dataclass(frozen=True, kw_only=True)
class Function:
    """What a role is granted, a menu entry opens, the manual describes and a test walks."""

    id: Word = by_key("Identifier, such as PP17; also the permission and the address.")
    title: Title = need("Name in the menu.")
    screen: Word = need("apply, review, rework, query, catalog, issued, progress, or runtime.NAME.")
    module: Word | None = may("Heading in the menu; a module of the subsystem in project.yaml.")
    subsystem: Word | None = may("Top entry of the menu; else the folder's.")
    object: Word | None = may("Object it is about; else the file's.")
    steps: tuple[Word, ...] = may("review: the steps whose queue this is.", ())
    states: tuple[Word, ...] = may("query, rework: only rows in these steps.", ())
    columns: tuple[Word, ...] = may("Columns of the list; else the object's.", ())
    filters: tuple[Word, ...] = may("Fields to filter by.", ())
    charts: tuple[Chart, ...] = may("Charts over the rows.", ())
    where: Code | None = may("Only rows for which this holds.")
    params: dict[Word, Any] = may("Settings of the screen.", {})
    roles: dict[Word, tuple[Word, ...]] = may("Role: operations, as shipped.", {})
    operations: tuple[Word, ...] = may(
        "Further operations of a runtime screen that can be granted.", ()
    )
    guide: Word | None = may("Name of the guide shown before starting.")
    help: Title | None = may("One sentence for the manual.")
    order: int = may("Place in the menu; else the order of identifiers.", 0)
    node: Mapping = by_node()


@dataclass(frozen=True, kw_only=True)
class Message:
    """A notice to people; the wording can be changed on screen."""

    name: Name = by_key("Name of the message.")
    to: tuple[Word, ...] = need("Who gets it: applicant, roles, or paths to an account.")
    text: Title = need("Wording; fields, comment, action, step, actor, link in braces.")
    title: Title | None = may("Heading; else made from the action that sends it.")
    sms: bool = may("Sent by SMS.", True)
    inbox: bool = may("Put into the inbox.", True)
    node: Mapping = by_node()


@dataclass(frozen=True, kw_only=True)
class Object:
    """A business object: one file, one generated module."""

    object: Name = need("Name; unique in the project.")
    title: Title = need("What users read.")
    display: Title | None = may(
        'How a record is named, such as "{name}"; else its first text field.'
    )
    mixins: tuple[Word, ...] = may("Patterns without parameters: org_owned, coded …", ())
    use: Any = may("Patterns with their parameters: [{NAME: {…}}].")
    scope: Scope | None = may(
        "Which rows a person may see: unit, everyone, own, {unit: PATH} or {where: EXPRESSION}.",
        read=read_scope,
    )
    order: tuple[Word, ...] = may("Sorting of lists; - before a field turns it round.", ())
    columns: tuple[Word, ...] = may("Columns of a list.", ())
    sections: dict[Name, Title] = may("Headings of the form.", {})
    fields: dict[Name, Field] = may("The fields, in the order of the form.", {})
    children: dict[Name, Child] = may("Lists of rows on the form.", {})
    materials: dict[Name, Material] = may("Checklist of scans.", {})
    rules: tuple[Rule, ...] = may("Conditions checked on submit.", ())
    holds: dict[Name, Hold] = may("Amounts reserved while a case is under way.", {})
    usable: Code | None = may("Which rows may be chosen by references elsewhere.")
    unique: tuple[tuple[Word, ...], ...] = may("Combinations of fields that must differ.", ())
    code: Title | None = may("Pattern of the field `code`, given on submit: {yyyy}, {n}, {n:04}.")
    dated: bool = may("Rows have valid_from and disabled.", False)
    track: bool = may("Changes are recorded field by field.", True)
    flow: Flow | None = may("The approval.")
    functions: dict[Word, Function] = may("Screens and what roles may do there.", {})
    messages: dict[Name, Message] = may("Notices sent by the flow.", {})
    runtime: Word | None = may(
        "Dotted path of a hand-written model; only its declaration is generated."
    )
    table: Word | None = may("runtime: name of its table.")
    renamed_from: Word | None = may("Former name; the migration renames the table.")
    dropped: tuple[Word, ...] = may(
        "Fields and child lists that are gone; their data may go too.", ()
    )
    node: Mapping = by_node()
