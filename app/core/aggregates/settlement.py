"""Carries out what `app.core.aggregates.totals` noted: locks the records in one order and moves their numbers.

Records are locked by object (those first whose rows others follow) and id, without standing in
the way of rows that only refer to them. What is computed from a number follows it. A record's
version stays: nobody has changed it. The least or most of rows is asked for anew only when the row
that gave it is gone.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import event, func, select, update
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import set_committed_value

from app.core.aggregates import totals
from app.core.aggregates.totals import Kept, Move
from app.core.db.database import elevated, session
from app.core.declare import Object, registry
from app.core.expressions.env import make_env
from app.core.records import derived_values
from app.core.types import Refs


def settle() -> None:
    """Carry out what waits, before the transaction ends."""
    _settle(session())


def foresee(record: Any) -> None:
    """Let a locked record, and those whose numbers it moves, read as when this transaction ends.

    The record's own numbers are carried out. Of the others nothing is locked or written yet:
    whoever locked them now could wait for somebody who waits for him.
    """
    model, waiting = type(record), totals.pending(session())
    derived_values.carry_out(session())
    place = (model, record.id)
    mine = waiting.moves.get(place, [])
    wanted = {
        (kept.target.model, getattr(record, kept.total.key))
        for kept in totals.index().over.get(model, ())
    }
    within = session().get_nested_transaction()
    if within and not all(totals.is_within(move.within, within) for move in mine):
        wanted.add(place)  # a savepoint that fails must not take them with it
    elif mine:
        del waiting.moves[place]
        _carry_out(registry.registry().by_model[model], {record.id: mine})
    for target, pk in wanted:
        moves = _by_total(waiting.moves.get((target, pk), ()))
        obj = registry.registry().by_model[target]
        for one in _read(obj, [pk], locked=False) if moves else ():
            for kept, some in moves.items():
                stored = getattr(one, kept.field.name)
                set_committed_value(one, kept.field.name, _moved(kept, pk, stored, some))
            followed(obj, one, [kept.field.name for kept in moves])
            waiting.seen.append(one)


def _by_total(moves: Iterable[Move]) -> dict[Kept, list[Move]]:
    found: dict[Kept, list[Move]] = {}
    for move in moves:
        found.setdefault(move.kept, []).append(move)
    return found


def lock(obj: Object, ids: Iterable[int]) -> list[Any]:
    """Lock records in the order of their ids and return them as they are stored now."""
    return _read(obj, ids, locked=True)


def _read(obj: Object, ids: Iterable[int], *, locked: bool) -> list[Any]:
    model: Any = obj.model
    query = select(model).where(model.id.in_(sorted(ids))).order_by(model.id)
    if locked:
        query = query.with_for_update(of=model, key_share=True)
    with elevated():
        return list(session.scalars(query.execution_options(populate_existing=True)))


def is_moved(obj: Object) -> bool:
    """Tell whether other records move numbers of this object's records."""
    return obj.name in totals.index().moved


def write(obj: Object, record: Any, changes: dict[str, Any]) -> None:
    """Write numbers of a locked record past its version; totals and the record of a row follow."""
    if not changes:
        return
    for name, value in changes.items():
        if name in obj.named:
            obj.named[name].fit(value)
    table = type(record).__table__
    around = (session(), type(record), record.id, set(changes))
    with totals.around(*around), derived_values.around(*around), elevated():
        session.execute(update(table).where(table.c.id == record.id).values(**changes))
        for name, value in changes.items():
            set_committed_value(record, name, value)
    _write_parent(obj, record)


def _computing(obj: Object) -> tuple[Object, set[str]] | None:
    """Return the object above rows, and its lists of them, where it computes something from them."""
    if not obj.parent:
        return None
    parent = registry.object(obj.parent)
    lists = {child.name for child in parent.children if child.object == obj.name}
    computes = any(item.value and lists & set(item.depends) for item in parent.fields)
    return (parent, lists) if computes else None


