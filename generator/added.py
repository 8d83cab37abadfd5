"""`rows: {add: true}`: rows that people add beside those that follow, told apart by a field of their own."""

from generator import model
from generator.reader import Name, Title, Word
from generator.source import Mapping

ADDED = "added"


def expanded(fields: dict[Name, model.Field], rows: model.Rows | None) -> dict[Name, model.Field]:
    """Return the fields of a row, with the one that says that somebody has added it."""
    if rows is None or not rows.add:
        return fields
    place, uses = rows.node.place, rows.node.uses
    name = Name.at(ADDED, place, uses)
    item = model.Field(
        name=name, type=Word.at("boolean", place, uses), title=Title.at("自行增加", place, uses),
        readonly=True, node=Mapping((), place, uses),
    )  # fmt: skip
    return {**fields, **({} if name in fields else {name: item})}
