"""What has to be done to get from one schema to another, and which of it loses data."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from generator.language import tr
from generator.migrate.moves import Move, moves, refused
from generator.migrate.moves import sentence as move_sentence
from generator.migrate.schema import Column, Schema, Table
from generator.problem import did_you_mean


@dataclass(frozen=True)
class Change:
    """One change: what, at which table and column; `loss` says what data it loses."""

    kind: str  # add_, drop_, rename_table; add_, drop_, rename_, alter_column; move_values; add_, drop_unique, _check
    table: str
    column: str = ""
    loss: str = ""
    before: Table | Column | Move | tuple[str, ...] | None = None
    after: Table | Column | Move | tuple[str, ...] | None = None
    hint: str = ""

    @property
    def key(self) -> str:
        """How a loss is confirmed: TABLE or TABLE.COLUMN."""
        return f"{self.table}.{self.column}" if self.column else self.table


def plan(old: Schema, new: Schema) -> list[Change]:
    """Return the changes in an order in which they can be carried out."""
    renamed = {
        table.was: name for name, table in new.items() if table.was in old and name not in old
    }
    changes = [
        Change("rename_table", was, after=new[name], before=old[was])
        for was, name in sorted(renamed.items())
    ]
    present = {renamed.get(name, name): table for name, table in old.items()}
    changes += [
        Change("add_table", name, after=new[name]) for name in ordered(new, set(new) - set(present))
    ]
    for name in sorted(set(new) & set(present)):
        changes += _table(present[name], new[name])
    changes = _moving(changes, moves(old, new))
    gone = set(present) - set(new)
    for name in reversed(ordered(present, gone)):
        hint = did_you_mean(name, set(new) - set(old), "table") if set(new) - set(old) else ""
        changes.append(
            Change(
                "drop_table",
                name,
                before=present[name],
                loss=tr("the table {name} with all its rows", name=name),
                hint=hint,
            )
        )
    return changes


def _moving(changes: list[Change], found: list[Move]) -> list[Change]:
    """Put the moves of values behind what is added and before what goes; what has moved is no loss."""
    moved = {(move.source, c.moved) for move in found if move.down for c in move.columns}
    last = [change for change in changes if change.kind == "drop_column"]
    kept = [
        replace(change, loss="") if (change.table, change.column) in moved else change
        for change in last
    ]
    first = [change for change in changes if change.kind != "drop_column"]
    return [*first, *(_move(move) for move in found), *kept]


def _move(move: Move) -> Change:
    lacking = refused(move)
    loss = (
        tr("a record without rows gets none, since {lacking} must not be empty", lacking=lacking)
        if lacking
        else ""
    )
    return Change("move_values", move.table.name, loss=loss, after=move)


def ordered(schema: Schema, names: set[str]) -> list[str]:
    """Return tables so that what is referred to stands first; circles are cut where they close."""
    done: dict[str, None] = {}

    def visit(name: str, way: frozenset[str]) -> None:
        if name in done or name in way or name not in names:
            return
        for column in schema[name].columns:
            visit(column.refers, way | {name})
        done[name] = None

    for name in sorted(names):
        visit(name, frozenset())
    return list(done)


def _table(old: Table, new: Table) -> Iterator[Change]:
    yield from _let_go(old, new)
    renamed = {
        c.was: c for c in new.columns if c.was and old.column(c.was) and not old.column(c.name)
    }
    for was, column in sorted(renamed.items()):
        yield Change("rename_column", new.name, was, before=old.column(was), after=column)
    before = {renamed[c.name].name if c.name in renamed else c.name: c for c in old.columns}
    for column in new.columns:
        known = before.get(column.name)
        if known is None:
            yield _added(new, column)
        else:
            yield from _altered(new, known, column)
    fresh = [c.name for c in new.columns if c.name not in before]
    for name, column in sorted(before.items()):
        if new.column(name) is None:
            hint = did_you_mean(name, fresh, "column") if fresh else ""
            yield Change(
                "drop_column",
                new.name,
                name,
                before=column,
                loss=tr("the column {name}.{name2}", name=new.name, name2=name),
                hint=hint,
            )
    yield from _demanded(old, new)


def _let_go(old: Table, new: Table) -> Iterator[Change]:
    for check in old.checks:
        if check not in new.checks:
            yield Change("drop_check", new.name, before=check)
    for group in old.unique:
        if group not in new.unique:
            yield Change("drop_unique", new.name, before=group)


def _demanded(old: Table, new: Table) -> Iterator[Change]:
    for group in new.unique:
        if group not in old.unique:
            yield Change("add_unique", new.name, after=group)
    for check in new.checks:
        if check not in old.checks:
            yield Change("add_check", new.name, after=check)


def _added(table: Table, column: Column) -> Change:
    loss = ""
    if not column.null and _filler(column) is None:
        loss = tr(
            "{name}.{name2} must not be empty, but rows that exist have no value for it",
            name=table.name,
            name2=column.name,
        )
    return Change("add_column", table.name, column.name, after=column, loss=loss)


def _filler(column: Column) -> str | None:
    """Return what rows that exist get in a new column that must not be empty."""
    return {"Boolean": "false", "Integer": "0"}.get(column.type)


def _altered(table: Table, old: Column, new: Column) -> Iterator[Change]:
    plain = (old.type, old.null, old.refers, old.index, old.unique, old.cascade)
    if plain == (new.type, new.null, new.refers, new.index, new.unique, new.cascade):
        return
    loss = ""
    if old.type != new.type and not _widened(old.type, new.type):
        loss = tr(
            "{name}.{name2} turns from {type} into {type2}; values that do not fit are lost",
            name=table.name,
            name2=new.name,
            type=old.type,
            type2=new.type,
        )
    elif old.null and not new.null:
        loss = tr(
            "{name}.{name2} must not be empty any more; rows without a value stop the migration",
            name=table.name,
            name2=new.name,
        )
    elif old.refers != new.refers and new.refers:
        loss = tr(
            "{name}.{name2} refers to {refers} instead of {value}",
            name=table.name,
            name2=new.name,
            refers=new.refers,
            value=old.refers or "nothing",
        )
    yield Change("alter_column", table.name, new.name, before=old, after=new, loss=loss)


def _widened(old: str, new: str) -> bool:
    if old.startswith("String(") and new.startswith("String("):
        return int(old[7:-1]) <= int(new[7:-1])
    return (old.startswith("String(") and new == "Text") or (old, new) == ("Integer", "BigInteger")


def sentence(change: Change) -> str:
    """Return a change in words."""
    after = change.after
    match change.kind:
        case "rename_table":
            return tr(
                "table {table} becomes {which}",
                table=change.table,
                which=after.name if isinstance(after, Table) else "",
            )
        case "rename_column":
            return tr(
                "column {table}.{column} becomes {which}",
                table=change.table,
                column=change.column,
                which=after.name if isinstance(after, Column) else "",
            )
        case "move_values":
            return move_sentence(after) if isinstance(after, Move) else ""
        case "add_table":
            return tr("new table {table}", table=change.table)
        case "add_column":
            return tr("new column {table}.{column}", table=change.table, column=change.column)
        case "drop_table":
            return tr("table {table} goes, with all its rows", table=change.table)
        case "drop_column":
            return tr(
                "column {table}.{column} goes, with its values",
                table=change.table,
                column=change.column,
            )
        case "add_unique" | "drop_unique":
            group = after if change.kind == "add_unique" else change.before
            words = ", ".join(group) if isinstance(group, tuple) else ""
            verb = (
                tr("must differ from now on") if change.kind == "add_unique" else tr("may repeat")
            )
            return f"{change.table}: ({words}) {verb}"
        case "add_check" | "drop_check":
            check = after if change.kind == "add_check" else change.before
            name = check[0] if isinstance(check, tuple) else ""
            verb = (
                tr("holds from now on")
                if change.kind == "add_check"
                else tr("need not hold any more")
            )
            return f"{change.table}: {name} {verb}"
        case _:
            return tr(
                "column {table}.{column}: {difference}",
                table=change.table,
                column=change.column,
                difference=_difference(change),
            )


def _difference(change: Change) -> str:
    old, new = change.before, change.after
    assert isinstance(old, Column)
    assert isinstance(new, Column)
    parts = []
    if old.type != new.type:
        parts.append(f"{old.type} → {new.type}")
    if old.null != new.null:
        parts.append(tr("may be empty") if new.null else tr("must not be empty"))
    if old.refers != new.refers:
        parts.append(tr("refers to {value}", value=new.refers or "nothing"))
    if old.unique != new.unique:
        parts.append("unique" if new.unique else tr("may repeat"))
    return ", ".join(parts) or "index"
