"""Writes an Alembic revision from a plan: explicit operations, no autogeneration, no database."""

import hashlib
import re
from dataclasses import replace
from pathlib import Path

from generator.emit.text import literal, quote
from generator.migrate import moves
from generator.migrate.forms import FieldChange
from generator.migrate.meaning import NUMBERS, conversion, word
from generator.migrate.moves import Move
from generator.migrate.plan import Change
from generator.migrate.schema import Column, Table

VERSIONS = "app/migrations/versions"
_STAMPED = (  # of the following columns those that something is named after
    Column("created_by_id", "BigId", refers="ab_user", index=True),
    Column("updated_by_id", "BigId", refers="ab_user"),
)
_STAMPS = (
    'sa.Column("version", sa.Integer(), nullable=False)',
    'sa.Column("created_at", UtcDateTime())',
    'sa.Column("created_by_id", BigId, sa.ForeignKey("ab_user.id"), index=True)',
    'sa.Column("updated_at", UtcDateTime())',
    'sa.Column("updated_by_id", BigId, sa.ForeignKey("ab_user.id"))',
)


def head(base: Path) -> tuple[str, int]:
    """Return the last revision and how many there are."""
    files = sorted((base / VERSIONS).glob("[0-9]*.py"))
    if not files:
        return "", 0
    found = re.search(r'^revision = "(\w+)"', files[-1].read_text(encoding="utf-8"), re.MULTILINE)
    return (found[1] if found else ""), len(files)


def render(base: Path, message: str, changes: list[Change]) -> tuple[str, str]:
    """Return path and text of the next revision."""
    down, count = head(base)
    number = f"{count + 1:04d}"
    forward = operations(changes)
    digest = hashlib.sha256((down + "\n".join(forward)).encode()).hexdigest()[:6]
    revision = f"r{number}_{digest}"
    slug = re.sub(r"[^a-z0-9]+", "_", message.lower()).strip("_")[:40] or "change"
    bodies = _body(forward), _body(backward(changes))
    text = (
        f'"""{message.strip()}.\n\nWritten by: python -m generator migrate\n"""\n\n'
        f"{_imports(''.join(bodies))}\n"
        f'revision = "{revision}"\ndown_revision = {quote(down) if down else "None"}\n{_renamed(changes)}\n\n'
        f'def upgrade() -> None:\n    """Bring the tables to what the metadata asks for."""\n{bodies[0]}\n\n\n'
        'def downgrade() -> None:\n    """Take it back; what was dropped comes back empty."""\n'
        f"{bodies[1]}\n"
    )
    return f"{VERSIONS}/{number}_{slug}.py", text


def _renamed(changes: list[Change]) -> str:
    """Return what a rehearsal must know to find a value again: TABLE: table, TABLE.COLUMN: column."""
    found = {
        (f"{c.table}.{c.column}" if c.column else c.table): c.after.name
        for c in changes
        if c.kind in ("rename_table", "rename_column") and isinstance(c.after, Table | Column)
    }
    return f"renamed = {literal(found)}\n" if found else ""


def _imports(body: str) -> str:
    """Return the imports of what the steps use."""
    outside = "import sqlalchemy as sa\n" if "sa." in body else ""
    own = [name for name in ("BigId", "UtcDateTime") if re.search(rf"\b{name}\b", body)]
    lines = [f"from app.core.db.database import {', '.join(own)}"] if own else []
    rooms = [
        name for name in ("forms", "keys", "names", "values") if re.search(rf"\b{name}\.", body)
    ]
    lines += [f"from app.migrations import {', '.join(rooms)}"] if rooms else []
    inside = "".join(f"{line}\n" for line in ["", *lines]) if lines else ""
    return f"{outside}from alembic import op\n{inside}"


def _body(lines: list[str]) -> str:
    return "\n".join(f"    {line}" for line in lines) if lines else "    pass"


def operations(changes: list[Change]) -> list[str]:
    """Return the statements of `upgrade`; foreign keys of circles are added when both tables exist."""
    lines: list[str] = []
    made = {change.table for change in changes if change.kind == "add_table"}
    late: list[str] = []
    done: set[str] = set()
    for change in changes:
        if change.kind == "add_table":
            assert isinstance(change.after, Table)
            waiting = {
                c.name for c in change.after.columns if c.refers in made - done - {change.table}
            }
            lines += create(change.after, waiting)
            late += [_foreign(change.after, c) for c in change.after.columns if c.name in waiting]
            done.add(change.table)
        else:
            lines += statement(change)
    return [*lines, *late]


