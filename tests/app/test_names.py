"""No text column of the runtime's own tables is forgotten where the metadata gives something another name."""

import sqlalchemy as sa

from app.core.db.entity import Table
from app.migrations import names
from app.upgrade import load_runtime


def declared() -> list[tuple[str, str]]:
    """Return each column as often as it is declared."""
    lists = (
        names.OBJECTS, names.MESSAGES, names.WORK, names.FORMS, names.LISTS, names.SEALED, names.FIXED, names.OTHER,
        {table: tuple(column for column, _ in places) for table, places in names.FIELDS.items()},
    )  # fmt: skip
    return [
        (table, column) for one in lists for table, columns in one.items() for column in columns
    ]


def test_every_text_column_says_whether_it_holds_a_name_of_the_metadata() -> None:
    load_runtime()
    there = {
        (name, column.name)
        for name, table in Table.metadata.tables.items()
        if name.startswith("sys_")
        for column in table.columns
        if isinstance(column.type, sa.String)  # Text is one, too
    }
    found = declared()
    assert len(found) == len(set(found)), "declared twice"
    assert there - set(found) == set(), "declare it in app/migrations/names.py"
    assert set(found) - there == set(), "there is no such column"


def test_what_is_called_object_holds_the_name_of_one() -> None:
    """The commonest slip: a new table that keeps something of a record, declared as plain text."""
    named = {*names.FIXED, *names.OTHER}
    for table in named:
        plain = {*names.FIXED.get(table, ()), *names.OTHER.get(table, ())}
        assert not {column for column in plain if column.endswith("object")}, table
