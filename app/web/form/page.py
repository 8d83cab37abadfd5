"""What a form shows, as plain values: templates and live answers are written from nothing else."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from app.core.errors import Fault


@dataclass(frozen=True, kw_only=True)
class Option:
    """One choice of a list, or one row found by a search box."""

    value: str
    title: str
    detail: str = ""
    refusal: str = ""  # why it cannot be taken; empty = it can
    fill: dict[str, str] = field(default_factory=dict)  # what picking it writes into other fields
    shows: dict[str, str] = field(
        default_factory=dict
    )  # the text of those that are picked themselves


@dataclass(frozen=True, kw_only=True)
class Control:
    """One field as it stands on the page; `path` names its input and the faults that are beside it."""

    path: str
    name: str
    title: str
    widget: str
    value: str = ""
    values: tuple[Option, ...] = ()  # what is chosen, of references and files
    shown: str = ""  # the text of what is computed or not for typing
    options: tuple[Option, ...] = ()
    required: bool = False
    applies: bool = True
    readonly: bool = False
    computed: bool = False
    echo: bool = False  # computed, but sent as it was shown
    live: bool = False  # other parts of the form depend on it
    wide: bool = False
    marked: str = ""  # what the reviewer said of it
    help: str = ""
    unit: str = ""
    attributes: dict[str, str] = field(default_factory=dict)
    faults: tuple[Fault, ...] = ()
    inner: "tuple[Group, ...]" = ()  # the form of a draft of another record

    @property
    def lacking(self) -> bool:
        """Whether it has to be filled in and is not."""
        empty = not self.value and not self.values
        return self.applies and self.required and empty and not self.computed

    @property
    def errors(self) -> tuple[Fault, ...]:
        """The faults that stop a submission."""
        return tuple(fault for fault in self.faults if fault.level == "error")


@dataclass(frozen=True, kw_only=True)
class Column:
    """One column of a child table."""

    name: str
    title: str
    required: bool = False
    numeric: bool = False
    width: str = ""  # a class of the style sheet: narrow, middle, broad


@dataclass(frozen=True, kw_only=True)
class Row:
    """One row of a child table: cells in the order of the columns, then what stands below them."""

    key: str
    id: str = ""
    title: str = ""
    cells: tuple[Control, ...] = ()
    details: tuple[Control, ...] = ()
    faults: tuple[Fault, ...] = ()
    fixed: bool = False  # it stands as text and cannot be taken away
    removable: bool = True

    @property
    def opened(self) -> bool:
        """Tell whether something below the row needs a look, or still has to be filled in."""
        return any(control.faults or control.lacking for control in self.details)


@dataclass(frozen=True, kw_only=True)
class Table:
    """A child list, edited on the same page."""

    path: str
    title: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    blank: Row  # what a new row looks like; its key is `__i__`
    pick: Control | None = None  # rows are added by choosing
    pick_field: str = ""
    follows: str = ""  # which rows follow others, where it has such
    adds: bool = True  # people may add rows
    least: int = 0
    most: int | None = None
    readonly: bool = False
    opened: bool = False  # readonly but for columns that the step opens by name
    sortable: bool = True
    faults: tuple[Fault, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Note:
    """A verdict under a group: what a rule found, and where the rule comes from."""

    text: str
    level: str = "ok"  # ok | warning | error
    source: str = ""
    href: str = ""
    path: str = ""


@dataclass(frozen=True, kw_only=True)
class Group:
    """A numbered panel of the form: fields, or a child table."""

    key: str
    title: str
    number: int = 0
    caption: str = ""
    controls: tuple[Control, ...] = ()
    table: Table | None = None
    notes: tuple[Note, ...] = ()
    applies: bool = True

    @property
    def errors(self) -> int:
        """Count what has to be put right before this may be submitted."""
        return sum(fault.level == "error" for fault in self.faults())

    def faults(self) -> Iterator[Fault]:
        """Give every fault that stands in this panel."""
        for control in walk((self,)):
            yield from control.faults
        if self.table:
            yield from self.table.faults
            for row in self.table.rows:
                yield from row.faults


@dataclass(frozen=True, kw_only=True)
class Attached:
    """One stored file of a material; older ones stay to be seen."""

    id: str
    name: str
    size: str
    kind: str  # pdf | image | office | other
    href: str
    preview: str = ""  # where a browser can show it; empty = only to be downloaded
    when: str = ""
    who: str = ""
    current: bool = True


@dataclass(frozen=True, kw_only=True)
class Label:
    """What a reviewer said of a material or of a field in a round."""

    text: str
    comment: str = ""
    who: str = ""
    when: str = ""
    current: bool = True  # asks for something that has not been done yet
    good: bool = False  # says that the item is in order
    asked: bool = True  # whoever applied was asked to put it right


@dataclass(frozen=True, kw_only=True)
class MaterialItem:
    """One line of the checklist of materials."""

    name: str
    title: str
    required: bool = False
    applies: bool = True
    many: bool = False
    accept: str = ""  # as an <input type=file> wants it
    limit: str = ""
    help: str = ""
    reason: str = ""  # why it is asked for
    files: tuple[Attached, ...] = ()
    labels: tuple[Label, ...] = ()
    faults: tuple[Fault, ...] = ()
    locked: bool = False  # this round does not ask for another one

    @property
    def current(self) -> tuple[Attached, ...]:
        """The files that count."""
        return tuple(file for file in self.files if file.current)

    @property
    def older(self) -> tuple[Attached, ...]:
        """The files that were replaced."""
        return tuple(file for file in self.files if not file.current)

    @property
    def state(self) -> str:
        """Say in one word how the item stands: given, marked, missing, open."""
        if any(label.current for label in self.labels):
            return "marked"
        if self.current:
            return "given"
        return "missing" if self.required else "open"


@dataclass(frozen=True, kw_only=True)
class HoldCard:
    """What this record takes of a limited resource."""

    title: str
    measure: str = ""  # what is counted: the title of the resource's capacity
    resource: str = ""
    href: str = ""
    before: str = ""
    amount: str = ""
    after: str = ""
    level: str = "ok"


@dataclass(frozen=True, kw_only=True)
class Aside:
    """Something to read beside the form: a guide, a hint, a warning about a choice."""

    title: str
    text: str = ""
    parts: tuple[tuple[str, str], ...] = ()  # titles and texts, folded until somebody opens them
    level: str = ""
    tag: str = ""
    href: str = ""
    about: str = ""  # the field or list whose choice it speaks of


@dataclass(frozen=True, kw_only=True)
class Button:
    """One thing that can be done with the form."""

    name: str
    title: str
    key: str = ""
    primary: bool = False
    consequence: str = ""
    confirm: str = ""  # asked first, for what cannot be undone
    names: tuple[str, ...] = ()  # fields whose values the question names


@dataclass(frozen=True, kw_only=True)
class Difference:
    """A field that two people changed: what stands in the record now, what was typed here."""

    path: str
    title: str
    theirs: str
    mine: str


@dataclass(frozen=True, kw_only=True)
class Clash:
    """Somebody else saved in the meantime."""

    who: str
    when: str
    version: str
    differences: tuple[Difference, ...] = ()


@dataclass(frozen=True)
class Place:
    """Where the files of a form are sent from: address of the function, record, copied record."""

    base: str
    record: str = ""  # empty = not stored yet
    target: str = ""  # id of the record whose copy is being edited, if one is

    def of(self, file: str, *, inline: bool) -> str:
        """Return the address of a file of the form, to be shown by the browser or to be kept."""
        view = "/view" if inline else ""
        more = f"?of={self.target}" if self.target else ""
        return f"{self.base}/{self.record or 0}/file/{file}{view}{more}"


@dataclass(frozen=True, kw_only=True)
class Placed:
    """An error with its place on the page: `rest` is what is wrong, after the row of the list if it has one."""

    path: str
    rest: str
    list: str = ""
    row: int = 0  # from 1; 0 = it is no row's

    @property
    def summary(self) -> str:
        """The error in words that say where it is."""
        return _in_rows(self, [self.row])


@dataclass(frozen=True, kw_only=True)
class Gathered:
    """A line of the box on top: where it leads, what is wrong, and with how many rows."""

    path: str
    text: str
    count: int


@dataclass(frozen=True, kw_only=True)
class FormPage:
    """The whole page."""

    title: str
    function: str
    base: str  # address of the function, such as /AB12
    action: str  # where the form is sent
    groups: tuple[Group, ...]
    name: str = ""
    state: str = ""
    state_level: str = "neutral"
    record: str = ""  # id; empty = not stored yet
    target: str = ""  # id of the record whose copy is being edited, if one is
    version: str = ""
    token: str = ""
    materials: tuple[MaterialItem, ...] = ()
    holds: tuple[HoldCard, ...] = ()
    asides: tuple[Aside, ...] = ()
    buttons: tuple[Button, ...] = ()
    faults: tuple[Fault, ...] = ()  # those that belong to no control of the page
    restored: str = ""  # when the scratch copy was kept that was taken up again
    clash: Clash | None = None
    returned: Label | None = None  # why the case came back
    marks: tuple[Difference, ...] = ()  # what the reviewer marked: path, title, what is to be done
    checked: str = (
        ""  # what was refused: "save" shows only what stops a draft, "submit" what is missing too
    )
    guide: Aside | None = None
    back: str = ""
    notice: str = ""  # a message on top, such as an expired sign-in
    kept: tuple[Fault, ...] = ()  # what was refused and no live answer can find out

    @property
    def kept_faults(self) -> list[dict[str, object]]:
        """What the script goes on saying beside the live answers, as those write their faults."""
        places = {(fault.path, fault.rest): fault for fault in self.all_faults}
        found = []
        for fault in self.kept:
            place = places.get((fault.path, fault.message)) or Placed(
                path=fault.path, rest=fault.message
            )
            found.append(
                {
                    "path": fault.path,
                    "message": fault.message,
                    "summary": place.summary,
                    "level": fault.level,
                    "refuses": True,
                }
            )
        return found

    @property
    def place(self) -> Place:
        """Where the files of the form are sent from."""
        return Place(self.base, self.record, self.target)

    @property
    def asked(self) -> int:
        """Count the materials that apply and are required or there."""
        return sum(
            item.applies and (item.required or bool(item.current)) for item in self.materials
        )

    @property
    def given(self) -> int:
        """Count the materials that are there."""
        return sum(item.applies and item.state == "given" for item in self.materials)

    @property
    def all_faults(self) -> tuple[Placed, ...]:
        """Every error of the page in the order in which it stands there, each saying where."""
        found = [
            Placed(path=fault.path, rest=fault.message)
            for fault in self.faults
            if fault.level == "error" and not fault.path.startswith("material.")
        ]
        for group in self.groups:
            if group.applies:
                found += [_placed(group, f) for f in group.faults() if f.level == "error"]
        if self.checked != "save":
            found += [
                Placed(path=f"material.{item.name}", rest=f"缺{item.title}")
                for item in self.materials
                if item.applies and item.state == "missing"
            ]
        return tuple(found)

    @property
    def gathered(self) -> list[Gathered]:
        """The errors as the box on top lists them: what is wrong with several rows alike stands there once."""
        alike: dict[tuple[str, str], list[Placed]] = {}
        for fault in self.all_faults:
            key = (fault.list if fault.row else fault.path, fault.rest)
            alike.setdefault(key, []).append(fault)
        return [
            Gathered(
                path=some[0].path,
                text=_in_rows(some[0], [one.row for one in some]),
                count=len(some),
            )
            for some in alike.values()
        ]

    @property
    def missing(self) -> int:
        """Count the materials whose absence stops what was asked for."""
        if self.checked == "save":
            return 0
        return sum(item.applies and item.state == "missing" for item in self.materials)

    @property
    def errors(self) -> int:
        """Count what has to be put right, materials apart."""
        loose = sum(
            fault.level == "error" and not fault.path.startswith("material.")
            for fault in self.faults
        )
        return loose + sum(group.errors for group in self.groups if group.applies)


def in_words(numbers: Sequence[int]) -> str:
    """Return numbers of rows as people say them: 3, then 1、4, or 1 至 8."""
    first, last = numbers[0], numbers[-1]
    if len(numbers) > 2 and list(numbers) == list(range(first, last + 1)):
        return f"{first} 至 {last}"
    return "、".join(map(str, numbers))


def _in_rows(fault: Placed, rows: Sequence[int]) -> str:
    return f"{fault.list}第 {in_words(rows)} 行{fault.rest}" if fault.row else fault.rest


def _placed(group: Group, fault: Fault) -> Placed:
    """Say which field a fault is about, unless its words do, and in which row of a child table."""
    titles = {control.path: control.title for control in walk((group,))}
    title = titles.get(fault.path, "")
    title = "" if title in fault.message else title
    if group.table is not None and fault.path.startswith(f"{group.table.path}."):
        number = fault.path[len(group.table.path) + 1 :].partition(".")[0]
        if number.isdigit():
            rest = f"{title}：{fault.message}"
            return Placed(path=fault.path, rest=rest, list=group.table.title, row=int(number) + 1)
        title = group.table.title + title
    return Placed(path=fault.path, rest=f"{title}：{fault.message}" if title else fault.message)


def walk(groups: Iterable[Group]) -> Iterator[Control]:
    """Give every control of the groups, those of rows and of inner forms too."""
    for group in groups:
        controls = list(group.controls)
        if group.table:
            for row in group.table.rows:
                controls += [*row.cells, *row.details]
        for control in controls:
            yield control
            yield from walk(control.inner)


def numbered(groups: Iterable[Group]) -> tuple[Group, ...]:
    """Number the panels that apply, in order."""
    result, number = [], 0
    for group in groups:
        number += group.applies
        result.append(replace(group, number=number if group.applies else 0))
    return tuple(result)
