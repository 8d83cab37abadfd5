"""What was typed, bound to an object: parsed values that answer like a record, and what is wrong.

A `Row` stands for a record that is being entered. Expressions read it like the record itself:
fields, references (loaded within the person's scope), child rows, and, for what the form does
not hold, the stored record behind it.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select

from app.core import bulk, dictionaries, registry
from app.core.actor import current_actor
from app.core.database import elevated, session
from app.core.declare import Child, Field, Object
from app.core.env import Env, make_env
from app.core.errors import Fault
from app.core.types import Code, Dict, DraftOf, File, Ref, Refs

_MOST_ROWS = 500


class Row:
    """One record as the form has it."""

    def __init__(self, obj: Object, record: Any, parent: "Row | None" = None) -> None:
        self._object = obj
        self._record = record
        self._values: dict[str, Any] = {}
        self._children: dict[str, list[Row]] = {}
        self._targets: dict[str, Any] = {}
        self._parent = parent
        self._raw: dict[str, Any] = {}

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        if name in self._children:
            return self._children[name]
        if name == "parent" and self._parent is not None:
            return self._parent
        if name in self._values:
            return self._reference(name) if self._is_reference(name) else self._values[name]
        base = name[:-3] if name.endswith("_id") else ""
        if base and base in self._values:
            return self._values[base]
        return getattr(self._record, name, None) if self._record is not None else None

    def _is_reference(self, name: str) -> bool:
        return any(item.name == name and isinstance(item.type, Ref) for item in self._object.fields)

    def _reference(self, name: str) -> Any:
        value = self._values[name]
        item = self._object.field(name)
        assert isinstance(item.type, Ref)
        if isinstance(item.type, Refs):
            found = [self._target(item, pk) for pk in value or ()]
            return [target for target in found if target is not None]
        known = self._targets.get(name)
        if known is None or known[0] != value:
            known = (value, self._target(item, value) if value is not None else None)
            self._targets[name] = known
        return known[1]

    def _target(self, item: Field, pk: int) -> Any:
        """Load a referenced record: whole if it stood there before or is computed, else within reach.

        What was just typed may be any number; a form must not show whose record it is.
        """
        assert isinstance(item.type, Ref)
        if item.value is not None or pk in stored_ids(item, self._record):
            return _target(item.type.object, pk)
        known = bulk.current()
        if known is not None:
            return known.target(item.type.object, pk)
        model = _model(item.type.object)
        return session.scalars(select(model).where(model.id == pk)).first()


def stored_ids(item: Field, record: Any) -> frozenset[int]:
    """Return the ids that a reference field of the stored record holds."""
    value = _stored(item, record)
    return frozenset(value if isinstance(item.type, Refs) else {value} - {None})


def _target(object_name: str, pk: int) -> Any:
    """Load a referenced record whole, whoever asks."""
    model = _model(object_name)
    known = bulk.current()
    with elevated():
        if known is not None:
            return known.whole(object_name, pk)
        return session.scalars(select(model).where(model.id == pk)).first()


def _model(object_name: str) -> Any:
    return registry.object(object_name).model


@dataclass
class Bound:
    """The outcome of binding: the row and the faults found on the way."""

    row: Row
    faults: list[Fault] = field(default_factory=list)
    by_engine: bool = False  # a flow writes what nobody may type


def bind(
    obj: Object,
    record: Any,
    raw: dict[str, Any],
    *,
    only: frozenset[str] | None = None,
    env: Env | None = None,
    engine: bool = False,
) -> Bound:
    """Parse `raw` over the record (None for a new one); `only` names what may be changed (None = all)."""
    parent = getattr(record, "parent", None) if obj.parent else None  # a row that stands by itself
    bound = Bound(Row(obj, record, parent), by_engine=engine)
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
    for item in obj.fields:
        row._values[item.name] = _stored(item, record)
        if record is None and item.default is not None:
            default = item.default
            row._values[item.name] = default(row, env) if callable(default) else default
    for item in obj.fields:
        if item.name in raw and item.value is None and not isinstance(item.type, DraftOf):
            _bind_field(bound, row, item, raw[item.name], prefix, only)
    _fill(row, raw)
    for child in obj.children:
        _bind_child(bound, row, child, raw.get(child.name), prefix, only, env)
    settle(row, env)


def _fill(row: Row, raw: dict[str, Any]) -> None:
    """Copy what a newly picked reference brings: into read-only fields always, else where nothing was typed."""
    for item in row._object.fields:
        if not item.fill or row._values[item.name] == _stored(item, row._record):
            continue
        target = getattr(row, item.name)
        for own, path in item.fill.items():
            if row._object.field(own).readonly or not raw.get(own):
                row._values[own] = _follow(target, path)


def _follow(target: Any, path: str) -> Any:
    for name in path.split("."):
        if target is None:
            return None
        target = getattr(target, name)
    return getattr(target, "id", target)


def _stored(item: Field, record: Any) -> Any:
    if record is None:
        return [] if isinstance(item.type, Refs) else None
    if isinstance(item.type, Refs):
        return [target.id for target in getattr(record, item.name)]
    if isinstance(item.type, (Ref, File)):
        return getattr(record, f"{item.name}_id")
    return getattr(record, item.name)


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
    if not bound.by_engine and not _may_type(item, row, only if not prefix else None):
        bound.faults.append(Fault(path, f"“{item.title}”在当前环节不能修改"))
        return
    row._values[item.name] = parsed
    fault = _unknown_code(item, parsed, path)
    if fault:
        bound.faults.append(fault)


def _may_type(item: Field, row: Row, only: frozenset[str] | None) -> bool:
    if item.readonly or isinstance(item.type, Code):
        return False
    if (
        item.edit_by
        and not current_actor().roles & set(item.edit_by)
        and not current_actor().everything
    ):
        return False
    return only is None or item.name in only


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
        row._children[child.name] = [_existing(obj, item, row, env) for item in stored]
        return
    if not isinstance(given, list) or not all(isinstance(part, dict) for part in given):
        bound.faults.append(Fault(path, f"“{child.title}”应为若干行"))
        given = []
    if len(given) > _MOST_ROWS:
        bound.faults.append(Fault(path, f"“{child.title}”一次最多 {_MOST_ROWS} 行"))
        given = given[:_MOST_ROWS]
    by_id = {str(item.id): item for item in stored}
    rows: list[Row] = []
    for index, part in enumerate(given):
        pk = str(part.get("id") or "")
        if pk and pk not in by_id:
            bound.faults.append(Fault(f"{path}.{index}", "这一行已被他人删除，请刷新后再改"))
        inner = Row(obj, by_id.pop(pk, None), row)
        rows.append(inner)
        inner_env = make_env(form=env.form or bound.row, parent=row, on=env.today)
        _bind_row(bound, inner, part, f"{path}.{index}.", None, inner_env)
    row._children[child.name] = rows
    changed = by_id or any(r._record is None or differs(r) for r in rows)
    if only is not None and not prefix and child.name not in only and changed:
        bound.faults.append(Fault(path, f"“{child.title}”在当前环节不能修改"))


def _existing(obj: Object, record: Any, parent: Row, env: Env) -> Row:
    row = Row(obj, record, parent)
    for item in obj.fields:
        row._values[item.name] = _stored(item, record)
    return row


def differs(row: Row) -> bool:
    """Tell whether the row differs from the record behind it."""
    return any(row._values[item.name] != _stored(item, row._record) for item in row._object.fields)


def settle(row: Row, env: Env) -> None:
    """Empty what does not apply and compute what is computed, until nothing changes any more."""
    own = Env(
        me=env.me, today=env.today, policy=env.policy, form=env.form or row, parent=row._parent
    )
    for _ in range(4):  # a computed value may depend on another one; deeper chains do not occur
        before = dict(row._values)
        for item in row._object.fields:
            if item.value is not None:
                row._values[item.name] = item.value(row, own)
            if item.when is not None and not item.when(row, own):
                row._values[item.name] = [] if isinstance(item.type, Refs) else None
        for child in row._object.children:
            if child.when is not None and not child.when(row, own):
                row._children[child.name] = []
        if row._values == before:
            return


def applies(item: Field | Child, row: Row, env: Env) -> bool:
    """Tell whether a field or child list applies to the row."""
    return item.when is None or bool(item.when(row, env))


def typed_fields(obj: Object) -> Iterable[Field]:
    """Return the fields that a person enters."""
    return (
        item
        for item in obj.fields
        if item.value is None and not item.hidden and not isinstance(item.type, (Code, DraftOf))
    )
