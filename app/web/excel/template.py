"""The workbook that people fill in, and the same one with records in it."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, datetime
from itertools import count
from pathlib import Path
from typing import IO, Any

from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from sqlalchemy import Select

from app.core.db.database import session
from app.core.declare import Field, registry
from app.core.records import queries
from app.core.types import Boolean, Date, DateTime, Dict, Ref, Refs, Text
from app.intake import reference_targets
from app.intake import text_cleaning as words
from app.web.excel import cells
from app.web.excel.layout import CHOICES, HELP, Column, Layout, Sheet
from app.web.views.export import new_book, save

PREPARED = 1000  # rows with drop-down lists
BATCH = 500
TEXT = "@"
DAY = "yyyy-mm-dd"
MOMENT = "yyyy-mm-dd hh:mm"
HEAD = PatternFill("solid", fgColor="E9F0FB")
NEEDED = PatternFill("solid", fgColor="FCE8D9")

Step = Callable[[int], None]


def write(
    file: IO[bytes] | Path,
    layout: Layout,
    statement: Select[Any] | None = None,
    step: Step | None = None,
) -> int:
    """Write the workbook, with the records of a select where there is one; return their number."""
    lists = _Lists(layout)
    with new_book() as book:
        sheets = {sheet.title: _begin(book, sheet, lists) for sheet in layout.sheets}
        written = 0
        if statement is not None:
            for written, record in enumerate(_records(layout, statement), 1):
                _append(layout, sheets, written, record)
                if step is not None and written % 100 == 0:
                    step(written)
        _help(book, layout)
        lists.write(book)
        save(book, file)
    return written


def _records(layout: Layout, statement: Select[Any]) -> Iterator[Any]:
    paths = [column.name for column in layout.main.columns if column.field]
    for sheet in layout.children:
        assert sheet.child
        paths.append(sheet.child.name)
        paths += [f"{sheet.child.name}.{column.name}" for column in sheet.columns if column.field]
    paths = [path for path in paths if _leads_on(layout, path)]
    query = statement.options(*queries.eager(layout.object, paths))
    query = query.execution_options(yield_per=BATCH)
    for batch in session.scalars(query).partitions(BATCH):
        yield from batch


def _leads_on(layout: Layout, path: str) -> bool:
    head, _, rest = path.partition(".")
    sheet = next((s for s in layout.children if s.child and s.child.name == head), None)
    if sheet is None:
        return isinstance(layout.object.field(head).type, Ref)
    return not rest or isinstance(sheet.object.field(rest).type, Ref)


def _append(layout: Layout, sheets: dict[str, Any], number: int, record: Any) -> None:
    for sheet in layout.sheets:
        lines = getattr(record, sheet.child.name) if sheet.child else [record]
        target = sheets[sheet.title]
        for line in lines:
            target.append([_cell(target, column, line, number) for column in sheet.columns])


def _cell(sheet: Any, column: Column, record: Any, number: int) -> Any:
    if column.field is None:
        return number
    return _styled(sheet, _value(column.field, record))


def _value(field: Field, record: Any) -> Any:
    value = getattr(record, field.name)
    if not isinstance(field.type, Ref):
        whole = not field.mask or value is None
        return cells.value_of(field, value) if whole else field.type.mask(value)
    target = registry.object(field.type.object)
    if isinstance(field.type, Refs):
        return "、".join(reference_targets.name_of(target, item) for item in value or ())
    return reference_targets.name_of(target, value) if value is not None else None


def _styled(sheet: Any, value: Any) -> Any:
    if value is None or value == "":
        return None
    cell = WriteOnlyCell(sheet, value=printable(value) if isinstance(value, str) else value)
    if isinstance(value, str):
        cell.data_type = "s"  # a text that begins with = is no formula
        cell.number_format = TEXT
    elif isinstance(value, datetime):
        cell.number_format = MOMENT
    elif isinstance(value, date):
        cell.number_format = DAY
    return cell


def printable(text: str) -> str:
    """Return the text without signs that a workbook cannot hold."""
    return "".join(c for c in text if c >= " " or c in "\n\t")[:32_767]


# --- sheets -------------------------------------------------------------------------------------------


def _begin(book: Any, sheet: Sheet, lists: "_Lists") -> Any:
    made = book.create_sheet(sheet.title)
    made.freeze_panes = "A2"
    for place, column in enumerate(sheet.columns, 1):
        dimension = made.column_dimensions[get_column_letter(place)]
        dimension.width = _width(column)
        dimension.number_format = _format(column.field)
    for place, column in enumerate(sheet.columns, 1):
        validation = lists.validation(sheet, column)
        if validation is not None:
            letter = get_column_letter(place)
            validation.add(f"{letter}2:{letter}{PREPARED + 1}")
            made.data_validations.append(validation)
    made.append([_head(made, column) for column in sheet.columns])
    return made


def _head(sheet: Any, column: Column) -> Any:
    cell = WriteOnlyCell(sheet, value=column.heading)
    cell.font = Font(bold=True, color="9A3412" if column.required else "1F2937")
    cell.fill = NEEDED if column.required else HEAD
    cell.alignment = Alignment(vertical="center")
    return cell


def _format(field: Field | None) -> str:
    if field is None or field.type.numeric:
        return "General"
    if isinstance(field.type, DateTime):
        return MOMENT
    return DAY if isinstance(field.type, Date) else TEXT


def _width(column: Column) -> float:
    if column.field is None:
        return 10
    if isinstance(column.field.type, Text):
        return 40
    return max(14, 2 * len(column.heading) + 2)


class _Lists:
    """The drop-down lists, kept on a sheet that nobody sees."""

    def __init__(self, layout: Layout) -> None:
        self._columns: dict[str, tuple[int, list[str]]] = {}
        for sheet in layout.sheets:
            for column in sheet.columns:
                key, values = self._values(column.field)
                if values and key not in self._columns:
                    self._columns[key] = (len(self._columns) + 1, values)

    def _values(self, field: Field | None) -> tuple[str, list[str]]:
        if field is None:
            return "", []
        if isinstance(field.type, Boolean):
            return "boolean", ["是", "否"]
        if isinstance(field.type, Dict):
            key = f"{type(field.type).__name__}:{field.type.of}"
            return key, [] if key in self._columns else words.choices(field.type)
        if isinstance(field.type, Ref):
            key = f"{type(field.type).__name__}:{field.type.object}"
            return key, [] if key in self._columns else reference_targets.drop_down(field)
        return "", []

    def validation(self, sheet: Sheet, column: Column) -> DataValidation | None:
        """Return the drop-down list of a column, if it has one."""
        field = column.field
        if field is None:
            return None
        key = "boolean" if isinstance(field.type, Boolean) else ""
        if isinstance(field.type, Dict):
            key = f"{type(field.type).__name__}:{field.type.of}"
        elif isinstance(field.type, Ref):
            key = f"{type(field.type).__name__}:{field.type.object}"
        if key not in self._columns:
            return None
        place, values = self._columns[key]
        letter = get_column_letter(place)
        made = DataValidation(
            type="list",
            formula1=f"'{CHOICES}'!${letter}$1:${letter}${len(values)}",
            allow_blank=True,
        )
        made.error, made.errorTitle = "请从下拉列表中选择", column.title[:32]
        made.showErrorMessage = not isinstance(field.type, Ref)
        return made

    def write(self, book: Any) -> None:
        """Write the hidden sheet."""
        if not self._columns:
            return
        sheet = book.create_sheet(CHOICES)
        sheet.sheet_state = "hidden"
        longest = max(len(values) for _, values in self._columns.values())
        ordered = [values for _, values in sorted(self._columns.values())]
        for row in range(longest):
            sheet.append(
                [_styled(sheet, values[row]) if row < len(values) else None for values in ordered]
            )


# --- explanations ---------------------------------------------------------------------------------------


def _help(book: Any, layout: Layout) -> None:
    sheet = book.create_sheet(HELP)
    for letter, width in zip("ABCDE", (18, 24, 12, 44, 70), strict=True):
        sheet.column_dimensions[letter].width = width
    for line in _hints(layout):
        sheet.append([line])
    sheet.append([])
    heads = ("工作表", "列", "是否必填", "内容和长度", "说明")
    sheet.append([_bold(sheet, head) for head in heads])
    for part in layout.sheets:
        for column in part.columns:
            words = (part.title, column.title, *_explained(column))
            sheet.append([_styled(sheet, word) for word in words])


def _bold(sheet: Any, text: str) -> Any:
    cell = WriteOnlyCell(sheet, value=text)
    cell.font = Font(bold=True)
    cell.fill = HEAD
    return cell


def _hints(layout: Layout) -> Iterable[str]:
    number = count(1)
    yield f"{layout.function.title}：导入{layout.object.title}的填写说明"
    yield (
        f"{next(number)}. 在“{layout.main.title}”工作表第 2 行起填写，一行一条；"
        "不要改动列名，列的次序可以变，不用的列可以删去（必填列除外）。"
    )
    for sheet in layout.children:
        yield (
            f"{next(number)}. “{sheet.title}”工作表填写每条记录的{sheet.title}，一行一项，"
            f"“所属序号”写“{layout.main.title}”中那一条的“序号”。"
        )
    yield (
        f"{next(number)}. 证件号码、电话等以文本格式填写；日期填成 2026-11-24 的样子；"
        "不要合并单元格，不要使用公式。"
    )
    yield f"{next(number)}. 留空的列取系统的默认值；附件不能从表格导入，导入后在页面上补传。"
    yield f"{next(number)}. 上传后系统先逐行检查，指出每一处错误，您确认后才写入。"


def _explained(column: Column) -> Sequence[str]:
    field = column.field
    if field is None:
        return ("是", "整数", "用来把几张工作表中的内容对应起来，不写入系统")
    needed = "是" if column.required else ("按情况" if field.required else "否")
    what = _reference_words(field) if isinstance(field.type, Ref) else cells.words_of(field.type)
    notes = [field.help]
    if field.default is not None and not callable(field.default):
        notes.append(f"留空为“{_default(field)}”")
    elif field.default is not None:
        notes.append("留空由系统填写")
    if field.when is not None:
        notes.append("只在适用时填写，不适用时留空")
    if field.unique:
        notes.append("不能重复")
    return (needed, what, "；".join(note for note in notes if note))


def _reference_words(field: Field) -> str:
    assert isinstance(field.type, Ref)
    target = registry.object(field.type.object)
    key = reference_targets.key_of(target)
    text = f"{target.title}的名称" + (f"或{target.field(key).title}" if key else "")
    return f"{text}，多个用顿号隔开" if isinstance(field.type, Refs) else text


def _default(field: Field) -> str:
    value = cells.value_of(field, field.default)
    return str(value) if value is not None else ""
