"""What the rows of one message refer to, and which records they are: looked up together, not row by row."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from app.core.declare import Field, Object, registry
from app.core.declare.interfaces import Content, Incoming
from app.core.records import bulk_lookups, natural_keys

Own = dict[str, str]


def place_of(one: Content) -> tuple[str, str]:
    """Return the field of ours that a value is written to, and by which field of its target it is found."""
    head, _, rest = (one.to or one.name).partition(".")
    return head, rest


class Targets:
    """The records that the rows name by a field of theirs."""

    def __init__(
        self,
        obj: Object,
        item: Incoming,
        raws: Iterable[Mapping[str, str]],
        known: bulk_lookups.Batch,
    ) -> None:
        self._object = obj
        self._found: dict[str, dict[Any, list[int]]] = {}
        said = list(raws)
        for one in item.fields:
            if place_of(one)[1]:
                self._found[one.name] = self._look_up(one, {raw[one.name] for raw in said} - {""})
                ids = [pk for some in self._found[one.name].values() for pk in some]
                known.announce(self._target(one)[0].name, ids)

    def own(self, item: Incoming, raw: Mapping[str, str], wrong: list[str]) -> Own:
        """Return a row's values under the names of our fields; adds to `wrong` what is not found."""
        found = {}
        for one in item.fields:
            head, rest = place_of(one)
            text = raw[one.name]
            found[head] = self._id(one, text, wrong) if rest and text else text
        return found

    def _target(self, one: Content) -> tuple[Object, Field]:
        head, rest = place_of(one)
        other = registry.object(getattr(self._object.field(head).type, "object", ""))
        return other, other.field(rest)

    def _look_up(self, one: Content, texts: Iterable[str]) -> dict[Any, list[int]]:
        other, field = self._target(one)
        values = {value for text in texts if (value := _parsed(field, text)) is not None}
        return natural_keys.ids(other, field.name, values)

    def _id(self, one: Content, text: str, wrong: list[str]) -> str:
        other, field = self._target(one)
        value = field.type.parse(text)
        found = self._found[one.name].get(value, [])
        if len(found) == 1:
            return str(found[0])
        shown = field.type.mask(value) if field.mask else text
        wrong.append(f"“{one.title}”为“{shown}”的{other.title}{'不止一个' if found else '不存在'}")
        return ""


class Records:
    """The records that the rows are about, by the key of the message, locked until the transaction ends."""

    def __init__(
        self, obj: Object, item: Incoming, owns: Sequence[Own], known: bulk_lookups.Batch
    ) -> None:
        self._object = obj
        fields = {one.name: place_of(one)[0] for one in item.fields}
        self._names = [fields[word] for word in item.key]
        keys = {key for own in owns if (key := self.key(own)) is not None}
        there = natural_keys.records(obj, self._names, sorted(keys, key=str))
        natural_keys.announce(known, obj, self._names, keys, there)
        self._found: dict[Any, Any] = {key: some[0] for key, some in there.items()}

    def key(self, own: Own) -> tuple[Any, ...] | None:
        """Return what tells a row's record apart; None where a part of it is empty or no value."""
        values = tuple(_parsed(self._object.field(name), own[name]) for name in self._names)
        return None if None in values else values

    def get(self, own: Own) -> Any:
        """Return the record of a row, None where it is a new one; ValueError for a key that is no value."""
        for name in self._names:
            field = self._object.field(name)
            if field.type.parse(own[name]) in (None, ""):
                raise ValueError(f"缺少“{field.title}”，分不清是不是同一条")
        return self._found.get(self.key(own))

    def know(self, own: Own, record: Any) -> None:
        """Remember what a row became: a later one of its key is the same."""
        self._found[self.key(own)] = record


def _parsed(field: Field, text: str) -> Any:
    """Return a text as a value; None where it is empty or none."""
    try:
        return field.type.parse(text) if text else None
    except ValueError:
        return None
