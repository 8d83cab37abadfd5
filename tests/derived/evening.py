"""Steps that let nothing pass while two lists do not add up: whether they do, and rows that do or do not."""

import json
from typing import Any

from app.core.declare import Compare, Object, Step
from app.core.expressions.env import make_env
from app.core.records import service as records
from app.core.types import Decimal
from app.flow.execution import comparisons

FORWARDS = ("submit", "pass")


def refuses(step: Step) -> bool:
    """Tell whether the step lets nothing pass that differs."""
    return step.compare is not None and step.compare.level == "error"


def differs(obj: Object, record: Any, step: Step) -> bool:
    """Tell whether what the step compares is not the same on both sides."""
    compare = step.compare
    if compare is None:
        return False
    if not compare.sums:
        return bool(comparisons.differences(obj, record, compare))
    return any(
        _added(record, compare, n, 0) != _added(record, compare, n, 1) for n in _pairs(compare)
    )


def _pairs(compare: Compare) -> range:
    return range(len(compare.sums))


def _added(record: Any, compare: Compare, number: int, side: int) -> dict[tuple[Any, ...], int]:
    """What one side adds up to by its keys, without those that come to nothing."""
    env, found = make_env(parent=record), {}
    for row in _rows(record, (compare.rows, compare.path)[side]):
        key = tuple((pair.here, pair.there)[side](row, env) for pair in compare.key)
        pair = compare.sums[number]
        found[key] = found.get(key, 0) + ((pair.here, pair.there)[side](row, env) or 0)
    return {key: amount for key, amount in found.items() if amount}


def _rows(record: Any, path: str) -> list[Any]:
    target = record
    for name in path.split("."):
        target = getattr(target, name) if target is not None else ()
    return list(target or ())


def put(maker: Any, obj: Object, record: Any, step: Step, apart: int) -> bool:
    """Write rows to the other list that add up as the own ones do, or to so much more; whether that can be.

    It can where the other list is the record's own and what is added up is typed there.
    """
    compare = step.compare
    child = next((c for c in obj.children if compare and c.name == compare.path), None)
    if compare is None or child is None or len(compare.sums) != 1 or not compare.sums[0].paths[1]:
        return False
    pair, raw = compare.sums[0], json.loads(json.dumps(records.raw_of(obj, record)))
    wanted = _added(record, compare, 0, 0) or {tuple("" for _ in compare.key): 0}
    raw[child.name] = []
    for number, (key, amount) in enumerate(wanted.items()):
        raw[child.name].append({})
        maker._row(obj, raw, child.name, number)
        row = raw[child.name][number]
        row |= {one.paths[1]: value for one, value in zip(compare.key, key, strict=True)}
        row[pair.paths[1]] = Decimal(scale=pair.scale).dump(amount + (apart if not number else 0))
    records.save(obj, record, {child.name: raw[child.name]}, complete=False, engine=True)
    return True
