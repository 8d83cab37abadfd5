"""What the page of a case shows, as plain values."""

from dataclasses import dataclass, field

from app.core.records import change_drafts
from app.flow.execution.comparisons import Difference
from app.web.form.page import Attached, Control, Label, MaterialItem, Note


@dataclass(frozen=True, kw_only=True)
class Fact:
    """A field as it was entered; `old` is what stood there in the round before."""

    path: str
    label: str
    text: str
    old: str | None = None
    wide: bool = False
    href: str = ""
    image: Attached | None = None
    parts: tuple[tuple[str, str], ...] = ()  # (same | old | new, text) of a long text that changed
    mark: Label | None = None
    unit: str = ""  # of an amount that stands alone

    @property
    def changed(self) -> bool:
        """Whether it differs from the round before."""
        return self.old is not None


@dataclass(frozen=True, kw_only=True)
class FactGroup:
    """A section of the form, to be read."""

    title: str
    facts: tuple[Fact, ...]

    @property
    def changed(self) -> int:
        """Count what differs from the round before."""
        return sum(fact.changed for fact in self.facts)


@dataclass(frozen=True, kw_only=True)
class LineRow:
    """A row of a child list: `state` says whether it is new, gone or as it was."""

    cells: tuple[Fact, ...]
    state: str = ""  # "" | new | gone


@dataclass(frozen=True, kw_only=True)
class Lines:
    """A child list, to be read."""

    name: str
    title: str
    columns: tuple[tuple[str, str], ...]  # title, class of its cells: num nowrap line text
    rows: tuple[LineRow, ...]
    mark: Label | None = None

    @property
    def count(self) -> int:
        """Count the rows that are there now."""
        return sum(row.state != "gone" for row in self.rows)

    @property
    def changed(self) -> int:
        """Count the rows that differ from the round before."""
        return sum(bool(row.state) or any(cell.changed for cell in row.cells) for row in self.rows)


@dataclass(frozen=True, kw_only=True)
class Posted:
    """One entry of the record's ledger."""

    when: str
    account: str
    amount: str
    total: str  # the sum of the account with it
    what: str  # the title of the action that posted it
    who: str
    note: str


@dataclass(frozen=True, kw_only=True)
class Side:
    """The rows on one side of a comparison; behind their fields what of each is added up."""

    title: str
    columns: tuple[tuple[str, str], ...]  # title, class of its cells
    rows: tuple[tuple[Fact, ...], ...]


@dataclass(frozen=True, kw_only=True)
class SumLine:
    """What both sides add up to: of one key, or in total."""

    key: str
    here: str
    there: str
    apart: str  # by how much the other side is less or more; equal: ""
    total: bool = False


@dataclass(frozen=True, kw_only=True)
class SumTable:
    """One pair of sums; `titles` of the key and of both sides."""

    titles: tuple[str, str, str]
    lines: tuple[SumLine, ...]


@dataclass(frozen=True, kw_only=True)
class Sums:
    """Rows beside other rows, with what both add up to."""

    sides: tuple[Side, Side]
    tables: tuple[SumTable, ...]
    told: str  # what differs; equal: ""
    refuses: bool  # nothing leads forward while there is a difference


@dataclass(frozen=True, kw_only=True)
class Stop:
    """A step in the picture of the route."""

    number: int
    title: str
    state: str
    who: str = ""
    when: str = ""
    late: bool = False
    ways: tuple[tuple[str, str, str], ...] = ()  # branches: title, state, how far and by whom


@dataclass(frozen=True, kw_only=True)
class Handing:
    """A task that may be handed on: which, at which step, who has it, and to whom."""

    task: int
    step: str
    who: str
    assigned: bool
    people: tuple[tuple[int, str], ...]


@dataclass(frozen=True, kw_only=True)
class Compared:
    """A field beside what the reviewer read in the papers; `cells` follow the papers."""

    field: str
    label: str
    stated: str
    cells: tuple[str | None, ...]  # None: this paper does not speak of it; "": not read yet
    verdict: str = ""  # "" | same | different


