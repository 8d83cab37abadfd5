"""Values and rows that are taken from other records follow them, in the transaction that changes those.

`as_of` says until when: always, or while the case is at some steps. After every flush the records
are noted that read what changed, whoever wrote it (form, effect, step, deletion, import); before
the transaction ends they are locked in the order of their ids and worked out anew, and what follows
from them in turn. What they read is locked against change, so that of two transactions that change
both sides at once the second one sees the first. It is an ordinary change of the record: it has its
version and its history. Archived records stay as they are.
"""

from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import Select, event, inspect, select
from sqlalchemy.orm import Session, SessionTransaction, aliased

from app.core.db import search_text
from app.core.db.database import elevated
from app.core.declare import Field, Object, registry
from app.core.declare.registry import Registry
from app.core.expressions.env import Env, make_env
from app.core.records import form_binding, persistence
from app.core.records.typed_row import target_of
from app.core.types import Ref, Refs

NOW, SAVE = "now", "save"

# The flow engine puts itself in here: which records nothing changes any more, and what follows a change.
closed: list[Callable[[Object, Any], bool]] = []
followed: list[Callable[[Object, Any], None]] = []
# Captures put themselves in here: what was taken for something else than there is now is emptied.
voids: list[Callable[[Object, Any, str], bool]] = []
_CAPTURE = "capture:"


@dataclass(frozen=True)
class Watch:
    """A field or list that reads attributes of a model, and the way from its record to there."""

    base: Object
    name: str
    way: tuple[str, ...]
    reads: frozenset[str]
    through_list: bool  # rows that come and go count, too
    steps: tuple[str, ...]  # at which it follows; none for always
    outside: bool  # another record is read


class Index:
    """All that follows, by the model that is read."""

    def __init__(self, known: Registry) -> None:
        self.over: dict[type, list[Watch]] = {}
        self.steps: dict[tuple[str, str], tuple[str, ...]] = {}
        self.leaving: dict[str, set[str]] = {}  # object: what follows at some steps only
        self.outside: dict[
            str, dict[str, list[Watch]]
        ] = {}  # object: name: what it reads elsewhere
        for obj in known.objects.values():
            for name, paths, as_of in _following(obj):
                if as_of != (SAVE,):
                    steps = () if as_of in ((), (NOW,)) else as_of
                    self.steps[obj.name, name] = steps
                    if steps:
                        self.leaving.setdefault(obj.name, set()).add(name)
                    self._enter(known, obj, name, paths, steps)

    def _enter(
        self, known: Registry, obj: Object, name: str, paths: Iterable[str], steps: tuple[str, ...]
    ) -> None:
        found: dict[tuple[str, ...], tuple[Object, set[str], bool, bool]] = {}
        for path in paths:
            here, way, through, outside = obj, tuple[str, ...](), False, False
            for step in path.split("."):
                place = found.setdefault(way, (here, set(), through, outside))
                place[1].update((step, f"{step}_id"))
                hop = _hop(known, here, step)
                if hop is None:
                    break
                here, listed, leaves = hop
                way, through, outside = (*way, step), through or listed, outside or leaves
                found.setdefault(way, (here, set(), through, outside))
        if steps:  # a case that comes back to such a step follows again
            above = ("parent",) if obj.parent else ()
            owner = known.objects[obj.parent] if obj.parent else obj
            found.setdefault(above, (owner, set(), False, False))[1].add("state")
        for way, (here, reads, through, outside) in found.items():
            watch = Watch(obj, name, way, frozenset(reads), through, steps, outside)
            if way or reads:
                self.over.setdefault(here.model, []).append(watch)
            if outside:
                self.outside.setdefault(obj.name, {}).setdefault(name, []).append(watch)


def _following(obj: Object) -> Iterator[tuple[str, tuple[str, ...], tuple[str, ...]]]:
    """Yield what of an object is computed or follows: name, paths, as of when."""
    proposed = {f"{item.name}_proposed" for item in obj.fields if item.propose}
    for item in obj.fields:
        if item.value is not None and item.name not in proposed:
            yield item.name, item.reads, item.as_of
    for child in obj.children:
        if child.rows is not None and child.rows.as_of:
            yield child.name, child.rows.reads, child.rows.as_of
    for capture in obj.captures:
        yield _CAPTURE + capture.name, capture.reads, ()


def _hop(known: Registry, here: Object, step: str) -> tuple[Object, bool, bool] | None:
    """Return where a step leads, whether over a list, and whether to another record; None for a value."""
    if step == "parent" and here.parent:
        return known.objects[here.parent], False, False
    for child in here.children:
        if child.name == step:
            return known.objects[child.object], True, False
    item = here.named.get(step)
    if item is not None and isinstance(item.type, Ref):
        return known.objects[item.type.object], isinstance(item.type, Refs), True
    return None


