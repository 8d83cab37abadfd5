"""A record that is being entered: parsed values that answer like the record itself.

Expressions read a `Row` like a record: fields, references (loaded within the person's scope), child rows, and,
for what the form does not hold, the stored record behind it.
"""

from dataclasses import replace
from typing import Any

from sqlalchemy import select

from app.core.db.database import elevated, session
from app.core.declare import Child, Field, Object, registry
from app.core.expressions.env import Env
from app.core.records import bulk_lookups
from app.core.types import File, Ref, Refs


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
        self._follows: set[str] = set()  # proposed fields that nobody has overridden
        self._named: frozenset[str] = (
            frozenset()
        )  # readonly fields that the step opens by their names
        self._whole = True  # all other fields are open, too
        self._grows: set[str] = set()  # lists whose rows follow others just now

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        if name in self._children:
            return self._children[name]
        if name == "parent" and self._parent is not None:
            return self._parent
        if name in self._values:
            item = self._object.named.get(name)
            if item is not None and isinstance(item.type, Ref):
                return self._reference(item)
            return self._values[name]
        base = name[:-3] if name.endswith("_id") else ""
        if base and base in self._values:
            return self._values[base]
        return getattr(self._record, name, None) if self._record is not None else None

    def _reference(self, item: Field) -> Any:
        value = self._values[item.name]
        if isinstance(item.type, Refs):
            found = [self._target(item, pk) for pk in value or ()]
            return [target for target in found if target is not None]
        known = self._targets.get(item.name)
        if known is None or known[0] != value:
            known = (value, self._target(item, value) if value is not None else None)
            self._targets[item.name] = known
        return known[1]

    def know(self, name: str, target: Any) -> None:
        """Remember what a reference leads to; the caller has read it as this person may."""
        self._targets[name] = (target.id, target)

    def _target(self, item: Field, pk: int) -> Any:
        """Load a referenced record: whole if it stood there before or is computed, else within reach.

        What was just typed may be any number; a form must not show whose record it is.
        """
        assert isinstance(item.type, Ref)
        if item.value is not None or item.find or pk in stored_ids(item, self._record):
            return target_of(item.type.object, pk)
        known = bulk_lookups.current()
        if known is not None:
            return known.target(item.type.object, pk)
        model = _model(item.type.object)
        return session.scalars(select(model).where(model.id == pk)).first()


def own_env(row: Row, env: Env) -> Env:
    """Return the surroundings of a row: its form, and the record whose row it is."""
    return replace(env, form=env.form or row, parent=row._parent)


def applies(item: Field | Child, row: Row, env: Env) -> bool:
    """Tell whether a field or child list applies to the row."""
    return item.when is None or bool(item.when(row, env))


def stored_ids(item: Field, record: Any) -> frozenset[int]:
    """Return the ids that a reference field of the stored record holds."""
    value = stored_value(item, record)
    return frozenset(value if isinstance(item.type, Refs) else {value} - {None})


def stored_value(item: Field, record: Any) -> Any:
    """Return what a record holds in a field, as a row holds it: ids for references and files."""
    if record is None:
        return [] if isinstance(item.type, Refs) else None
    if isinstance(item.type, Refs):
        return [target.id for target in getattr(record, item.name)]
    if isinstance(item.type, (Ref, File)):
        return getattr(record, f"{item.name}_id")
    return getattr(record, item.name)


def target_of(object_name: str, pk: int) -> Any:
    """Load a referenced record whole, whoever asks."""
    model = _model(object_name)
    known = bulk_lookups.current()
    with elevated():
        if known is not None:
            return known.whole(object_name, pk)
        return session.get(model, pk)  # without a statement where it was read before


def _model(object_name: str) -> Any:
    return registry.object(object_name).model


def follow(target: Any, path: str) -> Any:
    """Return what stands at a path of references, None where it breaks off."""
    for name in path.split("."):
        if target is None:
            return None
        target = getattr(target, name)
    return getattr(target, "id", target)
