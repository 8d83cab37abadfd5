"""Records of the demonstration before they are rows: plain objects with the attributes of the models."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from app.core.db import abstract_views
from app.core.declare import Object, registry
from app.core.types import File, Ref, Refs


class Stub:
    """One record; formulas of generated code read it as they would read a model."""

    _object: Object
    id: int
    state: str | None
    parent: "Stub | None"

    def __init__(self, obj: Object, pk: int) -> None:
        self._object = obj
        self.id = pk
        self.state = None
        self.parent = None
        for name, empty in blank(obj):
            setattr(self, name, list(empty) if isinstance(empty, list) else empty)
        if obj.extends:
            self.variant = obj.name  # what the abstract object's list tells records apart by

    def put(self, name: str, value: Any) -> None:
        """Set a field; a reference also sets the id beside it."""
        setattr(self, name, value)
        if name in references(self._object):
            setattr(self, f"{name}_id", _number(self._object, name, value))

    def get(self, name: str, default: Any = None) -> Any:
        """Return an attribute, as templates ask for it."""
        return getattr(self, name, default)


def _number(obj: Object, name: str, value: Any) -> Any:
    """Return what a reference stores: the id, in an abstract object's list the number there."""
    if not isinstance(value, Stub):
        return value
    target = getattr(obj.field(name).type, "object", "")
    if value._object.extends and value._object.extends == target:
        return abstract_views.number(registry.object(target), value._object, value.id)
    return value.id


_blank: dict[str, list[tuple[str, Any]]] = {}
_references: dict[str, frozenset[str]] = {}


def references(obj: Object) -> frozenset[str]:
    """Return the fields that are stored as an id."""
    if obj.name not in _references:
        _references[obj.name] = frozenset(
            field.name
            for field in obj.fields
            if isinstance(field.type, (Ref, File)) and not isinstance(field.type, Refs)
        )
    return _references[obj.name]


def blank(obj: Object) -> list[tuple[str, Any]]:
    """Return the attributes of an empty record."""
    if obj.name not in _blank:
        rows: list[tuple[str, Any]] = []
        for field in obj.fields:
            rows.append((field.name, [] if isinstance(field.type, Refs) else None))
            if field.name in references(obj):
                rows.append((f"{field.name}_id", None))
        rows += [(child.name, []) for child in obj.children]
        _blank[obj.name] = rows
    return _blank[obj.name]


class Store:
    """All stubs by object, found by the value of an attribute."""

    def __init__(self) -> None:
        self._next: dict[str, int] = defaultdict(lambda: 1)
        self.rows: dict[str, list[Stub]] = defaultdict(list)
        self.known: dict[str, list[Stub]] = {}
        self._index: dict[tuple[str, tuple[str, ...]], dict[tuple[Any, ...], list[Stub]]] = {}

    def new(self, name: str) -> Stub:
        """Return a new record of an object."""
        stub = Stub(registry.object(name), self._next[name])
        self._next[name] += 1
        self.rows[name].append(stub)
        return stub

    def adopt(self, name: str, stubs: Iterable[Stub]) -> None:
        """Take records that are in the database already; they are found but not written."""
        self.known[name] = list(stubs)

    def all(self, name: str, **equal: Any) -> list[Stub]:
        """Return the records whose attributes have these values, in their order."""
        keys = tuple(sorted(equal))
        if not keys:
            return self._everything(name)
        place = (name, keys)
        if place not in self._index:
            table: dict[tuple[Any, ...], list[Stub]] = defaultdict(list)
            for stub in self._everything(name):
                table[tuple(_plain(getattr(stub, key)) for key in keys)].append(stub)
            self._index[place] = table
        return self._index[place].get(tuple(_plain(equal[key]) for key in keys), [])

    def _everything(self, name: str) -> list[Stub]:
        obj = registry.registry().objects.get(name)
        if obj is not None and obj.variants:  # an abstract object's are those that extend it
            return [stub for own in obj.variants for stub in self._everything(own)]
        return self.known.get(name) or self.rows.get(name, [])

    def by_id(self, name: str, pk: int | None) -> Stub | None:
        """Return the record of an id, of an abstract object that of a number in its list."""
        if pk is None:
            return None
        obj = registry.registry().objects.get(name)
        if obj is not None and obj.variants:
            own, pk = abstract_views.concrete(obj, pk)
            if own is obj:
                return None
            name = own.name
        found = self.all(name, id=pk)
        return found[0] if found else None

    def forget(self, name: str) -> None:
        """Build the indexes of an object anew: records were added or changed."""
        obj = registry.registry().objects.get(name)
        names = {name, obj.extends if obj is not None else ""}
        for place in [place for place in self._index if place[0] in names]:
            del self._index[place]


def _plain(value: Any) -> Any:
    return value.id if isinstance(value, Stub) else value