@dataclass(frozen=True, kw_only=True)
class CrossCheck:
    """The record against its papers and against the rules."""

    papers: tuple[tuple[str, str], ...] = ()  # name, title
    rows: tuple[Compared, ...] = ()
    rulings: tuple[Note, ...] = ()

    @property
    def wrong(self) -> int:
        """Count what does not agree."""
        return sum(row.verdict == "different" for row in self.rows) + sum(
            ruling.level != "ok" for ruling in self.rulings
        )

    @property
    def count(self) -> int:
        """Count what is compared."""
        return len(self.rows) + len(self.rulings)


@dataclass(frozen=True, kw_only=True)
class ChangeLine:
    """One field that somebody changed."""

    label: str
    before: str
    after: str


@dataclass(frozen=True, kw_only=True)
class Happened:
    """One entry of the history."""

    who: str
    when: str
    what: str
    where: str = ""
    why: str = ""
    opinions: tuple[tuple[str, str], ...] = ()
    checks: tuple[str, ...] = ()
    changes: tuple[ChangeLine, ...] = ()
    tone: str = ""  # green | amber | red


@dataclass(frozen=True, kw_only=True)
class Specimen:
    """A picture or paper that is compared with another one."""

    title: str
    file: Attached | None
    picture: str = ""  # where it can be seen as a picture; empty: it is only to be opened


@dataclass(frozen=True, kw_only=True)
class Goal:
    """A step to which a case can be returned, and whose it is then."""

    name: str
    title: str
    who: str
    inside: bool  # colleagues, not those who applied


@dataclass(frozen=True, kw_only=True)
class Does:
    """An action that is offered."""

    name: str
    title: str
    kind: str
    primary: bool = False
    consequence: str = ""
    refusal: str = ""
    comment: str = "optional"
    targets: tuple["Goal", ...] = ()  # send_back: where to
    confirm: str = ""  # what is asked before it is done, because it cannot be undone
    returns: str = ""  # send_back: again | direct | choose
    asks: tuple[Control, ...] = ()  # what is typed in its dialog
    lacks: tuple[str, ...] = ()  # what the record still lacks for it, in words

    @property
    def dialog(self) -> bool:
        """Whether it is taken in a dialog of its own: to type a value, or why it goes back or ends."""
        if self.refusal:
            return False
        ends = self.kind in ("send_back", "reject", "cancel") or self.comment == "required"
        return bool(self.asks) or (ends and not self.primary)


@dataclass(frozen=True, kw_only=True)
class Judged:
    """A row that gets a verdict of its own; `now` is the code that it has."""

    id: int
    name: str
    now: str = ""


@dataclass(frozen=True, kw_only=True)
class Decision:
    """Everything with which a case is decided."""

    actions: tuple[Does, ...]
    expected: int
    checks: tuple[str, ...] = ()
    opinions: tuple[str, ...] = ()
    labels: tuple[tuple[str, str, bool], ...] = ()  # code, title, whether it says that all is well
    phrases: tuple[tuple[str, str, bool], ...] = ()  # id, text, whether it is the person's own
    marking: bool = False  # fields and materials can be marked
    rows: tuple[Judged, ...] = ()  # each gets a verdict
    rows_title: str = ""
    verdicts: tuple[tuple[str, str], ...] = ()
    at: str = ""  # the step, where the case is in several branches
    step: str = ""  # its title, there
    name: str = ""  # in whose name a deputy decides
    copies: tuple[tuple[int, str], ...] = ()  # people who may be given the case to read
    copied_by: str = ""  # by which of the actions

    @property
    def judges(self) -> bool:
        """Whether the person passes judgement on the case, or only calls it back or the like."""
        return any(action.kind in ("pass", "send_back", "reject") for action in self.actions)

    @property
    def primary(self) -> Does | None:
        """The action that a press of Ctrl+Enter takes."""
        return next((action for action in self.actions if action.primary), None)


