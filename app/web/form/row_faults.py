"""Faults of rows where no form shows them: each says of which row it is."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from app.core.declare import Object
from app.core.errors import Fault
from app.core.records import display

SHOWN = 5  # faults of rows that are named one by one


def named(obj: Object, record: Any, faults: Iterable[Fault]) -> tuple[Fault, ...]:
    """Return the faults of a stored record; those of its rows begin with the row's name, a few of them."""
    lists = {child.name: getattr(record, child.name) for child in obj.children}
    found, more = list[Fault](), 0
    for fault in faults:
        head, _, rest = fault.path.partition(".")
        index = rest.partition(".")[0]
        rows = lists.get(head, ())
        if not index.isdecimal() or int(index) >= len(rows):
            found.append(fault)
        elif sum("." in one.path for one in found) < SHOWN:
            row = display.title_of(rows[int(index)])
            found.append(replace(fault, message=f"{row}：{fault.message}"))
        else:
            more += 1
    return (*found, *([Fault("", f"另有 {more} 处")] if more else ()))
