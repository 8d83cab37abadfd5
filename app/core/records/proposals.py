"""Values that follow a proposal until a person overrides them, and rows that follow other rows."""

import hashlib
import heapq
import secrets
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from sqlalchemy import Select, select

from app.core.db.database import session
from app.core.declare import Child, Field, Object, Rows, registry
from app.core.errors import Fault
from app.core.expressions.env import Env
from app.core.records import exclusivity
from app.core.records.typed_row import Row

PROPOSED, BASIS, REASON = "_proposed", "_basis", "_reason"
ADDED = "added"  # of a row that somebody has added beside those that follow
EMPTY: tuple[Any, ...] = (None, "", [])


def follows(item: Field, row: Row, raw: dict[str, Any], stored: Any, proposed: Any) -> bool:
    """Tell whether a proposed value is still the proposal's, going by what was stored and typed.

    `stored` and `proposed` are what the record behind the row holds of both. A form sends the
    proposal that the person saw; a value that is equal to it was not chosen by anybody.
    """
    value = row._values[item.name]
    if value in EMPTY:
        return True
    if row._record is not None and value == stored:
        return bool(stored == proposed) and not row._values[item.name + REASON]
    try:
        seen = item.type.parse(raw.get(item.name + PROPOSED))
    except ValueError:
        return False
    return bool(seen == value)


def propose(item: Field, row: Row, env: Env) -> None:
    """Compute the proposal anew, with the lines it was taken from; a value that follows takes it."""
    source = row._object.field(item.name + PROPOSED).value
    assert source is not None
    proposed, basis = env.policy.tracing(lambda: source(row, env))
    row._values[item.name + PROPOSED] = proposed
    if item.name + BASIS in row._values:
        row._values[item.name + BASIS] = basis[:1000] or None
    if item.name in row._follows:
        row._values[item.name] = proposed


def key_of(child: Child, values: dict[str, Any]) -> tuple[Any, ...]:
    """Return by what a row is recognised."""
    assert child.rows
    return tuple(values.get(name) for name in child.rows.key)


class Keys:
    """Tells rows of one list apart: those with an empty part in their key one by one, in their order."""

    def __init__(self, child: Child) -> None:
        self.child = child
        self._seen: Counter[tuple[Any, ...]] = Counter()

    def next(self, values: dict[str, Any]) -> tuple[Any, ...]:
        """Return the key of the next row; what is not known may be something else each time."""
        key = key_of(self.child, values)
        if None not in key:
            return key
        self._seen[key] += 1
        return (*key, self._seen[key])


def wanted(child: Child, row: Row, env: Env) -> dict[tuple[Any, ...], dict[str, Any]]:
    """Return what the rows of a list take over, by their key, in the order of their source.

    Only a row that gives nothing at all is left out.
    """
    assert child.rows
    found: dict[tuple[Any, ...], dict[str, Any]] = {}
    keys = Keys(child)
    source = child.rows.source
    for values in _free(child, row, source(row, env)) if source else _records(child, row, env):
        if values is not None and any(value not in EMPTY for value in values.values()):
            found.setdefault(keys.next(values), values)
    return found


def _free(
    child: Child, row: Row, found: list[dict[str, Any] | None]
) -> list[dict[str, Any] | None]:
    """Return what rows give without what stands in another record, where it may stand in one only."""
    place = exclusivity.place_of(child.object)
    if place is None:
        return found
    name = place.item.name
    ids = {values[name] for values in found if values and values.get(name)}
    away = exclusivity.taken(place, ids, getattr(row, "id", None))
    return [values for values in found if values is None or values.get(name) not in away]


def _records(child: Child, row: Row, env: Env) -> list[dict[str, Any]]:
    """Return what the records that a list follows give; one more than there may be shows the excess."""
    rows = child.rows
    assert rows
    assert rows.where
    assert rows.each
    assert child.max
    target = registry.object(rows.object)
    model: Any = target.model
    query = select(model).where(rows.where(model, env))
    place = exclusivity.place_of(child.object)
    if place is not None:
        query = query.where(exclusivity.free(target, place.item, getattr(row, "id", None)))
    if rows.sample:
        query = query.where(model.id.in_(_drawn(rows, row, env, query.with_only_columns(model.id))))
    inner = replace(env, parent=row)
    found = session.scalars(query.order_by(model.id).limit(child.max + 1))
    return [rows.each(one, inner) for one in found]