@dataclass(frozen=True, kw_only=True)
class Question:
    """An open question to somebody: a view of the case, before it is decided."""

    view: int  # its task
    who: str  # asked
    asker: str
    text: str
    mine: bool  # this person gives the view
    own: bool  # this person may take it back
    behalf: str = ""  # in whose name they give it


@dataclass(frozen=True)
class Typed:
    """What somebody has typed as a view that was refused, and why; nothing at first."""

    verdict: str = ""
    comment: str = ""
    faults: tuple[tuple[str, str], ...] = ()  # (field, words)
    view: int | None = None  # to which question, where a page has several


@dataclass(frozen=True)
class Refused:
    """A dialog whose form was refused, with what was typed there; of none at first."""

    dialog: str = ""
    at: str = ""  # which of the dialog's forms
    words: str = ""
    typed: tuple[tuple[str, str], ...] = ()

    def of(self, dialog: str, at: object = "") -> "Refused":
        """Return this for the form that was refused, and one of nothing for any other."""
        return self if (self.dialog, self.at) == (dialog, str(at)) else Refused()

    def __getitem__(self, name: str) -> str:
        """Return what was typed in a field."""
        return dict(self.typed).get(name, "")


@dataclass(frozen=True, kw_only=True)
class Neighbours:
    """Where the case stands in the person's queue."""

    position: int
    total: int
    before: str = ""
    after: str = ""


@dataclass(frozen=True, kw_only=True)
class Back:
    """How a case came back: it was sent back to an earlier step, or whoever filed it took it back."""

    who: str
    when: str
    what: str  # the title of the action
    why: str
    own: bool  # they took it back
    first: bool = True  # to its first step, where it is put right and filed again


@dataclass(frozen=True, kw_only=True)
class CasePage:
    """The whole page."""

    title: str
    function: str
    base: str
    record: str
    object_title: str
    code: str = ""
    unit: str = ""
    state: str = ""
    tone: str = ""
    round: int = 1
    waits: str = ""  # whose turn, how long
    late: bool = False
    stops: tuple[Stop, ...] = ()
    groups: tuple[FactGroup, ...] = ()
    lines: tuple[Lines, ...] = ()
    amendment: tuple[change_drafts.Difference, ...] = ()
    amendment_title: str = ""
    comparison: tuple[Difference, ...] | None = None  # None: the step compares no rows one by one
    differs: str = ""  # what the author says of rows that differ
    sums: Sums | None = None  # None: the step adds nothing up
    postings: tuple[Posted, ...] | None = None  # None: the object keeps no accounts
    materials: tuple[MaterialItem, ...] = ()
    check: CrossCheck = field(default_factory=CrossCheck)
    history: tuple[Happened, ...] = ()
    beside: tuple[Specimen, ...] = ()
    decision: Decision | None = None
    decided_at: str = ""  # the page of another function, where the person decides
    handings: tuple[Handing, ...] = ()
    questions: tuple[Question, ...] = ()
    askings: tuple[tuple[str, str, tuple[tuple[int, str], ...]], ...] = ()  # step, title, whom
    urge: str | None = None  # None: may not; "": can; else why not just now
    neighbours: Neighbours | None = None
    edit: str = ""
    delete: bool = False
    disable: str = ""  # disable | enable | ""
    back: Back | None = None  # how it came back where it is
    archived: str = ""  # since when nothing changes it any more

    @property
    def changed(self) -> int:
        """Count what differs from the round before."""
        return sum(group.changed for group in self.groups) + sum(
            line.changed for line in self.lines
        )

    @property
    def marked(self) -> int:
        """Count the materials with an open mark."""
        return sum(item.state == "marked" for item in self.materials)

    @property
    def there(self) -> tuple[MaterialItem, ...]:
        """The materials that were handed in."""
        return tuple(item for item in self.materials if item.current)
