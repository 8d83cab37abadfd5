"""What was typed, bound to an object: parsed values, and what is wrong with them."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from app.core.access.actor import current_actor
from app.core.declare import Child, Field, Object, Total, registry
from app.core.errors import Fault, Rejected
from app.core.expressions.env import Env, make_env
from app.core.records import locked_rows, proposals
from app.core.records.typed_row import Row, follow, own_env, stored_value
from app.core.reference import dictionaries
from app.core.types import Code, Dict, DraftOf, Refs

_MOST_ROWS = 500


@dataclass
class Bound:
    """The outcome of binding: the row and the faults found on the way."""

    row: Row
    faults: list[Fault] = field(default_factory=list)
    by_engine: bool = False  # a flow writes what nobody may type
    follows: Collection[str] = ()  # by_engine: lists that follow their source all the same
    named: Collection[str] = ()  # LIST.FIELD that the step opens in the rows that are there


def bind(
    obj: Object,
    record: Any,
    raw: dict[str, Any],
    *,
    only: frozenset[str] | None = None,
    env: Env | None = None,
    engine: bool = False,
    follows: Collection[str] = (),
    named: Collection[str] | None = None,
) -> Bound:
    """Parse `raw` over the record (None for a new one); `only` names what may be changed (None = all).

    `named` says which columns of rows the step opens by name where `only` does not say it.
    """
    columns = only or () if named is None else named
    parent = getattr(record, "parent", None) if obj.parent else None  # a row that stands by itself
    bound = Bound(Row(obj, record, parent), by_engine=engine, follows=follows)
    bound.named = frozenset(name for name in columns if "." in name)
    env = env or make_env()
    if not isinstance(raw, dict):
        bound.faults.append(Fault("", "数据格式不正确"))
        raw = {}
    _bind_row(bound, bound.row, raw, "", only, env)
    return bound


def _bind_row(
    bound: Bound, row: Row, raw: dict[str, Any], prefix: str, only: frozenset[str] | None, env: Env
) -> None:
    obj, record = row._object, row._record
    row._raw = raw
    known = {item.name for item in obj.fields} | {child.name for child in obj.children}
    for name in raw:
        if name not in known and name not in ("id", "version"):
            bound.faults.append(Fault(prefix + str(name), f"没有“{name}”这一项"))
    _start(row, env)
    for item in obj.fields:
        if item.name in raw and item.value is None and not isinstance(item.type, DraftOf):
            _bind_field(bound, row, item, raw[item.name], prefix, only)
    _fill(row, raw)
    _note_following(row, raw)
    for child in obj.children:
        _bind_child(bound, row, child, raw.get(child.name), prefix, only, env)
        named = not prefix and child.name in bound.follows
        if child.rows and (record is None or named or (raw and not bound.by_engine)):
            _grow(bound, row, child, prefix, only, own_env(row, env))
    if not prefix:  # rows are worked out with their record
        settle(row, env, bound.faults)
    for child in obj.children if not bound.by_engine else ():
        bound.faults += locked_rows.faults(child, row, prefix + child.name, env, _was_typed)


def _grow(
    bound: Bound, row: Row, child: Child, prefix: str, only: frozenset[str] | None, env: Env
) -> None:
    """Let a list follow its source from now on, if it may be changed at all; a new record begins with it."""
    if only is None or prefix or child.name in only or row._record is None:
        row._grows.add(child.name)
        typed = not bound.by_engine
        bound.faults += proposals.strangers(child, row, env, prefix + child.name, typed=typed)
        if bound.by_engine and child.max and len(proposals.wanted(child, row, env)) > child.max:
            what = f"“{child.title}”超过 {child.max} 行"
            bound.faults.append(Fault(prefix + child.name, what))


def _start(row: Row, env: Env) -> None:
    """Let a row hold what is stored, a new one what it starts with."""
    for item in row._object.fields:
        row._values[item.name] = stored_value(item, row._record)
        if row._record is None and item.default is not None:
            default = item.default
            row._values[item.name] = default(row, env) if callable(default) else default


def blank(obj: Object, parent: Row, env: Env) -> Row:
    """Return a new row of a list with what it starts with."""
    row = Row(obj, None, parent)
    _start(row, env)
    _note_following(row, {})
    return row


def _note_following(row: Row, raw: dict[str, Any]) -> None:
    """Note which proposed fields follow their proposal."""
    for item in row._object.fields:
        if item.propose:
            proposed = row._object.field(item.name + proposals.PROPOSED)
            stored = stored_value(item, row._record), stored_value(proposed, row._record)
            if proposals.follows(item, row, raw, *stored):
                row._follows.add(item.name)


def _fill(row: Row, raw: dict[str, Any]) -> None:
    """Copy what a newly picked reference brings: into read-only fields always, else where nothing was typed."""
    for item in row._object.fields:
        if not item.fill or row._values[item.name] == stored_value(item, row._record):
            continue
        target = getattr(row, item.name)
        for own, path in item.fill.items():
            if row._object.field(own).readonly or not raw.get(own):
                row._values[own] = follow(target, path)


def _bind_field(
    bound: Bound, row: Row, item: Field, value: Any, prefix: str, only: frozenset[str] | None
) -> None:
    path = prefix + item.name
    try:
        parsed = item.type.parse(value)
    except ValueError as error:
        bound.faults.append(Fault(path, str(error) or "格式不正确"))
        return
    before = row._values[item.name]
    if parsed == before or (parsed in (None, [], "") and before in (None, [], "")):
        return
    may = _may_type_in_row(item, row) if prefix else _may_type(item, only)
    if not bound.by_engine and not may:
        bound.faults.append(Fault(path, f"“{item.title}”在当前环节不能修改"))
        return
    row._values[item.name] = parsed
    fault = _unknown_code(item, parsed, path)
    if fault:
        bound.faults.append(fault)


def _may_type(item: Field, only: frozenset[str] | None) -> bool:
    if item.readonly or isinstance(item.type, Code):
        return False
    if (
        item.edit_by
        and not current_actor().roles & set(item.edit_by)
        and not current_actor().everything
    ):
        return False
    return only is None or item.name in only


def _may_type_in_row(item: Field, row: Row) -> bool:
    if item.name in row._named:
        return _may_type(replace(item, readonly=False), None)
    return row._whole and _may_type(item, None)


def _unknown_code(item: Field, value: Any, path: str) -> Fault | None:
    if not isinstance(item.type, Dict) or value is None:
        return None
    entry = dictionaries.find(item.type.of, value)
    if entry is None:
        return Fault(path, "请从列表中选择")
    return Fault(path, f"“{entry.title}”已停用，请另选") if entry.disabled else None


def _bind_child(
    bound: Bound,
    row: Row,
    child: Child,
    given: Any,
    prefix: str,
    only: frozenset[str] | None,
    env: Env,
) -> None:
    obj = registry.object(child.object)
    stored = list(getattr(row._record, child.name)) if row._record is not None else []
    path = prefix + child.name
    if given is None:
        row._children[child.name] = [_existing(obj, item, row) for item in stored]
        return
    if not isinstance(given, list) or not all(isinstance(part, dict) for part in given):
        bound.faults.append(Fault(path, f"“{child.title}”应为若干行"))
        given = []
    if len(given) > _MOST_ROWS and not bound.by_engine:  # a contract bounds what the engine brings
        bound.faults.append(Fault(path, f"“{child.title}”一次最多 {_MOST_ROWS} 行"))
        given = given[:_MOST_ROWS]
    by_id = {str(item.id): item for item in stored}
    rows: list[Row] = []
    added = _Added(bound, row, child, env)
    whole = only is None or bool(prefix) or child.name in only
    columns = frozenset(
        name.removeprefix(f"{child.name}.")
        for name in (bound.named if not prefix else ())
        if name.startswith(f"{child.name}.")
    )
    for index, part in enumerate(given):
        pk = str(part.get("id") or "")
        if pk and pk not in by_id:
            bound.faults.append(Fault(f"{path}.{index}", "这一行已被他人删除，请刷新后再改"))
        inner = Row(obj, by_id.pop(pk, None), row)
        inner._named, inner._whole = columns, whole
        rows.append(inner)
        inner_env = replace(env, form=env.form or bound.row, parent=row)
        by_hand = added.is_one(inner, part)
        taken = child.rows.fill if child.rows and not by_hand else ()
        skipped = (*taken, proposals.ADDED) if added.adds else taken
        typed = {name: value for name, value in part.items() if name not in skipped}
        _bind_row(bound, inner, typed, f"{path}.{index}.", None, inner_env)
        if by_hand:
            inner._values[proposals.ADDED] = True
        elif inner._record is None:
            _take(bound, inner, part, taken, f"{path}.{index}.")
    row._children[child.name] = rows
    changed = by_id or any(r._record is None or _was_typed(r, columns) for r in rows)
    if not whole and changed:
        bound.faults.append(Fault(path, f"“{child.title}”在当前环节不能修改"))


class _Added:
    """Which rows of a list that follows others were added by somebody."""

    def __init__(self, bound: Bound, row: Row, child: Child, env: Env) -> None:
        self.bound, self.row, self.child = bound, row, child
        self.adds = child.rows is not None and child.rows.add
        self.keys = proposals.Keys(child)
        self.known = proposals.wanted(child, row, own_env(row, env)) if self.adds else {}

    def is_one(self, inner: Row, part: dict[str, Any]) -> bool:
        """Tell whether this row was added: the next one that was sent."""
        if not self.adds:
            return False
        if inner._record is not None:
            if inner._record.added:
                return True
            probe = {item.name: stored_value(item, inner._record) for item in inner._object.fields}
            self.keys.next(probe)
            return False
        assert self.child.rows
        sent = Row(inner._object, None, self.row)
        _take(Bound(sent), sent, part, self.child.rows.fill, "")
        return self.keys.next(sent._values) not in self.known


def _take(bound: Bound, row: Row, part: dict[str, Any], names: Iterable[str], prefix: str) -> None:
    """Let a new row hold what it says it follows, to be recognised by."""
    for name in names:
        try:
            row._values[name] = row._object.field(name).type.parse(part.get(name))
        except ValueError as error:
            row._values[name] = None
            if bound.by_engine:  # a form only repeats what it was shown
                bound.faults.append(Fault(prefix + name, str(error) or "格式不正确"))


def _was_typed(row: Row, but: Collection[str] = ()) -> bool:
    """Tell whether somebody typed something else than what is stored, `but` for these fields."""
    return any(
        row._values[item.name] != stored_value(item, row._record)
        for item in row._object.fields
        if item.value is None
        and item.name not in but
        and (not item.readonly or item.name in row._named)
        and item.name not in row._follows
    )


def _existing(obj: Object, record: Any, parent: Row) -> Row:
    row = Row(obj, record, parent)
    for item in obj.fields:
        row._values[item.name] = stored_value(item, record)
    _note_following(row, {})
    return row


def differs(row: Row) -> bool:
    """Tell whether the row differs from the record behind it."""
    return any(
        row._values[item.name] != stored_value(item, row._record) for item in row._object.fields
    )


def settle(row: Row, env: Env, faults: list[Fault] | None = None) -> None:
    """Empty what does not apply and compute what is computed, each after what it reads.

    A number that is too large to be kept is one of the faults; Rejected where nobody asks for them.
    """
    own, lists = own_env(row, env), {child.name: child for child in row._object.children}
    inner_env = replace(env, form=env.form or row, parent=row)
    for step in row._object.evaluation:
        name, _, inner = step.partition(".")
        if inner:
            for place, one in enumerate(row._children.get(name, ())):
                path = f"{name}.{place}.{inner}"
                _compute(one._object.field(inner), one, inner_env, path, faults)
        elif name in lists:
            _settle_list(lists[name], row, own)
        else:
            _compute(row._object.field(name), row, own, name, faults)


def _settle_list(child: Child, row: Row, env: Env) -> None:
    if child.name in row._grows:
        proposals.follow(child, row, env, blank)
    if child.when is not None and not child.when(row, env):
        row._children[child.name] = []


def stored(obj: Object, record: Any, grows: frozenset[str]) -> Row:
    """Return a record as it stands, worked out with lists that follow their source just now."""
    row, env = bind(obj, record, {}).row, make_env()
    row._grows |= grows
    settle(row, env)
    return row


def _is_kept(item: Field, row: Row) -> bool:
    """Tell whether a value stays as it was: its case has left the steps at which it follows others.

    It is worked out anew where what it reads of its own record was changed.
    """
    if row._record is None or not item.as_of or item.as_of[0] in ("now", "save"):
        return False
    above = row._record.parent if row._object.parent else row._record
    if above is None or getattr(above, "state", None) in item.as_of:
        return False
    own = [row._object.named[name] for name in item.depends if name in row._object.named]
    return all(row._values[one.name] == stored_value(one, row._record) for one in own)


def _compute(item: Field, row: Row, env: Env, path: str, faults: list[Fault] | None) -> None:
    try:
        _work_out(item, row, env)
    except Rejected as error:
        row._values[item.name] = None
        if item.when is not None and not item.when(row, env):
            return
        if faults is None:
            raise
        found = [replace(fault, path=path) for fault in error.faults]
        faults += [fault for fault in found if fault not in faults]


def _work_out(item: Field, row: Row, env: Env) -> None:
    if item.value is not None and not _is_kept(item, row):
        row._values[item.name] = item.computed(row, env)
    if item.total is not None and item.total.rows in row._children:
        row._values[item.name] = _over_rows(item.total, row, env)
        item.fit(row._values[item.name])
    if item.propose:
        proposals.propose(item, row, env)
    if item.when is not None and not item.when(row, env):
        row._values[item.name] = [] if isinstance(item.type, Refs) else None


def _over_rows(total: Total, row: Row, env: Env) -> Any:
    """Return a number over the rows that stand on the form, as it will be when they are saved."""
    rows = row._children[total.rows]
    if total.holds is not None:
        rows = [one for one in rows if total.holds(one, replace(env, parent=row))]
    if total.kind == "count":
        return len(rows)
    values = [value for one in rows if (value := one._values[total.value]) is not None]
    if total.kind == "sum":
        return sum(values)
    return (min if total.kind == "least" else max)(values, default=None)


def typed_fields(obj: Object) -> Iterable[Field]:
    """Return the fields that a person enters."""
    return (
        item
        for item in obj.fields
        if item.value is None and not item.hidden and not isinstance(item.type, (Code, DraftOf))
    )