def create(table: Table, waiting: set[str] = frozenset()) -> list[str]:  # type: ignore[assignment]
    """Return the statements that make a table with its indexes."""
    parts = [quote(table.name)]
    if not table.pair:
        parts.append('sa.Column("id", BigId, sa.Identity(), primary_key=True)')
    parts += [column(item, key=table.pair, bare=item.name in waiting) for item in table.columns]
    parts += [] if table.pair else list(_STAMPS)
    parts += [f"sa.UniqueConstraint({', '.join(map(quote, group))})" for group in table.unique]
    parts += [
        f"sa.CheckConstraint({quote(condition)}, name={quote(name)})"
        for name, condition in table.checks
    ]
    return [f"op.create_table({', '.join(parts)},)"]


def column(item: Column, *, key: bool = False, bare: bool = False) -> str:
    """Return a column; `bare` leaves out a foreign key that cannot stand yet."""
    kind = {"BigId": "BigId", "UtcDateTime": "UtcDateTime()"}.get(item.type, f"sa.{item.type}")
    if kind.startswith("sa.") and not kind.endswith(")"):
        kind += "()"
    parts = [quote(item.name), kind]
    if item.refers and not bare:
        action = ', ondelete="CASCADE"' if item.cascade else ""
        parts.append(f'sa.ForeignKey("{item.refers}.id"{action})')
    if key:
        parts.append("primary_key=True")
    elif not item.null:
        parts.append("nullable=False")
    if item.index:
        parts.append("index=True")
    if item.unique:
        parts.append("unique=True")
    return f"sa.Column({', '.join(parts)})"


def _foreign(table: Table, item: Column) -> str:
    name = f"fk_{table.name}_{item.name}"
    return (
        f'with op.batch_alter_table("{table.name}") as batch:\n        batch.create_foreign_key('
        f'"{name}", "{item.refers}", ["{item.name}"], ["id"])'
    )


def statement(change: Change) -> list[str]:
    """Return the statements of one change."""
    after, before = change.after, change.before
    match change.kind:
        case "move_values" | "rename_field" | "convert_field":
            return moves.forward(after) if isinstance(after, Move) else _kept(after)
        case "rename_table":
            assert isinstance(after, Table)
            assert isinstance(before, Table)
            return [*_rename_table(before, after), *_rename_object(before, after)]
        case "renumber_column":
            assert isinstance(after, Column)
            text = f"UPDATE {change.table} SET {after.name} = {after.number} WHERE {after.name} IS NOT NULL"  # noqa: S608
            return [f"op.execute({quote(text)})"]
        case "drop_table":
            return [f'op.drop_table("{change.table}")']
        case "rename_column":
            assert isinstance(after, Column)
            assert isinstance(before, Column)
            return _rename_column(change.table, before, after)
        case "drop_column":
            return _batch(change.table, *_drop(change.table, before))
        case "add_column":
            assert isinstance(after, Column)
            return _added(change.table, after)
        case "add_unique" | "drop_unique":
            return _constraint(change)
        case "add_check" | "drop_check":
            return _check(change)
        case _:
            assert isinstance(after, Column)
            assert isinstance(before, Column)
            return _alter(change.table, before, after)


def _kept(change: object) -> list[str]:
    assert isinstance(change, FieldChange)
    return [change.code()]


def _rename_object(old: Table, new: Table) -> list[str]:
    """What the runtime keeps of the records names their object; on the way back the two change places."""
    told = new if new.object else old
    if told.pair:
        return []
    one, other = _turned_with(new, told.former, told.object)
    return [f"names.rename_object({quote(one)}, {quote(other)})"] if one and other else []


def _turned_with(table: Table, former: str, name: str) -> tuple[str, str]:
    """Return what is called anew and how; a table that a snapshot gave back has no names: it is the way back."""
    return (former, name) if table.object else (name, former)


def _rename_table(old: Table, new: Table) -> list[str]:
    """Rename a table; what is named after it is made anew under the new name.

    Its references name tables as they are called when it is renamed; others may be renamed behind it.
    """
    lines = []
    columns = (*old.columns, *(() if old.pair else _STAMPED))
    for item in columns:
        dropped = _drop(old.name, item)[:-1]
        lines += _batch(old.name, *dropped) if dropped else []
    for group in old.unique:
        lines += _unique(Change("drop_unique", old.name, before=group))
    for check in old.checks:
        lines += _check(Change("drop_check", old.name, before=check))
    lines.append(f'op.rename_table("{old.name}", "{new.name}")')
    lines.append(f'keys.rename("{old.name}", "{new.name}")')
    for item in columns:
        added = _add(new.name, item)[1:]
        lines += _batch(new.name, *added) if added else []
    for group in old.unique:
        lines += _constraint(Change("add_unique", new.name, after=group))
    for check in old.checks:
        lines += _check(Change("add_check", new.name, after=check))
    return lines


