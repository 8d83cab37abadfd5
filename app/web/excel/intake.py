"""Rows of a workbook on their way into records: found, read, resolved, checked.

Everything goes in batches, so that memory and the number of statements do not grow with the rows
of the file. Reading twice (once to check, once to write) gives the same lines.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from openpyxl.utils import get_column_letter
from sqlalchemy import select

from app.core.db.database import session
from app.core.declare import Object, registry
from app.core.errors import Fault
from app.core.expressions.env import Env, make_env
from app.core.files.workbooks import Book, Cell, refused
from app.core.records import bulk_lookups, form_binding, validation
from app.core.records import service as records
from app.core.records.queries import Filter, clause
from app.core.types import Dict, File, Ref
from app.intake import reference_targets
from app.intake import text_cleaning as words
from app.intake.duplicates import REPEATED, Repeats
from app.intake.text_cleaning import Unreadable
from app.web.excel import cells
from app.web.excel.layout import CHOICES, EXPLAINED, HELP, Column, Layout, Sheet, plain

MOST_ROWS = 100_000
MOST_ROWS_SQLITE = 3_000  # while one import writes there, nobody else can
MOST_CHILD_ROWS = 200_000
BATCH = 200
HIDDEN = "**"  # in a text that we have masked ourselves
HEADS_WITHIN = 10  # rows in which the headings are looked for


@dataclass(frozen=True)
class Place:
    """Where a fault stands."""

    sheet: str
    row: int
    letter: str = ""
    title: str = ""
    text: str = ""


@dataclass
class Part:
    """One row of a sheet: its cells by field, the raw values read from them, what cannot be read."""

    sheet: Sheet
    row: int
    cells: dict[str, Cell]
    raw: dict[str, Any] = field(default_factory=dict)
    faults: list[tuple[str, str]] = field(default_factory=list)  # (field, message)


@dataclass
class Line:
    """One record to be: its own row and those of its lists."""

    main: Part
    children: dict[str, list[Part]] = field(default_factory=dict)
    faults: list[tuple[Fault, Place]] = field(default_factory=list)
    bound: form_binding.Bound | None = None

    @property
    def row(self) -> int:
        """The number of its row in the first sheet."""
        return self.main.row

    @property
    def bad(self) -> bool:
        """Whether it cannot be imported."""
        return any(fault.level == "error" for fault, _ in self.faults)

    @property
    def repeated(self) -> bool:
        """Whether it is there already, in the system or further up in the file."""
        return any(fault.source == REPEATED for fault, _ in self.faults)

    def raw(self, preset: dict[str, Any]) -> dict[str, Any]:
        """Return what `app.core.records.service` reads."""
        raw = {**preset, **self.main.raw}
        for name, parts in self.children.items():
            raw[name] = [part.raw for part in parts]
        return raw


class Intake:
    """A workbook that is to become records of a function."""

    def __init__(self, book: Book, layout: Layout) -> None:
        """Find sheets and headings; Rejected where the workbook is not the function's."""
        self.book, self.layout = book, layout
        self.notes: list[str] = []
        self.general: list[tuple[Fault, Place]] = []
        self._repeats = Repeats(layout.object)
        self._codes = words.Codes()
        self._titles = self._match_sheets()
        self.heads = {title: self._head(title, sheet) for title, sheet in self._titles.items()}
        self.total = self._look_through()
        self._orphans: dict[str, dict[str, list[Part]]] = self._child_parts()

    # -- the workbook

    def _match_sheets(self) -> dict[str, Sheet]:
        visible = [t for t in self.book.titles if t not in (HELP, CHOICES)]
        found: dict[str, Sheet] = {}
        for sheet in self.layout.sheets:
            title = next((t for t in visible if t.strip() == sheet.title), "")
            if title:
                found[title] = sheet
        if self.layout.main not in found.values():
            rest = [t for t in visible if t not in found and not self.book.is_hidden(t)]
            if not rest:
                raise refused(f"工作簿里没有“{self.layout.main.title}”工作表，请下载模板填写")
            found[rest[0]] = self.layout.main
        for title in visible:
            if title not in found and not self.book.is_hidden(title):
                self.notes.append(f"工作表“{title}”不在模板中，没有读取")
        return found

    def _head(self, title: str, sheet: Sheet) -> tuple[int, dict[int, Column]]:
        """Find the row of headings: of the first rows, the one that holds most of them."""
        best: tuple[int, list[Cell]] = (0, [])
        most = 0
        for number, row in self.book.rows(title):
            if number > HEADS_WITHIN:
                break
            hits = sum(plain(cells.text_of(cell)) in sheet.by_title for cell in row)
            if hits > most:
                best, most = (number, row), hits
        if not most:
            first = "、".join(column.title for column in sheet.columns[:5])
            raise refused(
                f"工作表“{title}”的前 {HEADS_WITHIN} 行没有找到列名（{first}…），请用模板填写"
            )
        return best[0], self._columns(title, sheet, best[1])

    def _columns(self, title: str, sheet: Sheet, row: list[Cell]) -> dict[int, Column]:
        found: dict[int, Column] = {}
        unknown = []
        for cell in row:
            text = cells.text_of(cell)
            column = sheet.by_title.get(plain(text))
            if column is None and text == EXPLAINED:
                continue  # a workbook that we marked ourselves
            if column is None:
                unknown.append(f"{cell.letter} 列“{text[:20]}”")
            elif column in found.values():
                raise refused(f"工作表“{title}”有两列都叫“{column.title}”，请删去一列")
            else:
                found[cell.column] = column
        missing = [
            column.title
            for column in sheet.columns
            if column.required and column not in found.values() and self._needs(sheet, column)
        ]
        if missing:
            raise refused(f"工作表“{title}”缺少必填的列：{'、'.join(missing)}")
        if unknown:
            self.notes.append(f"工作表“{title}”中不认识的列没有读取：{'、'.join(unknown[:10])}")
        return found

    def _needs(self, sheet: Sheet, column: Column) -> bool:
        """The number of the first sheet is needed only where there are rows that refer to it."""
        return column.field is not None or sheet.child is not None

    def _look_through(self) -> int:
        rows = 0
        for title, sheet in self._titles.items():
            shape = self.book.shape(title)
            head = self.heads[title][0]
            below = [ref for ref in shape.merged if _last_row(ref) > head]
            for ref in below[:50]:
                place = Place(title, _first_row(ref))
                words = f"{ref} 是合并的单元格，请取消合并，每行各自填写"
                self.general.append((Fault("", words), place))
            if shape.hidden_columns:
                self.notes.append(f"工作表“{title}”有隐藏的列，其中的内容同样读取")
            if shape.hidden_rows:
                self.notes.append(
                    f"工作表“{title}”有隐藏或被筛选掉的 {shape.hidden_rows} 行，同样读取"
                )
            most = MOST_CHILD_ROWS if sheet.child else most_rows()
            if shape.rows - head > most:
                raise refused(
                    f"工作表“{title}”有 {shape.rows - head:,} 行（含设了格式的空行），"
                    f"一次最多导入 {most:,} 行，请分成几个文件"
                )
            if sheet is self.layout.main:
                rows = max(0, shape.rows - head)
        if not rows:
            raise refused(f"“{self.layout.main.title}”工作表没有填写任何内容")
        return rows

    # -- rows

    def _parts(self, sheet: Sheet) -> Iterator[Part]:
        title = next((t for t, s in self._titles.items() if s is sheet), None)
        if title is None:
            return
        head, columns = self.heads[title]
        for number, row in self.book.rows(title):
            if number <= head:
                continue
            held = {columns[cell.column].name: cell for cell in row if cell.column in columns}
            if set(held) - {"#"}:
                yield self._read(Part(sheet, number, held))

    def _read(self, part: Part) -> Part:
        for column in part.sheet.columns:
            cell = part.cells.get(column.name)
            if column.field is None or cell is None:
                continue
            kind = column.field.type
            try:
                raw = cells.raw_of(cell, kind, self.book.epoch)
                if column.field.mask and isinstance(raw, str) and HIDDEN in raw:
                    raise Unreadable("中间以星号隐去了，请填写完整的内容")
                if isinstance(kind, Dict) and raw:
                    raw = self._codes.of(kind, raw)
                if raw != "":
                    part.raw[column.name] = raw
            except Unreadable as error:
                part.faults.append((column.name, str(error)))
        return part

    def _child_parts(self) -> dict[str, dict[str, list[Part]]]:
        found: dict[str, dict[str, list[Part]]] = {}
        for sheet in self.layout.children:
            assert sheet.child
            groups: dict[str, list[Part]] = defaultdict(list)
            for part in self._parts(sheet):
                cell = part.cells.get("#")
                groups[cells.text_of(cell).strip() if cell else ""].append(part)
            found[sheet.child.name] = groups
        return found

    def lines(self) -> Iterator[Line]:
        """Return the records to be, in the order of the file."""
        numbers: dict[str, int] = {}
        for part in self._parts(self.layout.main):
            line = Line(part)
            cell = part.cells.get("#")
            number = cells.text_of(cell).strip() if cell else ""
            if number and number in numbers:
                self._fault(line, Fault("#", f"序号与第 {numbers[number]} 行重复"))
            elif number:
                numbers[number] = part.row
            for name, groups in self._orphans.items():
                if number in groups and numbers.get(number) == part.row:
                    line.children[name] = groups[number]
            yield line
        self._note_orphans(numbers)

    def _note_orphans(self, numbers: dict[str, int]) -> None:
        known = {(fault.path, place) for fault, place in self.general}
        for groups in self._orphans.values():
            for number, parts in groups.items():
                if number and number in numbers:
                    continue
                for part in parts[:100]:
                    said = f"没有序号为“{number}”的记录" if number else "请填写所属序号"
                    place = self._place(part, "#")
                    if ("#", place) not in known:
                        self.general.append((Fault("#", said), place))

    # -- checking

    def batches(self) -> Iterator[list[Line]]:
        """Return the lines in batches; `check` each one within its own `bulk.batch()`."""
        held: list[Line] = []
        for line in self.lines():
            held.append(line)
            if len(held) == BATCH:
                yield held
                held = []
        if held:
            yield held

    def check(self, lines: list[Line], known: bulk_lookups.Batch) -> None:
        """Find everything that is wrong with a batch."""
        self._resolve(lines, known)
        env = make_env()
        for line in lines:
            raw = line.raw(self.layout.preset)
            line.bound = records.bind_new(self.layout.object, raw, env, self.layout.opened)
        self._find_repeats(lines, known)
        for line in lines:
            self._judge(line, env)

    def _resolve(self, lines: list[Line], known: bulk_lookups.Batch) -> None:
        """Look the references of a column up together, and load what they name."""
        for sheet in self.layout.sheets:
            parts = [part for line in lines for part in _parts_of(line, sheet)]
            for column in sheet.columns:
                if column.field is None or not isinstance(column.field.type, Ref):
                    continue
                held = [part for part in parts if isinstance(part.raw.get(column.name), str)]
                if held:
                    self._resolve_column(column, held, known)

    def _resolve_column(self, column: Column, parts: list[Part], known: bulk_lookups.Batch) -> None:
        assert column.field
        found = reference_targets.look_up(column.field, {part.raw[column.name] for part in parts})
        for part in parts:
            try:
                ids = found.ids(column.field, part.raw[column.name])
                part.raw[column.name] = ",".join(str(pk) for pk in ids)
                known.announce(found.target.name, ids)
            except Unreadable as error:
                del part.raw[column.name]
                part.faults.append((column.name, str(error)))

    def _find_repeats(self, lines: list[Line], known: bulk_lookups.Batch) -> None:
        rows = [(f"第 {line.row} 行", line.bound.row) for line in lines if line.bound]
        drafts = self._drafts if self.layout.object.flow else None
        for number, fault in self._repeats.find(rows, known, drafts):
            self._fault(lines[number], fault)

    def _drafts(self, group: tuple[str, ...], asked: list[Any]) -> set[Any]:
        """Return the keys of this person's drafts, which take no key yet."""
        obj = self.layout.object
        model: Any = obj.model
        flow = registry.flow(obj.flow)
        columns = [getattr(model, validation.column_of(obj, name)) for name in group]
        found: set[Any] = set()
        for piece in bulk_lookups.pieces(asked):
            query = select(*columns).where(
                bulk_lookups.among(columns, piece),
                clause(obj, model, Filter("state", "eq", flow.steps[0].name)),
            )
            found.update(tuple(row) for row in session.execute(query))
        return found

    def _judge(self, line: Line, env: Env) -> None:
        assert line.bound
        for part, prefix in _all_parts(line):
            for name, message in part.faults:
                self._fault(line, Fault(prefix + name, message))
        unread = {fault.path for fault, _ in line.faults}
        found = records.judge(self.layout.object, line.bound, env, complete=True)
        for fault in found:
            if fault.path not in unread and not _beyond_cells(self.layout.object, fault):
                self._fault(line, fault)

    def _fault(self, line: Line, fault: Fault) -> None:
        line.faults.append((fault, self._find(line, fault.path)))

    def _find(self, line: Line, path: str) -> Place:
        """Return the cell that a fault is about; the row where it is about no cell."""
        head, _, rest = path.partition(".")
        if rest and head in line.children:
            index, _, name = rest.partition(".")
            parts = line.children[head]
            if index.isdigit() and int(index) < len(parts):
                return self._place(parts[int(index)], name)
        return self._place(line.main, head)

    def _place(self, part: Part, name: str) -> Place:
        title = next(t for t, sheet in self._titles.items() if sheet is part.sheet)
        columns = self.heads[title][1]
        number = next((n for n, column in columns.items() if column.name == name), 0)
        heading = next((c.title for c in part.sheet.columns if c.name == name), "")
        cell = part.cells.get(name)
        if not number:
            return Place(title, part.row, "", heading)
        field = next((c.field for c in part.sheet.columns if c.name == name), None)
        text = cells.shown(cell, field)[:200] if cell else ""
        return Place(title, part.row, get_column_letter(number), heading, text)


def most_rows() -> int:
    """Return how many records one workbook may hold."""
    small = session.get_bind().dialect.name == "sqlite"
    return min(MOST_ROWS, MOST_ROWS_SQLITE) if small else MOST_ROWS


def _parts_of(line: Line, sheet: Sheet) -> list[Part]:
    return [line.main] if sheet.child is None else line.children.get(sheet.child.name, [])


def _all_parts(line: Line) -> Iterator[tuple[Part, str]]:
    yield line.main, ""
    for name, parts in line.children.items():
        for index, part in enumerate(parts):
            yield part, f"{name}.{index}."


def _beyond_cells(obj: Object, fault: Fault) -> bool:
    """Tell whether a fault is about papers and pictures, which are handed in later."""
    if fault.path.startswith("material."):
        return True
    head = fault.path.partition(".")[0]
    item = next((item for item in obj.fields if item.name == head), None)
    return item is not None and isinstance(item.type, File) and bool(obj.flow)


def _first_row(ref: str) -> int:
    return int("".join(c for c in ref.partition(":")[0] if c.isdigit()))


def _last_row(ref: str) -> int:
    return int("".join(c for c in ref.partition(":")[2] if c.isdigit()))
