"""Numbers over rows that refer to a record, kept with the record: sums, counts, least and most.

What a row contributes is read from the database before and after every flush that changes it, by
the same SQL; the difference is what the record's number moves by. So any way to write a row counts
(form, REST, import, effect, step, deletion, another record), and one row costs the same however
many there are. The moves wait for the end of the transaction, where `app.core.aggregates.settlement` carries
them out in one order of records, so that two transactions never wait for each other. A savepoint
that is rolled back takes its moves with it.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from sqlalchemy import Select, case, event, inspect, literal, null, select
from sqlalchemy.orm import Session, SessionTransaction

from app.core.access.actor import SYSTEM
from app.core.db.database import elevated
from app.core.declare import Field, Object, Total, registry
from app.core.declare.registry import Registry
from app.core.expressions.env import make_env

_BLOCK = 500  # rows that are asked for at once


@dataclass(frozen=True, eq=False)
class Kept:
    """A total of an object."""

    target: Object
    field: Field
    total: Total


@dataclass(frozen=True)
class Move:
    """What a row brings to the number of a record, or takes from it."""

    kept: Kept
    record: int
    value: Any
    taken: bool
    within: SessionTransaction | None  # the savepoint that it belongs to


Place = tuple[type, int]  # a record: its model and id


@dataclass
class Pending:
    """Moves of a session that wait, and what the rows of the flush under way contributed before."""

    moves: dict[Place, list[Move]] = field(default_factory=dict)  # by the record that they move
    before: dict[type, dict[int, list[tuple[Kept, int, Any]]]] = field(default_factory=dict)
    seen: list[Any] = field(default_factory=list)  # records that read as they will; kept alive


class Index:
    """All totals: by the model whose rows they are over, and by the object that keeps them."""

    def __init__(self, known: Registry) -> None:
        self.over: dict[type, list[Kept]] = {}
        self.of: dict[str, list[Kept]] = {}
        self.through: dict[type, list[tuple[type, frozenset[str]]]] = {}  # record: its rows, what
        self.moved: dict[str, set[str]] = {}  # fields of an object that other records move
        for obj in known.objects.values():
            for item in obj.fields:
                if item.total is not None:
                    self._enter(known, Kept(obj, item, item.total))
            for hold in obj.holds:
                target = obj.field(hold.field).type.object  # type: ignore[attr-defined]
                self.moved.setdefault(target, set()).add(hold.used)
        self.rank = _ranks(known, self.of)

    def _enter(self, known: Registry, kept: Kept) -> None:
        source = known.objects[kept.total.object]
        self.over.setdefault(source.model, []).append(kept)
        self.of.setdefault(kept.target.name, []).append(kept)
        self.moved.setdefault(kept.target.name, set()).add(kept.field.name)
        far = {path.split(".")[1] for path in kept.total.reads if "." in path}
        if far:
            parent = known.objects[source.parent]
            self.through.setdefault(parent.model, []).append((source.model, frozenset(far)))

    def names(self, model: type) -> frozenset[str]:
        """Return the attributes of a model on which its contributions depend."""
        found = set()
        for kept in self.over.get(model, ()):
            total = kept.total
            found |= {total.key, total.key.removesuffix("_id"), total.value}
            found |= {path for path in total.reads if "." not in path}
        return frozenset(found - {""})


def _ranks(known: Registry, kept: dict[str, list[Kept]]) -> dict[str, int]:
    """Return numbers by which objects come after those whose rows their totals follow."""
    ranks: dict[str, int] = {}

    def rank(name: str) -> int:
        if name not in ranks:
            ranks[name] = 0  # the compiler refuses circles
            below = {one.total.object for one in kept.get(name, ())}
            below |= {known.objects[other].parent for other in set(below)} - {"", name}
            ranks[name] = 1 + max((rank(other) for other in below), default=-1)
        return ranks[name]

    for name in sorted(kept):
        rank(name)
    return ranks


@cache
def _indexed(known: Registry) -> Index:
    return Index(known)


def index() -> Index:
    """Return the totals of the declarations in use."""
    return _indexed(registry.registry())


def pending(current: Session) -> Pending:
    """Return what waits in a session."""
    found: Pending = current.info.setdefault("totals", Pending())
    return found


def contribution(kept: Kept) -> tuple[Any, Any]:
    """Return the columns that say to which record a row contributes, and what; null for nothing."""
    model: Any = registry.object(kept.total.object).model
    value = getattr(model, kept.total.value) if kept.total.value else literal(1)
    if kept.total.where is not None:
        value = case((kept.total.where(model, make_env(SYSTEM)), value), else_=null())
    return getattr(model, kept.total.key), value


def _contributions(
    current: Session, model: Any, ids: Iterable[int], *, lock: bool
) -> dict[int, list[tuple[Kept, int, Any]]]:
    """Read what rows contribute; locked, nobody else can change that before this transaction ends."""
    totals, wanted = index().over[model], sorted(ids)
    columns: list[Any] = [column for kept in totals for column in contribution(kept)]
    found: dict[int, list[tuple[Kept, int, Any]]] = {}
    for start in range(0, len(wanted), _BLOCK):
        query: Select[Any] = select(model.id, *columns).order_by(model.id)
        query = query.where(model.id.in_(wanted[start : start + _BLOCK]))
        if lock:
            query = query.with_for_update(of=model, key_share=True)
        with elevated(), current.no_autoflush:
            for number, *values in current.execute(query):
                parts = zip(totals, values[::2], values[1::2], strict=True)
                found[number] = [
                    (kept, record, value)
                    for kept, record, value in parts
                    if record is not None and value is not None
                ]
    return found


def _note(current: Session, model: type, before: dict[int, Any], after: dict[int, Any]) -> None:
    within = current.get_nested_transaction()
    moves = pending(current).moves
    for number in before.keys() | after.keys():
        old, new = before.get(number, []), after.get(number, [])
        parts = [(*part, True) for part in old if part not in new]
        parts += [(*part, False) for part in new if part not in old]
        for kept, record, value, taken in parts:
            place = (kept.target.model, record)
            moves.setdefault(place, []).append(Move(kept, record, value, taken, within))


@contextmanager
def around(current: Session, model: type, number: int, names: set[str]) -> Iterator[None]:
    """Follow a change of one record that is written past the session's own flush."""
    known = index()
    touched: dict[type, list[int]] = {}
    if names & known.names(model):
        touched[model] = [number]
    for rows, read in known.through.get(model, ()):
        if names & read:
            touched.setdefault(rows, []).extend(_rows_of(current, rows, [number]))
    before = {one: _contributions(current, one, ids, lock=True) for one, ids in touched.items()}
    yield
    for one, ids in touched.items():
        after = _contributions(current, one, ids, lock=False)
        _note(current, one, before[one], after)