def _rename_column(table: str, old: Column, new: Column) -> list[str]:
    """Rename a column with what is named after it."""
    same = replace(old, name=new.name)
    rename = f'batch.alter_column("{old.name}", new_column_name="{new.name}")'
    dropped, added = _drop(table, old)[:-1], _add(table, same)[1:]
    return [
        *(_batch(table, *dropped) if dropped else []),
        *_batch(table, rename),
        *(_batch(table, *added) if added else []),
    ]


def _batch(table: str, *lines: str) -> list[str]:
    inner = "\n        ".join(lines)
    return [f'with op.batch_alter_table("{table}") as batch:\n        {inner}']


def _add(table: str, item: Column) -> list[str]:
    text = column(item, bare=True)
    text = text.replace(", index=True", "").replace(", unique=True", "")
    lines = [f"batch.add_column({text})"]
    if item.refers:
        action = ', ondelete="CASCADE"' if item.cascade else ""
        lines.append(
            f'batch.create_foreign_key("fk_{table}_{item.name}", "{item.refers}", ["{item.name}"], ["id"]{action})'
        )
    if item.index:
        lines.append(f'batch.create_index("ix_{table}_{item.name}", ["{item.name}"])')
    if item.unique:
        lines.append(f'batch.create_unique_constraint("uq_{table}_{item.name}", ["{item.name}"])')
    return lines


def _added(table: str, item: Column) -> list[str]:
    """Add a column; where it must not be empty, rows that exist get a value first."""
    fill = {"Boolean": "false", "Integer": "0"}.get(item.type)
    if item.null or item.kind in ("ref", "file", "image"):
        return _batch(table, *_add(table, item))
    first, *others = _add(table, replace(item, null=True))
    filled = (
        f'op.execute("UPDATE {table} SET {item.name} = {fill}")'  # noqa: S608
        if fill
        else f'values.empty("{table}", "{item.name}")'
    )
    required = f'batch.alter_column("{item.name}", nullable=False)'
    return [*_batch(table, first), filled, *_batch(table, required, *others)]


def _drop(table: str, item: object) -> list[str]:
    assert isinstance(item, Column)
    lines = []
    if item.unique:
        lines.append(f'batch.drop_constraint("uq_{table}_{item.name}", type_="unique")')
    if item.index:
        lines.append(f'batch.drop_index("ix_{table}_{item.name}")')
    if item.refers:
        lines.append(f'batch.drop_constraint("fk_{table}_{item.name}", type_="foreignkey")')
    return [*lines, f'batch.drop_column("{item.name}")']


def _constraint(change: Change) -> list[str]:
    """A constraint over several columns, asked before it is made: a refusal of the database has no words."""
    group = change.after
    if change.kind != "add_unique" or not isinstance(group, tuple):
        return _unique(change)
    return [
        f"values.differ({quote(change.table)}, {', '.join(map(quote, group))})",
        *_unique(change),
    ]


def _unique(change: Change) -> list[str]:
    adding = change.kind == "add_unique"
    group = change.after if adding else change.before
    assert isinstance(group, tuple)
    name = f"uq_{change.table}_{'_'.join(group)}"
    if not adding:
        return _batch(change.table, f'batch.drop_constraint("{name}", type_="unique")')
    columns = ", ".join(quote(item) for item in group)
    return _batch(change.table, f'batch.create_unique_constraint("{name}", [{columns}])')


def _check(change: Change) -> list[str]:
    check = change.after if change.kind == "add_check" else change.before
    assert isinstance(check, tuple)
    name, condition = check
    if change.kind == "drop_check":
        whole = f"ck_{change.table}_{name}"
        return _batch(change.table, f'batch.drop_constraint(op.f("{whole}"), type_="check")')
    return _batch(
        change.table, f"batch.create_check_constraint({quote(name)}, sa.text({quote(condition)}))"
    )