def _write_parent(obj: Object, record: Any) -> None:
    """Compute anew what the record of a row computes from its rows."""
    above_rows = _computing(obj)
    if above_rows is None:
        return
    parent, lists = above_rows
    (above,) = lock(parent, [record.parent_id])
    model: Any = obj.model
    with elevated():
        rows = select(model).where(model.parent_id == above.id)
        session.scalars(rows.execution_options(populate_existing=True)).all()
    write(parent, above, followed(parent, above, lists))


def followed(obj: Object, record: Any, names: Iterable[str]) -> dict[str, Any]:
    """Return what is computed from these fields of a record, where it is not what is stored."""
    touched, changes = set(names), dict[str, Any]()
    env = make_env(parent=getattr(record, "parent", None) if obj.parent else None)
    with elevated(), session.no_autoflush:
        for name in obj.evaluation:
            item = obj.named.get(name)
            if item is None or item.value is None or isinstance(item.type, Refs):
                continue
            if not touched & set(item.depends):
                continue
            place, value = derived_values.computed(item, record, env)
            if getattr(record, place) != value:
                set_committed_value(record, place, value)
                changes[place] = value
                touched.add(item.name)
    return changes


def _settle(current: Session) -> None:
    """Move the totals, let follow what reads them, and so on: neither goes round, says the compiler."""
    _move(current)
    while derived_values.is_waiting(current):
        derived_values.carry_out(current)
        _move(current)


def _move(current: Session) -> None:
    waiting = totals.pending(current)
    current.flush()
    rank = totals.index().rank
    waiting.seen = []
    by_model = registry.registry().by_model
    while waiting.moves:
        names = {by_model[model].name for model, _ in waiting.moves}
        obj = registry.object(min(names, key=lambda name: (rank[name], name)))
        mine = [place for place in waiting.moves if place[0] is obj.model]
        _carry_out(obj, {place[1]: waiting.moves.pop(place) for place in mine})


def _carry_out(obj: Object, moves: Mapping[int, Sequence[Move]]) -> None:
    """Move the numbers of records, by their ids."""
    by_record = {pk: _by_total(some) for pk, some in moves.items()}
    records, above_rows = lock(obj, by_record), _computing(obj)
    if above_rows:  # all at once: two who take them row by row could wait for each other
        lock(above_rows[0], {record.parent_id for record in records})
    for record in records:
        fresh = {
            kept.field.name: _moved(kept, record.id, getattr(record, kept.field.name), mine)
            for kept, mine in by_record[record.id].items()
        }
        put(obj, record, fresh)


def put(obj: Object, record: Any, numbers: dict[str, Any]) -> None:
    """Write numbers of a locked record, and what is computed from them."""
    changes = {name: one for name, one in numbers.items() if getattr(record, name) != one}
    for name, number in changes.items():
        set_committed_value(record, name, number)
    write(obj, record, changes | followed(obj, record, changes))


def _moved(kept: Kept, record: int, stored: Any, moves: list[Move]) -> Any:
    """Return a number after its moves."""
    taken = [move.value for move in moves if move.taken]
    added = [move.value for move in moves if not move.taken]
    if kept.total.kind in ("sum", "count"):
        return (stored or 0) + sum(added) - sum(taken)
    best = min if kept.total.kind == "least" else max
    if taken and (stored is None or best(stored, *taken) in taken):
        return asked(kept, record)
    return best([*added, *([] if stored is None else [stored])], default=None)


def asked(kept: Kept, record: int) -> Any:
    """Return a number as the rows give it."""
    key, value = totals.contribution(kept)
    with elevated():
        return session.scalar(select(aggregate(kept, value)).where(key == record))


def aggregate(kept: Kept, value: Any) -> Any:
    """Return what is done with the contributions; no rows give 0, or no least and most."""
    function = {"least": "min", "most": "max"}.get(kept.total.kind, "sum")
    found = getattr(func, function)(value, type_=value.type)
    return func.coalesce(found, 0) if function == "sum" else found


def _before_commit(current: Session) -> None:
    if not current.in_nested_transaction():
        _settle(current)


# before the history is written, which tells of what followed, too
event.listen(Session, "before_commit", _before_commit, insert=True)
