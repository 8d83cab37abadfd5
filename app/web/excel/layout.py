"""What a workbook of a function's records looks like: sheets, columns, headings."""

import re
from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from app.core.access.actor import current_actor
from app.core.declare import Child, Field, Function, Object, registry
from app.core.records import form_binding
from app.core.records import service as records
from app.core.types import File

NUMBER = "序号"
BELONGS = "所属序号"
MAIN = "填写内容"
HELP = "填写说明"
CHOICES = "选项"
EXPLAINED = "错误说明"  # column that a marked workbook has besides
_NOISE = re.compile(r"[\s*＊:：]+")


@dataclass(frozen=True)
class Column:
    """One column: a field, or (`field` None) the number that joins two sheets."""

    title: str
    field: Field | None = None

    @property
    def name(self) -> str:
        """The field's name; "#" for the number."""
        return self.field.name if self.field else "#"

    @property
    def required(self) -> bool:
        """Whether it must always be filled in."""
        return self.field is None or (
            self.field.required is True and self.field.default is None and self.field.when is None
        )

    @property
    def heading(self) -> str:
        """What stands above the column."""
        return f"{self.title} *" if self.required else self.title


@dataclass(frozen=True)
class Sheet:
    """One sheet: records (`child` None) or the rows of one of their lists."""

    title: str
    object: Object
    columns: tuple[Column, ...]
    child: Child | None = None

    @cached_property
    def by_title(self) -> dict[str, Column]:
        """Columns by what their heading says, without what people add to it."""
        return {plain(column.title): column for column in self.columns}


@dataclass(frozen=True)
class Layout:
    """All sheets of a function's workbook; `preset` are values that the function itself gives.

    `opened` is what may be filled in where the flow begins, LIST.FIELD among it; None = all.
    """

    function: Function
    object: Object
    main: Sheet
    children: tuple[Sheet, ...]
    preset: dict[str, Any]
    opened: frozenset[str] | None

    @property
    def sheets(self) -> tuple[Sheet, ...]:
        """The sheet of records and those of their lists."""
        return (self.main, *self.children)


def plain(heading: Any) -> str:
    """Return a heading without blanks, stars and colons."""
    return _NOISE.sub("", str(heading or "")).replace("(", "（").replace(")", "）")


def importable(function: Function) -> bool:
    """Tell whether rows of the function's object can come from a workbook at all."""
    obj = registry.object(function.object)
    if obj.draft is not None or obj.parent:
        return False
    preset = dict(function.params.get("preset") or {})
    return any(_typed(obj, preset, records.opened_first(obj, preset)))


def layout_of(function: Function) -> Layout:
    """Return the workbook that the present person may fill in for a function."""
    obj = registry.object(function.object)
    preset = dict(function.params.get("preset") or {})
    opened = records.opened_first(obj, preset)
    columns = _columns(_typed(obj, preset, opened))
    children = tuple(_child_sheet(child, opened) for child in obj.children)
    children = tuple(sheet for sheet in children if len(sheet.columns) > 1)
    if children:
        columns = (Column(NUMBER), *columns)
    titles = _sheet_titles([obj.title, *(sheet.title for sheet in children)])
    main = Sheet(titles[0], obj, columns)
    named = tuple(
        Sheet(title, sheet.object, sheet.columns, sheet.child)
        for title, sheet in zip(titles[1:], children, strict=True)
    )
    return Layout(function, obj, main, named, preset, opened)


def _child_sheet(child: Child, opened: frozenset[str] | None) -> Sheet:
    """Return the sheet of a list; where the list is not opened no row can be added, so it has no columns."""
    inner, begin = registry.object(child.object), f"{child.name}."
    if opened is not None and child.name not in opened:
        return Sheet(child.title, inner, (), child)
    named = {name.removeprefix(begin) for name in opened or () if name.startswith(begin)}
    columns = _columns(_typed(inner, named=named))
    return Sheet(child.title, inner, (Column(BELONGS), *columns), child)


def _typed(
    obj: Object,
    preset: Collection[str] = (),
    opened: frozenset[str] | None = None,
    named: Collection[str] = (),
) -> list[Field]:
    """Return the fields that this person types and a cell can hold; `named` are columns opened by name."""
    actor = current_actor()
    return [
        item
        for item in form_binding.typed_fields(obj)
        if (not item.readonly or item.name in named)
        and (opened is None or item.name in opened)
        and not isinstance(item.type, File)
        and item.name not in preset
        and (not item.edit_by or actor.everything or actor.roles & set(item.edit_by))
    ]


def _columns(fields: Iterable[Field]) -> tuple[Column, ...]:
    fields = list(fields)
    times = Counter(plain(item.title) for item in fields)
    seen: Counter[str] = Counter()
    columns = []
    for item in fields:
        title = item.title
        if times[plain(title)] > 1:
            seen[title] += 1
            title = f"{title}（{item.section or seen[title]}）"
        columns.append(Column(title, item))
    return tuple(columns)


def _sheet_titles(titles: list[str]) -> list[str]:
    """Return names that a workbook accepts: short, without signs, each once."""
    taken = {HELP, CHOICES}
    made = []
    for title in titles:
        short = re.sub(r"[\[\]:*?/\\']", "", title)[:28] or MAIN
        name, number = short, 1
        while name in taken:
            number += 1
            name = f"{short}{number}"
        taken.add(name)
        made.append(name)
    return made