def _alter(table: str, old: Column, new: Column) -> list[str]:
    """Give a column another type and its values the same meaning in it.

    What is made of the values goes before and comes after: half-converted they may repeat.
    """
    needed = conversion(old, new)
    anew = needed.how != "same"
    removed = _drop(
        table,
        replace(
            old,
            refers=_unlike(old.refers, new.refers),
            index=old.index and (anew or not new.index),
            unique=old.unique and (anew or not new.unique),
        ),
    )[:-1]
    added = _add(
        table,
        replace(
            new,
            refers=_unlike(new.refers, old.refers),
            index=new.index and (anew or not old.index),
            unique=new.unique and (anew or not old.unique),
        ),
    )[1:]
    before = _guards(table, old, new)
    after: list[str] = []
    typed: list[str] = []
    if needed.how == "carry":
        told = f"was={quote(word(old))}, now={quote(word(new))}"
        before.append(
            f"values.carry({quote(table)}, {quote(new.name)}, {_type(old)}, {_type(new)}, {told})"
        )
    elif old.type != new.type:
        typed = [f"type_={_type(new)}", f"existing_type={_type(old)}"]
    if needed.how == "scale":
        text = f"values.scale({quote(table)}, {quote(new.name)}, {needed.digits})"
        # The wider type holds both: it comes before the values grow, and goes after they shrank.
        (after if needed.digits > 0 else before).append(text)
    null = old.null if needed.how != "carry" else True
    null_part = [f"nullable={new.null}"] if null != new.null else []
    lines = [*_batch(table, *removed)] if removed else []
    lines += before
    if parts := [*typed, *null_part]:
        lines += _batch(table, f'batch.alter_column("{new.name}", {", ".join(parts)})')
    lines += after
    if new.unique and not old.unique:
        lines.append(f"values.differ({quote(table)}, {quote(new.name)})")
    return [*lines, *(_batch(table, *added) if added else [])]


def _guards(table: str, old: Column, new: Column) -> list[str]:
    """Return questions whose answer may stop the upgrade in words, before a database does it without."""
    lines = []
    name = f"{quote(table)}, {quote(new.name)}"
    if old.null and not new.null:
        lines.append(f"values.filled({name})")
    if new.type.startswith("String(") and (old.type == "Text" or old.type.startswith("String(")):
        length = int(new.type[7:-1])
        if old.type == "Text" or int(old.type[7:-1]) > length:
            lines.append(f"values.fit({name}, {length})")
    if (old.type, new.type) == ("BigInteger", "Integer") and old.kind in NUMBERS:
        digits = conversion(old, new).digits
        lines.append(f"values.small({name}, {digits})")
    return lines


def _type(item: Column) -> str:
    return column(Column("x", item.type))[len('sa.Column("x", ') : -1]


def _unlike(one: str, other: str) -> str:
    return one if one != other else ""


def backward(changes: list[Change]) -> list[str]:
    """Return the statements of `downgrade`."""
    lines: list[str] = []
    for change in reversed(changes):
        if isinstance(change.after, Move):
            lines += moves.backward(change.after)
        elif change.kind == "add_table":
            lines += [f'op.drop_table("{change.table}")']
        elif change.kind == "drop_table":
            assert isinstance(change.before, Table)
            lines += create(change.before)
        else:
            lines += statement(_turned(change))
    return _without_circles(changes) + lines


def _without_circles(changes: list[Change]) -> list[str]:
    """Foreign keys that were added after their tables go before them."""
    made = {change.table for change in changes if change.kind == "add_table"}
    lines: list[str] = []
    done: set[str] = set()
    for change in changes:
        if isinstance(change.after, Table) and change.kind == "add_table":
            for item in change.after.columns:
                if item.refers in made - done - {change.table}:
                    lines += _batch(
                        change.table,
                        f'batch.drop_constraint("fk_{change.table}_{item.name}", type_="foreignkey")',
                    )
            done.add(change.table)
    return lines


def _turned(change: Change) -> Change:
    kinds = {
        "add_column": "drop_column",
        "drop_column": "add_column",
        "add_unique": "drop_unique",
        "drop_unique": "add_unique",
        "add_check": "drop_check",
        "drop_check": "add_check",
    }
    table, name = change.table, change.column
    if change.kind == "rename_table" and isinstance(change.after, Table):
        return Change("rename_table", change.after.name, before=change.after, after=change.before)
    if change.kind == "rename_column" and isinstance(change.after, Column):
        name = change.after.name
    return Change(
        kinds.get(change.kind, change.kind), table, name, before=change.after, after=change.before
    )
