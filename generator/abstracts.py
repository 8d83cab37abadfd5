"""Abstract objects as they are linked: one list over the tables of the objects that extend them.

A row of the list has the number of its record, times a hundred, plus the mark of its object; a
reference to the abstract object keeps that number, and one key for each object besides.
"""

import zlib
from dataclasses import replace
from typing import TYPE_CHECKING

from generator import kinds, model, shared
from generator.reader import Name, Title, Word
from generator.source import Mapping

if TYPE_CHECKING:
    from generator.load import Metadata

VARIANT = "variant"
FACTOR = 100
_NOT_LISTED = frozenset({"refs", "draft_of"})


def mark(name: str) -> int:
    """Return the mark of an object: two digits that follow from its name alone."""
    return zlib.crc32(name.encode()) % 90 + 10


def key_name(field: str, concrete: str) -> str:
    """Return the column in which a reference to an abstract object keeps one of its objects."""
    return f"{field}_{concrete}_id"


def book_of(name: str) -> str:
    """Return the dictionary that names the objects which extend an abstract one."""
    return f"{name}_{VARIANT}"


def listed(data: "Metadata", item: model.Object) -> model.Object:
    """Return what an abstract object's list has of it: fields, and which object each row is of."""
    if not item.abstract:
        return item
    place, book = item.object.place, book_of(str(item.object))
    entries = {
        Word.at(str(file.object.object), place): str(file.object.title)
        for file in sorted(data.files, key=lambda one: str(one.object.object))
        if file.object.extends == item.object and file.object.object
    }
    data.dictionaries.setdefault(
        book,
        shared.Dictionary(
            name=Name.at(book, place),
            title=Title.at(f"{item.title}种类", place),
            entries=entries,
            node=item.node,
        ),
    )
    field = model.Field(
        name=Name.at(VARIANT, place),
        type=Word.at("dict", place),
        title=Title.at("种类", place),
        of=Word.at(book, place),
        readonly=True,
        node=Mapping((), item.node.place, item.node.uses),
    )
    fields = {  # what a field is computed from stands in the tables; here it is only read
        name: replace(one, value=None, readonly=True) if one.value else one
        for name, one in item.fields.items()
        if _base(data, one) not in _NOT_LISTED and name != VARIANT
    }
    return replace(
        item,
        fields={field.name: field, **fields},
        children={},
        materials={},
        rules=(),
        holds={},
        unique=(),
        flow=None,
        messages={},
        warnings={},
    )


def _base(data: "Metadata", item: model.Field) -> str:
    alias = data.types.get(item.type)
    kind = kinds.KINDS.get(alias.base if alias else item.type)
    return kind.name if kind else ""
