"""What has to be done to get from one schema to another, and which of it loses data."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from generator.language import tr
from generator.migrate.forms import FieldChange
from generator.migrate.meaning import conversion, meant, word
from generator.migrate.moves import Move, moves, refused
from generator.migrate.moves import sentence as move_sentence
from generator.migrate.schema import Column, Schema, Table
from generator.problem import did_you_mean


@dataclass(frozen=True)
class Change:
    """One change: what, at which table and column; `loss` says what data it loses."""

    # add_, drop_, rename_table; add_, drop_, rename_, alter_, renumber_column; rename_, convert_field; move_values;
    # add_, drop_unique, _check
    kind: str
    table: str
    column: str = ""
    loss: str = ""
    before: Table | Column | Move | FieldChange | tuple[str, ...] | None = None
    after: Table | Column | Move | FieldChange | tuple[str, ...] | None = None
    hint: str = ""
    never: bool = False  # no word of the metadata makes it possible

    @property
    def key(self) -> str:
        """How a loss is confirmed: TABLE or TABLE.COLUMN."""
        return f"{self.table}.{self.column}" if self.column else self.table


def plan(old: Schema, new: Schema) -> list[Change]:
    """Return the changes in an order in which they can be carried out."""
    renamed = {
        table.was: name for name, table in new.items() if table.was in old and name not in old
    }
    former = {name: was for was, name in renamed.items()}
    changes = [
        Change(
            "rename_table",
            former[name],
            after=new[name],
            before=_followed(old[former[name]], renamed),
        )
        for name in ordered(new, set(former))  # what is referred to is called anew first
    ]
    present = {renamed.get(name, name): _followed(table, renamed) for name, table in old.items()}
    changes += [
        Change("add_table", name, after=new[name]) for name in ordered(new, set(new) - set(present))
    ]
    for name in sorted(set(new) & set(present)):
        changes += _table(present[name], new[name])
    fields = _fields(old, new, renamed)
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
    return [*changes, *fields]  # forms lie in tables that are called as the metadata does by then


def _followed(table: Table, renamed: dict[str, str]) -> Table:
    """Return a table whose references name the tables as they are called by now."""
    columns = tuple(replace(c, refers=renamed.get(c.refers, c.refers)) for c in table.columns)
    return replace(table, columns=columns)


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
    renamed = {
        c.was: c for c in new.columns if c.was and old.column(c.was) and not old.column(c.name)
    }
    if new.pair and {c.name for c in old.columns} - {*renamed} != {
        c.name for c in new.columns if c not in renamed.values()
    }:
        loss = tr("the links of {table} lead to another object", table=new.name)
        yield Change("alter_column", new.name, before=old, after=new, loss=loss, never=True)
        return
    kept, wanted = _constraints(old, new, renamed)
    yield from _let_go(new, kept, wanted)
    for was, column in sorted(renamed.items()):
        yield Change("rename_column", new.name, was, before=old.column(was), after=column)
        if column.refers and column.kind == "ref":
            whole = next((c for c in new.columns if c.number and column.name in c.number), None)
            if whole is not None:
                yield Change("renumber_column", new.name, whole.name, before=whole, after=whole)
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
    yield from _demanded(new, kept, wanted)


def _fields(old: Schema, new: Schema, tables: dict[str, str]) -> list[Change]:
    """Return the fields that are called or meant otherwise: what is kept of their values follows."""
    former = {name: was for was, name in tables.items()}
    renamed: dict[FieldChange, Table] = {}
    converted: dict[FieldChange, Table] = {}
    for name, table in new.items():
        known = old.get(former.get(name, name))
        if known is None:
            continue
        columns = {
            c.was: c for c in table.columns if known.column(c.was) and not known.column(c.name)
        }
        for one in table.renames:
            if (name in former and table.pair) or {one.former, f"{one.former}_id"} & {*columns}:
                renamed[one] = table
        names = {c.name: was for was, c in columns.items()}
        for column in table.columns:
            before = known.column(names.get(column.name, column.name))
            if table.forms is None or before is None or not before.kind:
                continue  # a snapshot that did not know it: as it is now, so it was
            was, now = meant(before), meant(column)
            if was and now and was != now:
                one = FieldChange(table.object, column.name, column.name, table.forms, was, now)
                converted[one] = table
    copies_first = sorted(renamed, key=lambda one: not _is_copy(renamed[one], one.field))
    return [
        *(Change("rename_field", renamed[c].name, c.field, before=c.turned(), after=c) for c in copies_first),
        *(Change("convert_field", t.name, c.field, before=c.turned(), after=c) for c, t in converted.items()),
    ]  # fmt: skip


def _is_copy(table: Table, name: str) -> bool:
    """Tell whether a field holds copies of other records: they are looked for under its own name."""
    column = table.column(name)
    return column is not None and column.kind == "draft_of"


_Group = tuple[str, ...]
_Constraints = tuple[set[_Group], set[tuple[str, str]]]  # unique groups, checks


def _constraints(
    old: Table, new: Table, renamed: dict[str, Column]
) -> tuple[_Constraints, _Constraints]:
    """Return the unique groups and checks that stood and those that are wanted, each that stays left out.

    What is made of values that are converted, or named after a column that is renamed, is made anew.
    """
    touched = {*renamed, *(c.name for c in renamed.values())}
    for column in new.columns:
        known = old.column(column.name)
        if known is not None and conversion(known, column).how != "same":
            touched.add(column.name)

    def made_anew(group: _Group) -> bool:
        return bool(touched & set(group))

    same = {g for g in old.unique if g in new.unique and not made_anew(g)}
    same_checks = set(old.checks) & set(new.checks)
    return (
        (set(old.unique) - same, set(old.checks) - same_checks),
        (set(new.unique) - same, set(new.checks) - same_checks),
    )


def _let_go(table: Table, gone: Any, come: Any) -> Iterator[Change]:
    for check in sorted(gone[1]):
        yield Change("drop_check", table.name, before=check)
    for group in sorted(gone[0]):
        yield Change("drop_unique", table.name, before=group)


def _demanded(table: Table, gone: Any, come: Any) -> Iterator[Change]:
    for group in sorted(come[0]):
        yield Change("add_unique", table.name, after=group)
    for check in sorted(come[1]):
        yield Change("add_check", table.name, after=check)


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
    needed = conversion(old, new)
    same = plain == (new.type, new.null, new.refers, new.index, new.unique, new.cascade)
    if same and needed.how == "same" and not needed.loss:
        return
    losses = [needed.loss] if needed.loss else []
    if old.null and not new.null:
        losses.append(tr("it must not be empty any more; rows without a value stop the upgrade"))
    loss = f"{table.name}.{new.name}: {'; '.join(losses)}" if losses else ""
    yield Change(
        "alter_column", table.name, new.name, before=old, after=new, loss=loss,
        never=needed.how == "never",
    )  # fmt: skip


def sentence(change: Change) -> str:
    """Return a change in words."""
    after = change.after
    if isinstance(after, Move | FieldChange):
        return move_sentence(after) if isinstance(after, Move) else _kept(after)
    match change.kind:
        case "renumber_column":
            return tr(
                "column {table}.{column}: numbers follow the names of objects",
                table=change.table,
                column=change.column,
            )
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
        case "add_unique" | "drop_unique" | "add_check" | "drop_check":
            return _constraint(change)
        case _:
            return tr(
                "column {table}.{column}: {difference}",
                table=change.table,
                column=change.column,
                difference=_difference(change),
            )


def _kept(change: FieldChange) -> str:
    if change.former == change.field:
        return tr(
            "what is kept of the field {field} of {object} is read as {was} up to here",
            field=change.field,
            object=change.object,
            was=change.was,
        )
    return tr(
        "what is kept of the field {field} of {object} calls it {name} from now on",
        field=change.former,
        object=change.object,
        name=change.field,
    )


def _constraint(change: Change) -> str:
    adding = change.kind.startswith("add")
    told = change.after if adding else change.before
    words = told if isinstance(told, tuple) else ()
    if change.kind.endswith("unique"):
        verb = tr("must differ from now on") if adding else tr("may repeat")
        return f"{change.table}: ({', '.join(words)}) {verb}"
    verb = tr("holds from now on") if adding else tr("need not hold any more")
    return f"{change.table}: {''.join(words[:1])} {verb}"


def _difference(change: Change) -> str:
    old, new = change.before, change.after
    if isinstance(old, Table):
        return tr("other links")
    assert isinstance(old, Column)
    assert isinstance(new, Column)
    parts = []
    if word(old) != word(new):
        parts.append(f"{word(old)} → {word(new)}")
    if old.type != new.type:
        parts.append(f"{old.type} → {new.type}")
    if old.null != new.null:
        parts.append(tr("may be empty") if new.null else tr("must not be empty"))
    if old.refers != new.refers:
        parts.append(tr("refers to {value}", value=new.refers or "nothing"))
    if old.unique != new.unique:
        parts.append("unique" if new.unique else tr("may repeat"))
    return ", ".join(parts) or "index"
