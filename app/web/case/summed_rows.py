"""Rows beside other rows with what both add up to, as the page of a case and REST show it."""

from collections.abc import Sequence
from typing import Any

from app.core.declare import Child, Compare, Field, Object, registry
from app.core.files.attachments import File as StoredFile
from app.core.records import display
from app.core.types import Decimal, File
from app.flow.execution import comparisons
from app.web.case.content import Fact, Side, SumLine, Sums, SumTable
from app.web.case.record import RecordReader, kind_of
from app.web.form import rows as form_rows


def sums(reader: RecordReader, compare: Compare) -> Sums:
    """Return both sides, their sums and what differs."""
    obj, record = reader.obj, reader.record
    reader.files_of_rows()  # else each cell would ask for its own
    titles = comparisons.titles(obj, compare)
    sides = comparisons.rows(record, compare)
    here, there = (_side(reader, compare, sides[at], at, titles[at]) for at in (0, 1))
    return Sums(
        sides=(here, there),
        tables=tuple(_table(one, compare, titles) for one in comparisons.balances(record, compare)),
        told=comparisons.told(obj, record, compare),
        refuses=compare.level == "error",
    )


def as_json(shown: Sums) -> dict[str, Any]:
    """Return the sums as plain values; amounts are texts as on the page."""
    return {
        "told": shown.told,
        "refuses": shown.refuses,
        "sums": [
            {
                "key": line.key,
                "total": line.total,
                "here": {"title": table.titles[1], "amount": line.here},
                "there": {"title": table.titles[2], "amount": line.there},
                "apart": line.apart,
            }
            for table in shown.tables
            for line in table.lines
        ],
    }


def _table(balance: comparisons.Balance, compare: Compare, titles: tuple[str, str]) -> SumTable:
    key = " ".join(pair.titles[0] for pair in compare.key)
    here, there = (f"{side}{own}" for side, own in zip(titles, balance.pair.titles, strict=True))
    lines = [_line(one, one.key) for one in balance.groups]
    return SumTable(
        titles=(key, here, there), lines=(*lines, _line(balance.total, "合计", total=True))
    )


def _line(one: comparisons.Sum, key: str, *, total: bool = False) -> SumLine:
    here, there, apart = one.texts
    return SumLine(key=key, here=here, there=there, apart=apart, total=total)


# --- the rows -------------------------------------------------------------------------------------


def _side(reader: RecordReader, compare: Compare, rows: Sequence[Any], at: int, title: str) -> Side:
    """Return the rows of a side: of a list of the record all its fields, else only their names.

    What stands in records elsewhere is shown as far as the comparison reads it.
    """
    fields = _fields(_list_at(reader.obj, compare, at), rows, compare, at)
    columns = [(item.title, kind_of(item)) for item in fields] or [("名称", "")]
    columns += [(pair.titles[at], "num") for pair in compare.sums]
    amounts = [comparisons.values(rows, pair, at) for pair in compare.sums]
    found = []
    for number, row in enumerate(rows):
        cells = [_cell(reader, item, row) for item in fields]
        if not fields:
            cells = [Fact(path="", label="名称", text=display.title_of(row))]
        for pair, column in zip(compare.sums, amounts, strict=True):
            text = Decimal(scale=pair.scale).show(column[number])
            cells.append(Fact(path=pair.paths[at], label=pair.titles[at], text=text))
        found.append(tuple(cells))
    return Side(title=title, columns=tuple(columns), rows=tuple(found))


def _cell(reader: RecordReader, item: Field, row: Any) -> Fact:
    obj = registry.object_of(type(row))
    assert obj is not None
    return Fact(
        path=item.name,
        label=item.title,
        text=display.text_of(obj, row, item.name),
        image=reader.picture(item, _stored(item, row)),
    )


def _list_at(obj: Object, compare: Compare, at: int) -> Child | None:
    name = (compare.rows, compare.path)[at]
    return next((child for child in obj.children if child.name == name), None)


def _fields(child: Child | None, rows: Sequence[Any], compare: Compare, at: int) -> list[Field]:
    """Return the fields in which some row has something, without those that are added up."""
    added = [pair.paths[at] for pair in compare.sums]
    return [
        item
        for item in (registry.object(child.object).fields if child else ())
        if not item.hidden
        and not form_rows.is_repeated(item)
        and item.name not in added
        and (not rows or any(_stored(item, row) not in (None, "", [], False) for row in rows))
    ]


def _stored(item: Field, row: Any) -> Any:
    return getattr(row, f"{item.name}_id" if isinstance(item.type, File) else item.name)


def pictures(reader: RecordReader, compare: Compare) -> list[tuple[str, StoredFile]]:
    """Return (title, file) of the pictures and papers in the rows that are added up, row by row."""
    found = []
    sides = comparisons.rows(reader.record, compare) if compare.sums else ()
    for at, rows in enumerate(sides):
        child = _list_at(reader.obj, compare, at)
        fields = registry.object(child.object).fields if child else ()
        papers = [item for item in fields if isinstance(item.type, File) and not item.hidden]
        for row in rows if papers else ():
            for item in papers:
                file = reader.files_of_rows().get(_stored(item, row))
                found += [(f"{display.title_of(row)} {item.title}", file)] if file else []
    return found