def _drawn(rows: Rows, row: Row, env: Env, candidates: Select[Any]) -> list[int]:
    """Return the records that are drawn: those whose digest with the seed of the record comes first.

    The seed is made when the record is first saved and never again, so nobody draws until the draw suits;
    before, nothing is drawn. Whoever has the seed draws the same. A record that comes to the others, or
    leaves them, changes no other's place.
    """
    assert rows.sample
    count = rows.sample(row, env) or 0
    if not row._values.get(rows.seed):
        if not env.draws:
            return []
        row._values[rows.seed] = secrets.token_hex(8)
    seed = row._values[rows.seed]

    def place(pk: int) -> bytes:
        return hashlib.sha256(f"{seed}/{pk}".encode()).digest()

    return heapq.nsmallest(max(0, count), session.scalars(candidates), key=place)


def strangers(child: Child, row: Row, env: Env, path: str, *, typed: bool) -> list[Fault]:
    """Return what is wrong with new rows that were sent but follow nothing; `typed` = by a person."""
    assert child.rows
    if child.rows.add or (child.rows.others and not typed):
        return _unclear(child, row, path)
    known, keys, faults = wanted(child, row, env), Keys(child), []
    for index, inner in enumerate(row._children[child.name]):
        if keys.next(inner._values) not in known and inner._record is None:
            what = f"“{child.title}”由系统按来源列出，不能自行增加"
            faults.append(Fault(f"{path}.{index}", what))
    return faults


def is_added(inner: Row) -> bool:
    """Tell whether somebody has added a row beside those that follow."""
    return bool(inner._values.get(ADDED))


def _unclear(child: Child, row: Row, path: str) -> list[Fault]:
    """Return which rows cannot be told apart: without their key, or with that of another one."""
    assert child.rows
    faults, seen = [], dict[tuple[Any, ...], int]()
    for index, inner in enumerate(row._children[child.name]):
        key = key_of(child, inner._values)
        if None in key:
            if child.rows.others:
                faults.append(Fault(f"{path}.{index}", "这一行缺少用来识别的内容"))
            continue
        if key in seen:
            faults.append(Fault(f"{path}.{index}", f"与第 {seen[key] + 1} 行重复"))
        seen.setdefault(key, index)
    return faults


def _own(child: Child, inner: Row) -> bool:
    """Tell whether a row holds something that it did not take over."""
    assert child.rows
    return any(
        inner._values[item.name] not in EMPTY
        for item in inner._object.fields
        if item.name not in child.rows.fill and item.value is None
    )


def _alone(child: Child, inner: Row) -> Row:
    """Return a row that follows nothing: of what others give it keeps by what it is recognised."""
    assert child.rows
    inner._values.update({name: None for name in child.rows.fill if name not in child.rows.key})
    return inner


def follow(child: Child, row: Row, env: Env, blank: Callable[[Object, Row, Env], Row]) -> None:
    """Let the rows of a list follow: those that are still there keep what was typed; `blank` makes one.

    A row that somebody has added stays as it is until its source has it, too.
    """
    there: dict[tuple[Any, ...], Row] = {}
    keys, found = Keys(child), wanted(child, row, env)
    by_people = []
    for inner in row._children.get(child.name, ()):
        if is_added(inner) and key_of(child, inner._values) not in found:
            by_people.append(inner)
        else:
            there.setdefault(keys.next(inner._values), inner)
    obj, rows = registry.object(child.object), []
    if child.rows and child.rows.by_hand:  # as they stand, what is new comes last
        found = {key: found[key] for key in [*(k for k in there if k in found), *found]}
    for key, values in found.items():
        inner = there.get(key) or blank(obj, row, replace(env, parent=row))
        inner._values.update(values)
        if is_added(inner):
            inner._values[ADDED] = False
        rows.append(inner)
    if child.rows and child.rows.others:
        left = [inner for key, inner in there.items() if key not in found and _own(child, inner)]
        rows += [_alone(child, inner) for inner in left]
    row._children[child.name] = rows + by_people
