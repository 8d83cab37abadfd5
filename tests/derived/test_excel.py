"""What goes out as a workbook comes in again as the same record, on both databases."""

from itertools import chain

import pytest
from openpyxl import load_workbook
from sqlalchemy import select

from app.core import types
from app.core.db.database import elevated, session, unit_of_work
from app.core.declare import registry
from app.core.files.workbooks import Book
from app.core.records import bulk_lookups
from app.web.excel import template
from app.web.excel.intake import Intake
from app.web.excel.layout import importable, layout_of
from tests.derived.standing import maker_of
from tests.harness.databases import KINDS

SHEETS = sorted(
    item.id
    for item in registry.registry().functions.values()
    if item.screen in ("apply", "catalog") and importable(item)
)

STARTS = 8  # records that are tried until no two of those that they name are called alike


def held(sheet, row):
    """What a row of a sheet holds, by field: a reference by its id."""
    found = {}
    for column in sheet.columns:
        if column.field is None:
            continue
        value = getattr(row, column.name)
        kind = column.field.type
        if isinstance(kind, types.Refs):
            value = sorted(one.id for one in value or ())
        elif isinstance(kind, types.Ref):
            value = value.id if value is not None else None
        found[column.name] = value or None if isinstance(value, str | list) else value
    return found


def fill_in_what_is_masked(path, layout, record):
    """Type the whole values over what went out with stars, as somebody does who hands the workbook in again."""
    book = load_workbook(path)
    for sheet in layout.sheets:
        rows = getattr(record, sheet.child.name) if sheet.child else [record]
        page = book[sheet.title]
        last = page.max_row - len(rows)
        for at, column in enumerate(sheet.columns, 1):
            if column.field is None or not column.field.mask:
                continue
            for number, row in enumerate(rows, last + 1):
                cell = page.cell(number, at)
                assert cell.value is None or "*" in str(cell.value), "what is masked goes out whole"
                cell.value = getattr(row, column.name)
    book.save(path)


@pytest.mark.parametrize("world", KINDS, indirect=True, scope="module")
@pytest.mark.parametrize("name", SHEETS)
def test_a_workbook_comes_in_as_it_went_out(world, name, tmp_path):
    alike = []  # a name that two records bear says nothing to anybody; then others are chosen
    for start in range(STARTS):
        alike = there_and_back(world, registry.function(name), f"{name} sheet {start}", tmp_path)
        if not alike:
            return
    pytest.fail(f"whatever is chosen, two are called alike: {alike}")


def there_and_back(world, function, seed, folder):
    """Compare a record with itself; return the faults where it names something by a name that two bear."""
    name, obj = function.id, registry.object(function.object)
    role = maker_of(obj.name)
    with world.trial():
        with world.acting(role), unit_of_work():
            maker = world.maker(seed)
            maker.pinned = dict(function.params.get("preset") or {})
            pk = maker.draft(obj).id
        with world.acting(role, name), elevated():
            layout = layout_of(function)
            path = folder / "out.xlsx"
            assert template.write(path, layout, select(obj.model).where(obj.model.id == pk)) == 1
            record = session.get(obj.model, pk)
            out = {
                sheet.title: [
                    held(sheet, row)
                    for row in (getattr(record, sheet.child.name) if sheet.child else [record])
                ]
                for sheet in layout.sheets
            }
            fill_in_what_is_masked(path, layout, record)
            with Book(path) as book, bulk_lookups.batch() as known:
                intake = Intake(book, layout)
                lines = [line for batch in intake.batches() for line in batch]
                intake.check(lines, known)
            assert intake.notes == []
            assert len(lines) == 1
            parts = [lines[0].main, *chain(*lines[0].children.values())]
            found = [fault for part in parts for fault in part.faults]
            if any("无法区分" in message for _, message in found):
                return found
            assert found == []
            row = lines[0].bound.row
            back = {
                sheet.title: [
                    held(sheet, line)
                    for line in (row._children[sheet.child.name] if sheet.child else [row])
                ]
                for sheet in layout.sheets
            }
            assert back == out
    return []