@cache
def _indexed(known: Registry) -> Index:
    return Index(known)


def index() -> Index:
    """Return what follows by the declarations in use."""
    return _indexed(registry.registry())


Waiting = dict[str, dict[int, set[str]]]  # object: record: what of it to work out


def _waiting(current: Session) -> Waiting:
    found: Waiting = current.info.setdefault("derived", {})
    return found


def settled(record: Any) -> None:
    """Say that a record was just worked out with its rows: only what it reads elsewhere is asked again."""
    current = inspect(record).session
    obj = registry.object_of(type(record))
    if current is None or obj is None:
        return
    waiting, outside = _waiting(current), index().outside
    for one, records in _with_rows(obj, record, waiting.keys() | outside.keys()):
        mine = waiting.setdefault(one.name, {})
        for each in records:
            asked = mine.pop(each.id, set())
            names = {name for name in asked if name.startswith(_CAPTURE)}
            names |= outside.get(one.name, {}).keys()
            if names:
                mine[each.id] = names
        if not mine:
            del waiting[one.name]


def _with_rows(
    obj: Object, record: Any, among: Collection[str]
) -> Iterator[tuple[Object, list[Any]]]:
    """Yield a record and its rows by their objects, if those are asked for: reading rows costs a query."""
    for one, records in [(obj, None), *((registry.object(c.object), c.name) for c in obj.children)]:
        if one.name in among:
            yield one, [record] if records is None else list(getattr(record, records))


def carry_out(current: Session) -> None:
    """Work out what waits, and what follows from it, until nothing does."""
    current.flush()
    waiting = _waiting(current)
    while waiting:
        name = min(waiting)
        _follow(current, registry.object(name), waiting.pop(name))
        current.flush()


def is_waiting(current: Session) -> bool:
    """Tell whether something of this session waits."""
    return bool(_waiting(current))


def renew(obj: Object, record: Any) -> None:
    """Work out once more what follows at the step that a case is about to leave."""
    current = inspect(record).session
    assert current
    waiting = _waiting(current)
    for one, records in _with_rows(obj, record, index().leaving.keys()):
        names = index().leaving[one.name]
        for each in records:
            waiting.setdefault(one.name, {}).setdefault(each.id, set()).update(names)
    if waiting:
        carry_out(current)


# --- working out ------------------------------------------------------------------------------


def _follow(current: Session, obj: Object, noted: dict[int, set[str]]) -> None:
    model: Any = obj.model
    query = select(model).where(model.id.in_(sorted(noted))).order_by(model.id)
    query = query.with_for_update(of=model, key_share=True)
    query = query.execution_options(populate_existing=True)
    with elevated(), current.no_autoflush:
        records = list(current.scalars(query))
        names = {name for some in noted.values() for name in some}
        _hold_sources(current, obj, [record.id for record in records], names)
        for record in records:
            above = registry.object(obj.parent or obj.name)
            owner = record.parent if obj.parent else record
            if not any(is_closed(above, owner) for is_closed in closed):
                _work_out(obj, record, _at_step(obj, record, noted[record.id]))


def _hold_sources(current: Session, obj: Object, ids: list[int], names: Collection[str]) -> None:
    """Read what records take from others as it is stored now, and let nobody change it meanwhile.

    Locked as for a change, not shared: two who share and then change what they share (a total) block each other.
    """
    model: Any = obj.model
    watches = index().outside.get(obj.name, {})
    for way in sorted({watch.way for name in names for watch in watches.get(name, ())}):
        there, joins = _joined(model, way)
        query = select(there).select_from(model)
        for attribute in joins:
            query = query.join(attribute)
        query = query.where(model.id.in_(ids)).with_for_update(of=there, key_share=True)
        current.scalars(query.execution_options(populate_existing=True)).unique().all()


def _at_step(obj: Object, record: Any, names: set[str]) -> set[str]:
    """Return which of the names follow at the step where the record's case is."""
    owner = record.parent if obj.parent else record
    state, steps = getattr(owner, "state", None), index().steps
    return {name for name in names if state in (steps[obj.name, name] or (state,))}


def _work_out(obj: Object, record: Any, names: set[str]) -> None:
    """Write what fields and lists of a record are now, where that is not what is stored."""
    env = make_env(parent=getattr(record, "parent", None) if obj.parent else None)
    changed, lists = False, {child.name for child in obj.children}
    for name in obj.evaluation:
        if name not in names:
            continue
        if name in lists:
            changed |= _grow(obj, record, name)
        else:
            changed |= _write(record, obj.field(name), env)
    for name in sorted(names):
        if name.startswith(_CAPTURE):
            capture = name.removeprefix(_CAPTURE)
            changed |= any(void(obj, record, capture) for void in voids)
    if not changed:
        return
    if hasattr(record, "search_text"):
        record.search_text = search_text.search_text(obj, record)
    above = record.parent if obj.parent else record
    for hook in followed:
        hook(registry.object(obj.parent or obj.name), above)


