"""Values that move: from a record to the rows of a list, and codes to the field of their new dictionary."""

# ruff: noqa: S608 - identifiers and codes come from the metadata, which check has read

from dataclasses import dataclass

from generator.emit.text import quote
from generator.migrate.schema import Column, Schema, Table


@dataclass(frozen=True)
class Move:
    """What moves into a table: columns that are new there, and the table that the values come from."""

    table: Table
    source: str
    columns: tuple[Column, ...]

    @property
    def down(self) -> bool:
        """Whether the values go from a record to its rows; else they stay in their table."""
        return self.source != self.table.name


def moves(old: Schema, new: Schema) -> list[Move]:
    """Return what moves between two schemas; a column that was there before takes nothing."""
    found = []
    for table in new.values():
        known = old.get(table.was or table.name) or old.get(table.name)
        fresh = [c for c in table.columns if c.moved and not (known and known.column(c.name))]
        parent = table.column("parent_id")
        source = parent.refers if parent is not None else table.name
        before = old.get(new[source].was) or old.get(source)
        there = tuple(c for c in fresh if before is not None and before.column(c.moved))
        if there:
            found.append(Move(table, source, there))
    return found


def refused(move: Move) -> str:
    """Return why a record without rows cannot get one that takes its values; nothing where it can."""
    taken = {"parent_id", "position", *(column.name for column in move.columns)}
    lacking = [c.name for c in move.table.columns if not c.null and c.name not in taken]
    return ", ".join(lacking) if move.down else ""


def sentence(move: Move) -> str:
    """Return a move in words."""
    names = ", ".join(f"{move.source}.{column.moved}" for column in move.columns)
    return f"the values of {names} move to {move.table.name}"


def forward(move: Move) -> list[str]:
    """Return the statements of `upgrade`."""
    return [_execute(text) for text in (_to_rows(move) if move.down else _by_codes(move))]


def backward(move: Move) -> list[str]:
    """Return the statements of `downgrade`: of several rows the first gives its value back."""
    texts = []
    for column in move.columns:
        if move.down:
            first = (
                f"SELECT r.{column.name} FROM {move.table.name} r"
                f" WHERE r.parent_id = {move.source}.id ORDER BY r.position, r.id LIMIT 1"
            )
            texts.append(f"UPDATE {move.source} SET {column.moved} = ({first})")
        else:
            texts.append(
                f"UPDATE {move.source} SET {column.moved} = {column.name}"
                f" WHERE {column.moved} IS NULL AND {column.name} IS NOT NULL"
            )
    return [_execute(text) for text in texts]


def _to_rows(move: Move) -> list[str]:
    """The rows of a record all get its values; a record with values and no row gets one."""
    rows, source = move.table.name, move.source
    own = ", ".join(
        f"{c.name} = (SELECT p.{c.moved} FROM {source} p WHERE p.id = {rows}.parent_id)"
        for c in move.columns
    )
    there = ", ".join(column.name for column in move.columns)
    here = ", ".join(f"p.{column.moved}" for column in move.columns)
    some = " OR ".join(f"p.{column.moved} IS NOT NULL" for column in move.columns)
    return [
        f"UPDATE {rows} SET {own}",
        f"INSERT INTO {rows} (parent_id, position, version, {there}) SELECT p.id, 0, 1, {here} FROM {source} p"
        f" WHERE ({some}) AND NOT EXISTS (SELECT 1 FROM {rows} r WHERE r.parent_id = p.id)"
        " ORDER BY p.id",  # numbers follow the order in which the records were made
    ]


def _by_codes(move: Move) -> list[str]:
    """Codes of the new dictionary are taken over; those that the old one lost leave the old field."""
    texts = []
    for column in move.columns:
        if column.codes:
            known = f"{column.moved} IN ({_listed(column.codes)})"
            texts.append(f"UPDATE {move.source} SET {column.name} = {column.moved} WHERE {known}")
        old = move.table.column(column.moved)
        if old is not None and old.null and column.left:
            gone = f"{column.moved} IN ({_listed(column.left)})"
            texts.append(f"UPDATE {move.source} SET {column.moved} = NULL WHERE {gone}")
    return texts


def _listed(codes: tuple[str, ...]) -> str:
    return ", ".join("'" + code.replace("'", "''").replace(":", "\\:") + "'" for code in codes)


def _execute(text: str) -> str:
    return f"op.execute({quote(text)})"
