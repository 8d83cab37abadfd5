"""Rows that a receipt brings find the rows of the record by their key, and change only what they bring."""

from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

from app.core.declare import Child, Object, registry
from app.core.errors import Fault, Rejected
from app.core.records.typed_row import stored_value

_SHOWN = 20  # rows that are named; the receipt itself is kept whole


@dataclass
class Placed:
    """What a receipt means for the rows of one list."""

    rows: list[dict[str, Any]]  # all rows of the list, as they are to be written
    numbers: dict[int, int] = field(default_factory=dict)  # place in `rows`: row of the receipt
    strangers: list[str] = field(default_factory=list)  # what no row was found for


def key_of(child: Child) -> tuple[str, ...]:
    """Return the fields by which a row of a list is recognised."""
    return child.rows.key if child.rows else child.unique


def place(child: Child, record: Any, brought: list[dict[str, Any]], *, adds: bool) -> Placed:
    """Find the row for each row of a receipt; without one it is new where the list `adds`, else told.

    Rows that nothing is brought for stay as they are. Raises Rejected where two brought rows are
    for the same one: either could be meant. What a row leaves empty was not said.
    """
    obj, key = registry.object(child.object), key_of(child)
    there = defaultdict[tuple[Any, ...], list[int]](list)
    rows: list[dict[str, Any]] = []
    for number, row in enumerate(getattr(record, child.name)):
        there[tuple(stored_value(obj.field(name), row) for name in key)].append(number)
        rows.append({"id": str(row.id)})
    placed, seen = Placed(rows), dict[tuple[Any, ...], int]()
    for number, said in enumerate(brought):
        values = {name: value for name, value in said.items() if value not in (None, "")}
        mine = _read(obj, key, values)
        found = there.get(mine, []) if mine else []
        if mine and mine in seen:
            what = f"与第 {seen[mine] + 1} 行重复"
            raise Rejected([Fault(f"{child.name}.{number}", what)])
        seen.setdefault(mine, number)
        if len(found) == 1:
            rows[found[0]] |= values
            placed.numbers[found[0]] = number
        elif adds and not found:
            placed.numbers[len(rows)] = number
            rows.append(values)
        else:
            placed.strangers.append(_name(obj, key, values, number))
    return placed


def refuse_verdicts(obj: Object, child: Child, brought: list[dict[str, Any]]) -> None:
    """Raise Rejected where rows bring a verdict: a step of the flow gives it, and the counterpart does not."""
    flow = registry.flow_of(obj.name)
    judged = (
        {s.per.field for s in flow.steps if s.per and s.per.rows == child.name} if flow else set()
    )
    faults = [
        Fault(f"{child.name}.{number}.{name}", "结论由办理环节给出，回执不能带回")
        for number, row in enumerate(brought)
        for name in sorted(judged)
        if row.get(name) not in (None, "")
    ]
    if faults:
        raise Rejected(faults)


def _read(obj: Object, key: tuple[str, ...], values: dict[str, Any]) -> tuple[Any, ...]:
    """Return the key of a brought row, as it would be stored; nothing where a part is missing or unreadable."""
    try:
        found = tuple(obj.field(name).type.parse(values.get(name)) for name in key)
    except ValueError:
        return ()
    return () if any(value in (None, "", []) for value in found) else found


def _name(obj: Object, key: tuple[str, ...], values: dict[str, Any], number: int) -> str:
    """Name a brought row by its key; a masked number is not told."""
    said = [
        obj.field(name).type.mask(values[name]) if obj.field(name).mask else str(values[name])
        for name in key
        if values.get(name)
    ]
    return " ".join(said) or f"第 {number + 1} 行"


def told(child: Child, strangers: list[str]) -> str:
    """Say which rows of a receipt were not placed."""
    if not strangers:
        return ""
    more = " 等" if len(strangers) > _SHOWN else ""
    names = "、".join(strangers[:_SHOWN])
    return f"“{child.title}”中没有对应的 {len(strangers)} 行：{names}{more}"


@contextmanager
def numbered(lists: dict[str, Placed]) -> Iterator[None]:
    """Let faults of rows name the rows of the receipt, not those of the record."""
    try:
        yield
    except Rejected as error:
        raise Rejected([_numbered(fault, lists) for fault in error.faults]) from error


def _numbered(fault: Fault, lists: dict[str, Placed]) -> Fault:
    name, _, rest = fault.path.partition(".")
    number, _, inner = rest.partition(".")
    if name not in lists or not number.isdecimal():
        return fault
    own = lists[name].numbers.get(int(number))
    path = name if own is None else ".".join(filter(None, (name, str(own), inner)))
    return replace(fault, path=path)