def _write(record: Any, item: Field, env: Env) -> bool:
    place, value = computed(item, record, env)
    if isinstance(item.type, Refs):
        value = value or []
        if [one.id for one in getattr(record, item.name)] == value:
            return False
        setattr(record, item.name, [target_of(item.type.object, pk) for pk in value])
        return True
    if getattr(record, place) == value:
        return False
    setattr(record, place, value)
    if isinstance(item.type, Ref):
        target = target_of(item.type.object, value) if value is not None else None
        setattr(record, item.name, target)
    return True


def computed(item: Field, record: Any, env: Env) -> tuple[str, Any]:
    """Return where a computed value is stored, and what it is now."""
    applies = item.when is None or item.when(record, env)
    place = f"{item.name}_id" if isinstance(item.type, Ref) else item.name
    return place, item.computed(record, env) if applies else None


def _grow(obj: Object, record: Any, name: str) -> bool:
    """Let the rows of a list be those of its source; what was typed into them stays."""
    row = form_binding.stored(obj, record, frozenset({name}))
    before = [(one.id, one.version) for one in getattr(record, name)]
    persistence.write_rows(row, record, name)
    current = inspect(record).session
    assert current
    current.flush()
    return before != [(one.id, one.version) for one in getattr(record, name)]


# --- what happens to a session ----------------------------------------------------------------


def _joined(model: Any, way: Iterable[str]) -> tuple[Any, list[Any]]:
    """Return the alias at the end of a way, and the joins that lead there."""
    here, joins = model, []
    for step in way:
        attribute = getattr(here, step)
        target = aliased(attribute.property.mapper.class_)
        joins.append(attribute.of_type(target))
        here = target
    return here, joins


def _bases(current: Session, watch: Watch, ids: Collection[int]) -> Iterable[int]:
    """Return the records that read some of these by a watch, at a step at which they follow."""
    model: Any = watch.base.model
    there, joins = _joined(model, watch.way)
    query: Select[Any] = select(model.id).distinct()
    for attribute in joins:
        query = query.join(attribute)
    if watch.steps:
        owner = model
        if watch.base.parent:
            owner = aliased(registry.object(watch.base.parent).model)
            query = query.join(owner, owner.id == model.parent_id)
        query = query.where(owner.state.in_(watch.steps))
    query = query.where(there.id.in_(sorted(ids)))
    with elevated(), current.no_autoflush:
        return list(current.scalars(query))


def _note(current: Session, watch: Watch, ids: Collection[int]) -> None:
    found = _bases(current, watch, ids) if watch.way or watch.steps else ids
    if found:
        mine = _waiting(current).setdefault(watch.base.name, {})
        for pk in found:
            mine.setdefault(pk, set()).add(watch.name)


def _before_flush(current: Session, context: Any, instances: Any) -> None:
    over = index().over
    for model, ids in _by_model(current.deleted, over).items():
        for watch in over[model]:
            if watch.through_list:
                _note(current, watch, ids)


def _after_flush(current: Session, context: Any) -> None:
    over = index().over
    if not over:
        return
    changed: dict[type, dict[int, set[str]]] = {}
    for record in current.dirty:
        if type(record) in over and (names := _changed(inspect(record))):
            changed.setdefault(type(record), {})[record.id] = names
    fresh = _by_model(current.new, over)
    for model in changed.keys() | fresh.keys():
        for watch in over[model]:
            ids = {pk for pk, names in changed.get(model, {}).items() if names & watch.reads}
            if watch.through_list:  # what is new itself was worked out by whoever made it
                ids |= fresh.get(model, set())
            if ids:
                _note(current, watch, ids)


def _by_model(records: Iterable[Any], over: Collection[type]) -> dict[type, set[int]]:
    found: dict[type, set[int]] = {}
    for record in records:
        if type(record) in over:
            found.setdefault(type(record), set()).add(record.id)
    return found


def _changed(state: Any) -> set[str]:
    touched = tuple(state.committed_state)  # only what was set: a record has fifty columns
    return {name for name in touched if state.attrs[name].history.has_changes()}


@contextmanager
def around(current: Session, model: type, number: int, names: Collection[str]) -> Iterator[None]:
    """Follow a change of one record that is written past the session's own flush."""
    yield
    for watch in index().over.get(model, ()):
        if set(names) & watch.reads:
            _note(current, watch, {number})


def _forget(current: Session, ended: SessionTransaction) -> None:
    """Drop what waits with what was rolled back; after a savepoint it is asked again, which harms nothing."""
    if ended.parent is None:
        current.info.pop("derived", None)


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
