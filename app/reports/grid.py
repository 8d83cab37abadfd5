"""A table as lines of a sheet: heads, a line for each row, the total last."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from app.core.declare.reports import Measure
from app.reports.table import Table

WHOLE, PART = "合计", "小计"
Shown = Callable[[Measure, Any], Any]  # how a value stands in a cell


def heads(table: Table) -> list[str]:
    """Return the headings: of the names first, then of the values."""
    asked = table.asked
    named = [item.title for item in (asked.rows, asked.inner) if item is not None]
    if asked.columns is None:
        return named + [item.title for item in asked.show]
    several = len(asked.show) > 1
    groups = [*(side.title for side in table.columns), WHOLE]
    return named + [
        f"{group} {item.title}" if several else group for group in groups for item in asked.show
    ]


def lines(table: Table, shown: Shown) -> Iterator[list[Any]]:
    """Return the lines. With rows within rows, a line of a whole row says so in its second cell."""
    show, nested = table.asked.show, table.asked.inner is not None

    def cells(groups: Sequence[tuple[Any, ...]]) -> list[Any]:
        return [
            shown(item, value) for group in groups for item, value in zip(show, group, strict=True)
        ]

    for line in table.lines():
        names = [line.row.title]
        if nested:
            names.append(line.inner.title if line.inner else PART)
        yield [*names, *cells([*line.cells, line.total])]
    below = [table.column_totals[side.key] for side in table.columns]
    yield [WHOLE, *([""] if nested else []), *cells([*below, table.whole])]


def notes(table: Table) -> list[str]:
    """Return what must be said below a table so that it is not read wrongly."""
    found = []
    if any(side.many for side in table.asked.sides):
        found.append("一件可能列入几行或几列，各计一次，合计只计一次，所以各项之和可能大于合计。")
    if table.rows_cut:
        found.append(f"另有 {table.rows_cut:,} 行没有列出，合计包括它们。")
    if table.columns_cut:
        found.append(f"另有 {table.columns_cut:,} 列没有列出，合计包括它们。")
    return found