def _rows_of(current: Session, model: Any, parents: Iterable[int]) -> list[int]:
    query = select(model.id).where(model.parent_id.in_(sorted(parents)))
    with elevated(), current.no_autoflush:
        return list(current.scalars(query))


# --- what happens to a session ----------------------------------------------------------------


def _touched(current: Session) -> dict[type, set[int]]:
    """Return the stored rows whose contributions the coming flush may change."""
    known = index()
    found: dict[type, set[int]] = {}
    parents: dict[tuple[type, type], set[int]] = {}
    gone = set(current.deleted)
    for record in (*current.dirty, *gone):
        model, state = type(record), inspect(record)
        if (model not in known.over and model not in known.through) or not state.has_identity:
            continue
        changed = _changed(state)
        if model in known.over and (record in gone or changed & known.names(model)):
            found.setdefault(model, set()).add(state.identity[0])
        for rows, read in known.through.get(model, ()):
            if changed & read:
                parents.setdefault((model, rows), set()).add(state.identity[0])
    for (_, rows), numbers in parents.items():
        found.setdefault(rows, set()).update(_rows_of(current, rows, numbers))
    return found


def _changed(state: Any) -> set[str]:
    names = state.mapper.attrs.keys()
    return {name for name in names if state.attrs[name].history.has_changes()}


def _before_flush(current: Session, context: Any, instances: Any) -> None:
    if not index().over:
        return
    pending(current).before = {
        model: _contributions(current, model, ids, lock=True)
        for model, ids in _touched(current).items()
    }


def _after_flush(current: Session, context: Any) -> None:
    known = index()
    if not known.over:
        return
    waiting = pending(current)
    before, waiting.before = waiting.before, {}
    ids = {model: set(rows) for model, rows in before.items()}
    for record in current.new:  # whose rows are there, so that they have a number
        if type(record) in known.over:
            ids.setdefault(type(record), set()).add(record.id)
    for model, numbers in ids.items():
        after = _contributions(current, model, numbers, lock=False)
        _note(current, model, before.get(model, {}), after)


def _forget(current: Session, ended: SessionTransaction) -> None:
    """Drop the moves of what was rolled back: of a savepoint those within it, else all."""
    waiting = pending(current)
    waiting.before = {}
    if ended.parent is None:
        waiting.moves, waiting.seen = {}, []
    elif ended.nested:
        left = {
            place: [one for one in moves if not is_within(one.within, ended)]
            for place, moves in waiting.moves.items()
        }
        waiting.moves = {place: moves for place, moves in left.items() if moves}


def is_within(one: SessionTransaction | None, other: SessionTransaction) -> bool:
    """Tell whether a savepoint is another, or was set within it."""
    while one is not None:
        if one is other:
            return True
        one = one.parent
    return False


def install(target: Any = Session) -> None:
    """Watch every session; done once, when the module is imported."""
    listeners: dict[str, Callable[..., Any]] = {
        "before_flush": _before_flush,
        "after_flush": _after_flush,
        "after_soft_rollback": _forget,
    }
    for name, listener in listeners.items():
        if not event.contains(target, name, listener):
            event.listen(target, name, listener)


install()
