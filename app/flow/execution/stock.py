"""Numbered stock: rows made from a range of numbers, and the next free one taken under its lock."""

import re
from collections.abc import Iterator
from typing import Any

from sqlalchemy import select

from app.core.db.database import elevated, session
from app.core.declare import registry
from app.core.errors import Fault, Rejected
from app.core.expressions.env import make_env
from app.core.records import service as records
from app.flow.execution.effects import Context, register, typed

MOST = 5000  # numbers of one range
_NUMBER = re.compile(r"(.*?)([0-9]{1,18})\Z", re.DOTALL)


def numbers(first: str, last: str, at: str = "") -> Iterator[str]:
    """Return the numbers from first to last: the same letters before digits of the same length.

    Raises Rejected, beside the field `at`, where that is no range.
    """
    begin, end = _NUMBER.match(first), _NUMBER.match(last)
    if begin is None or end is None:
        raise Rejected([Fault(at, "号码应以数字结尾")])
    if begin[1] != end[1] or len(begin[2]) != len(end[2]):
        raise Rejected([Fault(at, "起止号码的字头和位数应相同")])
    lowest, highest = int(begin[2]), int(end[2])
    if highest < lowest:
        raise Rejected([Fault(at, "终止号码小于起始号码")])
    if highest - lowest >= MOST:
        raise Rejected([Fault(at, f"一次最多 {MOST} 个号码，请分批登记")])
    return (f"{begin[1]}{n:0{len(begin[2])}}" for n in range(lowest, highest + 1))


@register("range")
def _range(context: Context) -> None:
    """`range: {object, number, first, last, fields}`: add a row for each number, all or none."""
    params, record = context.params, context.record
    obj = registry.object(params["object"])
    name, last = params["number"], params["last"]
    wanted = list(
        numbers(getattr(record, params["first"]) or "", getattr(record, last) or "", last)
    )
    raw = typed(obj, context.values(params["fields"]))
    with elevated():
        column: Any = getattr(obj.model, name)
        there = select(column).where(column.between(wanted[0], wanted[-1]), column.in_(wanted))
        known = session.scalars(there.order_by(column).limit(1)).first()
        if known is not None:
            raise Rejected([Fault(last, f"号码 {known} 已登记过")])
        for number in wanted:
            records.save(obj, None, raw | {name: number}, complete=True, engine=True)


@register("take")
def _take(context: Context) -> None:
    """`take: {object, as, where, order, fields}`: refer to the first free row, and write on it.

    PostgreSQL passes over rows that others are taking just now; on SQLite one writer takes after
    another. Whoever gives up leaves the row free for the next.
    """
    params = context.params
    obj = registry.object(params["object"])
    model: Any = obj.model
    query = select(model).where(params["where"](model, make_env(form=context.record)))
    query = query.order_by(getattr(model, params["order"]), model.id).limit(1)
    query = query.with_for_update(of=model, skip_locked=True)
    with elevated():
        row = session.scalars(query.execution_options(populate_existing=True)).first()
        if row is None:
            raise Rejected([Fault(params["as"], f"没有可领的{obj.title}")])
        raw = records.raw_of(obj, row) | typed(obj, context.values(params["fields"]))
        records.save(obj, row, raw, complete=True, engine=True)
        setattr(context.record, f"{params['as']}_id", row.id)
        session.flush()
